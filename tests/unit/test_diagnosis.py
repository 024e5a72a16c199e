"""Outages from facts, as scenarios on the small city; expectations worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from gisops.diagnosis.engine import review
from gisops.diagnosis.facts import DeviceFact, Facts, Layout, SharedRisk, Signal
from gisops.diagnosis.likelihood import posterior, shipped_causes
from gisops.model.outage import Cause, Outage
from tests.cities import small_city

T0 = datetime(2026, 11, 21, 18, 0, tzinfo=UTC)
CITY = small_city()
CALM = {"on_battery_s": 0.0, "battery_charge_pct": 98.0, "door_open": 0.0, "tilt_deg": 0.5}
DARK = {**CALM, "on_battery_s": 9000.0, "battery_charge_pct": 11.0}
LAYOUT = Layout(
    cameras_of_box=CITY.cameras_of_box,
    ports_of_camera={c.id: (c.box_id, c.switch_port) for c in CITY.cameras.values()},
    risks=(
        SharedRisk("F1", "feeder", ("B1", "B2")),
        SharedRisk("F2", "feeder", ("B3", "B4", "B5")),
        SharedRisk("S5", "span", ("B4", "B5")),
        SharedRisk("S4", "span", ("B3", "B4", "B5")),
    ),
)


def at(second: float) -> datetime:
    return T0 + timedelta(seconds=second)


def facts(lost: dict[str, float], signals: Iterable[Signal] = (), dark: Iterable[str] = ()) -> Facts:
    """Give the city's facts with boxes lost (their cameras with them) at a second, some on battery."""
    for box_id, second in list(lost.items()):
        lost |= dict.fromkeys(CITY.cameras_of_box.get(box_id, ()), second + 1)
    devices = {
        d: DeviceFact(
            d,
            at(lost[d]) if d in lost else None,
            {} if d in CITY.cameras else (DARK if d in dark else CALM),
        )
        for d in (*CITY.boxes, *CITY.cameras)
    }
    return Facts(devices, tuple(signals))


def now_open(*steps: Facts) -> dict[str, Outage]:
    found: dict[str, Outage] = {}
    for number, step in enumerate(steps):
        for outage in review(found, step, LAYOUT, shipped_causes(), at(100 + number)):
            found.pop(outage.id, None)
            if outage.closed_at is None:
                found[outage.id] = outage
    return found


def test_a_stolen_box_is_one_outage_with_its_cameras_inside() -> None:
    signals = [Signal("B2", "door_opened", at(5)), Signal("B2", "tilted", at(9))]
    (outage,) = now_open(facts({"B2": 20}, signals)).values()
    assert outage.root_id == "B2"
    assert outage.member_ids == ("B2", "C2-1", "C2-2")
    assert outage.opened_at == at(20)
    assert outage.likeliest is Cause.THEFT
    assert outage.causes[Cause.THEFT] > 0.9
    assert [e.favours for e in outage.evidence[:2]] == [Cause.THEFT, Cause.THEFT]


@pytest.mark.parametrize(
    ("lost", "dark", "root", "cause"),
    [
        ({"B4": 10.0, "B5": 12.0}, (), "S5", Cause.FIBRE_CUT),
        ({"B3": 10.0, "B4": 10.0, "B5": 12.0}, (), "S4", Cause.FIBRE_CUT),
        ({"B1": 10.0, "B2": 900.0}, ("B1", "B2"), "F1", Cause.POWER_CUT),
        ({"B1": 10.0}, (), "B1", Cause.BOX_FAULT),
        ({"C1-1": 10.0}, (), "C1-1", Cause.CAMERA_FAULT),
    ],
)
def test_roots_and_causes(lost: dict[str, float], dark: tuple[str, ...], root: str, cause: Cause) -> None:
    (outage,) = now_open(facts(lost, dark=dark)).values()
    assert (outage.root_id, outage.likeliest) == (root, cause)


def test_two_boxes_far_apart_are_two_outages() -> None:
    assert {o.root_id for o in now_open(facts({"B1": 10, "B4": 12})).values()} == {"B1", "B4"}


def test_a_second_box_behind_the_same_span_turns_the_outage_into_the_spans() -> None:
    before = now_open(facts({"B4": 10}))
    after = now_open(facts({"B4": 10}), facts({"B4": 10, "B5": 14}))
    assert [o.root_id for o in before.values()] == ["B4"]
    assert [o.root_id for o in after.values()] == ["S5"]
    assert before.keys() == after.keys()


def test_outages_that_turn_out_to_be_one_are_merged_into_the_older() -> None:
    apart = facts({"B4": 10, "B5": 200})
    merged = now_open(apart, facts({"B4": 10, "B5": 14}))
    assert [o.root_id for o in merged.values()] == ["S5"]
    assert next(iter(merged)).endswith("-B4")


def test_recovery_closes_and_nothing_new_says_nothing() -> None:
    lost = facts({"B1": 10})
    opened = now_open(lost)
    assert review(opened, lost, LAYOUT, shipped_causes(), at(130)) == []
    (closed,) = review(opened, facts({}), LAYOUT, shipped_causes(), at(140))
    assert closed.closed_at == at(140)


def test_posterior_by_hand() -> None:
    # Prior .10 theft .36 box_fault; only the tilt seen. Weights: prior x P(tilt | cause).
    by_hand = {
        Cause.THEFT: 0.10 * 0.70,
        Cause.POWER_CUT: 0.06 * 0.02,
        Cause.BATTERY_EXHAUSTED: 0.18 * 0.02,
        Cause.FIBRE_CUT: 0.20 * 0.03,
        Cause.BOX_FAULT: 0.36 * 0.04,
        Cause.PLANNED_WORK: 0.04 * 0.05,
        Cause.UNKNOWN: 0.06 * 0.10,
    }
    total = sum(by_hand.values())
    causes, evidence = posterior(shipped_causes(), "box", "B1", {"tilted": True, "charge_low": None})
    assert causes == pytest.approx({c: w / total for c, w in by_hand.items()})
    assert [e.text for e in evidence] == ["B1 tilted or moved before the loss"]


def test_every_prior_sums_to_one_and_no_clue_is_certain() -> None:
    table = shipped_causes()
    assert [round(sum(p.values()), 9) for p in table.priors.values()] == [1.0] * len(table.priors)
    values = [p for clue in table.clues.values() for p in clue.likelihood.values()]
    assert min(values) >= 0.02
    assert max(values) <= 0.98
