"""Near repeats, load-shedding and permits, worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisops.errors import ConfigError, GisopsError
from gisops.model.inventory import Feeder
from gisops.model.permit import Permit, PermitScope
from gisops.priors.near_repeat import MOST, Theft, boxes_at_risk, theft_odds
from gisops.priors.permits import PermitBook, area_of, ended_event, issued_event, permits_of
from gisops.priors.shedding import planned_outage
from tests.cities import small_city

NOW = datetime(2026, 3, 1, 21, tzinfo=UTC)
CITY = small_city()
B1 = CITY.boxes["B1"]
KARACHI = ZoneInfo("Asia/Karachi")


def theft(east_deg: float, days_ago: float, share: float = 1.0) -> Theft:
    return Theft(B1.lon + east_deg, B1.lat, NOW - timedelta(days=days_ago), share)


def test_a_theft_raises_the_odds_around_it_and_the_rise_decays() -> None:
    assert theft_odds(B1, NOW, []) == 1.0
    assert theft_odds(B1, NOW, [theft(0.0, 14.0)]) == pytest.approx(1 + 7 / math.e)  # one decay ago: 3.575
    # 0.002 degrees of longitude at 24.85 degrees north are 202.1 m; e^-1.0105 = 0.36404, and a day is e^(-1/14).
    expected = 1 + 7 * 0.36404 * math.exp(-1 / 14)
    assert theft_odds(B1, NOW, [theft(0.002, 1.0)]) == pytest.approx(expected, rel=1e-3)
    half = theft_odds(B1, NOW, [theft(0.0, 14.0, 0.5)])
    assert half == pytest.approx(1 + 3.5 / math.e)


def test_far_old_and_future_thefts_count_for_nothing_and_many_are_bounded() -> None:
    assert theft_odds(B1, NOW, [theft(0.0105, 1), theft(0, 61), theft(0, -1), theft(0, 0)]) == 1.0
    assert theft_odds(B1, NOW, [theft(0.0, 0.1) for _ in range(5)]) == MOST


@given(
    st.lists(st.tuples(st.floats(0, 0.02), st.floats(-5, 90), st.floats(0, 1)), max_size=8),
    st.tuples(st.floats(0, 0.02), st.floats(-5, 90), st.floats(0, 1)),
)
def test_one_more_theft_never_lowers_the_odds_and_order_is_nothing(
    past: list[tuple[float, float, float]], one: tuple[float, float, float]
) -> None:
    before = theft_odds(B1, NOW, [theft(*t) for t in past])
    after = theft_odds(B1, NOW, [theft(*t) for t in [*past, one]])
    assert 1.0 <= before <= after + 1e-9
    assert after <= MOST
    assert theft_odds(B1, NOW, [theft(*t) for t in [one, *reversed(past)]]) == pytest.approx(after)


def test_the_boxes_next_to_a_theft_are_ranked_and_the_stolen_one_is_not_among_them() -> None:
    stolen = Theft(B1.lon, B1.lat, NOW - timedelta(hours=2), 1.0, "B1")
    near = {box.id: replace(box, lon=B1.lon + 0.002 * n, lat=B1.lat) for n, box in enumerate(CITY.boxes.values())}
    risks = boxes_at_risk(near.values(), NOW, [stolen])
    assert [risk.box_id for risk in risks] == ["B2", "B3", "B4", "B5"]
    assert risks[0].distance_m == pytest.approx(202.1, abs=0.2)
    assert risks[0].days_ago == pytest.approx(2 / 24)
    assert boxes_at_risk(near.values(), NOW, []) == []


@pytest.mark.parametrize(
    ("shedding", "local", "expected"),
    [
        ("02:00-04:00;14:00-16:00", "02:00", ("02:00", "04:00")),
        ("02:00-04:00;14:00-16:00", "04:00", None),
        ("23:30-01:00", "00:30", ("23:30", "01:00")),
        ("23:30-01:00", "23:45", ("23:30", "01:00")),
        ("22:00-00:00;00:00-02:00", "00:30", ("22:00", "02:00")),  # one outage, not two
        ("", "02:00", None),
    ],
)
def test_a_feeder_is_off_by_plan_in_local_time(shedding: str, local: str, expected: tuple[str, str] | None) -> None:
    hour, minute = map(int, local.split(":"))
    now = datetime(2026, 3, 2, hour, minute, tzinfo=KARACHI).astimezone(UTC)
    found = planned_outage(Feeder("F", "F", "Grid", shedding), now, KARACHI)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert tuple(f"{t.astimezone(KARACHI):%H:%M}" for t in (found.starts_at, found.ends_at)) == expected
        assert found.starts_at <= now < found.ends_at


def test_a_plan_that_cannot_be_read_says_which() -> None:
    with pytest.raises(ConfigError, match="feeder F shedding: at night is no window"):
        planned_outage(Feeder("F", "F", "Grid", "at night"), NOW, KARACHI)


def permit(name: str, scope: PermitScope, where: str) -> Permit:
    return Permit(name, scope, where, NOW, NOW + timedelta(hours=4), "Contractor A: Bilal", "battery", "DG office")


def test_a_permit_is_for_what_stands_where_it_is_for_and_while_it_holds() -> None:
    site = B1.site_id
    book = PermitBook(
        [
            permit("P1", PermitScope.BOX, "B1"),
            permit("P2", PermitScope.SITE, site),
            permit("P3", PermitScope.SPAN, "S2"),
            permit("P4", PermitScope.AREA, f"{B1.lon},{B1.lat},500"),
        ],
        CITY,
    )

    def at(element: str, now: datetime = NOW) -> list[str]:
        return [p.id for p in book.works_at(now, element)]

    assert at("B1") == at("C1-1") == ["P1", "P2", "P4"]
    assert at("B2") == []  # 1,011 m away
    assert at(site) == ["P2", "P4"]
    assert at("S2") == ["P3", "P4"]  # it ends at B1's node
    assert at("S4") == []
    assert at("nobody") == []
    assert at("B1", NOW - timedelta(seconds=1)) == at("B1", NOW + timedelta(hours=4)) == []


def test_permits_are_the_same_in_any_order_and_one_that_is_ended_holds_no_more() -> None:
    one, other = permit("P1", PermitScope.BOX, "B1"), permit("P2", PermitScope.BOX, "B2")
    end = ended_event(one, "DG office", "rain", NOW + timedelta(hours=1))
    events = [issued_event(one, NOW), issued_event(other, NOW), end]
    assert permits_of([*reversed(events), *events]) == permits_of(events)
    (first, second) = permits_of(events)
    assert (first.ends_at, second.ends_at) == (NOW + timedelta(hours=1), NOW + timedelta(hours=4))
    before = permits_of([issued_event(one, NOW), ended_event(one, "x", "", NOW - timedelta(days=1))])
    assert not before[0].holds(NOW)


@pytest.mark.parametrize("text", ["67.03", "a,b,c", "67.03,24.81,0", "67.03,24.81,1e9", "67.03,94.81,300"])
def test_what_is_no_area_is_refused(text: str) -> None:
    with pytest.raises(GisopsError):
        area_of(text)
