"""The real system on the real page: a box is stolen, and the map and the list say so without reload."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gisops.service.demo import DemoPlan, running_demo
from gisops.simulate.control import inject
from tests.integration.agents import free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
DATA = Path(__file__).parents[2] / "data"
IN_STATE = "([id, state]) => (window.gisops.stateOf(id) || {}).state === state"


def test_a_stolen_box_goes_red_and_is_one_line_with_its_cause(short_tmp: Path, blank_page: Page) -> None:
    page = blank_page
    plan = DemoPlan(
        inventory=DATA,
        run_dir=short_tmp / "run",
        timeline=None,
        interval_s=5.0,
        page_port=free_port(),
        trap_port=free_port(),
    )
    requested: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    with running_demo(plan, lambda _: None) as demo:
        page.goto(f"http://127.0.0.1:{plan.page_port}/")
        page.wait_for_function("window.gisops && window.gisops.stateOf && window.gisops.city")
        page.wait_for_function(IN_STATE, arg=["BX-CLF-001", "up"])
        inject(demo.control, {"fault": "theft", "target": "BX-CLF-001", "approach_s": 2})
        page.wait_for_function(IN_STATE, arg=["BX-CLF-001", "degraded"], timeout=5_000)
        page.wait_for_function(IN_STATE, arg=["BX-CLF-001", "down"], timeout=10_000)
        page.wait_for_function(IN_STATE, arg=["CM-CLF-001-1", "unreachable"], timeout=10_000)
        rows = page.locator(".ag-center-cols-container .ag-row")
        expect(rows).to_have_count(1, timeout=10_000)
        expect(rows.first).to_contain_text("Bilawal House")
        expect(rows.first).to_contain_text("Theft", timeout=10_000)
        inject(demo.control, {"fault": "restore", "target": "BX-CLF-001"})
        page.wait_for_function(IN_STATE, arg=["CM-CLF-001-6", "up"], timeout=20_000)
        expect(rows).to_have_count(0, timeout=10_000)
        page.goto("about:blank")
    assert {url.split("/")[2] for url in requested if url.startswith("http")} == {f"127.0.0.1:{plan.page_port}"}
    assert complaints == []
