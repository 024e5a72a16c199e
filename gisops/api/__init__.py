"""HTTP for programs: ingest, health of gisops itself, and data out."""
