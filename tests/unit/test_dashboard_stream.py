"""The stream of one page: whole first, differences after, whole again when something was missed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from typing import Any

from dashboard.payload import City
from dashboard.stream import RETRY_S, messages
from gisops.errors import StoreError
from gisops.model.inventory import Inventory
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.live import Delta, DeviceHistory, Snapshot
from gisops.store.ports import StateRow
from gisops.trails.trail import Trail
from tests.cities import small_city

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class ScriptedView:
    """Gives the snapshots and, after each, the deltas it was told to."""

    def __init__(self, script: Sequence[tuple[Snapshot | Exception, Sequence[Delta]]]) -> None:
        self._script = list(script)
        self._deltas: Sequence[Delta] = ()
        self.left = 0
        self._inventory = small_city()

    @property
    def inventory(self) -> Inventory:
        return self._inventory

    async def snapshot(self) -> Snapshot:
        what, self._deltas = self._script.pop(0)
        if isinstance(what, Exception):
            raise what
        return what

    async def changes(self, after_seq: int) -> AsyncIterator[Delta]:
        try:
            for delta in self._deltas:
                if delta.seq >= after_seq:
                    yield delta
        finally:
            self.left += 1

    async def trails(self) -> list[Trail]:
        return []

    async def device(self, device_id: str) -> DeviceHistory:
        raise KeyError(device_id)


def at(seq: int) -> Snapshot:
    return Snapshot(seq, {}, {}, NOON)


def step(from_seq: int, seq: int) -> Delta:
    row = StateRow("B1", DeviceKind.BOX, DeviceState.DOWN, NOON, NOON)
    return Delta(from_seq, seq, [row], (), NOON)


async def first(view: ScriptedView, count: int) -> tuple[list[dict[str, Any]], list[float]]:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    found: list[dict[str, Any]] = []
    async with aclosing(messages(view, City.of(view.inventory), lambda: NOON, pause)) as stream:
        async for message in stream:
            found.append(message)
            if len(found) == count:
                break
    return found, pauses


def shape(found: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(m["kind"], m.get("from"), m.get("seq")) for m in found]


async def test_whole_first_then_differences() -> None:
    view = ScriptedView([(at(4), [step(4, 5), step(5, 6)])])
    found, pauses = await first(view, 3)
    assert shape(found) == [("full", None, 4), ("delta", 4, 5), ("delta", 5, 6)]
    assert (pauses, view.left) == ([], 1)


async def test_a_gap_in_the_source_starts_over_with_the_whole() -> None:
    view = ScriptedView([(at(4), [step(4, 5), step(7, 8)]), (at(8), [step(8, 9)])])
    found, _ = await first(view, 4)
    assert shape(found) == [("full", None, 4), ("delta", 4, 5), ("full", None, 8), ("delta", 8, 9)]


async def test_an_overlap_is_no_gap() -> None:
    view = ScriptedView([(at(4), [step(2, 6)])])
    found, _ = await first(view, 2)
    assert shape(found) == [("full", None, 4), ("delta", 4, 6)]


async def test_trouble_is_told_and_tried_again_after_a_pause() -> None:
    view = ScriptedView([(StoreError("store", "down", "start it"), []), (at(4), [])])
    found, pauses = await first(view, 2)
    assert found[0] == {"kind": "trouble", "text": "store: down: start it", "now": NOON.timestamp()}
    assert (found[1]["kind"], pauses) == ("full", [RETRY_S])


async def test_a_source_that_ends_is_asked_again_after_a_pause() -> None:
    found, pauses = await first(ScriptedView([(at(4), []), (at(5), [])]), 2)
    assert shape(found) == [("full", None, 4), ("full", None, 5)]
    assert pauses == [RETRY_S]
