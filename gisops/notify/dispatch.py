"""Which messages a page becomes: one a receiver. Pure.

The word that something is over goes to those who were told of it, and to nobody else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from gisops.alerting.alert import Alert
from gisops.alerting.happening import Page, PageKind
from gisops.notify.message import Message
from gisops.notify.routes import Routes, receivers_for

__all__ = ["messages_of"]


def messages_of(page: Page, routes: Routes, told: Mapping[str, frozenset[str]]) -> dict[str, Message]:
    """Give the message for every receiver of a page.

    Parameters
    ----------
    page
        What was decided.
    routes
        Who gets what.
    told
        Addresses by alert id that a page of this round was queued for.

    Returns
    -------
    dict
        Message by address of a receiver.
    """
    wanted: dict[str, list[int]] = {}
    for position, alert in enumerate(page.alerts):
        before = told.get(alert.id, frozenset())
        if page.kind is PageKind.RESOLVED:
            names: tuple[str, ...] = tuple(sorted(before))
        else:
            routed = receivers_for(routes, alert, page.at, page.level)
            names = tuple(address for name in routed for address in routes.receivers[name].addresses)
            if page.kind is PageKind.CHANGED:  # whoever was told one cause learns that it is another
                names = tuple(dict.fromkeys((*names, *sorted(before))))
        for name in names:
            wanted.setdefault(name, []).append(position)
    lean = tuple(_lean(alert) for alert in page.alerts)
    whole = Message("", page.kind, page.at, page.level, lean, page.states, routes.zone.key)
    found = {}
    for name, positions in wanted.items():
        message = whole.only(positions)
        found[name] = Message(
            _key(name, message), page.kind, page.at, page.level, message.alerts, message.states, message.zone
        )
    return found


def _lean(alert: Alert) -> Alert:
    """Leave out what no message says: thousands of ids, where a feeder is out."""
    return replace(alert, members=frozenset(), setting=replace(alert.setting, scope=frozenset(), groups=frozenset()))


def _key(receiver: str, message: Message) -> str:
    said = sorted(f"{alert.id} {state}" for alert, state in zip(message.alerts, message.states, strict=True))
    return hashlib.sha256("\n".join([receiver, *said]).encode()).hexdigest()[:32]
