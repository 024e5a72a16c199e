"""What does a browser feel? First map, bytes, long tasks, when each change is drawn, memory: asked of Chromium."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gisops.errors import ConfigError

__all__ = ["Tab", "browser"]

_FLAGS = ("--no-sandbox", "--disable-background-networking", "--disable-quic", "--no-first-run", "--disable-gpu")
_FLAGS_MEMORY = ("--js-flags=--expose-gc", "--enable-precise-memory-info")
_WATCH = """
window.bench = { painted: [], tasks: [] };
window.addEventListener("gisops:painted", ({ detail }) => window.bench.painted.push([detail.seq, detail.at / 1000]));
new PerformanceObserver((list) => list.getEntries().forEach((e) => window.bench.tasks.push(e.duration)))
  .observe({ entryTypes: ["longtask"] });
"""


class Tab:
    """One page in a profile of its own, with a cold cache."""

    def __init__(self, chromium: Any, url: str) -> None:  # noqa: ANN401 - a development dependency
        self._context = chromium.new_context(viewport={"width": 1600, "height": 900})
        self.page = self._context.new_page()
        self.page.set_default_timeout(60_000)
        self.page.add_init_script(_WATCH)
        self._cdp = self._context.new_cdp_session(self.page)
        self._cdp.send("Network.enable")
        self._urls: dict[str, str] = {}
        self.bytes_of: dict[str, int] = {}
        self._cdp.on("Network.responseReceived", lambda e: self._urls.update({e["requestId"]: e["response"]["url"]}))
        self._cdp.on("Network.loadingFinished", self._finished)
        self.page.goto(url, wait_until="commit")
        self.page.wait_for_function("window.gisops && gisops.paintedSeq >= 0 && gisops.live.tally")

    def _finished(self, event: dict[str, Any]) -> None:
        url = self._urls.get(event["requestId"], "")
        self.bytes_of[url] = self.bytes_of.get(url, 0) + int(event["encodedDataLength"])

    @property
    def first_map_s(self) -> float:
        """Seconds from navigation to the first painting of all devices in their states."""
        return float(self.page.evaluate("gisops.paintedAt")) / 1000

    @property
    def program_s(self) -> float:
        """Seconds from navigation until the page's own program could run."""
        timing = "performance.getEntriesByType('navigation')[0].domContentLoadedEventStart"
        return float(self.page.evaluate(timing)) / 1000

    def bytes_under(self, part: str) -> int:
        """Bytes on the wire of the addresses that hold a text."""
        return sum(size for url, size in self.bytes_of.items() if part in url)

    def pan_and_zoom(self) -> list[float]:
        """Drag and zoom the map about; give the long tasks (ms, those over 50)."""
        mouse = self.page.mouse
        self.page.evaluate("bench.tasks = []")
        for x, y in ((500, 300), (-400, -260), (-300, 240), (380, -180)):
            mouse.move(700, 450)
            mouse.down()
            mouse.move(700 + x / 2, 450 + y / 2, steps=8)
            mouse.move(700 + x, 450 + y, steps=8)
            mouse.up()
            self.page.wait_for_timeout(150)
        for turn in (-240, -240, -240, -240, 240, 240, 240, 240):
            mouse.move(700, 450)
            mouse.wheel(0, turn)
            self.page.wait_for_timeout(450)
        return [float(ms) for ms in self.page.evaluate("bench.tasks")]

    def painted(self) -> list[tuple[int, float]]:
        """Give the event numbers that were drawn, and when (Unix s)."""
        return [(int(seq), float(at)) for seq, at in self.page.evaluate("bench.painted")]

    def states(self) -> dict[str, str]:
        """Give the states that are drawn, by device."""
        found: dict[str, str] = self.page.evaluate(
            "Object.fromEntries([...gisops.numberOf.keys()].map((id) => [id, gisops.stateOf(id).state]))"
        )
        return found

    def caught_up(self, seq: int) -> None:
        """Wait until an event number is drawn."""
        self.page.wait_for_function("(seq) => gisops.paintedSeq >= seq", arg=seq)

    def heap_mb(self) -> float:
        """Megabytes of living objects, after the collector ran."""
        self.page.evaluate("bench.painted = []; bench.tasks = [];")
        for _ in range(2):
            self._cdp.send("HeapProfiler.collectGarbage")
            time.sleep(0.2)
        return float(self._cdp.send("Runtime.getHeapUsage")["usedSize"]) / 1e6

    def close(self) -> None:
        """Close it."""
        self._context.close()


@contextmanager
def browser() -> Iterator[Any]:
    """Run Chromium.

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
        running = playwright.chromium.launch(executable_path=chromium, args=[*_FLAGS, *_FLAGS_MEMORY])
        yield running
        running.close()
