"""What was measured, by whom, with which instrument and settings? Blocks GenParams, SupParams and FxdParams."""

from __future__ import annotations

from datetime import UTC, datetime

from gisops.errors import SorError
from gisops.fibre.otdr.cursor import Cursor
from gisops.fibre.otdr.trace import General, Settings

__all__ = ["read_general", "read_settings", "read_supplier"]

_SUPPLIER = ("supplier", "instrument", "serial", "module", "module_serial", "software", "other")
_MOST_WIDTHS = 64
_SPACING_POINTS = 10_000
"""Data spacing is the time of so many points."""
_INDEX_RANGE = (1.3, 1.7)
"""Silica has 1.46 to 1.48 at every wavelength in use; what is outside is no fibre."""


def read_general(data: bytes, place: str, major: int) -> General:
    """Read GenParams; version 1 has no fibre type, and its offset once instead of twice."""
    cursor = Cursor(data, f"{place} GenParams")
    language, cable_id, fibre_id = cursor.letters(2), cursor.text(), cursor.text()
    fibre_type = cursor.number("H") if major > 1 else None
    nominal_nm = cursor.number("H")
    location_a, location_b, cable_code = cursor.text(), cursor.text(), cursor.text()
    condition, user_offset = cursor.letters(2), cursor.number("i")
    if major > 1:
        cursor.number("i")  # the same in the unit of the display
    return General(
        language=language,
        cable_id=cable_id,
        fibre_id=fibre_id,
        fibre_type=fibre_type or None,
        nominal_nm=nominal_nm,
        location_a=location_a,
        location_b=location_b,
        cable_code=cable_code,
        condition=condition,
        user_offset_ticks=user_offset,
        operator=cursor.text(),
        comment=cursor.text(),
    )


def read_supplier(data: bytes, place: str) -> dict[str, str]:
    """Read SupParams; what is empty is left out."""
    cursor = Cursor(data, f"{place} SupParams")
    return {name: text for name in _SUPPLIER if (text := cursor.text())}


def read_settings(data: bytes, place: str, major: int) -> Settings:
    """Read FxdParams; version 1 lacks what the display showed, the averaging time and the type of the trace.

    Raises
    ------
    SorError
        Where it is too short, or its group index or spacing cannot be that of a fibre.
    """
    cursor = Cursor(data, f"{place} FxdParams")
    seconds, unit, wavelength = cursor.number("I"), cursor.letters(2), cursor.number("H")
    offset = cursor.number("i")
    if major > 1:
        cursor.number("i")  # acquisition offset in the unit of the display
    widths = cursor.number("H")
    if not 1 <= widths <= _MOST_WIDTHS:
        raise SorError(cursor.place, f"has {widths} pulse widths", "export one trace a file")
    pulse_ns, spacing, points = cursor.numbers("H", widths), cursor.numbers("I", widths), cursor.numbers("I", widths)
    group_index, backscatter, averages = cursor.number("I") / 1e5, cursor.number("H"), cursor.number("I")
    if not _INDEX_RANGE[0] <= group_index <= _INDEX_RANGE[1]:
        raise SorError(
            cursor.place, f"has group index {group_index:g}", "set that of the fibre on the instrument (1.46 to 1.48)"
        )
    if 0 in spacing:
        raise SorError(cursor.place, "has no time between two points", "export it again from the instrument")
    if major > 1:
        cursor.number("H")  # averaging time, which instruments write in different units
    cursor.number("i")  # acquisition range
    if major > 1:
        cursor.number("i")  # and in the unit of the display
    cursor.number("i")  # front panel offset: event times are counted from the front panel already
    cursor.numbers("H", 3)  # noise floor, its scale, power offset of the first point
    loss, reflectance, end = cursor.numbers("H", 3)
    return Settings(
        measured_at=datetime.fromtimestamp(seconds, UTC) if seconds else None,
        distance_unit=unit,
        wavelength_nm=wavelength / 10.0,
        acquisition_offset_ticks=offset,
        pulse_ns=pulse_ns,
        spacing_ticks=tuple(ticks / _SPACING_POINTS for ticks in spacing),
        points=points,
        group_index=group_index,
        backscatter_db=-backscatter / 10.0,
        averages=averages,
        loss_threshold_db=loss / 1000.0,
        reflectance_threshold_db=-reflectance / 1000.0,
        end_threshold_db=end / 1000.0,
        trace_type=cursor.letters(2) if major > 1 else None,
    )
