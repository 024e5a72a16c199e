"""The recorded theft at Bilawal House Chowrangi, read back: what docs/bilawal-house.md says of it is so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gisops.cli.main import main
from gisops.model.event import EventKind
from gisops.service.event_lines import read_events

DATA = Path(__file__).parents[2] / "data"
RECORD = DATA / "scenarios" / "bilawal_house.events.jsonl"


def test_the_trail_leads_to_china_port_and_ends_where_it_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["trail", "list", "--inventory", str(DATA), "--events", str(RECORD), "--all", "--json"]
    assert main(words) == 0  # recovered: nobody is away
    (trail,) = json.loads(capsys.readouterr().out)["trails"]
    assert (trail["box"], trail["state"]) == ("BX-CLF-001", "recovered")
    # The way along the roads is 4,101 m; two fixes of 6 m a step of some 50 m lose and gain little.
    assert trail["distance_m"] == pytest.approx(4101, abs=60)
    assert trail["fixes"][-1][:2] == pytest.approx([66.9985, 24.8068], abs=0.0003)  # China Port
    assert [p["id"] for p in trail["passed"]] == ["PS-CLF", "PS-BTB"]


def test_it_was_noticed_taken_on_and_visited_in_the_times_that_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["report", "time-to-notice", "--inventory", str(DATA), "--events", str(RECORD), "--each", "--json"]
    assert main(words) == 0
    (row,) = json.loads(capsys.readouterr().out)["rows"]
    assert (row["root"], row["cause"], row["open"]) == ("BX-CLF-001", "theft", False)
    assert (row["notice_least_s"], row["notice_most_s"]) == (1.2, 2.7)
    assert row["to_acknowledge_s"] == pytest.approx(29.8, abs=0.1)
    assert row["to_visit_s"] == pytest.approx(230.4, abs=0.1)


def test_theft_is_the_likeliest_from_the_first_word_on_though_the_battery_was_empty() -> None:
    events = list(read_events(RECORD))
    causes = [e.payload["cause"] for e in events if e.kind in (EventKind.OUTAGE_OPENED, EventKind.OUTAGE_UPDATED)]
    assert set(causes) == {"theft"}
