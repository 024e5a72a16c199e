"""Which number stands in a text: ``15 PERCENT``, ``512 MB``, ``98.6 F``, ``1 day, 2:03:04``, ``not available``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

from gisops.health.raw import Missing
from gisops.health.units import convert

__all__ = ["NOT_A_READING", "TextNumber", "number_in"]

NOT_A_READING = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "n/a",
        "na",
        "nan",
        "nil",
        "none",
        "not available",
        "not installed",
        "not present",
        "not supported",
        "null",
        "unavailable",
        "unknown",
        "unsupported",
    }
)
"""What devices write where they have no reading (lower case)."""

_NUMBER = re.compile(
    r"(?P<number>[+-]?(?:\d+(?:[.,]\d+)?|\.\d+)(?:[eE][+-]?\d+(?![\w]))?)\s*(?P<word>\D*|\D.*)", re.ASCII
)
_DURATION = re.compile(
    r"(?:(?P<days>\d+)\s*(?:days?,?\s*|d\s*|:))?(?P<h>\d{1,7}):(?P<m>\d{1,2}):(?P<s>\d{1,2}(?:\.\d+)?)",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TextNumber:
    """A number out of a text.

    Parameters
    ----------
    value
        The number.
    has_unit
        Whether the text named its unit, so that ``value`` is in the wanted
        one already; a bare number is scaled like an INTEGER.
    """

    value: float
    has_unit: bool


@lru_cache(maxsize=8192)
def number_in(text: str, unit: str, *, binary: bool = False) -> TextNumber | Missing:
    """Find the number in a text.

    Parameters
    ----------
    text
        As the device sent it, without padding.
    unit
        The unit that is wanted.
    binary
        Whether KB, MB ... are powers of 1,024.

    Returns
    -------
    TextNumber or Missing
        A decimal comma is one unless three digits follow it: ``1,024`` may be
        either, and nothing is guessed.

    Examples
    --------
    >>> number_in("15 PERCENT", "%"), number_in("452", "degC")
    (TextNumber(value=15.0, has_unit=True), TextNumber(value=452.0, has_unit=False))
    >>> number_in("0:30:48.00", "min").value, number_in("N/A", "V").why
    (30.8, "'N/A' is no reading")
    """
    if text.casefold() in NOT_A_READING:
        return Missing(f"{_short(text)} is no reading")
    duration = _DURATION.fullmatch(text)
    if duration is not None:
        return _duration(duration, text, unit)
    found = _NUMBER.fullmatch(text)
    if found is None:
        return Missing(f"{_short(text)} is not a number")
    digits = found["number"]
    if re.search(r",\d{3}(?!\d)", digits):
        return Missing(f"the comma in {_short(text)} may part thousands or decimals")
    value = float(digits.replace(",", "."))
    if not math.isfinite(value):
        return Missing(f"{_short(text)} is beyond any number")
    word = found["word"].strip()
    if not word:
        return TextNumber(value, has_unit=False)
    converted = convert(value, word.strip("()[]. ") or word, unit, binary=binary)
    if converted is None:
        return Missing(f"{_short(text)} cannot be turned into {unit}")
    return TextNumber(converted, has_unit=True)


def _duration(found: re.Match[str], text: str, unit: str) -> TextNumber | Missing:
    if int(found["m"]) > 59 or float(found["s"]) >= 60:
        return Missing(f"{_short(text)} is not a time")
    seconds = 86400 * int(found["days"] or 0) + 3600 * int(found["h"]) + 60 * int(found["m"]) + float(found["s"])
    converted = convert(seconds, "s", unit)
    if converted is None:
        return Missing(f"{_short(text)} is a time, which cannot be turned into {unit}")
    return TextNumber(converted, has_unit=True)


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...")
