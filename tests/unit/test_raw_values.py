"""What devices really send, and what it means: texts with units, sentinels, bits, clocks, counters."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from gisops.health.counter import Counter, has_restarted, rate_of
from gisops.health.decode import Decoder
from gisops.health.raw import Missing, Raw

NOON = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
OCTETS_32 = Counter(32, max_rate=1.25e8)
OCTETS_64 = Counter(64, max_rate=1.25e9)


@pytest.mark.parametrize(
    ("unit", "options", "raw", "value"),
    [
        ("%", {}, b"15 PERCENT", 15.0),
        ("%", {}, b"15%\x00\x00", 15.0),
        ("%", {}, b" 62.5 % ", 62.5),
        ("B", {"binary": True}, b"512 MB", 512 * 1048576.0),
        ("B", {}, b"512 MB", 512e6),
        ("B", {}, b"2 MiB", 2097152.0),
        ("degC", {}, b"45", 45.0),
        ("degC", {}, b"45 C", 45.0),
        ("degC", {}, "\N{DEGREE SIGN}C".join(["45.5", ""]).encode("latin-1"), 45.5),
        ("degC", {}, b"212 F", 100.0),
        ("degC", {"scale": 0.1}, b"452", 45.2),
        ("V", {}, b"48,2 V", 48.2),
        ("V", {}, b"48200 mV", 48.2),
        ("min", {}, b"1 day, 2:03:00", 1563.0),
        ("s", {"scale": 0.01}, 12345, 123.45),
        ("degC", {"scale": 0.1}, -45, -4.5),
        ("truth", {"enum": {"open": 1.0, "closed": 0.0}}, b"Open", 1.0),
        ("truth", {"bit": 3}, 8, 1.0),
        ("truth", {"bit": 0}, bytes([0x80, 0]), 1.0),
        ("truth", {"bit": 15}, bytes([0x80]), 0.0),
        ("s", {"clock": True}, bytes.fromhex("07ea0b150c001e002b0500"), 30.0),
        ("", {}, b"\x9f\x78\x04\x3e\x80\x00\x00", 0.25),
    ],
)
def test_a_raw_value_becomes_a_number(unit: str, options: dict[str, Any], raw: Raw, value: float) -> None:
    assert Decoder(unit, **options).decode(raw, NOON) == pytest.approx(value)


@pytest.mark.parametrize(
    ("unit", "options", "raw", "why"),
    [
        ("degC", {}, None, "the device has no such object"),
        ("degC", {"missing": frozenset({-32768})}, -32768, "-32768 says that there is no reading"),
        ("degC", {"missing": frozenset({-32768})}, b"-32768", "'-32768' says that there is no reading"),
        ("degC", {}, b"not available", "'not available' is no reading"),
        ("degC", {}, b"Not Available", "'Not Available' is no reading"),
        ("degC", {}, b"N/A", "'N/A' is no reading"),
        ("degC", {}, b"", "'' is no reading"),
        ("degC", {}, b"15 PERCENT", "'15 PERCENT' cannot be turned into degC"),
        ("B", {}, b"1,024 MB", "the comma in '1,024 MB' may part thousands or decimals"),
        ("%", {"valid": (0.0, 100.0)}, 255, "255 is outside 0 to 100"),
        ("truth", {"enum": {1: 1.0}}, 7, "the profile does not say what 7 means"),
        ("truth", {"bit": 2, "flags": True}, b"00", "only 2 flags, none is number 2"),
        ("degC", {}, "1.3.6.1", "1.3.6.1 is an object identifier, not a number"),
        ("degC", {}, b"\x9f\x78\x04\x7f\x80\x00\x00", "not a finite number"),
    ],
)
def test_what_is_no_reading_is_missing_and_says_why(unit: str, options: dict[str, Any], raw: Raw, why: str) -> None:
    assert Decoder(unit, **options).decode(raw, NOON) == Missing(why)


@pytest.mark.parametrize(
    ("counter", "before", "now", "seconds", "restarted", "rate"),
    [
        (OCTETS_32, 1_000, 4_000, 30.0, False, 100.0),
        (OCTETS_32, 2**32 - 1_000, 2_000, 30.0, False, 100.0),
        (OCTETS_64, 2**64 - 1_000, 2_000, 30.0, False, 100.0),
        (OCTETS_32, 7, 7, 30.0, False, 0.0),
        (OCTETS_32, 1_000, 4_000, 30.0, None, 100.0),  # without sysUpTime, forward is still forward
    ],
)
def test_a_counter_becomes_a_rate(
    counter: Counter, before: int, now: int, seconds: float, restarted: bool | None, rate: float
) -> None:
    assert rate_of(counter, 1.0, before, now, seconds, restarted) == pytest.approx(rate)


@pytest.mark.parametrize(
    ("counter", "before", "now", "seconds", "restarted", "why"),
    [
        (OCTETS_32, None, 4_000, 30.0, None, "a rate needs two readings"),
        (OCTETS_32, 9_000, 10_000, 30.0, True, "the device restarted since the last reading"),
        (
            OCTETS_32,
            9_000,
            10,
            30.0,
            None,
            "the counter went back, and without sysUpTime a wrap looks like a restart",
        ),
        (OCTETS_32, 1, 2, 60.0, False, "a 32-bit counter may wrap more than once in 60 s"),  # 2^32 / 1.25e8 is 34 s
        (OCTETS_32, 1, 2**32, 30.0, False, "4294967296 does not fit 32 bits"),
        (OCTETS_32, 1, 2, 0.0, False, "two readings at the same time give no rate"),
        # Set back without a restart: it would be 1.8e19 in 30 s.
        (OCTETS_64, 9_000, 10, 30.0, False, "6.14891e+17 is more than the 1.25e+09 that is possible"),
    ],
)
def test_what_is_no_rate_is_missing_and_says_why(
    counter: Counter, before: int | None, now: int, seconds: float, restarted: bool | None, why: str
) -> None:
    assert rate_of(counter, 1.0, before, now, seconds, restarted) == Missing(why)


@pytest.mark.parametrize(
    ("before", "now", "seconds", "restarted"),
    [
        (100_000, 103_000, 30.0, False),
        (100_000, 1_000, 30.0, True),
        (2**32 - 1_000, 2_000, 30.0, False),  # sysUpTime itself wrapped: 10 s before, 20 s after
        (2**32 - 1_000, 90_000, 30.0, True),
        (500, 5_000, 600.0, True),  # up for 50 s now, though ten minutes have passed
        (None, 5_000, 30.0, None),
        (5_000, None, 30.0, None),
    ],
)
def test_a_restart_is_told_by_sysuptime(
    before: int | None, now: int | None, seconds: float, restarted: bool | None
) -> None:
    assert has_restarted(before, now, seconds) is restarted
