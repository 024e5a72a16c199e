"""What a page says: to one receiver, of one or more alerts, in words and as data. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from gisops.alerting.alert import Alert
from gisops.alerting.codec import alert_from_json, alert_to_json
from gisops.alerting.happening import PageKind

__all__ = ["Message", "short_text", "text_of", "title_of"]

_VERB = {
    PageKind.OPENED: "",
    PageKind.CHANGED: "now ",
    PageKind.REOPENED: "again ",
    PageKind.ESCALATED: "nobody has taken it on: ",
    PageKind.RESOLVED: "over: ",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One page for one receiver.

    Parameters
    ----------
    key
        The same page always has the same key: a receiver that keeps it can drop what
        comes twice.
    kind, at, level
        As of the page.
    alerts, states
        What it is about, and the word for what it says of each.
    zone
        IANA name; in which times are written for people.
    """

    key: str
    kind: PageKind
    at: datetime
    level: int
    alerts: tuple[Alert, ...]
    states: tuple[str, ...]
    zone: str

    @property
    def is_over(self) -> bool:
        """Whether it says that they are resolved."""
        return self.kind is PageKind.RESOLVED

    def only(self, positions: Sequence[int]) -> Message:
        """Give the message with these of its alerts alone."""
        alerts, states = tuple(self.alerts[i] for i in positions), tuple(self.states[i] for i in positions)
        return Message(self.key, self.kind, self.at, self.level, alerts, states, self.zone)

    def to_json(self) -> dict[str, Any]:
        """Give the message as JSON-ready values."""
        return {
            "key": self.key,
            "kind": str(self.kind),
            "at": self.at.isoformat(),
            "level": self.level,
            "zone": self.zone,
            "states": list(self.states),
            "alerts": [alert_to_json(alert) for alert in self.alerts],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Message:
        """Rebuild a message from :meth:`to_json`'s document."""
        return cls(
            document["key"],
            PageKind(document["kind"]),
            datetime.fromisoformat(document["at"]),
            document["level"],
            tuple(alert_from_json(alert) for alert in document["alerts"]),
            tuple(document["states"]),
            document["zone"],
        )


def title_of(message: Message) -> str:
    """Give one line: how bad, what, where.

    A title never holds a line break: it becomes a header of a mail.
    """
    first = max(message.alerts, key=lambda a: a.severity.rank)
    more = f" and {len(message.alerts) - 1} more" if len(message.alerts) > 1 else ""
    what = str(first.cause).replace("_", " ")
    place = first.setting.place or first.root_id
    verb = f"now part of {first.part_of}: " if message.is_over and first.part_of else _VERB[message.kind]
    title = f"[{str(first.severity).upper()}] {verb}{what}: {place}{more}"
    return " ".join(title.split())


def text_of(message: Message) -> str:
    """Give the whole page in plain words."""
    zone = ZoneInfo(message.zone)
    parts = [title_of(message)]
    parts += [_paragraph(alert, zone) for alert in message.alerts]
    if not message.is_over:
        parts.append(f"Take it on: gisops ack {message.alerts[0].outage_id} --by NAME")
    return "\n\n".join(parts) + "\n"


def short_text(message: Message, most: int = 160) -> str:
    """Give the page in at most so many characters, as a text message takes it."""
    first = max(message.alerts, key=lambda a: a.severity.rank)
    cameras = sum(alert.setting.impact.cameras_lost for alert in message.alerts)
    when = first.resolved_at if message.is_over and first.resolved_at else first.opened_at
    tail = f" {cameras} cam. {when.astimezone(ZoneInfo(message.zone)):%H:%M} {first.id}"
    title = title_of(message)
    room = most - len(tail)
    return (title if len(title) <= room else title[: max(room - 1, 0)] + "…") + tail


def _paragraph(alert: Alert, zone: ZoneInfo) -> str:
    impact = alert.setting.impact
    lines = [f"{alert.id}: {str(alert.cause).replace('_', ' ')} ({alert.probability:.0%}), {alert.severity}"]
    lines.append(
        f"Where: {alert.setting.place or alert.root_id}, district {alert.setting.district_id or 'not known'}"
    )
    lines.append(f"Since: {_local(alert.opened_at, zone)}")
    if alert.part_of:
        lines.append(f"Still lost, now part of {alert.part_of}")
    elif alert.resolved_at is not None:
        lines.append(f"Over: {_local(alert.resolved_at, zone)}")
    lines.append(f"Lost: {impact.cameras_lost} cameras, {impact.boxes_lost} boxes")
    if impact.critical_places:
        lines.append(f"Critical places: {', '.join(impact.critical_places)}")
    if impact.blind_hot_spots:
        lines.append(f"Blind hot spots: {', '.join(impact.blind_hot_spots)}")
    if impact.enforcement_lanes:
        lines.append(f"E-challan lanes: {impact.enforcement_lanes}")
    if alert.claimed_by:
        lines.append(f"With: {alert.claimed_by}")
    lines += [f"- {text}" for text in alert.evidence]
    return "\n".join(lines)


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
