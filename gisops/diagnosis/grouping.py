"""Which losses belong together: the fewest failures that explain what is lost and what survives.

Greedy over shared-risk groups, as in SCORE (Kompella et al., NSDI 2005): the
group that explains most unexplained losses goes first, and only if what
survives does not contradict it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gisops.diagnosis.facts import Facts, Layout, SharedRisk

__all__ = ["Group", "group_losses", "ran_on_battery"]

TOGETHER = timedelta(seconds=75)
"""Losses by light stopping are noticed within two polls of 30 s and their confirmation."""


@dataclass(frozen=True, slots=True)
class Group:
    """Devices lost together: ``kind`` of the root is box, camera, feeder or span."""

    root_id: str
    kind: str
    member_ids: tuple[str, ...]
    opened_at: datetime
    also: tuple[str, ...] = ()


def group_losses(facts: Facts, layout: Layout) -> list[Group]:
    """Explain every lost device by exactly one group.

    Parameters
    ----------
    facts
        What is known now.
    layout
        Who hangs on whom.

    Returns
    -------
    list of Group
        Sorted by root; every lost device is in one group and only one.
    """
    lost = {d.device_id: d.lost_at for d in facts.devices.values() if d.lost_at is not None}
    left = {box_id for box_id in layout.cameras_of_box if box_id in lost}
    groups = []
    while risk := _best(left, lost, facts, layout):
        boxes = tuple(box_id for box_id in risk.box_ids if box_id in left)
        groups.append(_group(risk.root_id, risk.kind, boxes, lost, layout, risk.also))
        left -= set(boxes)
    groups += [_group(box_id, "box", (box_id,), lost, layout) for box_id in left]
    explained = {member for group in groups for member in group.member_ids}
    groups += [
        Group(camera_id, "camera", (camera_id,), lost[camera_id])
        for camera_id in layout.ports_of_camera
        if camera_id in lost and camera_id not in explained
    ]
    return sorted(groups, key=lambda group: group.root_id)


def _best(left: set[str], lost: dict[str, datetime], facts: Facts, layout: Layout) -> SharedRisk | None:
    """Give the risk that explains most of what is left; small risks before large ones."""
    best: tuple[int, int, str] | None = None
    chosen = None
    for risk in layout.risks:
        hit = [box_id for box_id in risk.box_ids if box_id in left]
        if len(hit) < 2 or not _fits(risk, hit, lost, facts):
            continue
        rank = (-len(hit), len(risk.box_ids), risk.root_id)
        if best is None or rank < best:
            best, chosen = rank, risk
    return chosen


def _fits(risk: SharedRisk, hit: list[str], lost: dict[str, datetime], facts: Facts) -> bool:
    onsets = [lost[box_id] for box_id in hit]
    together = max(onsets) - min(onsets) <= TOGETHER
    powered = [box_id for box_id in hit if not ran_on_battery(box_id, facts)]
    if risk.kind == "span":
        return together and len(hit) == len(risk.box_ids) and len(powered) > len(hit) // 2
    return not powered


def ran_on_battery(box_id: str, facts: Facts) -> bool | None:
    """Whether the box said it was on battery before it was lost; ``None`` if it could not say."""
    if facts.heard(box_id, "on_battery"):
        return True
    fact = facts.devices.get(box_id)
    reading = fact.metrics.get("on_battery_s") if fact else None
    return None if reading is None else reading > 0


def _group(
    root_id: str,
    kind: str,
    boxes: tuple[str, ...],
    lost: dict[str, datetime],
    layout: Layout,
    also: tuple[str, ...] = (),
) -> Group:
    cameras = (c for box_id in boxes for c in layout.cameras_of_box[box_id] if c in lost)
    members = tuple(sorted({*boxes, *cameras}))
    return Group(root_id, kind, members, min(lost[m] for m in members), also)
