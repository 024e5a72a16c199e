"""The Reports room in a real browser over a real store: a theft is owed for, printed, and on an offline map."""

from __future__ import annotations

import asyncio
import csv
import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from dashboard.app import create_app
from gisops.inventory.load import load_inventory
from gisops.service.contract_source import StoreContracts
from tests.browser.conftest import Watched
from tests.browser.fake_city import FakeLiveView
from tests.integration.test_report_sla import TERMS, play
from tests.inventories import write_small_inventory

pytestmark = pytest.mark.browser
ASKED = "reports?from=2026-03-02&to=2026-03-02"


@pytest.fixture
def site(postgres_dsn: str, tmp_path: Path) -> Iterator[str]:
    """A page over a store in which box B1 was stolen for six hours of 2 March."""
    folder = write_small_inventory(tmp_path / "city")
    (folder / "contract.toml").write_text(TERMS)
    with ThreadPoolExecutor(1) as beside:  # Playwright's own loop runs in this thread.
        beside.submit(asyncio.run, play(postgres_dsn, folder)).result(60)
    inventory = load_inventory(folder)
    app = create_app(
        FakeLiveView(inventory),
        clock=lambda: datetime.now(UTC),
        contracts=StoreContracts(postgres_dsn, inventory, folder),
    )
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", ws="websockets-sansio", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def room(browser: Browser, watched: Watched) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, accept_downloads=True)
    page = context.new_page()
    page.on("request", lambda request: watched.hosts.add(request.url.split("/")[2].split(":")[0]))
    page.on("console", lambda m: watched.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    yield page
    context.close()
    assert watched.complaints == []
    assert watched.hosts <= {"127.0.0.1", ""}


def test_a_contractor_owes_for_a_theft_and_the_files_say_the_same(site: str, room: Page, browser: Browser) -> None:
    page = room
    page.goto(site)
    page.get_by_role("link", name="Contract reports").click()
    expect(page.get_by_role("heading", name="Contract report", level=1)).to_be_visible()
    page.get_by_label("First day").fill("2026-03-02")
    page.get_by_label("Last day").fill("2026-03-02")
    page.get_by_role("button", name="Show").click()
    penalties = page.get_by_role("table", name="Test")
    expect(penalties).to_contain_text("Availability %: 85 is below 99, 5,000 PKR; Thefts: 1 is above 0, 1,000 PKR")
    expect(page.locator(".kpis")).to_contain_text("6,000 PKR")
    stolen = page.get_by_role("table", name="Boxes taken or opened")
    expect(stolen.get_by_role("row")).to_have_count(2)
    expect(stolen).to_contain_text("Box 1")
    expect(stolen.locator("time").first).to_have_text("2026-03-02 06:00")
    # Another district has nothing; the address says what is shown.
    page.get_by_label("District").select_option("East")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile("district=East"))
    expect(page.get_by_role("table", name="Boxes taken or opened")).to_contain_text("nothing")
    page.get_by_label("District").select_option("West")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("table", name="Boxes taken or opened")).to_contain_text("Box 1")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert [row["penalty"] for row in rows] == ["6000.0", ""]
    with page.expect_download() as download:
        page.get_by_role("link", name="Map that opens offline").click()
    opens_offline(browser, download.value.path())


def opens_offline(browser: Browser, path: Path) -> None:
    """Open the file in a browser without a network: it draws, and asks nobody."""
    file = path.with_suffix(".html")
    file.write_bytes(path.read_bytes())
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(file.as_uri())
    expect(page.locator("#report-legend")).to_contain_text("Small city: contract report 2026-03-02 00:00")
    expect(page.locator(".leaflet-control-layers-list")).to_contain_text("Theft or tampering in the period (1)")
    painted = """() => { const canvas = document.querySelector('.leaflet-container canvas');
        const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
        return data.some((value) => value !== 0); }"""
    page.wait_for_function(painted)
    # The stolen box is where its marker is: the tip over it says so.
    spot = page.evaluate(
        """() => { const map = window[Object.keys(window).find((key) => key.startsWith('map_'))];
        const at = map.latLngToContainerPoint([24.85, 67.06]); return [at.x, at.y]; }"""
    )
    page.mouse.move(spot[0] - 40, spot[1] - 40)
    page.mouse.move(*spot, steps=10)
    # Leaflet looks at every thirtieth millisecond of a movement only: a hand is never quite still.
    page.wait_for_function("() => new Promise((done) => setTimeout(() => done(true), 50))")
    page.mouse.move(spot[0] + 1, spot[1])
    expect(page.locator(".leaflet-tooltip")).to_have_count(1)
    expect(page.locator(".leaflet-tooltip")).to_contain_text("theft 2026-03-02 06:00")
    context.close()
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [file.as_uri()]
    assert complaints == []


def test_what_is_printed_is_the_report_alone_and_fits_the_paper(site: str, room: Page) -> None:
    page = room
    page.goto(site + ASKED)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Show", include_hidden=True)).to_be_hidden()
    expect(page.get_by_role("heading", name="Penalties")).to_be_visible()
    page.set_viewport_size({"width": 1032, "height": 718})  # A4 across with 12 mm of margin, at 96 dots an inch
    assert page.evaluate("document.documentElement.scrollWidth") <= 1032
    assert page.pdf(prefer_css_page_size=True)[:5] == b"%PDF-"


def test_a_question_that_makes_no_sense_is_said_so_and_there_is_a_way_back(
    site: str, room: Page, watched: Watched
) -> None:
    page = room
    page.goto(site + "reports?from=2026-03-09&to=2026-03-02")
    expect(page.get_by_role("alert")).to_contain_text("from: 2026-03-09 is after the last day")
    watched.complaints.clear()  # Chromium counts the status 400 of the page as an error.
    page.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Contract report", level=1)).to_be_visible()


def test_a_phone_scrolls_tables_and_not_the_page(site: str, room: Page) -> None:
    room.set_viewport_size({"width": 390, "height": 844})
    room.goto(site + ASKED)
    expect(room.get_by_role("heading", name="Penalties")).to_be_visible()
    assert room.evaluate("document.documentElement.scrollWidth") <= 390
