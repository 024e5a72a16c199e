"""An alert in the Common Alerting Protocol, version 1.2 (OASIS, 1 July 2010). Pure.

Order and names of the elements, and the words allowed in them, are those of section 3.2 of the standard.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from gisops.alerting.alert import GUARDED, Alert, Severity
from gisops.model.outage import Cause
from gisops.notify.message import Message, title_of

__all__ = ["NAMESPACE", "CapSender", "cap_of", "identifier_of", "moment_text"]

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SEVERITY = {
    Severity.CRITICAL: "Severe",  # Extreme is for threats to life
    Severity.MAJOR: "Moderate",
    Severity.MINOR: "Minor",
    Severity.INFO: "Minor",
}
_LIKELY = 0.5
"""CAP 1.2: *Likely* is more than one half."""
_LASTS = timedelta(hours=24)
_RADIUS_KM = 0.1


@dataclass(frozen=True, slots=True)
class CapSender:
    """Who issues, and for whom: the settings of the receiver.

    ``restriction`` is needed where ``scope`` is ``Restricted``; ``Private`` addresses ``audience``.
    """

    sender: str
    status: str = "Actual"
    scope: str = "Restricted"
    restriction: str = "Network operations and command staff"
    web: str = ""
    language: str = "en"


def identifier_of(alert_id: str, state: str) -> str:
    """Give the identifier of a message: no space, comma, ``<`` or ``&`` (CAP 1.2, 3.2.1).

    Examples
    --------
    >>> identifier_of("O-1", "1:open:major:theft")
    'gisops-O-1-1-open-major-theft'
    """
    return "gisops-" + re.sub(r"[^A-Za-z0-9._-]", "-", f"{alert_id}-{state}")


def moment_text(moment: datetime, zone: ZoneInfo) -> str:
    """Write a time as CAP wants it: whole seconds, an offset in digits, and ``-00:00`` for UTC (3.3.2).

    Examples
    --------
    >>> from datetime import UTC
    >>> moment_text(datetime(2026, 3, 1, 12, tzinfo=UTC), ZoneInfo("Asia/Karachi"))
    '2026-03-01T17:00:00+05:00'
    """
    text = moment.astimezone(zone).replace(microsecond=0).isoformat()
    return text[: -len("+00:00")] + "-00:00" if text.endswith("+00:00") else text


def cap_of(message: Message, position: int, sender: CapSender, known: Sequence[tuple[str, datetime]]) -> bytes:
    """Write one alert of a message as a CAP document.

    Parameters
    ----------
    message, position
        The page, and which of its alerts.
    sender
        Who issues.
    known
        Identifier and time of what was issued about this alert before: what it updates or cancels.
    """
    alert, zone = message.alerts[position], ZoneInfo(message.zone)
    root = ET.Element("alert", {"xmlns": NAMESPACE})
    _add(root, "identifier", identifier_of(alert.id, message.states[position]))
    _add(root, "sender", sender.sender)
    _add(root, "sent", moment_text(message.at, zone))
    _add(root, "status", sender.status)
    follows = "Cancel" if message.is_over else "Update"
    _add(root, "msgType", follows if known else "Alert")
    _add(root, "scope", sender.scope)
    if sender.scope == "Restricted":
        _add(root, "restriction", sender.restriction)
    if sender.scope == "Private":
        _add(root, "addresses", '"' + sender.restriction.replace('"', "'") + '"')
    if known:
        triplets = (f"{sender.sender},{name},{moment_text(at, zone)}" for name, at in known)
        _add(root, "references", " ".join(triplets))
    _add(root, "incidents", identifier_of(alert.id, str(alert.round)))
    _info(root, message.only([position]), alert, sender, zone)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _info(root: ET.Element, message: Message, alert: Alert, sender: CapSender, zone: ZoneInfo) -> None:
    info = ET.SubElement(root, "info")
    cause = str(alert.cause).replace("_", " ")
    _add(info, "language", sender.language)
    _add(info, "category", "Security" if alert.cause in GUARDED else "Infra")
    _add(info, "event", f"Camera network outage: {cause}")
    over = "Monitor" if alert.part_of else "AllClear"
    _add(info, "responseType", over if message.is_over else "Assess" if alert.claimed_by else "Execute")
    _add(info, "urgency", "Past" if message.is_over else "Immediate" if alert.cause in GUARDED else "Expected")
    _add(info, "severity", _SEVERITY[alert.severity])
    _add(info, "certainty", _certainty(alert))
    _add(info, "effective", moment_text(message.at, zone))
    _add(info, "onset", moment_text(alert.opened_at, zone))
    _add(info, "expires", moment_text(message.at + _LASTS, zone))
    _add(info, "senderName", "gisops")
    _add(info, "headline", title_of(message)[:160])
    impact = alert.setting.impact
    lost = f"{impact.cameras_lost} cameras and {impact.boxes_lost} boxes lost."
    _add(info, "description", " ".join([lost, *alert.evidence]))
    if sender.web:
        _add(info, "web", sender.web)
    for name, value in (
        ("gisops:alert", alert.id),
        ("gisops:cause", str(alert.cause)),
        ("gisops:probability", f"{alert.probability:.3f}"),
        ("gisops:cameras_lost", str(impact.cameras_lost)),
    ):
        parameter = ET.SubElement(info, "parameter")
        _add(parameter, "valueName", name)
        _add(parameter, "value", value)
    area = ET.SubElement(info, "area")
    _add(area, "areaDesc", alert.setting.place or alert.root_id)
    if alert.setting.lat is not None and alert.setting.lon is not None:
        _add(area, "circle", f"{alert.setting.lat:.6f},{alert.setting.lon:.6f} {_RADIUS_KM}")


def _certainty(alert: Alert) -> str:
    """Say how sure the cause is; that devices are lost is observed, why is inferred."""
    if alert.cause is Cause.UNKNOWN:
        return "Unknown"
    return "Likely" if alert.probability > _LIKELY else "Possible"


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NOT_XML.sub("", text)
