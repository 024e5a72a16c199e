"""What the floors above ask of an SNMP adapter, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from gisops.config.credentials import Credential
from gisops.model.event import Reachability

__all__ = ["Poller", "Reply", "Target", "Trap", "TrapReceiver", "Value", "Walker"]

Value = int | bytes | str | None
"""An INTEGER-like value, an OCTET STRING, a dotted OBJECT IDENTIFIER, or missing
(noSuchObject, noSuchInstance, NULL)."""


@dataclass(frozen=True, slots=True)
class Target:
    """A device to ask, and what to ask it.

    Parameters
    ----------
    device_id
        Comes back in the reply.
    address, port
        IPv4 address and UDP port of the agent.
    credential
        Version and secrets.
    oids
        Dotted instance OIDs without a leading dot, in one GET.
    timeout_s, retries
        Wait per attempt; attempts after the first.
    uplink
        Id of the box whose line it shares with others; empty: a line of its own.
        Only so many devices of one uplink are asked at once.
    """

    device_id: str
    address: str
    port: int
    credential: Credential
    oids: tuple[str, ...]
    timeout_s: float = 2.0
    retries: int = 1
    uplink: str = ""


class Reply(NamedTuple):
    """How one target took one question.

    Parameters
    ----------
    target
        What was asked.
    reachability
        Answered, silent, or refused.
    values
        In the order of ``target.oids``; empty unless answered.
    rtt_s
        Seconds from the last attempt to the answer; ``None`` if silent.
    detail
        Why it was refused, in words; empty otherwise.
    """

    target: Target
    reachability: Reachability
    values: tuple[Value, ...] = ()
    rtt_s: float | None = None
    detail: str = ""


class Poller(Protocol):
    """Asks many devices at once."""

    async def poll(self, targets: Iterable[Target], on_reply: Callable[[Reply], None]) -> None:
        """Ask every target once; call ``on_reply`` for each, exactly once, as it is known."""
        ...

    async def close(self) -> None:
        """Release the socket; questions under way are reported silent."""
        ...


class Walker(Protocol):
    """Finds out what a device has in a table."""

    async def walk(self, target: Target, root: str, limit: int = 2000) -> tuple[tuple[str, Value], ...]:
        """Collect what lies under a root.

        Parameters
        ----------
        target
            Whom to ask; its OIDs do not matter here.
        root
            Dotted OID without a leading dot.
        limit
            Most entries; an answer of that length may be cut short.

        Returns
        -------
        tuple
            OID and value of each entry, in the order of the OIDs; empty where the agent has nothing there.

        Raises
        ------
        SnmpError
            Where the device is silent, refuses, or goes in circles.
        """
        ...


class Trap(NamedTuple):
    """A notification that a device sent by itself.

    Parameters
    ----------
    source
        IPv4 address it came from.
    received_at
        UTC.
    oid
        snmpTrapOID (v1 traps translated as RFC 3584 section 3.1 says).
    uptime_s
        sysUpTime of the sender in seconds.
    values
        Variable bindings after the first two, OID to value.
    receipt
        Set for an inform: acknowledge it once stored, or its sender tries again.
    id
        Set for an inform: the same for the same inform, whoever received it and when
        within the hour (an event id made of it is never written twice).
    """

    source: str
    received_at: datetime
    oid: str
    uptime_s: float | None
    values: tuple[tuple[str, Value], ...] = ()
    receipt: int | None = None
    id: str = ""


class TrapReceiver(Protocol):
    """Listens for traps until closed."""

    @property
    def port(self) -> int:
        """The UDP port it listens on."""
        ...

    def acknowledge(self, receipts: Iterable[int]) -> None:
        """Answer informs, by `Trap.receipt`, now that they are stored; unknown ones change nothing."""
        ...

    async def close(self) -> None:
        """Stop listening."""
        ...
