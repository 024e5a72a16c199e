"""A page as the JSON that Prometheus Alertmanager posts to its webhooks (version 4 of that format)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from gisops.alerting.alert import Alert
from gisops.notify.http import Request, send_request
from gisops.notify.message import Message, title_of

__all__ = ["AlertmanagerHook", "document_of"]

_NOT_OVER = "0001-01-01T00:00:00Z"
"""What a Go program writes for no time: the format's own word for an alert that lasts."""


def document_of(message: Message, receiver: str) -> dict[str, Any]:
    """Give the document.

    Parameters
    ----------
    message
        The page.
    receiver
        Name of the receiver, which the format repeats.
    """
    status = "resolved" if message.is_over else "firing"
    alerts = [_alert(alert, status) for alert in message.alerts]
    return {
        "version": "4",
        "groupKey": message.key,
        "truncatedAlerts": 0,
        "status": status,
        "receiver": receiver,
        "groupLabels": _common([{k: a["labels"][k] for k in ("district", "cause")} for a in alerts]),
        "commonLabels": _common([a["labels"] for a in alerts]),
        "commonAnnotations": _common([a["annotations"] for a in alerts]),
        "externalURL": "",
        "alerts": alerts,
    }


def _alert(alert: Alert, status: str) -> dict[str, Any]:
    labels = {
        "alertname": "GisopsOutage",
        "alert_id": alert.id,
        "cause": str(alert.cause),
        "district": alert.setting.district_id,
        "root": alert.root_id,
        "severity": str(alert.severity),
    }
    annotations = {
        "summary": f"{str(alert.cause).replace('_', ' ')}: {alert.setting.place or alert.root_id}",
        "description": "; ".join(alert.evidence),
        "cameras_lost": str(alert.setting.impact.cameras_lost),
    }
    return {
        "status": status,
        "labels": labels,
        "annotations": annotations,
        "startsAt": alert.opened_at.isoformat(),
        "endsAt": alert.resolved_at.isoformat() if alert.resolved_at else _NOT_OVER,
        "generatorURL": "",
        "fingerprint": hashlib.sha256(f"{alert.id}:{alert.round}".encode()).hexdigest()[:16],
    }


def _common(maps: list[dict[str, str]]) -> dict[str, str]:
    return {name: value for name, value in maps[0].items() if all(m.get(name) == value for m in maps)}


class AlertmanagerHook:
    """The channel; ``token``, where it is not empty, is sent as a bearer token."""

    def __init__(self, name: str, url: str, token: str = "", timeout_s: float = 10.0) -> None:
        self._name, self._url, self._token, self._timeout_s = name, url, token, timeout_s

    async def send(self, message: Message) -> None:
        """Post the document."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.key}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        body = json.dumps({**document_of(message, self._name), "title": title_of(message)}).encode()
        await send_request(Request(self._url, body, headers), self._timeout_s)
