"""Coverage on the map: off at first, worked out when asked for, and gone where cameras are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pytest
import shapely
from playwright.sync_api import Page, expect

from gisops.coverage.buildings import Buildings, from_polygons
from gisops.geo.project import to_utm42
from gisops.service.coverage import CoveragePlan
from gisops.service.coverage_map import CoverageMap
from gisops.store.ports import StateRow
from tests.browser.conftest import Serving
from tests.browser.fake_city import FakeLiveView, fake_city, theft

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)
SITES, CAMERAS = 20, 81


def _walls() -> Buildings:
    """A house to the east of Bilawal House Chowrangi's pole."""
    x, y = (float(v) for v in to_utm42(67.0297, 24.8232))
    return from_polygons(np.array([shapely.box(x + 15, y - 30, x + 25, y + 30)], dtype=object), np.array([20.0]))


@pytest.fixture
def serving() -> Iterator[Serving]:
    view = FakeLiveView(fake_city(SITES, CAMERAS))
    serving = Serving(view, CoverageMap(view.inventory, _walls, CoveragePlan(workers=1)))
    serving.start()
    yield serving
    serving.stop()


def switch(page: Page) -> None:
    page.locator(".layer-chips").get_by_text("Coverage", exact=True).click()


def ground(page: Page) -> float:
    page.wait_for_function("/\\d/.test(document.querySelector('#coverage-levels .num')?.textContent || '')")
    return float(page.locator("#coverage-levels .num").first.inner_text())


def test_coverage_is_off_until_asked_for_and_goes_again(page: Page) -> None:
    assert page.evaluate("gisops.coverageDrawn()") == 0
    expect(page.locator(".coverage-key")).not_to_be_visible()
    switch(page)
    page.wait_for_function(f"gisops.coverageDrawn() === {CAMERAS}")
    expect(page.locator(".coverage-key")).to_be_visible()
    expect(page.locator("#coverage-levels")).to_contain_text("Overview 20")
    expect(page.locator("#coverage-levels")).to_contain_text("Plates 337.5")
    switch(page)
    page.wait_for_function("gisops.coverageDrawn() === 0")
    expect(page.locator(".coverage-key")).not_to_be_visible()


def test_a_stolen_box_takes_its_ground_off_the_map_and_the_sums(page: Page, serving: Serving) -> None:
    switch(page)
    page.wait_for_function(f"gisops.coverageDrawn() === {CAMERAS}")
    whole = ground(page)
    now = datetime.now(UTC)
    rows, outage = theft(serving.view.inventory, "B-001", now)
    serving.view.push(rows, [outage])
    page.wait_for_function(f"gisops.coverageDrawn() === {CAMERAS - 5}")
    less = page.locator("#coverage-levels .num").first
    expect(less).to_have_class("num less")
    assert float(less.inner_text()) < whole
    back = [StateRow(row.device_id, row.kind, row.state.UP, now, now) for row in rows]
    serving.view.push(back, [serving.view.close_outage(outage, now)])
    page.wait_for_function(f"gisops.coverageDrawn() === {CAMERAS}")
    expect(less).to_have_class("num")
    expect(less).to_have_text(f"{whole:g}")


def test_bands_are_painted_where_a_camera_looks_and_not_behind_a_wall(page: Page, serving: Serving) -> None:
    for name in ("Boxes", "Cameras", "Names"):
        page.locator(".layer-chips").get_by_text(name, exact=True).click()
    switch(page)
    page.wait_for_function(f"gisops.coverageDrawn() === {CAMERAS}")
    page.evaluate("() => { gisops.map.setView([24.8232, 67.0297], 18, { animate: false }); }")
    painted = """([lat, lon]) => {
      const pane = document.querySelector(".leaflet-gisops-coverage-pane canvas");
      const at = gisops.map.latLngToContainerPoint([lat, lon]).add(gisops.coverage.margin());
      const ratio = pane.width / parseFloat(pane.style.width);
      return pane.getContext("2d").getImageData(at.x * ratio, at.y * ratio, 1, 1).data[3] > 0;
    }"""
    camera = serving.view.inventory.cameras["C-0001"]
    # It looks towards 109 degrees: at 13 m it sees, behind the house at 45 m it does not.
    for metres, seen in ((8.0, True), (13.0, True), (45.0, False)):
        east, north = metres * np.sin(np.radians(camera.azimuth_deg)), metres * np.cos(np.radians(camera.azimuth_deg))
        place = [24.8232 + north / 110_800, 67.0297 + east / 101_000]
        page.wait_for_function(f"(place) => ({painted})(place) === {str(seen).lower()}", arg=place)
