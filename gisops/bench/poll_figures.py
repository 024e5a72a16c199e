"""What rounds of polling come to in figures, and what they are held to."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping

from gisops.bench.figure import Figure
from gisops.bench.poll_round import Outcome

__all__ = ["GOALS", "engine_figures", "peer_figures", "ratio_figures", "silent_figures", "warm_ms"]

GOALS: Mapping[tuple[str, str], float] = {
    ("2c", "snmp_exporter"): 6.0,
    ("2c", "pysnmp"): 45.0,
    ("2c", "bare loop"): 0.55,
    ("3", "snmp_exporter"): 3.0,
    ("3", "pysnmp"): 40.0,
}
"""By version and peer: the least of the peer's processor time a device over ours."""
_SILENT_S = 2.6
_PER = "ms per 1,000 devices"


def warm_ms(outcome: Outcome, size: int) -> float:
    """Give the median processor time of the warm rounds in ms per 1,000 devices."""
    return round(1e6 * statistics.median(r.cpu_s for r in outcome.warm) / size, 2)


def engine_figures(what: str, size: int, outcome: Outcome) -> Iterator[Figure]:
    """Give what our engine did."""
    runs = len(outcome.warm)
    yield Figure("poll", f"{what}: devices a second", size, _rate(outcome, size), "/s", runs=runs)
    yield Figure("poll", f"{what}: processor time, warm", size, warm_ms(outcome, size), _PER, runs=runs)
    yield Figure("poll", f"{what}: processor time, cold", size, _cold_ms(outcome, size), _PER)
    for name, value in zip(("p50", "p95", "p99"), outcome.rtt_ms, strict=False):
        yield Figure("poll", f"{what}: question to answer, {name}", size, round(value, 2), "ms", runs=runs)
    yield Figure("poll", f"{what}: memory", size, round(outcome.rss_mb, 1), "MB", 400.0, runs=runs)
    yield Figure("poll", f"{what}: descriptors", size, outcome.descriptors, "", 10.0, runs=runs)
    yield Figure("poll", f"{what}: wrong or missing answers", size, _missing(outcome, size), "", 0.0, runs=runs)
    yield Figure("poll", f"{what}: dropped by the kernel", size, outcome.drops, "", 0.0, runs=runs)


def peer_figures(what: str, size: int, outcome: Outcome) -> Iterator[Figure]:
    """Give what somebody else did."""
    runs = len(outcome.warm)
    yield Figure("poll", f"{what}: devices a second", size, _rate(outcome, size), "/s", runs=runs)
    yield Figure("poll", f"{what}: processor time, warm", size, warm_ms(outcome, size), _PER, runs=runs)
    yield Figure("poll", f"{what}: processor time, cold", size, _cold_ms(outcome, size), _PER)
    yield Figure("poll", f"{what}: memory", size, round(outcome.rss_mb, 1), "MB", runs=runs)
    yield Figure("poll", f"{what}: descriptors", size, outcome.descriptors, "", runs=runs)
    yield Figure("poll", f"{what}: wrong or missing answers", size, _missing(outcome, size), "", runs=runs)


def ratio_figures(
    version: str, peer: str, theirs: Mapping[int, Outcome], ours: Mapping[int, Outcome]
) -> Iterator[Figure]:
    """Compare processor time a device, warm, at the same size (or our smallest, where a peer was asked fewer)."""
    for size, outcome in theirs.items():
        beside = size if size in ours else min(ours)
        their_ms, our_ms = warm_ms(outcome, size), warm_ms(ours[beside], beside)
        yield Figure(
            "poll",
            f"v{version}: processor time of {peer} over ours",
            size,
            round(their_ms / our_ms, 2),
            "x",
            GOALS.get((version, peer)),
            is_floor=True,
            runs=min(len(outcome.warm), len(ours[beside].warm)),
            baseline=(f"{peer}, {_PER}", their_ms),
        )


def silent_figures(what: str, size: int, percent: int, outcome: Outcome, goal_size: int) -> Iterator[Figure]:
    """Give how long a round takes in which some never answer; held to a bound up to ``goal_size`` devices."""
    runs = len(outcome.warm)
    seconds = statistics.median(r.elapsed_s for r in outcome.warm)
    goal = _SILENT_S if size <= goal_size else None
    beside = ("the wait for an answer, s", 2.0)
    yield Figure("poll", f"{what}: a whole round", size, round(seconds, 3), "s", goal, runs=runs, baseline=beside)
    yield Figure("poll", f"{what}: processor time, warm", size, warm_ms(outcome, size), _PER, runs=runs)
    for name, value in zip(("p50", "p95", "p99"), outcome.rtt_ms, strict=False):
        yield Figure("poll", f"{what}: question to answer, {name}", size, round(value, 2), "ms", runs=runs)
    awaited = size - sum(1 for number in range(size) if number % 100 < percent)
    missing = sum(abs(awaited - r.right) for r in outcome.rounds)
    yield Figure("poll", f"{what}: wrong or missing answers", size, missing, "", 0.0, runs=runs)
    yield Figure("poll", f"{what}: descriptors", size, outcome.descriptors, "", 10.0, runs=runs)
    yield Figure("poll", f"{what}: dropped by the kernel", size, outcome.drops, "", 0.0, runs=runs)


def _rate(outcome: Outcome, size: int) -> float:
    return round(size / statistics.median(r.elapsed_s for r in outcome.warm))


def _cold_ms(outcome: Outcome, size: int) -> float:
    return round(1e6 * outcome.rounds[0].cpu_s / size, 1)


def _missing(outcome: Outcome, size: int) -> int:
    return sum(size - r.right for r in outcome.rounds)
