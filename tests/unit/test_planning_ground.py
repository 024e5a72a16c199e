"""Demand, candidates and trenches: worked out by hand or by brute force."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import shapely

from gisops.errors import PlanningError
from gisops.planning.candidates import CameraModel, orient, road_poles
from gisops.planning.demand import Demand, grid, kernel_weight, mixed, road_weight
from gisops.planning.halt import Halt
from gisops.planning.siting import Rules, Siting
from gisops.planning.trench import Roads, dig, metres_to_net
from gisops.planning.wired import solve_wired

FOREVER = Halt(lambda: 0.0)


def test_grid_keeps_cells_whose_middle_is_inside() -> None:
    area = shapely.Polygon([(0, 0), (40, 0), (0, 40)])
    assert grid(area, 20.0).xy.tolist() == [[10.0, 10.0]]
    assert len(grid(shapely.Polygon(), 20.0).xy) == 0
    with pytest.raises(PlanningError, match="cells of 0"):
        grid(area, 0.0)


def test_kernel_gives_all_of_a_point_that_is_near_and_nothing_of_one_that_is_far() -> None:
    demand = grid(shapely.box(0, 0, 200, 200), 20.0)
    spread = kernel_weight(demand, [[100.0, 100.0], [5000.0, 0.0]], [3.0, 7.0], 30.0)
    assert spread.sum() == pytest.approx(3.0)
    assert np.hypot(*(demand.xy[int(spread.argmax())] - 100.0)) == pytest.approx(math.hypot(10, 10))
    with pytest.raises(PlanningError, match="weights"):
        kernel_weight(demand, [[0.0, 0.0]], [-1.0], 30.0)


def test_road_metres_by_cell() -> None:
    demand = grid(shapely.box(0, 0, 40, 20), 20.0)
    assert road_weight(demand, [shapely.LineString([(5, 10), (30, 10)])]).tolist() == [15.0, 10.0]


def test_mix_names_what_is_wrong() -> None:
    layer = {"incidents": np.array([1.0, 3.0])}
    assert mixed(layer, {"incidents": 2.0}).tolist() == [0.5, 1.5]
    with pytest.raises(PlanningError, match="no layer 'roads': name one of incidents"):
        mixed(layer, {"roads": 1.0})
    with pytest.raises(PlanningError, match="no shares"):
        mixed(layer, {})
    with pytest.raises(PlanningError, match="negative or unknown"):
        mixed({"incidents": np.array([np.nan])}, {"incidents": 1.0})


def test_poles_at_junctions_ends_and_between() -> None:
    cross = [shapely.LineString([(0, 0), (100, 0)]), shapely.LineString([(50, -30), (50, 30)])]
    poles = road_poles(cross, 60.0)
    assert poles.tolist() == [[0, 0], [50, -30], [50, 0], [50, 30], [100, 0]]
    without = road_poles(cross, 60.0, shapely.box(40, -40, 60, -10))
    assert [50.0, -30.0] not in without.tolist()
    assert len(without) == 4


def test_range_is_where_the_pixels_run_out_and_only_the_field_is_seen() -> None:
    model = CameraModel("M", 2000, 90.0, 7.0)  # tan 45 = 1: 2000 px over 2 r metres
    assert model.range_m(20.0) == pytest.approx(50.0)
    demand = Demand(np.array([[0.0, 40.0], [40.0, 0.0], [0.0, 60.0], [-20.0, -20.0], [0.0, -10.0]]), 10.0)
    found = orient(np.array([[0.0, 0.0]]), [model], 4, 20.0, demand)
    assert found.azimuth_deg.tolist() == [0.0, 90.0, 180.0, 270.0]
    seen = [found.covers[[k]].indices.tolist() for k in range(4)]
    assert seen == [[0], [1], [3, 4], [3]]  # the one at 225 degrees is on the edge of two fields
    assert found.cost.tolist() == [7.0] * 4
    assert orient(np.zeros((0, 2)), [model], 4, 20.0, demand).covers.shape == (0, 5)


def test_a_shared_trench_is_dug_once() -> None:
    # 0 is on the net; 1 is a corner 100 m away; boxes at 2 (30 m on) and 3 (40 m on); 4 is not joined at all.
    roads = Roads.of(5, [(0, 1, 100.0), (1, 2, 30.0), (1, 3, 40.0)])
    trench = dig(roads, [0], [2, 3, 4, 0])
    assert (trench.metres, trench.separate_m, trench.unreached) == (170.0, 270.0, (4,))
    assert trench.pieces == ((0, 1), (1, 2), (1, 3))
    assert trench.least_m <= 170.0
    assert metres_to_net(roads, [0]).tolist() == [0.0, 100.0, 130.0, 140.0, math.inf]
    assert dig(roads, [0], []).metres == 0.0


def _least_net(size: int, pieces: list[tuple[int, int, float]], net: list[int], boxes: list[int]) -> float:
    best = math.inf
    for count in range(len(pieces) + 1):
        for chosen in itertools.combinations(pieces, count):
            reached = set(net)
            for _ in range(size):
                reached |= {b for a, b, _ in chosen if a in reached} | {a for a, b, _ in chosen if b in reached}
            if reached >= set(boxes):
                best = min(best, sum(metres for *_, metres in chosen))
    return best


@pytest.mark.parametrize("seed", range(15))
def test_trench_is_within_its_guarantee(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = 7
    pieces = [(int(rng.integers(0, k)), k, float(rng.integers(1, 50))) for k in range(1, size)]
    distinct = {(a, b): m for a, b, m in pieces}
    while len(distinct) < 11:
        a, b = sorted(rng.permutation(size)[:2].tolist())
        distinct.setdefault((a, b), float(rng.integers(1, 50)))
    pieces = [(a, b, m) for (a, b), m in distinct.items()]
    boxes = rng.permutation(np.arange(1, size))[:4].tolist()
    least = _least_net(size, pieces, [0], boxes)
    trench = dig(Roads.of(size, pieces), [0], boxes)
    assert trench.least_m <= least + 1e-9
    assert least - 1e-9 <= trench.metres <= 2.0 * (1.0 - 1.0 / 5.0) * least + 1e-9
    assert trench.metres <= trench.separate_m + 1e-9
    assert trench.metres == pytest.approx(sum(distinct[piece] for piece in trench.pieces))


def test_what_sharing_saves_is_spent() -> None:
    # Two boxes behind the same 100 m: apart they cost 10 + 110 and 10 + 120; together 10 + 10 + 130 = 150 are enough.
    roads = Roads.of(4, [(0, 1, 100.0), (1, 2, 10.0), (1, 3, 20.0)])
    siting = Siting.of([[0], [1]], [5.0, 4.0], cost=[10.0, 10.0], rules=Rules(budget=150.0))
    found = solve_wired(siting, roads, [0], np.array([2, 3]), 1.0, FOREVER)
    assert found.answer.chosen == (0, 1)
    assert (found.answer.value, found.answer.gap) == (9.0, 0.0)
    assert (found.equipment, found.fibre, found.trench.metres) == (20.0, 130.0, 130.0)


@pytest.mark.parametrize("seed", range(8))
def test_budget_is_kept_fibre_and_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pieces = [(int(rng.integers(0, k)), k, float(rng.integers(1, 30))) for k in range(1, 20)]
    seen = [rng.permutation(30)[:5].tolist() for _ in range(12)]
    siting = Siting.of(seen, rng.random(30), cost=rng.integers(5, 20, 12).astype(float), rules=Rules(budget=90.0))
    found = solve_wired(siting, Roads.of(20, pieces), [0], rng.integers(1, 20, 12), 0.7, FOREVER)
    assert found.equipment + found.fibre <= 90.0 + 1e-6
    assert found.answer.value <= found.answer.bound


def test_no_budget_or_a_bad_road_is_refused() -> None:
    with pytest.raises(PlanningError, match="no budget"):
        solve_wired(Siting.of([[0]], [1.0]), Roads.of(1, []), [0], np.array([0]), 1.0, FOREVER)
    with pytest.raises(PlanningError, match="roads: 0 to 3"):
        Roads.of(2, [(0, 3, 1.0)])
