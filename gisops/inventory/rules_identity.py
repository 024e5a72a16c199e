"""What must hold of names: ids and addresses stand once, references lead somewhere, names are known."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator, Mapping

from gisops.inventory.finding import Finding
from gisops.inventory.raw import Raw, Row
from gisops.inventory.schema import nearest, schema

__all__ = [
    "credentials_that_look_like_secrets",
    "dangling_references",
    "duplicate_addresses",
    "duplicate_ids",
    "duplicate_trackers",
    "no_centre",
    "unknown_profiles",
    "unknown_time_zone",
]

_SECRET = re.compile(r"(?i)^(public|private)$|password|passwd|secret|[^A-Za-z0-9_.-]")
_MOST_HINTS = 50
"""Hints a rule looks for: each compares with every id, and nobody reads more."""


def duplicate_ids(raw: Raw) -> Iterator[Finding]:
    """An id stands once in its table."""
    for table in schema():
        seen: dict[str, Row] = {}
        for row in raw.rows(table):
            key = row.values.get("id")
            if key is None:
                continue
            if key in seen:
                what = f"id {key} stands already at {seen[key].place}"
                yield Finding(row.place, what, "give it its own", "duplicate_ids")
            seen.setdefault(key, row)


def duplicate_addresses(raw: Raw) -> Iterator[Finding]:
    """No two devices answer at the same management address: answers and traps are told apart by it."""
    seen: dict[str, str] = {}
    for table in ("boxes", "cameras"):
        for row in raw.rows(table):
            address = row.values.get("address")
            if address is None:
                continue
            if address in seen:
                what = f"{row.values['id']} has address {address} of {seen[address]}"
                yield Finding(row.place, what, "correct one of them", "duplicate_addresses")
            seen.setdefault(address, str(row.values["id"]))


def duplicate_trackers(raw: Raw) -> Iterator[Finding]:
    """A tracker is in one box: where it goes, that box goes."""
    seen: dict[str, str] = {}
    for row in raw.rows("boxes"):
        tracker = row.values.get("tracker_id")
        if not tracker:
            continue
        if tracker in seen:
            what = f"{row.values['id']} has tracker_id {tracker} of {seen[tracker]}"
            yield Finding(row.place, what, "correct one of them", "duplicate_trackers")
        seen.setdefault(tracker, str(row.values["id"]))


def dangling_references(raw: Raw) -> Iterator[Finding]:
    """What a record refers to is there (a camera's box, a box's feeder and fibre node …)."""
    hints = 0
    for table, columns in schema().items():
        for column in columns:
            target = column.references
            if target is None or target not in raw.tables:
                continue
            known = set(raw.by_id(target)) | raw.refused.get(target, set())
            for row in raw.rows(table):
                wanted = row.values.get(column.name)
                if wanted is None or wanted in known:
                    continue
                what = f"{row.values.get('id')} has {column.name} {wanted}, which is not in {target}"
                remedy = f"add it to {target}"
                if hints < _MOST_HINTS:
                    hints += 1
                    remedy = nearest(wanted, known, remedy)
                yield Finding(row.place, what, remedy, "dangling_references")


def no_centre(raw: Raw) -> Iterator[Finding]:
    """There is a centre for the network to lead to."""
    if "centres" in raw.tables and not raw.rows("centres") and not raw.refused.get("centres"):
        yield Finding(str(raw.folder / "centres.csv"), "has no centre", "add the command centre", "no_centre")


def credentials_that_look_like_secrets(raw: Raw) -> Iterator[Finding]:
    """A credential is a name, never the secret itself (which is not repeated here)."""
    for table in ("boxes", "cameras"):
        for row in raw.rows(table):
            credential = row.values.get("credential")
            if credential and _SECRET.search(credential):
                what = f"{row.values['id']} has a credential that looks like a secret"
                yield Finding(row.place, what, "name an entry of the credentials file", "secrets")


def unknown_time_zone(raw: Raw) -> Iterator[Finding]:
    """The time zone is one of the IANA data base."""
    for row in raw.rows("settings"):
        name = row.values.get("time_zone")
        known = zoneinfo.available_timezones()
        if name is not None and known and name not in known:
            remedy = nearest(name, known, "write it as Asia/Karachi")
            yield Finding(row.place, f"time_zone is {name!r}", remedy, "unknown_time_zone")


def unknown_profiles(raw: Raw, profiles: Mapping[str, str]) -> Iterator[Finding]:
    """A device's profile exists, and is for its kind of device.

    Parameters
    ----------
    raw
        What was read.
    profiles
        Kind (``box`` or ``camera``) by name of profile.
    """
    for table, kind in (("boxes", "box"), ("cameras", "camera")):
        fitting = [name for name, its_kind in profiles.items() if its_kind == kind]
        for row in raw.rows(table):
            name = row.values.get("profile")
            if name is not None and name not in fitting:
                why = f"is for a {profiles[name]}" if name in profiles else "is not known"
                what = f"{row.values['id']} has profile {name}, which {why}"
                remedy = nearest(name, fitting, f"use one of {', '.join(sorted(fitting))}")
                yield Finding(row.place, what, remedy, "unknown_profiles")
