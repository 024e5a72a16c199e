"""The Reports room: what an address asks, and what the page, the map and the files say. No store, no network."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI

from dashboard import report_routes
from dashboard.report_routes import question_of
from gisops.errors import ConfigError, StoreError
from gisops.health.availability import Span
from gisops.health.sla_terms import Terms
from gisops.model.event import Event, EventKind
from gisops.model.inventory import Inventory
from gisops.model.outage import Cause, Outage
from gisops.service.ask_sla import ContractReport
from gisops.service.report_map import report_map
from gisops.service.report_page import report_page
from gisops.service.report_sla import COLUMNS
from gisops.service.report_theft import theft_rows
from gisops.service.report_words import table
from tests.cities import small_city

CITY = small_city()
NOW = datetime(2026, 3, 20, 20, tzinfo=UTC)  # 21 March in Karachi
EVIL = '<script>alert("{{7*7}}")</script>'
_OUTSIDE = re.compile(
    r"""(?:\b(?:src|href)\s*=\s*["']?|url\(\s*["']?|@import\s+["']?)(?:https?:)?//""", re.IGNORECASE
)


def row(**changes: Any) -> dict[str, Any]:
    keys = COLUMNS
    zero = dict.fromkeys(
        ("available_h", "lost_h", "maintenance_h", "failures", "thefts", "tampers", "open", "devices"), 0
    )
    return {**dict.fromkeys(keys), **zero, "from": "2026-03-01T00:00:00+00:00", "to": NOW.isoformat(), **changes}


def contract_report(inventory: Inventory = CITY, period: Span | None = None) -> ContractReport:
    box = next(iter(inventory.boxes.values()))
    district = inventory.districts[inventory.sites[box.site_id].district_id].name
    names = {"box": box.id, "name": box.name, "district": district, "contractor": EVIL}
    owed = {"measure": "mttr_h", "value": 8.0, "limit": 6.0, "is_below": False, "amount": 50_000.0}
    contractor = row(
        contractor=EVIL,
        fee=1e6,
        penalty=5e4,
        penalty_pct=5.0,
        is_capped=False,
        penalties=[owed],
        not_judged=["mtta_min"],
    )
    battery = {**names, "episodes": 2, "autonomy_h": 5.5, "autonomy_is": "measured", "contract": "missed"}
    late = {**names, "state": "overdue", "overdue_days": 12, "in_order": False, "seal": "present"}
    theft = {**names, "cause": "theft", "opened_at": "2026-03-02T20:00:00+00:00", "hours": 6.0, "cameras": 3}
    return ContractReport(
        period or (NOW - timedelta(days=20), NOW),
        Terms("Test", "PKR", 1e6),
        [contractor],
        [row(contractor=EVIL, district=district, available_h=85.0, lost_h=15.0, failures=3)],
        [battery],
        [late],
        [theft],
        {"penalty": 5e4},
        {"contract_h": 8.0},
        {},
    )


class FakeContracts:
    """Gives one report and notes what was asked; or fails."""

    def __init__(self, error: StoreError | None = None) -> None:
        self.asked: list[Sequence[Span]] = []
        self.error = error

    async def report(self, periods: Sequence[Span], now: datetime) -> ContractReport:
        assert now == NOW
        self.asked.append(periods)
        if self.error is not None:
            raise self.error
        return contract_report(period=(periods[0][0], periods[-1][1]))


@dataclass
class Answer:
    """What a server answered."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    text: str = ""


def get(source: FakeContracts, path: str, asked: Mapping[str, str] | None = None) -> Answer:
    """Ask the application itself; no socket."""
    server = FastAPI()
    report_routes.register(server, source, CITY, lambda: NOW)
    answer, body = Answer(), bytearray()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {k.decode(): v.decode() for k, v in message["headers"]}
        else:
            body.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": urlencode(asked or {}).encode(),
        "root_path": "",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    asyncio.run(server(scope, receive, send))
    answer.text = body.decode()
    return answer


def test_without_a_question_the_last_thirty_local_days_are_asked() -> None:
    question = question_of({}, CITY, NOW)
    assert (question.first, question.last) == (date(2026, 2, 20), date(2026, 3, 21))
    source = FakeContracts()
    assert get(source, "/reports").status == 200
    assert source.asked == [[(datetime(2026, 2, 19, 19, tzinfo=UTC), datetime(2026, 3, 21, 19, tzinfo=UTC))]]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"from": "yesterday"}, "from: 'yesterday' is no day"),
        ({"from": "2026-03-10", "to": "2026-03-09"}, "from: 2026-03-10 is after the last day"),
        ({"from": "2026-03-22", "to": "2026-03-23"}, "from: 2026-03-22 is after the last day, or not begun yet"),
        ({"from": "2024-01-01"}, "from: 2024-01-01 to 2026-03-21 are too many days"),
        ({"district": "Atlantis"}, "district: 'Atlantis' is not known"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_in_words(asked: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        question_of(asked, CITY, NOW)
    assert str(caught.value).startswith(said)
    for path in ("", "/map.html", "/contract.csv", "/contract.json"):
        answer = get(FakeContracts(), f"/reports{path}", asked)
        assert answer.status == 400
        assert 'role="alert"' in answer.text


def test_a_store_that_is_away_is_said_so() -> None:
    answer = get(FakeContracts(StoreError("db", "away", "wait")), "/reports")
    assert (answer.status, "db: away: wait" in answer.text) == (503, True)


def test_the_page_says_what_is_owed_and_why_and_keeps_the_question() -> None:
    source = FakeContracts()
    asked = {"from": "2026-03-01", "to": "2026-03-05", "months": "1"}
    text = get(source, "/reports", asked).text
    assert "50,000 PKR" in text
    assert "MTTR h: 8 is above 6, 50,000 PKR" in text
    assert 'value="2026-03-01"' in text
    assert "/reports/map.html?from=2026-03-01&amp;to=2026-03-05&amp;district=&amp;months=1" in text
    assert "2026-03-03 01:00" in text  # the theft, in Karachi
    assert EVIL not in text
    assert not _OUTSIDE.search(text)


def test_a_district_shows_its_own_rows_and_owes_nothing() -> None:
    district = next(iter(CITY.districts.values())).name
    text = report_page(contract_report(), CITY, district)
    assert "By district" in text
    assert "Penalties" not in text
    assert "Owed" not in text
    assert ">nothing<" in report_page(replace(contract_report(), thefts=[]), CITY)


def test_what_is_missing_is_a_dash_and_not_a_zero() -> None:
    made = table(
        "T", ("box", "autonomy_h", "mttr_h"), [{"box": "B1", "autonomy_h": None, "mttr_h": 0.0}], ZoneInfo("UTC")
    )
    assert '<td class="text">B1</td><td class="num">–</td><td class="num">0.0</td>' in made


def test_the_map_holds_everything_it_needs_and_names_no_server() -> None:
    text = report_map(contract_report(), CITY)
    assert not _OUTSIDE.search(text)
    for host in ("jsdelivr", "cdnjs", "openstreetmap.org", "code.jquery", "bootstrapcdn"):
        assert host not in text
    assert EVIL not in text
    assert "85.000 %" in text
    assert "measured 5.5 h" in text
    assert "overdue by 12 days" in text
    assert "Theft or tampering in the period (1)" in text


def test_files_hold_the_rows() -> None:
    source = FakeContracts()
    answer = get(source, "/reports/contract.csv")
    assert len(answer.text.splitlines()) == 3
    assert "contract.csv" in answer.headers["content-disposition"]
    assert json.loads(get(source, "/reports/contract.json").text)["contractors"][0]["penalty"] == 5e4


def test_the_last_word_on_an_outage_says_whether_it_was_a_theft() -> None:
    box_id, camera_ids = next((b, c) for b, c in CITY.cameras_of_box.items() if c)

    def event(kind: EventKind, outage: str, cause: Cause, hour: int, closed: int | None = None) -> Event:
        at = datetime(2026, 3, 1, hour, tzinfo=UTC)
        end = datetime(2026, 3, 1, closed, tzinfo=UTC) if closed else None
        opened = datetime(2026, 3, 1, 6, tzinfo=UTC)
        document = Outage(outage, box_id, (box_id, *camera_ids), opened, at, end, {cause: 1.0}).to_json()
        return Event(f"{outage}{hour}", kind, outage, at, at, document)

    events = [
        event(EventKind.OUTAGE_OPENED, "O1", Cause.BOX_FAULT, 6),
        event(EventKind.OUTAGE_OPENED, "O2", Cause.THEFT, 6),
        event(EventKind.OUTAGE_UPDATED, "O2", Cause.BOX_FAULT, 7),
        event(EventKind.OUTAGE_CLOSED, "O1", Cause.THEFT, 9, 9),
    ]
    day = (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
    (found,) = theft_rows(CITY, events, day)
    assert (found["outage"], found["box"], found["hours"], found["cameras"]) == ("O1", box_id, 3.0, len(camera_ids))
    assert theft_rows(CITY, events, (day[1], NOW)) == []
