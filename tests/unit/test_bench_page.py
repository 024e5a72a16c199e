"""The page of figures says misses as plainly as hits."""

from gisops.service.bench_page import page_of

FIGURE = {
    "bench": "detect",
    "metric": "theft, with trap: max",
    "size": 1600,
    "value": 6.5,
    "unit": "s",
    "goal": 5.0,
    "met": False,
    "runs": 4,
    "baseline": {"name": "poll interval", "value": 30.0},
    "machine": "2 cores",
}


def test_a_miss_is_written_as_one() -> None:
    line = "| detect | theft, with trap: max | 1,600 | 6.5 s | ≤ 5 s | **no** | 4 | poll interval: 30 |"
    assert line in page_of([FIGURE])


def test_what_only_informs_has_no_goal() -> None:
    line = "| detect | theft, with trap: max | 1,600 | 6.5 s |  |  | 4 | poll interval: 30 |"
    assert line in page_of([{**FIGURE, "goal": None, "met": None}])
