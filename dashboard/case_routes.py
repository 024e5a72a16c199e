"""Which documents of a case the page fetches: what its view shows, and the bundle to keep."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from fastapi import FastAPI, HTTPException, Response

from dashboard.words import CAUSE_LABELS, STATE_LABELS, event_label
from gisops.errors import ConfigError, GisopsError
from gisops.model.event import EventKind, StoredEvent
from gisops.model.inventory import Inventory
from gisops.model.outage import Outage
from gisops.model.state import DeviceState
from gisops.service.case import Case, bundle, look_at, read_case, zipped
from gisops.service.past import Past

__all__ = ["case_document", "register"]

_SHOWN = 200


def register(server: FastAPI, past: Past, inventory: Inventory) -> None:
    """Add the routes to a server; must come before the application's catch-all."""

    async def asked(outage_id: str) -> Case:
        try:
            return await read_case(past, outage_id)
        except ConfigError as error:
            raise HTTPException(404, str(error)) from error
        except (GisopsError, OSError) as error:
            raise HTTPException(503, str(error)) from error

    @server.get("/data/case/{outage_id:path}.json")
    async def case_json(outage_id: str) -> Response:
        document = case_document(await asked(outage_id), inventory)
        return Response(orjson.dumps(document), media_type="application/json", headers={"Cache-Control": "no-store"})

    @server.get("/data/case/{outage_id:path}.zip")
    async def case_zip(outage_id: str) -> Response:
        case = await asked(outage_id)
        name = "case-" + "".join(c if c.isalnum() or c in "-_" else "-" for c in outage_id)
        body = await asyncio.to_thread(lambda: zipped(bundle(case, inventory), name))
        headers = {"Content-Disposition": f'attachment; filename="{name}.zip"', "Cache-Control": "no-store"}
        return Response(body, media_type="application/zip", headers=headers)


def case_document(case: Case, inventory: Inventory) -> dict[str, Any]:
    """Give what the case view shows; times in seconds of the epoch."""
    outage = case.outage
    found = [inventory.devices[key] for key in outage.member_ids if key in inventory.devices]
    lons, lats = [device.lon for device in found], [device.lat for device in found]
    return {
        "id": outage.id,
        "title": f"{CAUSE_LABELS[outage.likeliest]}: {_name(inventory, outage.root_id)}",
        "look_at": look_at(outage, case.events).timestamp(),
        "times": _times(outage, case.events),
        "causes": [
            {"label": CAUSE_LABELS[cause], "p": p}
            for cause, p in sorted(outage.causes.items(), key=lambda item: -item[1])
            if p >= 0.01
        ],
        "evidence": [{"text": e.text, "weight_db": e.weight_db} for e in outage.evidence],
        "members": [
            {"id": key, "kind": "boxes" if key in inventory.boxes else "cameras"}
            for key in outage.member_ids
            if key in inventory.devices
        ],
        "box": [min(lats), min(lons), max(lats), max(lons)] if found else None,
        "event_count": len(case.events),
        "events": [_event(stored) for stored in case.events[:_SHOWN]],
    }


def _name(inventory: Inventory, device_id: str) -> str:
    box = inventory.boxes.get(device_id)
    return box.name if box else device_id


def _times(outage: Outage, events: tuple[StoredEvent, ...]) -> list[tuple[str, float | None]]:
    opened = [s.event.recorded_at for s in events if s.event.kind is EventKind.OUTAGE_OPENED]
    taken = [s.event.recorded_at for s in events if s.event.kind is EventKind.OUTAGE_ACKNOWLEDGED]
    return [
        ("Began", outage.opened_at.timestamp()),
        *([("Noticed", opened[0].timestamp())] if opened else []),
        *([("Taken on", taken[0].timestamp())] if taken else []),
        ("Ended", outage.closed_at.timestamp() if outage.closed_at else None),
    ]


def _event(stored: StoredEvent) -> dict[str, Any]:
    event = stored.event
    text = event_label(str(event.kind))
    if event.kind is EventKind.STATE_CHANGED:
        text = f"{event.subject}: {STATE_LABELS[DeviceState(event.payload['new'])].lower()}"
        text += f", {event.payload['reason']}" if event.payload.get("reason") else ""
    elif event.kind is EventKind.TRAP_RECEIVED:
        text = f"{event.subject}: {str(event.payload.get('trap', 'trap')).replace('_', ' ')}"
    elif "cause" in event.payload:
        cause = str(event.payload["cause"])
        text += f": {cause.replace('_', ' ')} {100 * event.payload['causes'].get(cause, 0.0):.0f} %"
    return {"at": event.recorded_at.timestamp(), "text": text}
