"""Which batteries ought to be replaced first: measured autonomy against the contract, and capacity lost. Pure.

A run on battery that ended because the mains came back says only that the battery
lasts *at least* so long. The autonomy of a box is the median of the product-limit
estimate (Kaplan and Meier 1958, J. Am. Stat. Assoc. 53, 457-481), which takes such
lower bounds as what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gisops.health.power.capacity import Basis, learn_battery
from gisops.health.power.episode import End, Episode
from gisops.model.inventory import Box

__all__ = ["CONTRACT_H", "BatteryRank", "autonomy_of", "rank_batteries"]

CONTRACT_H = 8.0
"""Autonomy of a box by contract."""
FULL_PCT = 90.0
"""Charge from which a run that ended dark tells the whole autonomy."""
LATEST = 10
"""Episodes of a box that count: a battery is not what it was a year ago."""


@dataclass(frozen=True, slots=True)
class BatteryRank:
    """What the episodes of one box say of its battery.

    Parameters
    ----------
    box_id
        The box.
    episodes, darknesses
        Finished runs on battery, and how many of them ended dark.
    autonomy_h
        Measured autonomy; ``None`` where there is no episode.
    is_at_least
        Whether ``autonomy_h`` is only a lower bound: it never showed how long it lasts.
    share
        ``autonomy_h`` over the hours of the contract.
    projected_h
        What a full battery lasts at its mean load, by its measured capacity; ``None``
        where no episode told its capacity.
    usable_wh, rated_wh
        Energy between full and dark as measured, and on its label.
    lost_share
        Share of the label that is lost, never below 0; ``None`` where it was not measured.
    rank
        1 is the battery that lost most; ``None`` for those that nobody measured.
    """

    box_id: str
    episodes: int
    darknesses: int
    autonomy_h: float | None
    is_at_least: bool
    share: float | None
    projected_h: float | None
    usable_wh: float | None
    rated_wh: float | None
    lost_share: float | None
    rank: int | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the contract was met; ``None`` where a lower bound below it leaves that open."""
        if self.share is None:
            return None
        if self.share >= 1.0:
            return True
        return None if self.is_at_least else False


def autonomy_of(episodes: Sequence[Episode]) -> tuple[float, bool] | None:
    """Give the hours a full battery lasts, and whether that is only a lower bound.

    Parameters
    ----------
    episodes
        Of one box. Darkness after a full start is an end; everything else (mains came
        back, not full at the start, end not known) is a lower bound.

    Returns
    -------
    tuple or None
        The first time by which half or more of the batteries would be dark, the longest
        run where that was never reached; ``None`` without episodes.
    """
    runs = []
    for episode in episodes:
        is_full = episode.charge_start_pct is not None and episode.charge_start_pct >= FULL_PCT
        high = episode.lasted_high_h
        if episode.end is End.DARK and is_full and high is not None:
            runs.append((0.5 * (episode.lasted_low_h + high), True))
        else:
            runs.append((episode.lasted_low_h, False))
    if not runs:
        return None
    # Ends before lower bounds of the same length: who was seen alive at t was at risk at t.
    runs.sort(key=lambda run: (run[0], not run[1]))
    alive = 1.0
    for place, (hours, is_end) in enumerate(runs):
        if is_end:
            alive *= 1.0 - 1.0 / (len(runs) - place)
            if alive <= 0.5 + 1e-9:
                return hours, False
    return runs[-1][0], True


def rank_batteries(
    boxes: Iterable[Box], histories: Mapping[str, Sequence[Episode]], contract_h: float = CONTRACT_H
) -> list[BatteryRank]:
    """Rank the batteries of boxes by the share of their rated capacity that is lost, most first.

    Parameters
    ----------
    boxes
        Their labels give the rated capacity; a box without one is measured but not ranked.
    histories
        Finished episodes by box, oldest first.
    contract_h
        Hours a box has to last.
    """
    found = [_rank_of(box, histories.get(box.id, ()), contract_h) for box in boxes]
    found.sort(key=lambda f: (-f.lost_share if f.lost_share is not None else 1.0, -f.episodes, f.box_id))
    return [replace(f, rank=n if f.lost_share is not None else None) for n, f in enumerate(found, start=1)]


def _rank_of(box: Box, episodes: Sequence[Episode], contract_h: float) -> BatteryRank:
    rated = box.battery_wh or None
    battery = learn_battery(episodes, rated)
    usable = None
    if battery is not None and battery.basis is not Basis.RATED:
        usable = battery.capacity * (100.0 - battery.cut_pct) / 100.0
    loads = [e.load_w for e in episodes[-LATEST:] if e.load_w]
    measured = autonomy_of(episodes[-LATEST:])
    return BatteryRank(
        box_id=box.id,
        episodes=len(episodes),
        darknesses=sum(e.end is End.DARK for e in episodes),
        autonomy_h=measured[0] if measured else None,
        is_at_least=measured[1] if measured else False,
        share=measured[0] / contract_h if measured else None,
        projected_h=usable * len(loads) / sum(loads) if usable is not None and loads else None,
        usable_wh=usable,
        rated_wh=rated,
        lost_share=max(0.0, 1.0 - usable / rated) if usable is not None and rated else None,
    )
