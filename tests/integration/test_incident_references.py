"""References to events of other systems: every look on record, nothing kept beyond its time; and the past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import asyncpg
import psycopg
import pytest

from gisops.errors import ConfigError
from gisops.incidents.record import Precision, Reference
from gisops.store.housekeeping import PgHousekeeping
from gisops.store.incident_reader import IncidentReader, Look
from gisops.store.incident_writer import Checkpoint, IncidentWriter
from gisops.store.reference_retention import forget_references
from gisops.store.sessions import connect

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KARACHI = ZoneInfo("Asia/Karachi")


def reference(number: str, kind: str, days_ago: float) -> Reference:
    at = NOW - timedelta(days=days_ago)
    return Reference(
        "vms", number, kind, at, 67.03, 24.81, Precision.EXACT, 0.0, 0.9, f"https://vms.example/{number}"
    )


@pytest.fixture
def dsn(postgres_dsn: str) -> str:
    writer = IncidentWriter(postgres_dsn)
    writer.declare_references({"face_match": 7, "anpr": 30})
    mark = Checkpoint("key", "file", "vms", 1, {}, 0, NOW)
    batch = [
        reference("f1", "face_match", 1), reference("f8", "face_match", 8), reference("a8", "anpr", 8),
        reference("a40", "anpr", 40),
    ]  # fmt: skip
    assert writer.write_references(batch, {}, mark)["new"] == 4
    assert writer.write_references(batch, {}, mark) == {"new": 0, "same": 4}
    writer.close()
    return postgres_dsn


@pytest.fixture
def reader(dsn: str) -> Iterator[IncidentReader]:
    made = IncidentReader(dsn)
    yield made
    made.close()


def test_a_look_is_on_record_with_its_reason_and_stays_there(dsn: str, reader: IncidentReader) -> None:
    look = Look("inspector", "FIR 12/26", NOW - timedelta(days=9), NOW, ["face_match"])
    assert [r.source_id for r in reader.references(look, NOW)] == ["f8", "f1"]
    ((at, who, why, asked, found),) = reader.looks()
    assert (at, who, why, found, asked["kinds"]) == (NOW, "inspector", "FIR 12/26", 2, ["face_match"])
    with psycopg.connect(dsn, autocommit=True) as connection:
        for statement in (
            "DELETE FROM reference_look",
            "UPDATE reference_look SET who = 'x'",
            "TRUNCATE reference_look",
        ):
            with pytest.raises(psycopg.errors.RaiseException, match="only added to"):
                connection.execute(statement.encode())
    assert len(reader.looks()) == 1


@pytest.mark.parametrize(("who", "why"), [("", "FIR"), ("me", " ")])
def test_nobody_looks_without_a_name_and_a_reason(reader: IncidentReader, who: str, why: str) -> None:
    with pytest.raises(ConfigError, match="who looks, and why"):
        reader.references(Look(who, why, NOW - timedelta(days=9), NOW), NOW)
    assert reader.looks() == []


async def test_each_kind_is_forgotten_in_its_own_time(dsn: str) -> None:
    connection: asyncpg.Connection = await connect(dsn)
    try:
        assert await forget_references(connection, NOW) == 2
        left = [
            row["source_id"] for row in await connection.fetch("SELECT source_id FROM reference_event ORDER BY 1")
        ]
        assert left == ["a8", "f1"]
        # A shorter time holds for what is there already.
        await connection.execute("UPDATE reference_kind SET retain_days = 5 WHERE kind = 'anpr'")
    finally:
        await connection.close()
    housekeeping = PgHousekeeping(dsn, KARACHI)
    assert (await housekeeping.retain(NOW)).references == 1
    await housekeeping.close()


def test_the_past_is_read_as_it_was(dsn: str, reader: IncidentReader) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(
            "INSERT INTO state_history VALUES ('C', 'up', '', %(a)s, %(b)s), ('C', 'down', '', %(b)s, NULL)",
            {"a": NOW - timedelta(hours=5), "b": NOW - timedelta(hours=1)},
        )
    assert reader.states(NOW - timedelta(hours=2)) == {"C": ("up", NOW - timedelta(hours=5))}
    assert reader.states(NOW)["C"][0] == "down"
    assert reader.states(NOW - timedelta(hours=6)) == {}
    history = reader.history(NOW - timedelta(hours=2), NOW)
    assert [(device, state) for _, device, state in history] == [("C", "up"), ("C", "down")]
    assert len(reader.history(NOW - timedelta(minutes=30), NOW)) == 1
