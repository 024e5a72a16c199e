"""How is a walk read from a file, whichever of the two formats it is in."""

from __future__ import annotations

from pathlib import Path

from gisops.errors import ConfigError
from gisops.health.snmprec_text import parse_snmprec
from gisops.health.snmpwalk_text import parse_snmpwalk
from gisops.health.walk import Walk

__all__ = ["read_walk"]


def read_walk(path: Path) -> Walk:
    """Read the output of ``snmpwalk -On``, or snmpsim's ``.snmprec``.

    Raises
    ------
    ConfigError
        At ``file:line`` where it cannot be read, or where no object stands in it.
    OSError
        Where the file cannot be opened.
    """
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    parse = parse_snmprec if path.suffix == ".snmprec" else parse_snmpwalk
    walk = parse(text, str(path))
    if not walk.binds:
        said = f" ({walk.notes[0].text})" if walk.notes else ""
        raise ConfigError(
            f"{path}:1", f"no object stands in it{said}", "save the output of snmpwalk -On -v2c ... ADDRESS .1"
        )
    return walk
