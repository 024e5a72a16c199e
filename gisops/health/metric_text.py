"""What does one ``[[metric]]`` of a profile say: strict reading of its keys into a `Metric`."""

from __future__ import annotations

import re

from gisops.health.counter import Counter
from gisops.health.date_value import parse_zone
from gisops.health.decode import Decoder, Word
from gisops.health.limit import Limit
from gisops.health.metric import Aggregate, Metric, Needs, Table, Term, Where
from gisops.health.resolve import SENSOR_TYPE, SENSOR_TYPES, SENSOR_VALUE
from gisops.health.toml_entry import Entry

__all__ = ["ADDRESS_KEYS", "METRIC_KEYS", "build_metric"]

ADDRESS_KEYS = frozenset({"oid", "column", "index", "sensor", "percent_of", "where", "needs", "rows"})
"""Where a metric is; who states one of them states them all anew."""
_DECODER_KEYS = frozenset({"scale", "offset", "enum", "missing", "valid", "bit", "flags", "clock", "zone", "binary"})
_COUNTER_KEYS = frozenset({"counter", "max_rate"})
_LIMIT_KEYS = frozenset({"degraded_above", "clear_below", "degraded_below", "clear_above", "reason"})
METRIC_KEYS = frozenset({"name", "unit", "description"}) | ADDRESS_KEYS | _DECODER_KEYS | _COUNTER_KEYS | _LIMIT_KEYS
"""Every key of a ``[[metric]]``."""
_NOT_A_NUMBER_FORM = ("enum", "clock")


def build_metric(entry: Entry) -> Metric:
    """Read one metric.

    Raises
    ------
    ConfigError
        For an unknown key (with the nearest known one), a missing key, a value
        of the wrong kind, and keys that contradict each other.
    """
    entry.know(METRIC_KEYS)
    unit = entry.text("unit")
    terms, table = _address(entry)
    return Metric(
        name=entry.text("name"),
        unit=unit,
        description=entry.text("description"),
        decoder=_decoder(entry, unit),
        terms=terms,
        table=table,
        rows=Aggregate(entry.choice("rows", list(Aggregate), "first")),
        counter=_counter(entry),
        limit=_limit(entry),
    )


def _address(entry: Entry) -> tuple[tuple[Term, ...], Table | None]:
    stated = [key for key in ("oid", "column", "sensor") if key in entry.table]
    if len(stated) != 1:
        what = f"has both {' and '.join(stated)}" if stated else "says nowhere where it is"
        entry.fail(what, "give one of oid (an instance), column (of a table) or sensor (of ENTITY-SENSOR-MIB)")
    percent_of = entry.oid("percent_of") if "percent_of" in entry.table else None
    where = tuple(_where(entry, item) for item in _items(entry, "where"))
    needs = _needs(entry, "oid" if stated[0] == "oid" else "column")
    index = entry.text("index") if "index" in entry.table else None
    if index is not None and not re.fullmatch(r"\d+(\.\d+)*", index):
        entry.fail(f"has index = {index!r}", 'write the index in numbers, as "1" or "1.2"', "index")
    if stated[0] == "oid":
        for key in ("index", "where", "rows"):
            if key in entry.table:
                entry.fail(f"has {key} beside oid", "name the column instead of the instance", key)
        return (Term(entry.oid("oid"), percent_of, needs),), None
    if stated[0] == "sensor":
        kind = SENSOR_TYPES[entry.choice("sensor", SENSOR_TYPES)]
        where = (Where((SENSOR_TYPE,), frozenset({kind})), *where)
        return (), Table(SENSOR_VALUE, percent_of, index, where, needs, is_sensor=True)
    column = entry.oid("column")
    if index is not None and not where:
        row_needs = Needs(f"{needs.oid}.{index}", needs.accepted) if needs else None
        whole = f"{percent_of}.{index}" if percent_of else None
        return (Term(f"{column}.{index}", whole, row_needs),), None
    return (), Table(column, percent_of, index, where, needs)


def _items(entry: Entry, key: str) -> list[object]:
    value = entry.table.get(key, [])
    return value if isinstance(value, list) else [value]


def _where(entry: Entry, item: object) -> Where:
    inner = entry.inner("where", item, "where")
    inner.know({"column", "equals", "matches"})
    columns = inner.oids("column")
    if not columns or ("equals" in inner.table) == ("matches" in inner.table):
        inner.fail("is not a condition", 'write { column = "1.3...", equals = 6 } or matches = "regular expression"')
    pattern = None
    if "matches" in inner.table:
        try:
            pattern = re.compile(inner.text("matches"), re.IGNORECASE)
        except re.error as error:
            inner.fail(f"has a regular expression that does not parse ({error})", "correct it")
    return Where(columns, inner.words("equals"), pattern)


def _needs(entry: Entry, address: str) -> Needs | None:
    if "needs" not in entry.table:
        return None
    inner = entry.inner("needs", entry.table["needs"], "needs")
    inner.know({address, "equals"})
    accepted = inner.words("equals")
    if not accepted:
        inner.fail("has no equals", "list the raw values of the status that count")
    return Needs(inner.oid(address), accepted)


def _decoder(entry: Entry, unit: str) -> Decoder:
    is_sensor = "sensor" in entry.table
    enum = _enum(entry)
    missing = entry.words("missing")
    if is_sensor and entry.table["sensor"] not in ("other", "unknown"):
        missing |= {-1_000_000_000, 1_000_000_000}  # underflow and overflow, RFC 3433 EntitySensorValue
    if is_sensor and entry.table["sensor"] == "truthvalue" and enum is None:
        enum = {1: 1.0, 2: 0.0}
    for form in _NOT_A_NUMBER_FORM:
        other = next((key for key in ("scale", "offset", "binary") if key in entry.table), None)
        if form in entry.table and other is not None:
            entry.fail(f"has {other} beside {form}", f"remove one of {form} and {other}", other)
    for key, beside in (("flags", "bit"), ("zone", "clock"), ("max_rate", "counter")):
        if key in entry.table and beside not in entry.table:
            entry.fail(f"has {key} without {beside}", f"add {beside} or remove {key}", key)
    zone = None
    if "zone" in entry.table:
        zone = parse_zone(entry.text("zone"))
        if zone is None:
            entry.fail(f"has zone = {entry.table['zone']!r}", 'write an offset from UTC, as "+05:00"', "zone")
    return Decoder(
        unit=unit,
        scale=entry.number("scale", 1.0),
        offset=entry.number("offset", 0.0),
        enum=enum,
        missing=missing,
        valid=_valid(entry),
        bit=entry.whole("bit", 0, 511) if "bit" in entry.table else None,
        flags=entry.truth("flags"),
        clock=entry.truth("clock"),
        zone=zone,
        binary=entry.truth("binary"),
    )


def _enum(entry: Entry) -> dict[Word, float] | None:
    if "enum" not in entry.table:
        return None
    inner = entry.inner("enum", entry.table["enum"], "enum")
    if not inner.table:
        inner.fail("is empty", "name the raw values: { 1 = 1, 2 = 0 }")
    found: dict[Word, float] = {}
    for raw in inner.table:
        word: Word = int(raw) if re.fullmatch(r"-?\d+", raw) else raw.casefold()
        found[word] = inner.number(raw)
    return found


def _valid(entry: Entry) -> tuple[float, float] | None:
    if "valid" not in entry.table:
        return None
    bounds = entry.table["valid"]
    if (
        not isinstance(bounds, list)
        or len(bounds) != 2
        or not all(isinstance(b, int | float) and not isinstance(b, bool) for b in bounds)
        or not bounds[0] < bounds[1]
    ):
        entry.fail(f"has valid = {bounds!r}", "write the lowest and the highest credible value: [-40, 125]", "valid")
    return float(bounds[0]), float(bounds[1])


def _counter(entry: Entry) -> Counter | None:
    if "counter" not in entry.table:
        return None
    bits = entry.whole("counter", 32, 64)
    if bits not in (32, 64):
        entry.fail(f"has counter = {bits}", "write 32 or 64, the bits of the counter", "counter")
    for key in ("enum", "bit", "clock", "offset", "percent_of", "valid", "missing"):
        if key in entry.table:
            entry.fail(f"has {key} beside counter", f"remove one of counter and {key}", key)
    if entry.number("scale", 1.0) <= 0:
        entry.fail("counts backwards", "give a scale above 0", "scale")
    if "max_rate" not in entry.table:
        entry.fail(
            "has no max_rate", f"add the most that is possible in {entry.text('unit')}, as 1.25e8 B/s for 1 Gbit/s"
        )
    most = entry.number("max_rate")
    if most <= 0:
        entry.fail(f"has max_rate = {most:g}", "write a rate above 0", "max_rate")
    return Counter(bits, most)


def _limit(entry: Entry) -> Limit | None:
    pairs = (("degraded_above", "clear_below", True), ("degraded_below", "clear_above", False))
    stated = [pair for pair in pairs if pair[0] in entry.table or pair[1] in entry.table]
    if not stated:
        if "reason" in entry.table:
            entry.fail(
                "has a reason without a limit", "add degraded_above and clear_below, or remove reason", "reason"
            )
        return None
    if len(stated) > 1:
        entry.fail("has two limits", "keep one, or read the object twice under two names", "degraded_below")
    enter_key, leave_key, above = stated[0]
    enter, leave = entry.number(enter_key), entry.number(leave_key)
    if (leave > enter) if above else (leave < enter):
        entry.fail(
            f"has {leave_key} = {leave:g} beyond {enter_key} = {enter:g}",
            f"give {leave_key} a value {'at or below' if above else 'at or above'} it",
            leave_key,
        )
    return Limit(enter, leave, above, entry.text("reason"))
