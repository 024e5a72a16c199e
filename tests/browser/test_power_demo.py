"""The real system on the real page: a box on a nearly empty battery is foretold, and its run is in the report."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gisops.service.demo import DemoPlan, running_demo
from gisops.simulate.control import inject
from tests.integration.agents import free_port

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
DATA = Path(__file__).parents[2] / "data"
BOX = "BX-CLF-001"


def report(name: str, run_dir: Path, *extra: str) -> dict[str, dict[str, object]]:
    command = [sys.executable, "-m", "gisops", "report", name, "--inventory", str(DATA), "--run", str(run_dir)]
    done = subprocess.run([*command, *extra, "--json"], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 1), done.stderr
    return {row["box"]: row for row in json.loads(done.stdout)["rows"]}


@pytest.mark.slow
def test_a_box_on_an_empty_battery_is_foretold_and_its_run_is_reported(short_tmp: Path, blank_page: Page) -> None:
    page = blank_page
    plan = DemoPlan(
        inventory=DATA,
        run_dir=short_tmp / "run",
        timeline=None,
        interval_s=5.0,
        page_port=free_port(),
        trap_port=free_port(),
    )
    with running_demo(plan, lambda _: None) as demo:
        feeder = demo.inventory.boxes[BOX].feeder_id
        page.goto(f"http://127.0.0.1:{plan.page_port}/")
        page.wait_for_function("window.gisops && window.gisops.stateOf && window.gisops.city")
        page.wait_for_function("(id) => gisops.stateOf(id)?.state === 'up'", arg=BOX)
        inject(demo.control, {"fault": "weak_battery", "target": BOX})
        inject(demo.control, {"fault": "power_cut", "target": feeder})
        row = page.locator(".ag-center-cols-container .ag-row").filter(has_text=BOX)
        expect(row).to_contain_text("On battery", timeout=30_000)
        expect(row.locator(".cell-dark")).to_contain_text("dark in")
        page.locator("#search").fill(BOX)
        page.locator("#search-results li").first.click()
        expect(page.locator("#detail-panel .pairs").first).to_contain_text("Time to dark", timeout=15_000)
        inject(demo.control, {"fault": "restore", "target": feeder})
        expect(row).to_have_count(0, timeout=30_000)
        expect(page.locator("#detail-panel .pairs").first).not_to_contain_text("Time to dark", timeout=15_000)
        found = report("batteries", plan.run_dir)[BOX]
        panel = next(box for box in demo.inventory.boxes.values() if box.solar_w)
        harvest = report("solar", plan.run_dir, "--box", panel.id)
        page.goto("about:blank")
    assert found["episodes"] == 1
    assert found["autonomy_is"] == "at least"
    assert found["contract"] == "open"
    assert harvest[panel.id]["panel_w"] == panel.solar_w
