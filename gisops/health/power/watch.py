"""What is known of every box's power while it is watched: polls in, episodes and times to dark out. No I/O, no clock.

A poll costs a constant: one step of the episode and one addition to its course. The
forecast is made when it is asked for, and by `changed` at most every two minutes a box.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from gisops.health.power.capacity import learn_battery
from gisops.health.power.discharge import Curve
from gisops.health.power.episode import EMPTY_BELOW_PCT, End, Episode, PowerTrack, miss, read
from gisops.health.power.estimate import DECIVOLTS, Discharge, Panel, estimate
from gisops.health.power.forecast import TimeToDark
from gisops.health.power.reading import UpsReading
from gisops.health.power.record import event_of_episode, histories
from gisops.model.event import Event
from gisops.model.inventory import Box, Inventory

__all__ = ["DERIVED", "PowerWatch"]

DERIVED = ("dark_earliest_s", "dark_median_s", "dark_latest_s")
"""Metrics that `PowerWatch.derived` adds to a box's readings: bounds and middle of the moment it goes dark, in
seconds of the epoch (UTC). Moments and not minutes left: a state row is written seldom, and a moment stays true.
All are ``None`` while it is not on battery; the last alone where darkness may be two days away or more."""

KEPT = 40
"""Finished episodes of a box that are kept; some ten of them tell its battery."""
RESTATED = timedelta(minutes=2)
MOVED_S, MOVED_SHARE = 300.0, 0.1
"""A bound that moved by more than this, and more than this share of what is left, is worth a new state row."""
_SMOOTHING_H = 0.5


@dataclass(slots=True)
class _Box:
    rated_wh: float | None
    panel: Panel | None
    track: PowerTrack
    course: Discharge | None = None
    course_of: datetime | None = None
    history: list[Episode] = field(default_factory=list)
    stated_at: datetime | None = None
    shown: TimeToDark | None = None


class PowerWatch:
    """The power of every box of an inventory.

    Parameters
    ----------
    inventory
        Which boxes there are, with their batteries and panels.

    Examples
    --------
    The owner feeds every answer and every silence, appends the events to its batch, and
    writes a state row with the derived metrics for each box that `changed` names.
    """

    def __init__(self, inventory: Inventory) -> None:
        self._boxes = {box.id: _new(box) for box in inventory.boxes.values()}
        self._due: set[str] = set()

    def restore(self, events: Iterable[Event]) -> None:
        """Learn the finished episodes of the log, in log order; other kinds of event are passed over.

        Readings of an episode that still runs may be fed again by `take` as well (from the
        stored samples, oldest first): events have the same ids as the first time.
        """
        for device_id, episodes in histories(events).items():
            if device_id in self._boxes:
                self._boxes[device_id].history = episodes[-KEPT:]

    def take(self, device_id: str, metrics: Mapping[str, float | None], at: datetime) -> tuple[Event, ...]:
        """Take in what a box answered; give the episodes that ended by it as events.

        Whoever is not a box is passed over; so is an answer that is not newer than the last.
        """
        box = self._boxes.get(device_id)
        if box is None:
            return ()
        reading = UpsReading.of_metrics(metrics, at, box.panel is not None)
        before = box.track
        box.track, ended = read(before, reading, self._empty_below(box))
        if box.track is before:
            return ()
        self._follow(box, reading)
        if box.track.running is not None or box.shown is not None:
            self._due.add(device_id)
        return self._keep(box, ended, at)

    def missed(self, device_id: str, at: datetime) -> tuple[Event, ...]:
        """Take in that a box did not answer; give the episodes that ended by it as events."""
        box = self._boxes.get(device_id)
        if box is None or (box.track.running is None and box.track.dark is None):
            return ()
        box.track, ended = miss(box.track, at, self._empty_below(box))
        if ended:
            self._due.add(device_id)
        return self._keep(box, ended, at)

    def time_to_dark(self, device_id: str, now: datetime) -> TimeToDark | None:
        """Say when a box goes dark; ``None`` while it is not on battery or where nothing tells.

        The answer rests on its last reading (``stated_at``); one made within the last two
        minutes before ``now`` is given again.
        """
        box = self._boxes.get(device_id)
        running = box.track.running if box is not None else None
        if box is None or running is None or box.course is None:
            return None
        fresh = box.shown is not None and box.stated_at is not None and now - box.stated_at < RESTATED
        if fresh and box.shown is not None and box.shown.stated_at >= running.began_at:
            return box.shown
        return estimate(device_id, running, box.course, box.history, box.rated_wh, box.panel)

    def derived(self, device_id: str, now: datetime) -> dict[str, float | None]:
        """Give the metrics of :data:`DERIVED` for a box; empty for whoever is not a box."""
        if device_id not in self._boxes:
            return {}
        return _as_metrics(self.time_to_dark(device_id, now))

    def changed(self, now: datetime) -> dict[str, dict[str, float | None]]:
        """Give the boxes whose time to dark moved enough to be shown anew, with their derived metrics.

        Call it every second or so; a box is looked at at most every two minutes.
        """
        news: dict[str, dict[str, float | None]] = {}
        for device_id in sorted(self._due):
            box = self._boxes[device_id]
            has_ended = box.track.running is None
            if not has_ended and box.stated_at is not None and now - box.stated_at < RESTATED:
                continue
            self._due.discard(device_id)
            before, box.shown, box.stated_at = box.shown, None, None
            after = self.time_to_dark(device_id, now)
            if not has_ended:
                box.stated_at = now
            if _has_moved(before, after):
                box.shown = after
                news[device_id] = _as_metrics(after)
            else:
                box.shown = before
        return news

    def on_battery_since(self, device_id: str) -> datetime | None:
        """When a box switched to battery; ``None`` while it is on mains, dark or unknown."""
        box = self._boxes.get(device_id)
        return box.track.running.began_at if box is not None and box.track.running is not None else None

    def episodes_of(self, device_id: str) -> Sequence[Episode]:
        """Give the finished episodes of a box that are remembered, oldest first."""
        box = self._boxes.get(device_id)
        return tuple(box.history) if box is not None else ()

    def _empty_below(self, box: _Box) -> float:
        """Charge at which this box is known to go dark, with two standard errors on top."""
        if not any(episode.end is End.DARK for episode in box.history):
            return EMPTY_BELOW_PCT
        battery = learn_battery(box.history, box.rated_wh)
        return EMPTY_BELOW_PCT if battery is None else max(EMPTY_BELOW_PCT, battery.cut_pct + 2 * battery.cut_sd_pct)

    def _follow(self, box: _Box, reading: UpsReading) -> None:
        """Add a reading to the course of the episode it belongs to."""
        running = box.track.running
        if running is None:
            box.course = box.course_of = None
            return
        if running.last is not reading:
            return
        if box.course is None or box.course_of != running.began_at:
            box.course, box.course_of = Discharge(Curve(), Curve()), running.began_at
        hours = (reading.at - running.began_at).total_seconds() / 3600.0
        if reading.load_w is not None:
            before = box.course.load_w
            gap_h = (reading.at - box.track.seen.at).total_seconds() / 3600.0 if box.track.seen else 0.0
            share = 1.0 if before is None else min(1.0, max(gap_h, 1.0 / 120.0) / _SMOOTHING_H)
            box.course.load_w = reading.load_w if before is None else before + share * (reading.load_w - before)
        if reading.charge_pct is not None:
            box.course.by_charge.add(hours, running.energy_wh, reading.charge_pct)
        if reading.voltage_v is not None:
            box.course.by_voltage.add(hours, running.energy_wh, DECIVOLTS * reading.voltage_v)

    def _keep(self, box: _Box, ended: Sequence[Episode], at: datetime) -> tuple[Event, ...]:
        for episode in ended:
            box.history = [e for e in box.history if e.began_at != episode.began_at]
            if episode.end is not End.WITHDRAWN:
                box.history = [*box.history, episode][-KEPT:]
        return tuple(event_of_episode(episode, at) for episode in ended)


def _new(box: Box) -> _Box:
    panel = Panel(box.solar_w, box.lon, box.lat) if box.solar_w else None
    return _Box(box.battery_wh or None, panel, PowerTrack(box.id))


def _as_metrics(found: TimeToDark | None) -> dict[str, float | None]:
    if found is None:
        return dict.fromkeys(DERIVED)
    stated = found.stated_at.timestamp()
    bounds = (found.low_s, found.mid_s, found.high_s)
    return {
        name: round(stated + seconds) if seconds != float("inf") else None
        for name, seconds in zip(DERIVED, bounds, strict=True)
    }


def _has_moved(before: TimeToDark | None, after: TimeToDark | None) -> bool:
    if before is None or after is None:
        return before is not after
    old, new = _as_metrics(before), _as_metrics(after)
    allowed = max(MOVED_S, MOVED_SHARE * min(after.mid_s, 86400.0))
    for name in DERIVED:
        one, other = old[name], new[name]
        if (one is None) != (other is None) or (one is not None and other is not None and abs(one - other) > allowed):
            return True
    return False
