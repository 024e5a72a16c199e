"""What was the network like at a past minute, and what happened in the minutes after it? For pages and commands.

Pure apart from asking: a moment becomes the same snapshot, and a stretch of time the same differences, that the live
network is shown with. Nothing here knows what time it is now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from gisops.model.event import StoredEvent
from gisops.model.outage import Outage
from gisops.service.live import Delta, Snapshot
from gisops.store.past import Bounds, Change, PastMoment
from gisops.store.ports import StateRow

__all__ = ["LONGEST", "Past", "Stretch", "snapshot_of", "steps_of", "stretch"]

LONGEST = timedelta(hours=6)
"""Of one stretch; a longer one is cut off, and the asker goes on from its end."""


class Past(Protocol):
    """Who remembers (`gisops.store.past.PgPast`)."""

    async def bounds(self) -> Bounds:
        """Say from when to when something is known."""
        ...

    async def moment(self, at: datetime) -> PastMoment:
        """Give all states and outages of an instant."""
        ...

    async def outages(self, at: datetime) -> tuple[Outage, ...]:
        """Give the outages that lasted at an instant."""
        ...

    async def changes(self, after: datetime, until: datetime) -> list[Change]:
        """Give what happened in a stretch of time, oldest first."""
        ...

    async def next_edge(self, after: datetime) -> datetime | None:
        """Say when asking next began or ended."""
        ...

    async def outage(self, outage_id: str) -> Outage | None:
        """Give an outage as last judged."""
        ...

    async def events_of(self, outage: Outage, since: datetime, until: datetime) -> list[StoredEvent]:
        """Give the events of an outage and of its members."""
        ...


@dataclass(frozen=True, slots=True)
class Step:
    """What changed up to ``at``, as a difference; ``judged`` where the outages have to be looked at again."""

    at: datetime
    states: tuple[StateRow, ...]
    judged: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A moment and what followed, to ``until``."""

    start: PastMoment
    until: datetime
    deltas: tuple[tuple[datetime, Delta], ...]


def snapshot_of(moment: PastMoment) -> Snapshot:
    """Show a past moment as the live network is shown."""
    return Snapshot(
        0,
        {row.device_id: row for row in moment.states},
        {outage.id: outage for outage in moment.outages},
        moment.at if moment.unasked_since is None else moment.unasked_since,
    )


def steps_of(changes: Iterable[Change], start: datetime, step: timedelta) -> list[Step]:
    """Gather changes into steps of equal length, the last word on each device; steps without a change are left out.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    >>> at = [noon + timedelta(seconds=s) for s in (1, 9, 11, 40)]
    >>> [s.at.second for s in steps_of([Change(t, None) for t in at], noon, timedelta(seconds=10))]
    [10, 20, 40]
    """
    steps: dict[int, list[Change]] = {}
    for change in changes:
        steps.setdefault(-((start - change.at) // step), []).append(change)
    return [
        Step(
            start + number * step,
            tuple({c.state.device_id: c.state for c in inside if c.state}.values()),
            any(c.state is None for c in inside),
        )
        for number, inside in sorted(steps.items())
    ]


async def stretch(past: Past, start: datetime, until: datetime, step: timedelta) -> Stretch:
    """Ask for a moment and what followed it.

    Parameters
    ----------
    past
        Who remembers.
    start, until
        From when to when; cut at `LONGEST`, and where asking began or ended, so that one stretch is all known or not.
    step
        What happens within one is told at its end.
    """
    moment = await past.moment(start)
    edge = await past.next_edge(start)
    until = min(until, start + LONGEST, *([edge] if edge else []))
    if moment.unasked_since is not None:
        return Stretch(moment, until, ())
    steps = steps_of(await past.changes(start, until), start, step)
    return Stretch(moment, until, await _deltas(past, moment, steps))


async def _deltas(past: Past, start: PastMoment, steps: Sequence[Step]) -> tuple[tuple[datetime, Delta], ...]:
    known = {outage.id: outage for outage in start.outages}
    found = []
    for number, step in enumerate(steps):
        outages: tuple[Outage, ...] = ()
        if step.judged:
            then = {outage.id: outage for outage in await past.outages(step.at)}
            ended = (_ended(outage, step.at) for key, outage in known.items() if key not in then)
            outages = (*(o for key, o in then.items() if known.get(key) != o), *ended)
            known = then
        found.append((step.at, Delta(number, number + 1, step.states, outages, step.at)))
    return tuple(found)


def _ended(outage: Outage, at: datetime) -> Outage:
    return Outage(
        outage.id, outage.root_id, outage.member_ids, outage.opened_at, at, at, outage.causes, outage.evidence
    )
