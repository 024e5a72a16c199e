"""Whatever stands in the files of an inventory, the check answers with findings and nothing else."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisops.errors import GisopsError
from gisops.inventory.check import check_inventory
from gisops.inventory.csv_text import parse_csv
from gisops.inventory.load import load_inventory
from gisops.inventory.schema import schema
from gisops.inventory.values import parse_value
from tests.inventories import write_small_inventory

FILES = (
    "inventory.toml",
    "stations.csv",
    "centres.csv",
    "feeders.csv",
    "sites.csv",
    "boxes.csv",
    "cameras.csv",
    "districts/districts.geojson",
    "fibre_routes/nodes.geojson",
    "fibre_routes/spans.geojson",
    "basemap/places.geojson",
    "basemap/roads.geojson",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield write_small_inventory(Path(name) / "city")


def judge(folder: Path, name: str, text: str) -> None:
    findings = check_inventory(folder, overlay={name: text})[1]
    for finding in findings:
        assert finding.place.startswith(str(folder))
        assert "\n" not in str(finding)
        assert finding.what
        assert finding.remedy


@settings(max_examples=300, deadline=None)
@given(data=st.data(), name=st.sampled_from(FILES))
def test_cutting_and_pasting_in_a_file_gives_findings(folder: Path, data: st.DataObject, name: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 20)))
        pasted = data.draw(st.text(max_size=6) | st.sampled_from(['"', ",", "\n", "\r", "\0", "-1", "1e999", "[]"]))
        text = text[:start] + pasted + text[end:]
    judge(folder, name, text)


@settings(max_examples=200, deadline=None)
@given(data=st.data(), name=st.sampled_from(FILES[7:]), junk=JSON)
def test_any_value_anywhere_in_a_geojson_file_gives_findings(
    folder: Path, data: st.DataObject, name: str, junk: object
) -> None:
    document = json.loads((folder / name).read_text(encoding="utf-8"))
    here: Any = document
    while True:
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(here[key], dict | list) or not here[key] or data.draw(st.booleans()):
            break
        here = here[key]
    here[key] = junk
    judge(folder, name, json.dumps(document))


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(FILES), content=st.binary(max_size=200))
def test_any_bytes_in_a_file_give_findings_or_load(name: str, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = write_small_inventory(Path(temporary) / "city")
        (folder / name).write_bytes(content)
        findings = check_inventory(folder)[1]
        try:
            load_inventory(folder)
        except GisopsError:
            assert findings
        else:
            assert not findings


@given(raw=st.text() | JSON, column=st.sampled_from([c for columns in schema().values() for c in columns]))
def test_a_value_is_typed_or_refused_never_both(raw: object, column: Any) -> None:
    value, complaint = parse_value(column, raw)
    assert complaint is None or value is None


@given(
    rows=st.lists(
        st.lists(
            st.text(st.characters(exclude_characters='\r\n",;\t\0', exclude_categories=["Cs"]), min_size=1).filter(
                str.strip
            ),
            min_size=3,
            max_size=3,
        ),
        min_size=2,
    ),
    delimiter=st.sampled_from(",;\t"),
)
def test_cells_come_back_whatever_separates_them(rows: list[list[str]], delimiter: str) -> None:
    if rows[0][0].lower().startswith("sep="):
        return
    parsed = parse_csv("\r\n".join(delimiter.join(row) for row in rows))
    assert parsed.header == [name.strip() for name in rows[0]]
    assert [cells for _, cells in parsed.rows] == rows[1:]
