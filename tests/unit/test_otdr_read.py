"""OTDR traces written byte by byte are read back in metres and decibels; what is none is one clear line."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gisops.errors import SorError
from gisops.fibre.otdr.read import load_sor, read_sor
from gisops.fibre.otdr.trace import distance_m
from tests.sor_writer import WrittenEvent, WrittenTrace, crc16, written

# Light passes 299,792,458 m/s * 1e-10 s / 1.468 = 0.020421829 m in 100 ps, so 48,967 of them are 1,000.00 m.
EVENTS = (
    WrittenEvent(0, reflectance=-50_000, code="1F9999"),
    WrittenEvent(48_967, loss=87, slope=205, comment="splice 1"),
    WrittenEvent(97_934, loss=-31, slope=206, code="0A9999"),
    WrittenEvent(146_901, loss=13_232, reflectance=-16_726, slope=204, code="1E9999"),
)
TRACE = WrittenTrace(EVENTS, total_loss=842, return_loss=32_392, user_offset=4_897, comment="صدر, after the rain")


def test_the_checksum_of_the_writer_is_the_one_of_the_catalogue() -> None:
    """CRC-16/CCITT-FALSE of "123456789" is 0x29B1 (Williams' catalogue of parametrised CRC algorithms)."""
    assert crc16(b"123456789") == 0x29B1


@pytest.mark.parametrize("version", [1, 2])
def test_events_are_read_in_metres_and_decibels(version: int) -> None:
    trace = read_sor(written(TRACE, version), "t.sor")
    assert trace.version == f"{version}.00"
    assert [trace.event_m(e) for e in trace.events] == pytest.approx([0.0, 1000.0, 2000.0, 3000.0], abs=0.05)
    assert [e.loss_db for e in trace.events] == [0.0, 0.087, -0.031, 13.232]
    assert [e.reflectance_db for e in trace.events] == [-50.0, None, None, -16.726]
    assert [e.attenuation_db_km for e in trace.events] == [0.0, 0.205, 0.206, 0.204]
    assert [e.kind for e in trace.events] == ["reflective", "non-reflective", "non-reflective", "reflective"]
    assert [e.origin for e in trace.events] == ["found", "found", "added", "end"]
    assert trace.events[1].comment == "splice 1"
    assert trace.end == trace.events[3]
    assert (trace.total_loss_db, trace.return_loss_db) == (0.842, 32.392)


@pytest.mark.parametrize("version", [1, 2])
def test_parameters_are_read_in_their_units(version: int) -> None:
    trace = read_sor(written(TRACE, version), "t.sor")
    general, settings = trace.general, trace.settings
    assert (general.cable_id, general.fibre_id, general.location_a, general.location_b) == (
        "Ring 1",
        "F07",
        "Centre",
        "Box 12",
    )
    assert (general.fibre_type, general.nominal_nm) == (652 if version == 2 else None, 1550)
    assert (general.operator, general.comment) == ("Crew 4", "صدر, after the rain")
    assert trace.launch_m == pytest.approx(100.0, abs=0.02)
    assert settings.measured_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert (settings.wavelength_nm, settings.pulse_ns, settings.averages) == (1551.2, (100,), 16_380)
    assert (settings.group_index, settings.backscatter_db) == (1.468, -81.5)
    assert (settings.loss_threshold_db, settings.reflectance_threshold_db, settings.end_threshold_db) == (0.2, -40, 3)
    assert settings.acquisition_offset_ticks == -367
    assert settings.trace_type == ("ST" if version == 2 else None)
    # 10,000 points take 500,000 * 100 ps: 50 of them a point, 1.0211 m.
    assert trace.resolution_m == pytest.approx(1.0211, abs=1e-4)
    assert trace.supplier["instrument"] == "M-100"
    assert "other" not in trace.supplier


def test_a_real_instrument_agrees() -> None:
    """An E6000A of 1998 shows 5.0947 m between points of 24.99999 ns at index 1.4711, and its end at 50.728 km."""
    assert distance_m(249.9999, 1.4711) == pytest.approx(5.094696792927346, rel=1e-9)


def test_levels_are_below_the_top_of_the_range() -> None:
    (curve,) = read_sor(written(WrittenTrace(scale=1_000)), "t.sor").curves
    assert curve.levels_db.tolist() == pytest.approx([-1.0, -2.0, -65.535])
    (coarse,) = read_sor(written(WrittenTrace(scale=500)), "t.sor").curves
    assert coarse.levels_db.tolist() == pytest.approx([-0.5, -1.0, -32.7675])


@pytest.mark.parametrize("version", [1, 2])
def test_several_pulse_widths_are_several_curves(version: int) -> None:
    given = WrittenTrace(widths=(10, 1_000), curves=((1, 2), (3, 4, 5)))
    trace = read_sor(written(given, version), "t.sor")
    assert trace.settings.pulse_ns == (10, 1_000)
    assert [len(curve.levels_db) for curve in trace.curves] == [2, 3]


def test_another_group_index_moves_every_event() -> None:
    trace = read_sor(written(TRACE), "t.sor", group_index=1.475)
    assert trace.event_m(trace.events[1]) == pytest.approx(1000.0 * 1.468 / 1.475, abs=0.05)
    assert trace.settings.group_index == 1.468


def test_an_event_just_before_the_front_panel_is_there() -> None:
    trace = read_sor(written(WrittenTrace((WrittenEvent(-5), WrittenEvent(48_967)))), "t.sor")
    assert [trace.event_m(e) for e in trace.events] == pytest.approx([-0.102, 1000.0], abs=0.01)


def test_what_was_not_measured_is_missing() -> None:
    trace = read_sor(written(WrittenTrace(seconds=0)), "t.sor")
    assert (trace.events, trace.end, trace.settings.measured_at) == ((), None, None)
    assert (trace.total_loss_db, trace.return_loss_db) == (None, None)


@pytest.mark.parametrize("version", [1, 2])
def test_blocks_of_a_maker_are_passed_over_and_missing_ones_leave_gaps(version: int) -> None:
    given = WrittenTrace(EVENTS, extra=(("MakerBlob", b"\x01\x02\x03"),))
    trace = read_sor(written(given, version, without=frozenset({"DataPts", "SupParams"})), "t.sor")
    assert (len(trace.events), trace.curves, trace.supplier) == (4, (), {})


def test_what_would_act_on_a_terminal_is_blanked() -> None:
    assert read_sor(written(WrittenTrace(cable="R\x1b[2J1")), "t.sor").general.cable_id == "R [2J1"


def spoilt(version: int, at: int, value: int) -> bytes:
    data = bytearray(written(TRACE, version))
    data[at] = value
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "t.sor: is no OTDR trace: give a .sor file (Telcordia SR-4731)"),
        (b"%PDF-1.7 and much more", "t.sor: is no OTDR trace: give a .sor file (Telcordia SR-4731)"),
        (b"Map\0\xc8", "t.sor: is cut short in its map: copy it again from the instrument"),
        (written(TRACE)[:40], "t.sor: is cut short in its map: it has 40 bytes of "),
        (written(TRACE)[:-1], "t.sor: is cut short: its block Cksum ends at byte "),
        (written(TRACE, 1)[:-1], "t.sor: is cut short: its block Cksum ends at byte "),
        (written(TRACE, without=frozenset({"FxdParams"})), "t.sor: has no block FxdParams: copy it again"),
        (
            written(TRACE, without=frozenset({"Cksum"})),
            "t.sor: has no block Cksum: copy it again from the instrument, or --ignore-checksum if it writes none",
        ),
        (spoilt(2, -5, 0x42), "t.sor: has no block Cksum where its map says: "),
        (spoilt(1, -9, 0x42), "t.sor: has checksum 0x"),
        (written(WrittenTrace(group_index=0)), "t.sor FxdParams: has group index 0: set that of the fibre"),
        (written(WrittenTrace(spacing=0)), "t.sor FxdParams: has no time between two points: "),
        (written(WrittenTrace((WrittenEvent(1, code="7F9999"),))), "t.sor KeyEvents: event 1 has code '7F9999': "),
    ],
    ids=lambda value: value[7:40] if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_one_clear_line(data: bytes, complaint: str) -> None:
    with pytest.raises(SorError) as caught:
        read_sor(data, "t.sor")
    assert str(caught.value).startswith(complaint)
    assert "\n" not in str(caught.value)


def test_a_wrong_checksum_can_be_ignored() -> None:
    data = written(TRACE)[:-2] + b"\0\0"
    with pytest.raises(SorError, match="has checksum 0x0000 and its content 0x"):
        read_sor(data, "t.sor")
    assert len(read_sor(data, "t.sor", ignore_checksum=True).events) == 4


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SorError, match=r"cannot be read \(No such file or directory\): check its path and mode"):
        load_sor(tmp_path / "none.sor")
