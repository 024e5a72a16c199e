"""A small Karachi in memory, and a LiveView over it whose changes a test dictates."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from shapely.geometry import LineString, Point, box

from gisops.errors import StoreError
from gisops.model.event import Event, EventKind, StoredEvent
from gisops.model.inventory import (
    Box,
    Camera,
    Centre,
    District,
    Feeder,
    Inventory,
    Node,
    Place,
    Road,
    Settings,
    Site,
    Span,
    Station,
)
from gisops.model.outage import Cause, Evidence, Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.live import Delta, DeviceHistory, Snapshot
from gisops.store.ports import Sample, StateRow
from gisops.trails.trail import Trail

__all__ = ["FakeLiveView", "fake_city", "on_battery", "theft"]

_ROADS = {
    "Shahrah-e-Faisal": [(67.0286, 24.8520), (67.0640, 24.8615), (67.0990, 24.8790), (67.1605, 24.8985)],
    "M.A. Jinnah Road": [(66.9930, 24.8500), (67.0090, 24.8600), (67.0330, 24.8740)],
    "Khayaban-e-Iqbal": [(67.0270, 24.8480), (67.0290, 24.8290), (67.0310, 24.8130)],
    "University Road": [(67.0640, 24.8900), (67.0900, 24.9180), (67.1210, 24.9360)],
}
_COAST = [(66.3, 24.84), (66.95, 24.80), (67.00, 24.79), (67.05, 24.79), (67.10, 24.75), (68.0, 24.65)]


def fake_city(sites: int = 300, cameras: int = 1300) -> Inventory:
    """Give an inventory with devices strung along four roads.

    The first site stands by Bilawal House Chowrangi; box ``B-001`` hangs there
    with five cameras ``C-0001`` to ``C-0005``.
    """
    districts = {
        "south": District("south", "South", box(66.97, 24.78, 67.06, 24.90)),
        "east": District("east", "East", box(67.06, 24.78, 67.20, 24.91)),
        "central": District("central", "Central", box(67.06, 24.91, 67.20, 25.00)),
    }
    stations = {
        f"PS-{n:02d}": Station(f"PS-{n:02d}", f"Station {n}", _district(*spot), *spot, f"N-S{n:02d}")
        for n, spot in enumerate(_along(18), start=1)
    }
    sites_at = [(67.0297, 24.8232), *_along(sites - 1)]
    poles = {
        f"S-{n:03d}": Site(
            f"S-{n:03d}",
            "Bilawal House Chowrangi" if n == 1 else f"Site {n}",
            _district(*spot),
            f"PS-{1 + n % 18:02d}",
            *spot,
            place_id="P-BH" if n == 1 else None,
        )
        for n, spot in enumerate(sites_at, start=1)
    }
    return Inventory(
        settings=Settings("Karachi Safe City", demo=True),
        districts=districts,
        stations=stations,
        centres={"CPO": Centre("CPO", "Central Police Office", "command", "south", 67.0208, 24.8527, "N-CPO")},
        feeders={
            f"F-{n:02d}": Feeder(f"F-{n:02d}", f"Feeder {n}", "Clifton 132 kV", "02:00-04:00") for n in range(1, 21)
        },
        sites=poles,
        boxes=_boxes(poles),
        cameras=_cameras(poles, cameras),
        nodes={"N-CPO": Node("N-CPO", "CPO", Point(67.0208, 24.8527))},
        spans={
            f"SP-{n}": Span(f"SP-{n}", name, "N-CPO", "N-CPO", LineString(line), ring="R1")
            for n, (name, line) in enumerate(_ROADS.items())
        },
        places={"P-BH": Place("P-BH", "Bilawal House", "landmark", 67.0300, 24.8225, True)},
        roads={
            str(n): Road(str(n), name, "arterial", LineString(line)) for n, (name, line) in enumerate(_ROADS.items())
        },
        coastline=(LineString(_COAST),),
        rivers=(LineString([(66.99, 24.87), (67.05, 24.90), (67.12, 24.96)]),),
    )


def _along(count: int) -> list[tuple[float, float]]:
    lines = [LineString(line) for line in _ROADS.values()]
    total = sum(line.length for line in lines)
    spots: list[tuple[float, float]] = []
    for n in range(count):
        reach = total * (n + 0.5) / count
        for line in lines:
            if reach <= line.length:
                point = line.interpolate(reach)
                # A pole stands on a kerb, now on this side of the road and now on that.
                side = 0.0002 if n % 2 else -0.0002
                spots.append((round(point.x + side, 6), round(point.y + side, 6)))
                break
            reach -= line.length
    return spots


def _district(lon: float, lat: float) -> str:
    if lon < 67.06:
        return "south"
    return "central" if lat >= 24.91 else "east"


def _boxes(sites: dict[str, Site]) -> dict[str, Box]:
    return {
        f"B-{n:03d}": Box(
            f"B-{n:03d}",
            site.id,
            f"Box {site.name}",
            site.lon,
            site.lat,
            f"F-{1 + n % 20:02d}",
            f"N-{n:03d}",
            f"127.1.{n // 250}.{1 + n % 250}",
            "2c",
            "street",
            "Contractor A",
            "SDB-8",
            battery_wh=2400.0,
            inspected_on=date(2025, 1, 1) if n % 25 == 0 else None,
        )
        for n, site in enumerate(sites.values(), start=1)
    }


def _cameras(sites: dict[str, Site], total: int) -> dict[str, Camera]:
    found: dict[str, Camera] = {}
    extra = total - 4 * len(sites)
    for n, site in enumerate(sites.values(), start=1):
        for port in range(1, 6 if n <= extra else 5):
            key = f"C-{len(found) + 1:04d}"
            found[key] = Camera(
                key,
                site.id,
                f"B-{n:03d}",
                port,
                site.lon,
                site.lat,
                (37 * n + 360 * port / 5) % 360,
                70.0,
                7.0,
                12.0,
                2560,
                1440,
                ("fixed", "ptz", "anpr", "fr", "traffic")[port - 1],
                f"127.2.{len(found) // 250}.{1 + len(found) % 250}",
                "2c",
                "street",
                "Maker",
                "IPC-4",
                power_w=12.5,
            )
    return found


def theft(inventory: Inventory, box_id: str, at: datetime) -> tuple[list[StateRow], Outage]:
    """Give the states and the outage of a box that was stolen."""
    cameras = inventory.cameras_of_box[box_id]
    rows = [StateRow(box_id, DeviceKind.BOX, DeviceState.DOWN, at, at, "no answer, path good")]
    rows += [StateRow(key, DeviceKind.CAMERA, DeviceState.UNREACHABLE, at, at, f"behind {box_id}") for key in cameras]
    outage = Outage(
        f"O-{box_id}",
        box_id,
        tuple(sorted((box_id, *cameras))),
        at,
        at,
        causes={Cause.THEFT: 0.91, Cause.POWER_CUT: 0.05, Cause.FIBRE_CUT: 0.04},
        evidence=(Evidence("Door opened 8 s before the loss", Cause.THEFT, 14.2),),
    )
    return rows, outage


def on_battery(box_id: str, at: datetime, low_min: float, high_min: float | None) -> StateRow:
    """Give the state of a box on battery, with its forecast."""
    metrics = {"dark_in_min_low": low_min, "dark_in_min_high": high_min, "dark_stated_s": round(at.timestamp())}
    return StateRow(box_id, DeviceKind.BOX, DeviceState.DEGRADED, at, at, "on battery", metrics)


class FakeLiveView:
    """A LiveView in memory; ``push`` is what the collector would write.

    Parameters
    ----------
    inventory
        What stands in the city.
    beat_s
        Seconds without a change after which an empty delta is yielded.

    Set ``mute`` and the stream says nothing more, though the snapshot goes on;
    set ``trouble`` and the next snapshots fail with it.
    """

    def __init__(self, inventory: Inventory, beat_s: float = 1.0) -> None:
        self._inventory = inventory
        self._beat_s = beat_s
        start = datetime.now(UTC) - timedelta(hours=3)
        self.heartbeat_at: datetime | None = datetime.now(UTC)
        self.mute = False
        self.trouble: StoreError | None = None
        self._seq = 1
        self._deltas: list[Delta] = []
        self._waiters: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()
        self._outages: dict[str, Outage] = {}
        self._trails: list[Trail] = []
        kinds = dict.fromkeys(inventory.boxes, DeviceKind.BOX) | dict.fromkeys(inventory.cameras, DeviceKind.CAMERA)
        self._states = {
            key: StateRow(key, kind, DeviceState.UP, start, datetime.now(UTC)) for key, kind in kinds.items()
        }

    @property
    def inventory(self) -> Inventory:
        """What stands in the city."""
        return self._inventory

    async def snapshot(self) -> Snapshot:
        """Give everything live."""
        if self.trouble:
            raise self.trouble
        return Snapshot(self._seq, dict(self._states), dict(self._outages), self.heartbeat_at)

    def push(self, states: Iterable[StateRow] = (), outages: Iterable[Outage] = (), skip: int = 0) -> int:
        """Let something happen, from any thread; ``skip`` leaves a gap in the numbers."""
        rows, judged = list(states), list(outages)
        self._states.update({row.device_id: row for row in rows})
        for outage in judged:
            self._outages[outage.id] = outage
            if outage.closed_at:
                del self._outages[outage.id]
        before = self._seq + skip
        self._seq = before + 1
        self._deltas.append(Delta(before, self._seq, rows, judged, self.heartbeat_at))
        self._wake()
        return self._seq

    def move(self, trails: Iterable[Trail]) -> None:
        """Let boxes be taken away, from any thread."""
        self._trails = list(trails)
        before, self._seq = self._seq, self._seq + 1
        moved = [trail.box_id for trail in self._trails]
        self._deltas.append(Delta(before, self._seq, (), (), self.heartbeat_at, moved))
        self._wake()

    async def trails(self) -> list[Trail]:
        """Give the trails."""
        return self._trails

    def beat(self, at: datetime | None) -> None:
        """Set when the collector last wrote and tell it."""
        self.heartbeat_at = at
        self._wake()

    def _wake(self) -> None:
        for loop, event in tuple(self._waiters):
            loop.call_soon_threadsafe(event.set)

    async def changes(self, after_seq: int) -> AsyncIterator[Delta]:
        """Yield what was pushed, and an empty delta when nothing was."""
        seen, event = after_seq, asyncio.Event()
        waiter = (asyncio.get_running_loop(), event)
        self._waiters.add(waiter)
        try:
            while True:
                for delta in [d for d in self._deltas if d.seq > seen and not self.mute]:
                    seen = delta.seq
                    yield delta
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(event.wait(), self._beat_s)
                event.clear()
                if not self.mute and not any(d.seq > seen for d in self._deltas):
                    yield Delta(seen, seen, (), (), self.heartbeat_at)
        finally:
            self._waiters.discard(waiter)

    async def device(self, device_id: str) -> DeviceHistory:
        """Give three hours of plausible readings."""
        row = self._states[device_id]
        now = datetime.now(UTC)
        is_box = row.kind is DeviceKind.BOX
        names = (
            ("battery_charge_pct", "input_voltage_v", "cabinet_temperature_c")
            if is_box
            else ("cpu_pct", "temperature_c")
        )
        units = ("%", "V", "degC") if is_box else ("%", "degC")
        samples = [
            Sample(
                device_id,
                now - timedelta(minutes=180 - m),
                "cabinet" if is_box else "camera",
                True,
                0.004,
                (98.0, 228 + 3 * math.sin(m / 9), 41 + 4 * math.sin(m / 60))
                if is_box
                else (22 + 8 * math.sin(m / 7), 44 + 3 * math.sin(m / 50)),
            )
            for m in range(0, 180, 2)
        ]
        event = Event(
            f"E-{device_id}",
            EventKind.STATE_CHANGED,
            device_id,
            row.since,
            row.since,
            {"old": "unknown", "new": str(row.state), "reason": row.reason},
        )
        return DeviceHistory(row, [StoredEvent(1, event)], samples, names, units)

    def close_outage(self, outage: Outage, at: datetime) -> Outage:
        """Give the outage as closed."""
        return replace(outage, closed_at=at, updated_at=at)
