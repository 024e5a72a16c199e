"""What is in a table, asked for in large bites: the state of one GETBULK walk (RFC 3416 section 4.2.3)."""

from __future__ import annotations

import asyncio

from gisops.errors import SnmpError
from gisops.model.event import Reachability
from gisops.snmp.ports import Value
from gisops.wire.pdu import Pdu, Tag

__all__ = ["Walk", "WalkStep"]

REPETITIONS = 25
"""Rows a question: some 25 bindings of 40 octets stay inside one Ethernet frame."""
_TOO_BIG = 1


class Walk:
    """A walk under one root.

    Parameters
    ----------
    place
        Whom to name in errors.
    root
        Dotted OID; what lies under it is collected.
    limit
        Most entries to collect.
    """

    def __init__(self, place: str, root: str, limit: int) -> None:
        self._place = place
        self._root = _parts(root)
        self._limit = limit
        self._last = self._root
        self.entries: list[tuple[str, Value]] = []
        self.after = root
        self.repetitions = REPETITIONS
        self.is_over = limit <= 0

    def take(self, pdu: Pdu) -> None:
        """Take a response in; `after` then says where to go on, `is_over` whether not to.

        Raises
        ------
        SnmpError
            Where the agent refuses, or goes in circles.
        """
        if pdu.error_status == _TOO_BIG and self.repetitions > 1:
            self.repetitions //= 2
            return
        if pdu.error_status:
            raise SnmpError(self._place, f"refuses a walk (error status {pdu.error_status})", "check its view")
        if not pdu.varbinds:
            self.is_over = True
        for bind in pdu.varbinds:
            oid = _parts(bind.oid)
            is_under = oid[: len(self._root)] == self._root
            if bind.tag == Tag.END_OF_MIB_VIEW or not is_under or len(self.entries) >= self._limit:
                self.is_over = True
                return
            if oid <= self._last:
                raise SnmpError(self._place, f"{bind.oid} comes again in a walk", "update the agent")
            self._last, self.after = oid, bind.oid
            self.entries.append((bind.oid, bind.value))
        self.is_over = self.is_over or len(self.entries) >= self._limit


class WalkStep:
    """One question of a walk, and the future its answer goes to (an `Outcome`)."""

    __slots__ = ("_place", "answer", "is_done")

    def __init__(self, place: str, answer: asyncio.Future[Pdu]) -> None:
        self._place = place
        self.answer = answer
        self.is_done = False

    def take(self, oids: tuple[str, ...], pdu: Pdu, rtt_s: float) -> tuple[()]:  # noqa: ARG002 - part of the port
        """Pass a response on."""
        self.is_done = True
        if not self.answer.done():
            self.answer.set_result(pdu)
        return ()

    def finish(self, reachability: Reachability, rtt_s: float | None = None, detail: str = "") -> None:  # noqa: ARG002
        """Fail the walk: there will be no response."""
        self.is_done = True
        if not self.answer.done():
            what = detail if reachability is Reachability.REFUSED else "does not answer"
            self.answer.set_exception(SnmpError(self._place, what, "check address, credential and device"))


def _parts(oid: str) -> tuple[int, ...]:
    return tuple(map(int, oid.split(".")))
