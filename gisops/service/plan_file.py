"""How is a plan kept? As a versioned JSON document that says what was chosen, what it costs and what was proven."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from gisops.errors import PlanningError

__all__ = ["FORMAT", "VERSION", "parse_plan", "read_plan", "write_plan"]

FORMAT = "gisops-plan"
VERSION = 1
_NEEDED = {
    "name": str, "level": str, "value": float, "already": float, "bound": float, "gap": float, "proof": str,
    "ended": str, "cost": dict, "cameras": list, "poles": list, "boxes": list, "fibre": dict, "districts": list,
    "phases": list, "brief_toml": str, "assignment": dict, "musts": list, "incidence": str,
}  # fmt: skip


def write_plan(plan: Mapping[str, Any], path: Path) -> None:
    """Write a plan; a file that was there is replaced whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(orjson.dumps(plan, option=orjson.OPT_INDENT_2))
    os.replace(part, path)  # noqa: PTH105 - the same on every platform


def read_plan(path: Path) -> dict[str, Any]:
    """Read a plan, or the ``plan.json`` of a folder.

    Raises
    ------
    PlanningError
        Where it is none, or of a version that is not known.
    """
    file = path / "plan.json" if path.is_dir() else path
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise PlanningError(str(file), "is no text", "give a plan.json of gisops plan run") from None
    return parse_plan(text, str(file))


def parse_plan(text: str, place: str) -> dict[str, Any]:
    """Read a plan from text; ``place`` is its name in errors."""
    remedy = "give a plan.json of gisops plan run"
    try:
        plan = json.loads(text)
    except ValueError:
        raise PlanningError(place, "is not JSON", remedy) from None
    if not isinstance(plan, dict) or plan.get("format") != FORMAT:
        raise PlanningError(place, "is no plan of gisops", remedy)
    if plan.get("version") != VERSION:
        raise PlanningError(
            place, f"is of version {plan.get('version')!r}", f"run it again: version {VERSION} is read"
        )
    for key, kind in _NEEDED.items():
        value = plan.get(key)
        is_right = isinstance(value, int | float) if kind is float else isinstance(value, kind)
        if not is_right or isinstance(value, bool):
            raise PlanningError(place, f"has no usable {key}", remedy)
    return plan
