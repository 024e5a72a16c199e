"""Whatever happens to alerts: the three rules hold, nothing is said twice, and a life can be replayed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from gisops.alerting.alert import GUARDED
from gisops.alerting.codec import alert_from_json, alert_to_json
from gisops.alerting.engine import step
from gisops.alerting.happening import (
    Acknowledged,
    Assigned,
    Book,
    Happening,
    OutageSeen,
    Page,
    PageKind,
    SilenceAdded,
    SilenceEnded,
    Tick,
    WindowPlanned,
)
from gisops.alerting.policy import Hours, Policy
from gisops.alerting.silence import Silence
from gisops.model.maintenance import MaintenanceWindow
from gisops.model.membership import GroupKind
from gisops.model.outage import Cause
from tests.alert_city import Life, at, outage, setting

POLICY = Policy(
    escalate_after=(timedelta(seconds=100), timedelta(seconds=400)),
    reopen_within=timedelta(seconds=200),
    quiet=Hours(time(17, 5), time(17, 10), ZoneInfo("Asia/Karachi")),  # from 300 s to 600 s
)
ROOTS = ("FD", "B1", "B2", "B3")
CAUSES = (Cause.POWER_CUT, Cause.THEFT, Cause.FIBRE_CUT, Cause.PLANNED_WORK)


@st.composite
def timelines(draw: st.DrawFn) -> list[tuple[float, Happening]]:
    """Draw up to forty happenings in the order of time."""
    seconds = 0.0
    events: list[tuple[float, Happening]] = []
    names = Counter[str]()
    for _ in range(draw(st.integers(1, 40))):
        seconds += draw(st.sampled_from([0, 1, 5, 30, 120]))
        kind = draw(st.sampled_from("ooooooccastwtt"))
        events.append((seconds, draw(happenings(kind, seconds, names))))
    return events


@st.composite
def happenings(draw: st.DrawFn, kind: str, seconds: float, names: Counter[str]) -> Happening:
    root = draw(st.sampled_from(ROOTS))
    name = f"O-{root}-{names[root]}"
    match kind:
        case "o" | "c":
            cause, cameras = draw(st.sampled_from(CAUSES)), draw(st.sampled_from([1, 9, 50]))
            item = outage(name, root, cause, updated_s=seconds, closed_s=seconds if kind == "c" else None)
            names[root] += kind == "c"
            return OutageSeen(item, setting(root, cameras, ROOTS[1:] if root == "FD" else ()))
        case "a":
            return Acknowledged(name, "Bilal")
        case "s":
            ends = draw(st.booleans())
            return SilenceEnded("S1", at(seconds), "Sana") if ends else Assigned(name, "Sana", "Ayesha")
        case "w":
            if draw(st.booleans()):
                window = MaintenanceWindow(f"M{seconds}", GroupKind.BOX, root, at(seconds), at(seconds + 90), "Bilal")
                return WindowPlanned(window)
            silence = Silence("S1", GroupKind.ALL, "all", at(seconds), at(seconds + 200), "Bilal", "works")
            return SilenceAdded(silence)
    return Tick()


def live(timeline: list[tuple[float, Happening]]) -> Life:
    life = Life(Book(POLICY))
    for seconds, happening in timeline:
        life.then(seconds, happening)
    return life


def said(life: Life) -> list[tuple[Page, str, str]]:
    pages = [action for action in life.actions if isinstance(action, Page)]
    return [(p, a.id, s) for p in pages for a, s in zip(p.alerts, p.states, strict=True)]


@settings(max_examples=150)
@given(timelines())
def test_nothing_is_said_twice_and_over_is_said_exactly_where_something_was_said(
    timeline: list[tuple[float, Happening]],
) -> None:
    life = live(timeline)
    life.then(timeline[-1][0] + 1, Tick())
    words = Counter((alert_id, state) for _, alert_id, state in said(life))
    assert set(words.values()) <= {1}
    opened = {(a, s.split(":")[0]) for p, a, s in said(life) if p.kind is not PageKind.RESOLVED}
    ended = {(a, s.split(":")[0]) for p, a, s in said(life) if p.kind is PageKind.RESOLVED}
    assert ended <= opened
    lasting = {(a.id, str(a.round)) for a in life.book.alerts.values() if a.is_live}
    assert opened - ended <= lasting  # no orphan


@settings(max_examples=150)
@given(timelines())
def test_no_page_is_opened_for_what_is_suppressed(timeline: list[tuple[float, Happening]]) -> None:
    for page, alert_id, _ in said(live(timeline)):
        (alert,) = (a for a in page.alerts if a.id == alert_id)
        if page.kind is not PageKind.RESOLVED:
            assert alert.suppressed_by == ()
            assert (
                not POLICY.quiet
                or not POLICY.quiet.holds(page.at)
                or alert.severity == "critical"
                or (alert.cause in GUARDED)
            )


@settings(max_examples=150)
@given(timelines())
def test_suppression_never_stops_monitoring(timeline: list[tuple[float, Happening]]) -> None:
    """With every silence and window taken out, the alerts are the same but for what suppresses and what was said."""
    plain = [(s, h) for s, h in timeline if not isinstance(h, SilenceAdded | SilenceEnded | WindowPlanned)]
    last = timeline[-1][0]
    free, held = live([*plain, (last, Tick())]), live([*timeline, (last, Tick())])

    def watched(life: Life) -> list[object]:
        return [
            replace(a, suppressed_by=(), pages=(), level=0)
            for a in sorted(life.book.alerts.values(), key=lambda a: a.id)
        ]

    assert watched(free) == watched(held)


@settings(max_examples=100)
@given(timelines(), st.integers(0, 40))
def test_a_life_goes_on_from_what_was_written_down_as_if_it_had_not_been_cut(
    timeline: list[tuple[float, Happening]], cut: int
) -> None:
    whole = live(timeline)
    life = live(timeline[:cut])
    alerts = {name: alert_from_json(alert_to_json(alert)) for name, alert in life.book.alerts.items()}
    silences = {name: Silence.from_json(s.to_json()) for name, s in life.book.silences.items()}
    windows = {name: MaintenanceWindow.from_json(w.to_json()) for name, w in life.book.windows.items()}
    life.book = Book(POLICY, alerts, silences, windows)
    for seconds, happening in timeline[cut:]:
        life.then(seconds, happening)
    assert (life.book, life.actions) == (whole.book, whole.actions)


@settings(max_examples=100)
@given(timelines())
def test_what_comes_twice_changes_nothing(timeline: list[tuple[float, Happening]]) -> None:
    book = Book(POLICY)
    for seconds, happening in timeline:
        book, _ = step(book, happening, at(seconds))
        again, actions = step(book, happening, at(seconds))
        assert (again, actions) == (book, ())
