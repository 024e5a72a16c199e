"""The user's own profiles: in profiles/ of the inventory, on top of those that are shipped, and strictly read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from gisops.errors import ConfigError
from gisops.health.catalogue import check_profiles, load_profiles, profile_of_file, shipped_profiles
from gisops.health.profile import Profile
from gisops.health.profile_text import parse_profile
from gisops.health.select import choose_profile, select_profile
from gisops.health.trial import try_profile
from gisops.health.walk_file import read_walk

WALKS = Path(__file__).parents[1] / "data" / "walks"
NOON = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
METRIC = """
[[metric]]
name = "supply_v"
oid = "1.3.6.1.4.1.32473.9.7.1.0"
unit = "V"
description = "Supply"
"""
OWN = f"""name = "nobody-box"
kind = "box"
description = "A box of nobody we know"
sys_object_id = "1.3.6.1.4.1.32473.9"
{METRIC}degraded_below = 6
clear_above = 7
reason = "supply low"
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / "profiles" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_an_own_profile_is_chosen_and_read(tmp_path: Path) -> None:
    write(tmp_path, "nobody.toml", OWN)
    profiles = load_profiles(tmp_path)
    assert set(profiles) == {*shipped_profiles(), "nobody-box"}
    walk = read_walk(WALKS / "stranger.walk").values
    choice = choose_profile(walk, profiles)
    assert (choice.profile.name, choice.is_known, choice.helpful) == ("nobody-box", True, ())
    (line,) = try_profile(choice.profile, [walk], NOON).lines
    assert (line.value, line.crossed) == (5.0, "supply low")


def test_an_inventory_without_profiles_has_the_shipped_ones(tmp_path: Path) -> None:
    assert load_profiles(tmp_path) == shipped_profiles()


def test_a_namesake_extends_the_shipped_one_and_takes_its_place(tmp_path: Path) -> None:
    text = 'name = "hikvision"\nextends = "hikvision"\n[[metric]]\nname = "cpu_pct"\ndegraded_above = 80\n'
    write(tmp_path, "hik.toml", f"{text}clear_below = 70\n{METRIC}")
    hikvision = load_profiles(tmp_path)["hikvision"]
    shipped = shipped_profiles()["hikvision"]
    assert [m.name for m in hikvision.metrics] == [*(m.name for m in shipped.metrics), "supply_v"]
    cpu = {metric.name: metric for metric in hikvision.metrics}["cpu_pct"]
    assert cpu.limit is not None
    assert (cpu.limit.enter, cpu.limit.leave, cpu.limit.reason) == (80.0, 70.0, "processor overloaded")
    assert hikvision.sys_object_ids == shipped.sys_object_ids


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("unit =", "unti =", 9, "metric supply_v has the unknown key unti: did you mean unit?"),
        ('kind = "box"', 'kind = "bxo"', 2, "the profile has kind = 'bxo': did you mean box?"),
        ("clear_above = 7\n", "", 6, "metric supply_v has no clear_above: add clear_above"),
        (
            "clear_above = 7",
            "clear_above = 5",
            12,
            "beyond degraded_below = 6: give clear_above a value at or above it",
        ),
        ("1.32473.9.7.1.0", "x.1", 8, "write an object identifier in numbers, as 1.3.6.1.2.1.1.3.0"),
        ('name = "nobody-box"', "name = nobody", 1, "not valid TOML (Invalid value): correct this line"),
        ('"Supply"', "7", 10, "has description = 7: write a text between quotes"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_remedy(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    path = write(tmp_path, "bad.toml", OWN.replace(old, new, 1))
    with pytest.raises(ConfigError) as caught:
        load_profiles(tmp_path)
    assert caught.value.place == f"{path}:{line}"
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_every_bad_file_is_told_and_the_good_ones_stay(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", OWN)
    write(tmp_path, "b.toml", OWN)
    write(tmp_path, "c.toml", OWN.replace("nobody-box", "other"))
    write(
        tmp_path, "d.toml", OWN.replace("nobody-box", "third").replace('32473.9"', '32473.8"').replace("unit", "uni")
    )
    write(tmp_path, "e.toml", 'name = "f"\nextends = "f"\n')
    (tmp_path / "profiles" / "g.toml").write_bytes(b"\xff\xfe")
    profiles, mistakes = check_profiles(tmp_path)
    assert set(profiles) == {*shipped_profiles(), "nobody-box"}
    said = sorted(f"{Path(m.place).name}: {m.what}" for m in mistakes)
    assert [text.split(":")[0] for text in said] == ["b.toml", "c.toml", "d.toml", "e.toml", "g.toml"]
    assert "is named nobody-box, as is" in said[0]
    assert "claims sysObjectID 1.3.6.1.4.1.32473.9, as does nobody-box" in said[1]
    assert "extends f, which nobody wrote" in said[3]
    assert "is not UTF-8 text" in said[4]


def test_a_circle_of_profiles_is_told(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", 'name = "a"\nextends = "b"\n')
    write(tmp_path, "b.toml", 'name = "b"\nextends = "a"\n')
    with pytest.raises(ConfigError, match="goes round in a circle: a extends b extends a"):
        load_profiles(tmp_path)


def test_a_file_may_extend_one_beside_it(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", OWN)
    path = write(tmp_path, "b.toml", 'name = "b"\ndescription = "B"\nextends = "nobody-box"\n')
    assert [metric.name for metric in profile_of_file(path).metrics] == ["supply_v"]


def profile(name: str, *prefixes: str) -> Profile:
    ids = ", ".join(f'"{prefix}"' for prefix in prefixes)
    return parse_profile(f'name = "{name}"\nkind = "box"\ndescription = "D"\nsys_object_id = [{ids}]\n{METRIC}', name)


@pytest.mark.parametrize(
    ("sys_object_id", "name"),
    [
        ("1.3.6.1.4.1.318.1.3.27", "ups"),
        ("1.3.6.1.4.1.318", "vendor"),
        ("1.3.6.1.4.1.318.2", "vendor"),
        ("1.3.6.1.4.1.3181.1", None),  # 318 is no beginning of 3181
        ("1.3.6.1.4.1.31", None),
        (None, None),
    ],
)
def test_the_longest_prefix_of_whole_numbers_selects(sys_object_id: str | None, name: str | None) -> None:
    known = {p.name: p for p in (profile("ups", "1.3.6.1.4.1.318.1"), profile("vendor", "1.3.6.1.4.1.318"))}
    chosen = select_profile(sys_object_id, known)
    assert (chosen.name if chosen else None) == name


@pytest.mark.parametrize(
    ("walk", "chosen", "is_known"),
    [
        ("apc.walk", "apc", True),
        ("axis.walk", "axis", True),
        ("hikvision.walk", "hikvision", True),
        ("hikvision-recorder.snmprec", "hikvision-recorder", True),
        ("cabinet.snmprec", "cabinet", True),
        ("camera.snmprec", "camera", True),
        ("dahua.snmprec", "dahua", True),  # says that it is net-snmp, but has Dahua's own objects
        ("rfc1628.walk", "rfc1628", False),
        ("entity-sensor.walk", "entity-sensor", False),
        ("host-resources.walk", "host-resources", False),
        ("if-mib.walk", "if-mib", False),
        ("generic-camera.snmprec", "generic-camera", False),
        ("stranger.walk", "rfc1628", False),
        ("odd.walk", "generic-camera", False),
    ],
)
def test_a_device_is_known_by_what_it_says_or_answers_and_a_stranger_gets_a_standard_profile(
    walk: str, chosen: str, is_known: bool
) -> None:
    choice = choose_profile(read_walk(WALKS / walk).values, shipped_profiles())
    assert (choice.profile.name, choice.is_known) == (chosen, is_known)


def test_a_stranger_is_told_which_objects_would_help() -> None:
    choice = choose_profile(read_walk(WALKS / "stranger.walk").values, shipped_profiles())
    assert {item.oid: item.why for item in choice.helpful} == {
        "1.3.6.1.4.1.32473.9": "the vendor's own, 1 object that no profile reads",
        "1.3.6.1.2.1.33.1.2.6.0": "battery_current_a of rfc1628, not answered",
        "1.3.6.1.2.1.33.1.4.4.1.4": "output_power_w of rfc1628, not answered",
        "1.3.6.1.2.1.33.1.6.1.0": "alarms of rfc1628, not answered",
        "1.3.6.1.2.1.33.1.3.1.0": "input_failures_s of rfc1628, not answered",
    }
    nothing = choose_profile({"1.3.6.1.2.1.1.3.0": 1}, shipped_profiles())
    assert nothing.profile.name == "generic-camera"
    assert nothing.helpful[0].oid == "1.3.6.1.2.1.1.2.0"
    bare = choose_profile({"1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.4242.1.1"}, shipped_profiles())
    assert (bare.helpful[0].oid, bare.helpful[0].why) == ("1.3.6.1.4.1.4242", "the vendor's own, not in the walk")
