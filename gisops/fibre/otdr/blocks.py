"""Which blocks does a file have, and does its checksum fit? The map says, and CRC-16 over everything.

Version 2 begins with the name ``Map`` and repeats every block's name at its
start; version 1 has neither. Blocks follow the map in the order it lists them.
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from gisops.errors import SorError
from gisops.fibre.otdr.cursor import Cursor

__all__ = ["Blocks", "read_blocks"]

_MAP = b"Map\0"
_FIRST = range(100, 200)
_SECOND = range(200, 300)
_MOST_BLOCKS = 1000
_MAP_HEADER = 8
_NEED = ("GenParams", "FxdParams", "Cksum")
_CRC_START = 0xFFFF
_AGAIN = "copy it again from the instrument"
_NO_TRACE = "give a .sor file (Telcordia SR-4731)"


@dataclass(frozen=True, slots=True)
class Blocks:
    """Version of the format (1 or 2, and as it is written), and the content of each block by name."""

    major: int
    version: str
    contents: Mapping[str, bytes]


def read_blocks(data: bytes, place: str, *, ignore_checksum: bool = False) -> Blocks:
    """Take a file apart.

    Parameters
    ----------
    data
        The whole file.
    place
        Its name, for errors.
    ignore_checksum
        Take it although its checksum does not fit: some instruments write none, or a wrong one.

    Raises
    ------
    SorError
        Where it is no trace, cut short, or its checksum does not fit.

    Notes
    -----
    The checksum is CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF, nothing reflected) over every
    byte before it.
    """
    version, first, entries = _read_map(data, place)
    is_second = version in _SECOND
    contents: dict[str, bytes] = {}
    start, checked = first, -1
    for name, length in entries:
        end = start + length
        if end > len(data):
            what = f"is cut short: its block {name} ends at byte {end:,} of {len(data):,}"
            raise SorError(place, what, _AGAIN)
        if name in contents:
            raise SorError(place, f"has two blocks {name}", _AGAIN)
        content = data[start:end]
        contents[name] = _without_name(content, name, place) if is_second else content
        if name == "Cksum":
            checked = end - len(contents[name])
        start = end
    for name in _NEED:
        if name not in contents and not (ignore_checksum and name == "Cksum"):
            raise SorError(place, f"has no block {name}", _remedy(name))
    if not ignore_checksum:
        _check(data, checked, Cursor(contents["Cksum"], f"{place} Cksum").number("H"), place)
    return Blocks(2 if is_second else 1, f"{version / 100:.2f}", contents)


def _read_map(data: bytes, place: str) -> tuple[int, int, list[tuple[str, int]]]:
    """Give the version, where the first block begins, and name and length of each."""
    is_second = data.startswith(_MAP)
    cursor = Cursor(data, place, len(_MAP) if is_second else 0)
    if cursor.left < _MAP_HEADER:
        if is_second:
            raise SorError(place, "is cut short in its map", _AGAIN)
        raise SorError(place, "is no OTDR trace", _NO_TRACE)
    version, size, count = cursor.number("H"), cursor.number("I"), cursor.number("H")
    if version not in (_SECOND if is_second else _FIRST):
        raise SorError(place, "is no OTDR trace", _NO_TRACE)
    if not 1 <= count <= _MOST_BLOCKS or size < cursor.at:
        raise SorError(place, f"has a map of {count} blocks in {size} bytes", _AGAIN)
    if size > len(data):
        raise SorError(place, f"is cut short in its map: it has {len(data):,} bytes of {size:,}", _AGAIN)
    listed = Cursor(data[:size], f"{place} Map", cursor.at)
    entries = []
    for _ in range(count - 1):  # the map counts itself
        name, _, length = listed.text(), listed.number("H"), listed.number("I")
        entries.append((name, length))
    return version, size, entries


def _without_name(content: bytes, name: str, place: str) -> bytes:
    head = name.encode("latin-1", "replace") + b"\0"
    if not content.startswith(head):
        raise SorError(place, f"has no block {name} where its map says", _AGAIN)
    return content[len(head) :]


def _check(data: bytes, end: int, said: int, place: str) -> None:
    found = binascii.crc_hqx(data[:end], _CRC_START)
    if found != said:
        raise SorError(place, f"has checksum {said:#06x} and its content {found:#06x}", _remedy("Cksum"))


def _remedy(name: str) -> str:
    return f"{_AGAIN}, or --ignore-checksum if it writes none" if name == "Cksum" else _AGAIN
