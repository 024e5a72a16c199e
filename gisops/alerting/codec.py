"""How an alert is written down and read again: JSON-ready values, times as ISO 8601 UTC."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gisops.alerting.alert import Alert, AlertState, Impact, Paged, Setting, Severity
from gisops.model.membership import GroupKind
from gisops.model.outage import Cause

__all__ = ["alert_from_json", "alert_to_json"]


def alert_to_json(alert: Alert) -> dict[str, Any]:
    """Give an alert as JSON-ready values."""
    setting, impact = alert.setting, alert.setting.impact
    return {
        "id": alert.id,
        "outage": alert.outage_id,
        "round": alert.round,
        "state": str(alert.state),
        "severity": str(alert.severity),
        "cause": str(alert.cause),
        "probability": round(alert.probability, 6),
        "root": alert.root_id,
        "place": setting.place,
        "district": setting.district_id,
        "lon": setting.lon,
        "lat": setting.lat,
        "impact": {
            "cameras_lost": impact.cameras_lost,
            "boxes_lost": impact.boxes_lost,
            "critical_places": list(impact.critical_places),
            "blind_hot_spots": list(impact.blind_hot_spots),
            "enforcement_lanes": impact.enforcement_lanes,
        },
        "evidence": list(alert.evidence),
        "opened_at": alert.opened_at.isoformat(),
        "updated_at": alert.updated_at.isoformat(),
        "ready_at": alert.ready_at.isoformat(),
        "resolved_at": _text(alert.resolved_at),
        "claimed_by": alert.claimed_by,
        "claimed_at": _text(alert.claimed_at),
        "level": alert.level,
        "suppressed_by": list(alert.suppressed_by),
        "past": list(alert.past),
        "members": sorted(alert.members),
        "part_of": alert.part_of,
        "groups": sorted([str(kind), name] for kind, name in setting.groups),
        "scope": sorted(setting.scope),
        "pages": [
            {"state": p.state, "at": p.at.isoformat(), "severity": str(p.severity), "cause": str(p.cause)}
            for p in alert.pages
        ],
    }


def alert_from_json(document: Mapping[str, Any]) -> Alert:
    """Rebuild an alert from `alert_to_json`'s document."""
    impact = document["impact"]
    setting = Setting(
        Impact(
            impact["cameras_lost"],
            impact["boxes_lost"],
            tuple(impact["critical_places"]),
            tuple(impact["blind_hot_spots"]),
            impact["enforcement_lanes"],
        ),
        document["place"],
        document["district"],
        frozenset((GroupKind(kind), name) for kind, name in document["groups"]),
        frozenset(document["scope"]),
        document["lon"],
        document["lat"],
    )
    return Alert(
        id=document["id"],
        outage_id=document["outage"],
        state=AlertState(document["state"]),
        severity=Severity(document["severity"]),
        cause=Cause(document["cause"]),
        probability=document["probability"],
        root_id=document["root"],
        opened_at=datetime.fromisoformat(document["opened_at"]),
        updated_at=datetime.fromisoformat(document["updated_at"]),
        ready_at=datetime.fromisoformat(document["ready_at"]),
        round=document["round"],
        setting=setting,
        evidence=tuple(document["evidence"]),
        resolved_at=_moment(document["resolved_at"]),
        claimed_by=document["claimed_by"],
        claimed_at=_moment(document["claimed_at"]),
        pages=tuple(
            Paged(p["state"], datetime.fromisoformat(p["at"]), Severity(p["severity"]), Cause(p["cause"]))
            for p in document["pages"]
        ),
        level=document["level"],
        suppressed_by=tuple(document["suppressed_by"]),
        past=tuple(document["past"]),
        members=frozenset(document["members"]),
        part_of=document["part_of"],
    )


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
