"""An OTDR trace written byte by byte from the layout of SR-4731, for the tests of its reader; shares nothing with it.

Values are what stands in the file: times in 100 ps, losses in thousandths of a decibel.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

__all__ = ["WrittenEvent", "WrittenTrace", "crc16", "written"]


@dataclass(frozen=True)
class WrittenEvent:
    """One key event as it stands in the file."""

    time: int
    loss: int = 0
    reflectance: int = 0
    code: str = "0F9999"
    slope: int = 0
    comment: str = ""


@dataclass(frozen=True)
class WrittenTrace:
    """What is written."""

    events: tuple[WrittenEvent, ...] = ()
    group_index: int = 146_800
    user_offset: int = 0
    cable: str = "Ring 1"
    fibre: str = "F07"
    comment: str = ""
    seconds: int = 1_700_000_000
    widths: tuple[int, ...] = (100,)
    spacing: int = 500_000
    curves: tuple[tuple[int, ...], ...] = ((1_000, 2_000, 65_535),)
    scale: int = 1_000
    total_loss: int = 0
    return_loss: int = 0
    extra: tuple[tuple[str, bytes], ...] = field(default=())


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE bit by bit: x^16 + x^12 + x^5 + 1, all ones at the start."""
    register = 0xFFFF
    for byte in data:
        for bit in range(7, -1, -1):
            top = (register >> 15) ^ ((byte >> bit) & 1)
            register = (register << 1) & 0xFFFF
            if top:
                register ^= 0x1021
    return register


def _z(text: str) -> bytes:
    return text.encode() + b"\0"


def _general(trace: WrittenTrace, version: int) -> bytes:
    return b"".join(
        [
            b"EN",
            _z(trace.cable),
            _z(trace.fibre),
            struct.pack("<h", 652) if version == 2 else b"",
            struct.pack("<h", 1550),
            _z("Centre"),
            _z("Box 12"),
            _z("G.652.D"),
            b"CC",
            struct.pack("<i", trace.user_offset),
            struct.pack("<i", 0) if version == 2 else b"",
            _z("Crew 4"),
            _z(trace.comment),
        ]
    )


def _supplier() -> bytes:
    return b"".join(_z(text) for text in ("Maker", "M-100", "SN 1", "Module", "SN 2", "1.0", ""))


def _fixed(trace: WrittenTrace, version: int) -> bytes:
    count = len(trace.widths)
    second = version == 2
    return b"".join(
        [
            struct.pack("<I", trace.seconds),
            b"km",
            struct.pack("<h", 15_512),  # 1551.2 nm
            struct.pack("<i", -367),  # the curve begins before the front panel
            struct.pack("<i", 0) if second else b"",
            struct.pack("<h", count),
            struct.pack(f"<{count}h", *trace.widths),
            struct.pack(f"<{count}i", *([trace.spacing] * count)),
            struct.pack(f"<{count}i", *(len(curve) for curve in trace.curves)),
            struct.pack("<i", trace.group_index),
            struct.pack("<h", 815),  # -81.5 dB
            struct.pack("<i", 16_380),
            struct.pack("<H", 150) if second else b"",  # 15 s
            struct.pack("<i", 500_000),
            struct.pack("<i", 0) if second else b"",
            struct.pack("<i", 0),
            struct.pack("<HhH", 40_000, 1_000, 0),
            struct.pack("<HHH", 200, 40_000, 3_000),
            b"ST" + struct.pack("<4i", 1, 2, 3, 4) if second else b"",
        ]
    )


def _events(trace: WrittenTrace, version: int) -> bytes:
    out = struct.pack("<h", len(trace.events))
    for number, event in enumerate(trace.events, 1):
        out += struct.pack("<hihhi", number, event.time, event.slope, event.loss, event.reflectance)
        out += event.code.encode() + b"LS"
        if version == 2:
            out += struct.pack("<5i", *([event.time] * 5))
        out += _z(event.comment)
    last = trace.events[-1].time if trace.events else 0
    return out + struct.pack("<iiiHii", trace.total_loss, 0, last, trace.return_loss, 0, last)


def _points(trace: WrittenTrace) -> bytes:
    out = struct.pack("<ih", sum(map(len, trace.curves)), len(trace.curves))
    for curve in trace.curves:
        out += struct.pack("<ih", len(curve), trace.scale) + struct.pack(f"<{len(curve)}H", *curve)
    return out


def written(trace: WrittenTrace, version: int = 2, *, without: frozenset[str] = frozenset()) -> bytes:
    """Write a whole file of version 1 or 2, leaving out some blocks."""
    blocks = [
        ("GenParams", _general(trace, version)),
        ("SupParams", _supplier()),
        ("FxdParams", _fixed(trace, version)),
        ("KeyEvents", _events(trace, version)),
        ("DataPts", _points(trace)),
        *trace.extra,
    ]
    blocks = [(name, _z(name) + body if version == 2 else body) for name, body in blocks if name not in without]
    if "Cksum" not in without:
        blocks.append(("Cksum", _z("Cksum") if version == 2 else b""))
    sizes = [len(body) + (2 if name == "Cksum" else 0) for name, body in blocks]
    entries = b"".join(
        _z(name) + struct.pack("<Hi", 100 * version, size) for (name, _), size in zip(blocks, sizes, strict=True)
    )
    head = _z("Map") if version == 2 else b""
    size = len(head) + 8 + len(entries)
    out = head + struct.pack("<Hih", 100 * version, size, len(blocks) + 1) + entries
    out += b"".join(body for _, body in blocks)
    return out if "Cksum" in without else out + struct.pack("<H", crc16(out))
