"""What time a device believes it is: DateAndTime of RFC 2579 section 2, or the same as text."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from gisops.health.raw import Missing, text_of

__all__ = ["device_time", "parse_zone"]

_TEXT = re.compile(
    r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[ T,](\d{1,2}):(\d{2}):(\d{2})(?:\.\d+)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})")


def parse_zone(text: str) -> timezone | None:
    """Read ``+05:00``; ``None`` where it is not an offset.

    Examples
    --------
    >>> parse_zone("+05:00"), parse_zone("Karachi")
    (datetime.timezone(datetime.timedelta(seconds=18000)), None)
    """
    found = _ZONE.fullmatch(text)
    if found is None or int(found[2]) > 14 or int(found[3]) > 59:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(-offset if found[1] == "-" else offset)


def device_time(octets: bytes, zone: timezone | None) -> datetime | Missing:
    r"""Read the device's own clock.

    Parameters
    ----------
    octets
        8 octets (local time), 11 octets (with the offset from UTC), or text
        such as ``2026-11-21 12:00:00``.
    zone
        The zone of a local time; without one such a time says nothing.

    Examples
    --------
    >>> device_time(bytes.fromhex("07ea0b150c1e00002b0500"), None).isoformat()
    '2026-11-21T12:30:00+05:00'
    >>> device_time(bytes.fromhex("07ea0b150c1e0000"), None).why
    'a local time, and the profile names no zone'
    """
    if len(octets) in (8, 11):  # no text with a date and a time is as short
        return _from_octets(octets, zone)
    found = _TEXT.fullmatch(text_of(octets))
    if found is None:
        return Missing("not a date and time")
    stated = UTC if found[7] == "Z" else parse_zone(found[7] or "")
    parts = [int(found[n]) for n in range(1, 7)]
    return _build(parts, 0, stated or zone)


def _from_octets(octets: bytes, zone: timezone | None) -> datetime | Missing:
    year = int.from_bytes(octets[:2], "big")
    if len(octets) == 11:
        zone = parse_zone(f"{chr(octets[8])}{octets[9]:02d}:{octets[10]:02d}")
        if zone is None:
            return Missing("a date and time with an impossible offset from UTC")
    return _build([year, *octets[2:7]], octets[7], zone)


def _build(parts: list[int], tenths: int, zone: timezone | None) -> datetime | Missing:
    if zone is None:
        return Missing("a local time, and the profile names no zone")
    year, month, day, hour, minute, second = parts
    try:
        # RFC 2579 allows second 60 (a leap second); tenths beyond 9 are nothing.
        start = datetime(year, month, day, hour, minute, 0, tzinfo=zone)
    except ValueError:
        return Missing("a date and time that never was")
    if second > 60 or tenths > 9:
        return Missing("a date and time that never was")
    return start + timedelta(seconds=second, milliseconds=100 * tenths)
