"""The schema of the event log is true of what is written, and is what the documentation says."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from gisops.model.event import EventKind
from gisops.model.permit import Permit, PermitScope
from gisops.priors.permits import issued_event
from gisops.service.event_lines import line_of_event
from tests.property.test_replay import played

SCHEMA = json.loads(files("gisops.model").joinpath("events.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("kind", ["theft", "power_cut", "blindness"])
def test_what_a_collector_writes_is_valid(kind: str) -> None:
    _, transcript = played(kind)
    lines = [json.loads(line_of_event(event)) for event in transcript.events]
    assert {EventKind.STATE_CHANGED} < {line["kind"] for line in lines}
    assert [error.message for line in lines for error in VALIDATOR.iter_errors(line)] == []


def test_a_permit_is_valid_and_a_state_that_is_none_is_not() -> None:
    permit = Permit("PT-1", PermitScope.BOX, "B1", NOON, NOON + timedelta(hours=2), "crew")
    line = json.loads(line_of_event(issued_event(permit, NOON)))
    assert VALIDATOR.is_valid(line)
    spoilt = {**line, "kind": "state_changed", "payload": {"new": "asleep"}}
    assert not VALIDATOR.is_valid(spoilt)


def test_the_page_names_every_kind_that_is_replayed() -> None:
    page = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")
    kinds = (
        "state_changed",
        "trap_received",
        "collector_blinded",
        "collector_hears",
        "permit_issued",
        "permit_ended",
    )
    assert [kind for kind in kinds if f"`{kind}`" not in page] == []
