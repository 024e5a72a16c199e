"""What one raw value means: scale, offset, enumeration, bit, clock, text with a unit; or why it means nothing."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property

from gisops.health.date_value import device_time
from gisops.health.raw import NO_SUCH_OBJECT, Missing, Raw, text_of
from gisops.health.text_value import number_in

__all__ = ["Decoder", "Word"]

Word = int | str
"""A raw INTEGER, or a text in lower case."""
_OPAQUE_FLOAT = b"\x9f\x78\x04"
_OPAQUE_DOUBLE = b"\x9f\x79\x08"


@dataclass(frozen=True)
class Decoder:
    """How the raw values of one metric are read.

    Parameters
    ----------
    unit
        Of the metric.
    scale, offset
        ``metric = raw * scale + offset``, for integers and bare numbers in text.
    enum
        Raw value to number; what is not in it means nothing.
    missing
        Raw values that mean "no reading", before scaling.
    valid
        Lowest and highest credible value, in the unit of the metric.
    bit
        Read this bit alone: of an INTEGER from the least significant, of BITS
        from the first octet's most significant (RFC 2578 section 7.1.4), of
        ``flags`` from the left; each begins with 0.
    flags
        Whether the bits come as a text of ``0`` and ``1``.
    clock
        Whether it is the device's clock: the metric is how far it is ahead of
        ours, in seconds.
    zone
        Zone of a clock that does not say its own.
    binary
        Whether KB, MB ... in texts are powers of 1,024.
    """

    unit: str
    scale: float = 1.0
    offset: float = 0.0
    enum: Mapping[Word, float] | None = None
    missing: frozenset[Word] = frozenset()
    valid: tuple[float, float] | None = None
    bit: int | None = None
    flags: bool = False
    clock: bool = False
    zone: timezone | None = None
    binary: bool = False

    @cached_property
    def is_plain(self) -> bool:
        """Whether an INTEGER is only scaled: the common case, and the fast one."""
        return not (self.enum or self.missing or self.valid or self.bit is not None or self.clock)

    def decode(self, raw: Raw, at: datetime | None = None, row_scale: float = 1.0) -> float | Missing:
        """Turn a raw value into the metric.

        Parameters
        ----------
        raw
            As it came.
        at
            When it came; only a clock asks for it.
        row_scale
            What the row itself says of its scale (RFC 3433).

        Examples
        --------
        >>> Decoder("degC", scale=0.1).decode(315), Decoder("%").decode(b"15 PERCENT")
        (31.5, 15.0)
        >>> Decoder("degC", missing=frozenset({-32768})).decode(-32768).why
        '-32768 says that there is no reading'
        """
        if type(raw) is int and self.is_plain:
            return round(raw * self.scale * row_scale + self.offset, 9)
        value = self.number(raw, at, row_scale)
        return value if isinstance(value, Missing) else self.credible(value)

    def number(self, raw: Raw, at: datetime | None = None, row_scale: float = 1.0) -> float | Missing:
        """Turn a raw value into a number without asking whether it is credible (a part of a share)."""
        if raw is None:
            return NO_SUCH_OBJECT
        word: Word = raw if isinstance(raw, int) else _lower(raw)
        if word in self.missing or (isinstance(word, str) and _as_int(word) in self.missing):
            return Missing(f"{_shown(raw)} says that there is no reading")
        return self._meaning(raw, word, at, row_scale)

    def credible(self, value: float) -> float | Missing:
        """Give a value back, or why nobody should believe it."""
        if self.valid is not None and not self.valid[0] <= value <= self.valid[1]:
            return Missing(f"{value:g} is outside {self.valid[0]:g} to {self.valid[1]:g}")
        return round(value, 9)

    def _meaning(self, raw: int | bytes | str, word: Word, at: datetime | None, row_scale: float) -> float | Missing:
        if self.clock:
            return self._ahead(raw, at)
        if self.bit is not None:
            bit = self._read_bit(raw, self.bit)
            if isinstance(bit, Missing):
                return bit
            raw = word = bit
        if self.enum is not None:
            return self._enumerated(raw, word)
        if isinstance(raw, int):
            return raw * self.scale * row_scale + self.offset
        if isinstance(raw, str):
            return Missing(f"{raw} is an object identifier, not a number")
        return self._from_octets(raw, row_scale)

    def _from_octets(self, raw: bytes, row_scale: float) -> float | Missing:
        """Read text, or net-snmp's floating point in an Opaque."""
        if raw.startswith(_OPAQUE_FLOAT) and len(raw) == 7:
            number = float(struct.unpack(">f", raw[3:])[0])
        elif raw.startswith(_OPAQUE_DOUBLE) and len(raw) == 11:
            number = float(struct.unpack(">d", raw[3:])[0])
        else:
            found = number_in(text_of(raw), self.unit, binary=self.binary)
            if isinstance(found, Missing) or found.has_unit:
                return found if isinstance(found, Missing) else found.value
            number = found.value
        if not abs(number) < float("inf"):
            return Missing("not a finite number")
        return number * self.scale * row_scale + self.offset

    def _enumerated(self, raw: int | bytes | str, word: Word) -> float | Missing:
        table = self.enum or {}
        value = table.get(word)
        if value is None and isinstance(word, str):
            number = _as_int(word)
            value = table.get(number) if number is not None else None
        return Missing(f"the profile does not say what {_shown(raw)} means") if value is None else value

    def _read_bit(self, raw: int | bytes | str, bit: int) -> int | Missing:
        if isinstance(raw, int):
            return raw >> bit & 1
        if isinstance(raw, str):
            return Missing(f"{raw} has no bits")
        if self.flags:
            text = text_of(raw)
            if not text or text.strip("01"):
                return Missing(f"{_shown(raw)} is not a row of 0 and 1")
            return int(text[bit]) if bit < len(text) else Missing(f"only {len(text)} flags, none is number {bit}")
        octet, place = divmod(bit, 8)
        # Octets that are zero to the end may be left away.
        return raw[octet] >> (7 - place) & 1 if octet < len(raw) else 0

    def _ahead(self, raw: int | bytes | str, at: datetime | None) -> float | Missing:
        if not isinstance(raw, bytes):
            return Missing(f"{_shown(raw)} is not a date and time")
        if at is None:
            return Missing("a clock says something only beside the time of the reading")
        shown = device_time(raw, self.zone)
        return shown if isinstance(shown, Missing) else (shown - at).total_seconds()


def _lower(raw: bytes | str) -> str:
    return (text_of(raw) if isinstance(raw, bytes) else raw).casefold()


def _as_int(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _shown(raw: int | bytes | str) -> str:
    if not isinstance(raw, bytes):
        return str(raw)
    text = text_of(raw)
    if not text.isprintable():
        return raw[:16].hex(" ")
    return repr(text if len(text) <= 40 else f"{text[:37]}...")
