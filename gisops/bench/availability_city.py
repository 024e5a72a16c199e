"""A month of states, failures, outages and announced work for the availability bench, and what it must come to.

Written by COPY, straight into the tables; the sums are taken here, interval by interval,
not by the code that is measured.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["BEGAN", "DAYS", "Month", "fill", "make_month"]

BEGAN = datetime(2026, 9, 30, 19, tzinfo=UTC)
"""1 October, midnight in Karachi."""
DAYS = 30
_DISTRICTS = ("central", "east", "keamari", "korangi", "malir", "south", "west")
_CAMERAS_A_BOX = 7
_MEAN_BETWEEN_S = 2 * 86_400.0
_CAUSES = ("power_cut", "fibre_cut", "battery_exhausted", "camera_fault")
_END_S = DAYS * 86_400.0
Seconds = tuple[float, float]


@dataclass(slots=True)
class Month:
    """Rows by table, and the lost seconds and failures of each district as summed here."""

    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    lost_s: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    failures: dict[str, int] = field(default_factory=lambda: defaultdict(int))


def make_month(cameras: int, rng: random.Random) -> Month:
    """Make 30 days of a network where a camera fails every other day; 1 box in 40 has announced work."""
    month = Month()
    gaps = [(_END_S * part, _END_S * part + 600.0) for part in (0.2, 0.55, 0.9)]
    month.rows["collector_gap"] = [(_at(a), _at(b)) for a, b in gaps]
    for number in range(cameras):
        box, device = number // _CAMERAS_A_BOX, f"C{number:05d}"
        district = _DISTRICTS[box % len(_DISTRICTS)]
        month.rows["membership"].append(
            (device, _at(0), "camera", f"B{box}", f"S{box}", f"P{box // 20}", district, f"Contractor {box % 3}")
        )
        window = (86_400.0 * (box % 29), 86_400.0 * (box % 29) + 7_200.0) if box % 40 == 0 else None
        if window and number % _CAMERAS_A_BOX == 0:
            scope = (f"M{box}", f"M{box}", "box", f"B{box}", _at(window[0]), _at(window[1]), _at(window[1]))
            month.rows["maintenance"].append((*scope, "Ali", "", 0))
        _live(month, device, district, [*gaps, *([window] if window else [])], window, rng)
    return month


def _live(
    month: Month, device: str, district: str, out: Sequence[Seconds], window: Seconds | None, rng: random.Random
) -> None:
    """Have a camera fail and be restored for a month."""
    up_since = -3600.0
    while (onset := max(0.0, up_since) + rng.expovariate(1 / _MEAN_BETWEEN_S)) < _END_S - 7_200.0:
        onset = round(onset, 3)
        restored = round(onset + rng.uniform(120.0, 7_000.0), 3)
        month.rows["state_history"].append((device, "up", "", _at(up_since), _at(onset)))
        month.rows["state_history"].append((device, "down", "silent", _at(onset), _at(restored)))
        month.rows["failure"].append((device, _at(onset), _at(restored), _at(onset - 30.0)))
        outage = f"O{device}-{onset:.0f}"
        cause = _CAUSES[rng.randrange(4)]
        life = (outage, device, cause, _at(onset), _at(onset + 2.0), _at(onset - 30.0), _at(restored))
        month.rows["outage_life"].append((*life, _at(onset + 300.0)))
        month.rows["outage_member"].append((outage, device))
        month.lost_s[district] += (restored - onset) - _overlap((onset, restored), out)
        in_work = window is not None and window[0] <= onset < window[1]
        month.failures[district] += not (in_work and window is not None and restored <= window[1])
        up_since = restored
    month.rows["state_history"].append((device, "up", "", _at(up_since), None))


def _overlap(span: Seconds, others: Sequence[Seconds]) -> float:
    """Seconds of a span that lie in others, which may overlap one another."""
    end, total = span[0], 0.0
    for a, b in sorted(others):
        start = max(a, end)
        end = max(end, min(b, span[1]))
        total += max(0.0, end - start)
    return total


def _at(second: float) -> datetime:
    return BEGAN + timedelta(seconds=second)


_COLUMNS = {
    "membership": "device_id t0 kind box_id site_id station_id district_id contractor",
    "state_history": "device_id state reason t0 t1",
    "failure": "device_id onset_at restored_at seen_at",
    "outage_life": "id root_id cause opened_at detected_at seen_at closed_at acknowledged_at",
    "outage_member": "outage_id device_id",
    "maintenance": "id series scope_kind scope_id t0 t1 planned_t1 planned_by note seq",
    "collector_gap": "t0 t1",
}


async def fill(connection: Any, month: Month) -> None:  # noqa: ANN401 - asyncpg is not typed
    """Write a month into an empty database."""
    for table, columns in _COLUMNS.items():
        await connection.copy_records_to_table(table, records=month.rows[table], columns=columns.split(), timeout=300)
    await connection.execute("UPDATE log_head SET beat_at = $1", _at(_END_S + 600.0))
    await connection.execute("DELETE FROM collector_gap WHERE t1 > $1", _at(_END_S))
    await connection.execute("VACUUM ANALYZE", timeout=300)
