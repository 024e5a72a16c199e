"""What a device really sent, before anybody knows what it means; and why there is no number in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["NO_SUCH_OBJECT", "Missing", "Raw", "text_of"]

Raw: TypeAlias = int | bytes | str | None
"""An INTEGER-like value, octets, a dotted OBJECT IDENTIFIER, or nothing (no such object)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """There is no number, and why in words; it becomes ``None`` in a reading, never 0."""

    why: str


NO_SUCH_OBJECT = Missing("the device has no such object")
"""What noSuchObject, noSuchInstance and NULL say."""


def text_of(octets: bytes) -> str:
    r"""Read octets as text: UTF-8, else Latin-1, without padding.

    Examples
    --------
    >>> text_of(b"15 PERCENT\x00\x00"), text_of(b"\xb0C")
    ('15 PERCENT', '°C')
    """
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError:
        text = octets.decode("latin-1")
    return text.strip("\x00 \t\r\n")
