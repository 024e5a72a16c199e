"""What is dead when a device is silent: its agent, its host, or the path to it? One pure decision.

SNMP silence alone cannot tell a hung agent from a burnt camera from a cut
fibre. Whatever else the host answered, and where the route to it ends, can.
What could not be asked is never evidence, for or against.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from gisops.model.event import Reachability

__all__ = ["Evidence", "Finding", "Hop", "Route", "Sign", "Verdict", "decide"]


class Sign(StrEnum):
    """How a host took one probe."""

    ANSWERED = "answered"
    """With what was asked for."""
    REFUSED = "refused"
    """The host itself said no, or something that is no answer: it lives."""
    SILENT = "silent"
    """Nothing came from the host itself in time."""
    NOT_ALLOWED = "not_allowed"
    """It could not be asked from here; says nothing of the host."""

    @property
    def is_life(self) -> bool:
        """Whether something at that address lives."""
        return self in (Sign.ANSWERED, Sign.REFUSED)


@dataclass(frozen=True, slots=True)
class Hop:
    """One router on the way.

    Parameters
    ----------
    ttl
        Its place, from 1.
    address
        Who answered; ``None`` where nobody did.
    rtt_s
        Seconds; ``None`` where nobody answered.
    says
        What a router said of the rest of the way, such as ``host unreachable``; empty otherwise.
    """

    ttl: int
    address: str | None
    rtt_s: float | None = None
    says: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """The way to a host as far as it answered.

    Parameters
    ----------
    hops
        In order, up to the last that answered; empty where none did.
    has_arrived
        Whether the host itself answered.
    """

    hops: tuple[Hop, ...]
    has_arrived: bool

    @property
    def last(self) -> Hop | None:
        """The last hop that answered; ``None`` where none did."""
        return self.hops[-1] if self.hops else None


class Verdict(StrEnum):
    """What is dead."""

    ALIVE = "alive"
    """The host answers, and nothing is known against its agent."""
    AGENT_DEAD = "agent dead"
    """The host lives; its SNMP agent gives nothing."""
    HOST_DEAD = "host dead"
    """The path is good up to the last hop or the box; the host is silent."""
    PATH_DEAD = "path dead"
    """The way ends before the host's box or gateway, or the box itself is lost."""
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that was observed of one silent device, at one moment.

    Parameters
    ----------
    snmp
        How it took the last question; ``None`` where it was not asked.
    probes
        Name of the probe (``icmp``, ``tcp 80``, ``rtsp``) to how the host took it. Absent: not asked.
    route
        The way to it; ``None`` where it was not traced.
    box
        Name of the box it hangs on, for the reasons; empty for a box.
    box_lives
        Whether that box answers anything now; ``None`` where nobody knows.
    gateway
        Address of the last hop before the host when it was well; empty where nobody knows.
    when_well
        Probes that the host is known to answer when it is well; ``None`` where nobody knows, and
        then every silence counts. A port that a firewall drops is no sign of death.
    """

    snmp: Reachability | None
    probes: Mapping[str, Sign] = field(default_factory=dict)
    route: Route | None = None
    box: str = ""
    box_lives: bool | None = None
    gateway: str = ""
    when_well: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A verdict, why, and what would settle it.

    Parameters
    ----------
    verdict
        What is dead.
    reasons
        Observations behind it, in short words, the weightiest last.
    settled_by
        The observation that would decide; empty unless undecided.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    settled_by: str = ""


def decide(seen: Evidence) -> Finding:
    """Say what is dead.

    Examples
    --------
    >>> decide(Evidence(Reachability.SILENT, {"rtsp": Sign.ANSWERED})).verdict
    <Verdict.AGENT_DEAD: 'agent dead'>
    >>> decide(Evidence(Reachability.SILENT, {"icmp": Sign.NOT_ALLOWED})).settled_by
    'an ICMP, TCP or RTSP probe'
    """
    said = [f"snmp {seen.snmp}"] if seen.snmp is not None else []
    said += [f"{name} {sign}" for name, sign in seen.probes.items() if sign is not Sign.NOT_ALLOWED]
    if seen.snmp is Reachability.ANSWERED:
        return Finding(Verdict.ALIVE, tuple(said))
    has_arrived = seen.route is not None and seen.route.has_arrived
    if has_arrived:
        said.append("route arrives")
    if has_arrived or seen.snmp is Reachability.REFUSED or any(s.is_life for s in seen.probes.values()):
        return Finding(Verdict.ALIVE if seen.snmp is None else Verdict.AGENT_DEAD, tuple(said))
    return _of_silence(seen, said)


def _of_silence(seen: Evidence, said: list[str]) -> Finding:
    """Nothing came from the host: say whether it was the host, or the way to it."""
    if seen.box_lives is False:
        return Finding(Verdict.PATH_DEAD, (*said, f"its box {seen.box} is lost".replace("  ", " ")))
    broken = _break_of(seen)
    if broken and not seen.box_lives:
        return Finding(Verdict.PATH_DEAD, (*said, broken))
    asked = {name for name, sign in seen.probes.items() if sign is Sign.SILENT}
    if seen.when_well is not None:
        asked &= seen.when_well
    good = f"box {seen.box} answers".replace("  ", " ") if seen.box_lives else _good_path(seen)
    if not asked:
        wanted = "an ICMP, TCP or RTSP probe"
        if seen.when_well:
            wanted = f"{' or '.join(sorted(seen.when_well))}, which it answers when it is well"
        return Finding(Verdict.UNDECIDED, (*said, good) if good else tuple(said), wanted)
    if good:
        return Finding(Verdict.HOST_DEAD, (*said, good))
    return Finding(Verdict.UNDECIDED, (*said, *_where(seen)), _missing(seen))


def _break_of(seen: Evidence) -> str:
    """Say where the way is broken short of the gateway; empty where nothing says so."""
    last = seen.route.last if seen.route is not None else None
    if last is None or seen.route is None:
        return ""
    if last.says == "network unreachable":
        return f"{last.address} has no route on"
    gateway_answered = any(hop.address == seen.gateway for hop in seen.route.hops)
    if seen.gateway and not gateway_answered:
        return f"route ends at {last.address}, before {seen.gateway}"
    return ""


def _good_path(seen: Evidence) -> str:
    """Say how far the way is known to be good, where that is up to the host; empty where it is not."""
    last = seen.route.last if seen.route is not None else None
    if last is None:
        return ""
    if seen.gateway and last.address == seen.gateway:
        return f"last hop {last.address} answers"
    if last.says == "host unreachable":
        return f"{last.address} finds no host there"
    return ""


def _where(seen: Evidence) -> tuple[str, ...]:
    last = seen.route.last if seen.route is not None else None
    return (f"route ends at {last.address}",) if last is not None else ()


def _missing(seen: Evidence) -> str:
    box = f"whether box {seen.box} answers" if seen.box else ""
    if seen.route is None:
        return f"{box}, or the route" if box else "the route"
    if seen.route.last is None:
        return box or "a hop that answers on the way"
    return box or "the gateway it was behind when it was well"
