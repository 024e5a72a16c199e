"""The ground: lengths, areas and projections on WGS 84 and UTM 42N.

- :mod:`gisops.geo.measure` how long, how far, how large (on the ellipsoid);
- :mod:`gisops.geo.project` degrees to metres and back;
- :mod:`gisops.geo.along` where on a line.
"""
