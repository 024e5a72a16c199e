"""How good was what was said of a scenario, fault by fault, and beside it what simpler rules would have said."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from gisops.bench.alert_rules import every_device, parents_first
from gisops.bench.city_play import BEGAN, LIVES_EVERY_S, Transcript, play, with_wrong_feeders
from gisops.bench.scenarios import Scenario, Truth, draw
from gisops.model.inventory import Inventory
from gisops.model.outage import Cause, Outage
from gisops.simulate.city import City
from gisops.simulate.physics import Battery

__all__ = ["Mark", "judge_scenario"]

WRONG_FEEDERS = 0.03
"""Share of boxes whose feeder the inventory has wrong."""
SUSPECTED = 0.5
"""A theft alarm is an outage that is theft with more than this probability, at any time."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of one fault.

    Parameters
    ----------
    kind
        Of the fault.
    is_right, is_root_right, is_one
        Whether cause and root were right in the end, and whether it was told as one outage.
    seconds
        From the fault to the first right word; ``None`` where there was none.
    is_mute
        Whether no notification of the scenario arrived.
    stated
        Probability given to the top cause in the end; ``None`` where nothing was said, or the right
        answer is a set.
    is_top_right
        Whether that cause was right.
    alarmed
        Thefts that could be seen: whether it was called one, at any time; ``None`` for anything else.
    alerts, alerts_of_parents
        How many devices the simpler rules would have reported for it.
    root_of_parents
        Whether the one device that the parent rule reported was the root.
    """

    kind: str
    is_right: bool
    is_root_right: bool
    is_one: bool
    seconds: float | None
    is_mute: bool
    stated: float | None
    is_top_right: bool
    alarmed: bool | None
    alerts: int
    alerts_of_parents: int
    root_of_parents: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """A scenario's faults, the outages nobody caused, and the thefts nobody committed."""

    number: int
    faults: tuple[Mark, ...]
    invented: int = 0
    false_thefts: int = 0
    notes: tuple[str, ...] = field(default=())


def judge_scenario(number: int, inventory: Inventory, seed: str) -> Marks:
    """Draw a scenario, play it, and mark what was said.

    Parameters
    ----------
    number
        Of the scenario.
    inventory
        The whole city; a part of it is played.
    seed
        With the number, fixes all chance.
    """
    rng = random.Random(f"{seed} {number}")  # noqa: S311 - repeatable chance
    scenario = draw(number, inventory, rng)
    city = City(scenario.inventory, BEGAN, random.Random(number))  # noqa: S311
    for box_id, share in scenario.charge.items():
        full = city.boxes[box_id].battery.capacity_wh
        city.boxes[box_id].battery = Battery(full, full * share)
    believed = with_wrong_feeders(scenario.inventory, WRONG_FEEDERS, rng)
    transcript = play(
        city,
        scenario.inventory,
        believed,
        scenario.faults,
        scenario.until_s,
        scenario.noise,
        rng,
        scenario.silences,
        frozenset(scenario.works),
    )
    return mark(scenario, transcript)


def mark(scenario: Scenario, transcript: Transcript) -> Marks:
    """Mark what was said of a scenario."""
    truths = [_as_evident(truth, scenario, transcript) for truth in scenario.truths]
    last = {said.outage.id: said.outage for said in transcript.said}
    still_open = [outage for outage in last.values() if outage.closed_at is None]
    belongs = {outage.id: _whose(outage, truths) for outage in still_open}
    lost = [device for device in transcript.lost if device in scenario.inventory.devices]
    marks = []
    notes = []
    for place, truth in enumerate(truths):
        mine = [outage for outage in still_open if belongs[outage.id] == place]
        made = _mark(place, truth, mine, truths, scenario, transcript, lost)
        marks.append(made)
        if not (made.is_right and made.is_root_right and made.is_one):
            told = "; ".join(f"{o.root_id} {o.likeliest} {o.causes.get(o.likeliest, 0):.2f}" for o in mine[:4])
            notes.append(f"{truth.kind} at {', '.join(sorted(truth.roots)[:2])}: {told or 'nothing said'}")
    invented = [outage for outage in still_open if belongs[outage.id] is None]
    notes += [f"invented: {o.root_id} {o.likeliest}" for o in invented]
    thieves = {root for truth in truths if Cause.THEFT in truth.causes for root in truth.roots}
    accused = {s.outage.root_id for s in transcript.said if s.outage.causes.get(Cause.THEFT, 0.0) > SUSPECTED}
    return Marks(scenario.number, tuple(marks), len(invented), len(accused - thieves), tuple(notes))


def _as_evident(truth: Truth, scenario: Scenario, transcript: Transcript) -> Truth:
    """Widen the right answer where nothing that got through could tell a theft from a fault."""
    if truth.kind not in ("theft", "planned_work"):
        return truth
    (root,) = truth.roots
    opened = next(f.at_s for f in scenario.faults if f.target == root)
    told = any(device == root and kind in ("door_changed", "tilt_changed") for _, device, kind in transcript.told)
    if told or transcript.answered.get(root, 0.0) >= opened + LIVES_EVERY_S:
        return truth
    return replace(truth, causes=truth.causes | {Cause.BOX_FAULT, Cause.FIBRE_CUT, Cause.UNKNOWN})


def _whose(outage: Outage, truths: Iterable[Truth]) -> int | None:
    """Say which fault an outage is about: by its root, else by most of its members."""
    ranked = sorted(
        (-(outage.root_id in t.roots), -len(t.struck.intersection({*outage.member_ids, outage.root_id})), place)
        for place, t in enumerate(truths)
    )
    is_root, shared, place = ranked[0]
    return place if is_root or shared else None


def _mark(
    place: int,
    truth: Truth,
    mine: list[Outage],
    truths: list[Truth],
    scenario: Scenario,
    transcript: Transcript,
    lost: list[str],
) -> Mark:
    right = [o for o in mine if o.likeliest in truth.causes]
    rooted = [o for o in mine if o.root_id in truth.roots]
    best = rooted[0] if rooted else mine[0] if mine else None
    first = next(
        (
            said.second
            for said in transcript.said
            if said.outage.root_id in truth.roots
            and said.outage.likeliest in truth.causes
            and said.outage.closed_at is None
        ),
        None,
    )
    accused = any(s.outage.root_id in truth.roots and s.outage.likeliest is Cause.THEFT for s in transcript.said)
    theirs = {d for d in lost if d in truth.struck and not any(d in t.struck for t in truths[:place])}
    reported = parents_first(theirs, scenario.inventory)
    return Mark(
        kind=truth.kind,
        is_right=any(o in right for o in rooted) or (bool(right) and not rooted),
        is_root_right=bool(rooted),
        is_one=len(mine) == 1,
        seconds=None if first is None else max(0.0, first - truth.at_s),
        is_mute=scenario.noise.mute_share == 1.0,
        stated=best.causes[best.likeliest] if best is not None and len(truth.causes) == 1 else None,
        is_top_right=best is not None and best.likeliest in truth.causes,
        alarmed=accused if truth.causes == {Cause.THEFT} else None,
        alerts=len(every_device(theirs)),
        alerts_of_parents=len(reported),
        root_of_parents=len(reported) == 1 and reported <= truth.roots,
    )


def by_kind(marks: Iterable[Mark]) -> Mapping[str, list[Mark]]:
    """Sort marks by the kind of fault."""
    found: dict[str, list[Mark]] = {}
    for each in marks:
        found.setdefault(each.kind, []).append(each)
    return found
