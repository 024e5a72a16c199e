"""Serve the page over the fake city, to look at it: ``python -m tests.browser.run_fake [PORT]``."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn

from dashboard.app import create_app
from gisops.inventory.read import read_inventory
from gisops.model.inventory import District, Inventory, Place, Road
from gisops.model.state import DeviceKind, DeviceState
from gisops.store.ports import StateRow
from tests.browser.fake_city import FakeLiveView, fake_city, theft


def with_basemap(city: Inventory, folder: Path) -> Inventory:
    """Lay the real districts, coast, roads and places under the made-up devices."""
    tables = read_inventory(folder).tables
    return replace(
        city,
        districts={
            row.values["id"]: District(geometry=row.geometry, **row.values) for row in tables["districts"]
        },
        places={
            row.values["id"]: Place(lon=row.geometry.x, lat=row.geometry.y, **row.values)
            for row in tables["places"]
        },
        roads={row.values["id"]: Road(geometry=row.geometry, **row.values) for row in tables["roads"]},
        coastline=tuple(row.geometry for row in tables["coastline"]),
        rivers=tuple(row.geometry for row in tables["rivers"]),
    )


def main(port: int) -> None:
    """Show a city with a theft, some lost cameras and some degraded boxes."""
    view = FakeLiveView(with_basemap(fake_city(), Path("data")))
    now = datetime.now(UTC)
    for box_id, minutes in (("B-001", 4), ("B-140", 47)):
        rows, outage = theft(view.inventory, box_id, now - timedelta(minutes=minutes))
        view.push(rows, [outage])
    kinds = [
        ("C-0400", DeviceState.DOWN, "no answer, box up"),
        ("C-0700", DeviceState.MAINTENANCE, "planned work"),
        ("C-0800", DeviceState.UNKNOWN, ""),
        ("C-0900", DeviceState.DEGRADED, "camera hot"),
    ]
    view.push(StateRow(key, DeviceKind.CAMERA, state, now, now, reason) for key, state, reason in kinds)
    view.push(
        StateRow(f"B-{n:03d}", DeviceKind.BOX, DeviceState.DEGRADED, now, now, "on battery")
        for n in range(60, 68)
    )
    app = create_app(view, clock=lambda: datetime.now(UTC))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", ws="websockets-sansio")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 26400)
