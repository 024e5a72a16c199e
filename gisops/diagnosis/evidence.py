"""What was observed around a loss: each clue of the table as seen, not seen, or not to be seen."""

from __future__ import annotations

from datetime import datetime, timedelta

from gisops.diagnosis.facts import DOOR_OPEN, TILTED_DEG, DeviceFact, Facts, Layout
from gisops.diagnosis.grouping import TOGETHER, Group, ran_on_battery

__all__ = ["observe"]

LOW_CHARGE_PCT = 25.0
ASKED_BY = timedelta(seconds=8)
"""By so long after a box was first missed, its cameras were asked and judged."""


def observe(group: Group, facts: Facts, layout: Layout, now: datetime) -> dict[str, bool | None]:
    """Look for every clue that bears on this kind of group.

    Returns
    -------
    dict
        Clue name to ``True``, ``False`` or, where nothing could have shown it, ``None``.
    """
    if group.kind == "camera":
        return {"link_down_at_box": _link_down(group.root_id, facts, layout)}
    if group.kind in ("box", "intrusion"):
        return _of_box(group.root_id, facts, layout, now)
    if group.kind == "vendor":
        return {"one_maker": True}
    if group.kind == "collector":
        return {"nobody_answers": True}
    if group.kind == "feeder":
        return {"feeder_dark": True, "shed_by_plan": group.root_id in facts.shed}
    boxes = [facts.devices[m] for m in group.member_ids if m in layout.cameras_of_box]
    return {
        "lost_together": _together(boxes),
        "on_battery": _most([ran_on_battery(box.device_id, facts) for box in boxes]),
        "charge_low": _most([_low(box) for box in boxes]),
    }


def _of_box(box_id: str, facts: Facts, layout: Layout, now: datetime) -> dict[str, bool | None]:
    fact = facts.devices[box_id]
    seen: dict[str, bool | None] = {
        "door_opened": _sensed(fact, facts, "door_opened", "door_open", DOOR_OPEN),
        "tilted": _sensed(fact, facts, "tilted", "tilt_deg", TILTED_DEG),
        "permit": None if facts.works is None else box_id in facts.works,
    }
    if fact.lost_at is None:
        return seen
    return seen | {
        "on_battery": ran_on_battery(box_id, facts),
        "charge_low": _low(fact),
        "cameras_lost_too": _cameras_lost(fact, facts, layout, now),
        "feeder_lost_mains": _neighbours(box_id, facts, layout),
        "single_way": None if layout.lone is None else box_id in layout.lone,
    }


def _cameras_lost(box: DeviceFact, facts: Facts, layout: Layout, now: datetime) -> bool | None:
    """Whether all cameras went with the box: they are asked at once then, and who is not lost soon, lives."""
    cameras = [c for c in layout.cameras_of_box[box.device_id] if c in facts.devices]
    if not cameras or box.lost_at is None:
        return None
    if all(c in facts.lost for c in cameras):
        return True
    return False if now - box.lost_at > ASKED_BY and any(_answered(c, facts) for c in cameras) else None


def _answered(camera_id: str, facts: Facts) -> bool:
    return camera_id not in facts.lost and facts.devices[camera_id].seen_at is not None


def _sensed(fact: DeviceFact, facts: Facts, signal: str, metric: str, limit: float) -> bool | None:
    if facts.heard(fact.device_id, signal):
        return True
    reading = fact.metrics.get(metric)
    return None if reading is None else reading > limit


def _low(fact: DeviceFact) -> bool | None:
    charge = fact.metrics.get("battery_charge_pct")
    return None if charge is None else charge < LOW_CHARGE_PCT


def _neighbours(box_id: str, facts: Facts, layout: Layout) -> bool | None:
    feeder = layout.feeder_of.get(box_id)
    others = [b for b in feeder.box_ids if b != box_id] if feeder else []
    return _most([ran_on_battery(b, facts) for b in others])


def _link_down(camera_id: str, facts: Facts, layout: Layout) -> bool | None:
    box_id, port = layout.ports_of_camera[camera_id]
    heard = any(s.name == "link_down" and s.port == port for s in facts.said_by(box_id))
    # Silence is no evidence here: a trap can be lost, and the poll does not read every port.
    return True if heard else None


def _together(boxes: list[DeviceFact]) -> bool | None:
    onsets = [box.lost_at for box in boxes if box.lost_at is not None]
    return max(onsets) - min(onsets) <= TOGETHER if len(onsets) > 1 else None


def _most(answers: list[bool | None]) -> bool | None:
    known = [answer for answer in answers if answer is not None]
    return sum(known) * 2 > len(known) if known else None
