"""When did a box leave its place, and is it back: its fixes, cut into the times it was away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from gisops.geo.measure import distance_m, distances_m
from gisops.model.position import Fix
from gisops.trails.moved import UNSTATED_M, Home, apart_m, displaced_m, thresholds_m

__all__ = ["FASTEST_MPS", "Excursion", "excursions", "in_order"]

FASTEST_MPS = 70.0
"""250 km/h: what would have had to go faster on a road is a wrong position."""
_AGREE = 2
"""Fixes one after the other that have to say so, before a box is away or back."""


@dataclass(frozen=True, slots=True)
class Excursion:
    """One time that a box was away.

    Parameters
    ----------
    fixes
        Those away from home, in order of time.
    at_home
        The last fix at home before; ``None`` where there is none.
    back_at
        When it was first back; ``None`` while it is away.
    """

    fixes: tuple[Fix, ...]
    at_home: Fix | None
    back_at: datetime | None = None


def in_order(fixes: Iterable[Fix]) -> list[Fix]:
    """Sort fixes by their time, one a moment; a lone one that nothing could have driven to is left out.

    Any order and any repetition of the same fixes gives the same list.
    """
    key = {
        (fix.at): fix for fix in sorted(fixes, key=lambda f: (f.at, f.accuracy_m or 0.0, f.lon, f.lat), reverse=True)
    }
    ordered = [key[at] for at in sorted(key)]
    if len(ordered) < 2:
        return ordered
    follows = _follow(ordered)
    kept: list[Fix] = []
    for index, fix in enumerate(ordered):
        is_next = bool(kept) and kept[-1] is ordered[index - 1]
        if not kept or (follows[index - 1] if is_next else _is_reachable(kept[-1], fix)):
            kept.append(fix)
            continue
        following = ordered[index + 1] if index + 1 < len(ordered) else None
        # Where the next one confirms it, what came before was the wrong one, or long ago.
        if following is not None and _is_reachable(fix, following) and not _is_reachable(kept[-1], following):
            kept.append(fix)
    return kept


def excursions(home: Home, fixes: Sequence[Fix], told_back: Iterable[datetime] = ()) -> list[Excursion]:
    """Cut fixes into the times a box was away.

    Parameters
    ----------
    home
        Its place.
    fixes
        In order (see :func:`in_order`).
    told_back
        When somebody said that it was recovered; what it was away before that is over then, and where
        it was then is as good as home.

    Returns
    -------
    list of Excursion
        In order of time; only the last may still last.
    """
    away = _away(home, fixes)
    told = sorted(told_back)
    found: list[Excursion] = []
    trip: list[Fix] = []
    at_home: Fix | None = None
    start: Fix | None = None
    for index, fix in enumerate(fixes):
        while told and told[0] <= fix.at:
            moment = told.pop(0)
            if trip:
                found.append(Excursion(tuple(trip), start, moment))
                # It rests where it was found: only what leaves that place, too, is taken again.
                found_at = Home(trip[-1].lon, trip[-1].lat, trip[-1].accuracy_m or UNSTATED_M)
                away[index:] = [a and b for a, b in zip(away[index:], _away(found_at, fixes[index:]), strict=True)]
                trip = []
        agree = away[index : index + _AGREE]
        is_certain = len(agree) == _AGREE and len(set(agree)) == 1
        if trip and not away[index] and is_certain:
            found.append(Excursion(tuple(trip), start, fix.at))
            trip = []
        elif trip:
            trip.append(fix)
        elif away[index] and is_certain:
            trip, start = [fix], at_home
        if not away[index]:
            at_home = fix
    if trip:
        found.append(Excursion(tuple(trip), start, told[0] if told else None))
    return found


def _away(home: Home, fixes: Sequence[Fix]) -> list[bool]:
    away: list[bool] = (displaced_m(home, fixes) > thresholds_m(home, fixes)).tolist()
    return away


def _follow(fixes: Sequence[Fix]) -> list[bool]:
    """Whether each fix but the first can be reached from the one before it; all at once, as most are."""
    lon, lat = [f.lon for f in fixes], [f.lat for f in fixes]
    metres = distances_m(lon[:-1], lat[:-1], lon[1:], lat[1:])
    return [
        step <= FASTEST_MPS * (b.at - a.at).total_seconds() + apart_m(a.accuracy_m, b.accuracy_m)
        for step, (a, b) in zip(metres.tolist(), pairwise(fixes), strict=True)
    ]


def _is_reachable(before: Fix, after: Fix) -> bool:
    seconds = (after.at - before.at).total_seconds()
    metres = distance_m(before.lon, before.lat, after.lon, after.lat)
    return metres <= FASTEST_MPS * seconds + apart_m(before.accuracy_m, after.accuracy_m)
