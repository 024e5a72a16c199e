r"""How much likelier is the theft of a box, near and soon after another one: the near-repeat model.

After a break-in the risk around it is raised for a while. Knox tests of residential burglary in
ten areas of five countries found it raised most within 200 m and two weeks (Johnson, Bernasco,
Bowers et al., "Space-time patterns of risk", J. Quantitative Criminology 23, 2007); Bowers and
Johnson (2004) name 300-400 m and one to two months as its outer reach; Short, D'Orsogna,
Brantingham et al. (J. Quantitative Criminology 25, 2009) show that the rise after an event decays
and is not explained by lasting differences between places alone. Hence the kernel

.. math:: w(d, t) = \exp(-d / 200 m) \exp(-t / 14 d), \quad d \le 1000 m, 0 < t \le 60 d

and the odds ratio ``1 + (BOOST - 1) w`` of each earlier theft, multiplied, and bounded by
``MOST``. No data set of stolen distribution boxes is known: the numbers of burglary are used until
the city's own history says otherwise, and the bound keeps them a prior that evidence outweighs.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gisops.geo.measure import distance_m
from gisops.model.inventory import Box

__all__ = ["DISTANCE_M", "MOST", "REACH_M", "WINDOW", "AtRisk", "Theft", "boxes_at_risk", "theft_odds"]

DISTANCE_M = 200.0
"""Bandwidth in space."""
DECAY = timedelta(days=14)
"""Bandwidth in time."""
REACH_M = 1000.0
"""Beyond that the kernel is below 1 % and taken for nothing."""
WINDOW = timedelta(days=60)
BOOST = 8.0
"""Odds ratio at the place and in the hour of an earlier theft; repeats at one place are the strongest effect."""
MOST = 20.0
"""No history raises the odds further."""


@dataclass(frozen=True, slots=True)
class Theft:
    """A theft that is known: where and when; ``share`` is how sure that is, 0 to 1."""

    lon: float
    lat: float
    at: datetime
    share: float = 1.0
    box_id: str = ""


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A box near earlier thefts: its odds ratio, and the nearest of them in words."""

    box_id: str
    odds_ratio: float
    distance_m: float
    days_ago: float


def theft_odds(box: Box, now: datetime, history: Iterable[Theft]) -> float:
    """Give the odds ratio of a theft of a box against one with no theft near it.

    Parameters
    ----------
    box
        Where it stands counts.
    now
        UTC; thefts later than this are not known yet.
    history
        Earlier thefts, of any kind of equipment.

    Returns
    -------
    float
        From 1 (no theft near) to :data:`MOST`; multiply the prior odds of theft by it.
    """
    logs = [math.log1p((BOOST - 1.0) * _weight(box, now, theft)) for theft in history]
    return min(MOST, math.exp(math.fsum(logs)))


def boxes_at_risk(boxes: Iterable[Box], now: datetime, history: Sequence[Theft], least: float = 1.05) -> list[AtRisk]:
    """Rank the boxes next to thefts: where patrols should go.

    Parameters
    ----------
    boxes
        Candidates; one that is stolen itself (its id is that of a theft in the window) is left out.
    now
        UTC.
    history
        Earlier thefts.
    least
        Odds ratio below which a box is not named.
    """
    fresh = [theft for theft in history if timedelta() <= now - theft.at <= WINDOW]
    stolen = {theft.box_id for theft in fresh}
    found = []
    for box in boxes:
        if box.id in stolen:
            continue
        ratio = theft_odds(box, now, fresh)
        if ratio >= least:
            metres, theft = min((distance_m(box.lon, box.lat, t.lon, t.lat), n) for n, t in enumerate(fresh))
            found.append(AtRisk(box.id, ratio, metres, (now - fresh[theft].at) / timedelta(days=1)))
    return sorted(found, key=lambda risk: (-risk.odds_ratio, risk.distance_m, risk.box_id))


def _weight(box: Box, now: datetime, theft: Theft) -> float:
    since = now - theft.at
    if not timedelta() < since <= WINDOW:
        return 0.0
    metres = distance_m(box.lon, box.lat, theft.lon, theft.lat)
    if metres > REACH_M:
        return 0.0
    return theft.share * math.exp(-metres / DISTANCE_M) * math.exp(-since / DECAY)
