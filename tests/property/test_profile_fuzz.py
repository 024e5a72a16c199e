"""Whatever a device answers and whatever a walk file holds: a number, a reason, or one line; never a crash."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from gisops.errors import ConfigError
from gisops.health.catalogue import shipped_profiles
from gisops.health.profile import Profile
from gisops.health.profile_text import parse_profile
from gisops.health.reading import Reading
from gisops.health.snmprec_text import parse_snmprec
from gisops.health.snmpwalk_text import parse_snmpwalk
from gisops.health.walk import Walk
from gisops.health.walk_file import read_walk

WALKS = sorted(path for path in (Path(__file__).parents[1] / "data" / "walks").iterdir() if path.suffix != ".md")
TEXTS = [path.read_text(encoding="utf-8") for path in WALKS]
PROFILES = shipped_profiles()
FITTED = [
    profile.resolve(read_walk(path).values) for path in WALKS for profile in PROFILES.values() if profile.metrics
]
TOML = [
    path.read_text(encoding="utf-8") for path in Path(parse_profile.__code__.co_filename).parent.glob("profiles/*")
]
T0 = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
WORDS = st.sampled_from(
    [
        b"15 PERCENT",
        b"512 MB",
        b"not available",
        b"1e999",
        b"-",
        b"1.2.3",
        b"9:99:99",
        b"nan %",
        b"\x9f\x78\x04\x7f\xc0\0\0",
    ]
)
RAW = st.none() | st.integers(-(2**63), 2**64 - 1) | st.binary(max_size=24) | WORDS | st.just("1.3.6.1")


@settings(max_examples=150)
@given(st.sampled_from(FITTED), st.data())
def test_any_answer_is_a_finite_number_or_missing_with_a_reason(profile: Profile, data: st.DataObject) -> None:
    before: Reading | None = None
    for poll in range(2):
        values = data.draw(st.lists(RAW, min_size=len(profile.oids), max_size=len(profile.oids)))
        reading: Reading = profile.read(values, T0 + timedelta(seconds=30 * poll), before)
        before = reading
        for name, value in reading.metrics.items():
            assert (value is None) is (name in reading.missing)
            assert value is None or math.isfinite(value)


def spoil(text: str, at: float, cut: int, junk: str) -> str:
    place = int(at * len(text))
    return f"{text[:place]}{junk}{text[place + cut :]}"


SPOILT = st.builds(
    spoil,
    st.sampled_from(TEXTS),
    st.floats(0, 1),
    st.integers(0, 40),
    st.text(max_size=8) | st.sampled_from(['"', "\n"]),
)


def refusal(read: Callable[[str, str], object], text: str) -> ConfigError | None:
    """Give the refusal of a text; any other exception is a crash and comes out."""
    try:
        read(text, "file")
    except ConfigError as error:
        return error
    return None


@settings(max_examples=200)
@given(st.sampled_from([parse_snmpwalk, parse_snmprec]), SPOILT | st.text(max_size=80))
def test_a_spoilt_walk_is_read_or_refused_with_its_line(parse: Callable[[str, str], Walk], text: str) -> None:
    said = refusal(parse, text)
    assert said is None or (said.place.startswith("file:") and "\n" not in str(said))


@settings(max_examples=150)
@given(st.builds(spoil, st.sampled_from(TOML), st.floats(0, 1), st.integers(0, 40), st.text(max_size=8)))
def test_a_spoilt_profile_is_read_or_refused_with_its_line(text: str) -> None:
    said = refusal(parse_profile, text)
    assert said is None or (said.place.startswith("file:") and "\n" not in str(said))
