"""What one metric of a profile is: where its raw values are, how they are read, and its limit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from gisops.health.counter import Counter
from gisops.health.decode import Decoder, Word
from gisops.health.limit import Limit
from gisops.health.raw import Missing, Raw

__all__ = ["Aggregate", "Metric", "Needs", "Table", "Term", "Where", "combine"]


class Aggregate(StrEnum):
    """How the rows of a table become one metric."""

    FIRST = "first"
    """The row with the lowest index."""
    MIN = "min"
    MAX = "max"
    MEAN = "mean"
    """Of the rows that have a reading, as ``min`` and ``max``."""
    SUM = "sum"
    """Missing as soon as one row is: a part is not the whole."""
    COUNT = "count"
    """How many rows have a reading."""


@dataclass(frozen=True, slots=True)
class Needs:
    """Another object that must have one of these raw values, else the metric is missing."""

    oid: str
    accepted: frozenset[Word]


@dataclass(frozen=True, slots=True)
class Term:
    """One instance that is asked for.

    Parameters
    ----------
    oid
        Of the instance.
    percent_of
        Another instance of which it is a percentage.
    needs
        A status object that tells whether the value counts.
    scale
        Of this row alone (RFC 3433), beside the decoder's.
    """

    oid: str
    percent_of: str | None = None
    needs: Needs | None = None
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on a row: one of the columns has one of these values, or a text that matches."""

    columns: tuple[str, ...]
    equals: frozenset[Word] = frozenset()
    matches: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Which rows of a table a metric is made of; a walk of the device turns it into terms.

    Parameters
    ----------
    column
        OID of the column, without an index.
    percent_of
        OID of the column of which it is a percentage.
    index
        The one row that counts; ``None`` for all that satisfy ``where``.
    where
        All of these must hold.
    needs
        OID of a status column and the raw values that count.
    is_sensor
        Whether it is entPhySensorValue, with scale and precision in its row.
    """

    column: str
    percent_of: str | None = None
    index: str | None = None
    where: tuple[Where, ...] = ()
    needs: Needs | None = None
    is_sensor: bool = False


@dataclass(frozen=True)
class Metric:
    """One reading: where it is, what it means, and its limit if it has one.

    Parameters
    ----------
    name, unit, description
        For people; samples are stored in ``unit``.
    decoder
        How a raw value becomes a number.
    terms
        The instances it is made of; none for a table that was not resolved,
        or of which the device has no row.
    table
        Where it stands in a table, ``None`` for a scalar.
    rows
        How several terms become one number.
    counter
        Set where the metric is the rate of a counter.
    limit
        Outside which the device is degraded.
    """

    name: str
    unit: str
    description: str
    decoder: Decoder
    terms: tuple[Term, ...] = ()
    table: Table | None = None
    rows: Aggregate = Aggregate.FIRST
    counter: Counter | None = None
    limit: Limit | None = None

    @cached_property
    def simple(self) -> Term | None:
        """The one term whose raw value alone is the metric; ``None`` where there is more to it."""
        if len(self.terms) != 1 or self.counter is not None or self.rows is Aggregate.COUNT:
            return None
        term = self.terms[0]
        return term if term.percent_of is None and term.needs is None else None

    def decode(self, raw: Raw) -> float | None:
        """Turn a raw value that came by itself (a trap) into the metric; ``None`` where it means nothing."""
        value = self.decoder.decode(raw, row_scale=self.terms[0].scale if self.terms else 1.0)
        return None if isinstance(value, Missing) else value


def combine(values: Sequence[float | Missing], rows: Aggregate) -> float | Missing:
    """Make one number of the values of several rows.

    Examples
    --------
    >>> gone = Missing("not answered")
    >>> combine([40.0, gone, 44.0], Aggregate.MEAN), combine([40.0, gone], Aggregate.SUM).why
    (42.0, 'not answered')
    """
    present = [value for value in values if not isinstance(value, Missing)]
    absent = next((value for value in values if isinstance(value, Missing)), None)
    if rows is Aggregate.COUNT and values:
        return float(len(present))
    if absent is not None and (not present or rows in (Aggregate.SUM, Aggregate.FIRST)):
        return values[0] if rows is Aggregate.FIRST else absent
    if not present:
        return Missing("the device has no such row")
    if rows is Aggregate.FIRST:
        return present[0]
    if rows is Aggregate.MIN:
        return min(present)
    if rows is Aggregate.MAX:
        return max(present)
    total = round(sum(present), 9)
    return total if rows is Aggregate.SUM else round(total / len(present), 9)
