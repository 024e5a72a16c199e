"""Boxes on battery say how long they last, and overdue inspections are a layer."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from gisops.model.state import DeviceState
from tests.browser.conftest import Serving
from tests.browser.fake_city import on_battery, theft

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)
ROWS = "#offline-grid .ag-center-cols-container .ag-row"


def point_at(page: Page, number: int) -> None:
    """Zoom to a box and put the mouse on it."""
    lat, lon = page.evaluate(f"[gisops.city.boxes.lat[{number}], gisops.city.boxes.lon[{number}]]")
    page.evaluate(f"gisops.map.setView([{lat}, {lon}], 17, {{ animate: false }})")
    spot = page.wait_for_function(
        f"""() => {{
          const spot = gisops.deviceSpots().find((s) => s.kind === "boxes" && s.n === {number});
          const frame = gisops.map.getContainer().getBoundingClientRect();
          const pad = gisops.devices.margin();
          return spot && {{ x: frame.x + spot.x - pad.x, y: frame.y + spot.y - pad.y }};
        }}"""
    ).json_value()
    page.mouse.move(spot["x"], spot["y"])


def test_a_box_on_battery_says_its_time_to_dark_where_it_is_looked_at(page: Page, serving: Serving) -> None:
    # Stated half a minute ahead, so that whole minutes stay the same while the page is looked at.
    now = datetime.fromtimestamp(datetime.now(UTC).timestamp() + 30, UTC)
    serving.view.push([on_battery("B-001", now, 70, 110)])
    page.wait_for_function("gisops.live.dark.size === 1")
    expect(page.locator(ROWS)).to_have_count(0)  # an hour and more to go: nothing is offline
    point_at(page, 0)
    expect(page.locator(".tip-dark")).to_have_text(re.compile(r"Time to dark 1 h (10|09) – 1 h (50|49)"))
    page.locator("#search").fill("B-001")
    page.locator("#search-results li").first.click()
    pairs = page.locator("#detail-panel .pairs").first
    expect(pairs).to_contain_text("Time to dark")
    expect(pairs).to_contain_text(re.compile(r"1 h (10|09) – 1 h (50|49)"))
    serving.view.push([replace(on_battery("B-001", now, 70, 110), metrics={}, reason="")])
    expect(pairs).not_to_contain_text("Time to dark")
    assert page.evaluate("gisops.live.dark.size") == 0


def test_the_list_tells_who_is_dark_soon_and_how_long_a_lost_box_lasts(page: Page, serving: Serving) -> None:
    now = datetime.fromtimestamp(datetime.now(UTC).timestamp() + 30, UTC)
    serving.view.push([on_battery("B-140", now, 38, 64)])
    rows = page.locator(ROWS)
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("On battery")
    expect(rows).to_contain_text(re.compile(r"dark in 3[87] min – 1 h 0[43]"))
    expect(page.locator("#offline-head")).to_have_text("1 soon dark")
    expect(page.locator("#kpi-lost")).to_have_text("0")
    lost, outage = theft(serving.view.inventory, "B-001", now)
    lost[0] = replace(lost[0], state=DeviceState.UNREACHABLE, metrics=on_battery("B-001", now, 70, 110).metrics)
    serving.view.push(lost, [outage])
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="Theft")).to_contain_text(re.compile(r"dark in 1 h (10|09) – 1 h (50|49)"))
    expect(page.locator("#offline-head")).to_have_text("1 cause · 5 cameras lost · 1 soon dark")
    note = rows.filter(has_text="Theft").locator(".cell-dark")
    assert note.evaluate("(e) => e.scrollWidth <= e.clientWidth"), "the forecast is cut off"


def test_overdue_inspections_are_a_layer_with_their_number(page: Page) -> None:
    chip = page.locator(".layer-chips").get_by_text("Overdue inspections")
    expect(page.locator("#layer-count-inspections")).to_have_text("12")  # every 25th of 300
    assert page.evaluate("gisops.inspectionsDrawn().length") == 0
    chip.click()
    page.wait_for_function("gisops.inspectionsDrawn().length > 0")
    assert page.evaluate("gisops.inspectionsDrawn().reduce((n, s) => n + s.late, 0)") <= 12
    point_at(page, 24)
    expect(page.locator(".tip-late")).to_contain_text("Inspection overdue for")
    page.wait_for_function("gisops.inspectionsDrawn().some((s) => s.kind === 'boxes' && s.n === 24)")
    page.locator("#search").fill("B-025")
    page.locator("#search-results li").first.click()
    expect(page.locator("#detail-panel .pairs").first).to_contain_text(
        re.compile(r"overdue by \d+ days \(due 1 Apr 2025\)")
    )
    page.keyboard.press("Escape")
    chip.click()
    page.wait_for_function("gisops.inspectionsDrawn().length === 0")


def test_the_number_of_overdue_inspections_follows_the_district(page: Page) -> None:
    page.locator("#district").click()
    page.get_by_role("option", name="South").click()
    boxes = page.evaluate("gisops.overdueBoxes().length")
    assert 0 < boxes < 12
    expect(page.locator("#layer-count-inspections")).to_have_text(str(boxes))
