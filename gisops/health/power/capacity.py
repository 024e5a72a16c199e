"""How much a battery still gives, and at which charge its box goes dark: learned from earlier episodes.

Everything is relative to the gauge the box has: ``capacity_wh`` is what it draws for
100 % of its own gauge. A gauge that still counts the energy of the new battery
shows itself by a box that goes dark at 40 %: that charge is learned too.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from gisops.health.power.episode import EMPTY_BELOW_PCT, End, Episode

__all__ = ["Basis", "Battery", "learn_battery"]

REMEMBERED = 10
"""Episodes back that count: in a city with daily load shedding a battery is not what it was a month ago."""
RATED_SHARE, RATED_LOG_SD = 0.65, 0.45
"""What is believed of a battery nobody measured: about two thirds of its rating, from a third to all of it."""
MIN_FALL_PCT = 10.0
"""Charge that an episode must have used up to tell a capacity."""
GAUGE_SD_PCT = 1.0
"""Error of a gauge at either end of an episode."""
EPISODE_LOG_SD = 0.05
"""What one discharge differs from the next: load, heat, age."""
CUT_PCT, CUT_SD_PCT = 3.0, 3.0
"""Charge at which a UPS switches itself off, where the box has not shown it."""
SEEN_CUT_SD_PCT = 2.0


class Basis(StrEnum):
    """What an estimate rests on."""

    RATED = "rated"
    """Only the rating on the label: a guess."""
    HISTORY = "history"
    """Earlier episodes of this box."""
    RUNNING = "running"
    """The discharge that runs, with what was known before."""


@dataclass(frozen=True, slots=True)
class Battery:
    """What is known of a battery.

    Parameters
    ----------
    capacity
        Drawn for 100 % of the gauge: Wh, or hours where no load is read; median.
    log_sd
        Standard deviation of its logarithm.
    cut_pct, cut_sd_pct
        Charge at which the box goes dark.
    basis
        Rating or history.
    episodes, darknesses
        How many told the capacity, and how many of them ended dark.
    """

    capacity: float
    log_sd: float
    cut_pct: float = CUT_PCT
    cut_sd_pct: float = CUT_SD_PCT
    basis: Basis = Basis.RATED
    episodes: int = 0
    darknesses: int = 0


def learn_battery(episodes: Iterable[Episode], rated_wh: float | None, in_hours: bool = False) -> Battery | None:
    """Learn a battery from the finished episodes of its box.

    Parameters
    ----------
    episodes
        In any order; the latest ten that tell something count.
    rated_wh
        On its label; ``None`` or 0: not known.
    in_hours
        Learn how many hours instead of how much energy 100 % lasts (no load is read).

    Returns
    -------
    Battery or None
        ``None`` where neither episodes nor a rating tell anything.
    """
    latest = sorted(episodes, key=lambda e: e.began_at, reverse=True)
    told = [m for e in latest if (m := _measured(e, in_hours)) is not None][:REMEMBERED]
    dark = [e for e in latest if e.end is End.DARK][:REMEMBERED]
    cut, cut_sd = _cut_of(dark)
    beliefs = list(told)
    if rated_wh and not in_hours:
        beliefs.append((math.log(RATED_SHARE * rated_wh), RATED_LOG_SD))
    if not beliefs:
        return None
    weights = [1.0 / sd**2 for _, sd in beliefs]
    mean = sum(w * value for w, (value, _) in zip(weights, beliefs, strict=True)) / sum(weights)
    # Episodes that disagree by more than their errors say that this battery is not the same every day.
    scatter = _spread([value for value, _ in told])
    log_sd = max(1.0 / math.sqrt(sum(weights)), scatter / math.sqrt(max(len(told), 1)))
    if told:
        log_sd = math.hypot(log_sd, EPISODE_LOG_SD)
    return Battery(math.exp(mean), log_sd, cut, cut_sd, Basis.HISTORY if told else Basis.RATED, len(told), len(dark))


def _measured(episode: Episode, in_hours: bool) -> tuple[float, float] | None:
    """Give the logarithm of the capacity that an episode shows, and its error."""
    if episode.end is End.WITHDRAWN or episode.charge_first_pct is None or episode.charge_end_pct is None:
        return None
    fall = episode.charge_first_pct - episode.charge_end_pct
    drawn = episode.followed_h if in_hours else episode.energy_wh
    if fall < MIN_FALL_PCT or drawn is None or drawn <= 0:
        return None
    return math.log(100.0 * drawn / fall), math.hypot(math.sqrt(2.0) * GAUGE_SD_PCT / fall, EPISODE_LOG_SD)


def _cut_of(dark: Sequence[Episode]) -> tuple[float, float]:
    """Give the charge at which a box goes dark: one far from empty is believed once it has shown twice."""
    latest = [e.charge_end_pct for e in dark if e.charge_end_pct is not None][:5]
    seen = [charge for charge in latest if charge <= EMPTY_BELOW_PCT][:3]
    early = [charge for charge in latest if charge > EMPTY_BELOW_PCT][:3]
    if len(early) >= 2 and len(early) >= len(seen):
        seen = early
    if not seen:
        return CUT_PCT, CUT_SD_PCT
    return sum(seen) / len(seen), math.hypot(SEEN_CUT_SD_PCT, _spread(seen))


def _spread(values: Sequence[float]) -> float:
    """Standard deviation of a sample; 0 for fewer than two values."""
    if len(values) < 2:
        return 0.0
    mean = sum(values) / len(values)
    return math.sqrt(sum((v - mean) ** 2 for v in values) / (len(values) - 1))
