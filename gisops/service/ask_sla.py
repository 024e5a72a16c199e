"""How did contractors do in a period: everything a contract report rests on, asked of the store once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gisops.health.availability import Span
from gisops.health.sla_terms import Terms
from gisops.model.event import EventKind
from gisops.model.inventory import Inventory
from gisops.model.membership import GroupKind
from gisops.model.state import DeviceKind
from gisops.service.report_batteries import battery_rows, battery_summary
from gisops.service.report_inspections import inspection_rows, inspection_summary
from gisops.service.report_sla import Findings, sla_rows, sla_summary
from gisops.service.report_theft import theft_rows
from gisops.store.availability_ask import Names, Question, ask
from gisops.store.reader import PgReader

__all__ = ["ContractReport", "ask_contract", "months"]


_OUTAGES = (EventKind.OUTAGE_OPENED, EventKind.OUTAGE_UPDATED, EventKind.OUTAGE_CLOSED)


@dataclass(frozen=True, slots=True)
class ContractReport:
    """A contract report and what it rests on, as rows.

    Parameters
    ----------
    period
        From and to; what is not over yet is left out.
    terms
        ``None`` where nothing is judged.
    contractors, districts
        By contractor, and by contractor and district.
    batteries, inspections
        A row a box: autonomy measured in the period; inspections at its end.
    thefts
        A row an outage that was judged a theft or tampering.
    summary
        Counts over contractors.
    """

    period: Span
    terms: Terms | None
    contractors: list[dict[str, Any]]
    districts: list[dict[str, Any]]
    batteries: list[dict[str, Any]]
    inspections: list[dict[str, Any]]
    thefts: list[dict[str, Any]]
    summary: dict[str, Any]
    battery_summary: dict[str, Any]
    inspection_summary: dict[str, int]


async def ask_contract(
    dsn: str, inventory: Inventory, periods: Sequence[Span], terms: Terms | None, now: datetime
) -> ContractReport:
    """Ask how contractors did.

    Parameters
    ----------
    dsn
        A migrated database.
    inventory
        Gives boxes, contractors and inspections.
    periods
        One after the other; a row each.
    terms
        Of the contract.
    now
        UTC; nothing after it is asked for.

    Raises
    ------
    StoreError
        Where the database cannot be reached, or does not know an inventory yet.
    """
    kinds = terms.kinds if terms else tuple(DeviceKind)
    contract_h = terms.autonomy_h if terms and terms.autonomy_h else inventory.settings.autonomy_contract_h
    cut = [(start, min(end, now)) for start, end in periods if start < min(end, now)]
    reader = await PgReader.open(dsn)
    try:
        since = cut[0][0] if cut else now
        measured = [item.event for item in await reader.events_of(EventKind.AUTONOMY_MEASURED, since)]
        stored = [item for kind in _OUTAGES for item in await reader.events_of(kind, since)]
    finally:
        await reader.close()
    outages = [item.event for item in sorted(stored, key=lambda item: item.seq)]
    names: Names = {}
    rows: dict[tuple[GroupKind, ...], list[dict[str, Any]]] = {}
    batteries: list[dict[str, Any]] = battery_rows(
        inventory, [e for e in measured if cut and e.occurred_at < cut[-1][1]], contract_h
    )
    inspected: list[dict[str, Any]] = inspection_rows(
        inventory, cut[-1][1] - timedelta(microseconds=1) if cut else now
    )
    for by in ((GroupKind.CONTRACTOR,), (GroupKind.CONTRACTOR, GroupKind.DISTRICT)):
        findings = []
        for period in cut:
            lines, names = await ask(dsn, Question(by, period, kinds), now)
            runs = [event for event in measured if period[0] <= event.occurred_at < period[1]]
            found = battery_rows(inventory, runs, contract_h)
            # The last moment of a period belongs to it, its end does not: midnight is the next day.
            at_end = inspection_rows(inventory, period[1] - timedelta(microseconds=1))
            stolen = theft_rows(inventory, outages, period)
            findings.append(Findings(period, lines, found, at_end, stolen))
        rows[by] = sla_rows(findings, terms, by, names)
    contractors, districts = rows.values()
    whole = (periods[0][0], min(periods[-1][1], now))
    return ContractReport(
        whole,
        terms,
        contractors,
        districts,
        batteries,
        inspected,
        theft_rows(inventory, outages, whole),
        sla_summary(contractors, terms),
        battery_summary(batteries, contract_h),
        inspection_summary(inspected),
    )


def months(period: Span, zone: ZoneInfo) -> list[Span]:
    """Divide a period into calendar months of a zone; the first and the last may be cut.

    Examples
    --------
    >>> from datetime import UTC
    >>> period = datetime(2026, 1, 31, 18, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    >>> [(a.day, b.day) for a, b in months(period, ZoneInfo("Asia/Karachi"))]
    [(31, 31), (31, 28), (28, 1)]
    """
    found = []
    start, utc = period[0], ZoneInfo("UTC")
    while start < period[1]:
        local = start.astimezone(zone)
        first = local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        following = (first + timedelta(days=32)).replace(day=1, tzinfo=zone).astimezone(utc)
        end = min(following, period[1])
        found.append((start, end))
        start = end
    return found
