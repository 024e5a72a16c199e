"""What does an availability report say: words to a question, lines to rows; no I/O."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gisops.errors import ConfigError
from gisops.health.availability import Line
from gisops.model.membership import GroupKind

__all__ = ["WORDS", "columns_of", "parse_by", "row_of", "summary_of"]

WORDS = (*(str(kind) for kind in GroupKind), "cause", "day")
"""By what availability is told; several at once are divided by commas."""
_NUMBERS = (
    "devices",
    "availability_pct",
    "known_pct",
    "available_h",
    "lost_h",
    "unknown_h",
    "maintenance_h",
    "failures",
    "open",
    "outages",
    "mttd_least_s",
    "mttd_most_s",
    "mtta_min",
    "mttr_min",
    "mtbf_h",
)


def parse_by(text: str) -> tuple[tuple[GroupKind, ...], bool, bool]:
    """Read ``--by``: the kinds of group, whether by cause, and whether by day.

    Raises
    ------
    ConfigError
        Where a word is not known.

    Examples
    --------
    >>> parse_by("district,day")
    ((<GroupKind.DISTRICT: 'district'>,), False, True)
    """
    words = [word.strip() for word in text.split(",")]
    for word in words:
        if word not in WORDS:
            near = difflib.get_close_matches(word, WORDS, n=1)
            raise ConfigError(
                "--by", f"unknown word {word}", f"did you mean {near[0]}?" if near else f"take {', '.join(WORDS)}"
            )
    kinds = tuple(dict.fromkeys(GroupKind(word) for word in words if word not in ("cause", "day", "all")))
    return kinds, "cause" in words, "day" in words


def columns_of(by: Sequence[GroupKind], with_cause: bool, is_daily: bool) -> list[str]:
    """Name the columns of a report, in order."""
    groups = [column for kind in by for column in _columns_of_group(kind)]
    return [*(["day"] if is_daily else []), *groups, *(["cause"] if with_cause else []), *_NUMBERS]


def row_of(line: Line, by: Sequence[GroupKind], names: Mapping[tuple[GroupKind, str], str]) -> dict[str, Any]:
    """Give a line as JSON-ready values by column; what cannot be said is ``None``."""
    row: dict[str, Any] = {} if line.day is None else {"day": line.day.isoformat()}
    for kind, group_id in zip(by, line.key, strict=False):
        values = (group_id, names.get((kind, group_id)))
        row.update(zip(_columns_of_group(kind), values, strict=False))
    if len(line.key) > len(by):
        row["cause"] = line.key[-1]
    mttd = line.outages.mttd_s or (None, None)
    return row | {
        "devices": line.devices,
        "availability_pct": _rounded(line.times.availability_pct, 1.0, 5),
        "known_pct": _rounded(line.times.known_pct, 1.0, 3),
        "available_h": _rounded(line.times.available_s, 3600.0, 4),
        "lost_h": _rounded(line.times.lost_s, 3600.0, 4),
        "unknown_h": _rounded(line.times.unknown_s, 3600.0, 4),
        "maintenance_h": _rounded(line.times.maintenance_s, 3600.0, 4),
        "failures": line.counts.failures,
        "open": line.counts.open,
        "outages": line.outages.outages,
        "mttd_least_s": _rounded(mttd[0], 1.0, 3),
        "mttd_most_s": _rounded(mttd[1], 1.0, 3),
        "mtta_min": _rounded(line.outages.mtta_s, 60.0, 3),
        "mttr_min": _rounded(line.counts.mttr_s, 60.0, 3),
        "mtbf_h": _rounded(line.mtbf_s, 3600.0, 3),
    }


def summary_of(lines: Iterable[Line]) -> dict[str, Any]:
    """Count over all lines."""
    known = list(lines)
    return {
        "lines": len(known),
        "lost_h": round(sum(line.times.lost_s for line in known) / 3600.0, 4),
        "failures": sum(line.counts.failures for line in known),
    }


def _columns_of_group(kind: GroupKind) -> tuple[str, ...]:
    has_no_name = kind in (GroupKind.CONTRACTOR, GroupKind.DEVICE)
    return (str(kind),) if has_no_name else (str(kind), f"{kind}_name")


def _rounded(value: float | None, unit: float, digits: int) -> float | None:
    return None if value is None else round(value / unit, digits)
