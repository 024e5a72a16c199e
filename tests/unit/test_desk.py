"""What a page may ask of the desk, and the line around an outage."""

from __future__ import annotations

from typing import Any

import pytest

from dashboard.outage_shape import hull
from gisops.errors import ConfigError
from gisops.service.desk import Deed, read_deed

GOOD = {
    "action": "silence",
    "targets": [{"outage": "O1", "device": "B1"}],
    "by": " Asma ",
    "note": "crew",
    "minutes": 45,
}


def test_what_is_complete_is_read() -> None:
    assert read_deed(GOOD) == Deed("silence", (("O1", "B1"),), "Asma", "", "crew", 45)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"action": "delete"}, "action"),
        ({"by": "  "}, "your name"),
        ({"note": ""}, "why"),
        ({"targets": []}, "targets"),
        ({"targets": [{}] * 501}, "targets"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": True}, "minutes"),
        ({"minutes": 43_201}, "minutes"),
        ({"action": "assign"}, "to"),
    ],
)
def test_what_is_not_is_refused_by_the_name_of_its_field(change: dict[str, Any], place: str) -> None:
    with pytest.raises(ConfigError, match=f"^{place}"):
        read_deed({**GOOD, **change})


def test_an_outline_has_the_outer_corners_only() -> None:
    square = ((24.0, 67.0), (24.0, 68.0), (25.0, 68.0), (25.0, 67.0), (24.5, 67.5))
    found = hull(square)
    assert found is not None
    assert sorted(found) == [[24.0, 67.0], [24.0, 68.0], [25.0, 67.0], [25.0, 68.0]]
    assert hull(()) is None
