"""How do two plans differ? Coverage, districts, cost, fibre metres, and the cameras only one of them has. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["compare_plans"]


def compare_plans(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    """Compare two plans.

    Parameters
    ----------
    a, b
        Documents as :mod:`gisops.service.plan_file` reads them. What a plan does not have is ``None``, not 0.

    Returns
    -------
    dict
        ``rows`` (name, unit, a, b, difference), ``districts``, ``cost``, ``cameras`` and ``notes`` on what makes the
        two hard to compare.
    """
    rows = [
        _row("demand seen", "%", 100.0 * a["value"], 100.0 * b["value"]),
        _row("no plan sees more than", "%", 100.0 * a["bound"], 100.0 * b["bound"]),
        _row("proven gap of the gain", "%", 100.0 * a["gap"], 100.0 * b["gap"]),
        _row("cost", "PKR", a["cost"]["total"], b["cost"]["total"]),
        _row("budget", "PKR", a.get("budget"), b.get("budget")),
        _row("fibre", "m", a["fibre"]["metres"], b["fibre"]["metres"]),
        *(_row(name, "", len(a[name]), len(b[name])) for name in ("cameras", "poles", "boxes")),
        _row("power", "W", _watts(a), _watts(b)),
    ]
    return {
        "a": a["name"],
        "b": b["name"],
        "rows": rows,
        "districts": _joined(a["districts"], b["districts"], "name", "after_pct", "%"),
        "cost": _joined(a["cost"]["lines"], b["cost"]["lines"], "item", "rupees", "PKR"),
        "cameras": _cameras(a, b),
        "notes": _notes(a, b),
    }


def _row(name: str, unit: str, a: float | None, b: float | None) -> dict[str, Any]:
    return {"name": name, "unit": unit, "a": a, "b": b, "difference": None if a is None or b is None else b - a}


def _joined(
    a: list[Mapping[str, Any]], b: list[Mapping[str, Any]], key: str, value: str, unit: str
) -> list[dict[str, Any]]:
    left, right = ({row[key]: row[value] for row in rows} for rows in (a, b))
    return [_row(name, unit, left.get(name), right.get(name)) for name in dict.fromkeys([*left, *right])]


def _watts(plan: Mapping[str, Any]) -> float:
    return float(sum(box["power_w"] for box in plan["boxes"]))


def _cameras(a: Mapping[str, Any], b: Mapping[str, Any]) -> dict[str, Any]:
    def key(camera: Mapping[str, Any]) -> tuple[Any, ...]:
        return camera["lon"], camera["lat"], camera["azimuth_deg"], camera["model"]

    left, right = ({key(camera): camera for camera in plan["cameras"]} for plan in (a, b))
    return {
        "both": len(left.keys() & right.keys()),
        "only_a": [left[k]["id"] for k in left if k not in right],
        "only_b": [right[k]["id"] for k in right if k not in left],
    }


def _notes(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[str]:
    asked = (("level", "level of detail"), ("mix", "mix of demand"), ("cells", "cells of demand"),
             ("already", "cameras there are"), ("incidence", "way to find who sees what"))  # fmt: skip
    return [f"the two have another {words}: shares of demand do not compare" for key, words in asked
            if a.get(key) != b.get(key)]  # fmt: skip
