"""Which version 3 notifications are believed; frames; our own engine id."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from gisops.config.credentials import Credential
from gisops.errors import SnmpError
from gisops.snmp.v3_frames import (
    Ack,
    Datagram,
    Malformed,
    Notified,
    Refused,
    Reply,
    Setup,
    decode_from_child,
    decode_to_child,
)
from gisops.snmp.v3_identity import FILE_NAME, start_engine
from gisops.snmp.v3_trust import Freshness, screen
from gisops.wire.v3 import FLAG_AUTH, FLAG_PRIV, FLAG_REPORTABLE, Envelope

OURS, THEIRS, OTHER = b"\x80our-engine", b"\x80their-engine", b"\x80other-engine"
USER = Credential("u", "3", "", "user", "SHA-256", "auth-password", "AES-128", "priv-password")
SIGNED = replace(USER, user="signed", privacy=None)
OPEN = replace(USER, user="open", auth=None, privacy=None)
USERS = {user.user.encode(): user for user in (USER, SIGNED, OPEN)}
BOTH = FLAG_AUTH | FLAG_PRIV


@pytest.mark.parametrize(
    ("engine_id", "user", "flags", "clock", "reason"),
    [
        (THEIRS, "user", BOTH, (1, 1), ""),
        (THEIRS, "signed", FLAG_AUTH, (1, 1), ""),
        (THEIRS, "open", 0, (1, 1), ""),
        (OURS, "user", BOTH | FLAG_REPORTABLE, (1, 1), ""),
        # Questions who we are and what our time is.
        (b"", "", FLAG_REPORTABLE, (0, 0), ""),
        (OURS, "user", FLAG_AUTH | FLAG_REPORTABLE, (0, 0), ""),
        # Less than the user must show, or more than it can.
        (THEIRS, "user", 0, (1, 1), "less secure than its user"),
        (THEIRS, "user", FLAG_AUTH, (1, 1), "less secure than its user"),
        (THEIRS, "user", FLAG_AUTH, (0, 0), "less secure than its user"),
        (THEIRS, "user", FLAG_PRIV, (1, 1), "less secure than its user"),
        (OURS, "user", FLAG_AUTH, (1, 1), "less secure than its user"),
        (OURS, "user", FLAG_REPORTABLE, (0, 0), "less secure than its user"),
        (THEIRS, "open", BOTH, (1, 1), "less secure than its user"),
        # Nobody, or from elsewhere.
        (THEIRS, "", 0, (1, 1), "unknown user"),
        (OURS, "", FLAG_REPORTABLE, (0, 0), "unknown user"),
        (THEIRS, "eve", BOTH, (1, 1), "unknown user"),
        (OTHER, "user", BOTH, (1, 1), "engine id of another sender"),
        (b"", "user", BOTH | FLAG_REPORTABLE, (0, 0), "engine id of another sender"),
        (b"", "", 0, (0, 0), "engine id of another sender"),
    ],
)
def test_screening(engine_id: bytes, user: str, flags: int, clock: tuple[int, int], reason: str) -> None:
    envelope = Envelope(1, flags, engine_id, *clock, user.encode())
    assert screen(envelope, OURS, THEIRS, USERS) == reason


def test_a_sender_whose_engine_is_not_known_may_only_inform() -> None:
    assert (
        screen(Envelope(1, BOTH, THEIRS, 1, 1, b"user"), OURS, b"", USERS) == "engine id of the sender is not known"
    )
    assert screen(Envelope(1, BOTH, OURS, 1, 1, b"user"), OURS, b"", USERS) == ""


def test_time_window_and_replay() -> None:
    fresh = Freshness()

    def refuse(boots: int, time: int, mark: bytes, now: float) -> str:
        return fresh.refuse(THEIRS, (boots, time), mark, now, is_ours=False)

    assert refuse(3, 1000, b"a", 0.0) == ""
    assert refuse(3, 1000, b"a", 1.0) == "replayed"
    # 3 min later the engine's clock shows 1180 by our estimate: 1030 is just in the window.
    assert refuse(3, 1029, b"b", 180.0) == "not in the time window"
    assert refuse(3, 1030, b"b", 180.0) == ""
    assert refuse(2, 9999, b"c", 180.0) == "not in the time window"
    assert refuse(4, 0, b"d", 180.0) == ""
    assert refuse(3, 1180, b"e", 180.0) == "not in the time window"
    # RFC 3414 section 2.2.2: the last count of boots is never believed.
    assert refuse(2**31 - 1, 0, b"f", 180.0) == "not in the time window"
    # What was refused for its time was not remembered, what is ours has been checked for it.
    assert fresh.refuse(OURS, (1, 5), b"g", 180.0, is_ours=True) == ""
    assert fresh.refuse(OURS, (1, 5), b"g", 180.0, is_ours=True) == "replayed"
    # Without authentication there is nothing to check.
    assert fresh.refuse(THEIRS, (0, 0), b"", 180.0, is_ours=False) == ""


@pytest.mark.parametrize(
    "frame",
    [
        Setup(OURS, 7, (USER, OPEN)),
        Datagram(("10.1.2.3", 65535), THEIRS, bytes(range(256))),
        Datagram(("10.1.2.3", 162), b"", b""),
        Ack(2**32 - 1, is_stored=True),
        Ack(1, is_stored=False),
    ],
)
def test_frames_to_the_child_come_back(frame: Setup | Datagram | Ack) -> None:
    assert decode_to_child(frame.encode()) == frame


@pytest.mark.parametrize(
    "frame",
    [
        Reply(("10.1.2.3", 40000), b"\x30\x00"),
        Notified(("10.1.2.3", 40000), 5, THEIRS, 2**31 - 1, 3, b"mark", b"pdu"),
        Notified(("10.1.2.3", 40000), 0, b"", 0, 0, b"", b""),
        Refused("wrong digest"),
        Malformed(),
    ],
)
def test_frames_from_the_child_come_back(frame: Reply | Notified | Refused | Malformed) -> None:
    assert decode_from_child(frame.encode()) == frame


def test_our_engine_keeps_its_id_and_counts_its_starts(tmp_path: Path) -> None:
    first, boots = start_engine(tmp_path / "run")
    assert boots == 1
    assert start_engine(tmp_path / "run") == (first, 2)
    assert start_engine(tmp_path / "other")[0] != first
    # RFC 3411: 5 to 32 octets, high bit, enterprise, format 5.
    assert (len(first), first[:5].hex()) == (13, "80007ed905")
    assert start_engine(None)[1] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"engine_id": "xy", "boots": 1}',
        '{"engine_id": "80", "boots": 1}',
        '{"engine_id": "8000000000", "boots": -1}',
        "[]",
    ],
)
def test_a_damaged_identity_is_an_error_and_not_a_new_engine(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text)
    with pytest.raises(SnmpError, match="delete the file"):
        start_engine(tmp_path)


def test_a_count_at_its_end_is_an_error(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text(json.dumps({"engine_id": OURS.hex(), "boots": 2**31 - 2}))
    with pytest.raises(SnmpError, match="at its end"):
        start_engine(tmp_path)
