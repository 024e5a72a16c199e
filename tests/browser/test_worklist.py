"""The Network room over a real store: what people do about a loss is in the log, and in the list of everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from gisops.store.places import write_memberships
from tests.browser.fake_city import fake_city, theft
from tests.browser.store_city import StoreCity

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
expect.set_options(timeout=20_000)
ROWS = "#offline-grid .ag-center-cols-container .ag-row"


@pytest.fixture
def city(postgres_dsn: str) -> Iterator[StoreCity]:
    inventory, now = fake_city(60, 260), datetime.now(UTC)
    write_memberships(postgres_dsn, inventory, now - timedelta(days=1))
    city = StoreCity(postgres_dsn, inventory)
    city.all_up(now - timedelta(minutes=30))
    for box_id in ("B-001", "B-040"):
        rows, outage = theft(inventory, box_id, now - timedelta(minutes=4))
        city.write(now, rows, [outage])
    city.start()
    yield city
    city.stop()


@pytest.fixture
def page(browser: Browser, city: StoreCity) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1600, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    open_room(page, f"{city.url}/network?list=wide")
    expect(page.locator(ROWS).first).to_be_visible()
    yield page
    context.close()
    assert {url.split("/")[2].split(":")[0] for url in asked if url.startswith("http")} == {"127.0.0.1"}
    assert complaints == []


def open_room(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_function("window.gisops && gisops.paintedSeq > 0")


def logged(dsn: str, kind: str) -> list[tuple[str, str]]:
    with psycopg.connect(dsn) as connection:
        found = connection.execute(
            "SELECT subject, payload->>'by' FROM event WHERE kind = %s ORDER BY subject", (kind,)
        ).fetchall()
    return [(row[0], row[1]) for row in found]


def deed(page: Page, name: str, **fields: str) -> None:
    page.locator(f"[data-deed='{name}']").click()
    for field, value in {"by": "Asma", **fields}.items():
        page.locator(f"#deed input[name='{field}']").fill(value)
    page.locator("#deed button[type='submit']").click()


def test_all_lines_are_taken_on_at_once_and_everybody_sees_by_whom(page: Page, postgres_dsn: str) -> None:
    page.locator("#choose-in-view").click()
    deed(page, "acknowledge", note="on my way")
    expect(page.locator(".deed-said")).to_have_text("taken on by Asma")
    assert logged(postgres_dsn, "outage_acknowledged") == [("O-B-001", "Asma"), ("O-B-040", "Asma")]
    page.keyboard.press("Escape")
    expect(page.locator(f"{ROWS} [col-id='with']").first).to_have_text("Asma")


def test_one_line_is_assigned_silenced_and_put_under_work(page: Page, postgres_dsn: str) -> None:
    row = page.locator(ROWS).filter(has_text="B-040")
    row.locator("[col-id='station']").click()
    deed(page, "assign", to="Crew 4")
    expect(page.locator(".deed-said")).to_have_text("given to Crew 4")
    page.keyboard.press("Escape")
    deed(page, "silence", note="crew is there", minutes="45")
    expect(page.locator(".deed-said")).to_contain_text("quiet until")
    page.keyboard.press("Escape")
    deed(page, "maintenance", note="new battery", minutes="90")
    expect(page.locator(".deed-said")).to_contain_text("work until")
    page.keyboard.press("Escape")
    expect(row.locator("[col-id='with']")).to_contain_text("Crew 4")
    assert logged(postgres_dsn, "alert_assigned") == [("O-B-040", "Asma")]
    assert [by for _, by in logged(postgres_dsn, "silence_added")] == ["Asma"]
    assert [by for _, by in logged(postgres_dsn, "maintenance_planned")] == ["Asma"]


def test_a_box_on_the_map_is_taken_on_from_its_drawer(page: Page, postgres_dsn: str) -> None:
    page.evaluate("gisops.select('cameras', 'C-0003', true)")
    page.locator("[data-drawer-deed='acknowledge']").click()
    page.locator("#deed input[name='by']").fill("Bilal")
    page.locator("#deed button[type='submit']").click()
    expect(page.locator(".deed-said")).to_have_text("taken on by Bilal")
    assert logged(postgres_dsn, "outage_acknowledged") == [("O-B-001", "Bilal")]


def test_groups_narrow_the_list_and_it_leaves_as_csv(page: Page) -> None:
    expect(page.locator(ROWS).first.locator("[col-id='next']")).to_contain_text("Contractor A replaces it")
    page.locator("#list-group").select_option("station")
    chips = page.locator("#list-groups button")
    expect(chips).to_have_count(2)
    chips.first.click()
    expect(page.locator(ROWS)).to_have_count(1)
    with page.expect_download() as download:
        page.locator("#list-csv").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert text.splitlines()[0].startswith('"Root","Cameras"')
    assert len(text.splitlines()) == 2
    assert re.search(r"\d UTC", text)


def test_an_outage_is_one_shape_and_only_problems_hide_the_rest(page: Page) -> None:
    page.wait_for_function("gisops.outagesDrawn().length === 2")
    everything = page.evaluate("gisops.deviceSpots().length")
    page.keyboard.press("p")
    page.wait_for_function("(n) => gisops.deviceSpots().length < n", arg=everything)
    assert page.evaluate("gisops.deviceSpots().every((s) => s.kind !== 'group' || s.tally.worst > 0)")


def test_the_address_holds_the_view(page: Page) -> None:
    page.evaluate("gisops.map.setView([24.8232, 67.0297], 16, { animate: false })")
    page.evaluate("gisops.select('boxes', 'B-001', false)")
    page.evaluate("gisops.onlyProblems(true)")
    page.locator(".layer-chips").get_by_text("Roads", exact=True).click()
    page.wait_for_function("location.search.includes('off=roads')")
    open_room(page, page.url)
    expect(page.locator("#detail-panel h2")).to_have_text("Box Bilawal House Chowrangi")
    page.wait_for_function("gisops.map.getZoom() === 16 && gisops.problemsOnly")
    assert page.evaluate("Math.abs(gisops.map.getCenter().lat - 24.8232) < 1e-4")
    expect(page.locator(".leaflet-pane-roads-pane")).to_have_css("display", "none")


def test_keys_help_and_the_palette_finds_alerts_and_commands(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).not_to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("theft b-040")
    expect(page.locator("#search-results li").first).to_contain_text("Alert")
    page.keyboard.press("Enter")
    expect(page.locator("#detail-panel h2")).to_contain_text("Box")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("high contrast")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-contrast", "more")
