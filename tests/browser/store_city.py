"""The page over a real PostgreSQL: what the collector would write, written by the test, now or in the past."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn

from dashboard.app import create_app
from dashboard.coverage_routes import CoverageSource
from gisops.health.catalogue import load_profiles
from gisops.model.event import Event, EventKind
from gisops.model.inventory import Inventory
from gisops.model.outage import Outage
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.desk import StoreDesk
from gisops.service.ledger import Ledger
from gisops.service.live_store import StoreLiveView
from gisops.store.past import PgPast
from gisops.store.ports import Batch, StateRow
from gisops.store.reader import PgReader
from gisops.store.recorder import PgRecorder

__all__ = ["StoreCity"]


class StoreCity:
    """A city in a database, and its page.

    Parameters
    ----------
    dsn
        A migrated database.
    inventory
        What stands in the city.
    coverage
        What its cameras see, if anybody asks.
    """

    def __init__(self, dsn: str, inventory: Inventory, coverage: CoverageSource | None = None) -> None:
        self.inventory = inventory
        self.port = 0
        self._dsn = dsn
        self._coverage = coverage
        self._known: dict[str, Outage] = {}
        self._writer = ThreadPoolExecutor(1)  # a browser under test keeps this thread's own event loop busy
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def all_up(self, at: datetime) -> None:
        """Let every device answer from a time on."""
        kinds = dict.fromkeys(self.inventory.boxes, DeviceKind.BOX)
        kinds |= dict.fromkeys(self.inventory.cameras, DeviceKind.CAMERA)
        self.write(at, [StateRow(key, kind, DeviceState.UP, at, at) for key, kind in kinds.items()])

    def write(self, at: datetime, states: Iterable[StateRow] = (), outages: Iterable[Outage] = ()) -> None:
        """Write one batch as of a time."""
        self._writer.submit(asyncio.run, self._write(at, list(states), list(outages))).result(30)

    def beats(self, times: Iterable[datetime]) -> None:
        """Let the collector be seen alive at several times."""

        async def write() -> None:
            recorder = await PgRecorder.open(self._dsn)
            for at in times:
                await recorder.write(Batch(at))
            await recorder.close()

        self._writer.submit(asyncio.run, write()).result(30)

    async def _write(self, at: datetime, states: list[StateRow], outages: list[Outage]) -> None:
        ledger = Ledger()
        ledger.add_outages(outages, self._known, at)
        self._known |= {outage.id: outage for outage in outages}
        batch = ledger.take(at)
        recorder = await PgRecorder.open(self._dsn)
        await recorder.write(
            Batch(at, events=(*(_event(row, at) for row in states), *batch.events), states=states, outages=outages)
        )
        await recorder.close()

    def start(self) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(listener, ready)))
        self._thread.start()
        assert ready.wait(20), "the page did not start within 20 s"

    async def _serve(self, listener: socket.socket, ready: threading.Event) -> None:
        reader, past = await PgReader.open(self._dsn, idle_s=1.0), await PgPast.open(self._dsn)
        view = StoreLiveView(self.inventory, load_profiles(Path("data")), reader, lambda: datetime.now(UTC))
        await view.start()
        desk = StoreDesk(self._dsn, self.inventory, reader, lambda: datetime.now(UTC))
        app = create_app(view, clock=lambda: datetime.now(UTC), coverage=self._coverage, past=past, desk=desk)
        config = uvicorn.Config(app, log_level="error", ws="websockets-sansio", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(config)
        ready.set()
        await self._server.serve(sockets=[listener])
        await view.close()
        await past.close()

    def stop(self) -> None:
        assert self._server is not None
        assert self._thread is not None
        self._server.should_exit = True
        self._thread.join(timeout=20)
        self._writer.shutdown()
        assert not self._thread.is_alive(), "uvicorn: did not stop within 20 s: look for a callback that hangs"


def _event(row: StateRow, at: datetime) -> Event:
    payload: dict[str, Any] = {
        "device_kind": str(row.kind),
        "old": "unknown",
        "new": str(row.state),
        "reason": row.reason,
        "since": row.since.isoformat(),
        "seen_at": row.seen_at.isoformat() if row.seen_at else None,
        "metrics": {},
    }
    return Event(f"{row.device_id}:{at.isoformat()}", EventKind.STATE_CHANGED, row.device_id, row.since, at, payload)
