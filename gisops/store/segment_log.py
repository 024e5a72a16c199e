"""An append-only log on disk in segments: what was written last survives a kill, a torn end is cut off.

A record is ``length, crc32, number, weight`` and its bytes. Numbers ascend. A
record whose check sum is wrong ends its segment: what follows it was never promised.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

__all__ = ["Record", "SegmentLog"]

_HEADER = struct.Struct(">IIQI")
_LARGEST = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its number, how much it weighs (samples in it), and its bytes."""

    number: int
    weight: int
    payload: bytes


@dataclass(slots=True)
class _Segment:
    path: Path
    size: int
    last: int


class SegmentLog:
    """A queue on disk.

    Parameters
    ----------
    folder
        Is there.
    name
        First part of the segments' file names; the number of the first record follows.
    segment_bytes
        A segment that is larger gets a successor.
    """

    def __init__(self, folder: Path, name: str, segment_bytes: int = 8 * 1024 * 1024) -> None:
        self._folder = folder
        self._name = name
        self._segment_bytes = segment_bytes
        self._segments: list[_Segment] = []
        self._tail: BinaryIO | None = None
        self._consumed = 0
        self._offset = 0
        for path in sorted(folder.glob(f"{name}-*.log")):
            segment = _mended(path)
            if segment is not None:
                self._segments.append(segment)

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(segment.size for segment in self._segments)

    @property
    def last(self) -> int:
        """Number of the last record; 0 if there is none."""
        return self._segments[-1].last if self._segments else 0

    def append(self, number: int, weight: int, payload: bytes) -> None:
        """Put a record at the end.

        Raises
        ------
        OSError
            Where the disk is full or gone; the log is as before then.
        """
        if self._tail is None or self._segments[-1].size >= self._segment_bytes:
            self._begin(number)
        assert self._tail is not None  # noqa: S101 - _begin opened it
        segment = self._segments[-1]
        header = _HEADER.pack(len(payload), zlib.crc32(payload), number, weight)
        try:
            self._tail.write(header + payload)
            self._tail.flush()
        except OSError:
            self._tail.close()
            self._tail = None
            os.truncate(segment.path, segment.size)
            self._begin_anew_after(segment)
            raise
        segment.size += len(header) + len(payload)
        segment.last = number

    def records(self) -> Iterator[Record]:
        """Read what is waiting, oldest first; appending meanwhile is allowed."""
        for place, segment in enumerate(list(self._segments)):
            with segment.path.open("rb") as file:
                file.seek(self._offset if place == 0 else 0)
                while (record := _read(file)) is not None:
                    if record.number > self._consumed:
                        yield record

    def drop_through(self, number: int) -> None:
        """Forget every record up to a number; files that hold nothing else go."""
        self._consumed = max(self._consumed, number)
        while self._segments and self._segments[0].last <= self._consumed:
            self._remove_first()
        if self._segments:
            with self._segments[0].path.open("rb") as file:
                file.seek(self._offset)
                while (record := _read(file)) is not None and record.number <= self._consumed:
                    self._offset = file.tell()

    def drop_oldest_segment(self) -> int:
        """Forget the oldest segment; give the weight of what was still waiting in it."""
        if not self._segments:
            return 0
        first = self._segments[0]
        lost = 0
        for record in self.records():
            if record.number > first.last:
                break
            lost += record.weight
        self.drop_through(first.last)
        return lost

    def duplicate(self) -> int | None:
        """Give a descriptor of the file appended to, for another thread to sync and close."""
        return None if self._tail is None else os.dup(self._tail.fileno())

    def close(self) -> None:
        """Sync and close."""
        if self._tail is not None:
            os.fsync(self._tail.fileno())
            self._tail.close()
            self._tail = None

    def _begin(self, number: int) -> None:
        self.close()
        path = self._folder / f"{self._name}-{number:016d}.log"
        self._tail = path.open("ab")
        self._segments.append(_Segment(path, 0, number - 1))

    def _begin_anew_after(self, segment: _Segment) -> None:
        """Forget an empty segment that could not take its first record."""
        if segment.size == 0:
            self._segments.remove(segment)
            segment.path.unlink(missing_ok=True)

    def _remove_first(self) -> None:
        segment = self._segments.pop(0)
        if not self._segments and self._tail is not None:
            self._tail.close()
            self._tail = None
        segment.path.unlink(missing_ok=True)
        self._offset = 0


def _read(file: BinaryIO) -> Record | None:
    header = file.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    length, crc, number, weight = _HEADER.unpack(header)
    if length > _LARGEST:
        return None
    payload = file.read(length)
    if len(payload) < length or zlib.crc32(payload) != crc:
        return None
    return Record(number, weight, payload)


def _mended(path: Path) -> _Segment | None:
    """Cut a torn end off a segment; ``None`` (and no file) if nothing is left."""
    good, last = 0, 0
    with path.open("rb") as file:
        while (record := _read(file)) is not None:
            good, last = file.tell(), record.number
    if good == 0:
        path.unlink()
        return None
    if good < path.stat().st_size:
        os.truncate(path, good)
    return _Segment(path, good, last)
