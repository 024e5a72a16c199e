"""The bench of the polling engine: its city, its profiles, and how rounds become figures."""

from __future__ import annotations

import pytest

from gisops.bench.figure import Figure
from gisops.bench.poll_figures import engine_figures, ratio_figures, silent_figures, warm_ms
from gisops.bench.poll_fleet import OIDS, Fleet, address_of, credential_of
from gisops.bench.poll_paced import Pace, Paced, bench_profiles, grown_city, paced_figures
from gisops.bench.poll_round import Outcome, Round
from gisops.service.collector import targets_of
from tests.cities import small_city

FLEET = Fleet(17000, 170, "community", "user", "auth-password", "privacy-password")


def by_metric(figures: list[Figure]) -> dict[str, Figure]:
    return {figure.metric: figure for figure in figures}


@pytest.mark.parametrize("devices", [17, 170, 1000])
def test_the_grown_city_has_every_device_once_and_every_camera_behind_a_box(devices: int) -> None:
    city = grown_city(small_city(), devices, FLEET)
    assert (len(city.devices), len(city.boxes)) == (devices, round(devices * 3 / 17))
    assert {device.address for device in city.devices.values()} == {address_of(n) for n in range(devices)}
    assert {camera.box_id for camera in city.cameras.values()} <= city.boxes.keys()


def test_its_devices_are_asked_what_the_fleet_answers() -> None:
    city = grown_city(small_city(), 170, FLEET)
    targets = targets_of(city, bench_profiles(), {"bench": credential_of(FLEET, "3")}, 2.0)
    assert len(targets) == 170
    assert {target.oids for target in targets.values()} == {OIDS}
    assert {target.port for target in targets.values()} == {17000}


def test_the_cold_round_counts_apart_and_the_median_of_the_others() -> None:
    outcome = Outcome([Round(9.0, 3.0, 1000), *(Round(0.1 * n, 0.01 * n, 1000) for n in (3, 1, 2))], [1.0, 2.0, 3.0])
    outcome.drops = 0
    found = by_metric(list(engine_figures("v2c", 1000, outcome)))
    assert found["v2c: devices a second"].value == 5000
    assert found["v2c: processor time, warm"].value == warm_ms(outcome, 1000) == 20.0
    assert found["v2c: processor time, cold"].value == 3000.0
    assert found["v2c: question to answer, p99"].value == 3.0
    assert all(figure.met is not False for figure in found.values())


def test_a_missing_answer_a_drop_and_a_descriptor_too_many_are_missed_goals() -> None:
    outcome = Outcome([Round(1.0, 1.0, 1000), Round(1.0, 1.0, 999)], descriptors=11, drops=1)
    missed = {f.metric for f in engine_figures("v2c", 1000, outcome) if f.met is False}
    assert missed == {"v2c: wrong or missing answers", "v2c: descriptors", "v2c: dropped by the kernel"}


@pytest.mark.parametrize(("their_s", "is_met"), [(0.6, True), (0.59, False)])
def test_a_peer_is_compared_a_device_even_where_it_was_asked_fewer(their_s: float, is_met: bool) -> None:
    ours = {1000: Outcome([Round(1.0, 0.1, 1000)]), 5000: Outcome([Round(1.0, 9.0, 5000)])}
    (figure,) = ratio_figures("2c", "snmp_exporter", {1000: Outcome([Round(1.0, their_s, 1000)])}, ours)
    assert (figure.goal, figure.is_floor, figure.met) == (6.0, True, is_met)
    # 200 devices in 0.9 s against 1,000 in 0.1 s: 45 times as much a device.
    (figure,) = ratio_figures("2c", "pysnmp", {200: Outcome([Round(1.0, 0.9, 200)])}, ours)
    assert (figure.value, figure.met) == (45.0, True)


def test_the_silent_are_not_awaited_and_large_rounds_only_inform() -> None:
    # Of 250 devices numbers 0-19, 100-119 and 200-219 are silent: 190 answers.
    outcome = Outcome([Round(2.2, 0.1, 190), Round(2.7, 0.1, 190)])
    found = by_metric(list(silent_figures("s", 250, 20, outcome, 14_000)))
    assert (found["s: a whole round"].value, found["s: a whole round"].met) == (2.7, False)
    assert found["s: wrong or missing answers"].value == 0
    assert by_metric(list(silent_figures("s", 250, 20, outcome, 200)))["s: a whole round"].goal is None


def test_a_paced_run_is_held_to_its_share_of_a_core() -> None:
    pace = Pace("2c", 17000, 30.0, 8.0, 3, 10.0)
    paced = Paced([0.1, 0.3, 0.2], 56.0, 34000, 0, 0, 38.0)
    found = by_metric(list(paced_figures("p", pace, paced, 0.15)))
    assert (found["p: processor"].value, found["p: processor"].met) == (0.2, False)
    assert "p: batches by way of the disk" not in found
