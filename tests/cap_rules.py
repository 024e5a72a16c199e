"""The rules of CAP 1.2 that a document must keep, written from section 3.2 of the standard: an independent check.

Elements in their order with how often each may stand, the words allowed, the form of times, identifiers and areas.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

__all__ = ["broken_rules"]

NS = "{urn:oasis:names:tc:emergency:cap:1.2}"
_ALERT = (
    "identifier:1 sender:1 sent:1 status:1 msgType:1 source:? scope:1 restriction:? addresses:? code:* note:? "
    "references:? incidents:? info:*"
)
_INFO = (
    "language:? category:+ event:1 responseType:* urgency:1 severity:1 certainty:1 audience:? eventCode:* "
    "effective:? onset:? expires:? senderName:? headline:? description:? instruction:? web:? contact:? parameter:* "
    "resource:* area:*"
)
_AREA = "areaDesc:1 polygon:* circle:* geocode:* altitude:? ceiling:?"
_WORDS = {
    "status": "Actual Exercise System Test Draft",
    "msgType": "Alert Update Cancel Ack Error",
    "scope": "Public Restricted Private",
    "category": "Geo Met Safety Security Rescue Fire Health Env Transport Infra CBRNE Other",
    "responseType": "Shelter Evacuate Prepare Execute Avoid Monitor Assess AllClear None",
    "urgency": "Immediate Expected Future Past Unknown",
    "severity": "Extreme Severe Moderate Minor Unknown",
    "certainty": "Observed Likely Possible Unlikely Unknown",
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[-+]\d\d:\d\d")
_CIRCLE = re.compile(r"-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)? \d+(\.\d+)?")
_NAME = re.compile(r"[^\s,<&]+")


def broken_rules(document: bytes) -> list[str]:
    """Name every rule a document breaks."""
    root = ET.fromstring(document)  # noqa: S314 - our own document
    if root.tag != f"{NS}alert":
        return [f"root is {root.tag}"]
    found = _order(root, _ALERT)
    for info in root.findall(f"{NS}info"):
        found += _order(info, _INFO)
        for area in info.findall(f"{NS}area"):
            found += _order(area, _AREA)
        for parameter in info.findall(f"{NS}parameter"):
            found += _order(parameter, "valueName:1 value:1")
    for element in root.iter():
        found += _content(element.tag.removeprefix(NS), element.text or "", len(element) > 0)
    has = {child.tag.removeprefix(NS): child.text or "" for child in root}
    if (has["scope"] == "Restricted") != ("restriction" in has):
        found.append("restriction with scope Restricted, and only then")
    if (has["scope"] == "Private") and "addresses" not in has:
        found.append("addresses with scope Private")
    if has["msgType"] in ("Update", "Cancel") and "references" not in has:
        found.append("references with Update and Cancel")
    return found


def _order(element: ET.Element, rule: str) -> list[str]:
    letters = {part.split(":")[0]: chr(ord("a") + n) for n, part in enumerate(rule.split())}
    names = [child.tag.removeprefix(NS) for child in element]
    unknown = [name for name in names if name not in letters]
    if unknown:
        return [f"{element.tag}: unknown {unknown}"]
    many = {"1": "", "?": "?", "*": "*", "+": "+"}
    pattern = "".join(letters[n] + many[m] for n, m in (part.split(":") for part in rule.split()))
    return [] if re.fullmatch(pattern, "".join(letters[n] for n in names)) else [f"{element.tag}: order {names}"]


def _content(name: str, text: str, has_children: bool) -> list[str]:
    if has_children:
        return []
    good = bool(text.strip())
    if name in _WORDS:
        good = text in _WORDS[name].split()
    elif name in ("sent", "effective", "onset", "expires"):
        good = _TIME.fullmatch(text) is not None and not text.endswith("+00:00")
    elif name in ("identifier", "sender"):
        good = _NAME.fullmatch(text) is not None
    elif name == "circle":
        good = _CIRCLE.fullmatch(text) is not None
    elif name == "references":
        good = all(
            len(parts) == 3 and _TIME.fullmatch(parts[2]) for parts in (item.split(",") for item in text.split())
        )
    return [] if good else [f"{name} is {text!r}"]
