"""The demonstration city, written by hand: what is in ``data/`` and how it came to be there."""
