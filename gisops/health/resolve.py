"""Which instances of this one device does a table metric ask for: rows chosen from a walk.

The scale and precision of ENTITY-SENSOR-MIB rows (RFC 3433) are read here once;
they do not change while an agent runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from gisops.health.decode import Word
from gisops.health.metric import Aggregate, Metric, Needs, Table, Term, Where
from gisops.health.raw import Raw, text_of

__all__ = [
    "SENSOR_STATUS",
    "SENSOR_TYPE",
    "SENSOR_TYPES",
    "SENSOR_VALUE",
    "columns_of",
    "resolve_metric",
    "rows_under",
]

_SENSOR = "1.3.6.1.2.1.99.1.1.1"
SENSOR_TYPE = f"{_SENSOR}.1"
"""entPhySensorType."""
_SENSOR_SCALE, _SENSOR_PRECISION = f"{_SENSOR}.2", f"{_SENSOR}.3"
SENSOR_VALUE = f"{_SENSOR}.4"
"""entPhySensorValue."""
SENSOR_STATUS = f"{_SENSOR}.5"
"""entPhySensorOperStatus: ok(1) or there is no reading."""
SENSOR_TYPES: Mapping[str, int] = {
    "other": 1,
    "unknown": 2,
    "voltsAC": 3,
    "voltsDC": 4,
    "amperes": 5,
    "watts": 6,
    "hertz": 7,
    "celsius": 8,
    "percentRH": 9,
    "rpm": 10,
    "cmm": 11,
    "truthvalue": 12,
}
"""EntitySensorDataType."""
_EXPONENTS: Mapping[int, int] = {code: 3 * (code - 9) for code in range(1, 18)}
"""EntitySensorDataScale: yocto(1) is 10^-24, units(9) is 1, yotta(17) is 10^24."""


def rows_under(column: str, walk: Mapping[str, Raw]) -> dict[str, Raw]:
    """Give index to value of a column, in the order of the indexes.

    Examples
    --------
    >>> rows_under("1.3.8", {"1.3.8.10": 1, "1.3.8.2": 2, "1.3.81.1": 3})
    {'2': 2, '10': 1}
    """
    prefix = f"{column}."
    found = {oid.removeprefix(prefix): value for oid, value in walk.items() if oid.startswith(prefix)}
    return dict(sorted(found.items(), key=lambda row: tuple(map(int, row[0].split(".")))))


def columns_of(metrics: Iterable[Metric]) -> tuple[str, ...]:
    """Name the columns that a device must be walked under before its tables can be resolved."""
    found: dict[str, None] = {}
    for table in (metric.table for metric in metrics):
        if table is not None:
            found.update(dict.fromkeys(_columns(table)))
    return tuple(found)


def resolve_metric(metric: Metric, walk: Mapping[str, Raw]) -> Metric:
    """Choose the rows of a table metric; a scalar stays as it is."""
    table = metric.table
    if table is None:
        return metric
    terms = []
    for index, value in rows_under(table.column, walk).items():
        wanted = value is not None and (table.index is None or table.index == index)
        if wanted and all(_holds(where, index, walk) for where in table.where):
            scale = _sensor_scale(index, walk) if table.is_sensor else 1.0
            if scale is not None:
                terms.append(_term(table, index, scale, walk))
    if metric.rows is Aggregate.FIRST:
        terms = terms[:1]
    return replace(metric, terms=tuple(terms))


def _columns(table: Table) -> Iterator[str]:
    yield table.column
    if table.percent_of is not None:
        yield table.percent_of
    for where in table.where:
        yield from where.columns
    if table.needs is not None:
        yield table.needs.oid
    if table.is_sensor:
        yield from (SENSOR_TYPE, _SENSOR_SCALE, _SENSOR_PRECISION, SENSOR_STATUS)


def _term(table: Table, index: str, scale: float, walk: Mapping[str, Raw]) -> Term:
    needs = table.needs
    if needs is not None:
        needs = replace(needs, oid=f"{needs.oid}.{index}")
    elif table.is_sensor and walk.get(f"{SENSOR_STATUS}.{index}") is not None:
        needs = Needs(f"{SENSOR_STATUS}.{index}", frozenset({1}))
    whole = f"{table.percent_of}.{index}" if table.percent_of is not None else None
    return Term(f"{table.column}.{index}", whole, needs, scale)


def _holds(where: Where, index: str, walk: Mapping[str, Raw]) -> bool:
    for column in where.columns:
        raw = walk.get(f"{column}.{index}")
        if raw is None:
            continue
        text = text_of(raw) if isinstance(raw, bytes) else str(raw)
        words: set[Word] = {text.casefold()}
        if isinstance(raw, int):
            words = {raw}
        elif text.lstrip("-").isascii() and text.lstrip("-").isdigit():
            words.add(int(text))
        if words & where.equals or (where.matches is not None and where.matches.search(text)):
            return True
    return False


def _sensor_scale(index: str, walk: Mapping[str, Raw]) -> float | None:
    """Give what one count of a sensor is in its unit; ``None`` where the row does not say."""
    kind = walk.get(f"{SENSOR_TYPE}.{index}")
    if kind == SENSOR_TYPES["truthvalue"]:
        return 1.0
    code, precision = walk.get(f"{_SENSOR_SCALE}.{index}"), walk.get(f"{_SENSOR_PRECISION}.{index}")
    if not isinstance(code, int) or not isinstance(precision, int) or code not in _EXPONENTS:
        return None
    # Below 0 the precision tells how many digits are accurate, and moves no decimal point.
    return float(f"1e{_EXPONENTS[code] - max(precision, 0)}")
