"""The live map as a user sees it: counts, changes, finding, details, and never old as new."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from gisops.errors import StoreError
from gisops.model.state import DeviceKind, DeviceState
from gisops.store.ports import StateRow
from tests.browser.conftest import Serving, Watched
from tests.browser.fake_city import theft

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)


def wait_for_state(page: Page, device_id: str, state: str) -> None:
    page.wait_for_function("([id, s]) => gisops.stateOf(id)?.state === s", arg=[device_id, state])


def steal(serving: Serving, box_id: str = "B-001") -> None:
    rows, outage = theft(serving.view.inventory, box_id, datetime.now(UTC))
    serving.view.push(rows, [outage])


def test_the_page_counts_what_stands_in_the_city(page: Page) -> None:
    expect(page).to_have_title("Network · gisops")
    expect(page.get_by_text("DEMO DATA", exact=True)).to_be_visible()
    expect(page.locator("#kpi-sites")).to_have_text("300")
    expect(page.locator("#kpi-boxes")).to_have_text("300 / 300")
    expect(page.locator("#kpi-cameras")).to_have_text("1,300 / 1,300")
    expect(page.locator("#kpi-lost")).to_have_text("0")
    expect(page.locator("#kpi-stations")).to_have_text("18")
    expect(page.locator("#live-status")).to_have_text("Live")
    expect(page.locator(".ag-overlay").get_by_text("Nothing is reported offline")).to_be_visible()
    assert page.evaluate("gisops.stateOf('B-001').state") == "up"
    assert page.evaluate("gisops.stateOf('no-such-box')") is None


def test_a_theft_shows_without_reload_as_one_line_for_the_box(page: Page, serving: Serving) -> None:
    page.evaluate("window.sameDocument = true")
    steal(serving)
    wait_for_state(page, "B-001", "down")
    wait_for_state(page, "C-0001", "unreachable")
    rows = page.locator("#offline-grid .ag-center-cols-container .ag-row")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Box Bilawal House Chowrangi")
    expect(rows).to_contain_text(re.compile(r"Theft\s+91 %"))
    expect(rows.locator(".cell-lost")).to_have_text("5")
    expect(page.locator("#kpi-lost")).to_have_text("5")
    expect(page.locator("#kpi-sites-note")).to_have_text("1 blind")
    expect(page.locator("#legend-cameras-unreachable")).to_have_text("5")
    groups = page.evaluate("gisops.groupsDrawn().filter((g) => g.lost > 0)")
    assert [(group["lost"], group["worst"]) for group in groups] == [(5, "down")]
    assert page.evaluate("window.sameDocument") is True


def test_a_recovery_clears_the_line(page: Page, serving: Serving) -> None:
    steal(serving)
    wait_for_state(page, "B-001", "down")
    now = datetime.now(UTC)
    rows, outage = theft(serving.view.inventory, "B-001", now)
    back = [StateRow(row.device_id, row.kind, DeviceState.UP, now, now) for row in rows]
    serving.view.push(back, [serving.view.close_outage(outage, now)])
    wait_for_state(page, "B-001", "up")
    expect(page.locator("#offline-grid .ag-center-cols-container .ag-row")).to_have_count(0)
    expect(page.locator("#kpi-lost")).to_have_text("0")


def test_the_district_filter_narrows_map_numbers_and_list(page: Page, serving: Serving) -> None:
    view = serving.view
    steal(serving, "B-001")  # stands in South
    east = next(box for box in view.inventory.boxes.values() if box.lon > 67.10 and box.lat < 24.90)
    steal(serving, east.id)
    wait_for_state(page, east.id, "down")
    before = page.evaluate("gisops.map.getZoom()")
    page.locator("#district").click()
    page.get_by_role("option", name="South").click()
    sites = [site for site in view.inventory.sites.values() if site.district_id == "south"]
    expect(page.locator("#kpi-sites")).to_have_text(str(len(sites)))
    expect(page.locator("#kpi-outages")).to_have_text("1")
    rows = page.locator("#offline-grid .ag-center-cols-container .ag-row")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("B-001")
    page.wait_for_function("(zoom) => gisops.map.getZoom() > zoom", arg=before)


def test_search_jumps_and_opens_details_and_escape_closes_them(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("bilawal chow")
    expect(page.locator("#search-results li").first).to_contain_text("Bilawal House Chowrangi")
    page.keyboard.press("Enter")
    detail = page.locator("#detail-panel")
    expect(detail.get_by_role("heading", name="Bilawal House Chowrangi")).to_be_visible()
    page.wait_for_function("gisops.map.getZoom() >= 16")
    page.keyboard.press("Escape")
    expect(detail).not_to_be_visible()


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("C-0077", "C-0077"),
        ("PS-07", "Station 7"),
        ("b-123", "Box Site 123"),
        ("CPO", "Central Police Office"),
    ],
)
def test_everything_is_found_by_id(page: Page, text: str, title: str) -> None:
    page.locator("#search").fill(text)
    page.locator("#search-results li").first.click()
    expect(page.locator("#detail-panel h2")).to_have_text(title)


def test_a_click_on_a_box_opens_its_record_readings_and_cameras(page: Page) -> None:
    page.evaluate("gisops.map.setView([24.8232, 67.0297], 17, { animate: false })")
    spot = page.wait_for_function(
        """() => {
          const spot = gisops.deviceSpots().find((s) => s.kind === "boxes" && s.n === 0);
          const frame = gisops.map.getContainer().getBoundingClientRect();
          const pad = gisops.devices.margin();
          return spot && { x: frame.x + spot.x - pad.x, y: frame.y + spot.y - pad.y };
        }"""
    ).json_value()
    page.mouse.move(spot["x"], spot["y"])
    expect(page.locator(".tip")).to_contain_text("Box Bilawal House Chowrangi")
    page.mouse.click(spot["x"], spot["y"])
    detail = page.locator("#detail-panel")
    expect(detail.get_by_text("2400 Wh")).to_be_visible()
    expect(detail.get_by_text("Feeder 2 from Clifton 132 kV")).to_be_visible()
    expect(detail.get_by_text("Live readings")).to_be_visible()
    expect(detail.locator(".history .main-svg").first).to_be_visible()
    detail.get_by_role("button", name="C-0003").click()
    expect(detail.locator("h2")).to_have_text("C-0003")


def test_open_details_follow_the_device(page: Page, serving: Serving) -> None:
    page.locator("#search").fill("B-001")
    page.locator("#search-results li").first.click()
    badge = page.locator("#detail-panel .badge")
    expect(badge).to_have_text("Up")
    steal(serving)
    expect(badge).to_have_text("Down")
    expect(page.locator("#detail-panel .outage")).to_contain_text("5 cameras lost")


def test_a_click_on_a_line_of_the_list_zooms_and_opens_its_root(page: Page, serving: Serving) -> None:
    steal(serving)
    page.locator("#offline-grid .ag-center-cols-container .ag-row").click()
    expect(page.locator("#detail-panel h2")).to_have_text("Box Bilawal House Chowrangi")
    page.wait_for_function("gisops.map.getZoom() >= 16")


def test_old_data_is_marked_old(page: Page, serving: Serving) -> None:
    serving.view.beat(datetime.now(UTC) - timedelta(minutes=5))
    banner = page.locator("#stale-banner")
    expect(banner).to_contain_text("No poll for 5 min")
    expect(page.locator("#live-status")).to_have_text("Not live")
    expect(page.locator("#kpi-cameras")).to_have_css("opacity", "0.42")
    assert page.evaluate("gisops.stateOf('B-001').stale") is True
    serving.view.beat(datetime.now(UTC))
    expect(banner).not_to_be_visible()
    expect(page.locator("#live-status")).to_have_text("Live")


def test_a_network_never_polled_is_not_shown_as_good(page: Page, serving: Serving) -> None:
    serving.view.beat(None)
    page.reload()
    expect(page.locator("#stale-banner")).to_contain_text("not been polled yet")
    expect(page.locator("#kpi-poll")).to_have_text("never")


def test_a_store_in_trouble_is_told_and_mends(page: Page, serving: Serving, watched: Watched) -> None:
    serving.view.trouble = StoreError("store", "the server is down", "start it")
    serving.view.push(skip=3)  # a gap, so that the stream has to ask for the whole
    expect(page.locator("#stale-banner")).to_contain_text("cannot read the network")
    serving.view.trouble = None
    expect(page.locator("#stale-banner")).not_to_be_visible()
    watched.complaints.clear()  # Chromium reports each 503 of the fallback as an error


@pytest.mark.slow
def test_a_gap_on_the_way_is_closed_by_the_whole_state(page: Page, serving: Serving) -> None:
    row = StateRow("C-0500", DeviceKind.CAMERA, DeviceState.DOWN, datetime.now(UTC), None, "silent")
    serving.view.mute = True
    serving.view.push([row])
    page.evaluate(
        """dash_clientside.gisops.receive({kind: "delta", from: 90, seq: 91, now: Date.now() / 1000,
           heartbeat: gisops.live.heartbeat})"""
    )
    wait_for_state(page, "C-0500", "down")
    assert page.evaluate("gisops.live.resyncs") == 1


@pytest.mark.slow
def test_a_silent_stream_is_replaced_by_asking(page: Page, serving: Serving) -> None:
    serving.view.mute = True
    steal(serving)
    wait_for_state(page, "B-001", "down")
    assert page.evaluate("gisops.live.resyncs") >= 1


@pytest.mark.slow
def test_a_restarted_server_is_found_again_without_reload(page: Page, serving: Serving, watched: Watched) -> None:
    page.evaluate("window.sameDocument = true")
    fulls = page.evaluate("gisops.live.fulls")
    serving.stop()
    expect(page.locator("#stale-banner")).to_contain_text("Connection lost")
    assert page.evaluate("gisops.stateOf('B-001').stale") is True
    steal(serving)
    serving.start()
    wait_for_state(page, "B-001", "down")
    page.wait_for_function("(n) => gisops.live.fulls > n && gisops.fresh === 'live'", arg=fulls)
    page.wait_for_function("gisops.linked()")
    now = datetime.now(UTC)
    serving.view.push([StateRow("C-0900", DeviceKind.CAMERA, DeviceState.DOWN, now, now)])
    wait_for_state(page, "C-0900", "down")
    assert page.evaluate("window.sameDocument") is True
    watched.complaints.clear()  # Chromium reports each refused connection as an error


def test_the_theme_switches_and_stays(page: Page) -> None:
    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    page.locator("#theme-toggle").click()
    expect(html).to_have_attribute("data-theme", "light")
    page.reload()
    expect(html).to_have_attribute("data-theme", "light")
    page.wait_for_function("window.gisops && gisops.paintedSeq > 0")


def test_layers_switch_off_and_on(page: Page) -> None:
    page.locator(".layer-chips").get_by_text("Roads", exact=True).click()
    roads = page.locator(".leaflet-pane-roads-pane")
    expect(roads).to_have_css("display", "none")
    page.locator(".layer-chips").get_by_text("Roads", exact=True).click()
    expect(roads).not_to_have_css("display", "none")
    for name in ("Boxes", "Cameras"):
        page.locator(".layer-chips").get_by_text(name, exact=True).click()
    page.wait_for_function("gisops.deviceSpots().length === 0")


def test_what_a_name_says_is_text_not_markup(page: Page) -> None:
    page.locator("#search").fill("<img src=x onerror=alert(1)>")
    expect(page.locator("#search-results img")).to_have_count(0)


def test_a_server_that_knows_no_coverage_offers_no_such_layer(page: Page) -> None:
    expect(page.locator(".layer-chips").get_by_text("Roads", exact=True)).to_be_visible()
    expect(page.locator(".layer-chips").get_by_text("Coverage", exact=True)).to_have_count(0)
