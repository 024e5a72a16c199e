"""What did a device answer, as kept in a walk: objects with their types, and what was odd about the file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from gisops.health.raw import Raw
from gisops.wire.pdu import VarBind

__all__ = ["SYS_DESCR", "SYS_OBJECT_ID", "Note", "Walk"]

SYS_DESCR = "1.3.6.1.2.1.1.1.0"
SYS_OBJECT_ID = "1.3.6.1.2.1.1.2.0"


@dataclass(frozen=True, slots=True)
class Note:
    """Something about one line of a walk that a person should know."""

    line: int
    text: str


@dataclass(frozen=True)
class Walk:
    """A device's answers.

    Parameters
    ----------
    binds
        In the order of the file.
    notes
        What was odd.
    """

    binds: tuple[VarBind, ...]
    notes: tuple[Note, ...] = ()

    @cached_property
    def values(self) -> dict[str, Raw]:
        """OID to raw value; the first where one stands twice."""
        found: dict[str, Raw] = {}
        for bind in self.binds:
            found.setdefault(bind.oid, bind.value)
        return found

    @property
    def sys_object_id(self) -> str | None:
        """What the device says it is; ``None`` where the walk does not tell."""
        value = self.values.get(SYS_OBJECT_ID)
        return value if isinstance(value, str) else None
