"""What do analyses ask of the database? Incidents as columns, the record of cameras, and references under audit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg

from gisops.errors import ConfigError, StoreError
from gisops.incidents.record import Precision, Reference
from gisops.store.dsn import place_of, unreachable

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["IncidentQuery", "IncidentReader", "IncidentTable", "Look"]

_PAGE = 20_000
_MOST_REFERENCES = 1000


@dataclass(frozen=True, slots=True)
class IncidentQuery:
    """Which incidents: of a period (its end excluded) and of categories; all where one is left out."""

    begin: datetime | None = None
    end: datetime | None = None
    categories: Sequence[str] = ()

    def where(self) -> tuple[str, list[Any]]:
        """Give the condition and its parameters."""
        parts: list[str] = ["true"]
        given: list[Any] = []
        for condition, value in (("occurred_at >= %s", self.begin), ("occurred_at < %s", self.end)):
            if value is not None:
                parts.append(condition)
                given.append(value)
        if self.categories:
            parts.append("category = ANY(%s)")
            given.append(list(self.categories))
        return " AND ".join(parts), given


@dataclass(frozen=True)
class IncidentTable:
    """Incidents as columns, in the order of time.

    Parameters
    ----------
    id, at_s
        Number, and seconds since 1970 UTC.
    lon, lat, radius_m
        Degrees, and the standard error of the place.
    category, precision
        Numbers into ``categories`` and into the order of `Precision`.
    """

    id: NDArray[np.int64]
    at_s: NDArray[np.float64]
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    radius_m: NDArray[np.float64]
    category: NDArray[np.int64]
    precision: NDArray[np.int64]
    categories: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at references, why, and at what: written down before anything is shown."""

    who: str
    why: str
    begin: datetime
    end: datetime
    kinds: Sequence[str] = field(default_factory=tuple)


class IncidentReader:
    """Reads over one connection.

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

    def incidents(self, query: IncidentQuery) -> IncidentTable:
        """Read incidents: 57 bytes each in memory."""
        where, given = query.where()
        with self._asking():
            names = [row[0] for row in self._connection.execute("SELECT DISTINCT category FROM incident ORDER BY 1")]
        category = {name: number for number, name in enumerate(names)}
        precision = {str(name): number for number, name in enumerate(Precision)}
        parts: list[NDArray[np.float64]] = []
        sql = (
            "SELECT id, extract(epoch FROM occurred_at)::float8, lon, lat, radius_m, category, precision "  # noqa: S608
            f"FROM incident WHERE {where} ORDER BY occurred_at, id"
        )
        with self._asking(), self._connection.transaction(), self._connection.cursor("incidents") as cursor:
            cursor.execute(sql.encode(), given)
            while rows := cursor.fetchmany(_PAGE):
                parts.append(np.array([(*row[:5], category[row[5]], precision[row[6]]) for row in rows], dtype=float))
        table = np.concatenate([*parts, np.zeros((0, 7))])
        whole = table[:, [0, 5, 6]].astype(np.int64)
        return IncidentTable(
            whole[:, 0], table[:, 1], table[:, 2], table[:, 3], table[:, 4], whole[:, 1], whole[:, 2], tuple(names)
        )

    def incident(self, number: int) -> tuple[float, float, datetime] | None:
        """Give where and when an incident happened."""
        with self._asking():
            found = self._connection.execute(
                "SELECT lon, lat, occurred_at FROM incident WHERE id = %s", (number,)
            ).fetchone()
        return None if found is None else (float(found[0]), float(found[1]), found[2])

    def period(self) -> tuple[datetime, datetime] | None:
        """Give when the first and the last incident happened; ``None`` where there is none."""
        with self._asking():
            found = self._connection.execute("SELECT min(occurred_at), max(occurred_at) FROM incident").fetchone()
        return None if found is None or found[0] is None else (found[0], found[1])

    def states(self, at: datetime | None) -> dict[str, tuple[str, datetime]]:
        """Give the state of every device now (``None``) or at a past moment, and since when it was in it."""
        sql = (
            "SELECT device_id, state, since FROM device_state"
            if at is None
            else "SELECT device_id, state, t0 FROM state_history WHERE t0 <= %(at)s AND (t1 IS NULL OR t1 > %(at)s)"
        )
        with self._asking():
            rows = self._connection.execute(sql.encode(), {"at": at}).fetchall()
        return {device: (state, since) for device, state, since in rows}

    def history(self, since: datetime, until: datetime) -> list[tuple[datetime, str, str]]:
        """Give every state that held between two moments: when it began, of which device, which."""
        with self._asking():
            return [
                (row[0], row[1], row[2])
                for row in self._connection.execute(
                    "SELECT t0, device_id, state FROM state_history "
                    "WHERE t0 <= %s AND (t1 IS NULL OR t1 > %s) ORDER BY t0",
                    (until, since),
                )
            ]

    def outage_members(self) -> dict[str, tuple[str, str, list[str]]]:
        """Give the open outages: id to root device, cause and members."""
        with self._asking():
            rows = self._connection.execute(
                "SELECT id, root_id, cause, document FROM outage WHERE closed_at IS NULL"
            ).fetchall()
        return {row[0]: (row[1], row[2], list(row[3]["members"])) for row in rows}

    def references(self, look: Look, now: datetime) -> list[Reference]:
        """Give references, and write down who looked and why, in one transaction: no record, no answer.

        Raises
        ------
        ConfigError
            Where nobody, or no reason, is named, or more than a thousand would be shown.
        """
        if not look.who.strip() or not look.why.strip():
            raise ConfigError("references", "who looks, and why, is not said", "name both with --who and --why")
        sql = (
            "SELECT source, source_id, kind, occurred_at, lon, lat, precision, radius_m, confidence, link "
            "FROM reference_event WHERE occurred_at >= %s AND occurred_at < %s "
            "AND (%s OR kind = ANY(%s)) ORDER BY occurred_at LIMIT %s"
        )
        asked = {"begin": look.begin.isoformat(), "end": look.end.isoformat(), "kinds": list(look.kinds)}
        with self._asking(), self._connection.transaction():
            rows = self._connection.execute(
                sql, (look.begin, look.end, not look.kinds, list(look.kinds), _MOST_REFERENCES + 1)
            ).fetchall()
            self._connection.execute(
                "INSERT INTO reference_look (at, who, why, asked, found) VALUES (%s, %s, %s, %s, %s)",
                (now, look.who.strip(), look.why.strip(), json.dumps(asked), len(rows)),
            )
        if len(rows) > _MOST_REFERENCES:
            raise ConfigError("references", f"more than {_MOST_REFERENCES:,}", "ask for less time, or one kind")
        return [
            Reference(s, n, kind, at, lon, lat, Precision(word), radius, confidence, link)
            for s, n, kind, at, lon, lat, word, radius, confidence, link in rows
        ]

    def looks(self, limit: int = 100) -> list[tuple[datetime, str, str, dict[str, Any], int]]:
        """Give the latest looks at references."""
        with self._asking():
            return [
                (row[0], row[1], row[2], row[3], row[4])
                for row in self._connection.execute(
                    "SELECT at, who, why, asked, found FROM reference_look ORDER BY id DESC LIMIT %s", (limit,)
                )
            ]

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except psycopg.errors.UndefinedTable as error:
            raise StoreError(place_of(self._dsn), "its schema is older", "run gisops db migrate") from error
        except psycopg.Error as error:
            what = (str(error).splitlines() or [type(error).__name__])[0]
            raise StoreError(place_of(self._dsn), what, "try again") from error
