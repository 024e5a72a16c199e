"""``python -m gisops`` is ``gisops``."""

from gisops.cli.main import entry_point

entry_point()
