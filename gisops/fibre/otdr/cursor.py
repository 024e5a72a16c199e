"""What is the next number or text of a block? Little endian, never past its end."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from gisops.errors import SorError

__all__ = ["Cursor"]

_AGAIN = "copy it again from the instrument"


@dataclass(slots=True)
class Cursor:
    """A place in the bytes of a block.

    Parameters
    ----------
    data
        Of the block, without its name.
    place
        File and block, for errors.
    at
        Bytes read so far.
    """

    data: bytes
    place: str
    at: int = 0

    @property
    def left(self) -> int:
        """Bytes not read yet."""
        return len(self.data) - self.at

    def take(self, count: int) -> bytes:
        """Give the next bytes.

        Raises
        ------
        SorError
            Where the block has not so many; so does everything below.
        """
        if count > self.left:
            raise SorError(self.place, f"needs {count} bytes at byte {self.at} and has {self.left}", _AGAIN)
        found = self.data[self.at : self.at + count]
        self.at += count
        return found

    def number(self, code: str) -> int:
        """Give an integer by its :mod:`struct` code: ``h`` and ``i`` have a sign, ``H`` and ``I`` none."""
        (found,) = struct.unpack(f"<{code}", self.take(struct.calcsize(f"<{code}")))
        return int(found)

    def numbers(self, code: str, count: int) -> tuple[int, ...]:
        """Give several integers."""
        return struct.unpack(f"<{count}{code}", self.take(count * struct.calcsize(f"<{code}")))

    def letters(self, count: int) -> str:
        """Give a text of so many bytes."""
        return _text(self.take(count))

    def text(self) -> str:
        """Give the text up to the next zero byte."""
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise SorError(self.place, f"has a text without an end at byte {self.at}", _AGAIN)
        found = _text(self.data[self.at : end])
        self.at = end + 1
        return found


def _text(raw: bytes) -> str:
    """Decode what was typed on an instrument; control characters would act on a terminal."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
