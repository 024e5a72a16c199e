"""Who is asked out of turn: what must be known before a silence is judged, and boxes under attack.

A device that misses a poll is asked again at once, and so are its fellows on the
same box, feeder and span, so that the verdict rests on one moment, not on a round
of polls. Everybody is asked once a reason: no herd, however many fall silent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from gisops.diagnosis.facts import Layout
from gisops.health.machine import Track

__all__ = ["Urgency"]

ALERT_FOR = timedelta(seconds=120)
"""How long a box is asked every moment after its door, tilt or mains spoke."""
_ALARMING = ("door_opened", "tilted", "on_battery")


class Urgency:
    """The front of the queue.

    Parameters
    ----------
    layout
        Who hangs on whom.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._risks_of: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for risk in layout.risks:
            for box_id in risk.box_ids:
                self._risks_of[box_id].append(risk.box_ids)
        self._next: set[str] = set()
        self._alert_until: dict[str, datetime] = {}

    def add(self, device_id: str) -> None:
        """Have a device asked at once."""
        self._next.add(device_id)

    def silent(self, track: Track, tracks: Mapping[str, Track]) -> None:
        """Have everybody asked who bears on why this device is silent."""
        self._next.add(track.device_id)
        self._next.update(fellow for fellow in self._company_of(track.device_id) if _bears_on(tracks[fellow], track))

    def heard(self, device_id: str, signal_name: str, at: datetime) -> None:
        """Keep an eye on a box whose door, tilt or mains spoke."""
        if signal_name in _ALARMING:
            self._alert_until[device_id] = at + ALERT_FOR

    def take(self) -> set[str]:
        """Give who ought to be asked at once, and forget them."""
        taken, self._next = self._next, set()
        return taken

    def on_alert(self, now: datetime) -> frozenset[str]:
        """Give the boxes that are asked every moment for now."""
        self._alert_until = {d: until for d, until in self._alert_until.items() if until > now}
        return frozenset(self._alert_until)

    def _company_of(self, device_id: str) -> Iterable[str]:
        box_id = self._layout.ports_of_camera.get(device_id, (device_id,))[0]
        yield box_id
        yield from self._layout.cameras_of_box.get(box_id, ())
        if box_id == device_id:
            for boxes in self._risks_of.get(box_id, ()):
                yield from boxes


def _bears_on(fellow: Track, silent: Track) -> bool:
    """Whether a fellow has yet to be asked since the silence began."""
    if fellow.state.is_lost:
        return False
    return fellow.asked_at is None or silent.missed_at is None or fellow.asked_at < silent.missed_at
