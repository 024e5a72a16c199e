"""Whatever comes in whatever order: nothing is lost in folding, nothing is told that did not come."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gisops.health.storm import Notice, Storm, Told

NOON = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)
NOTICES = st.lists(
    st.builds(
        Notice,
        st.sampled_from(["B1", "B2", "B3"]),
        st.sampled_from(["link_down", "link_up", "door"]),
        st.floats(0, 60).map(lambda second: NOON + timedelta(seconds=second)),
        st.tuples(st.integers(0, 2)),
        st.sampled_from(["", "1"]),
    ),
    max_size=60,
)


def run(storm: Storm, notices: list[Notice]) -> list[Told]:
    """Feed notices, with the clock at the latest of them, and end everything."""
    told: list[Told] = []
    now = NOON
    for notice in notices:
        now = max(now, notice.at)
        told += storm.take(notice)
        told += storm.due(now)
    return [*told, *storm.flush()]


def topic(name: str) -> str:
    return "link" if name.startswith("link") else name


def totals(told: list[Told]) -> dict[tuple[str, str, str], tuple[int, datetime, datetime]]:
    counts: dict[tuple[str, str, str], tuple[int, datetime, datetime]] = {}
    for t in told:
        key = (t.device_id, topic(t.name), t.subject)
        count, first, last = counts.get(key, (0, t.first_at, t.last_at))
        counts[key] = (count + t.count, min(first, t.first_at), max(last, t.last_at))
    return counts


@given(NOTICES, st.randoms(use_true_random=False), st.integers(1, 4), st.integers(0, 3))
def test_counts_add_up_in_any_order_and_within_any_bound(
    notices: list[Notice],
    chance: object,
    max_open: int,
    max_changes: int,
) -> None:
    shuffled = list(notices)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    came = Counter((n.device_id, topic(n.name), n.subject) for n in notices)
    for order in (notices, shuffled):
        storm = Storm(max_open=max_open, max_changes=max_changes)
        told = run(storm, order)
        assert {key: count for key, (count, _, _) in totals(told).items()} == came
        assert len(storm) == 0
    assert totals(run(Storm(), notices)) == totals(run(Storm(), shuffled))


@given(NOTICES)
def test_what_comes_twice_is_counted_twice_and_told_no_more(notices: list[Notice]) -> None:
    in_order = sorted(notices, key=lambda n: n.at)
    once = run(Storm(), in_order)
    twice = run(Storm(), [n for notice in in_order for n in (notice, notice)])
    assert sum(t.count for t in twice) == 2 * sum(t.count for t in once)
    # A duplicate never counts as a change; at most it opens the one line of repeats.
    assert sum(t.changes for t in twice) == sum(t.changes for t in once)
    assert len(twice) <= 2 * len(once)


@given(NOTICES, st.integers(0, 3))
def test_the_last_word_of_each_topic_is_the_last_that_came(notices: list[Notice], max_changes: int) -> None:
    in_order = sorted({n.at: n for n in notices}.values(), key=lambda n: n.at)
    told = run(Storm(max_changes=max_changes), in_order)
    last_came = {(n.device_id, topic(n.name), n.subject): (n.name, n.values) for n in in_order}
    last_told = {(t.device_id, topic(t.name), t.subject): (t.name, t.values) for t in told}
    assert last_told == last_came


@given(NOTICES)
def test_windows_are_never_more_than_allowed(notices: list[Notice]) -> None:
    storm = Storm(max_open=3)
    for notice in notices:
        storm.take(notice)
        assert len(storm) <= 3


@given(NOTICES)
def test_every_receipt_comes_out_once(notices: list[Notice]) -> None:
    informs = [Notice(n.device_id, n.name, n.at, n.values, n.subject, receipt) for receipt, n in enumerate(notices)]
    told = run(Storm(), informs)
    assert sorted(r for t in told for r in t.receipts) == list(range(len(notices)))
