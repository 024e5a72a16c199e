"""The life of an alert, as timelines: who is paged when, and what keeps a page back."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

import pytest

from gisops.alerting.alert import AlertState, Impact, Severity
from gisops.alerting.codec import alert_from_json, alert_to_json
from gisops.alerting.happening import (
    Acknowledged,
    Assigned,
    Book,
    PageKind,
    SilenceAdded,
    SilenceEnded,
    Tick,
    WindowCancelled,
    WindowPlanned,
)
from gisops.alerting.policy import Hours, Policy, severity_of
from gisops.alerting.silence import Silence
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import GroupKind
from gisops.model.outage import Cause
from tests.alert_city import Life, at, outage, seen, setting

KARACHI = ZoneInfo("Asia/Karachi")


def silence(
    start_s: float, end_s: float, causes: tuple[Cause, ...] = (), district: str = "south", outage_id: str = ""
) -> Silence:
    scope = (GroupKind.ALL, "all") if outage_id else (GroupKind.DISTRICT, district)
    return Silence("S1", *scope, at(start_s), at(end_s), "Ayesha", "feeder works", causes, outage_id)


def window(scope: GroupKind, scope_id: str, start_s: float = 0, end_s: float = 3600) -> MaintenanceWindow:
    return MaintenanceWindow("M1", scope, scope_id, at(start_s), at(end_s), "Bilal", "new battery")


# The three rules.


def test_suppression_never_stops_monitoring() -> None:
    life = Life()
    life.then(0, SilenceAdded(silence(0, 3600)))
    life.then(1, seen(outage()))
    life.then(20, seen(outage(updated_s=20, cause=Cause.FIBRE_CUT), setting(cameras=9)))
    alert = life.book.alerts["O1"]
    assert (alert.state, alert.cause, alert.severity) == (AlertState.OPEN, Cause.FIBRE_CUT, Severity.MAJOR)
    assert life.pages() == []
    assert life.then(3600, Tick())[0].kind is PageKind.OPENED  # it still lasts when the silence ends
    life = Life()
    life.then(0, SilenceAdded(silence(0, 3600)))
    life.then(1, seen(outage()))
    life.then(60, seen(outage(closed_s=60)))
    assert life.book.alerts["O1"].state is AlertState.RESOLVED
    assert life.pages() == []  # nobody was told of it, so nobody is told that it is over


@pytest.mark.parametrize(
    "suppress",
    [
        SilenceAdded(silence(30, 3600)),
        WindowPlanned(window(GroupKind.DISTRICT, "south", 30)),
        seen(outage("O0", "FD", opened_s=-60, updated_s=30), setting("FD", scope=["B1"])),
    ],
    ids=["silence", "maintenance", "inhibition"],
)
def test_suppression_stops_only_the_opening_never_the_word_that_it_is_over(suppress) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001
    life = Life()
    life.then(0, seen(outage()))
    life.then(10, Tick())
    life.then(30, suppress)
    assert life.book.alerts["O1"].suppressed_by != ()
    life.then(90, seen(outage(closed_s=90)))
    assert [page for page in life.pages() if "O1" in page] == ["opened O1", "resolved O1"]


def test_quiet_hours_let_the_word_through_that_it_is_over() -> None:
    quiet = Hours(time(17, 1), time(18), KARACHI)  # from 60 s to 3600 s of the timeline
    life = Life(Book(Policy(quiet=quiet)))
    life.then(0, seen(outage()))
    life.then(10, Tick())
    life.then(90, seen(outage(closed_s=90)))
    assert life.pages() == ["opened O1", "resolved O1"]


def test_a_suppressed_alert_says_what_suppresses_it() -> None:
    life = Life(Book(Policy(quiet=Hours(time(17), time(18), KARACHI))))
    life.then(0, SilenceAdded(silence(0, 3600)))
    life.then(0, WindowPlanned(window(GroupKind.BOX, "B1")))
    life.then(0, seen(outage("O0", "FD"), setting("FD", scope=["B1"])))
    life.then(1, seen(outage(opened_s=1)))
    assert life.book.alerts["O1"].suppressed_by == (
        "silence S1 by Ayesha until 2026-03-01T13:00:00+00:00: feeder works",
        "maintenance M1 by Bilal until 2026-03-01T13:00:00+00:00: new battery",
        "alert O0, on which it depends",
        "quiet hours 17:00-18:00",
    )
    assert "suppressed" in life.notes("O1")


# Opening, grouping, changing.


def test_a_page_waits_for_its_group_and_takes_along_who_came_meanwhile() -> None:
    life = Life()
    assert life.then(0, seen(outage("O1", "B1"))) == []
    assert life.then(4, seen(outage("O2", "B2", opened_s=4))) == []
    (page,) = life.then(10, Tick())
    assert [alert.id for alert in page.alerts] == ["O1", "O2"]
    assert life.then(14, seen(outage("O3", "B3", opened_s=14))) == []  # the next page of the group
    life.then(24, Tick())
    life.then(500, Tick())
    assert life.pages() == ["opened O1,O2", "opened O3"]


def test_the_end_waits_for_nobody_even_while_a_change_does() -> None:
    life = Life()
    life.then(0, seen(outage()))
    life.then(10, Tick())
    life.then(20, seen(outage(cause=Cause.FIBRE_CUT, updated_s=20)))
    life.then(21, seen(outage(cause=Cause.FIBRE_CUT, closed_s=21)))
    assert life.pages() == ["opened O1", "resolved O1"]


def test_alerts_of_one_district_and_cause_that_are_due_together_share_a_page() -> None:
    life = Life()
    for number in (1, 2, 3):
        life.then(0, seen(outage(f"O{number}", f"B{number}")))
    life.then(0, seen(outage("O4", "B4"), setting("B4", district="malir")))
    life.then(0, seen(outage("O5", "B5", cause=Cause.FIBRE_CUT)))
    life.then(10, Tick())
    assert life.pages() == ["opened O1,O2,O3", "opened O4", "opened O5"]


def test_theft_waits_for_nobody() -> None:
    quiet = Hours(time(16), time(18), KARACHI)
    life = Life(Book(Policy(quiet=quiet)))
    life.then(0, seen(outage("O0", "FD"), setting("FD", scope=["B1"])))
    (page,) = life.then(1, seen(outage(cause=Cause.THEFT, opened_s=1)))
    assert (page.kind, page.alerts[0].id) == (PageKind.OPENED, "O1")


def test_a_silence_of_a_district_does_not_hide_a_theft_unless_it_names_it() -> None:
    life = Life()
    life.then(0, SilenceAdded(silence(0, 3600)))
    life.then(1, seen(outage(cause=Cause.THEFT)))
    assert life.pages() == ["opened O1"]
    box = replace(silence(0, 3600), scope=GroupKind.BOX, scope_id="B1")
    for named in (silence(0, 3600, (Cause.THEFT,)), silence(0, 3600, outage_id="O1"), box):
        life = Life()
        life.then(0, SilenceAdded(named))
        life.then(1, seen(outage(cause=Cause.THEFT)))
        assert life.pages() == []


@pytest.mark.parametrize(("scope", "is_held"), [(GroupKind.BOX, True), (GroupKind.DISTRICT, False)])
def test_work_on_the_box_explains_an_opened_door_work_on_the_district_does_not(
    scope: GroupKind, is_held: bool
) -> None:
    life = Life()
    life.then(0, WindowPlanned(window(scope, "B1" if scope is GroupKind.BOX else "south")))
    life.then(1, seen(outage(cause=Cause.TAMPER)))
    assert life.pages() == ([] if is_held else ["opened O1"])


def test_another_cause_is_told_once_it_has_held_for_the_wait_and_each_only_once() -> None:
    life = Life()
    life.then(0, seen(outage()))
    life.then(10, Tick())
    life.then(20, seen(outage(cause=Cause.FIBRE_CUT, updated_s=20)))
    life.then(25, seen(outage(cause=Cause.POWER_CUT, updated_s=25)))
    life.then(60, Tick())
    assert life.pages() == ["opened O1"]  # it was fibre for five seconds only
    life.then(70, seen(outage(cause=Cause.FIBRE_CUT, updated_s=70)))
    life.then(80, Tick())
    life.then(90, seen(outage(cause=Cause.POWER_CUT, updated_s=90)))
    life.then(200, Tick())
    assert life.pages() == ["opened O1", "changed O1"]


def test_worse_is_told_even_when_somebody_has_it_and_better_is_not() -> None:
    life = Life()
    life.then(0, seen(outage()))
    life.then(10, Tick())
    life.then(20, Acknowledged("O1", "Bilal"))
    life.then(30, seen(outage(updated_s=30), setting(cameras=50)))
    life.then(40, Tick())
    life.then(50, seen(outage(updated_s=50), setting(cameras=2)))
    life.then(99, Tick())
    assert life.pages() == ["opened O1", "changed O1"]


# Inhibition.


def test_a_dependent_is_paged_when_its_root_is_back_and_it_is_not() -> None:
    life = Life()
    life.then(0, seen(outage("O0", "FD"), setting("FD", scope=["B1", "B2"])))
    life.then(0, seen(outage("O1", "B1")))
    life.then(10, Tick())
    assert life.pages() == ["opened O0"]
    life.then(60, seen(outage("O0", "FD", closed_s=60), setting("FD", scope=["B1", "B2"])))
    assert life.pages() == ["opened O0", "resolved O0", "opened O1"]


def test_of_two_that_depend_on_each_other_the_earlier_is_told() -> None:
    life = Life()
    life.then(0, seen(outage("O1", "B1"), setting("B1", scope=["B2"])))
    life.then(1, seen(outage("O2", "B2", opened_s=1), setting("B2", scope=["B1"])))
    life.then(60, Tick())
    assert life.pages() == ["opened O1"]


# Taking on and escalation.


def test_nobody_takes_it_on_so_it_escalates_level_by_level() -> None:
    life = Life()
    life.then(0, seen(outage()))
    life.then(10, Tick())
    for seconds in (609, 610, 611, 1809, 1810, 9999):
        life.then(seconds, Tick())
    assert life.pages() == ["opened O1", "escalated O1", "escalated O1"]
    assert [page.at for page in life.book.alerts["O1"].pages] == [at(10), at(610), at(1810)]


@pytest.mark.parametrize("claim", [Acknowledged("O1", "Bilal"), Assigned("O1", "Bilal", "Ayesha")])
def test_whoever_takes_it_on_ends_the_escalation(claim: Acknowledged | Assigned) -> None:
    life = Life()
    life.then(0, seen(outage()))
    life.then(10, Tick())
    life.then(60, claim)
    life.then(99_999, Tick())
    assert life.pages() == ["opened O1"]
    assert life.book.alerts["O1"].claimed_by == "Bilal"


def test_whoever_was_first_keeps_it_until_it_is_given_to_another() -> None:
    life = Life()
    life.then(0, seen(outage()))
    life.then(1, Acknowledged("O1", "Bilal"))
    life.then(2, Acknowledged("O1", "Sana"))
    assert life.book.alerts["O1"].claimed_by == "Bilal"
    life.then(3, Assigned("O1", "Sana", "Ayesha"))
    assert (life.book.alerts["O1"].claimed_by, life.book.alerts["O1"].state) == ("Sana", AlertState.ASSIGNED)
    assert life.notes("O1")[1:] == ["acknowledged", "assigned to Sana"]


def test_taken_on_before_the_first_page_nobody_is_woken() -> None:
    life = Life()
    life.then(0, seen(outage()))
    life.then(5, Acknowledged("O1", "Bilal"))
    life.then(60, Tick())
    life.then(90, seen(outage(closed_s=90)))
    assert life.pages() == []


# Resolved and reopened.


def test_the_same_root_lost_again_soon_is_the_same_alert_in_its_next_round() -> None:
    life = Life()
    life.then(0, seen(outage("O1")))
    life.then(10, Tick())
    life.then(60, Acknowledged("O1", "Bilal"))
    life.then(100, seen(outage("O1", closed_s=100)))
    life.then(200, seen(outage("O2", opened_s=200)))
    alert = life.book.alerts["O1"]
    assert (alert.state, alert.round, alert.outage_id, alert.claimed_by) == (AlertState.REOPENED, 2, "O2", "")
    life.then(210, Tick())
    life.then(300, seen(outage("O2", opened_s=200, closed_s=300)))
    assert life.pages() == ["opened O1", "resolved O1", "reopened O1", "resolved O1"]


def test_after_half_an_hour_it_is_another_alert() -> None:
    life = Life()
    life.then(0, seen(outage("O1")))
    life.then(100, seen(outage("O1", closed_s=100)))
    life.then(1901, seen(outage("O2", opened_s=1901)))
    assert set(life.book.alerts) == {"O2"}


def test_late_and_doubled_events_change_nothing() -> None:
    life = Life()
    events = [
        seen(outage("O1")),
        seen(outage("O1", updated_s=20, cause=Cause.FIBRE_CUT)),
        seen(outage("O1", closed_s=100)),
    ]
    for seconds, event in zip((0, 20, 100), events, strict=True):
        life.then(seconds, event)
    book, pages = life.book, life.pages()
    for event in (*events, *events):
        life.then(101, event)
    assert (life.book, life.pages()) == (book, pages)


def test_what_is_taken_into_another_outage_is_not_said_to_be_over() -> None:
    life = Life()
    life.then(0, seen(outage("O1", "B1")))
    life.then(10, Tick())
    wider = replace(outage("O0", "FD", updated_s=60), member_ids=("B1", "FD"))
    life.then(60, seen(wider, setting("FD", scope=["B1"])))
    (page,) = life.then(60, seen(outage("O1", "B1", closed_s=60)))
    assert (page.kind, page.alerts[0].part_of) == (PageKind.RESOLVED, "O0")
    assert life.notes("O1")[-2] == "taken into O0"


def test_what_comes_back_while_another_lasts_is_over() -> None:
    life = Life()
    life.then(0, seen(outage("O0", "FD"), setting("FD", scope=["B1"])))
    life.then(0, seen(outage("O1", "B1", cause=Cause.THEFT)))
    life.then(10, Tick())
    (page,) = life.then(60, seen(outage("O1", "B1", cause=Cause.THEFT, closed_s=60)))
    assert (page.kind, page.alerts[0].part_of) == (PageKind.RESOLVED, "")


# Windows and silences end.


def test_a_silence_or_window_that_is_taken_back_holds_no_longer() -> None:
    life = Life()
    life.then(0, SilenceAdded(silence(0, 3600)))
    life.then(0, WindowPlanned(window(GroupKind.BOX, "B1")))
    life.then(1, seen(outage()))
    life.then(30, SilenceEnded("S1", at(30), "Ayesha"))
    assert life.pages() == []
    life.then(40, WindowCancelled("M1", at(40)))
    assert life.pages() == ["opened O1"]
    assert life.notes("S1") == ["silence until 2026-03-01T13:00:00+00:00", "ended"]


def test_quiet_hours_hold_what_is_not_critical_until_they_end() -> None:
    life = Life(Book(Policy(quiet=Hours(time(16), time(18), KARACHI))))
    life.then(0, seen(outage("O1", "B1")))
    life.then(0, seen(outage("O2", "B2"), setting("B2", cameras=40)))
    life.then(10, Tick())
    assert life.pages() == ["opened O2"]
    life.then(3600, Tick())
    assert life.pages() == ["opened O2", "opened O1", "escalated O2", "escalated O2"]


# Grades and codec.


@pytest.mark.parametrize(
    ("impact", "cause", "severity"),
    [
        (Impact(), Cause.UNKNOWN, Severity.INFO),
        (Impact(boxes_lost=1), Cause.UNKNOWN, Severity.MINOR),
        (Impact(cameras_lost=7), Cause.POWER_CUT, Severity.MINOR),
        (Impact(cameras_lost=8), Cause.POWER_CUT, Severity.MAJOR),
        (Impact(cameras_lost=40), Cause.POWER_CUT, Severity.CRITICAL),
        (Impact(cameras_lost=1, critical_places=("Consulate",)), Cause.CAMERA_FAULT, Severity.CRITICAL),
        (Impact(cameras_lost=1, blind_hot_spots=("Teen Talwar",)), Cause.CAMERA_FAULT, Severity.MAJOR),
        (Impact(cameras_lost=4, enforcement_lanes=4), Cause.BOX_FAULT, Severity.MAJOR),
        (Impact(cameras_lost=1), Cause.VENDOR_SHUTDOWN, Severity.MAJOR),
        (Impact(cameras_lost=99), Cause.PLANNED_WORK, Severity.INFO),
        (Impact(cameras_lost=99, critical_places=("Consulate",)), Cause.PLANNED_WORK, Severity.MINOR),
    ],
)
def test_severity_is_that_of_the_impact(impact: Impact, cause: Cause, severity: Severity) -> None:
    assert severity_of(impact, cause, Policy()) is severity


def test_an_alert_is_read_as_it_was_written() -> None:
    life = Life(Book(Policy(group_wait=timedelta(0))))
    life.then(0, SilenceAdded(replace(silence(5, 3600), reason="ینڈ")))
    life.then(0, seen(outage()))
    life.then(6, Assigned("O1", "Sana", "Ayesha"))
    life.then(9, seen(outage(closed_s=9)))
    alert = life.book.alerts["O1"]
    assert alert_from_json(alert_to_json(alert)) == alert
    kept = silence(5, 3600, (Cause.THEFT,), outage_id="O1")
    assert Silence.from_json(kept.to_json()) == kept
