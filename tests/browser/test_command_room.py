"""The command room over the real store: services, alerts, the wall, and the city at a past minute."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser, Page, expect

from gisops.model.outage import Outage
from gisops.model.state import DeviceState
from gisops.store.ports import StateRow
from tests.browser.conftest import Watched
from tests.browser.fake_city import fake_city, theft
from tests.browser.store_city import StoreCity

pytestmark = [pytest.mark.browser, pytest.mark.integration]
expect.set_options(timeout=20_000)
NOW = datetime.now(UTC).replace(microsecond=0)
BEGAN, STOLEN, BACK = NOW - timedelta(minutes=50), NOW - timedelta(minutes=30), NOW - timedelta(minutes=20)
READY = "window.gisops && gisops.paintedSeq > 0 && gisops.city"
IN_STATE = "([id, state]) => (gisops.stateOf(id) || {}).state === state"


@pytest.fixture
def city(postgres_dsn: str) -> Iterator[StoreCity]:
    """Give a city in which B-001 was stolen half an hour ago, and put right ten minutes later."""
    city = StoreCity(postgres_dsn, fake_city(40, 165))
    city.all_up(BEGAN)
    city.beats(BEGAN + timedelta(seconds=s) for s in range(45, 20 * 60, 45))
    rows, outage = theft(city.inventory, "B-001", STOLEN)
    city.write(STOLEN + timedelta(seconds=20), rows, [outage])
    city.beats(STOLEN + timedelta(seconds=s) for s in range(60, 600, 45))
    back = [StateRow(row.device_id, row.kind, DeviceState.UP, BACK, BACK) for row in rows]
    city.write(BACK, back, [_closed(outage, BACK)])
    city.beats([*(BACK + timedelta(seconds=s) for s in range(45, 20 * 60, 45)), NOW])
    city.start()
    yield city
    city.stop()


def _closed(outage: Outage, at: datetime) -> Outage:
    return replace(outage, closed_at=at, updated_at=at)


@pytest.fixture
def page(browser: Browser, city: StoreCity, watched: Watched) -> Iterator[Page]:  # noqa: ARG001 - outlives the page
    context = browser.new_context(viewport={"width": 1440, "height": 860})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("request", lambda request: watched.hosts.add(urlsplit(request.url).hostname or ""))
    page.on("console", lambda m: watched.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    yield page
    context.close()
    assert watched.hosts <= {"127.0.0.1", ""}
    assert watched.complaints == []


def steal(city: StoreCity, box_id: str) -> str:
    now = datetime.now(UTC)
    rows, outage = theft(city.inventory, box_id, now)
    city.write(now, rows, [outage])
    return outage.id


def test_a_theft_is_an_alert_with_its_cause_and_interrupts_services(page: Page, city: StoreCity) -> None:
    page.goto(f"{city.url}/command")
    page.wait_for_function(READY)
    south = page.locator(".service-row").filter(has_text="South")
    expect(south).to_contain_text("100.0 %")
    expect(south.locator(".service-word")).to_have_text(["active", "automated", "steady"])
    expect(page.locator("#feed")).to_contain_text("Nothing is lost")
    expect(page.locator(".offline")).not_to_be_visible()
    steal(city, "B-001")
    alert = page.locator("#feed .alert")
    expect(alert).to_contain_text("Theft")
    expect(alert).to_contain_text("91 %")
    expect(alert).to_contain_text("5 cameras lost")
    expect(alert).to_contain_text("Door opened 8 s before the loss")
    expect(south.locator(".service-word")).to_have_text(["active", "automated", "security lapse"])
    expect(south).to_contain_text("Bilawal House Chowrangi: 0 of 5 see")
    page.wait_for_function("gisops.blindDrawn() === 1")
    south_boxes = [
        b.id for b in city.inventory.boxes.values() if city.inventory.sites[b.site_id].district_id == "south"
    ]
    for box_id in south_boxes[1 : 1 + len(south_boxes) // 2]:
        steal(city, box_id)
    expect(south.locator(".service-word")).to_have_text(["interrupted", "manual", "security lapse"])
    expect(page.locator(".service-row").filter(has_text="East").locator(".service-word").first).to_have_text("active")
    heat = page.evaluate("gisops.heat()")
    assert heat["south"] != heat["east"]


def test_an_alert_opens_what_to_do_and_leads_to_its_case(page: Page, city: StoreCity) -> None:
    page.goto(f"{city.url}/command")
    page.wait_for_function(READY)
    steal(city, "B-001")
    page.locator("#feed .alert").click()
    response = page.locator("#response")
    expect(response).to_contain_text("Cameras that work nearby")
    expect(response).to_contain_text("Station")
    expect(response).to_contain_text("Bilawal House")
    expect(response).to_contain_text("Hand over: 5 cameras")
    expect(response.locator(".response-list").first.locator("li")).to_have_count(6)
    page.keyboard.press("Escape")
    expect(page.locator(".response")).not_to_be_visible()


def test_sound_is_off_until_asked_for(page: Page, city: StoreCity) -> None:
    page.goto(f"{city.url}/command")
    page.wait_for_function(READY)
    steal(city, "B-005")
    expect(page.locator("#feed .alert")).to_have_count(1)
    assert page.evaluate("gisops.tones()") == 0
    page.get_by_role("button", name="Sound").click()
    steal(city, "B-009")
    page.wait_for_function("gisops.tones() === 1")


@pytest.mark.slow
def test_the_wallboard_shows_one_view_after_the_other_until_escape(page: Page, city: StoreCity) -> None:
    page.goto(f"{city.url}/command?every=1")
    page.wait_for_function(READY)
    steal(city, "B-001")
    expect(page.locator("#feed .alert")).to_have_count(1)
    page.get_by_role("button", name="Wallboard").click()
    expect(page.locator(".wall-view")).to_contain_text("Whole city")
    expect(page.locator(".wall-view")).to_contain_text("Theft: Box Bilawal House")
    expect(page.locator(".feed")).not_to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".feed")).to_be_visible()


def test_one_goes_from_room_to_room_without_loading_anything(page: Page, city: StoreCity) -> None:
    page.goto(f"{city.url}/")
    page.wait_for_function(READY)
    page.evaluate("window.same = true")
    page.get_by_role("link", name="Command").click()
    expect(page).to_have_url(re.compile("/command$"))
    expect(page.locator(".services")).to_be_visible()
    expect(page.locator(".legend")).not_to_be_visible()
    page.go_back()
    expect(page.locator(".legend")).to_be_visible()
    assert page.evaluate("window.same")


def test_the_map_is_as_it_was_and_says_so(page: Page, city: StoreCity) -> None:
    at = (STOLEN + timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    page.goto(f"{city.url}/?at={at}")
    page.wait_for_function(IN_STATE, arg=["B-001", "down"])
    page.wait_for_function(IN_STATE, arg=["C-0001", "unreachable"])
    expect(page.locator("#past-mark")).to_contain_text("Past")
    expect(page.locator("#past-mark")).to_contain_text("UTC")
    rows = page.locator(".ag-center-cols-container .ag-row")
    expect(rows.first).to_contain_text("Theft")
    steal(city, "B-020")  # what happens now does not disturb the past
    page.wait_for_timeout(1500)
    assert page.evaluate(IN_STATE, ["B-020", "up"])
    page.get_by_role("button", name="Back to now").click()
    page.wait_for_function(IN_STATE, arg=["B-020", "down"])
    page.wait_for_function(IN_STATE, arg=["B-001", "up"])
    expect(page.locator("#past-mark")).not_to_be_visible()
    assert "at=" not in page.url


@pytest.mark.slow
def test_the_past_plays(page: Page, city: StoreCity) -> None:
    at = (STOLEN - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    page.goto(f"{city.url}/command?at={at}")
    page.wait_for_function("gisops.pastAt !== null")
    page.wait_for_function(IN_STATE, arg=["B-001", "up"])
    page.locator("#past-speed").select_option("300")
    page.locator("#past-play").click()
    page.wait_for_function(IN_STATE, arg=["B-001", "down"])
    expect(page.locator("#feed .alert")).to_contain_text("Theft")
    page.wait_for_function(IN_STATE, arg=["B-001", "up"])
    page.wait_for_function("gisops.pastAt === null")  # it has caught up with the present


def test_where_nobody_asked_the_past_is_unknown(page: Page, city: StoreCity) -> None:
    at = (BEGAN - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    page.goto(f"{city.url}/?at={at}")
    page.wait_for_function(IN_STATE, arg=["B-001", "unknown"])


def test_a_case_has_an_address_and_a_bundle_that_proves_itself(page: Page, city: StoreCity, tmp_path: Path) -> None:
    page.goto(f"{city.url}/case/O-B-001")
    page.wait_for_function(READY)
    case = page.locator("#case")
    expect(case).to_contain_text("Theft: Box Bilawal House")
    expect(case).to_contain_text("Door opened 8 s before the loss")
    expect(case).to_contain_text("14.2 dB")
    expect(case).to_contain_text("B-001: down, no answer, path good")
    page.wait_for_function(IN_STATE, arg=["B-001", "down"])  # the map shows the city as it was
    expect(page.locator("#past-mark")).to_contain_text("Past")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Export bundle").click()
    with zipfile.ZipFile(downloading.value.path()) as archive:
        archive.extractall(tmp_path)
    folder = tmp_path / "case-O-B-001"
    done = subprocess.run(["sha256sum", "--check", "SHA256SUMS"], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    states = json.loads((folder / "states-during.json").read_text())["states"]
    assert states["B-001"]["state"] == "down"
    assert states["C-0006"]["state"] == "up"
    assert json.loads((folder / "states-after.json").read_text())["states"]["B-001"]["state"] == "up"
    lines = (folder / "events.jsonl").read_text().splitlines()
    assert sum(json.loads(line)["kind"].startswith("outage_") for line in lines) == 2
    svg = ElementTree.parse(folder / "map-during.svg")  # noqa: S314 - our own
    assert any("B-001" in (node.text or "") for node in svg.iter("{http://www.w3.org/2000/svg}text"))


def test_a_case_that_is_none_says_so(page: Page, city: StoreCity, watched: Watched) -> None:
    page.goto(f"{city.url}/case/O-nothing")
    expect(page.locator("#case")).to_contain_text("is not known")
    watched.complaints.clear()  # the browser logs an answer of 404 as an error


@pytest.mark.slow
def test_losses_are_towers_in_three_dimensions(page: Page, city: StoreCity) -> None:
    steal(city, "B-001")
    page.goto(f"{city.url}/3d")
    page.wait_for_function("window.three && three.lost === 5")
    expect(page.locator("#words")).to_have_text("5 cameras lost at 1 sites")
    expect(page.locator("#demo")).to_have_text("DEMO DATA")
    expect(page.locator("#deck canvas")).to_be_visible()
    steal(city, "B-002")
    page.wait_for_function("three.towers === 2")
