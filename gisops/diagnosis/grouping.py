"""Which losses belong together: the fewest failures that explain what is lost and what survives.

Greedy over shared-risk groups, as in SCORE (Kompella et al., NSDI 2005): the
group that explains most unexplained losses goes first, and only if what
survives does not contradict it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from gisops.diagnosis.facts import Facts, Layout, SharedRisk

__all__ = ["COLLECTOR", "Group", "group_losses", "ran_on_battery"]

_NEVER = datetime.max.replace(tzinfo=UTC)
TOGETHER = timedelta(seconds=75)
"""Losses by light stopping are noticed within two polls of 30 s and their confirmation."""


ALIKE_CAMERAS, ALIKE_BOXES = 4, 3
"""Cameras of one maker, behind so many boxes that live, that do not fail at once by chance."""
ALIKE_SHARE = 0.8
"""Share that maker has among the cameras that went in that time."""
COLLECTOR = "collector"
"""Root of our own blindness."""


@dataclass(frozen=True, slots=True)
class Group:
    """Devices lost together.

    ``kind`` of the root: box, camera, feeder, span, vendor; ``intrusion`` for a box that is disturbed and
    answers still; ``collector`` for ourselves. The last two, and a feeder whose boxes all run on battery,
    may have no member.
    """

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
    if not (facts.lost or facts.on_battery or facts.disturbed or facts.blind_since):
        return []
    left = {device_id for device_id in facts.lost if device_id in layout.cameras_of_box}
    groups = _blackouts(left, facts, layout)
    while found := _best_span(left, facts, layout):
        risk, boxes = found
        groups.append(_group(risk.root_id, "span", boxes, facts, layout, risk.also))
        left -= set(boxes)
    groups += [_group(box_id, "box", (box_id,), facts, layout) for box_id in left]
    explained = {member for group in groups for member in group.member_ids}
    alone = [c for c in facts.lost if c in layout.ports_of_camera and c not in explained]
    groups += _by_vendor(alone, facts, layout)
    explained.update(member for group in groups for member in group.member_ids)
    groups += [Group(c, "camera", (c,), facts.lost[c]) for c in alone if c not in explained]
    disturbed = facts.disturbed - facts.worked_on
    groups += [_intrusion(box_id, facts) for box_id in disturbed if box_id in layout.cameras_of_box]
    if facts.blind_since is not None:
        groups.append(Group(COLLECTOR, "collector", (), facts.blind_since))
    return sorted(groups, key=lambda group: group.root_id)


def _blackouts(left: set[str], facts: Facts, layout: Layout) -> list[Group]:
    """Find the feeders most of whose boxes have no mains; what they lost is taken out of ``left``."""
    suspects = {layout.feeder_of[b].root_id: layout.feeder_of[b] for b in facts.on_battery if b in layout.feeder_of}
    suspects |= {
        layout.feeder_of[b].root_id: layout.feeder_of[b]
        for b in left
        if b in layout.feeder_of and ran_on_battery(b, facts)
    }
    groups = []
    for feeder_id in sorted(suspects):
        boxes = suspects[feeder_id].box_ids
        dark = [b for b in boxes if b in facts.on_battery or (b in left and ran_on_battery(b, facts))]
        bright = [b for b in boxes if b not in facts.lost and b not in facts.on_battery and b in facts.devices]
        if len(dark) < 2 or len(dark) <= len(bright):
            continue
        lost = tuple(b for b in dark if b in left)
        if not lost and feeder_id in facts.shed:
            continue  # As announced, and nobody has gone dark of it.
        group = _group(feeder_id, "feeder", lost, facts, layout)
        groups.append(replace(group, opened_at=min(_mains_gone_at(b, facts) for b in dark)))
        left -= set(lost)
    return groups


def _mains_gone_at(box_id: str, facts: Facts) -> datetime:
    """Say when a box lost its mains, as well as it is known."""
    fact = facts.devices[box_id]
    said = [s.at for s in facts.said_by(box_id) if s.name == "on_battery"]
    seconds = fact.metrics.get("on_battery_s")
    if seconds and fact.seen_at is not None:
        said.append(fact.seen_at - timedelta(seconds=seconds))
    return min(said, default=facts.lost.get(box_id) or fact.seen_at or _NEVER)


def _best_span(left: set[str], facts: Facts, layout: Layout) -> tuple[SharedRisk, tuple[str, ...]] | None:
    """Give the span that explains most of what is left, small ones before large ones, with what it explains."""
    spans = {
        risk.root_id: risk for box_id in left for risk in layout.risks_of_box.get(box_id, ()) if risk.kind == "span"
    }
    best: tuple[int, int, str] | None = None
    chosen = None
    for risk in spans.values():
        if any(box_id not in facts.lost and box_id in facts.devices for box_id in risk.box_ids):
            continue
        hit = _lost_together([box_id for box_id in risk.box_ids if box_id in left], facts)
        powered = [box_id for box_id in hit if not ran_on_battery(box_id, facts)]
        if len(hit) < 2 or 2 * len(hit) <= len(risk.box_ids) or 2 * len(powered) <= len(hit):
            continue
        rank = (-len(hit), len(risk.box_ids), risk.root_id)
        if best is None or rank < best:
            best, chosen = rank, (risk, hit)
    return chosen


def _lost_together(boxes: list[str], facts: Facts) -> tuple[str, ...]:
    """Give the most that were lost within `TOGETHER`; another may have failed by itself before."""
    in_time = sorted(boxes, key=lambda box_id: (facts.lost[box_id], box_id))
    best: list[str] = []
    start = 0
    for end in range(len(in_time)):
        while facts.lost[in_time[end]] - facts.lost[in_time[start]] > TOGETHER:
            start += 1
        if end - start + 1 > len(best):
            best = in_time[start : end + 1]
    return tuple(sorted(best))


def _by_vendor(alone: list[str], facts: Facts, layout: Layout) -> list[Group]:
    """Find makers whose cameras went at once, behind boxes that live."""
    groups = []
    for vendor in sorted({layout.vendors[c] for c in alone if c in layout.vendors}):
        theirs = _lost_together([c for c in alone if layout.vendors.get(c) == vendor], facts)
        if len(theirs) < ALIKE_CAMERAS or len({layout.ports_of_camera[c][0] for c in theirs}) < ALIKE_BOXES:
            continue
        first = min(facts.lost[c] for c in theirs)
        last = max(facts.lost[c] for c in theirs)
        meanwhile = [c for c in alone if first <= facts.lost[c] <= last]
        if len(theirs) >= ALIKE_SHARE * len(meanwhile):
            groups.append(Group(vendor, "vendor", theirs, first))
    return groups


def _intrusion(box_id: str, facts: Facts) -> Group:
    fact = facts.devices[box_id]
    said = [s.at for s in facts.said_by(box_id) if s.name in ("door_opened", "tilted")]
    return Group(box_id, "intrusion", (), min(said, default=fact.seen_at or _NEVER))


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
    facts: Facts,
    layout: Layout,
    also: tuple[str, ...] = (),
) -> Group:
    cameras = (c for box_id in boxes for c in layout.cameras_of_box[box_id] if c in facts.lost)
    members = tuple(sorted({*boxes, *cameras}))
    return Group(root_id, kind, members, min((facts.lost[m] for m in members), default=_NEVER), also)
