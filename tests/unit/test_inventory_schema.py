"""The schema, the records and the values hold together field by field."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from gisops.inventory.schema import Column, schema
from gisops.inventory.values import parse_value
from gisops.model import inventory as model
from gisops.model.inventory import Settings

RECORDS: dict[str, type[Any]] = {
    "settings": model.Settings,
    "districts": model.District,
    "stations": model.Station,
    "centres": model.Centre,
    "feeders": model.Feeder,
    "sites": model.Site,
    "boxes": model.Box,
    "cameras": model.Camera,
    "presets": model.Preset,
    "nodes": model.Node,
    "spans": model.Span,
    "places": model.Place,
    "roads": model.Road,
}
PYTHON = {
    "boolean": "bool",
    "date": "date",
    "integer": "int",
    "latitude": "float",
    "list": "tuple[str, ...]",
    "longitude": "float",
    "number": "float",
}


def column(kind: str, **more: Any) -> Column:
    given: dict[str, Any] = {
        "table": "t",
        "name": "c",
        "unit": "",
        "required": False,
        "default": "",
        "minimum": None,
        "maximum": None,
        "choices": (),
        "references": None,
        "description": "",
    }
    return Column(type=kind, **{**given, **more})


def test_every_table_has_its_record() -> None:
    assert set(schema()) == set(RECORDS)


@pytest.mark.parametrize("table", RECORDS)
def test_each_field_is_the_column_of_its_name(table: str) -> None:
    fields = {f.name: f for f in dataclasses.fields(RECORDS[table]) if f.name != "geometry"}
    columns = {c.name: c for c in schema()[table]}
    assert set(fields) == set(columns)
    for name, its in columns.items():
        field = fields[name]
        has_default = field.default is not dataclasses.MISSING
        assert has_default is not its.required, name
        wanted = PYTHON.get(its.type, "str")
        optional = has_default and field.default is None
        assert field.type == (f"{wanted} | None" if optional else wanted), name
        if its.default:
            assert parse_value(its, "") == (field.default, None), name
        elif has_default:
            assert field.default in (None, "", ()), name


def test_references_lead_to_tables() -> None:
    wanted = {c.references for columns in schema().values() for c in columns if c.references}
    assert wanted <= set(schema())


def test_settings_defaults_are_those_of_the_schema() -> None:
    assert Settings("x").autonomy_contract_h == 8
    assert Settings("x").inspection_interval_days == 90


@pytest.mark.parametrize(
    ("its", "raw", "value", "complaint"),
    [
        (column("integer"), " 7 ", 7, None),
        (column("integer"), "7.0", None, "write a whole number"),
        (column("integer"), "9" * 5000, None, "write a whole number"),
        (column("integer"), "٣", None, "write a whole number"),
        (column("integer", minimum=1.0, unit="px"), "0", None, "must be at least 1 px"),
        (column("number"), "24,85", None, "write a number with a decimal point"),
        (column("number"), "1_000", None, "write a number with a decimal point"),
        (column("number"), "nan", None, "write a number with a decimal point"),
        (column("number"), "1e999", None, "write a finite number"),
        (column("number"), ".5", 0.5, None),
        (column("longitude", maximum=180.0, unit="deg"), "301000", None, "must be at most 180 deg"),
        (column("boolean"), "Yes", True, None),
        (column("boolean"), True, True, None),
        (column("boolean"), "maybe", None, "write true or false"),
        (column("boolean", default="false"), "", False, None),
        (column("date"), "2026-02-28", date(2026, 2, 28), None),
        (column("date"), "28/02/2026", None, "write a day as 2026-11-21"),
        (column("date"), "2026-02-29", None, "write a day as 2026-11-21"),
        (column("id"), "BX 1", None, "use letters, digits and _ . : / - only, 64 at most"),
        (column("id"), 17, "17", None),
        (column("address"), "10.0.0.256", None, "write an IPv4 address such as 10.1.2.3"),
        (column("windows"), "23:00-01:00; 02:00-04:00", "23:00-01:00;02:00-04:00", None),
        (column("windows"), "02:00-02:00", None, "end each window at another time than it begins"),
        (column("windows"), "02:00-25:00", None, "write windows as 02:00-04:00;14:00-16:00"),
        (column("list"), "a; b;;", ("a", "b"), None),
        (column("list"), ["a", " "], ("a",), None),
        (column("text"), ["a"], None, "write one value, not a list"),
        (column("text"), {"id": "a"}, None, "write one value, not an object"),
        (column("text"), "x" * 10_001, None, "write at most 10,000 characters"),
        (column("text", choices=("pole", "gantry")), "poll", None, "use one of pole, gantry"),
        (column("text"), None, None, None),
        (column("text"), "کراچی", "کراچی", None),
    ],
)
def test_a_value_is_typed_or_says_what_is_meant(
    its: Column, raw: object, value: object, complaint: str | None
) -> None:
    assert parse_value(its, raw) == (value, complaint)
