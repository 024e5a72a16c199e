"""Serve the page over scripted states, to look at it.

``python -m tests.browser.run_fake [PORT [INVENTORY]]``: without an inventory folder the made-up city.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import uvicorn

from dashboard.app import create_app
from dashboard.three import footprints_of
from gisops.inventory.load import load_inventory
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.building_store import load_buildings
from gisops.service.coverage_map import CoverageMap
from gisops.store.ports import StateRow
from tests.browser.fake_city import FakeLiveView, fake_city, on_battery, theft


def staged(view: FakeLiveView, now: datetime) -> None:
    """Let two boxes be stolen, some cameras fail and some boxes run on battery."""
    boxes, cameras = list(view.inventory.boxes), list(view.inventory.cameras)
    near = min(view.inventory.boxes.values(), key=lambda b: (b.lon - 67.0297) ** 2 + (b.lat - 24.8232) ** 2)
    for box_id, minutes in ((near.id, 4), (boxes[140], 47)):
        rows, outage = theft(view.inventory, box_id, now - timedelta(minutes=minutes))
        view.push(rows, [outage])
    kinds = [
        (cameras[400], DeviceState.DOWN, "no answer, box up"),
        (cameras[700], DeviceState.MAINTENANCE, "planned work"),
        (cameras[800], DeviceState.UNKNOWN, ""),
        (cameras[900], DeviceState.DEGRADED, "camera hot"),
    ]
    view.push(StateRow(key, DeviceKind.CAMERA, state, now, now, reason) for key, state, reason in kinds)
    view.push(on_battery(key, now, 70 + 10 * n, 110 + 15 * n) for n, key in enumerate(boxes[60:68]))
    view.push([on_battery(boxes[70], now, 38, 64)])


def main(port: int, folder: Path | None) -> None:
    """Serve until Ctrl-C."""
    view = FakeLiveView(load_inventory(folder) if folder else fake_city())
    staged(view, datetime.now(UTC))
    coverage = CoverageMap(view.inventory, lambda: load_buildings(folder) if folder else None)
    app = create_app(
        view,
        clock=lambda: datetime.now(UTC),
        coverage=coverage,
        footprints=partial(footprints_of, folder) if folder else list,
    )
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", ws="websockets-sansio")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 26400,
        Path(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
