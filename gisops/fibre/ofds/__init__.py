"""The fibre in the Open Fibre Data Standard 0.4: as JSON, as GeoJSON, as CSV; 0.3 is read, too.

- :mod:`gisops.fibre.ofds.package` our nodes and spans as a network package, and back;
- :mod:`gisops.fibre.ofds.features` a package as feature collections of nodes and spans, and back;
- :mod:`gisops.fibre.ofds.tables` a package as CSV tables, and back.

Names and forms of single values stand in :mod:`gisops.model.ofds`.
"""
