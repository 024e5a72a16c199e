"""What a person does about what is offline: take it on, give it to somebody, keep it quiet, announce work on it.

The page knows `Desk` alone; `StoreDesk` writes to the event log, as the commands do.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from gisops.alerting.silence import Silence
from gisops.errors import ConfigError
from gisops.model.event import EventKind
from gisops.model.inventory import Inventory
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import GroupKind
from gisops.store.alert_desk import add_silence, assign, silences_since
from gisops.store.desk import acknowledge, plan_windows, windows_since
from gisops.store.ports import Reader

__all__ = ["ACTIONS", "Deed", "Desk", "StoreDesk", "read_deed"]

ACTIONS = ("acknowledge", "assign", "silence", "maintenance")
MOST_TARGETS = 500
MOST_MINUTES = 60 * 24 * 30
_LOOK_BACK = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done to several lines of the list.

    Parameters
    ----------
    action
        One of `ACTIONS`.
    targets
        Outage id (empty where the loss is not judged yet) and root device id of each line.
    by
        Who does it.
    to
        To whom an outage is given.
    note
        Why, in words.
    minutes
        How long a silence or the work lasts, from now.
    """

    action: str
    targets: tuple[tuple[str, str], ...]
    by: str
    to: str = ""
    note: str = ""
    minutes: int = 0


class Desk(Protocol):
    """Who takes what people enter, and tells what they entered."""

    async def do(self, deed: Deed) -> list[dict[str, str]]:
        """Do it; give ``target`` and ``said`` for each line."""
        ...

    async def standing(self) -> dict[str, Any]:
        """Give who has which outage, and what is silenced or worked on now."""
        ...


def read_deed(document: object) -> Deed:
    """Read what a page asks for.

    Raises
    ------
    ConfigError
        Where a field is missing, unknown or out of bounds.
    """
    if not isinstance(document, dict):
        raise ConfigError("request", "is not an object", "send action, targets and by")
    texts = {name: str(document.get(name, "")).strip()[:400] for name in ("action", "by", "to", "note")}
    if texts["action"] not in ACTIONS:
        raise ConfigError("action", f"{texts['action']} is not known", f"send one of {', '.join(ACTIONS)}")
    if not texts["by"]:
        raise ConfigError("your name", "is empty", "say who does this: it is written to the log")
    if texts["action"] == "assign" and not texts["to"]:
        raise ConfigError("to", "is empty", "say who is to see to it")
    if texts["action"] == "silence" and not texts["note"]:
        raise ConfigError("why", "is empty", "say why: it is shown on every alert the silence covers")
    targets = document.get("targets")
    if not isinstance(targets, list) or not 0 < len(targets) <= MOST_TARGETS:
        raise ConfigError("targets", "are none or too many", f"choose 1 to {MOST_TARGETS} lines")
    pairs = tuple((str(t.get("outage", "")), str(t.get("device", ""))) for t in targets if isinstance(t, dict))
    minutes = document.get("minutes", 0)
    if texts["action"] in ("silence", "maintenance") and (
        not isinstance(minutes, int) or isinstance(minutes, bool) or not 0 < minutes <= MOST_MINUTES
    ):
        raise ConfigError("minutes", f"{minutes} is out of bounds", f"send 1 to {MOST_MINUTES}")
    return Deed(targets=pairs, minutes=minutes if isinstance(minutes, int) else 0, **texts)


class StoreDesk:
    """The desk over a database.

    Parameters
    ----------
    dsn
        A migrated database.
    inventory
        What stands in the city.
    reader
        Of the event log: who took what on.
    clock
        Gives the time now, UTC.
    """

    def __init__(self, dsn: str, inventory: Inventory, reader: Reader, clock: Callable[[], datetime]) -> None:
        self._dsn = dsn
        self._inventory = inventory
        self._reader = reader
        self._clock = clock

    async def do(self, deed: Deed) -> list[dict[str, str]]:
        """Do it to every line, one after the other; the first that fails ends it."""
        doing = {
            "acknowledge": self._acknowledge,
            "assign": self._assign,
            "silence": self._silence,
            "maintenance": self._plan,
        }[deed.action]
        return [
            {"target": outage or device, "said": await doing(deed, outage, device)} for outage, device in deed.targets
        ]

    async def standing(self) -> dict[str, Any]:
        """Give who has which outage, and what is silenced or worked on now."""
        now = self._clock()
        taken, given, silences, windows = await asyncio.gather(
            self._reader.events_of(EventKind.OUTAGE_ACKNOWLEDGED, now - _LOOK_BACK),
            self._reader.events_of(EventKind.ALERT_ASSIGNED, now - _LOOK_BACK),
            silences_since(self._dsn, now),
            windows_since(self._dsn, now),
        )
        held = [silence for silence in silences if silence.holds(now)]
        return {
            "taken": {s.event.subject: _by(s.event.payload["by"], s.event.occurred_at) for s in taken},
            "given": {s.event.subject: _by(s.event.payload["to"], s.event.occurred_at) for s in given},
            "silences": [_until(s.scope, s.scope_id, s.ends_at, s.by, s.reason, s.outage_id) for s in held],
            "work": [_until(w.scope, w.scope_id, w.ends_at, w.by, w.note) for w in windows if w.holds(now)],
        }

    async def _acknowledge(self, deed: Deed, outage: str, device: str) -> str:
        _need_outage(outage, device)
        by, since = await acknowledge(self._dsn, outage, deed.by, deed.note, self._clock())
        return f"taken on by {by}" if by == deed.by else f"is already with {by} since {since.isoformat()}"

    async def _assign(self, deed: Deed, outage: str, device: str) -> str:
        _need_outage(outage, device)
        await assign(self._dsn, outage, deed.to, deed.by, deed.note, self._clock())
        return f"given to {deed.to}"

    async def _silence(self, deed: Deed, outage: str, device: str) -> str:
        now = self._clock()
        scope, scope_id = (GroupKind.ALL, "all") if outage else self._group(device)
        end = now + timedelta(minutes=deed.minutes)
        name = f"S{now:%y%m%d}-{secrets.token_hex(3)}"
        silence = Silence(name, scope, scope_id, now, end, deed.by, deed.note, outage_id=outage)
        await add_silence(self._dsn, silence, now)
        return f"quiet until {end.isoformat()}"

    async def _plan(self, deed: Deed, _: str, device: str) -> str:
        now = self._clock()
        scope, scope_id = self._group(device)
        end = now + timedelta(minutes=deed.minutes)
        name = f"M{now:%y%m%d}-{secrets.token_hex(3)}"
        await plan_windows(self._dsn, [MaintenanceWindow(name, scope, scope_id, now, end, deed.by, deed.note)], now)
        return f"work until {end.isoformat()}"

    def _group(self, device: str) -> tuple[GroupKind, str]:
        if device not in self._inventory.devices:
            raise ConfigError(device, "is not a device", "choose a line again")
        return (GroupKind.BOX if device in self._inventory.boxes else GroupKind.DEVICE), device


def _need_outage(outage: str, device: str) -> None:
    if not outage:
        raise ConfigError(device, "is in no outage yet", "wait until its loss is judged, or announce work on it")


def _by(who: str, at: datetime) -> dict[str, Any]:
    return {"who": who, "at": int(at.timestamp())}


def _until(scope: GroupKind, scope_id: str, end: datetime, by: str, why: str, outage: str = "") -> dict[str, Any]:
    until = int(end.timestamp())
    return {"scope": str(scope), "id": scope_id, "outage": outage, "until": until, "by": by, "why": why}
