"""What lost cameras cost, which services they interrupt and since when, and how far one gets: worked out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import shapely

from gisops.geo.project import from_utm42
from gisops.incidents.blind import Watch, blind_now, lose
from gisops.incidents.impact import Change, fold_services
from gisops.incidents.roads import Spot, road_net
from gisops.model.inventory import Camera, District, Inventory, Place, Road, Settings, Site
from gisops.model.state import DeviceState

T0 = datetime(2026, 3, 1, tzinfo=UTC)
UP, DOWN = DeviceState.UP, DeviceState.DOWN


def three_cameras() -> Watch:
    """Camera 0 sees pieces 0 and 1, camera 1 pieces 1 and 2, camera 2 piece 3; risks 3, 1, 2, 0 and an unseen 9."""
    return Watch(np.array([0, 2, 4, 5]), np.array([0, 1, 1, 2, 3]), np.array([3.0, 1.0, 2.0, 0.0, 9.0]))


def test_an_hour_of_the_average_camera_is_one() -> None:
    # Before the cameras: 4, 3 and 0; the mean is 7/3.
    assert three_cameras().before.tolist() == [4.0, 3.0, 0.0]
    assert three_cameras().factor == pytest.approx([12 / 7, 9 / 7, 0.0])
    assert three_cameras().factor.mean() == pytest.approx(1.0)
    nothing = Watch(np.array([0, 1, 2]), np.array([0, 1]), np.zeros(2))
    assert nothing.factor.tolist() == [1.0, 1.0], "without incidents every camera-hour is one"


def test_the_box_that_costs_most_comes_first_and_says_what_its_repair_gives_back() -> None:
    working = np.array([False, False, True])
    found = blind_now(three_cameras(), working, {"B": [1], "A": [0], "C": [2]}, np.array([2.0, 10.0, np.nan]))
    assert [loss.root for loss in found.losses] == ["A", "B"], "C works"
    first, second = found.losses
    assert (first.per_hour, first.so_far, first.hours) == pytest.approx((12 / 7, 24 / 7, 2.0))
    assert (second.per_hour, second.so_far) == pytest.approx((9 / 7, 90 / 7))
    # Of the watched risk of 6 nobody sees any; A alone gives back 3 + 1, B alone 1 + 2.
    assert found.unseen_pct == pytest.approx(100.0)
    assert (first.regained_pct, second.regained_pct) == pytest.approx((400 / 6, 300 / 6))


def test_what_two_see_is_lost_with_the_second() -> None:
    watch, all_work = three_cameras(), np.ones(3, dtype=bool)
    loss, unseen_pct = lose(watch, all_work, "A", [0])
    assert loss.per_hour == pytest.approx(12 / 7)
    assert unseen_pct == pytest.approx(300 / 6), "piece 1 is still seen by camera 1"
    loss, unseen_pct = lose(watch, np.array([True, False, True]), "A", [0])
    assert (loss.regained_pct, unseen_pct) == pytest.approx((400 / 6, 100.0))


def test_a_loss_of_unknown_beginning_is_not_counted_as_lost_time() -> None:
    found = blind_now(three_cameras(), np.array([False, True, True]), {"A": [0]}, np.full(3, np.nan))
    assert (found.losses[0].so_far, found.losses[0].hours) == (0.0, None)


def camera(number: int, site: str, role: str = "fixed") -> Camera:
    return Camera(
        id=f"{site}-{number}", site_id=site, box_id="B", switch_port=number, lon=67.0, lat=24.8, azimuth_deg=0.0,
        hfov_deg=90.0, height_m=6.0, tilt_deg=10.0, sensor_width_px=1920, sensor_height_px=1080, role=role,
        address="", snmp_version="2c", credential="", vendor="", model="",
    )  # fmt: skip


@pytest.fixture
def city() -> Inventory:
    sites = {
        "S1": Site("S1", "Plain", "d", "PS", 67.0, 24.8),
        "S2": Site("S2", "Hospital", "d", "PS", 67.0, 24.8, place_id="hospital"),
    }
    cameras = [camera(1, "S1", "anpr"), camera(2, "S1"), *(camera(n, "S2") for n in (1, 2, 3, 4))]
    return Inventory(
        settings=Settings("test"),
        districts={"d": District("d", "District", shapely.box(66.9, 24.7, 67.1, 24.9))},
        sites=sites,
        cameras={c.id: c for c in cameras},
        places={"hospital": Place("hospital", "Hospital", "hospital", 67.0, 24.8, critical=True)},
    )


def at(minutes: float, name: str, state: DeviceState) -> Change:
    return Change(T0 + timedelta(minutes=minutes), name, state)


def test_services_and_the_minute_each_began(city: Inventory) -> None:
    changes = [at(0, name, UP) for name in city.cameras]
    changes += [at(10, "S1-1", DOWN), at(20, "S1-2", DOWN), at(30, "S2-1", DOWN), at(40, "S2-2", DOWN)]
    changes += [at(50, "S2-3", DOWN), at(60, "S1-2", UP)]
    (one, two), (district,) = fold_services(city, reversed(changes))
    assert (one.network.word, one.network.since) == ("active", T0 + timedelta(minutes=60))
    assert one.challan is not None
    assert (one.challan.word, one.challan.since) == ("manual", T0 + timedelta(minutes=10)), "its plate camera is lost"
    assert (one.safety.word, one.safety.since) == ("steady", T0 + timedelta(minutes=60))
    assert (two.network.word, two.network.since) == ("active", T0)
    assert two.challan is None, "no camera there reads plates"
    # Critical: lapsed when the third of four was lost, not with the second (half still saw).
    assert (two.safety.word, two.safety.since) == ("security lapse", T0 + timedelta(minutes=50))
    # Nine tenths of six cameras are six: the first loss interrupts the district.
    assert (district.network.word, district.network.since) == ("interrupted", T0 + timedelta(minutes=10))
    assert district.challan is not None
    assert (district.challan.word, district.challan.since) == ("manual", T0 + timedelta(minutes=10))
    assert (district.safety.word, district.safety.since) == ("security lapse", T0 + timedelta(minutes=10))
    assert (district.seeing, district.cameras) == (2, 6)


def test_what_is_not_known_is_neither_in_order_nor_interrupted(city: Inventory) -> None:
    (one, two), (district,) = fold_services(city, [])
    for service in (one.network, one.challan, one.safety, two.network, district.network, district.safety):
        assert service is not None
        assert (service.word, service.since) == (None, None)
    (one, _), (district,) = fold_services(city, [at(0, "S1-1", DOWN)])
    assert one.network.word is None, "its other camera may see"
    assert district.network.word == "interrupted", "five of six are below nine tenths, whatever they do"
    (one, _), _ = fold_services(city, [at(0, "S1-1", UP), at(5, "S1-1", DeviceState.UNKNOWN)])
    assert (one.network.word, one.network.since) == (None, T0 + timedelta(minutes=5))


def road(name: str, kind: str, *points: tuple[float, float]) -> Road:
    lon, lat = from_utm42(*np.array([(300_000.0 + x, 2_750_000.0 + y) for x, y in points]).T)
    return Road(name, name, kind, shapely.LineString(np.column_stack([lon, lat])))


def test_times_along_roads_by_hand() -> None:
    """A kilometre of street at 36 km/h is 100 s; from a quarter of it 25 s to one end and 75 s to the other."""
    net = road_net(
        [
            road("main", "street", (0, 0), (500, 0), (1000, 0)),
            road("side", "street", (1000, 0), (1000, 400)),
            road("flyover", "street", (500, -300), (500, 300)),
        ]
    )
    speeds = {"street": 36.0}
    assert sorted(round(edge.length_m) for edge in net.edges) == [400, 600, 1000], (
        "a flyover does not cut what it spans"
    )
    main = next(n for n, edge in enumerate(net.edges) if edge.road_id == "main")
    side = next(n for n, edge in enumerate(net.edges) if edge.road_id == "side")
    reached = net.reach(Spot(main, 250.0, 0.0), speeds, 90.0)
    seconds = net.seconds(speeds)
    assert set(reached) == {main, side}
    assert net.time_at(reached[main], 750.0, seconds) == pytest.approx(50.0, abs=0.1)
    assert net.time_at(reached[side], 100.0, seconds) == pytest.approx(85.0, abs=0.1)
    (piece,) = net.pieces(reached[side], seconds, 90.0)
    assert piece.length == pytest.approx(150.0, abs=1.0)
    assert sum(p.length for p in net.pieces(reached[main], seconds, 30.0)) == pytest.approx(550.0, abs=1.0)
    # 100 m off the road are walked at 5 km/h: 72 s.
    assert net.time_at(net.reach(Spot(main, 250.0, 100.0), speeds, 300.0)[main], 250.0, seconds) == pytest.approx(
        72.0
    )
