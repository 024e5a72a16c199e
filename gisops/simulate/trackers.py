"""The trackers of the simulated boxes: each says where it is over HTTP, as real ones do; a stolen one drives away."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from shapely import LineString

from gisops.model.inventory import Box, Inventory
from gisops.simulate.faults import Fault
from gisops.simulate.getaway import destination_of, place_after, way_to

__all__ = ["Feed", "Trackers"]

RESTING_S = 120.0
MOVING_S = 5.0
LIVELY_S = 60.0
"""How long a tracker that was put back still sends often."""
SPEED_MPS = 10.0
"""36 km/h: a loaded rickshaw or pick-up at night."""
ACCURACY_M = 6.0
_AXES_PER_RADIUS = 1 / 1.5096
_METRES_PER_DEGREE = 111_000.0
_KEPT = 2000
_ANSWER_S = 5.0


@dataclass(frozen=True, slots=True)
class Feed:
    """Where positions are sent, and with which token."""

    port: int
    token: str
    host: str = "127.0.0.1"


@dataclass(slots=True)
class _Getaway:
    from_at: datetime
    way: LineString


class Trackers:
    """Sends the position of every box that has a tracker, until cancelled.

    Parameters
    ----------
    inventory
        What stands in the city.
    feed
        Where positions go; ``None``: nowhere.
    clock
        UTC.
    rng
        Where the noise comes from.

    Attributes
    ----------
    sent
        Requests that the feed has not taken yet, the oldest first.
    """

    def __init__(
        self, inventory: Inventory, feed: Feed | None, clock: Callable[[], datetime], rng: random.Random
    ) -> None:
        self._inventory = inventory
        self._feed = feed or Feed(0, "")
        self._is_on = feed is not None
        self._clock = clock
        self._rng = rng
        self._getaways: dict[str, _Getaway] = {}
        self._lively_until: dict[str, datetime] = {}
        self.sent: deque[str] = deque(maxlen=_KEPT)
        boxes = [box for box in inventory.boxes.values() if box.tracker_id]
        start = clock()
        self._due = {
            box.id: start + timedelta(seconds=RESTING_S * n / max(1, len(boxes))) for n, box in enumerate(boxes)
        }

    def note(self, fault: Fault, at: datetime) -> None:
        """Learn of a fault that begins at ``at``: a theft whose tracker goes somewhere, or the end of one."""
        if fault.kind == "theft" and fault.tracker_to and fault.target in self._due:
            box = self._inventory.boxes[fault.target]
            end = destination_of("tracker", fault.tracker_to, self._inventory)
            leaves = at + timedelta(seconds=fault.approach_s)
            self._getaways[box.id] = _Getaway(leaves, way_to(self._inventory, (box.lon, box.lat), end))
            # It is a tracker that sends at once when it is shaken, and then often.
            self._due[box.id] = at
        elif fault.kind == "restore":
            for box_id in [fault.target] if fault.target in self._getaways else list(self._getaways):
                if fault.target in (box_id, "all"):
                    del self._getaways[box_id]
                    self._lively_until[box_id] = at + timedelta(seconds=LIVELY_S)

    async def run(self) -> None:
        """Send what is due, for ever; what the feed does not take is kept and sent later."""
        while self._is_on:
            self.collect(self._clock())
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, TimeoutError, ValueError):
                await self._send()
            await asyncio.sleep(0.5)

    def collect(self, now: datetime) -> None:
        """Write the requests that are due."""
        for box_id, due in self._due.items():
            if due <= now:
                box, getaway = self._inventory.boxes[box_id], self._getaways.get(box_id)
                lon, lat = box.lon, box.lat
                if getaway is not None:
                    lon, lat = place_after(getaway.way, (now - getaway.from_at).total_seconds(), SPEED_MPS)
                self.sent.append(self._request(box, lon, lat, now))
                is_lively = getaway is not None or now < self._lively_until.get(box_id, now)
                self._due[box_id] = now + timedelta(seconds=MOVING_S if is_lively else RESTING_S)

    def _request(self, box: Box, lon: float, lat: float, now: datetime) -> str:
        """Write one OsmAnd request, with the receiver's noise."""
        sigma = ACCURACY_M * _AXES_PER_RADIUS / _METRES_PER_DEGREE
        values = {
            "id": box.tracker_id,
            "lat": f"{lat + self._rng.gauss(0, sigma):.6f}",
            "lon": f"{lon + self._rng.gauss(0, sigma) / math.cos(math.radians(lat)):.6f}",
            "timestamp": f"{now.timestamp():.3f}",
            "accuracy": f"{ACCURACY_M:g}",
        }
        return (
            f"GET /osmand?{urlencode(values)} HTTP/1.1\r\nHost: {self._feed.host}\r\n"
            f"Authorization: Bearer {self._feed.token}\r\n\r\n"
        )

    async def _send(self) -> None:
        if not self.sent:
            return
        async with asyncio.timeout(_ANSWER_S):
            reader, writer = await asyncio.open_connection(self._feed.host, self._feed.port)
        try:
            while self.sent:
                async with asyncio.timeout(_ANSWER_S):
                    writer.write(self.sent[0].encode("ascii"))
                    await writer.drain()
                    status = int((await reader.readline()).split()[1])
                    length = 0
                    while (line := await reader.readline()).strip():
                        name, _, value = line.partition(b":")
                        length = int(value) if name.lower() == b"content-length" else length
                    await reader.readexactly(length)
                if status in (429, 503):
                    return  # later
                self.sent.popleft()
        finally:
            writer.close()
