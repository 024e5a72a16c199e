"""What state is each device in, and what is written of it when that changes: the keeper of the tracks.

What was judged, what is shown while work is announced, and what the diagnosis may
conclude are three things; here they are kept in step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from gisops.diagnosis.caseload import Caseload
from gisops.diagnosis.facts import DeviceFact
from gisops.health.flap import FlapRule, resume
from gisops.health.machine import Track, breaches_in, expire
from gisops.health.profile import Profile
from gisops.model.inventory import Inventory
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import memberships_of
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.ledger import Ledger
from gisops.service.windows import Windows, judged
from gisops.store.ports import StateRow

__all__ = ["Standing"]

TAKEN_OUT = "taken out of the inventory"


class Standing:
    """The state of every device.

    Parameters
    ----------
    ledger
        Told of every new state.
    cases
        Told of every word that bears on an outage.
    flap_rule
        When a device counts as flapping.

    Attributes
    ----------
    tracks
        What is known of each device, by id.
    """

    def __init__(self, ledger: Ledger, cases: Caseload, flap_rule: FlapRule) -> None:
        self._ledger = ledger
        self._cases = cases
        self._flap_rule = flap_rule
        self._windows = Windows({})
        self._kinds: dict[str, DeviceKind] = {}
        self.tracks: dict[str, Track] = {}

    def stand_on(self, inventory: Inventory, now: datetime) -> tuple[int, int]:
        """Go on with an inventory; give how many devices are new, and how many are gone.

        Who is gone is written as unknown once. Who is new is unknown.
        """
        gone = [track for device_id, track in self.tracks.items() if device_id not in inventory.devices]
        for track in gone:
            if (track.state, track.reason) != (DeviceState.UNKNOWN, TAKEN_OUT):
                after = replace(track, state=DeviceState.UNKNOWN, since=now, reason=TAKEN_OUT)
                self._ledger.add_state(self._kinds[track.device_id], track, after, now)
            del self.tracks[track.device_id]
            self._cases.forget(track.device_id)
        self._kinds = {d: DeviceKind.BOX if d in inventory.boxes else DeviceKind.CAMERA for d in inventory.devices}
        self._windows.stand_on(memberships_of(inventory))
        fresh = [device_id for device_id in inventory.devices if device_id not in self.tracks]
        for device_id in fresh:
            self.know(Track(device_id, DeviceState.UNKNOWN, now))
        return len(fresh), len(gone)

    def restore(self, states: Iterable[StateRow], profiles: Mapping[str, Profile]) -> None:
        """Go on from the states that an earlier collector left; ``profiles`` by device."""
        rows = [row for row in states if row.device_id in self.tracks]
        self._windows.restore(rows)
        for row in map(judged, rows):
            lost = row.state.is_lost
            track = Track(
                row.device_id,
                row.state,
                row.since,
                row.reason,
                seen_at=row.seen_at,
                missed_at=row.since if lost else None,
                misses=2 if lost else 0,
                breaches=breaches_in(row.reason, row.metrics, profiles[row.device_id]),
                metrics=row.metrics,
                history=resume(row.reason, row.since, self._flap_rule),
            )
            self.know(track)

    def announce(self, windows: Iterable[MaintenanceWindow], now: datetime) -> None:
        """Know what work is announced from now on."""
        self._reshow(self._windows.announce(windows, self.tracks, now), now)

    def turn(self, now: datetime) -> None:
        """See whose announced work begins or ends."""
        self._reshow(self._windows.turn(self.tracks, now), now)

    def look_over(self, now: datetime, stale_after_s: float) -> None:
        """Call those unknown that nobody has asked for so long."""
        for track in list(self.tracks.values()):
            after = expire(track, now, stale_after_s)
            if after is not track:
                self.take(track, after, now)

    def know(self, track: Track, is_news: bool = False) -> None:
        """Keep what is known of a device, without writing it."""
        self.tracks[track.device_id] = track
        if self._windows.excuses(track.device_id):
            self._cases.leave_out(track.device_id, is_news)
            return
        lost_at = self._windows.lost_at(track)
        self._cases.know(DeviceFact(track.device_id, lost_at, track.metrics, track.seen_at), is_news)

    def take(self, before: Track, after: Track, at: datetime, is_news: bool = False) -> None:
        """Keep a new verdict; write it where it shows, or where ``is_news`` says that it matters."""
        was_shown = self._windows.shown(before)
        self._windows.take(before, after, at)
        shown = self._windows.shown(after)
        is_changed = (was_shown.state, was_shown.reason) != (shown.state, shown.reason)
        self.know(after, is_changed)
        if is_changed or is_news:
            self._write(was_shown, shown, at)

    def _reshow(self, shown: Iterable[tuple[Track, Track]], now: datetime) -> None:
        """Show devices otherwise whose work has begun to excuse them, or has ended."""
        self._cases.work_on(self._windows.worked_on)
        for before, after in shown:
            self.know(self.tracks[after.device_id], is_news=True)
            self._write(before, after, now)

    def _write(self, before: Track, after: Track, at: datetime) -> None:
        lost_at = self._windows.lost_at(self.tracks[after.device_id])
        self._ledger.add_state(self._kinds[after.device_id], before, after, at, lost_at)
