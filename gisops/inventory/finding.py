"""One thing that is wrong with an inventory, as a person is told of it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A problem: ``place: what: remedy``.

    Parameters
    ----------
    place
        File with line, or file with feature id.
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
