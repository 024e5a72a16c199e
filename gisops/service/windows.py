"""Which losses are excused by announced work, and since when does each of the others count: no I/O, no clock.

Nobody is judged otherwise for being worked on: a device in a window is asked and
judged as always, and what is judged is kept. Only what is *shown* and what becomes
an outage differs, and only for a loss that begins inside a window. A loss that was
there before the work began stays what it was; one that is still there when the work
ends is shown, and counts, from that moment on.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime

from gisops.health.machine import PATH_LOST, Track
from gisops.health.maintenance import MaintenanceCalendar
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import GroupKind, Membership
from gisops.model.state import DeviceState
from gisops.store.ports import StateRow

__all__ = ["ANNOUNCED", "Windows", "judged"]

ANNOUNCED = "announced work: "
"""How the reason of a loss inside a window begins; what was judged follows."""
_AT_ONCE = datetime.min.replace(tzinfo=UTC)


def judged(row: StateRow) -> StateRow:
    """Give what was judged of a device that was shown as in maintenance; any other stays as it is.

    Examples
    --------
    >>> from datetime import UTC
    >>> from gisops.model.state import DeviceKind
    >>> at = datetime(2026, 3, 1, tzinfo=UTC)
    >>> shown = StateRow("C1", DeviceKind.CAMERA, DeviceState.MAINTENANCE, at, None, ANNOUNCED + PATH_LOST, {})
    >>> judged(shown).state
    <DeviceState.UNREACHABLE: 'unreachable'>
    """
    if row.state is not DeviceState.MAINTENANCE:
        return row
    reason = row.reason.removeprefix(ANNOUNCED)
    return replace(row, state=DeviceState.UNREACHABLE if reason == PATH_LOST else DeviceState.DOWN, reason=reason)


class Windows:
    """What announced work excuses. Its owner tells it of every new verdict and of time that passes.

    Parameters
    ----------
    memberships
        Where each device belongs, by its id.

    Attributes
    ----------
    worked_on
        Devices inside a window, lost or not, as of the last time that was told.
    """

    def __init__(self, memberships: Mapping[str, Membership]) -> None:
        self._memberships = memberships
        self._windows: tuple[MaintenanceWindow, ...] = ()
        self._edges: list[datetime] = []
        self._calendar = MaintenanceCalendar((), memberships)
        self._excused: set[str] = set()
        self._counted_from: dict[str, datetime] = {}
        self._looked_at: datetime | None = None
        self._look_at: datetime | None = None
        self._members: dict[GroupKind, dict[str, list[str]]] = {}
        self.worked_on: frozenset[str] = frozenset()

    def stand_on(self, memberships: Mapping[str, Membership]) -> None:
        """Go on with another inventory; who is gone is not excused any more."""
        self._memberships = memberships
        self._members = {}
        self._looked_at, self._look_at = None, _AT_ONCE
        self._calendar = MaintenanceCalendar(self._windows, memberships)
        self._excused &= memberships.keys()
        self._counted_from = {d: at for d, at in self._counted_from.items() if d in memberships}

    def announce(
        self, windows: Iterable[MaintenanceWindow], tracks: Mapping[str, Track], now: datetime
    ) -> list[tuple[Track, Track]]:
        """Know what work is announced from now on, instead of what was.

        Parameters
        ----------
        windows
            Those that hold now or later.
        tracks
            What is judged of every device.
        now
            UTC.

        Returns
        -------
        list of (Track, Track)
            How a device was shown until now, and how it is from now on, where that differs. Work that
            was announced too late still excuses a loss that began inside it.
        """
        self._windows = tuple(windows)
        self._calendar = MaintenanceCalendar(self._windows, self._memberships)
        self._edges = sorted({edge for window in self._windows for edge in (window.starts_at, window.ends_at)})
        shown = self._end(tracks, now)
        if not self.worked_on:
            return shown
        late = [t for t in tracks.values() if t.state.is_lost and not self.excuses(t.device_id)]
        holding = MaintenanceCalendar((w for w in self._windows if w.holds(now)), self._memberships)
        # Boxes before cameras: who hangs on an excused box is excused with it.
        for track in sorted(late, key=lambda t: (self._box_of(t.device_id) != t.device_id, t.device_id)):
            window = holding.in_maintenance(track.device_id, now) if track.device_id in self.worked_on else None
            began_inside = window is not None and window.starts_at <= (track.missed_at or track.since)
            if began_inside or (window is None and self._hangs_on_excused(track)):
                before = self.shown(track)
                self._excused.add(track.device_id)
                self._counted_from.pop(track.device_id, None)
                shown.append((before, self.shown(track)))
        return shown

    def turn(self, tracks: Mapping[str, Track], now: datetime) -> list[tuple[Track, Track]]:
        """See whose work has begun or is over by now; as `announce` returns."""
        if self._look_at is None or now < self._look_at:
            return []
        return self._end(tracks, now)

    def take(self, before: Track, after: Track, at: datetime) -> None:
        """Take a verdict in: a loss that begins inside a window is excused until the device answers."""
        device_id = after.device_id
        if not after.state.is_lost:
            self._excused.discard(device_id)
            self._counted_from.pop(device_id, None)
        elif not before.state.is_lost and self._is_covered(after, at):
            self._excused.add(device_id)
        elif device_id in self._excused and not self._is_covered(after, at):
            self._release(device_id, at)

    def restore(self, rows: Iterable[StateRow]) -> None:
        """Go on excusing whom an earlier collector excused; `announce` follows and ends what has ended since."""
        self._excused.update(row.device_id for row in rows if row.state is DeviceState.MAINTENANCE)

    def shown(self, track: Track) -> Track:
        """Give what people see of a device."""
        if track.device_id in self._excused:
            return replace(track, state=DeviceState.MAINTENANCE, reason=ANNOUNCED + track.reason)
        counted_from = self._counted_from.get(track.device_id)
        return track if counted_from is None else replace(track, since=max(track.since, counted_from))

    def excuses(self, device_id: str) -> bool:
        """Whether a device is lost, and excused."""
        return device_id in self._excused

    def lost_at(self, track: Track) -> datetime | None:
        """Give since when a device counts as lost; ``None`` while it does not."""
        if not track.state.is_lost or track.device_id in self._excused:
            return None
        lost_at = track.missed_at or track.since
        return max(lost_at, self._counted_from.get(track.device_id, lost_at))

    def _end(self, tracks: Mapping[str, Track], now: datetime) -> list[tuple[Track, Track]]:
        later = bisect_right(self._edges, now)
        self._look_at = self._edges[later] if later < len(self._edges) else None
        self._looked_at = now
        scopes = {(window.scope, window.scope_id) for window in self._windows if window.holds(now)}
        self.worked_on = frozenset(d for scope in scopes for d in self._members_of(*scope)) if scopes else frozenset()
        shown = []
        for device_id in sorted(self._excused, key=lambda d: (self._box_of(d) != d, d)):
            track = tracks[device_id]
            if not self._is_covered(track, now):
                before = self.shown(track)
                self._release(device_id, now)
                shown.append((before, self.shown(track)))
        return shown

    def _release(self, device_id: str, at: datetime) -> None:
        self._excused.discard(device_id)
        self._counted_from[device_id] = at

    def _is_covered(self, track: Track, at: datetime) -> bool:
        return self._is_worked_on(track.device_id, at) or self._hangs_on_excused(track)

    def _is_worked_on(self, device_id: str, at: datetime) -> bool:
        # Between two edges nothing begins and nothing ends: what was found at the first holds up to the second.
        is_between = self._looked_at is not None and self._looked_at <= at
        if is_between and (self._look_at is None or at < self._look_at):
            return device_id in self.worked_on
        return self._calendar.in_maintenance(device_id, at) is not None

    def _members_of(self, kind: GroupKind, group_id: str) -> list[str]:
        if kind not in self._members:
            found: dict[str, list[str]] = defaultdict(list)
            for device_id, where in self._memberships.items():
                found[where.group(kind)].append(device_id)
            self._members[kind] = found
        return self._members[kind].get(group_id, [])

    def _hangs_on_excused(self, track: Track) -> bool:
        """Whether all that is wrong with a device is that its box is being worked on."""
        box_id = self._box_of(track.device_id)
        return box_id != track.device_id and box_id in self._excused and track.state is DeviceState.UNREACHABLE

    def _box_of(self, device_id: str) -> str:
        return self._memberships[device_id].box_id
