"""p-median: brute force, published format, warm start, cancel, determinism."""

from __future__ import annotations

import itertools
import json
import random
import threading
from pathlib import Path

import numpy as np
import pytest

from gisops.cli.main import main
from gisops.errors import PlanningError
from gisops.planning.halt import Halt
from gisops.planning.orlib import read_pmed
from gisops.planning.pmedian import PMedian

FOREVER = Halt(lambda: 0.0)

# A path 1 - 2 - 3 - 4 - 5 with legs 2, 3, 1, 4; the edge 1 2 is first listed with 9, then with 2.
PATH = "5 5 2\n1 2 9\n2 3 3\n3 4 1\n4 5 4\n1 2 2\n"


def _graph_text(n: int, p: int, edges: int, seed: int) -> str:
    rng = random.Random(seed)  # noqa: S311 - repeatable chance
    lines = [f"{rng.randint(1, v - 1)} {v} {rng.randint(1, 100)}" for v in range(2, n + 1)]
    lines += [f"{rng.randint(1, n)} {rng.randint(1, n)} {rng.randint(1, 100)}" for _ in range(edges - n + 1)]
    return f" {n} {len(lines)} {p} \n" + "\n".join(lines) + "\n"


def _brute(distance: np.ndarray, p: int) -> float:
    columns = range(distance.shape[1])
    return min(float(distance[:, list(c)].min(axis=1).sum()) for c in itertools.combinations(columns, p))


def test_later_edge_overrides_earlier() -> None:
    instance = read_pmed(PATH)
    assert instance.distance[0].tolist() == [0.0, 2.0, 5.0, 6.0, 10.0]
    assert instance.p == 2
    assert instance.edges == 4


def test_path_by_hand() -> None:
    # 2 and 4 cost 2 + 1 + 4 = 7, and so do 1 and 4; 3 and 5 cost 5 + 3 + 1 = 9.
    answer = PMedian(read_pmed(PATH).distance, 2).solve(FOREVER)
    assert (answer.value, answer.bound, answer.ended) == (7.0, 7.0, "proven")
    assert answer.chosen in ((0, 3), (1, 3))


@pytest.mark.parametrize("seed", range(40))
def test_brute_force_agrees(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(3, 13)), int(rng.integers(2, 10))
    p = int(rng.integers(1, m + 1))
    distance = rng.integers(0, 20, (n, m)).astype(float) if seed % 2 else rng.random((n, m))
    weight = rng.integers(0, 5, n).astype(float)
    answer = PMedian(distance, p, weight).solve(FOREVER)
    assert answer.value == pytest.approx(_brute(distance * weight[:, None], p), abs=1e-9)
    assert answer.bound == pytest.approx(answer.value, rel=1e-8, abs=1e-8)
    assert answer.ended == "proven"
    assert len(answer.chosen) == p


@pytest.mark.parametrize(("n", "p"), [(40, 3), (60, 6), (60, 20)])
def test_bound_holds_and_is_closed_on_graphs(n: int, p: int) -> None:
    instance = read_pmed(_graph_text(n, p, n * n // 30, n + p))
    answer = PMedian(instance.distance, p).solve(FOREVER)
    assert answer.ended == "proven"
    if p == 3:
        assert answer.value == _brute(instance.distance, 3)


def test_cancel_gives_the_best_so_far_with_a_bound_below() -> None:
    instance = read_pmed(_graph_text(120, 8, 300, 5))
    cancel = threading.Event()
    cancel.set()
    stopped = PMedian(instance.distance, 8).solve(Halt(lambda: 0.0, None, cancel))
    solved = PMedian(instance.distance, 8).solve(FOREVER)
    assert stopped.ended == "cancelled"
    assert stopped.bound <= solved.value <= stopped.value
    assert 0.0 < stopped.gap < 1.0
    assert len(stopped.chosen) == 8


def test_deadline() -> None:
    ticks = iter(range(10**6))
    instance = read_pmed(_graph_text(120, 8, 300, 5))
    answer = PMedian(instance.distance, 8).solve(Halt.after(lambda: float(next(ticks)), 6.0))
    assert answer.ended == "time"
    assert answer.bound <= answer.value


def test_gap_that_is_good_enough_is_reached_and_said() -> None:
    instance = read_pmed(_graph_text(80, 5, 200, 7))
    loose = PMedian(instance.distance, 5).solve(FOREVER, gap=0.05)
    exact = PMedian(instance.distance, 5).solve(FOREVER)
    assert loose.gap <= 0.05
    assert loose.bound <= exact.value <= loose.value
    assert loose.ended == "proven"


def test_same_again_and_warm_start() -> None:
    instance = read_pmed(_graph_text(60, 6, 150, 9))
    first = PMedian(instance.distance, 6).solve(FOREVER)
    again = PMedian(instance.distance, 6).solve(FOREVER)
    assert first == again
    warm = PMedian(instance.distance, 6).solve(FOREVER, begin=first.chosen)
    assert (warm.value, warm.ended) == (first.value, "proven")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("x\n", "three whole numbers"),
        ("3 1 4\n1 2 3\n", "p = 4"),
        ("3 2 1\n1 2 3\n", "2 edges are announced, 1 follow"),
        ("3 1 1\n1 2 3\n", "no way leads from vertex 1 to vertex 3"),
        ("2 1 1\n1 3 3\n", "not both vertices"),
        ("2 1 1\n1 2 -3\n", "cost -3"),
        ("2 1 1\n1 2 nan\n", "cost nan"),
        ("2 1 1\n1 2\n", "no edge"),
        ("2 1 1\n1 2 3 4\n", "no edge"),
    ],
)
def test_bad_files(text: str, says: str) -> None:
    with pytest.raises(PlanningError, match=says):
        read_pmed(text, "f")


def test_zero_cost_edges_are_ways() -> None:
    assert read_pmed("3 2 1\n1 2 0\n2 3 4\n").distance.tolist() == [[0, 0, 4], [0, 0, 4], [4, 4, 0]]


def test_bad_distances() -> None:
    with pytest.raises(PlanningError, match="unknown or negative"):
        PMedian(np.array([[np.nan]]), 1)
    with pytest.raises(PlanningError, match="p = 2"):
        PMedian(np.zeros((2, 1)), 2)
    with pytest.raises(PlanningError, match="weights"):
        PMedian(np.zeros((2, 1)), 1, np.array([1.0, -1.0]))


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pmed.txt"
    file.write_text(PATH, encoding="utf-8")
    assert main(["plan", "--instance", str(file), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["value"], document["bound"], document["gap"], document["sense"]) == (7.0, 7.0, 0.0, "least")
    assert document["chosen"] in ([1, 4], [2, 4])
    assert main(["plan", "--instance", str(file)]) == 0
    assert "gap 0.0000%" in capsys.readouterr().out
    file.write_bytes(b"\xff\xfe")
    assert main(["plan", "--instance", str(file)]) == 2
    assert "not a text file" in capsys.readouterr().err
