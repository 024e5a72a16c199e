"""Traces of an optical time domain reflectometer, as instruments save them (Telcordia SR-4731, ``.sor``).

- :mod:`gisops.fibre.otdr.trace` what a trace says, in metres and decibels;
- :mod:`gisops.fibre.otdr.cursor` numbers and texts out of bytes, never past their end;
- :mod:`gisops.fibre.otdr.blocks` which blocks a file has, and does its checksum fit;
- :mod:`gisops.fibre.otdr.parameters` what was measured, with which settings;
- :mod:`gisops.fibre.otdr.events` what the instrument found;
- :mod:`gisops.fibre.otdr.samples` the curve itself;
- :mod:`gisops.fibre.otdr.read` all of it, in order;
- :mod:`gisops.fibre.otdr.places` where its events are on the ground.
"""
