"""The contract report: each contractor by period, with what was measured and what is owed for it, as rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gisops.health.availability import Line, Span
from gisops.health.sla import Verdict, judge_contract
from gisops.health.sla_terms import Measure, Terms
from gisops.model.membership import GroupKind
from gisops.model.outage import Cause

__all__ = ["COLUMNS", "Findings", "sla_rows", "sla_summary"]

COLUMNS = (
    "from",
    "to",
    "contractor",
    "district",
    "devices",
    "availability_pct",
    "known_pct",
    "available_h",
    "lost_h",
    "maintenance_h",
    "failures",
    "open",
    "mttr_h",
    "mtta_min",
    "mtbf_h",
    "autonomy_measured",
    "autonomy_missed",
    "overdue",
    "seals",
    "thefts",
    "tampers",
    "fee",
    "penalty",
    "penalty_pct",
    "is_capped",
    "penalties",
    "not_judged",
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found of one period.

    Parameters
    ----------
    period
        From and to.
    lines
        By contractor, or by contractor and district.
    batteries, inspections, thefts
        Rows of those reports.
    """

    period: Span
    lines: Sequence[Line]
    batteries: Sequence[Mapping[str, Any]]
    inspections: Sequence[Mapping[str, Any]]
    thefts: Sequence[Mapping[str, Any]]


def sla_rows(
    findings: Iterable[Findings],
    terms: Terms | None,
    by: Sequence[GroupKind],
    names: Mapping[tuple[GroupKind, str], str],
) -> list[dict[str, Any]]:
    """Give a row for each period and group.

    Parameters
    ----------
    findings
        One for each period.
    terms
        Of the contract; ``None``: nothing is judged.
    by
        Contractor alone, or contractor and district. A contract is judged as a whole: rows of
        districts say what was measured, not what is owed.
    names
        What people call districts.
    """
    return [_row(found, line, terms, by, names) for found in findings for line in found.lines]


def sla_summary(rows: Sequence[Mapping[str, Any]], terms: Terms | None) -> dict[str, Any]:
    """Count over all rows."""
    return {
        "lines": len(rows),
        "contract": terms.name if terms else None,
        "currency": terms.currency if terms else None,
        "fee": _total(rows, "fee"),
        "penalty": _total(rows, "penalty"),
        "failures": sum(row["failures"] for row in rows),
        "thefts": sum(row["thefts"] for row in rows),
        "tampers": sum(row["tampers"] for row in rows),
    }


def _row(
    found: Findings,
    line: Line,
    terms: Terms | None,
    by: Sequence[GroupKind],
    names: Mapping[tuple[GroupKind, str], str],
) -> dict[str, Any]:
    ids = dict(zip(by, line.key, strict=True))
    contractor = ids[GroupKind.CONTRACTOR]
    district_id = ids.get(GroupKind.DISTRICT)
    district = None if district_id is None else names.get((GroupKind.DISTRICT, district_id), district_id)
    measured = _measured(found, line, contractor, district)
    # A contract is judged as a whole; a district is a part of it.
    verdict = None
    if terms is not None and district_id is None:
        period = found.period[1] - found.period[0]
        verdict = judge_contract(terms, contractor, measured, line.times.known_pct, period)
    return {
        "from": found.period[0].isoformat(),
        "to": found.period[1].isoformat(),
        "contractor": contractor,
        "district": district,
        "devices": line.devices,
        "known_pct": _rounded(line.times.known_pct, 3),
        "available_h": round(line.times.available_s / 3600.0, 3),
        "lost_h": round(line.times.lost_s / 3600.0, 3),
        "maintenance_h": round(line.times.maintenance_s / 3600.0, 3),
        "open": line.counts.open,
        "autonomy_measured": sum(bool(row["episodes"]) for row in _of(found.batteries, contractor, district)),
        **{str(measure): _rounded(value, 4) for measure, value in measured.items()},
        **_owed(verdict),
    }


def _measured(found: Findings, line: Line, contractor: str, district: str | None) -> dict[Measure, float | None]:
    mttr_s, mtta_s, mtbf_s = line.counts.mttr_s, line.outages.mtta_s, line.mtbf_s
    causes = [row["cause"] for row in _of(found.thefts, contractor, district)]
    batteries = list(_of(found.batteries, contractor, district))
    boxes = list(_of(found.inspections, contractor, district))
    is_measured = any(row["episodes"] for row in batteries)
    return {
        Measure.AVAILABILITY_PCT: line.times.availability_pct,
        Measure.MTTR_H: None if mttr_s is None else mttr_s / 3600.0,
        Measure.MTTA_MIN: None if mtta_s is None else mtta_s / 60.0,
        Measure.MTBF_H: None if mtbf_s is None else mtbf_s / 3600.0,
        Measure.FAILURES: line.counts.failures,
        Measure.AUTONOMY_MISSED: sum(row["contract"] == "missed" for row in batteries) if is_measured else None,
        Measure.OVERDUE: sum(row["state"] in ("overdue", "never") for row in boxes),
        Measure.SEALS: sum(row["seal"] == "missing" and row["state"] != "not_commissioned" for row in boxes),
        Measure.THEFTS: causes.count(Cause.THEFT),
        Measure.TAMPERS: causes.count(Cause.TAMPER),
    }


def _owed(verdict: Verdict | None) -> dict[str, Any]:
    if verdict is None:
        return dict.fromkeys(("fee", "penalty", "penalty_pct", "is_capped", "penalties", "not_judged"))
    return {
        "fee": round(verdict.fee, 2),
        "penalty": round(verdict.penalty, 2),
        "penalty_pct": _rounded(100.0 * verdict.penalty / verdict.fee if verdict.fee else None, 3),
        "is_capped": verdict.is_capped,
        "penalties": [
            {
                "measure": str(item.measure),
                "value": round(item.value, 4),
                "limit": item.step.limit,
                "is_below": item.step.is_below,
                "amount": round(item.amount, 2),
            }
            for item in verdict.owed
        ],
        "not_judged": [str(measure) for measure in verdict.not_judged],
    }


def _of(rows: Iterable[Mapping[str, Any]], contractor: str, district: str | None) -> Iterable[Mapping[str, Any]]:
    return (r for r in rows if r["contractor"] == contractor and district in (None, r["district"]))


def _total(rows: Sequence[Mapping[str, Any]], key: str) -> float | None:
    values = [row[key] for row in rows if row[key] is not None]
    return round(sum(values), 2) if values else None


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
