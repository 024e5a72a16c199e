"""The fibre on the page: click a span, trace a camera, place a reading; over the demonstration city."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gisops.bench.fibre_truth import Truth
from gisops.inventory.load import load_inventory
from gisops.model.inventory import Inventory
from gisops.service.demo import DemoPlan, running_demo
from gisops.simulate.control import inject
from tests.browser.conftest import Serving
from tests.browser.fake_city import FakeLiveView
from tests.integration.agents import free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
DATA = Path(__file__).parents[2] / "data"
SPOT = """([lat, lon]) => {
  const at = gisops.map.latLngToContainerPoint(L.latLng(lat, lon));
  const frame = gisops.map.getContainer().getBoundingClientRect();
  return [at.x + frame.x, at.y + frame.y];
}"""


@pytest.fixture(scope="module")
def city() -> Inventory:
    return load_inventory(DATA)


@pytest.fixture
def serving(city: Inventory) -> Iterator[Serving]:
    """Serve the demonstration city instead of the made-up one."""
    serving = Serving(FakeLiveView(city))
    serving.start()
    yield serving
    serving.stop()


def click_span(page: Page, city: Inventory, span_id: str) -> None:
    """Go to a span and click it with the mouse, where no device lies over it."""
    line = city.spans[span_id].geometry
    tip = page.locator(".tip")
    for share in (0.5, 0.4, 0.6, 0.3, 0.7):
        spot = line.interpolate(share, normalized=True)
        page.evaluate("([lat, lon]) => void gisops.map.setView([lat, lon], 17, {animate: false})", [spot.y, spot.x])
        x, y = page.evaluate(SPOT, [spot.y, spot.x])
        page.mouse.move(x - 40, y - 40)
        page.mouse.move(x, y)
        if tip.is_visible() and f"Fibre span · {span_id}" in tip.inner_text():
            break
    page.mouse.click(x, y)
    expect(page.locator("#detail-body .sub")).to_contain_text(span_id)


def find(page: Page, text: str) -> None:
    """Look something up and open it."""
    page.locator("#search").fill(text)
    expect(page.locator("#search-results li").first).to_contain_text(text)
    page.keyboard.press("Enter")


def worst(city: Inventory) -> tuple[str, int, int]:
    """Find with networkx the span that alone leads to most boxes: id, boxes, cameras."""
    truth = Truth(city)
    span_id = max(truth.span_ids, key=lambda s: (len(truth.singles[s].lost), s))
    lost = truth.singles[span_id].lost
    return span_id, len(lost), sum(camera.box_id in lost for camera in city.cameras.values())


def test_a_click_on_a_span_says_what_its_cut_would_lose(page: Page, city: Inventory) -> None:
    span_id, boxes, cameras = worst(city)
    click_span(page, city, span_id)
    impact = page.locator(".fibre-impact")
    expect(impact).to_contain_text(f"{boxes} boxes, {cameras} cameras")
    expect(impact).to_contain_text(re.compile(r"Pull.* m, .* to "))
    expect(page.locator(".fibre-crew")).to_contain_text("Enclosure")
    navigate = page.get_by_role("link", name="Navigate").first
    assert re.fullmatch(r"geo:24\.\d+,67\.\d+", navigate.get_attribute("href") or "")
    assert {"span", "pull", "cut", "enclosure"} <= set(page.evaluate("gisops.marksDrawn()"))
    page.keyboard.press("Escape")
    page.wait_for_function("gisops.marksDrawn().length === 0")


def test_a_ring_span_loses_nobody_and_says_who_rides_the_other_way(page: Page, city: Inventory) -> None:
    truth = Truth(city)
    ring = next(
        s.id for s in city.spans.values() if s.ring and not truth.singles[s.id].lost and truth.singles[s.id].dark
    )
    click_span(page, city, ring)
    expect(page.locator(".fibre-impact")).to_contain_text("nobody")
    expect(page.locator(".fibre-impact")).to_contain_text("ride the other way")


def test_a_camera_is_traced_to_its_centre_on_the_map_and_as_a_line(page: Page, city: Inventory) -> None:
    camera = "CM-CLF-001-1"
    find(page, camera)
    way = page.locator(".fibre-way")
    expect(way).to_contain_text("m of fibre")
    # The plotting library is fetched with the first figure.
    expect(way.locator("#fibre-schematic .main-svg").first).to_be_visible(timeout=20_000)
    expect(way.locator(".budget")).to_have_count(4)
    expect(way).to_contain_text("1550 nm")
    assert set(page.evaluate("gisops.marksDrawn()")) == {"trace", "centre"}
    zoom = page.evaluate("gisops.map.getZoom()")
    way.get_by_role("button", name="Show all of it").click()
    page.wait_for_function("(zoom) => gisops.map.getZoom() < zoom", arg=zoom)
    way.locator("summary").click()
    way.locator(".hop .chip").first.click()
    expect(page.locator(".fibre-impact")).to_be_visible()
    assert city.cameras[camera].box_id == "BX-CLF-001"


def test_a_reading_is_placed_with_its_interval_on_the_map(page: Page, city: Inventory) -> None:
    span_id, _, _ = worst(city)
    click_span(page, city, span_id)
    page.locator("#otdr-distance").fill("200")
    page.locator("#otdr-ask").click()
    place = page.locator("#otdr-place")
    expect(place).to_contain_text("Interval")
    expect(place).to_contain_text("Google Maps")
    page.wait_for_function("gisops.marksDrawn().includes('interval')")
    page.locator("#otdr-distance").fill("190000")
    page.locator("#otdr-ask").click()
    expect(place).to_contain_text("lies beyond the fibre")
    page.wait_for_function("!gisops.marksDrawn().includes('interval')")


def test_a_span_is_found_by_its_id_and_the_layer_off_means_no_click(page: Page, city: Inventory) -> None:
    find(page, "SP-0365")
    expect(page.locator("#detail-body .sub")).to_contain_text("SP-0365")
    middle = city.spans["SP-0365"].geometry.interpolate(0.5, normalized=True)
    under = "([lat, lng]) => gisops.spanAt({latlng: {lat, lng}}) !== null"
    assert page.evaluate(under, [middle.y, middle.x])
    page.locator(".layer-chips").get_by_text("Fibre", exact=True).click()
    page.wait_for_function("gisops.fibreHidden")
    assert not page.evaluate(under, [middle.y, middle.x])


@pytest.mark.slow
def test_a_cut_in_the_running_city_is_suspected_on_the_page(
    short_tmp: Path, blank_page: Page, city: Inventory
) -> None:
    page, truth = blank_page, Truth(city)
    ring = next(
        s.id for s in city.spans.values() if len(truth.singles[s.id].dark) == 2 and not truth.singles[s.id].lost
    )
    plan = DemoPlan(
        inventory=DATA,
        run_dir=short_tmp / "run",
        timeline=None,
        interval_s=5.0,
        page_port=free_port(),
        trap_port=free_port(),
    )
    box = min(port[0] for port in truth.singles[ring].dark)
    with running_demo(plan, lambda _: None) as demo:
        page.goto(f"http://127.0.0.1:{plan.page_port}/")
        page.wait_for_function(
            "([id]) => window.gisops && gisops.stateOf && gisops.stateOf(id)?.state === 'up'", arg=[box]
        )
        inject(demo.control, {"fault": "fibre_cut", "target": ring})
        page.wait_for_function("([id]) => gisops.stateOf(id)?.state === 'degraded'", arg=[box], timeout=30_000)
        click_span(page, city, ring)
        suspects = page.locator(".suspects")
        expect(suspects).to_contain_text(ring, timeout=20_000)
        expect(suspects).to_contain_text("loses nobody")
        assert "bracket" in page.evaluate("gisops.marksDrawn()")
        page.goto("about:blank")
