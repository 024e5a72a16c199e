"""What do the cameras see? Optics, walls in the way, and the city's sum, live.

- :mod:`gisops.coverage.levels` how many pixels a metre are enough, and for what;
- :mod:`gisops.coverage.optics` how many pixels a metre a camera gives where;
- :mod:`gisops.coverage.pose` where each camera stands and looks, preset by preset;
- :mod:`gisops.coverage.buildings` which walls stand near a camera;
- :mod:`gisops.coverage.spans`, :mod:`gisops.coverage.sweep` what those walls leave to be seen;
- :mod:`gisops.coverage.seen` whether a point is, and how much ground;
- :mod:`gisops.coverage.outline` the same as polygons, band by band;
- :mod:`gisops.coverage.targets` which ground, roads and places are to be seen;
- :mod:`gisops.coverage.sight` who sees which of them how well;
- :mod:`gisops.coverage.tally` what is seen by those that work now;
- :mod:`gisops.coverage.city` the sums by district and level;
- :mod:`gisops.coverage.working` who worked at a moment.
"""
