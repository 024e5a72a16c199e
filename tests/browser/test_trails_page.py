"""A box that is taken away is a trail on the map with its speed and the nearest station, live, until it is back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from gisops.model.position import Fix
from gisops.trails.moved import Home
from gisops.trails.trail import Trail, measure_trail
from tests.browser.conftest import Serving

pytestmark = pytest.mark.browser


def trail_of(serving: Serving, count: int, ended: bool = False) -> Trail:
    inventory = serving.view.inventory
    box = next(iter(inventory.boxes.values()))
    now = datetime.now(UTC)
    fixes = [
        Fix("T", now - timedelta(seconds=10 * (count - n)), box.lon + 0.001 * n, box.lat, 6.0)
        for n in range(1, count + 1)
    ]
    return measure_trail(
        box.id,
        Home(box.lon, box.lat),
        fixes,
        inventory.stations.values(),
        now,
        recovered_at=now if ended else None,
    )


def test_a_trail_is_drawn_grows_and_ends(page: Page, serving: Serving) -> None:
    expect(page.locator("#layer-count-trails")).to_have_text("0")
    first = trail_of(serving, 3)
    serving.view.move([first])
    page.wait_for_function("gisops.trailsDrawn().length === 1 && gisops.trailsDrawn()[0].fixes === 3")
    expect(page.locator("#layer-count-trails")).to_have_text("1")
    words = page.evaluate("gisops.trailsDrawn()[0].words")
    # A thousandth of a degree of longitude is some 101 m here, in ten seconds: 36 km/h.
    assert words[0].startswith(first.box_id)
    assert words[1].startswith("36 km/h · 300 m so far")
    assert first.nearest is not None
    assert words[2].startswith(first.nearest.name)
    serving.view.move([trail_of(serving, 12)])
    page.wait_for_function("gisops.trailsDrawn()[0].fixes === 12")
    page.locator("#layer-count-trails").click()  # goes there, and leaves the layer on
    page.wait_for_function("gisops.trailsDrawn()[0].x > 0 && gisops.map.getZoom() >= 14")
    page.wait_for_timeout(600)  # the map glides there
    at = "const s = gisops.trailsDrawn()[0], m = gisops.devices.margin(); return [s.x - m.x, s.y - m.y];"
    spot = page.evaluate(f"(() => {{ {at} }})()")
    frame = page.locator("#city-map").bounding_box()
    assert frame is not None
    page.mouse.click(frame["x"] + spot[0], frame["y"] + spot[1])
    expect(page.locator("#detail-panel")).to_contain_text(first.box_id)
    page.keyboard.press("Escape")
    serving.view.move([replace(trail_of(serving, 12, ended=True))])
    page.wait_for_function("gisops.trailsDrawn()[0].words[1].startsWith('recovered')")
    expect(page.locator("#layer-count-trails")).to_have_text("0")
    page.locator(".layer-chips").get_by_text("Boxes taken away").click()
    page.wait_for_function("gisops.trailsDrawn().length === 0")


def test_a_trail_is_there_after_a_reload(page: Page, serving: Serving) -> None:
    serving.view.move([trail_of(serving, 4)])
    page.reload()
    page.wait_for_function("window.gisops && gisops.trailsDrawn && gisops.trailsDrawn().length === 1")
