"""Take the pictures of the documentation from the real program: ``python -m tools.screenshots``.

Runs the demonstration, has the box of the story stolen, and photographs every room in both themes.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from gisops.service.demo import DemoPlan, running_demo
from gisops.simulate.control import inject

__all__ = ["main"]

PORT = 18051
HOME = f"http://127.0.0.1:{PORT}"
FOLDER = Path("docs/images")
LOST = "() => (gisops.stateOf('CM-CLF-001-1') || {}).state === 'unreachable'"
UP = "() => window.gisops && gisops.stateOf && (gisops.stateOf('CM-CLF-001-1') || {}).state === 'up'"
PAINTED = "() => window.gisops && gisops.paintedSeq > 0 && gisops.live.tally"
_PATIENCE_MS = 90_000


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> int:
    """Write the pictures into ``docs/images``."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="gisops-shots-") as run:
        Path(run).chmod(0o755)
        plan = DemoPlan(Path("data"), Path(run) / "run", None, interval_s=10.0, page_port=PORT, trap_port=18163)
        with running_demo(plan, _say) as demo, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-background-networking"]
            )
            page = _page(browser, "/", "dark")
            page.wait_for_function(UP)
            inject(demo.control, {"fault": "theft", "target": "BX-CLF-001", "approach_s": 2})
            inject(demo.control, {"fault": "power_cut", "target": "feeder_of:BX-SHF-005"})
            page.wait_for_function(LOST)
            page.locator(".ag-center-cols-container .ag-row").filter(has_text="Theft").wait_for()
            outage = page.evaluate("[...gisops.live.rows.values()].find((row) => row.device === 'BX-CLF-001').id")
            for theme in ("dark", "light"):
                for name, path, stage in _pictures(outage):
                    _shoot(browser, name, path, theme, stage)
            three = browser.new_page(viewport={"width": 1600, "height": 900})
            three.goto(f"{HOME}/3d")
            three.wait_for_function("() => window.three && three.lost > 0", timeout=_PATIENCE_MS)
            three.wait_for_timeout(6000)  # deck.gl says nothing when its first frame stands
            three.screenshot(path=FOLDER / "3d.png", timeout=_PATIENCE_MS)
            browser.close()
    return 0


def _pictures(outage: str) -> list[tuple[str, str, Callable[[Page], None]]]:
    return [
        ("network", "/", lambda _: None),
        ("theft", "/", _theft),
        ("command", "/command", lambda page: page.locator("#feed .alert").first.wait_for()),
        ("response", "/command", lambda page: page.locator("#feed .alert").filter(has_text="Theft").first.click()),
        ("past", "/command", _past),
        ("case", f"/case/{outage}", lambda page: page.locator("#case .odds").wait_for()),
    ]


def _theft(page: Page) -> None:
    page.evaluate("gisops.select('boxes', 'BX-CLF-001', true)")
    page.get_by_text("tilted or moved before the loss").wait_for()


def _past(page: Page) -> None:
    page.get_by_role("button", name="Past").click()
    page.wait_for_function("gisops.pastAt !== null")
    page.evaluate("gisops.goPast(gisops.realNow() - 5)")


def _page(browser: Browser, path: str, theme: str) -> Page:
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.set_default_timeout(_PATIENCE_MS)
    page.goto(f"{HOME}{path}")
    page.wait_for_function(PAINTED)
    if theme == "light":
        page.locator("#theme-toggle").click()
        page.wait_for_function("gisops.theme === 'light'")
    return page


def _shoot(browser: Browser, name: str, path: str, theme: str, stage: Callable[[Page], None]) -> None:
    page = _page(browser, path, theme)
    stage(page)
    page.wait_for_timeout(1500)  # the map glides to its place
    page.screenshot(path=FOLDER / f"{name}{'' if theme == 'dark' else '-light'}.png")
    page.close()


if __name__ == "__main__":
    raise SystemExit(main())
