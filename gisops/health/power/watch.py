"""What is known of every box's power while it is watched: polls in, episodes and times to dark out. No I/O, no clock.

A poll on mains costs a look at two readings. On battery it costs a step of the episode
and one addition to its course, and a forecast at most every two minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from gisops.health.power.capacity import learn_battery
from gisops.health.power.episode import EMPTY_BELOW_PCT, End, Episode, PowerTrack, miss, read, taken_away
from gisops.health.power.estimate import Discharge, Panel, estimate
from gisops.health.power.forecast import TimeToDark
from gisops.health.power.reading import MAINS_V, UpsReading
from gisops.health.power.record import event_of_episode, histories
from gisops.model.event import Event
from gisops.model.inventory import Box

__all__ = ["DARK_HIGH", "DARK_LOW", "DARK_STATED", "PowerNews", "PowerWatch"]

DARK_LOW, DARK_HIGH, DARK_STATED = "dark_in_min_low", "dark_in_min_high", "dark_stated_s"
"""Metrics of a box on battery: minutes to dark, at least and at most in 8 of 10 cases (``None``: beyond two days),
counted from ``dark_stated_s`` (seconds of the epoch): a state row is written seldom, and has to stay true."""

KEPT = 40
"""Finished episodes of a box that are kept; some ten of them tell its battery."""
RESTATED = timedelta(minutes=2)
MOVED_S, MOVED_SHARE = 300.0, 0.1
"""A bound that moved by more than this, and more than this share of what is left, is worth a new state row."""


@dataclass(frozen=True, slots=True)
class PowerNews:
    """What one poll of a box said of its power.

    Parameters
    ----------
    events
        Episodes that ended by it (or were corrected), to be appended to the log.
    metrics
        To be shown beside what the box read itself; empty on mains, ``None`` when a run ended.
    is_new
        Whether they differ enough from what was last shown to write its state row anew.
    """

    events: tuple[Event, ...] = ()
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    is_new: bool = False


_NOTHING = PowerNews()


@dataclass(slots=True)
class _Box:
    rated_wh: float | None
    panel: Panel | None
    track: PowerTrack
    quiet: tuple[Mapping[str, float | None], datetime] | None = None
    """Latest answer on mains; it is read only once the box leaves them."""
    course: Discharge = field(default_factory=Discharge)
    course_of: datetime | None = None
    history: list[Episode] = field(default_factory=list)
    made: TimeToDark | None = None
    shown: TimeToDark | None = None
    made_at: datetime | None = None


class PowerWatch:
    """The power of every box.

    Parameters
    ----------
    boxes
        Which there are, with their batteries and panels.

    Notes
    -----
    The owner feeds every answer to `take` and every silence to `missed`, appends the
    events to its batch, and writes a state row where ``is_new`` says so.
    """

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._boxes = {box.id: _new(box) for box in boxes}

    def adopt(self, boxes: Iterable[Box]) -> None:
        """Go on with other boxes: who stays keeps what is known of it."""
        known = self._boxes
        self._boxes = {box.id: _new(box) for box in boxes}
        for device_id in known.keys() & self._boxes.keys():
            before, now = known[device_id], self._boxes[device_id]
            before.rated_wh, before.panel = now.rated_wh, now.panel
            self._boxes[device_id] = before

    def restore(self, events: Iterable[Event]) -> None:
        """Learn the finished episodes of the log, in log order; other kinds of event are passed over.

        Polls of an episode that still ran may be fed again to `take` and `missed`, oldest
        first: what ends has the same event ids as the first time.
        """
        for device_id, episodes in histories(events).items():
            if device_id in self._boxes:
                self._boxes[device_id].history = episodes[-KEPT:]

    def take(self, device_id: str, metrics: Mapping[str, float | None], at: datetime) -> PowerNews:
        """Take in what a box answered.

        Whoever is not a box is passed over; so is an answer that is not newer than the last.
        """
        box = self._boxes.get(device_id)
        if box is None:
            return _NOTHING
        if box.track.running is None and box.track.dark is None and _is_quiet(metrics):
            if box.quiet is None or at > box.quiet[1]:
                box.quiet = (metrics, at)
            return _NOTHING
        before = _awake(box)
        reading = UpsReading.of_metrics(metrics, at, box.panel is not None)
        box.track, ended = read(before, reading, self._empty_below(box))
        if box.track is before:
            return _NOTHING
        self._keep(box, ended)
        is_new = self._forecast(device_id, box, reading)
        return PowerNews(tuple(event_of_episode(e, at) for e in ended), _metrics_of(box.shown, is_new), is_new)

    def missed(self, device_id: str, at: datetime) -> PowerNews:
        """Take in that a box did not answer."""
        box = self._boxes.get(device_id)
        if box is None or (box.track.running is None and box.track.dark is None):
            return _NOTHING
        box.track, ended = miss(_awake(box), at, self._empty_below(box))
        self._keep(box, ended)
        is_new = bool(ended) and box.shown is not None
        if ended:
            box.made = box.shown = box.made_at = None
        return PowerNews(tuple(event_of_episode(e, at) for e in ended), _metrics_of(box.shown, is_new), is_new)

    def taken_away(self, device_id: str, at: datetime) -> tuple[Event, ...]:
        """Take in that a box was stolen; give what puts its record right: a theft is no fault of the battery."""
        box = self._boxes.get(device_id)
        if box is None:
            return ()
        box.track, ended = taken_away(box.track)
        self._keep(box, ended)
        return tuple(event_of_episode(e, at) for e in ended)

    def time_to_dark(self, device_id: str) -> TimeToDark | None:
        """Say when a box goes dark, as last made; ``None`` while it is not on battery or where nothing tells."""
        box = self._boxes.get(device_id)
        return box.made if box is not None else None

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

    def _forecast(self, device_id: str, box: _Box, reading: UpsReading) -> bool:
        """Follow the running episode and judge it anew now and then; give whether that is worth showing."""
        running = box.track.running
        if running is None:
            was_shown = box.shown is not None
            box.made = box.shown = box.made_at = None
            return was_shown
        if running.last is not reading:  # it did not say what feeds it
            return False
        if box.course_of != running.began_at:
            box.course, box.course_of, box.made_at = Discharge(), running.began_at, None
        box.course.add(running, reading)
        if box.made_at is not None and reading.at - box.made_at < RESTATED:
            return False
        box.made, box.made_at = (
            estimate(device_id, running, box.course, box.history, box.rated_wh, box.panel),
            reading.at,
        )
        if not _has_moved(box.shown, box.made):
            return False
        box.shown = box.made
        return True

    @staticmethod
    def _keep(box: _Box, ended: Sequence[Episode]) -> None:
        for episode in ended:
            box.history = [e for e in box.history if e.began_at != episode.began_at]
            if episode.end is not End.WITHDRAWN:
                box.history = [*box.history, episode][-KEPT:]


def _new(box: Box) -> _Box:
    panel = Panel(box.solar_w, box.lon, box.lat) if box.solar_w else None
    return _Box(box.battery_wh or None, panel, PowerTrack(box.id))


def _is_quiet(metrics: Mapping[str, float | None]) -> bool:
    """Whether a box is plainly on mains: by its seconds and by its input, both read."""
    input_v = metrics.get("input_voltage_v")
    return metrics.get("on_battery_s") == 0 and input_v is not None and input_v >= MAINS_V


def _awake(box: _Box) -> PowerTrack:
    """Give the track with the latest quiet answer read into it."""
    if box.quiet is None:
        return box.track
    seen = UpsReading.of_metrics(*box.quiet, box.panel is not None)
    box.quiet = None
    if box.track.seen is not None and box.track.seen.at >= seen.at:
        return box.track
    return replace(box.track, seen=seen, missed_at=None, missed_last=None, misses=0)


def _metrics_of(found: TimeToDark | None, is_new: bool) -> dict[str, float | None]:
    if found is None:
        return dict.fromkeys((DARK_LOW, DARK_HIGH, DARK_STATED)) if is_new else {}
    low, high = (round(s / 60.0) if s != float("inf") else None for s in (found.low_s, found.high_s))
    return {DARK_LOW: low, DARK_HIGH: high, DARK_STATED: round(found.stated_at.timestamp())}


def _has_moved(before: TimeToDark | None, after: TimeToDark | None) -> bool:
    if before is None or after is None:
        return before is not after
    later = (after.stated_at - before.stated_at).total_seconds()
    allowed = max(MOVED_S, MOVED_SHARE * min(after.mid_s, 86400.0))
    for old, new in ((before.low_s, after.low_s), (before.high_s, after.high_s)):
        if (old == float("inf")) != (new == float("inf")) or (
            new != float("inf") and abs(old - later - new) > allowed
        ):
            return True
    return False
