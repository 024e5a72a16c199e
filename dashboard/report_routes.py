"""The Reports room: ``/reports`` shows, prints and exports how contractors did.

The address holds the whole question (``from``, ``to``, ``district``, ``months``), so
that a link shows the same report to everybody. Pages are written on the server and
need no script; what is asked is checked here, what is shown is decided below.
"""

from __future__ import annotations

import asyncio
import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import orjson
from fastapi import FastAPI, Request, Response

from gisops.errors import ConfigError, GisopsError
from gisops.health.availability import Span
from gisops.model.inventory import Inventory
from gisops.service.ask_sla import ContractReport, months
from gisops.service.contract_source import ContractSource
from gisops.service.report_map import report_map
from gisops.service.report_page import report_page, style
from gisops.service.report_sla import COLUMNS

__all__ = ["PATH", "Question", "question_of", "register"]

PATH = "/reports"
DAYS = 30
"""The page opens with so many days, today included."""
_LONGEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: local days (the last one is in it), whose district by name, whether by month."""

    first: date
    last: date
    district: str | None
    is_monthly: bool

    def periods(self, zone: ZoneInfo) -> list[Span]:
        """Give the periods in UTC."""
        start = datetime.combine(self.first, time(), zone).astimezone(UTC)
        end = datetime.combine(self.last + timedelta(days=1), time(), zone).astimezone(UTC)
        return months((start, end), zone) if self.is_monthly else [(start, end)]

    def address(self, path: str = PATH) -> str:
        """Give the address that asks it."""
        asked = {"from": str(self.first), "to": str(self.last), "district": self.district or ""}
        return f"{path}?{urlencode(asked | ({'months': '1'} if self.is_monthly else {}))}"


def question_of(asked: Mapping[str, str], inventory: Inventory, now: datetime) -> Question:
    """Read what an address asks.

    Raises
    ------
    ConfigError
        Where a day is none, the period is empty, not begun or too long, or the district is not known.
    """
    today = now.astimezone(ZoneInfo(inventory.settings.time_zone)).date()
    last = _day(asked, "to", today)
    first = _day(asked, "from", last - timedelta(days=DAYS - 1))
    if first > last or first > today:
        raise ConfigError("from", f"{first} is after the last day, or not begun yet", "give an earlier day")
    if last - first >= timedelta(days=_LONGEST_DAYS):
        raise ConfigError("from", f"{first} to {last} are too many days", f"ask for {_LONGEST_DAYS} at most")
    district = asked.get("district") or None
    if district is not None and district not in {d.name for d in inventory.districts.values()}:
        raise ConfigError("district", f"{district!r} is not known", "choose one of the list")
    return Question(first, last, district, asked.get("months") == "1")


def register(server: FastAPI, source: ContractSource, inventory: Inventory, clock: Callable[[], datetime]) -> None:
    """Add the routes to a server; must come before the application's catch-all."""
    zone = ZoneInfo(inventory.settings.time_zone)

    async def ask(request: Request) -> tuple[Question, ContractReport]:
        question = question_of(request.query_params, inventory, clock())
        return question, await source.report(question.periods(zone), clock())

    @server.get(PATH)
    async def page(request: Request) -> Response:
        try:
            question, report = await ask(request)
        except GisopsError as error:
            return _refused(error)
        controls = _controls(question, inventory, clock())
        return _html(await asyncio.to_thread(report_page, report, inventory, question.district, controls))

    @server.get(f"{PATH}/map.html")
    async def offline_map(request: Request) -> Response:
        try:
            _, report = await ask(request)
        except GisopsError as error:
            return _refused(error)
        return _html(await asyncio.to_thread(report_map, report, inventory), "contract-map.html")

    @server.get(f"{PATH}/contract.csv")
    async def table(request: Request) -> Response:
        try:
            _, report = await ask(request)
        except GisopsError as error:
            return _refused(error)
        text = io.StringIO()
        writer = csv.DictWriter(text, list(COLUMNS), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*report.contractors, *report.districts])
        return Response(text.getvalue(), media_type="text/csv", headers=_as_file("contract.csv"))

    @server.get(f"{PATH}/contract.json")
    async def document(request: Request) -> Response:
        try:
            _, report = await ask(request)
        except GisopsError as error:
            return _refused(error)
        rows = {"contractors": report.contractors, "districts": report.districts, "thefts": report.thefts}
        body = orjson.dumps({"summary": report.summary, **rows})
        return Response(body, media_type="application/json", headers=_as_file("contract.json"))


def _controls(question: Question, inventory: Inventory, now: datetime) -> str:
    today = now.astimezone(ZoneInfo(inventory.settings.time_zone)).date()
    options = "".join(
        f"<option{' selected' if name == question.district else ''}>{escape(name)}</option>"
        for name in sorted(district.name for district in inventory.districts.values())
    )
    days = "".join(
        f'<label>{label}<input type="date" name="{name}" value="{day}" max="{today}" required></label>'
        for label, name, day in (("First day", "from", question.first), ("Last day", "to", question.last))
    )
    files = (("Map that opens offline", "map.html"), ("CSV", "contract.csv"), ("JSON", "contract.json"))
    links = "".join(f'<a href="{escape(question.address(f"{PATH}/{name}"))}">{words}</a>' for words, name in files)
    monthly = f'<input type="checkbox" name="months" value="1"{" checked" if question.is_monthly else ""}>'
    return (
        f'<form method="get" action="{PATH}">{days}'
        f'<label>District<select name="district"><option value="">All districts</option>{options}</select></label>'
        f"<label>By month{monthly}</label>"
        '<button type="submit">Show</button>'
        '<button type="button" onclick="print()">Print or save as PDF</button></form>'
        f'<nav aria-label="Files and rooms"><a href="/">Network</a>{links}</nav>'
    )


def _day(asked: Mapping[str, str], name: str, default: date) -> date:
    text = asked.get(name)
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        raise ConfigError(name, f"{text!r} is no day", "write it as 2026-03-01") from None


def _refused(error: GisopsError) -> Response:
    status = 400 if isinstance(error, ConfigError) else 503
    text = (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Contract report</title>'
        f"<style>{style()}</style></head><body><main><h1>No report</h1>"
        f'<p class="bad" role="alert">{escape(str(error))}</p>'
        f'<p><a href="{PATH}">The last {DAYS} days</a></p></main></body></html>'
    )
    return _html(text, status=status)


def _html(text: str, name: str | None = None, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", **(_as_file(name) if name else {})}
    return Response(text, status_code=status, media_type="text/html; charset=utf-8", headers=headers)


def _as_file(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
