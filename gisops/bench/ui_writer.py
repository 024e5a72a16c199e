"""Who writes changes of state at a steady rate, as the collector does, and remembers when each was decided."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime

from gisops.model.event import Event, EventKind
from gisops.model.state import DeviceKind, DeviceState
from gisops.store.ports import Batch, StateRow
from gisops.store.recorder import PgRecorder

__all__ = ["Writer", "seed"]

_TICK_S = 0.25
_LOST = (DeviceState.DOWN, DeviceState.UNREACHABLE)
_LOST_SHARE = 0.03
"""Of the devices that change: more than a bad day in a city of this size."""


def seed(dsn: str, kinds: dict[str, DeviceKind]) -> None:
    """Let every device be up."""
    at = datetime.now(UTC)

    async def write() -> None:
        recorder = await PgRecorder.open(dsn)
        await recorder.write(
            Batch(at, states=[StateRow(key, kind, DeviceState.UP, at, at) for key, kind in kinds.items()])
        )
        await recorder.close()

    threaded(write())


def threaded(work: object) -> None:
    """Run a coroutine in a thread of its own: a browser keeps this one's event loop busy."""
    thread = threading.Thread(target=asyncio.run, args=(work,))
    thread.start()
    thread.join()


class Writer:
    """Changes the states of devices, so many a second, until `stop`.

    Parameters
    ----------
    dsn
        Where to.
    kinds
        Devices by id.
    rate
        Changes a second.
    """

    def __init__(self, dsn: str, kinds: dict[str, DeviceKind], rate: float) -> None:
        self.decided_at: dict[int, float] = {}
        """Last event number of a batch to the time (Unix s) before it was written."""
        self.states: dict[str, DeviceState] = dict.fromkeys(kinds, DeviceState.UP)
        self.changes = 0
        self.took_s: list[float] = []
        self._dsn, self._kinds, self._each = dsn, kinds, round(rate * _TICK_S)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._rng = random.Random(3)  # noqa: S311 - repeatable chance

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=asyncio.run, args=(self._run(list(self._kinds)),))
        self._thread.start()

    def stop(self) -> None:
        """End, after the last batch is in."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    async def _run(self, ids: Sequence[str]) -> None:
        recorder = await PgRecorder.open(self._dsn)
        due = time.monotonic()
        while not self._stop.is_set():
            began = time.time()
            at = datetime.now(UTC)
            rows = [self._row(key, at) for key in self._rng.sample(ids, self._each)]
            seq = await recorder.write(Batch(at, events=[_event(row, at) for row in rows], states=rows))
            self.decided_at[seq] = began
            self.took_s.append(time.time() - began)
            self.changes += len(rows)
            due += _TICK_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await recorder.close()

    def _row(self, key: str, at: datetime) -> StateRow:
        state = DeviceState.DEGRADED if self.states[key] is DeviceState.UP else DeviceState.UP
        if self._rng.random() < _LOST_SHARE:
            state = self._rng.choice(_LOST)
        self.states[key] = state
        return StateRow(key, self._kinds[key], state, at, at, "" if state is DeviceState.UP else "bench")


def _event(row: StateRow, at: datetime) -> Event:
    payload = {
        "device_kind": str(row.kind),
        "old": "unknown",
        "new": str(row.state),
        "reason": row.reason,
        "since": at.isoformat(),
        "seen_at": at.isoformat(),
        "metrics": {},
    }
    identity = f"{row.device_id}:{at.isoformat()}"
    return Event(identity, EventKind.STATE_CHANGED, row.device_id, at, at, payload)
