"""Times to notice, acknowledge, visit and repair, worked out by hand from a log in any order."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gisops.cli.main import main
from gisops.errors import ConfigError
from gisops.model.event import Event, EventKind
from gisops.model.outage import Cause, Outage
from gisops.service.event_lines import event_of_line, line_of_event, read_events
from gisops.service.report_notice import notice_rows, notice_summary
from tests.cities import small_city
from tests.inventories import write_small_inventory

T0 = datetime(2026, 3, 1, 21, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def event(kind: EventKind, subject: str, occurred: float, recorded: float, payload: dict[str, Any]) -> Event:
    return Event(f"{kind}:{subject}:{occurred}", kind, subject, at(occurred), at(recorded), payload)


def lost(device: str, seen: float | None, missed: float) -> Event:
    payload: dict[str, Any] = {
        "device_kind": "box", "old": "up", "new": "down", "reason": "", "metrics": {},
        "since": at(missed).isoformat(), "seen_at": at(seen).isoformat() if seen is not None else None,
    }  # fmt: skip
    return event(EventKind.STATE_CHANGED, device, missed, missed + 1, payload)


def outage(name: str, root: str, opened: float, closed: float | None = None) -> Outage:
    ends = at(closed) if closed is not None else None
    return Outage(name, root, (root,), at(opened), at(closed or opened), ends, {Cause.THEFT: 1.0})


def story() -> list[Event]:
    return [
        lost("B1", 70, 100),
        event(EventKind.OUTAGE_OPENED, "O1", 100, 112, outage("O1", "B1", 100).to_json()),
        event(EventKind.OUTAGE_ACKNOWLEDGED, "O1", 172, 172, {"by": "Sana", "note": ""}),
        event(EventKind.OUTAGE_VISITED, "O1", 1312, 1400, {"by": "Bilal", "note": "", "found": "plinth empty"}),
        event(EventKind.OUTAGE_REPAIRED, "O1", 7000, 7000, {"by": "Bilal", "note": "", "found": ""}),
        event(EventKind.OUTAGE_CLOSED, "O1", 7312, 7312, outage("O1", "B1", 100, 7312).to_json()),
        lost("B2", None, 500),
        event(EventKind.OUTAGE_OPENED, "O2", 500, 530, outage("O2", "B2", 500).to_json()),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_the_times_of_an_outage_are_those_of_its_log_in_any_order(seed: int) -> None:
    events = [*story(), *story()]
    random.Random(seed).shuffle(events)  # noqa: S311 - chance, not secrecy
    second, first = notice_rows(events, small_city())
    assert (first["onset_after"], first["onset_by"]) == (at(70).isoformat(), at(100).isoformat())
    names = ("notice_least_s", "notice_most_s", "to_acknowledge_s", "to_visit_s", "to_repair_s")
    assert [first[name] for name in names] == [12.0, 42.0, 60.0, 1200.0, 7200.0]
    assert (first["acknowledged_by"], first["visited_by"], first["open"]) == ("Sana", "Bilal", False)
    assert [second[name] for name in names] == [30.0, None, None, None, None]
    assert second["open"] is True


def test_an_alert_on_a_door_before_the_loss_says_nothing_of_the_onset() -> None:
    early = outage("O1", "B1", 60)  # the door; the loss comes at 100, after an answer at 70
    events = [lost("B1", 70, 100), event(EventKind.OUTAGE_OPENED, "O1", 60, 61, early.to_json())]
    (row,) = notice_rows(events, small_city())
    assert (row["onset_after"], row["onset_by"]) == (at(70).isoformat(), at(100).isoformat())
    assert (row["notice_least_s"], row["notice_most_s"]) == (0.0, 0.0)


def test_contractors_are_told_apart_and_who_never_came_is_not_quick() -> None:
    city = small_city()
    rows = notice_rows(story(), city)
    found = {row["contractor"]: row for row in notice_summary(rows)}
    own = found[city.boxes["B1"].contractor]
    assert own["to_acknowledge_s"] == 60.0
    assert own["outages"] >= own["acknowledged"] == 1


def test_an_outage_that_began_before_the_record_is_passed_over() -> None:
    assert notice_rows([e for e in story() if e.kind is not EventKind.OUTAGE_OPENED], small_city()) == []


def test_a_file_of_events_is_the_same_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(line_of_event(e) for e in story()) + b'\n{"kind": "of_a_later_gisops"}\n')
    assert list(read_events(path)) == story()
    folder = str(write_small_inventory(tmp_path / "city"))
    report = ["report", "time-to-notice", "--inventory", folder, "--events", str(path), "--json"]
    assert main([*report, "--each", "--within", "3600"]) == 1  # the second waits 6,782 s for anybody
    shown = json.loads(capsys.readouterr().out)
    assert [row["to_acknowledge_s"] for row in shown["rows"]] == [None, 60.0]
    assert shown["summary"] == {"outages": 2, "open": 1, "never_acknowledged": 1, "never_visited": 1, "late": 1}
    assert main([*report, "--within", "7000"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["contractor"] == "Contractor"


def lines() -> Sequence[tuple[bytes, str]]:
    return [(b"{", "is no event"), (b"[]", "is no event"), (b'{"kind": "box_moved"}', "is no event")]


@pytest.mark.parametrize(("line", "says"), lines())
def test_a_line_that_is_no_event_says_which(line: bytes, says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        event_of_line("events.jsonl line 3", line)
