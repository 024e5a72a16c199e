"""A brief is read strictly: what is wrong is named with its line and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from gisops.errors import ConfigError
from gisops.service.plan_brief import BoxTerms, parse_brief

TEXT = Path("data/plans/phase2.toml").read_text(encoding="utf-8")


def test_the_demo_brief_is_read() -> None:
    brief = parse_brief(TEXT, "b.toml")
    assert brief.is_demo
    assert brief.budget == 120_000_000
    assert [phase.name for phase in brief.phases] == ["II-a", "II-b"]
    assert brief.cameras[0].power_w == 9.0


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('level = "outline" ', 'level = "outlin" ', "did you mean outline"),
        ("every_m = 80.0", "evry_m = 80.0", "did you mean every_m"),
        ("roads = 0.4", "roads = -0.4", "shares above 0"),
        ("hfov_deg = 90.0", "hfov_deg = 190.0", "less than 180"),
        ("share = 0.10", "share = 10", "share up to 1"),
        ("centre = [67.026, 24.849]", "centre = [24.849, 67.026]", "longitude, latitude"),
        ("power_w = 180.0", "power_w = 10.0", "more power_w"),
        ("arms = 4", "arms = 9", "no more than azimuths"),
        ("[budget]", "[budget]\nrupees = 5", "once"),
        ('name = "Fixed 8 MP, 60 degrees"', 'name = "Fixed 4 MP, 90 degrees"', "own name"),
        ('place = "us-consulate"\nradius_m = 150.0', "ring = [[67.0, 24.8], [67.1, 24.8]]", "3 corners"),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(ConfigError, match=said) as caught:
        parse_brief(TEXT.replace(old, new), "b.toml")
    assert caught.value.place.startswith("b.toml:")


def test_a_box_feeds_what_ports_and_power_allow() -> None:
    assert BoxTerms(1.0, 8, 60.0, 90.0).capacity(14.0) == 4
    assert BoxTerms(1.0, 3, 60.0, 90.0).capacity(14.0) == 3
