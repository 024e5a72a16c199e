"""What does a real browser draw, and when: Chromium on the live page, asked for the state of a device.

Playwright is a development dependency; only measurements come here.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gisops.errors import ConfigError

__all__ = ["Drawn", "watching"]

Drawn = Callable[[str, frozenset[str], float], float | None]
"""Waits until a device is drawn in one of some states; gives the page's own clock (Unix s) or ``None``."""

_FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-quic", "--no-first-run", "--disable-gpu")
_AWAIT = """
([id, wanted, patience]) => new Promise((done) => {
  const look = () => wanted.includes((window.gisops.stateOf(id) || {}).state);
  if (look()) return done(Date.now() / 1000);
  const timer = setTimeout(() => { stop(); done(null); }, patience * 1000);
  const seen = () => { if (look()) { stop(); done(Date.now() / 1000); } };
  const stop = () => { clearTimeout(timer); window.removeEventListener('gisops:painted', seen); };
  window.addEventListener('gisops:painted', seen);
})
"""


@contextmanager
def watching(url: str) -> Iterator[Drawn]:
    """Open a page in Chromium and give a way to ask it.

    Raises
    ------
    ConfigError
        Where Chromium or Playwright is missing.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        raise ConfigError("chromium", "is not installed", "apt-get install chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise ConfigError("playwright", "is not installed", "run make env") from error
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        page = browser.new_page(viewport={"width": 1600, "height": 900})
        page.goto(url)
        page.wait_for_function("window.gisops && window.gisops.stateOf && window.gisops.city")

        def drawn(device_id: str, states: frozenset[str], patience_s: float) -> float | None:
            at: float | None = page.evaluate(_AWAIT, [device_id, sorted(states), patience_s])
            return at

        yield drawn
        browser.close()
