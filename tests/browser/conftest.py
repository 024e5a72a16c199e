"""A real page in a real Chromium, served from a thread over the fake city."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from dashboard.app import create_app
from dashboard.coverage_routes import CoverageSource
from tests.browser.fake_city import FakeLiveView, fake_city

CHROMIUM = Path("/usr/bin/chromium")
SILENT_AFTER_S = 8.0


class Serving:
    """One uvicorn in a thread; can be stopped and started again on its port.

    Parameters
    ----------
    view
        What it serves.
    coverage
        What its cameras see, if the map shall have that layer.
    """

    def __init__(self, view: FakeLiveView, coverage: CoverageSource | None = None) -> None:
        self.view = view
        self.coverage = coverage
        self.port = 0
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        app = create_app(
            self.view, clock=lambda: datetime.now(UTC), silent_after_s=SILENT_AFTER_S, coverage=self.coverage
        )
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        config = uvicorn.Config(
            app, log_level="error", ws="websockets-sansio", lifespan="on", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=lambda server: asyncio.run(server.serve(sockets=[listener])), args=(self._server,)
        )
        self._thread.start()

    def stop(self) -> None:
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(timeout=20)
        assert not self._thread.is_alive(), "uvicorn: did not stop within 20 s: look for a callback that hangs"
        self._server = None


@dataclass
class Watched:
    """What a page asked for and complained about."""

    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


# Playwright keeps an event loop running: it must be gone before the tests of other folders start theirs.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.fail(f"{CHROMIUM}: no Chromium: install it with 'apt-get install chromium'", pytrace=False)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def serving() -> Iterator[Serving]:
    serving = Serving(FakeLiveView(fake_city()))
    serving.start()
    yield serving
    serving.stop()


@pytest.fixture
def watched() -> Watched:
    return Watched()


@pytest.fixture
def page(browser: Browser, serving: Serving, watched: Watched) -> Iterator[Page]:
    """Give the page once its map has been painted; afterwards hold it to its promises."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("request", lambda request: watched.hosts.add(urlsplit(request.url).hostname or ""))
    page.on("websocket", lambda ws: watched.hosts.add(urlsplit(ws.url).hostname or ""))
    page.on("console", lambda m: watched.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    page.goto(serving.url)
    page.wait_for_function("window.gisops && gisops.paintedSeq > 0 && gisops.fresh === 'live'")
    yield page
    context.close()
    assert watched.hosts <= {"127.0.0.1", ""}  # data: and blob: addresses have no host
    assert watched.complaints == []


@pytest.fixture
def blank_page(browser: Browser) -> Iterator[Page]:
    """Give a page that shows nothing yet."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()
