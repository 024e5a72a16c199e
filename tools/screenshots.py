"""Take the pictures of the documentation from the real program: ``python -m tools.screenshots``.

Runs the demonstration, has the box of the story stolen, and photographs the page.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from gisops.service.demo import DemoPlan, running_demo
from gisops.simulate.control import inject

__all__ = ["main"]

PORT = 18051
FOLDER = Path("docs/images")
LOST = "() => (gisops.stateOf('CM-CLF-001-1') || {}).state === 'unreachable'"
UP = "() => window.gisops && gisops.stateOf && (gisops.stateOf('CM-CLF-001-1') || {}).state === 'up'"


def main() -> int:
    """Write the pictures into ``docs/images``."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gisops-shots-") as run:
        Path(run).chmod(0o755)
        plan = DemoPlan(Path("data"), Path(run) / "run", None, interval_s=10.0, page_port=PORT, trap_port=18163)
        with running_demo(plan, lambda text: sys.stderr.write(f"{text}\n")) as demo, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
            )
            page = browser.new_page(viewport={"width": 1600, "height": 900})
            page.goto(f"http://127.0.0.1:{PORT}/")
            page.wait_for_function(UP)
            inject(demo.control, {"fault": "theft", "target": "BX-CLF-001", "approach_s": 2})
            inject(demo.control, {"fault": "power_cut", "target": "feeder_of:BX-SHF-005"})
            page.wait_for_function(LOST)
            page.locator(".ag-center-cols-container .ag-row").filter(has_text="Theft").wait_for()
            page.screenshot(path=FOLDER / "network.png")
            page.evaluate("gisops.select('boxes', 'BX-CLF-001', true)")
            page.get_by_text("tilted or moved before the loss").wait_for()
            page.screenshot(path=FOLDER / "theft.png")
            browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
