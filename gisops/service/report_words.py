"""How are the values of a report said: numbers, times and what is missing, escaped for HTML. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

__all__ = ["HEADS", "MISSING", "head", "moment", "number", "table"]

MISSING = "–"
"""What was not measured; never a zero."""
HEADS: Mapping[str, str] = {
    "availability_pct": "Availability %",
    "known_pct": "Known %",
    "mttr_h": "MTTR h",
    "mtta_min": "MTTA min",
    "mtbf_h": "MTBF h",
    "lost_h": "Lost h",
    "maintenance_h": "Work h",
    "autonomy_measured": "Batteries measured",
    "autonomy_missed": "Below contract",
    "overdue": "Inspections overdue",
    "seals": "Seals missing",
    "autonomy_h": "Autonomy h",
    "autonomy_is": "Is",
    "projected_h": "Projected h",
    "lost_pct": "Lost capacity %",
    "overdue_days": "Days overdue",
    "share_pct": "Share %",
    "not_judged": "Not judged",
    "from": "From",
    "to": "To",
    "opened_at": "Lost at",
    "closed_at": "Back at",
}
_DIGITS = {"availability_pct": 3, "fee": 0, "penalty": 0, "amount": 0}
_NUMBERS = ("_pct", "_h", "_min", "_missed", "_days")
_LONG = frozenset({"for", "not_judged"})
_TIMES = frozenset({"from", "to", "opened_at", "closed_at"})


def number(value: float | int, digits: int = 1) -> str:
    """Say a number; thousands are divided.

    Examples
    --------
    >>> number(1234567.891, 2), number(3)
    ('1,234,567.89', '3')
    """
    return f"{value:,}" if isinstance(value, int) else f"{value:,.{digits}f}"


def moment(text: str, zone: ZoneInfo) -> str:
    """Say a moment in a zone.

    Examples
    --------
    >>> moment("2026-03-01T19:00:00+00:00", ZoneInfo("Asia/Karachi"))
    '2026-03-02 00:00'
    """
    return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d %H:%M}"


def table(
    caption: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], zone: ZoneInfo, most: int = 1000
) -> str:
    """Give rows as an HTML table; everything in it is escaped.

    Parameters
    ----------
    caption
        Its heading, for eyes and screen readers.
    columns, rows
        What is shown, in order.
    zone
        In which times are said; the UTC text is in the tip.
    most
        Rows that are shown at most; how many are left out is said.
    """
    heads = "".join(f'<th scope="col">{escape(head(column))}</th>' for column in columns)
    body = "".join(
        f"<tr>{''.join(_cell(column, row.get(column), zone) for column in columns)}</tr>" for row in rows[:most]
    )
    if not rows:
        body = f'<tr><td class="none" colspan="{len(columns)}">nothing</td></tr>'
    left = f'<p class="left">and {len(rows) - most:,} more rows</p>' if len(rows) > most else ""
    top = f"<caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>"
    return f"<table>{top}<tbody>{body}</tbody></table>{left}"


def head(column: str) -> str:
    """Say what a column or a measure is.

    Examples
    --------
    >>> head("mttr_h"), head("thefts"), head("Fee PKR")
    ('MTTR h', 'Thefts', 'Fee PKR')
    """
    words = column.replace("_", " ")
    return HEADS.get(column, words[:1].upper() + words[1:])


def _cell(column: str, value: object, zone: ZoneInfo) -> str:
    if value is None or value == "":
        return f'<td class="{_kind(column)}">{MISSING}</td>'
    if column in _TIMES:
        utc = escape(str(value))
        return f'<td><time datetime="{utc}" title="{utc}">{moment(str(value), zone)}</time></td>'
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<td class="num">{number(value, _DIGITS.get(column, 1))}</td>'
    return f'<td class="{_kind(column)}">{escape(str(value))}</td>'


def _kind(column: str) -> str:
    """Give the class of a cell without a number: a dash stands under the numbers of its column, reasons may wrap."""
    return "num" if column.endswith(_NUMBERS) else "why" if column in _LONG else "text"
