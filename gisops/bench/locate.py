"""How often is a cut found where it is: every span cut in turn, random pairs, devices down, OTDR readings.

What a cut shows is worked out by :mod:`gisops.bench.fibre_truth` with networkx; the
product is asked only what it makes of it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.bench.figure import Figure

if TYPE_CHECKING:
    from gisops.bench.fibre_truth import Seen, Truth
    from gisops.fibre.locate import Locator, Verdict

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
Every span of the network is cut in turn, ring spans included, then random pairs. What shows (boxes that fall
silent, ports without light) is worked out with networkx. A cut is *distinguishable* where no other set of as few
cuts shows the same; there the true spans must come first. Elsewhere the exact set of all that show the same must be
reported, and a cut that shows nothing must stand among those that evidence cannot show. A certainty is wrong where
an answer that calls itself certain names a span that is whole. With 5 % of boxes and cameras down by themselves the
same cuts are asked again: all that could be told apart without that noise count. OTDR readings are launched at the
nearest centre, are off by up to 0.1 %, and slack lies uneven along the cable. Beside: what matching the silent
boxes alone finds, without ports.
"""


@dataclass
class _Count:
    """How answers fared."""

    distinct: int = 0
    first: int = 0
    alike: int = 0
    certain: int = 0
    by_losses: int = 0
    exact: int = 0
    wrong_certainty: int = 0
    missed: list[str] = field(default_factory=list)
    last_distinct: frozenset[str] = frozenset()

    def is_distinct(self, cut: frozenset[str]) -> bool:
        """Whether the cut judged last is one that nothing else looks like."""
        return self.last_distinct == cut

    @property
    def first_share(self) -> float:
        return self.first / max(self.distinct, 1)

    @property
    def right_share(self) -> float:
        return (self.first + self.exact) / max(self.distinct + self.alike, 1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the inventory, how many pairs, and chance."""
    parser.add_argument("--inventory", type=Path, default=Path("data"), metavar="DIR", help="default: data")
    parser.add_argument("--pairs", type=int, default=500, help="random pairs (default: 500)")
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--show-missed", action="store_true", help="print the cuts that were missed on stderr")


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Yield shares found first, exact sets, wrong certainties, and metres."""
    from gisops.bench.fibre_truth import Truth
    from gisops.fibre.locate import Locator
    from gisops.inventory.load import load_inventory

    inventory = load_inventory(args.inventory)
    truth, locator = Truth(inventory), Locator(inventory)
    rng = random.Random(args.seed)  # noqa: S311 - repeatable chance
    singles = [frozenset({span_id}) for span_id in truth.span_ids]
    pairs = [frozenset(rng.sample(truth.span_ids, 2)) for _ in range(args.pairs)]
    for name, cuts, goal, noisy_goal in (("single cuts", singles, 0.99, 0.95), ("pairs of cuts", pairs, 0.90, 0.80)):
        for is_noisy, bound in ((False, goal), (True, noisy_goal)):
            count, times = _ask(truth, locator, cuts, rng if is_noisy else None)
            if args.show_missed:
                _show(name, count)
            beside = ("silent boxes alone", round(count.by_losses / max(count.distinct, 1), 4))
            where = f"{name}, 5 % of devices down" if is_noisy else name
            yield Figure(
                "locate", f"{where}: true spans first", count.distinct, round(count.first_share, 4), "share", bound,
                is_floor=True, baseline=beside,
            )  # fmt: skip
            if not is_noisy:
                yield Figure(
                    "locate", f"{where}: first, or the exact set of all that show the same",
                    len(cuts), round(count.right_share, 4), "share", bound, is_floor=True,
                )  # fmt: skip
            yield Figure(
                "locate", f"{where}: wrong certainties", count.certain, float(count.wrong_certainty), "cuts",
                None if is_noisy else 0.0, baseline=("answers that call themselves certain", count.certain),
            )  # fmt: skip
            yield Figure(
                "locate", f"{where}: time of an answer", len(inventory.devices),
                round(1000 * statistics.median(times), 1), "ms", runs=len(times),
            )  # fmt: skip
    yield from _otdr(truth, locator, rng)


def _ask(
    truth: Truth, locator: Locator, cuts: list[frozenset[str]], rng: random.Random | None
) -> tuple[_Count, list[float]]:
    from gisops.fibre.evidence import Noise, evidence_of

    inventory, count, times = truth.inventory, _Count(), []
    share = 0.05
    for cut in cuts:
        plain = truth.seen(cut)
        down = truth.down_at_random(rng, share) if rng else frozenset()
        seen = truth.seen(cut, down)
        cameras = frozenset(c for c in inventory.cameras if rng.random() < share) if rng else frozenset()
        evidence = evidence_of(inventory, locator.network, seen.lost | cameras, seen.dark)
        begun = time.perf_counter()
        verdict = locator.locate(evidence, Noise(device_down=share) if rng else None)
        times.append(time.perf_counter() - begun)
        _judge(count, truth, verdict, cut, plain)
        if count.is_distinct(cut):
            count.by_losses += truth.by_losses(seen, len(cut)) == cut
    return count, times


def _judge(count: _Count, truth: Truth, verdict: Verdict, cut: frozenset[str], plain: Seen) -> None:
    """Compare an answer with all that show the same."""
    size, sets = truth.alike(plain)
    first = frozenset(verdict.hypotheses[0].span_ids)
    count.certain += verdict.is_certain
    count.wrong_certainty += verdict.is_certain and not first <= cut
    if sets == {cut}:
        count.distinct += 1
        count.last_distinct = cut
        count.first += first == cut
        if first != cut:
            count.missed.append(f"{'+'.join(sorted(cut))}: said {'+'.join(sorted(first)) or 'no cut'}")
        return
    count.alike += 1
    told = {frozenset(spans) for spans in verdict.ambiguous}
    is_exact = told == sets and (size == len(cut) or set(verdict.unseen) >= truth.unseen(first, plain))
    count.exact += is_exact
    if not is_exact:
        count.missed.append(f"{'+'.join(sorted(cut))}: {len(sets)} sets of {size}, told {len(told)}")


def _show(name: str, count: _Count) -> None:
    import sys

    for line in count.missed:
        sys.stderr.write(f"{name}: {line}\n")


def _otdr(truth: Truth, locator: Locator, rng: random.Random) -> Iterator[Figure]:
    from gisops.bench.fibre_draw import Breaks, apart_m
    from gisops.fibre.evidence import OtdrReading, evidence_of

    network, share = locator.network, 0.001
    breaks = Breaks(truth, rng, share)
    off, readings, held = [], [], 0
    for span_id in truth.span_ids:
        broken = breaks.on(span_id)
        seen = truth.seen([span_id])
        reading = OtdrReading(
            network.node_number[broken.node_id],
            tuple(network.span_number[s] for s in broken.span_ids),
            broken.reading_m,
            max(1.0, share * broken.reading_m),
        )
        evidence = evidence_of(truth.inventory, network, seen.lost, seen.dark, otdr=[reading])
        verdict = locator.locate(evidence)
        readings.append(broken.reading_m)
        if not verdict.places:
            off.append(float("inf"))
            continue
        place = verdict.places[0]
        off.append(apart_m((place.lon, place.lat), (broken.lon, broken.lat)))
        held += place.span_id == span_id
    off.sort()
    p95 = off[min(len(off) - 1, round(0.95 * (len(off) - 1)))]
    beside = ("0.1 % of the median distance read", round(share * statistics.median(readings), 1))
    yield Figure("locate", "with an OTDR: on the true span", len(off), round(held / len(off), 4), "share")
    yield Figure(
        "locate", "with an OTDR: off the true place, median", len(off), round(statistics.median(off), 1), "m"
    )
    yield Figure(
        "locate", "with an OTDR: off the true place, p95", len(off), round(p95, 1), "m", 25.0, baseline=beside
    )
