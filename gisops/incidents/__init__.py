"""What happened where, and what follows from it: crimes, accidents, fires, and events of other systems by reference.

- :mod:`gisops.incidents.record` what is kept of an incident, and what never is;
- :mod:`gisops.incidents.taxonomy` which kinds there are, how heavy each counts, how long references are kept;
- :mod:`gisops.incidents.mapping` which of their columns is which of ours;
- :mod:`gisops.incidents.spelling`, :mod:`gisops.incidents.gazetteer` where a place named in words lies;
- :mod:`gisops.incidents.row` one row of a file as an incident, or why not;
- :mod:`gisops.incidents.csv_rows`, ``xlsx_rows``, ``geojson_rows``, ``cap_rows`` the rows of a file, one at a time;
- :mod:`gisops.incidents.density`, ``hotspots``, ``knox``, ``hours``, ``rates``, ``compare`` what they show;
- :mod:`gisops.incidents.blind` what the loss of cameras costs where incidents happen;
- :mod:`gisops.incidents.impact` which services are interrupted, and since when;
- :mod:`gisops.incidents.roads` how far one gets along the roads.
"""
