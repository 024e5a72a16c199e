"""One thing that is wrong with an inventory, as a person is told of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Finding", "in_order"]

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A problem: ``place: what: remedy``.

    Parameters
    ----------
    place
        File with line, or file with feature number.
    what
        The offender and its value.
    remedy
        What to do about it.
    rule
        Name of the rule that found it.
    """

    place: str
    what: str
    remedy: str
    rule: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}: {self.remedy}"


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings as a person reads the files: line 9 before line 10.

    Examples
    --------
    >>> [f.place for f in in_order(Finding(f"b.csv:{n}", "", "", "") for n in (10, 9))]
    ['b.csv:9', 'b.csv:10']
    """

    def key(finding: Finding) -> tuple[list[tuple[int, str]], Finding]:
        parts = _DIGITS.split(finding.place)
        return [(int(part), "") if part.isdecimal() else (0, part) for part in parts], finding

    return sorted(findings, key=key)
