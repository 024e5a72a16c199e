"""Incidents into a real database: what becomes of each row, twice, cut off, and from two systems."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from gisops.errors import StoreError
from gisops.incidents.record import Incident
from gisops.inventory.load import load_inventory
from gisops.model.inventory import Inventory
from gisops.service import import_incidents as service
from gisops.service.import_incidents import import_incidents
from gisops.store.incident_writer import Checkpoint, IncidentWriter, Merging
from tests.incident_files import CAD_MAP, write_cad, write_map

pytestmark = pytest.mark.integration

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DATA = Path("data")


@pytest.fixture(scope="module")
def city() -> tuple[Path, Inventory]:
    return DATA, load_inventory(DATA)


@pytest.fixture
def writer(postgres_dsn: str) -> Iterator[IncidentWriter]:
    made = IncidentWriter(postgres_dsn)
    yield made
    made.close()


def rows_of(dsn: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(sql.encode()).fetchall()


def test_each_row_is_taken_or_refused_with_its_reason(
    tmp_path: Path, city: tuple[Path, Inventory], writer: IncidentWriter, postgres_dsn: str
) -> None:
    file = write_cad(
        tmp_path / "cad.csv",
        [
            "1,28/02/2026 21:30,Mobile Chheena,67.0300,24.8130,",
            "2,28/02/2026 22:00,RTA,,,near 3 Talwaar Clifton",
            "3,30/02/2026 22:00,RTA,67.03,24.81,",
            "4,28/02/2026 22:00,Elopement,67.03,24.81,",
            "5,28/02/2026 22:00,RTA,24.81,67.03,",
            "6,28/02/2026 22:00,RTA,,,Shara Faisal",
            "7,01/03/2026 23:00,RTA,67.03,24.81,",
        ],
    )
    report = import_incidents(file, write_map(tmp_path / "cad.toml"), city, writer, lambda: NOW)
    assert (report.read, report.new, report.refused) == (7, 2, 5)
    with Path(report.rejects or "").open(encoding="utf-8") as stream:
        reasons = {row["line"]: row["reason"] for row in csv.DictReader(stream)}
    assert reasons == {
        "4": "'30/02/2026 22:00' is no time of the form %d/%m/%Y %H:%M",
        "5": "unknown category 'Elopement': name it in [categories] of the map",
        "6": "24.81, 67.03 is outside the city: lon and lat are swapped",
        "7": "Shahrah-e-Faisal is 15.7 km long: name a crossing or a place on it",
        "8": "'01/03/2026 23:00' is in the future",
    }
    found = rows_of(postgres_dsn, "SELECT category, occurred_at, precision, place FROM incident ORDER BY occurred_at")
    assert found == [
        ("street_robbery", datetime(2026, 2, 28, 16, 30, tzinfo=UTC), "exact", None),
        ("road_accident", datetime(2026, 2, 28, 17, 0, tzinfo=UTC), "street", "Teen Talwar"),
    ]


def test_the_same_file_again_changes_nothing_and_a_correction_moves_its_incident(
    tmp_path: Path, city: tuple[Path, Inventory], writer: IncidentWriter, postgres_dsn: str
) -> None:
    row = "1,28/02/2026 21:30,Mobile Chheena,67.0300,24.8130,"
    mapping = write_map(tmp_path / "cad.toml")
    first = import_incidents(write_cad(tmp_path / "a.csv", [row]), mapping, city, writer, lambda: NOW)
    again = import_incidents(write_cad(tmp_path / "a.csv", [row, row]), mapping, city, writer, lambda: NOW)
    moved = import_incidents(
        write_cad(tmp_path / "b.csv", [row.replace("67.0300", "67.0400")]), mapping, city, writer, lambda: NOW
    )
    assert (first.new, again.new, again.same, moved.changed) == (1, 0, 2, 1)
    assert rows_of(postgres_dsn, "SELECT lon, reports FROM incident") == [(67.04, 1)]


def test_reports_of_two_systems_close_in_place_and_time_are_one_incident(
    tmp_path: Path, city: tuple[Path, Inventory], writer: IncidentWriter, postgres_dsn: str
) -> None:
    # 0.001 degrees of latitude are 111 m, 0.003 are 332 m; merged within 150 m and 15 minutes.
    cad = write_cad(
        tmp_path / "cad.csv",
        [
            "1,28/02/2026 21:30,RTA,67.0300,24.8130,",
            "2,28/02/2026 23:30,RTA,67.0300,24.8130,",
        ],
    )
    other = write_cad(
        tmp_path / "rescue.csv",
        [
            "A,28/02/2026 21:40,RTA,67.0300,24.8140,",
            "B,28/02/2026 21:41,RTA,67.0300,24.8141,",
            "C,28/02/2026 23:30,RTA,67.0300,24.8160,",
            "D,28/02/2026 23:50,RTA,67.0300,24.8130,",
            "E,28/02/2026 23:30,Fire,67.0300,24.8130,",
        ],
    )
    import_incidents(cad, write_map(tmp_path / "cad.toml"), city, writer, lambda: NOW)
    rescue = write_map(tmp_path / "rescue.toml", CAD_MAP.replace('"cad"', '"rescue"'))
    report = import_incidents(other, rescue, city, writer, lambda: NOW)
    assert (report.merged, report.new) == (1, 4), "one a system; B is a second accident, C too far, D too late"
    joined = rows_of(
        postgres_dsn, "SELECT source_id FROM incident_report WHERE incident_id IN "
        "(SELECT id FROM incident WHERE reports = 2) ORDER BY 1",
    )  # fmt: skip
    assert joined == [("1",), ("A",)]


class CutOff:
    """A writer that fails at its n-th batch, as a kill would."""

    def __init__(self, writer: IncidentWriter, after: int) -> None:
        self._writer, self._left = writer, after
        self.checkpoint = writer.checkpoint
        self.declare_references = writer.declare_references
        self.write_references = writer.write_references

    def write_incidents(
        self, batch: Sequence[Incident], merging: Merging, then: Mapping[str, int], mark: Checkpoint
    ) -> dict[str, int]:
        if self._left == 0:
            raise StoreError("database", "gone", "try again")
        self._left -= 1
        return self._writer.write_incidents(batch, merging, then, mark)


def test_an_import_that_was_cut_off_goes_on_after_its_last_batch(
    tmp_path: Path, city: tuple[Path, Inventory], writer: IncidentWriter, postgres_dsn: str
) -> None:
    count = 2 * service.BATCH + 100
    rows = [
        f"{n},28/02/2026 21:30,{'RTA' if n % 100 else 'Nonsense'},{67.0 + n * 1e-5:.5f},24.8130,"
        for n in range(count)
    ]
    file, mapping = write_cad(tmp_path / "cad.csv", rows), write_map(tmp_path / "cad.toml")
    with pytest.raises(StoreError):
        import_incidents(file, mapping, city, CutOff(writer, 1), lambda: NOW)
    assert rows_of(postgres_dsn, "SELECT count(*) FROM incident") == [(service.BATCH - service.BATCH // 100,)]
    report = import_incidents(file, mapping, city, writer, lambda: NOW)
    assert report.resumed_at == service.BATCH + 1, "the first line holds names"
    refused = len([n for n in range(count) if n % 100 == 0])
    assert (report.read, report.new, report.refused) == (count, count - refused, refused)
    lines = Path(report.rejects or "").read_text(encoding="utf-8").splitlines()
    assert len(lines) == refused + 1, "each refused line once, also those of the batch that was lost"
    assert len(set(lines)) == len(lines)
