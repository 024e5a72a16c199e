"""What every sub-report of ``gisops report`` gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a sub-report found.

    Parameters
    ----------
    columns
        Of ``rows``, in order.
    rows
        JSON-ready values by column; a missing one is ``None``.
    summary
        Counts over all rows.
    is_good
        Whether nobody has to act on it (exit code 0, else 1).
    shown
        Columns of the table that is printed to be read.
    digits
        Decimals of a column there, where one is not enough.
    """

    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]
    summary: Mapping[str, Any]
    is_good: bool
    shown: Sequence[str]
    digits: Mapping[str, int] = field(default_factory=dict)
