"""Batches that wait on disk: in order, never twice, events kept whatever happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gisops.model.event import Event, EventKind
from gisops.model.state import DeviceKind, DeviceState
from gisops.store.batch_codec import decode, encode_facts, encode_samples, merge_prefix
from gisops.store.ports import Batch, Sample, StateRow
from gisops.store.segment_log import SegmentLog
from gisops.store.spool import Spool

T0 = datetime(2026, 11, 21, 18, 0, 0, 123457, UTC)


def batch(number: int, samples: int = 2, state: DeviceState | None = None) -> Batch:
    at = T0 + timedelta(seconds=number)
    return Batch(
        at,
        tuple(Sample(f"C{n}", at, "camera", True, 0.25, (1.5, None, 3.0)) for n in range(samples)),
        (Event(f"e{number}", EventKind.TRAP_RECEIVED, "B1", at, at, {"n": number, "text": "بند"}),),
        (StateRow("B1", DeviceKind.BOX, state, at, None, "silent", {"v": None}),) if state else (),
        (),
        {"C0": at},
    )


def drained(spool: Spool) -> list[Batch]:
    found = []
    while (chunk := spool.peek()) is not None:
        found.append(chunk[0])
        spool.drop_through(chunk[1])
    return found


def test_a_batch_comes_back_as_it_was() -> None:
    whole = batch(1, state=DeviceState.DOWN)
    assert decode(encode_facts(whole), encode_samples(whole)) == whole
    bare = decode(encode_facts(whole), None)
    assert (bare.samples, bare.events) == ((), whole.events)


def test_waiting_batches_become_one_write_but_a_state_is_never_skipped() -> None:
    merged, taken = merge_prefix([batch(n) for n in range(1, 9)], most_samples=10)
    assert (taken, len(merged.samples), len(merged.events)) == (5, 10, 5)
    assert merged.seen == {"C0": T0 + timedelta(seconds=5)}
    assert merged.beat_at == T0 + timedelta(seconds=5)
    flip = [batch(1, state=DeviceState.DOWN), batch(2), batch(3, state=DeviceState.UP)]
    assert merge_prefix(flip, 100)[1] == 2


def test_heartbeats_that_jump_are_not_made_one() -> None:
    # A jump of the heartbeat is read as time in which nobody asked.
    merged, taken = merge_prefix([batch(n) for n in (0, 10, 30, 31)], 100)
    assert (taken, merged.beat_at) == (3, T0 + timedelta(seconds=30))


def test_order_is_kept_over_a_restart_and_what_was_written_is_not_given_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path, segment_bytes=600)
    for number in range(1, 21):
        spool.append(number, batch(number))
    name = spool.id
    spool.close()
    again = Spool(tmp_path, segment_bytes=600)
    assert (again.id, again.last) == (name, 20)
    again.drop_through(7)
    again.append(21, batch(21))
    events = [event.id for chunk in drained(again) for event in chunk.events]
    assert events == [f"e{n}" for n in range(8, 22)]
    assert again.is_empty
    assert sorted(path.name for path in tmp_path.iterdir()) == ["id"]


def test_a_torn_end_is_cut_off_and_the_rest_is_whole(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for number in range(1, 4):
        spool.append(number, batch(number))
    spool.close()
    (facts,) = tmp_path.glob("facts-*.log")
    facts.write_bytes(facts.read_bytes()[:-5])
    again = Spool(tmp_path)
    assert again.last == 2
    again.append(3, batch(3))
    chunks = drained(again)
    assert [e.id for c in chunks for e in c.events] == ["e1", "e2", "e3"]


def test_when_it_is_full_the_oldest_samples_go_and_are_counted_and_events_stay(tmp_path: Path) -> None:
    spool = Spool(tmp_path, most_bytes=12_000, segment_bytes=2000)
    for number in range(1, 41):
        spool.append(number, batch(number, samples=20))
    chunks = drained(spool)
    assert [e.id for c in chunks for e in c.events] == [f"e{n}" for n in range(1, 41)]
    kept = sum(len(c.samples) for c in chunks)
    assert spool.samples_dropped > 0
    assert kept + spool.samples_dropped == 800
    # What is left is the newest, without a hole.
    oldest = min(s.observed_at for c in chunks for s in c.samples)
    assert kept == 20 * (40 - round((oldest - T0).total_seconds()) + 1)


def test_a_full_disk_leaves_the_log_as_it_was(tmp_path: Path) -> None:
    log = SegmentLog(tmp_path, "x")
    log.append(1, 0, b"one")
    log.close()
    with pytest.raises(FileNotFoundError):
        SegmentLog(tmp_path / "gone", "x").append(1, 0, b"one")
    assert [(r.number, r.payload) for r in SegmentLog(tmp_path, "x").records()] == [(1, b"one")]
