"""The ground: every error gisops raises on purpose.

A device that does not answer is data, not an exception. What is raised here is
a mistake of the user or of the surroundings, and its text is one line a person
can act on: the place, what is wrong there, and the remedy.
"""

from __future__ import annotations

__all__ = [
    "ConfigError",
    "FibreFileError",
    "GeometryError",
    "GisopsError",
    "IncidentError",
    "InventoryError",
    "PlanningError",
    "PositionError",
    "ProbeError",
    "ScenarioError",
    "SnmpError",
    "SorError",
    "StoreError",
    "WireError",
]


class GisopsError(Exception):
    """Base of the tree; the command line prints it as one line and exits with 2.

    Parameters
    ----------
    place
        Where it is wrong: a file with line or key, an address, a folder.
    what
        What is wrong there, with the offending value.
    remedy
        What the reader can do about it.

    Examples
    --------
    >>> str(GisopsError("run/", "read-only folder", "choose another with --run DIR"))
    'run/: read-only folder: choose another with --run DIR'
    """

    def __init__(self, place: str, what: str, remedy: str) -> None:
        super().__init__(place, what, remedy)
        self.place = place
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: {self.remedy}"


class ConfigError(GisopsError):
    """A setting, credential file or command option that cannot be used."""


class FibreFileError(GisopsError):
    """A file of fibre routes or nodes that cannot be read or written at all (a feature refused is data, not this)."""


class SorError(FibreFileError):
    """An OTDR trace that is none, is cut short, or whose checksum does not fit."""


class GeometryError(GisopsError):
    """Coordinates that cannot be meant: not finite, swapped, in the wrong unit or outside the zone."""


class IncidentError(GisopsError):
    """A file of incidents that cannot be read at all (a refused line is data), or a question of too many."""


class InventoryError(GisopsError):
    """An inventory that cannot be read at all (findings of the check are data, not this)."""


class PlanningError(GisopsError):
    """A siting problem that cannot be meant, or that no choice satisfies (it names the rules in conflict)."""


class PositionError(GisopsError):
    """A message of a tracker that says no position, or that of a tracker nobody knows."""


class ProbeError(GisopsError):
    """A target that cannot be probed at all (silence is data, not this)."""


class ScenarioError(GisopsError):
    """A fault timeline that cannot be played."""


class SnmpError(GisopsError):
    """A socket or credential that SNMP cannot work with (silence is not one)."""


class StoreError(GisopsError):
    """A database that cannot be started, reached or migrated."""


class WireError(ValueError):
    """Bytes that are not a well-formed SNMP message; the datagram is counted and dropped."""
