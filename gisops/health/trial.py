"""What would a profile read from walks of a device: every metric with its source, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gisops.health.counter import FIRST_READING
from gisops.health.metric import Metric
from gisops.health.profile import Profile
from gisops.health.raw import Raw
from gisops.health.reading import Reading

__all__ = ["Line", "Trial", "try_profile"]


@dataclass(frozen=True, slots=True)
class Line:
    """One metric of a trial.

    Parameters
    ----------
    name, unit, description
        As the profile says.
    value
        ``None`` where nothing was read.
    oids
        The instances it was read from.
    why
        Why it is missing; empty where it is not.
    crossed
        The reason of its limit, where that is crossed; else empty.
    waits
        Whether it is missing for want of a second walk alone.
    """

    name: str
    unit: str
    description: str
    value: float | None
    oids: tuple[str, ...]
    why: str
    crossed: str
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """How a profile took a device."""

    profile: Profile
    lines: tuple[Line, ...]

    @property
    def unread(self) -> tuple[Line, ...]:
        """The metrics without a value that another walk would not bring."""
        return tuple(line for line in self.lines if line.value is None and not line.waits)


def try_profile(
    profile: Profile, walks: Sequence[Mapping[str, Raw]], at: datetime, apart_s: float | None = None
) -> Trial:
    """Read walks of one device, oldest first, and tell what came out of the last.

    Parameters
    ----------
    profile
        Not resolved; the first walk resolves it.
    walks
        One, or several taken ``apart_s`` seconds apart, for the rates.
    at
        When the first was taken; UTC.
    """
    resolved = profile.resolve(walks[0])
    reading: Reading | None = None
    crossed: dict[str, bool] = {}
    for number, walk in enumerate(walks):
        moment = at + timedelta(seconds=number * (apart_s or 0.0))
        reading = resolved.read([walk.get(oid) for oid in resolved.oids], moment, reading)
        for metric in resolved.metrics:
            if metric.limit is not None:
                was = crossed.get(metric.name, False)
                crossed[metric.name] = metric.limit.is_crossed(reading.metrics[metric.name], was)
    lines = tuple(_line(m, reading, crossed.get(m.name, False)) for m in resolved.metrics) if reading else ()
    return Trial(resolved, lines)


def _line(metric: Metric, reading: Reading, is_crossed: bool) -> Line:
    why = reading.missing.get(metric.name, "")
    return Line(
        metric.name,
        metric.unit,
        metric.description,
        reading.metrics[metric.name],
        tuple(term.oid for term in metric.terms),
        why,
        metric.limit.reason if metric.limit is not None and is_crossed else "",
        waits=why == FIRST_READING.why,
    )
