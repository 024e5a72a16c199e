"""How is a datagram read that looks like the last one: same bytes but for some fields of the same size.

A shape is made from a datagram that was read and believed in full. Another
datagram fits it if it differs from that one in the fields only; then the fields
mean what they meant there, and one `struct` call takes them all. Nothing is
guessed: what does not fit is left to the decoders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from struct import Struct
from typing import Any

from gisops.wire.ber import decode_integer, decode_oid, decode_unsigned
from gisops.wire.pdu import Tag, Value
from gisops.wire.response import Span

__all__ = ["Shape", "ShapeBook"]

_SIGNED = {1: "b", 2: "h", 4: "i", 8: "q"}
_UNSIGNED = {1: "B", 2: "H", 4: "I", 8: "Q"}
_UNSIGNED_TAGS = frozenset({Tag.COUNTER32, Tag.GAUGE32, Tag.TIMETICKS, Tag.COUNTER64})
_NOTHING = frozenset({Tag.NULL, Tag.NO_SUCH_OBJECT, Tag.NO_SUCH_INSTANCE, Tag.END_OF_MIB_VIEW})

Converter = Callable[[bytes], Value]


def _signed(raw: bytes) -> int:
    return decode_integer(raw, 0, len(raw))


def _unsigned(raw: bytes) -> int:
    return decode_unsigned(raw, 0, len(raw))


def _nothing(_: bytes) -> None:
    return None


class Shape:
    r"""A datagram with fields cut out.

    Parameters
    ----------
    layout
        `struct` format: fixed bytes and fields in turn, beginning and ending with fixed bytes.
    fixed
        The fixed bytes, which must be found again.
    converters
        For fields that `struct` cannot read by itself, by their number.

    Examples
    --------
    >>> shape = ShapeBook(8).learn(b"\x02\x01\x05", [(2, 3, Tag.INTEGER)])
    >>> shape.take(b"\x02\x01\x07"), shape.take(b"\x04\x01\x07")
    ([7], None)
    """

    __slots__ = ("converters", "fixed", "size", "unpack_from")

    def __init__(self, layout: str, fixed: tuple[bytes, ...], converters: tuple[tuple[int, Converter], ...]) -> None:
        reader = Struct(layout)
        self.size = reader.size
        self.unpack_from = reader.unpack_from
        self.fixed = fixed
        self.converters = converters

    def take(self, data: bytes | memoryview, at: int = 0) -> list[Any] | None:
        """Read the fields of a datagram of `size` octets at ``at``; ``None`` if it does not fit.

        Raises
        ------
        WireError
            For a field whose octets mean nothing in its type.
        """
        if len(data) - at < self.size:
            return None
        parts = self.unpack_from(data, at)
        if parts[::2] != self.fixed:
            return None
        fields: list[Any] = list(parts[1::2])
        for number, convert in self.converters:
            fields[number] = convert(parts[2 * number + 1])
        return fields


class ShapeBook:
    """The shapes seen so far, each once, however many devices answer in it.

    Parameters
    ----------
    room
        How many are kept; beyond that the book begins anew, and devices keep what they have.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._shapes: dict[tuple[str, tuple[bytes, ...]], Shape] = {}

    def learn(self, data: bytes, spans: Iterable[Span]) -> Shape:
        """Give the shape of a datagram whose fields stand at ``spans``, in order.

        A tag of `Tag.OCTET_STRING` leaves a field as it is.
        """
        layout, fixed, converters = [">"], [], []
        done = 0
        for number, (start, stop, tag) in enumerate(spans):
            code, converter = _field(tag, stop - start)
            layout.append(f"{start - done}s{code}")
            fixed.append(data[done:start])
            if converter is not None:
                converters.append((number, converter))
            done = stop
        layout.append(f"{len(data) - done}s")
        fixed.append(data[done:])
        key = ("".join(layout), tuple(fixed))
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) >= self._room:
                self._shapes.clear()
            shape = self._shapes[key] = Shape(key[0], key[1], tuple(converters))
        return shape


def _field(tag: int, size: int) -> tuple[str, Converter | None]:
    octets = f"{size}s"
    if tag == Tag.INTEGER:
        return (_SIGNED[size], None) if size in _SIGNED else (octets, _signed)
    if tag in _UNSIGNED_TAGS:
        return (_UNSIGNED[size], None) if size in _UNSIGNED else (octets, _unsigned)
    if tag == Tag.OBJECT_ID:
        return octets, decode_oid
    if tag in _NOTHING:
        return octets, _nothing
    return octets, None
