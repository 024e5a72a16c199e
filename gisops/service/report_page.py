"""The contract report as one page: opens by itself, fits A4 when printed or saved as PDF. Pure.

Everything is in the file: no script, no font, no picture from elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from gisops.model.inventory import Inventory
from gisops.service.ask_sla import ContractReport
from gisops.service.report_words import MISSING, head, moment, number, table

__all__ = ["report_page", "style"]

_NOTE = (
    '<p class="note">A dash is what was not measured: it is not zero, and costs nothing. '
    "Availability leaves out announced work and time in which nobody asked.</p>"
)
_CONTRACTORS = (
    "contractor",
    "devices",
    "availability_pct",
    "known_pct",
    "lost_h",
    "maintenance_h",
    "failures",
    "open",
    "mttr_h",
    "mtta_min",
    "mtbf_h",
    "thefts",
    "tampers",
    "autonomy_measured",
    "autonomy_missed",
    "overdue",
    "seals",
)
_BATTERIES = (
    "box",
    "name",
    "district",
    "contractor",
    "episodes",
    "autonomy_h",
    "autonomy_is",
    "contract",
    "projected_h",
    "lost_pct",
)
_THEFTS = ("opened_at", "cause", "box", "name", "district", "contractor", "hours", "closed_at", "cameras")
_INSPECTIONS = ("box", "name", "district", "contractor", "state", "inspected_on", "due_on", "overdue_days", "seal")


def report_page(report: ContractReport, inventory: Inventory, district: str | None = None, controls: str = "") -> str:
    """Give the page.

    Parameters
    ----------
    report
        What was asked.
    inventory
        Gives its name and time zone.
    district
        Name of the district whose rows alone are shown; ``None``: all.
    controls
        HTML that is put under the heading and never printed.
    """
    settings = inventory.settings
    zone = ZoneInfo(settings.time_zone)
    start, end = (moment(at.isoformat(), zone) for at in report.period)
    districts = _only(report.districts, district)
    parts = [
        f"<h1>Contract report {'<span class=demo>DEMO DATA</span>' if settings.demo else ''}</h1>",
        (
            f'<p class="sub">{escape(settings.name)} · {start} to {end} ({escape(settings.time_zone)})'
            f"{f' · {escape(district)}' if district else ''}</p>"
        ),
        controls,
        _key_numbers(report, districts, district),
    ]
    if district is None:
        parts += _contract(report, zone)
    with_period = _with_period(report, ("contractor", "district", *_CONTRACTORS[1:]))
    missed = [row for row in _only(report.batteries, district) if row["episodes"]]
    late = [row for row in _only(report.inspections, district) if not row["in_order"]]
    parts += [
        *_section("By district", "Contractors in their districts", with_period, districts, zone),
        *_section("Theft and tampering", "Boxes taken or opened", _THEFTS, _only(report.thefts, district), zone),
        *_section(
            f"Battery autonomy against {number(float(report.battery_summary['contract_h']))} h",
            "Boxes that ran on battery in the period, worst first",
            _BATTERIES,
            missed,
            zone,
        ),
        *_section("Inspections", "Boxes that are not in order at the end of the period", _INSPECTIONS, late, zone),
        _NOTE,
    ]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Contract report · {start} to {end}</title><style>{style()}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


def style() -> str:
    """Give the style sheet of the page."""
    return (resources.files("gisops.service") / "report_page.css").read_text(encoding="utf-8")


def _key_numbers(report: ContractReport, districts: Sequence[Mapping[str, Any]], district: str | None) -> str:
    available, lost = (sum(row[key] for row in districts) for key in ("available_h", "lost_h"))
    share = f"{100.0 * available / (available + lost):.3f} %" if available + lost else MISSING
    batteries = _only(report.batteries, district)
    measured = [row for row in batteries if row["episodes"]]
    missed = str(sum(row["contract"] == "missed" for row in measured)) if measured else MISSING
    late = sum(row["state"] in ("overdue", "never") for row in _only(report.inspections, district))
    thefts = _only(report.thefts, district)
    facts = [
        ("Availability", share),
        ("Thefts", str(sum(row["cause"] == "theft" for row in thefts))),
        ("Tampering", str(sum(row["cause"] == "tamper" for row in thefts))),
        (f"Below {number(float(report.battery_summary['contract_h']), 0)} h, of {len(measured)} measured", missed),
        ("Inspections overdue", str(late)),
    ]
    if district is None and report.terms:
        facts.insert(1, ("Owed", f"{number(float(report.summary['penalty'] or 0), 0)} {report.terms.currency}"))
    items = "".join(f"<li>{escape(name)}<strong>{escape(value)}</strong></li>" for name, value in facts)
    return f'<ul class="kpis">{items}</ul>'


def _contract(report: ContractReport, zone: ZoneInfo) -> list[str]:
    found = _section("Contractors", "What was measured", _with_period(report, _CONTRACTORS), report.contractors, zone)
    if report.terms is None:
        return [
            *found,
            '<p class="note">No contract terms: nothing is judged. Put a contract.toml into the inventory.</p>',
        ]
    currency = report.terms.currency
    rows = []
    for row in report.contractors:
        causes = [
            f"{head(item['measure'])}: {item['value']:g} is {'below' if item['is_below'] else 'above'} "
            f"{item['limit']:g}, {number(float(item['amount']), 0)} {currency}"
            for item in row["penalties"]
        ]
        rows.append(
            {
                "from": row["from"],
                "to": row["to"],
                "contractor": row["contractor"],
                f"Fee {currency}": round(row["fee"]),
                f"Owed {currency}": round(row["penalty"]),
                "share_pct": row["penalty_pct"],
                "for": "; ".join(causes) or ("all that was judged is met" if not row["not_judged"] else None),
                "not_judged": ", ".join(head(measure) for measure in row["not_judged"]),
                "capped": "yes" if row["is_capped"] else "no",
            }
        )
    columns = ("contractor", f"Fee {currency}", f"Owed {currency}", "share_pct", "capped", "for", "not_judged")
    return [*found, *_section("Penalties", report.terms.name, _with_period(report, columns), rows, zone)]


def _with_period(report: ContractReport, columns: Sequence[str]) -> Sequence[str]:
    """Show from when to when a row is where there are several periods."""
    periods = {row["from"] for row in report.contractors}
    return ("from", "to", *columns) if len(periods) > 1 else columns


def _section(
    heading: str, caption: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], zone: ZoneInfo
) -> list[str]:
    return [f"<h2>{escape(heading)}</h2>", f'<div class="scroll">{table(caption, columns, rows, zone)}</div>']


def _only(rows: Sequence[Mapping[str, Any]], district: str | None) -> list[Mapping[str, Any]]:
    return [row for row in rows if district in (None, row["district"])]
