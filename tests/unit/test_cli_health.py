"""``gisops health profile``: what is printed, the one JSON document, and one line and exit 2 for bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gisops.cli.main import main
from gisops.health.catalogue import shipped_profiles
from tests.inventories import write_small_inventory

WALKS = Path(__file__).parents[1] / "data" / "walks"
Capture = pytest.CaptureFixture[str]


def walk(name: str) -> str:
    return str(WALKS / name)


def test_a_profile_that_reads_everything_exits_with_0(capsys: Capture) -> None:
    assert main(["health", "profile", "test", "hikvision", "--walk", walk("hikvision.walk")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["cpu_pct", "15", "%", "1.3.6.1.4.1.39165.1.7.0"]
    assert lines[4].split()[:3] == ["storage_size_bytes", "128,000,000,000", "B"]
    assert lines[-1] == "hikvision: 7 of 7 metrics read; inside every limit"


def test_what_was_not_read_is_told_and_exits_with_1(capsys: Capture) -> None:
    assert main(["health", "profile", "test", "rfc1628", "--walk", walk("rfc1628.walk")]) == 1
    out = capsys.readouterr().out
    assert "not read:\n  battery_remaining_min  65535 says that there is no reading (1.3.6.1.2.1.33.1.2.3.0)\n" in out
    assert out.endswith("rfc1628: 12 of 15 metrics read; degraded: battery low; on battery; battery charge low\n")


def test_two_walks_give_rates_as_one_json_document(capsys: Capture) -> None:
    walks = ["--walk", walk("if-mib.walk"), "--walk", walk("if-mib-later.walk"), "--seconds", "30"]
    assert main(["health", "profile", "test", "if-mib", *walks, "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    metrics = {metric["name"]: metric for metric in document["metrics"]}
    assert metrics["in_errors_s"]["value"] == 30.0
    assert metrics["in_errors_s"]["crossed"] == "port with receive errors"
    assert metrics["in_discards_s"]["value"] is None
    assert "is more than" in metrics["in_discards_s"]["missing"]


def test_oddities_of_a_walk_go_to_standard_error(capsys: Capture) -> None:
    assert main(["health", "profile", "test", "generic-camera", "--walk", walk("odd.walk")]) == 1
    assert f"{walk('odd.walk')}:28: net-snmp says: Timeout" in capsys.readouterr().err


def test_a_profile_file_is_tried_before_it_is_used(tmp_path: Path, capsys: Capture) -> None:
    path = tmp_path / "own.toml"
    path.write_text('name = "own"\ndescription = "Own"\nextends = "hikvision"\n', encoding="utf-8")
    assert main(["health", "profile", "test", str(path), "--walk", walk("hikvision.walk")]) == 0
    assert capsys.readouterr().out.endswith("own: 7 of 7 metrics read; inside every limit\n")


def test_list_names_every_profile(tmp_path: Path, capsys: Capture) -> None:
    assert main(["health", "profile", "list", "--inventory", str(tmp_path)]) == 0
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert sorted(names) == sorted(shipped_profiles())
    assert main(["health", "profile", "list", "--inventory", str(tmp_path), "--json"]) == 0
    profiles = {row["name"]: row for row in json.loads(capsys.readouterr().out)["profiles"]}
    assert profiles["onvif-only"]["reach"] == ["rtsp", "tcp"]
    assert profiles["apc"]["sys_object_id"] == ["1.3.6.1.4.1.318"]


def test_select_names_the_profile_of_a_known_device(capsys: Capture) -> None:
    assert main(["health", "profile", "select", walk("axis.walk")]) == 0
    assert capsys.readouterr().out == "axis: sysObjectID 1.3.6.1.4.1.368.1.1\n"


def test_select_says_what_would_help_with_a_stranger(capsys: Capture) -> None:
    assert main(["health", "profile", "select", walk("stranger.walk")]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith(
        "rfc1628: sysObjectID 1.3.6.1.4.1.32473.9 is unknown: it answers UPS-MIB and ENTITY-SENSOR-"
    )
    assert second.startswith(
        "would help: 1.3.6.1.4.1.32473.9 (the vendor's own, 1 object that no profile reads), 1.3.6.1.2.1.33.1.2.6.0 ("
    )
    assert main(["health", "profile", "select", walk("stranger.walk"), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["profile"], document["known"]) == ("rfc1628", False)
    assert document["helpful"][0]["oid"] == "1.3.6.1.4.1.32473.9"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["test", "hikvison", "--walk", "HIK"], "hikvison: is neither a file nor a profile: did you mean hikvision?"),
        (["test", "hikvision", "--walk", "/none.walk"], "/none.walk: No such file or directory: check that it is "),
        (["test", "/none.toml", "--walk", "HIK"], "/none.toml: No such file or directory: check that it is "),
        (["test", "hikvision"], "gisops health profile test: the following arguments are required: --walk"),
        (["test", "if-mib", "--walk", "HIK", "--walk", "HIK"], "--walk: 2 given: give one, or two and --seconds "),
        (["test", "if-mib", "--walk", "HIK", "--walk", "HIK", "--seconds", "0"], "--seconds: 0 is no time between "),
        (["test", "if-mib", "--walk", "HIK", "--walk", "HIK", "--seconds", "nan"], "--seconds: nan is no time betwe"),
        (["select", "BAD"], "BAD:1: 'hello' is no line of a walk: save the output of snmpwalk -On"),
        (["select", "/"], "/: Is a directory: "),
        (["list", "--inventory", "/none"], "/none: is not a folder: name an inventory folder"),
        (["lst"], "gisops health profile: unknown command lst: did you mean list?"),
    ],
)
def test_bad_input_is_one_line_and_exits_with_2(argv: list[str], said: str, tmp_path: Path, capsys: Capture) -> None:
    bad = tmp_path / "bad.walk"
    bad.write_text("hello\n", encoding="utf-8")
    words = {"HIK": walk("hikvision.walk"), "BAD": str(bad)}
    assert main(["health", "profile", *(words.get(word, word) for word in argv)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith(said.replace("BAD", str(bad)))


def test_check_tells_of_every_bad_profile_beside_the_other_problems(tmp_path: Path, capsys: Capture) -> None:
    folder = write_small_inventory(tmp_path / "city")
    (folder / "profiles").mkdir()
    text = 'name = "own"\nextends = "cabinet"\ndescription = "Own"\n'
    (folder / "profiles" / "own.toml").write_text(text, encoding="utf-8")
    assert main(["check", "inventory", str(folder)]) == 0
    for name in ("bad", "worse"):
        (folder / "profiles" / f"{name}.toml").write_text(f'name = "{name}"\nkindd = "box"\n', encoding="utf-8")
    capsys.readouterr()
    assert main(["check", "inventory", str(folder), "--json"]) == 1
    problems = json.loads(capsys.readouterr().out)["problems"]
    assert [(p["place"], p["what"], p["rule"]) for p in problems] == [
        (f"{folder}/profiles/{name}.toml:2", "the profile has the unknown key kindd", "device_profile")
        for name in ("bad", "worse")
    ]
