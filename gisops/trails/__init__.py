"""Where a box has been taken: decided from the positions of its tracker. Pure; imports the ground only.

- :mod:`gisops.trails.moved` is it away from its place, or is that noise;
- :mod:`gisops.trails.excursion` when did it leave, and is it back;
- :mod:`gisops.trails.trail` how far, how fast, past which police stations;
- :mod:`gisops.trails.record` trails as events of the log, and back.
"""
