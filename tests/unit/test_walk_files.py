"""What net-snmp and snmpsim write, line by line: several lines in a string, hex, wrong types, objects not there."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from gisops.errors import ConfigError
from gisops.health.snmprec_text import format_snmprec, parse_snmprec
from gisops.health.snmpwalk_text import parse_snmpwalk
from gisops.health.walk_file import read_walk

WALKS = Path(__file__).parents[1] / "data" / "walks"


def test_an_odd_walk_is_read_as_net_snmp_means_it() -> None:
    walk = read_walk(WALKS / "odd.walk")
    assert walk.sys_object_id == "1.3.6.1.4.1.99999.1"
    assert walk.values == {
        "1.3.6.1.2.1.1.1.0": b'first line\n.1.3.6.1.2.1.1.9.9 = INTEGER: 7\nsays "no" and a back\\slash',
        "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.99999.1",
        "1.3.6.1.2.1.1.3.0": 12345,
        "1.3.6.1.2.1.1.4.0": b"",
        "1.3.6.1.2.1.1.5.0": b"unquoted text\nthat goes on",
        "1.3.6.1.2.1.1.6.0": None,
        "1.3.6.1.2.1.1.7.0": None,
        "1.3.6.1.2.1.1.8.0": None,
        "1.3.6.1.2.1.2.2.1.6.1": bytes.fromhex("00112233445566778899aabbccddeeff0102"),
        "1.3.6.1.2.1.2.2.1.8.1": 1,
        "1.3.6.1.2.1.2.2.1.8.2": b"not available",
        "1.3.6.1.2.1.2.2.1.8.3": 40,
        "1.3.6.1.2.1.4.20.1.1.1": bytes([192, 0, 2, 1]),
        "1.3.6.1.2.1.4.24.4": bytes([192, 0, 2, 1]),
        "1.3.6.1.2.1.25.2.2.0": 2048000,
        "1.3.6.1.2.1.33.1.2.5.0": b"48.2",
        "1.3.6.1.2.1.55.1": bytes([0x80, 0x10]),
        "1.3.6.1.4.1.2021.10.1.6.1": b"\x9f\x78\x04" + struct.pack(">f", 0.25),
        "1.3.6.1.4.1.99999.2": bytes([0x44, 1, 2]),
        "1.3.6.1.4.1.99999.3": 2**64 - 1,
        "1.3.6.1.4.1.99999.4": b"a = b: c",
    }
    assert [(note.line, note.text) for note in walk.notes] == [
        (16, "1.3.6.1.2.1.2.2.1.8.2 is not of the type its MIB names"),
        (17, "1.3.6.1.2.1.2.2.1.8.3 is not of the type its MIB names"),
        (21, "1.3.6.1.2.1.33.1.2.5.0 was printed with the help of a MIB (48.2): walk with -m '' too"),
        (28, "net-snmp says: Timeout: No Response from 192.0.2.1"),
    ]


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("IF-MIB::ifOperStatus.1 = INTEGER: up(1)\n", "w:1", "is a name, not numbers"),
        (".1.3.6.1 = INTEGER: 1\n\nnonsense\n", "w:3", "'nonsense' is no line of a walk"),
        (".1.3.6.1 = OID: SNMPv2-SMI::enterprises.1\n", "w:1", "names an object"),
        (".1.3.6.1 = Hex-STRING: 0\n", "w:1", "is not hexadecimal"),
    ],
)
def test_what_is_no_walk_is_refused_with_its_line(text: str, place: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_snmpwalk(text, "w")
    assert caught.value.place == place
    assert said in caught.value.what


def test_lines_of_quick_print_and_of_windows_are_read_too() -> None:
    text = '.1.3.6.1.2.1.1.3.0 4711\r\n.1.3.6.1.2.1.1.5.0 = "a box"\r\n.1.3.6.1.2.1.1.2.0 = .1.3.6.1.4.1.318\r\n'
    assert parse_snmpwalk(text, "w").values == {
        "1.3.6.1.2.1.1.3.0": 4711,
        "1.3.6.1.2.1.1.5.0": b"a box",
        "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.318",
    }


def test_snmprec_holds_hex_escapes_and_absent_objects() -> None:
    text = (
        "# kept\n1.3.6.1.1|4x|00ff\n1.3.6.1.2|4e|two\\nlines\n1.3.6.1.3|65|4294967295\n1.3.6.1.4|64|192.0.2.1\n"
        "1.3.6.1.5|128|\n1.3.6.1.6|2:numeric|rate=1\n1.3.6.1.7|4|a|b\n"
    )
    walk = parse_snmprec(text, "w")
    assert walk.values == {
        "1.3.6.1.1": b"\x00\xff",
        "1.3.6.1.2": b"two\nlines",
        "1.3.6.1.3": 2**32 - 1,
        "1.3.6.1.4": bytes([192, 0, 2, 1]),
        "1.3.6.1.5": None,
        "1.3.6.1.7": b"a|b",
    }
    assert [(note.line, note.text) for note in walk.notes] == [
        (7, "1.3.6.1.6 is made up by snmpsim's numeric: no value here")
    ]


@pytest.mark.parametrize("line", ["1.3.6.1.1|2|x", "1.3.6.1.1|99|1", "1.3.6.1.1", "1.3.6.1.1|4x|0", "9.9.9|2|1"])
def test_a_bad_line_of_snmprec_is_refused_with_its_line(line: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_snmprec(f"1.3.6.1.2|2|1\n{line}\n", "w")
    assert caught.value.place == "w:2"


@pytest.mark.parametrize("name", sorted(path.name for path in WALKS.iterdir() if path.suffix != ".md"))
def test_a_walk_written_as_snmprec_says_the_same(name: str) -> None:
    walk = read_walk(WALKS / name)
    assert parse_snmprec(format_snmprec(walk), "w").values == walk.values


def test_a_file_with_no_object_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.walk"
    path.write_text("Timeout: No Response from 192.0.2.1\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"no object stands in it \(net-snmp says: Timeout"):
        read_walk(path)
