"""The Planning room over the demo city: a brief is run, changed by hand, planned anew, compared, taken away."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from dashboard.app import create_app
from gisops.inventory.load import load_inventory
from gisops.planning.halt import Halt
from gisops.service.plan_desk import PlanDesk
from gisops.service.plan_exports import write_all
from gisops.service.plan_run import make_plan, pose
from tests.browser.conftest import Watched
from tests.browser.fake_city import FakeLiveView

pytestmark = pytest.mark.browser
DATA = Path("data")


def small_brief() -> str:
    """Give the demo brief, shrunk to a few blocks, so that a run takes seconds."""
    text = (DATA / "plans/phase2.toml").read_text(encoding="utf-8")
    text = text.replace("radius_m = 1500.0", "radius_m = 420.0").replace("_000_000\n", "_500_000\n")
    return text.replace("60_500_000", "9_000_000").replace('place = "metropole"', 'place = "pidc-chowk"')


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    inventory = load_inventory(DATA)
    desk = PlanDesk(DATA, inventory, tmp_path, lambda: datetime.now(UTC))
    app = create_app(FakeLiveView(inventory), clock=lambda: datetime.now(UTC), planner=desk)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="error", ws="websockets-sansio", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    desk.cancel()
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def room(browser: Browser, watched: Watched) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1500, "height": 860}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("request", lambda request: watched.hosts.add(request.url.split("/")[2].split(":")[0]))
    page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    yield page
    context.close()
    assert watched.complaints == []
    assert watched.hosts <= {"127.0.0.1", ""}


def seen(page: Page) -> float:
    found = re.search(r"Seen now ([\d.]+) %", page.locator("#scored").inner_text())
    assert found is not None
    return float(found[1])


def test_a_brief_becomes_a_plan_that_is_changed_by_hand(site: str, room: Page, tmp_path: Path) -> None:
    page = room
    page.goto(f"{site}planning")
    expect(page.locator("#briefs")).to_have_value("phase2.toml")
    expect(page.locator("#demo")).to_be_visible()
    page.locator("#brief").fill("name = 1")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator("#error")).to_contain_text("brief:1")

    page.locator("#brief").fill(small_brief())
    page.locator("#seconds").fill("10")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator("#said")).to_have_text("Done.", timeout=60_000)
    expect(page.locator("#error")).to_be_empty()
    expect(page.locator("#facts")).to_contain_text("Gap of the gain")
    camera = page.locator("#map .cam").first
    camera.click(force=True)
    expect(page.locator("#camera")).to_contain_text("PC-")

    page.get_by_role("button", name="Strike out").click()
    expect(page.locator("#scored")).to_contain_text("Seen now")
    struck = seen(page)
    page.get_by_role("button", name="As planned").click()
    page.wait_for_function("v => !document.getElementById('scored').innerText.includes(v)", arg=f"{struck:.2f} %")
    assert seen(page) > struck

    box = page.locator("#map .cam.on").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 90, steps=4)
    page.mouse.up()
    expect(page.locator("#map .cam.moved")).to_have_count(1)

    page.get_by_role("button", name="Plan anew around this").click()
    expect(page.locator("#plans option")).to_have_count(2, timeout=60_000)
    page.locator("#other").select_option(index=2)
    expect(page.locator("#compared")).to_contain_text("cameras in both")

    with page.expect_download() as caught:
        page.get_by_role("link", name="Bill (XLSX)").click()
    assert caught.value.suggested_filename.endswith("bill.xlsx")
    assert len(list(tmp_path.glob("plan-*/report.html"))) == 2


@pytest.mark.slow
def test_a_plan_of_an_earlier_day_is_opened_for_changes(site: str, room: Page, tmp_path: Path) -> None:
    posed = pose(small_brief(), "brief", DATA, datetime.now(UTC), Halt(time.monotonic))
    _, plan = make_plan(posed, Halt.after(time.monotonic, 3.0), datetime.now(UTC))
    write_all(plan, posed.inventory, tmp_path / "plan-20260101T000000")
    page = room
    page.goto(f"{site}planning")
    page.get_by_role("button", name="Open this plan for changes").click()
    expect(page.locator("#said")).to_have_text("Done.", timeout=60_000)
    expect(page.locator("#open")).to_be_hidden()
    page.locator("#map .cam").first.click(force=True)
    page.get_by_role("button", name="Lock").click()
    expect(page.locator("#scored")).to_contain_text("+0.000 points")
    expect(page.locator("#map .cam.locked")).to_have_count(1)


@pytest.mark.slow
def test_a_run_is_cancelled_from_the_page(site: str, room: Page) -> None:
    page = room
    page.goto(f"{site}planning")
    expect(page.locator("#briefs")).to_have_value("phase2.toml")
    page.get_by_role("button", name="Plan", exact=True).click()
    expect(page.locator("#said")).to_contain_text("viewsheds", timeout=30_000)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#error")).to_contain_text("Cancelled before there was a plan", timeout=30_000)
