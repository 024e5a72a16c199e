"""What do the raw values of one poll say, beside those of the poll before: metrics, and why one is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gisops.health.counter import has_restarted, rate_of
from gisops.health.decode import Word
from gisops.health.metric import Metric, Needs, Term, combine
from gisops.health.raw import NO_SUCH_OBJECT, Missing, Raw, text_of

__all__ = ["SYS_UPTIME", "Reading", "read_metrics"]

SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
"""SNMPv2-MIB sysUpTime.0, by which a restart is told from a wrap."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One poll, read.

    Parameters
    ----------
    metrics
        Name to value in the metric's unit, in the order of the profile;
        ``None`` where there is none.
    counters
        Raw counts by OID, for the next reading.
    at
        When it was; UTC.
    uptime_ticks
        sysUpTime in hundredths of a second; ``None`` where it was not read.
    missing
        Name to the reason, for every metric that is ``None``.
    """

    metrics: dict[str, float | None]
    counters: Mapping[str, int]
    at: datetime
    uptime_ticks: int | None = None
    missing: Mapping[str, str] = field(default_factory=dict)


class _Pass:
    """One pass over the metrics of a poll."""

    def __init__(self, raws: Mapping[str, Raw], at: datetime, before: Reading | None) -> None:
        self.raws = raws
        self.at = at
        self.before = before
        self.counters: dict[str, int] = {}
        ticks = raws.get(SYS_UPTIME)
        self.uptime_ticks = ticks if isinstance(ticks, int) else None
        self.seconds = (at - before.at).total_seconds() if before is not None else 0.0
        self.restarted = (
            has_restarted(before.uptime_ticks, self.uptime_ticks, self.seconds) if before is not None else None
        )

    def value(self, metric: Metric, term: Term) -> float | Missing:
        if term.needs is not None and (refusal := _refused(term.needs, self.raws.get(term.needs.oid))):
            return refusal
        raw = self.raws.get(term.oid)
        if metric.counter is not None:
            return self.rate(metric, term, raw)
        if term.percent_of is not None:
            return self.share(metric, term, raw, term.percent_of)
        return metric.decoder.decode(raw, self.at, term.scale)

    def share(self, metric: Metric, term: Term, raw: Raw, whole_oid: str) -> float | Missing:
        part = metric.decoder.number(raw, self.at, term.scale)
        if isinstance(part, Missing):
            return part
        whole = metric.decoder.number(self.raws.get(whole_oid), self.at, term.scale)
        if isinstance(whole, Missing):
            return Missing(f"the whole of it: {whole.why}")
        return metric.decoder.credible(100 * part / whole) if whole > 0 else Missing(f"a share of {whole:g} is none")

    def rate(self, metric: Metric, term: Term, raw: Raw) -> float | Missing:
        if metric.counter is None or raw is None:
            return NO_SUCH_OBJECT
        count = _count(raw)
        if count is None:
            return Missing(f"{raw!r} is not a count")
        self.counters[term.oid] = count
        earlier = self.before.counters.get(term.oid) if self.before is not None else None
        return rate_of(metric.counter, metric.decoder.scale, earlier, count, self.seconds, self.restarted)


def read_metrics(metrics: Sequence[Metric], raws: Mapping[str, Raw], at: datetime, before: Reading | None) -> Reading:
    """Read one poll.

    Parameters
    ----------
    metrics
        Of a resolved profile.
    raws
        OID to raw value.
    at
        When the answer came; UTC.
    before
        The last reading of the same device that was answered.
    """
    poll = _Pass(raws, at, before)
    values: dict[str, float | None] = {}
    missing: dict[str, str] = {}
    for metric in metrics:
        simple = metric.simple
        if simple is not None:
            value = metric.decoder.decode(raws.get(simple.oid), at, simple.scale)
        else:
            value = combine([poll.value(metric, term) for term in metric.terms], metric.rows)
        if isinstance(value, Missing):
            values[metric.name] = None
            missing[metric.name] = value.why
        else:
            values[metric.name] = value
    return Reading(values, poll.counters, at, poll.uptime_ticks, missing)


def _refused(needs: Needs, raw: Raw) -> Missing | None:
    word: Word | None = text_of(raw).casefold() if isinstance(raw, bytes) else raw
    if word is None:
        return Missing(f"its status {needs.oid} was not read")
    return None if word in needs.accepted else Missing(f"its status {needs.oid} is {word}")


def _count(raw: int | bytes | str) -> int | None:
    if isinstance(raw, int):
        return raw
    text = text_of(raw) if isinstance(raw, bytes) else raw
    return int(text) if text.isascii() and text.isdigit() else None
