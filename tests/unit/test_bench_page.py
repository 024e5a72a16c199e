"""The page of figures says misses as plainly as hits, and keeps the sections of other benches."""

from dataclasses import replace

from gisops.bench.figure import Figure
from gisops.bench.page import put_section

FIGURE = Figure(
    "detect", "theft: max", 1600, 6.5, "s", 5.0, runs=4, baseline=("poll interval", 30.0), machine="2 cores"
)


def test_a_miss_is_written_as_one() -> None:
    page = put_section("", "detect", "How long.", [FIGURE])
    assert "| theft: max | 1,600 | 6.5 s | ≤ 5 s | **no** | 4 | poll interval: 30 |" in page


def test_a_floor_is_met_from_above() -> None:
    figure = replace(FIGURE, is_floor=True)
    assert figure.met is True
    assert "≥ 5 s | yes" in put_section("", "detect", "How long.", [figure])


def test_what_only_informs_has_no_goal() -> None:
    page = put_section("", "detect", "How long.", [replace(FIGURE, goal=None)])
    assert "| theft: max | 1,600 | 6.5 s |  |  | 4 | poll interval: 30 |" in page


def test_a_section_replaces_its_own_and_leaves_the_others() -> None:
    page = put_section("", "traps", "Bursts.", [replace(FIGURE, metric="burst")])
    page = put_section(page, "detect", "How long.", [FIGURE])
    page = put_section(page, "detect", "How long now.", [FIGURE])
    assert page.index("## detect") < page.index("## traps")
    assert page.count("theft: max") == 1
    assert "How long now." in page
    assert "burst" in page
