"""Services of a district, worked out by hand on the small city: five sites of two cameras, one district."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gisops.incidents.impact import Change, fold_services
from gisops.model.inventory import Inventory, Place
from gisops.model.state import DeviceKind, DeviceState
from gisops.service.impact import ServiceMap
from gisops.store.ports import StateRow
from tests.cities import small_city

UP, DOWN, DARK, WORK = DeviceState.UP, DeviceState.DOWN, DeviceState.UNKNOWN, DeviceState.MAINTENANCE
AT = datetime(2026, 3, 1, tzinfo=UTC)


def city() -> Inventory:
    """Give the small city with plate readers at T1 and T2, and a critical place watched from T3."""
    plain = small_city()
    cameras = {
        key: replace(camera, role="anpr") if key in ("C1-1", "C2-1") else camera
        for key, camera in plain.cameras.items()
    }
    sites = {**plain.sites, "T3": replace(plain.sites["T3"], place_id="P")}
    return replace(
        plain, cameras=cameras, sites=sites, places={"P": Place("P", "Consulate", "consulate", 67.0, 24.85, True)}
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, ["active", "automated", "steady"]),
        ({"C4-1": DOWN}, ["active", "automated", "steady"]),  # 9 of 10 see
        ({"C4-1": DOWN, "C4-2": DOWN}, ["interrupted", "automated", "security lapse"]),  # 8 of 10
        ({"C1-1": DOWN}, ["active", "automated", "steady"]),  # 1 of 2 enforcing sites
        ({"C3-1": WORK}, ["active", "automated", "steady"]),  # half of the critical place sees
        ({"C4-1": DARK}, ["active", "automated", "steady"]),
        ({"C4-1": DARK, "C4-2": DARK}, ["unknown", "automated", "unknown"]),
        ({"C1-1": DOWN, "C2-1": DARK}, ["unknown", "unknown", "unknown"]),
        ({"C1-1": DOWN, "C2-1": DOWN}, ["interrupted", "manual", "security lapse"]),
    ],
)
def test_words_of_a_district(changed: Mapping[str, DeviceState], words: list[str]) -> None:
    inventory = city()
    states = {
        key: StateRow(key, DeviceKind.CAMERA, changed.get(key, UP), AT, AT)
        for key in inventory.cameras
        if changed.get(key) is not DARK
    }
    found = ServiceMap(inventory)
    assert [word for word, _ in found.document(states)[1]] == words
    assert [impact.word for impact in found.districts(states)["d"].values()] == words
    assert [word for word, _ in found.document(states)[0]] == words  # there is but one district


def test_a_lapse_names_the_place_that_is_watched_least() -> None:
    inventory = city()
    states = {key: StateRow(key, DeviceKind.CAMERA, UP, AT, AT) for key in inventory.cameras}
    states |= {key: replace(states[key], state=DOWN) for key in ("C3-1", "C3-2")}
    assert ServiceMap(inventory).districts(states)["d"]["public_safety"].reason == "Site 3: 0 of 2 see"


def test_words_agree_with_those_folded_over_the_record() -> None:
    inventory = city()
    rng = random.Random(5)  # noqa: S311 - repeatable chance
    for _ in range(200):
        drawn = {key: rng.choice((UP, UP, UP, UP, UP, DOWN, WORK, DeviceState.DEGRADED)) for key in inventory.cameras}
        states = {key: StateRow(key, DeviceKind.CAMERA, state, AT, AT) for key, state in drawn.items()}
        _, districts = fold_services(inventory, [Change(AT, key, state) for key, state in drawn.items()])
        folded = districts[0]
        assert folded.challan is not None
        mine = [impact.word for impact in ServiceMap(inventory).districts(states)["d"].values()]
        assert mine == [folded.network.word, folded.challan.word, folded.safety.word], drawn
