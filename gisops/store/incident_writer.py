"""How incidents get into the database: a batch and the place it was read from in one transaction, duplicates merged.

A report that is there already changes nothing, or corrects its incident. A report of another system that is close in
place and time to an incident of the same category joins it, one report a system; the most precise place holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from gisops.errors import StoreError
from gisops.incidents.record import Incident, Reference
from gisops.store.dsn import place_of, unreachable

__all__ = ["Checkpoint", "IncidentWriter", "Merging"]

_INCOMING = """
CREATE TEMP TABLE IF NOT EXISTS incoming (
    n integer, source_id text, category text, occurred_at timestamptz, lon double precision, lat double precision,
    precision text, radius_m real, place text, content bytea, link text, incident_id bigint, is_known boolean
) ON COMMIT DELETE ROWS
"""
_COPY = """
COPY incoming (n, source_id, category, occurred_at, lon, lat, precision, radius_m, place, content, link, is_known)
FROM STDIN
"""
# A batch is small and the tables are large: by their keys, never by reading them whole, which would make the time a
# batch takes grow with all that came before.
_BY_KEYS = "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; SET LOCAL jit = off"
_SAME = """
DELETE FROM incoming AS i USING incident_report AS r
WHERE r.source = %s AND r.source_id = i.source_id AND r.content = i.content
"""
_KNOWN = """
UPDATE incoming AS i SET incident_id = r.incident_id, is_known = true FROM incident_report AS r
WHERE r.source = %s AND r.source_id = i.source_id
"""
# Where others report it too, a correction of this one moves it only if it is more precise.
_CORRECT = """
UPDATE incident AS c SET (category, occurred_at, lon, lat, precision, radius_m, place)
    = (i.category, i.occurred_at, i.lon, i.lat, i.precision, i.radius_m, i.place)
FROM incoming AS i WHERE c.id = i.incident_id AND i.is_known AND (c.reports = 1 OR i.radius_m < c.radius_m)
"""
_OTHERS = "SELECT EXISTS (SELECT FROM incident_source WHERE source <> %s)"
_NEAR = """
UPDATE incoming AS t SET incident_id = m.id FROM (
    SELECT n, id, row_number() OVER (PARTITION BY n ORDER BY away_m, id) AS nearest,
        row_number() OVER (PARTITION BY id ORDER BY away_m, n) AS first
    FROM (
        SELECT i.n, c.id, i.radius_m + c.radius_m AS slack_m, |/ (
            ((c.lon - i.lon) * 111320 * cosd(i.lat)) ^ 2 + ((c.lat - i.lat) * 110800) ^ 2
        ) AS away_m
        FROM incoming AS i JOIN incident AS c ON c.category = i.category
            AND c.occurred_at BETWEEN i.occurred_at - %(within)s AND i.occurred_at + %(within)s
        WHERE i.incident_id IS NULL AND i.precision <> 'area' AND c.precision <> 'area'
            AND NOT EXISTS (SELECT FROM incident_report r WHERE r.incident_id = c.id AND r.source = %(source)s)
    ) AS pair WHERE away_m <= %(merge_m)s + slack_m
) AS m WHERE m.n = t.n AND m.nearest = 1 AND m.first = 1
"""
_JOIN = """
UPDATE incident AS c SET reports = reports + 1, (lon, lat, precision, radius_m, place)
    = (SELECT CASE WHEN i.radius_m < c.radius_m THEN i.lon ELSE c.lon END,
        CASE WHEN i.radius_m < c.radius_m THEN i.lat ELSE c.lat END,
        CASE WHEN i.radius_m < c.radius_m THEN i.precision ELSE c.precision END,
        least(i.radius_m, c.radius_m), coalesce(c.place, i.place))
FROM incoming AS i WHERE c.id = i.incident_id AND NOT i.is_known
"""
_NUMBER = "UPDATE incoming SET incident_id = nextval('incident_number'), is_known = NULL WHERE incident_id IS NULL"
_NEW = """
INSERT INTO incident (id, category, occurred_at, lon, lat, precision, radius_m, place)
SELECT incident_id, category, occurred_at, lon, lat, precision, radius_m, place FROM incoming WHERE is_known IS NULL
"""
_REPORT = """
INSERT INTO incident_report AS r (source, source_id, incident_id, content, link)
SELECT %s, source_id, incident_id, content, link FROM incoming
ON CONFLICT (source, source_id) DO UPDATE SET content = excluded.content, link = excluded.link
"""
_REFERENCE = """
INSERT INTO reference_event AS r
    (source, source_id, kind, occurred_at, lon, lat, precision, radius_m, confidence, link)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (source, source_id) DO UPDATE SET (kind, occurred_at, lon, lat, precision, radius_m, confidence, link)
    = (excluded.kind, excluded.occurred_at, excluded.lon, excluded.lat, excluded.precision, excluded.radius_m,
        excluded.confidence, excluded.link)
WHERE (r.kind, r.occurred_at, r.lon, r.lat, r.precision, r.radius_m, r.confidence, r.link)
    IS DISTINCT FROM (excluded.kind, excluded.occurred_at, excluded.lon, excluded.lat, excluded.precision,
        excluded.radius_m, excluded.confidence, excluded.link)
"""
_KEPT = """
INSERT INTO incident_import (key, file, source, last_row, counts, reject_bytes, started_at, finished_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (key) DO UPDATE SET (last_row, counts, reject_bytes, started_at, finished_at)
    = (excluded.last_row, excluded.counts, excluded.reject_bytes, excluded.started_at, excluded.finished_at)
"""


@dataclass(frozen=True, slots=True)
class Merging:
    """Which system reports, and how close two reports of different systems are one incident."""

    source: str
    merge_m: float
    merge_s: float


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a file has been read: its last row, what became of its rows, and the length of the file of refusals."""

    key: str
    file: str
    source: str
    last_row: int
    counts: Mapping[str, int]
    reject_bytes: int
    started_at: datetime
    finished_at: datetime | None = None


class IncidentWriter:
    """Writes incidents over one connection.

    Raises
    ------
    StoreError
        Where the database cannot be reached, or has not been migrated.
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        try:
            self._connection: psycopg.Connection[Any] = psycopg.connect(dsn, connect_timeout=10, autocommit=True)
        except psycopg.Error as error:
            raise unreachable(dsn, error) from None

    def close(self) -> None:
        """Release the connection."""
        self._connection.close()

    def checkpoint(self, key: str) -> Checkpoint | None:
        """Give how far a file has been read; ``None`` where nobody has begun."""
        try:
            row = self._connection.execute(
                "SELECT key, file, source, last_row, counts, reject_bytes, started_at, finished_at "
                "FROM incident_import WHERE key = %s", (key,),
            ).fetchone()  # fmt: skip
        except psycopg.Error as error:
            raise self._failed(error) from error
        return None if row is None else Checkpoint(*row)

    def declare_references(self, retain_days: Mapping[str, int]) -> None:
        """Say which kinds of reference there are, and for how many days each is kept from now on."""
        try:
            with self._connection.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO reference_kind AS k VALUES (%s, %s) ON CONFLICT (kind) DO UPDATE "
                    "SET retain_days = excluded.retain_days",
                    list(retain_days.items()),
                )
        except psycopg.Error as error:
            raise self._failed(error) from error

    def write_incidents(
        self, batch: Sequence[Incident], merging: Merging, then: Mapping[str, int], mark: Checkpoint
    ) -> dict[str, int]:
        """Write a batch and, in the same transaction, the checkpoint that follows it.

        Parameters
        ----------
        batch
            Of one source.
        merging
            How duplicates are told.
        then
            Counts before this batch.
        mark
            The checkpoint; its counts are set to those returned.

        Returns
        -------
        dict
            Counts after it: ``new``, ``merged`` (with another system's), ``changed``, ``same``.
        """
        counts = dict(then)
        try:
            with self._connection.transaction():
                for name, number in self._merge(batch, merging).items():
                    counts[name] = counts.get(name, 0) + number
                self._keep(mark, counts)
        except psycopg.Error as error:
            raise self._failed(error) from error
        return counts

    def write_references(
        self, batch: Sequence[Reference], then: Mapping[str, int], mark: Checkpoint
    ) -> dict[str, int]:
        """Write a batch of references and the checkpoint that follows it."""
        counts = dict(then)
        try:
            with self._connection.transaction(), self._connection.cursor() as cursor:
                cursor.executemany(
                    _REFERENCE,
                    [
                        (r.source, r.source_id, r.kind, r.occurred_at, r.lon, r.lat, str(r.precision), r.radius_m,
                         r.confidence, r.link)
                        for r in batch
                    ],
                )  # fmt: skip
                written = max(cursor.rowcount, 0)
                counts["new"] = counts.get("new", 0) + written
                counts["same"] = counts.get("same", 0) + len(batch) - written
                self._keep(mark, counts)
        except psycopg.Error as error:
            raise self._failed(error) from error
        return counts

    def _merge(self, batch: Sequence[Incident], merging: Merging) -> dict[str, int]:
        connection, source = self._connection, merging.source
        if not batch:
            return {}
        # The last of several rows with one number counts, as it would have one file later.
        latest = {incident.source_id: incident for incident in batch}
        connection.execute("INSERT INTO incident_source VALUES (%s) ON CONFLICT DO NOTHING", (source,))
        connection.execute(_INCOMING)
        connection.execute(_BY_KEYS)
        with connection.cursor().copy(_COPY.encode()) as copy:
            for n, i in enumerate(latest.values()):
                copy.write_row(
                    (n, i.source_id, i.category, i.occurred_at, i.lon, i.lat, str(i.precision), i.radius_m, i.place,
                     _content(i), i.link, False)
                )  # fmt: skip
        same = len(batch) - len(latest) + connection.execute(_SAME, (source,)).rowcount
        changed = connection.execute(_KNOWN, (source,)).rowcount
        connection.execute(_CORRECT)
        merged = 0
        others = connection.execute(_OTHERS, (source,)).fetchone()
        if others is not None and others[0]:
            within = f"{merging.merge_s} seconds"
            near = _NEAR.replace("%(within)s", "%(within)s::interval")
            merged = connection.execute(
                near.encode(), {"within": within, "source": source, "merge_m": merging.merge_m}
            ).rowcount
            connection.execute(_JOIN)
        new = connection.execute(_NUMBER).rowcount
        connection.execute(_NEW)
        connection.execute(_REPORT, (source,))
        return {"new": new, "merged": merged, "changed": changed, "same": same}

    def _keep(self, mark: Checkpoint, counts: Mapping[str, int]) -> None:
        self._connection.execute(
            _KEPT,
            (mark.key, mark.file, mark.source, mark.last_row, json.dumps(counts), mark.reject_bytes, mark.started_at,
             mark.finished_at),
        )  # fmt: skip

    def _failed(self, error: psycopg.Error) -> StoreError:
        what = (str(error).splitlines() or [type(error).__name__])[0]
        remedy = "run gisops db migrate" if isinstance(error, psycopg.errors.UndefinedTable) else "try again"
        return StoreError(place_of(self._dsn), what, f"{remedy}; what was read is kept up to the last batch")


def _content(incident: Incident) -> bytes:
    """Say in eight bytes what a report says, so that one that says the same again is known by them."""
    said = (
        incident.category, incident.occurred_at.isoformat(), incident.lon, incident.lat, incident.precision,
        incident.radius_m, incident.place, incident.link,
    )  # fmt: skip
    return hashlib.blake2b(repr(said).encode(), digest_size=8).digest()
