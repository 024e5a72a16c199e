"""A damaged trace is an error or the same trace, never another one and never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gisops.errors import SorError
from gisops.fibre.otdr.read import read_sor
from gisops.fibre.otdr.trace import SorTrace
from tests.sor_writer import WrittenEvent, WrittenTrace, written

TRACE = WrittenTrace(
    (
        WrittenEvent(0, reflectance=-50_000, code="1F9999"),
        WrittenEvent(48_967, loss=87, slope=205, comment="splice"),
        WrittenEvent(146_901, loss=13_232, reflectance=-16_726, code="1E9999"),
    ),
    total_loss=842,
    extra=(("MakerBlob", b"\x00\xff\x10"),),
)
FILES = {version: written(TRACE, version) for version in (1, 2)}


def said(trace: SorTrace) -> str:
    curves = [curve.levels_db.tolist() for curve in trace.curves]
    return repr((trace.version, trace.general, trace.supplier, trace.settings, trace.events, curves))


WHOLE = {version: said(read_sor(data, "t.sor")) for version, data in FILES.items()}


@pytest.mark.parametrize("version", [1, 2])
def test_cut_at_any_byte_is_an_error(version: int) -> None:
    data = FILES[version]
    for length in range(len(data)):
        with pytest.raises(SorError):
            read_sor(data[:length], "t.sor")


@pytest.mark.parametrize("version", [1, 2])
def test_any_one_bit_turned_is_an_error(version: int) -> None:
    """The file is shorter than 4,095 bytes, where CRC-16/CCITT finds every change of up to three bits."""
    data = FILES[version]
    assert len(data) < 4095
    for bit in range(8 * len(data)):
        turned = bytearray(data)
        turned[bit // 8] ^= 1 << bit % 8
        with pytest.raises(SorError):
            read_sor(bytes(turned), "t.sor")


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([1, 2]), st.sets(st.integers(0, 8 * min(map(len, FILES.values())) - 1), min_size=1, max_size=3)
)
def test_a_few_bits_turned_are_an_error_or_the_same_trace(version: int, bits: set[int]) -> None:
    turned = bytearray(FILES[version])
    for bit in bits:
        turned[bit // 8] ^= 1 << bit % 8
    try:
        found = said(read_sor(bytes(turned), "t.sor"))
    except SorError as error:
        assert "\n" not in str(error)  # noqa: PT017 - an error is one of two good ends
    else:
        assert found == WHOLE[version]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([1, 2]), st.lists(st.tuples(st.integers(0, 2000), st.binary(min_size=1, max_size=6)), max_size=8)
)
def test_without_the_checksum_nothing_crashes(version: int, patches: list[tuple[int, bytes]]) -> None:
    data = bytearray(FILES[version])
    for at, patch in patches:
        data[at % len(data) : at % len(data) + len(patch)] = patch
    try:
        read_sor(bytes(data), "t.sor", ignore_checksum=True)
    except SorError as error:
        assert "\n" not in str(error)  # noqa: PT017 - an error is one of two good ends


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"Map\0\xc8\x00", b"\x64\x00"]))
def test_foreign_bytes_are_an_error(data: bytes, start: bytes) -> None:
    with pytest.raises(SorError):
        read_sor(start + data, "t.sor")
