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
    """Make 30 days: a box fails every 10 days with its 7 cameras, each of them every 20 by itself.

    One box in 40 has announced work, and three times nobody asked.
    """
    month = Month()
    gaps = [(_END_S * part, _END_S * part + 600.0) for part in (0.2, 0.55, 0.9)]
    month.rows["collector_gap"] = [(_at(a), _at(b)) for a, b in gaps]
    for box in range(cameras // _CAMERAS_A_BOX):
        district = _DISTRICTS[box % len(_DISTRICTS)]
        window = (86_400.0 * (box % 29), 86_400.0 * (box % 29) + 7_200.0) if box % 40 == 0 else None
        if window:
            scope = (f"M{box}", f"M{box}", "box", f"B{box}", _at(window[0]), _at(window[1]), _at(window[1]))
            month.rows["maintenance"].append((*scope, "Ali", "", 0))
        shared = _losses(10 * 86_400.0, (), rng)
        devices = [f"C{box * _CAMERAS_A_BOX + number:05d}" for number in range(_CAMERAS_A_BOX)]
        _judge(month, shared, devices, rng)
        for device in devices:
            month.rows["membership"].append(
                (device, _at(0), "camera", f"B{box}", f"S{box}", f"P{box // 20}", district, f"Contractor {box % 3}")
            )
            own = _losses(20 * 86_400.0, shared, rng)
            _judge(month, own, [device], rng)
            _live(month, device, sorted([*shared, *own]))
            for onset, restored in (*shared, *own):
                out = [*gaps, *([window] if window else [])]
                month.lost_s[district] += (restored - onset) - _overlap((onset, restored), out)
                is_work = window is not None and window[0] <= onset and restored <= window[1]
                month.failures[district] += not is_work
    return month


def _losses(mean_s: float, others: Sequence[Seconds], rng: random.Random) -> list[Seconds]:
    """Draw losses of 2 minutes to 2 hours that do not touch one another or the others."""
    found: list[Seconds] = []
    last = 0.0
    while (onset := round(last + 60.0 + rng.expovariate(1 / mean_s), 3)) < _END_S - 7_200.0:
        last = round(onset + rng.uniform(120.0, 7_000.0), 3)
        if all(last + 60.0 < a or b + 60.0 < onset for a, b in others):
            found.append((onset, last))
    return found


def _judge(month: Month, losses: Sequence[Seconds], devices: Sequence[str], rng: random.Random) -> None:
    """Have each loss be an outage, detected after 2 s and acknowledged after 5 minutes."""
    for onset, restored in losses:
        outage = f"O{devices[0]}-{len(devices)}-{onset:.0f}"
        times = (onset, onset + 2.0, onset - 30.0, restored, onset + 300.0)
        cause = _CAUSES[rng.randrange(len(_CAUSES))]
        month.rows["outage_life"].append((outage, devices[0], cause, *(_at(time) for time in times)))
        month.rows["outage_member"].extend((outage, device) for device in devices)


def _live(month: Month, device: str, losses: Sequence[Seconds]) -> None:
    up_since = -3600.0
    for onset, restored in losses:
        month.rows["state_history"].append((device, "up", "", _at(up_since), _at(onset)))
        month.rows["state_history"].append((device, "down", "silent", _at(onset), _at(restored)))
        month.rows["failure"].append((device, _at(onset), _at(restored), _at(onset - 30.0)))
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
