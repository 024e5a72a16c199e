"""How a moment or a day is written on the command line: local time unless an offset is given."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gisops.errors import ConfigError

__all__ = ["add_zone", "moment_of", "zone_of"]


def add_zone(parser: argparse.ArgumentParser) -> None:
    """Take ``--zone NAME``, in which times are read and days begin."""
    parser.add_argument(
        "--zone", default="Asia/Karachi", metavar="NAME", help="IANA time zone (default: Asia/Karachi)"
    )


def zone_of(name: str) -> ZoneInfo:
    """Give the zone of a name.

    Raises
    ------
    ConfigError
        Where there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError("--zone", f"there is no time zone {name}", "write it as Asia/Karachi") from None


def moment_of(text: str, zone: ZoneInfo, place: str) -> datetime:
    """Read a moment; a day alone is its beginning.

    Raises
    ------
    ConfigError
        Where it is none; ``place`` is the option it stood in.

    Examples
    --------
    >>> moment_of("2026-03-01", ZoneInfo("Asia/Karachi"), "--from").isoformat()
    '2026-02-28T19:00:00+00:00'
    >>> moment_of("2026-03-01T10:00+00:00", ZoneInfo("Asia/Karachi"), "--from").isoformat()
    '2026-03-01T10:00:00+00:00'
    """
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConfigError(place, f"{text} is no time", "write it as 2026-03-01 or 2026-03-01T22:30") from None
