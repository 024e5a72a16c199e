"""``gisops coverage`` from outside: one document, exit codes, and names that are not there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gisops.cli.main import main
from tests.inventories import write_small_inventory

GRID = ["--grid", "4"]


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["coverage", *arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_document_sums_up_and_says_what_a_box_costs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_small_inventory(tmp_path / "city")
    code, out, err = asked(capsys, "--inventory", str(folder), *GRID, "--lost", "B1", "--json")
    document = json.loads(out)
    assert "no buildings: an open field is assumed" in err
    assert document["cameras"] == {"working": 3, "all": 3}
    assert [scope["district"] for scope in document["scopes"]] == [None, "west", "east"]
    assert document["without"]["cameras"] == ["C1", "C2"]
    before, after = (part["scopes"][0]["levels"][0]["area_m2"] for part in (document, document["without"]))
    assert 0 < after < before
    assert code == (1 if document["without"]["places_lost"] else 0)


def test_a_preset_adds_what_its_camera_can_see(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_small_inventory(tmp_path / "city")
    without = json.loads(asked(capsys, "--inventory", str(folder), *GRID, "--json")[1])
    header = "id,camera_id,name,azimuth_deg,tilt_deg,hfov_deg\n"
    (folder / "presets.csv").write_text(header + "PR1,C2,Gate,180,10,30\n", encoding="utf-8")
    with_preset = json.loads(asked(capsys, "--inventory", str(folder), *GRID, "--json")[1])
    seen = [document["scopes"][0]["levels"][0]["area_m2"] for document in (without, with_preset)]
    assert seen[1] > seen[0]


def test_the_text_names_districts_and_levels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write_small_inventory(tmp_path / "city")
    code, out, _ = asked(capsys, "--inventory", str(folder), *GRID, "--profile", "dori-2014", "--district", "west")
    assert code == 0
    assert "IEC 62676-4:2014 (DORI)" in out
    assert "recognise" in out


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--lost", "B9"], "--lost B9: not in the inventory"),
        (["--district", "wset"], "did you mean west?"),
        (["--grid", "0"], "give 0.5 to 50 metres"),
        (["--profile", "dori"], "did you mean dori-2014?"),
        (["--at", "yesterday"], "--at yesterday: is no time"),
    ],
)
def test_what_cannot_be_meant_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], complaint: str
) -> None:
    folder = write_small_inventory(tmp_path / "city")
    code, out, err = asked(capsys, "--inventory", str(folder), *arguments)
    assert (code, out) == (2, "")
    assert complaint in err
