"""What a contractor owes: terms from a file, measures held against them, rows worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gisops.errors import ConfigError
from gisops.health.availability import Counts, Line, OutageCounts, Times
from gisops.health.sla import judge_contract
from gisops.health.sla_terms import Measure, Step, Terms, read_terms, terms_of
from gisops.model.membership import GroupKind
from gisops.model.state import DeviceKind
from gisops.service.ask_sla import months
from gisops.service.report_sla import COLUMNS, Findings, sla_rows, sla_summary

HEAD = 'name = "C"\ncurrency = "PKR"\nfee_per_month = 1_000_000\n'
STEPS = (
    Step(Measure.AVAILABILITY_PCT, 99.5, is_below=True, share_pct=1.0),
    Step(Measure.AVAILABILITY_PCT, 97.0, is_below=True, share_pct=8.0),
    Step(Measure.MTTR_H, 6.0, is_below=False, share_pct=2.0),
    Step(Measure.OVERDUE, 0.0, is_below=False, each=5_000.0),
)
TERMS = Terms("C", "PKR", 1_000_000.0, steps=STEPS)
T0 = datetime(2026, 3, 1, tzinfo=UTC)
GOOD: dict[Measure, float | None] = {Measure.AVAILABILITY_PCT: 99.5, Measure.MTTR_H: 6.0, Measure.OVERDUE: 0}


def test_what_is_met_exactly_costs_nothing() -> None:
    verdict = judge_contract(TERMS, "A", GOOD, 100.0, timedelta(days=30))
    assert (verdict.fee, verdict.owed, verdict.penalty, verdict.not_judged) == (1_000_000.0, (), 0.0, ())


@pytest.mark.parametrize(
    ("measure", "value", "amount"),
    [
        (Measure.AVAILABILITY_PCT, 99.49, 10_000.0),
        (Measure.AVAILABILITY_PCT, 97.0, 10_000.0),
        (Measure.AVAILABILITY_PCT, 96.9, 80_000.0),  # the dearest step, not both
        (Measure.MTTR_H, 6.1, 20_000.0),
        (Measure.OVERDUE, 7, 35_000.0),
    ],
)
def test_each_measure_costs_its_dearest_missed_step(measure: Measure, value: float, amount: float) -> None:
    verdict = judge_contract(TERMS, "A", GOOD | {measure: value}, 100.0, timedelta(days=30))
    assert verdict.penalty == pytest.approx(amount)
    assert [(item.measure, item.value) for item in verdict.owed] == [(measure, value)]


def test_the_fee_is_in_proportion_to_the_period_and_the_contractor() -> None:
    terms = Terms("C", "PKR", 1_000_000.0, {"B": 3_000_000.0}, steps=STEPS)
    verdict = judge_contract(terms, "B", GOOD | {Measure.MTTR_H: 9.0, Measure.OVERDUE: 1}, 100.0, timedelta(days=10))
    assert verdict.fee == pytest.approx(1_000_000.0)
    assert verdict.penalty == pytest.approx(20_000.0 + 5_000.0)


def test_no_more_than_the_terms_allow_is_owed() -> None:
    terms = Terms("C", "PKR", 1_000_000.0, most_pct=5.0, steps=STEPS)
    verdict = judge_contract(terms, "A", GOOD | {Measure.AVAILABILITY_PCT: 90.0}, 100.0, timedelta(days=30))
    assert (verdict.penalty, verdict.is_capped) == (50_000.0, True)


def test_what_is_not_known_is_not_judged() -> None:
    terms = Terms("C", "PKR", 1_000_000.0, least_known_pct=90.0, steps=STEPS)
    bad: dict[Measure, float | None] = {Measure.AVAILABILITY_PCT: 50.0, Measure.MTTR_H: None, Measure.OVERDUE: 1}
    verdict = judge_contract(terms, "A", bad, 89.9, timedelta(days=30))
    assert verdict.penalty == 5_000.0
    assert verdict.not_judged == (Measure.AVAILABILITY_PCT, Measure.MTTR_H)
    assert judge_contract(terms, "A", bad, 90.0, timedelta(days=30)).penalty == 85_000.0


def test_the_shipped_terms_can_be_read() -> None:
    terms = read_terms(Path("data/contract.toml"))
    assert (terms.currency, terms.autonomy_h, terms.most_pct, terms.least_known_pct) == ("PKR", 8.0, 10.0, 90.0)
    assert terms.fees == {"Contractor A (demo)": 6_000_000.0}
    assert terms.kinds == tuple(DeviceKind)
    assert len(terms.steps) == 7


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD.replace("currency", "curency"), "c.toml:2: the contract has the unknown key curency: did you mean"),
        (HEAD.replace("1_000_000", "-1"), "c.toml:3: the contract has fee_per_month = -1: write 0 or more"),
        (HEAD + "most_pct = 101\n", "c.toml:4: the contract has most_pct = 101: write a number from 0 to 100"),
        (HEAD + '[[step]]\nmeasure = "mtr_h"\nabove = 1\neach = 1\n', "c.toml:5: step 1 has measure = 'mtr_h': did"),
        (HEAD + '[[step]]\nmeasure = "mttr_h"\nabove = 1\neach = 1\n', "c.toml:7: step 1 has each, but mttr_h is no"),
        (HEAD + '[[step]]\nmeasure = "overdue"\neach = 1\n', "c.toml:4: step 1 needs one of below and above"),
        (HEAD + '[[step]]\nmeasure = "overdue"\nabove = 1\n', "c.toml:4: step 1 needs one of share_pct and each"),
        (HEAD + ('[[fee]]\ncontractor = "A"\nper_month = 1\n' * 2), "c.toml:8: fee 2 names a contractor twice"),
        ("name = \n", "c.toml:1: not valid TOML"),
    ],
)
def test_a_mistake_in_the_terms_is_named_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        terms_of(text, "c.toml")
    assert str(caught.value).startswith(said)


def line(key: tuple[str, ...], lost_h: float) -> Line:
    """A hundred device-hours, all known."""
    times = Times(available_s=(100 - lost_h) * 3600, lost_s=lost_h * 3600)
    return Line(key, 2, times, Counts(2, 2, 8 * 3600.0 * 2), OutageCounts())


def findings(*keys: tuple[str, ...]) -> Findings:
    return Findings(
        (T0, T0 + timedelta(days=30)),
        [line(key, 2.0) for key in keys],
        [
            {"contractor": "A", "district": "South", "episodes": 2, "contract": "missed"},
            {"contractor": "A", "district": "West", "episodes": 1, "contract": "met"},
            {"contractor": "B", "district": "West", "episodes": 0, "contract": None},
        ],
        [
            {"contractor": "A", "district": "South", "state": "overdue", "seal": "missing"},
            {"contractor": "A", "district": "West", "state": "never", "seal": "present"},
            {"contractor": "A", "district": "West", "state": "not_commissioned", "seal": "missing"},
            {"contractor": "B", "district": "West", "state": "in_time", "seal": "present"},
        ],
        [{"contractor": "A", "district": "South", "cause": cause} for cause in ("theft", "theft", "tamper", "theft")],
    )


def test_a_contractor_has_one_row_with_what_it_owes() -> None:
    first, second = sla_rows([findings(("A",), ("B",))], TERMS, (GroupKind.CONTRACTOR,), {})
    assert set(first) == set(COLUMNS)
    assert (first["availability_pct"], first["mttr_h"], first["known_pct"]) == (98.0, 8.0, 100.0)
    assert (first["autonomy_measured"], first["autonomy_missed"], first["overdue"], first["seals"]) == (2, 1, 2, 1)
    assert (first["thefts"], first["tampers"]) == (3, 1)
    # 1 % for availability, 2 % for the time to restore, two boxes overdue.
    assert (first["fee"], first["penalty"], first["penalty_pct"]) == (1_000_000.0, 40_000.0, 4.0)
    assert [p["measure"] for p in first["penalties"]] == ["availability_pct", "mttr_h", "overdue"]
    # Nobody measured a battery of the other: that is not zero.
    assert (second["autonomy_measured"], second["autonomy_missed"], second["overdue"]) == (0, None, 0)
    assert sla_summary([first, second], TERMS)["penalty"] == 70_000.0


def test_a_district_is_measured_and_not_judged() -> None:
    by = (GroupKind.CONTRACTOR, GroupKind.DISTRICT)
    names = {(GroupKind.DISTRICT, "south"): "South"}
    (row,) = sla_rows([findings(("A", "south"))], TERMS, by, names)
    assert (row["district"], row["overdue"], row["autonomy_missed"]) == ("South", 1, 1)
    assert row["penalty"] is None


def test_without_terms_nothing_is_owed_and_nothing_is_said_to_be_met() -> None:
    rows = sla_rows([findings(("A",))], None, (GroupKind.CONTRACTOR,), {})
    assert (rows[0]["fee"], rows[0]["penalty"], sla_summary(rows, None)["penalty"]) == (None, None, None)


def test_months_are_those_of_karachi_and_leave_nothing_out() -> None:
    whole = (datetime(2025, 12, 30, 20, tzinfo=UTC), datetime(2026, 2, 28, 19, tzinfo=UTC))
    found = months(whole, ZoneInfo("Asia/Karachi"))
    assert [b for _, b in found] == [
        datetime(2025, 12, 31, 19, tzinfo=UTC),
        datetime(2026, 1, 31, 19, tzinfo=UTC),
        datetime(2026, 2, 28, 19, tzinfo=UTC),
    ]
    assert (found[0][0], [a for a, _ in found[1:]]) == (whole[0], [b for _, b in found[:-1]])
