"""The command line from inside: exit codes, what stands on which stream, and one line for each mistake."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from gisops.cli.main import COMMANDS, main
from tests.inventories import replace, write_small_inventory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_inventory(tmp_path / "city")


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert [name for name in COMMANDS if re.search(rf"^    {name}\s", said, re.MULTILINE) is None] == []


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["chek"], "gisops: unknown command chek: did you mean check?\n"),
        (["zzz"], "gisops: unknown command zzz: see gisops --help\n"),
        (["check", "inventry", "x"], "gisops check: unknown command inventry: did you mean inventory?\n"),
        (["docs", "schem"], "gisops docs: unknown page schem: did you mean schema?\n"),
        (["import", "site", "x", "--into", "y"], "gisops import: unknown command site: did you mean sites?\n"),
        ([], "gisops: the following arguments are required: COMMAND: see gisops --help\n"),
        (["check", "inventory"], None),
    ],
)
def test_a_wrong_word_is_one_line(argv: list[str], said: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert said is None or captured.err == said


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("gisops ")


def test_a_clean_inventory_exits_with_0(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "inventory", str(folder)]) == 0
    assert capsys.readouterr().out == (
        f"{folder}: in order (1 stations, 1 centres, 2 feeders, 2 sites, 2 boxes, 3 cameras, 2 districts, 3 nodes, "
        "2 spans, 1 places, 1 roads)\n"
    )


def test_problems_exit_with_1_and_are_one_json_document(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace("boxes.csv", "Cabinet,cabinet", "Cabinet,cabinett")(folder)
    assert main(["check", "inventory", str(folder), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["problems"] == [
        {
            "place": f"{folder}/boxes.csv:2",
            "what": "B1 has profile cabinett, which is not known",
            "remedy": "did you mean cabinet?",
            "rule": "unknown_profiles",
        }
    ]
    assert document["records"]["cameras"] == 3


def test_no_folder_exits_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "inventory", str(tmp_path / "none")]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"{tmp_path}/none: is not a folder: name the folder that holds inventory.toml\n"


def test_many_problems_of_a_kind_are_counted_not_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"F{number},Feeder,Grid,2am\n" for number in range(3, 33))
    with (folder / "feeders.csv").open("a", encoding="utf-8") as file:
        file.write(rows)
    assert main(["check", "inventory", str(folder)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert (len(lines), lines[20]) == (22, "... and 10 more of bad_value (--all shows them)")
    assert lines[21].startswith(f"{folder}: 30 problems (")
    assert main(["check", "inventory", str(folder), "--all"]) == 1
    assert len(capsys.readouterr().out.splitlines()) == 31


def test_check_credentials_names_them_and_shows_no_secret(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "credentials.toml"
    path.write_text('[street-v2c]\nversion = "2c"\ncommunity = "hidden-word"\n', encoding="utf-8")
    path.chmod(0o600)
    assert main(["check", "credentials", str(path)]) == 0
    assert capsys.readouterr().out == "street-v2c: version 2c\n"
    path.chmod(0o644)
    assert main(["check", "credentials", str(path)]) == 2
    assert capsys.readouterr().err == f"{path}: other users can read the credentials: chmod 600 {path}\n"


def test_import_reports_and_refuses(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "feeders.csv"
    path.write_text("id,name,grid_station,remarks\nF3,Feeder 3,Grid B,x\n", encoding="utf-8")
    assert main(["import", "feeders", str(path), "--into", str(folder)]) == 0
    captured = capsys.readouterr()
    assert captured.out == f"{folder}/feeders.csv: 1 read, 1 added, 0 changed, 2 unchanged, 0 removed, 0 refused\n"
    assert captured.err == f"{path}: not used: remarks\n"
    assert main(["import", "feeders", str(path), "--into", str(folder), "--replace"]) == 1
    captured = capsys.readouterr()
    assert captured.err.splitlines()[1] == (
        f"{folder}/feeders.csv: not written: correct the problems above, or --force"
    )
    assert len(captured.out.splitlines()) == 3
    assert main(["import", "feeders", str(path), "--into", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] == 0


def test_import_into_a_folder_that_cannot_be_made(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = folder / "sites.csv" / "below"
    assert main(["import", "feeders", str(folder / "feeders.csv"), "--into", str(into)]) == 2
    said = capsys.readouterr().err
    assert (said.count("\n"), "Not a directory" in said) == (1, True)
