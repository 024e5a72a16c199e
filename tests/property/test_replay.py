"""A log played again ends in the outages it ended in live, in whatever order it came, and however often."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisops.bench.city_play import BEGAN, Transcript, play
from gisops.bench.scenarios import KINDS, Scenario, part_of
from gisops.diagnosis.likelihood import shipped_causes
from gisops.inventory.load import load_inventory
from gisops.model.event import Event, EventKind
from gisops.model.outage import Outage
from gisops.model.permit import Permit, PermitScope
from gisops.priors.permits import issued_event
from gisops.service.replay import LATENESS, Replay, in_order
from gisops.simulate.city import City
from gisops.simulate.physics import Battery

OVER = Permit("PT-0", PermitScope.BOX, "", BEGAN - timedelta(days=2), BEGAN - timedelta(days=1), "nobody")
REGISTER = (issued_event(OVER, BEGAN - timedelta(days=2)),)
CITY = load_inventory(Path(__file__).parents[2] / "data")


@cache
def played(kind: str) -> tuple[Scenario, Transcript]:
    """Play one fault of a kind over twelve boxes."""
    rng = random.Random(kind)  # noqa: S311
    scenario = Scenario(0, part_of(CITY, rng, 12))
    while not scenario.truths:
        scenario = Scenario(0, part_of(CITY, rng, 12))
        KINDS[kind](scenario, 90.0, rng)
    city = City(scenario.inventory, BEGAN, random.Random(1))  # noqa: S311
    for box_id, share in scenario.charge.items():
        full = city.boxes[box_id].battery.capacity_wh
        city.boxes[box_id].battery = Battery(full, full * share)
    transcript = play(
        city,
        scenario.inventory,
        scenario.inventory,
        scenario.faults,
        200.0,
        scenario.noise,
        rng,
        scenario.silences,
    )
    return scenario, transcript


def essence(outages: Iterable[Outage]) -> list[tuple[object, ...]]:
    return sorted((o.id, o.root_id, o.member_ids, str(o.likeliest), o.opened_at) for o in outages)


def replayed(scenario: Scenario, events: Iterable[Event]) -> list[tuple[object, ...]]:
    again = Replay(scenario.inventory, shipped_causes())
    assert list(again.run(in_order((*REGISTER, *events))))
    return essence(again.cases.outages.values())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_log_ends_in_the_outages_it_ended_in_live(kind: str) -> None:
    scenario, transcript = played(kind)
    last = {said.outage.id: said.outage for said in transcript.said}
    live = essence(outage for outage in last.values() if outage.closed_at is None)
    assert live
    # An identity is made of how a story began, and live may have looked at it a moment sooner.
    assert [told[1:] for told in replayed(scenario, transcript.events)] == [told[1:] for told in live]


@settings(max_examples=25)
@given(kind=st.sampled_from(["theft", "fibre_cut", "power_cut", "vendor_shutdown"]), seed=st.integers(0, 2**32))
def test_any_order_within_lateness_and_any_repeat_end_in_the_same_outages(kind: str, seed: int) -> None:
    scenario, transcript = played(kind)
    events = [e for e in transcript.events if e.kind in (EventKind.STATE_CHANGED, EventKind.TRAP_RECEIVED)]
    rng = random.Random(seed)  # noqa: S311
    late = sorted(
        (*events, *rng.sample(events, len(events) // 3)),
        key=lambda event: event.occurred_at + timedelta(seconds=rng.uniform(0, LATENESS.total_seconds())),
    )
    assert late != events
    assert replayed(scenario, late) == replayed(scenario, events)
