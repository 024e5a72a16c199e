"""What is known of one outage from beginning to end, as a bundle that proves itself: events, maps, hashes.

The same log gives the same bytes: whoever holds a bundle can ask for it again and compare. ``SHA256SUMS`` is what
``sha256sum --check`` reads.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from gisops.errors import ConfigError
from gisops.model.event import EventKind, StoredEvent
from gisops.model.inventory import Inventory
from gisops.model.outage import Outage
from gisops.service.case_map import case_map
from gisops.service.past import Past
from gisops.store.past import PastMoment

__all__ = ["Case", "bundle", "look_at", "read_case", "write_bundle", "zipped"]

BEFORE, AFTER = timedelta(minutes=30), timedelta(minutes=10)
"""How much of its devices' past and future belongs to a case."""
_SUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Case:
    """One outage, its events, and the network before, during and after it.

    Parameters
    ----------
    outage
        As last judged.
    events
        Of the outage and of its members around it, in log order.
    moments
        What the network was like, by name: ``before``, ``during`` and, once it has ended, ``after``.
    """

    outage: Outage
    events: tuple[StoredEvent, ...]
    moments: Mapping[str, PastMoment]


def look_at(outage: Outage, events: tuple[StoredEvent, ...]) -> datetime:
    """Give the instant that shows an outage best: when it was last judged anew, and it still lasted."""
    judged = [
        stored.event.recorded_at
        for stored in events
        if stored.event.subject == outage.id
        and stored.event.kind in (EventKind.OUTAGE_OPENED, EventKind.OUTAGE_UPDATED)
    ]
    at = max(judged, default=outage.opened_at)
    return max(outage.opened_at, min(at, outage.closed_at - timedelta(seconds=1))) if outage.closed_at else at


async def read_case(past: Past, outage_id: str) -> Case:
    """Gather a case.

    Raises
    ------
    ConfigError
        Where there is no such outage.
    """
    outage = await past.outage(outage_id)
    if outage is None:
        raise ConfigError(
            f"outage {outage_id}", "is not known", "take an id from the list of alerts or gisops at TIME"
        )
    until = (outage.closed_at or outage.updated_at) + AFTER
    events = tuple(await past.events_of(outage, outage.opened_at - BEFORE, until))
    instants = {"before": outage.opened_at - timedelta(seconds=1), "during": look_at(outage, events)}
    if outage.closed_at is not None:
        instants["after"] = outage.closed_at
    return Case(outage, events, {name: await past.moment(at) for name, at in instants.items()})


def bundle(case: Case, inventory: Inventory) -> dict[str, bytes]:
    """Give the files of a bundle, by name; ``SHA256SUMS`` last."""
    files = {
        "outage.json": _json(case.outage.to_json()),
        "events.jsonl": b"".join(_line(stored) for stored in case.events),
        "devices.json": _json(_devices(case, inventory)),
    }
    for name, moment in case.moments.items():
        files[f"states-{name}.json"] = _json(_states(moment, inventory))
        files[f"map-{name}.svg"] = case_map(inventory, moment, case.outage).encode()
    files["README.txt"] = _readme(case, inventory).encode()
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in sorted(files.items()))
    return {**dict(sorted(files.items())), _SUMS: sums.encode()}


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """Pack files into one ZIP; equal files give equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{name}", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, body)
    return buffer.getvalue()


def write_bundle(files: Mapping[str, bytes], folder: Path) -> None:
    """Write files into a folder that is new or empty.

    Raises
    ------
    ConfigError
        Where something lies there already: evidence is not written over.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(str(folder), "is not empty", "name a new folder: a bundle is never written over another")
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in files.items():
        (folder / name).write_bytes(body)


def _json(document: object) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def _line(stored: StoredEvent) -> bytes:
    event = stored.event
    document: dict[str, Any] = {
        "seq": stored.seq,
        "id": event.id,
        "kind": str(event.kind),
        "subject": event.subject,
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "payload": dict(event.payload),
    }
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS) + b"\n"


def _devices(case: Case, inventory: Inventory) -> list[dict[str, Any]]:
    """Where each member stands; no address and no credential leaves the house."""
    found = []
    for key in case.outage.member_ids:
        device = inventory.devices.get(key)
        site = inventory.sites.get(device.site_id) if device else None
        found.append(
            {
                "id": key,
                "kind": "box" if key in inventory.boxes else "camera" if device else None,
                "lon": device.lon if device else None,
                "lat": device.lat if device else None,
                "site": site.name if site else None,
                "district": site.district_id if site else None,
            }
        )
    return found


def _states(moment: PastMoment, inventory: Inventory) -> dict[str, Any]:
    known = {row.device_id: row for row in moment.states}
    return {
        "at": moment.at.isoformat(),
        "unasked_since": moment.unasked_since.isoformat() if moment.unasked_since else None,
        "outages": [outage.to_json() for outage in moment.outages],
        "states": {
            key: {"state": str(known[key].state), "since": known[key].since.isoformat(), "reason": known[key].reason}
            if key in known
            else {"state": "unknown", "since": None, "reason": ""}
            for key in inventory.devices
        },
    }


def _readme(case: Case, inventory: Inventory) -> str:
    outage = case.outage
    demo = "DEMONSTRATION DATA, not the real network.\n" if inventory.settings.demo else ""
    ended = outage.closed_at.isoformat() if outage.closed_at else "still open"
    share = 100 * outage.causes.get(outage.likeliest, 0.0)
    return (
        f"{demo}Case {outage.id} of {inventory.settings.name}\n"
        f"Root {outage.root_id}, {len(outage.member_ids)} devices; {str(outage.likeliest).replace('_', ' ')} "
        f"{share:.0f} %\nBegan {outage.opened_at.isoformat()}, ended {ended} (UTC)\n\n"
        "events.jsonl      the log, as recorded: what happened, when it was and when it was learnt\n"
        "outage.json       the outage as last judged, with its evidence\n"
        "devices.json      where its devices stand\n"
        "states-*.json     every device and outage of the network before, during and after\n"
        "map-*.svg         the same as maps; red squares are down, open ones unreachable\n"
        "SHA256SUMS        check with: sha256sum --check SHA256SUMS\n"
    )
