"""What does ``routes.toml`` say, and what is wrong with it: every problem with file and line.

The file stands beside the inventory and holds no secret: passwords, tokens and
addresses with a key in them are references, ``env:NAME`` or ``file:PATH``. The keys are
explained in ``docs/alerts.md``.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gisops.alerting.alert import Severity
from gisops.alerting.policy import Hours, Policy
from gisops.errors import ConfigError
from gisops.health.toml_entry import Entry, read_entries
from gisops.model.outage import Cause
from gisops.notify.options import KINDS, check_options
from gisops.notify.routes import DAYS, Receiver, Route, Routes

__all__ = ["FILE_NAME", "load_routes", "read_routes"]

FILE_NAME = "routes.toml"
_TOP = frozenset(
    {
        "time_zone",
        "group_wait_s",
        "group_by",
        "escalate_after_min",
        "reopen_within_min",
        "quiet_hours",
        "quiet_below",
        "major_cameras",
        "major_lanes",
        "critical_cameras",
    }
)
_ROUTE = frozenset({"name", "receivers", "districts", "causes", "severity", "hours", "days", "level", "last"})
_GROUPS = ("district", "cause", "severity")
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_MOST = 100_000
Part = TypeVar("Part")


def load_routes(path: Path, time_zone: str) -> Routes:
    """Read a routing file that has no problem.

    Raises
    ------
    ConfigError
        With the first problem, and how many more there are.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError(
            str(path),
            f"cannot read the routes ({what})",
            "write one as docs/alerts.md shows, or name it with --routes",
        ) from error
    routes, mistakes = read_routes(text, str(path), time_zone)
    if routes is None or mistakes:
        first, more = mistakes[0], len(mistakes) - 1
        remedy = f"{first.remedy} ({more} more: gisops check routes)" if more else first.remedy
        raise ConfigError(first.place, first.what, remedy)
    return routes


def read_routes(text: str, file: str, time_zone: str) -> tuple[Routes | None, list[ConfigError]]:
    """Read a routing file, and give every mistake in it.

    Parameters
    ----------
    text, file
        The document and its name in errors.
    time_zone
        IANA name, of the inventory; the file may name another.

    Returns
    -------
    tuple
        The routes without what is wrong (``None`` where nothing can be read), and the mistakes.
    """
    mistakes: list[ConfigError] = []

    def attempt(read: Callable[[], Part]) -> Part | None:
        try:
            return read()
        except ConfigError as error:
            mistakes.append(error)
            return None

    found = attempt(lambda: read_entries(text, file, ("receivers", "routes"), "the file"))
    if found is None:
        return None, mistakes
    top, tables = found
    zone = attempt(lambda: _zone(top, time_zone)) or ZoneInfo("UTC")
    policy = attempt(lambda: _policy(top, zone)) or Policy()
    receivers: dict[str, Receiver] = {}
    named: set[str] = set()
    for entry in tables["receivers"]:
        name = entry.table.get("name")
        if isinstance(name, str):
            named.add(name)
        receiver = attempt(lambda entry=entry: _receiver(entry, receivers))  # type: ignore[misc]
        if receiver is not None:
            receivers[receiver.name] = receiver
    routes = [attempt(lambda e=entry: _route(e, named, zone)) for entry in tables["routes"]]  # type: ignore[misc]
    if not tables["routes"]:
        attempt(lambda: top.fail("has no route", "write at least one under [[routes]]"))
    return Routes(policy, zone, receivers, tuple(route for route in routes if route is not None)), mistakes


def _zone(top: Entry, default: str) -> ZoneInfo:
    name = top.text("time_zone", default)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        top.fail(f"has time_zone = {name!r}", "write it as Asia/Karachi", "time_zone")


def _policy(top: Entry, zone: ZoneInfo) -> Policy:
    top.know(_TOP)
    policy = Policy()
    policy = replace(policy, group_wait=timedelta(seconds=_amount(top, "group_wait_s", policy.group_wait, 1)))
    minutes = _amount(top, "reopen_within_min", policy.reopen_within, 60)
    policy = replace(policy, reopen_within=timedelta(minutes=minutes))
    if "group_by" in top.table:
        policy = replace(policy, group_by=_known(top, "group_by", _GROUPS))
    if "escalate_after_min" in top.table:
        policy = replace(policy, escalate_after=_escalations(top))
    if "quiet_hours" in top.table:
        policy = replace(policy, quiet=_hours(top, "quiet_hours", zone))
    if "quiet_below" in top.table:
        policy = replace(policy, quiet_below=Severity(top.choice("quiet_below", list(Severity))))
    if "major_cameras" in top.table:
        policy = replace(policy, major_cameras=top.whole("major_cameras", 1, _MOST))
    if "major_lanes" in top.table:
        policy = replace(policy, major_lanes=top.whole("major_lanes", 1, _MOST))
    if "critical_cameras" in top.table:
        policy = replace(policy, critical_cameras=top.whole("critical_cameras", 1, _MOST))
    if policy.critical_cameras < policy.major_cameras:
        what = f"has critical_cameras = {policy.critical_cameras} below major_cameras = {policy.major_cameras}"
        top.fail(what, "critical is the worse of the two: give it the larger number", "critical_cameras")
    return policy


def _amount(top: Entry, key: str, default: timedelta, unit_s: int) -> float:
    value = top.number(key, default.total_seconds() / unit_s)
    if not 0 <= value * unit_s <= 86_400:
        top.fail(f"has {key} = {value:g}", "write a number from 0 to one day", key)
    return value


def _escalations(top: Entry) -> tuple[timedelta, ...]:
    values = top.table["escalate_after_min"]
    found = values if isinstance(values, list) else [values]
    good = all(isinstance(v, int | float) and not isinstance(v, bool) and 0 < v <= 10_080 for v in found)
    if not good or any(a >= b for a, b in pairwise(found)):
        top.fail(f"has escalate_after_min = {values!r}", "write ascending minutes, as [10, 30]", "escalate_after_min")
    return tuple(timedelta(minutes=v) for v in found)


def _receiver(entry: Entry, known: Mapping[str, Receiver]) -> Receiver:
    name = entry.text("name")
    if name in known:
        entry.fail("is there twice", f"rename one; the other is at {known[name].place}", "name")
    if "#" in name:
        entry.fail("has a # in its name", "leave it out: it numbers the addresses of a receiver", "name")
    kind = entry.choice("kind", KINDS)
    check_options(entry, kind)
    options = {key: value for key, value in entry.table.items() if key not in ("name", "kind")}
    return Receiver(name, kind, options, f"{entry.file}:{entry.line}")


def _route(entry: Entry, receivers: Iterable[str], zone: ZoneInfo) -> Route:
    entry.know(_ROUTE)
    names = _known(entry, "receivers", sorted(receivers))
    if not names:
        entry.fail("names no receiver", 'add receivers = ["..."]')
    return Route(
        entry.text("name", f"route at line {entry.line}"),
        names,
        frozenset(entry.texts("districts")),
        frozenset(Cause(name) for name in _known(entry, "causes", list(Cause))),
        Severity(entry.choice("severity", list(Severity), Severity.INFO)),
        _hours(entry, "hours", zone) if "hours" in entry.table else None,
        frozenset(_known(entry, "days", DAYS)),
        entry.whole("level", 0, 9) if "level" in entry.table else 0,
        entry.truth("last"),
    )


def _known(entry: Entry, key: str, known: Iterable[str]) -> tuple[str, ...]:
    names = list(known)
    for word in (found := entry.texts(key)):
        if word not in names:
            near = difflib.get_close_matches(word, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"use some of {', '.join(names) or 'none: there are none'}"
            entry.fail(f"has {word!r} among its {key}", hint, key)
    return found


def _hours(entry: Entry, key: str, zone: ZoneInfo) -> Hours:
    text = entry.text(key)
    found = _HOURS.fullmatch(text)
    if found is None or (found[1], found[2]) == (found[3], found[4]):
        entry.fail(f"has {key} = {text!r}", "write local time as 22:00-06:00", key)
    return Hours(time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4])), zone)
