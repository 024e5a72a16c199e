"""Outages, settings and a clock worked out by hand, for the tests of alerts and pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from gisops.alerting.alert import Impact, Setting
from gisops.alerting.engine import step
from gisops.alerting.happening import Action, Book, Happening, Note, OutageSeen, Page
from gisops.model.membership import GroupKind
from gisops.model.outage import Cause, Evidence, Outage

__all__ = ["T0", "Life", "at", "outage", "seen", "setting"]

T0 = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # 17:00 in Karachi


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def setting(root: str = "B1", cameras: int = 3, scope: Iterable[str] = (), district: str = "south") -> Setting:
    groups = frozenset(
        {
            (GroupKind.DEVICE, root),
            (GroupKind.BOX, root),
            (GroupKind.SITE, f"site of {root}"),
            (GroupKind.DISTRICT, district),
            (GroupKind.ALL, "all"),
        }
    )
    return Setting(Impact(cameras, 1), f"Chowrangi ({root})", district, groups, frozenset(scope), 67.03, 24.81)


def outage(
    name: str = "O1",
    root: str = "B1",
    cause: Cause = Cause.POWER_CUT,
    opened_s: float = 0,
    updated_s: float | None = None,
    closed_s: float | None = None,
) -> Outage:
    last = closed_s if closed_s is not None else updated_s if updated_s is not None else opened_s
    return Outage(
        name,
        root,
        (root,),
        at(opened_s),
        at(last),
        at(closed_s) if closed_s is not None else None,
        {cause: 0.9, Cause.UNKNOWN: 0.1},
        (Evidence("the mains went before it did", cause, 12.0),),
    )


def seen(item: Outage, where: Setting | None = None) -> OutageSeen:
    return OutageSeen(item, where or setting(item.root_id))


class Life:
    """A book and everything that followed, told as a timeline."""

    def __init__(self, book: Book | None = None) -> None:
        self.book = book or Book()
        self.actions: list[Action] = []

    def then(self, seconds: float, happening: Happening) -> list[Page]:
        """Let something happen; give the pages that follow from it."""
        self.book, actions = step(self.book, happening, at(seconds))
        self.actions += actions
        return [action for action in actions if isinstance(action, Page)]

    def pages(self) -> list[str]:
        """Give all pages so far, as ``kind alert,alert``."""
        pages = (action for action in self.actions if isinstance(action, Page))
        return [f"{page.kind} {','.join(alert.id for alert in page.alerts)}" for page in pages]

    def notes(self, subject: str) -> list[str]:
        """Give what was noted of an alert or silence."""
        notes = (action for action in self.actions if isinstance(action, Note))
        return [note.what for note in notes if note.subject == subject]
