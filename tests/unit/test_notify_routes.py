"""Who gets a page, and what is wrong with a routing file: by hand."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from gisops.alerting.alert import Severity
from gisops.alerting.happening import Page, PageKind
from gisops.alerting.policy import Hours, Policy
from gisops.cli.main import main
from gisops.model.outage import Cause
from gisops.notify.dispatch import messages_of
from gisops.notify.routes import Routes, receivers_of, who_gets
from gisops.notify.routes_text import read_routes
from tests.alert_city import Life, at, outage, seen, setting
from tests.inventories import write_small_inventory

KARACHI = ZoneInfo("Asia/Karachi")
LARGER = "critical is the worse of the two: give it the larger number"
NOON = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)  # Monday 12:00 in Karachi

RECEIVERS = """
[[receivers]]
name = "room"
kind = "webhook"
url = "https://room.example/in"
secret = "env:ROOM"
[[receivers]]
name = "duty"
kind = "sms"
url = "https://sms.example/send?to={to}&text={text}"
to = ["+921", "+922"]
[[receivers]]
name = "boss"
kind = "email"
host = "mail.example"
from = "gisops@example.org"
to = "boss@example.org"
"""
ROUTES = """
[[routes]]
name = "theft in the south"
districts = ["south"]
causes = ["theft", "tamper"]
receivers = ["duty", "room"]
last = true
[[routes]]
name = "by day"
severity = "major"
hours = "08:00-20:00"
days = ["mon", "tue"]
receivers = ["duty"]
[[routes]]
name = "rest"
receivers = ["room"]
[[routes]]
name = "nobody took it"
level = 1
receivers = ["boss"]
"""


def read(text: str) -> Routes:
    routes, mistakes = read_routes(text, "routes.toml", "Asia/Karachi")
    assert mistakes == []
    assert routes is not None
    return routes


def complaints(text: str) -> list[str]:
    return [str(mistake) for mistake in read_routes(text, "routes.toml", "Asia/Karachi")[1]]


@pytest.mark.parametrize(
    ("district", "cause", "severity", "after", "level", "told"),
    [
        ("south", Cause.THEFT, Severity.MAJOR, timedelta(0), 0, ("duty", "room")),
        ("malir", Cause.THEFT, Severity.MAJOR, timedelta(0), 0, ("duty", "room")),
        ("malir", Cause.THEFT, Severity.MINOR, timedelta(0), 0, ("room",)),
        ("south", Cause.POWER_CUT, Severity.CRITICAL, timedelta(hours=8, minutes=-1), 0, ("duty", "room")),
        ("south", Cause.POWER_CUT, Severity.CRITICAL, timedelta(hours=8), 0, ("room",)),
        ("south", Cause.POWER_CUT, Severity.CRITICAL, timedelta(days=1), 0, ("duty", "room")),
        ("south", Cause.POWER_CUT, Severity.CRITICAL, timedelta(days=2), 0, ("room",)),
        # 19:30 UTC on Sunday is 00:30 on Monday in Karachi, but not by day.
        ("south", Cause.POWER_CUT, Severity.CRITICAL, timedelta(hours=-11.5), 0, ("room",)),
        ("south", Cause.THEFT, Severity.CRITICAL, timedelta(0), 1, ("boss",)),
        ("south", Cause.THEFT, Severity.CRITICAL, timedelta(0), 2, ()),
    ],
)
def test_routes_go_by_district_cause_severity_and_local_time(
    district: str, cause: Cause, severity: Severity, after: timedelta, level: int, told: tuple[str, ...]
) -> None:
    matches = who_gets(read(RECEIVERS + ROUTES), district, cause, severity, NOON + after, level)
    assert receivers_of(matches) == told


def test_a_route_says_why_it_passes() -> None:
    matches = who_gets(read(RECEIVERS + ROUTES), "malir", Cause.POWER_CUT, Severity.MINOR, NOON)
    assert [(match.route.name, match.why) for match in matches] == [
        ("theft in the south", "takes districts south"),
        ("by day", "takes major and worse"),
        ("rest", ""),
        ("nobody took it", "is for escalation level 1"),
    ]


def test_every_setting_of_the_top_is_read() -> None:
    top = """
    time_zone = "Asia/Dubai"
    group_wait_s = 5
    group_by = ["district"]
    escalate_after_min = [5, 20, 60]
    reopen_within_min = 45
    quiet_hours = "23:00-06:00"
    quiet_below = "major"
    major_cameras = 4
    major_lanes = 2
    critical_cameras = 20
    """
    routes = read(top + RECEIVERS + ROUTES)
    dubai = ZoneInfo("Asia/Dubai")
    assert routes.policy == Policy(
        timedelta(seconds=5),
        ("district",),
        (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1)),
        timedelta(minutes=45),
        Hours(time(23), time(6), dubai),
        Severity.MAJOR,
        4,
        2,
        20,
    )
    assert routes.zone == dubai


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("x = ", "routes.toml:1: not valid TOML (Invalid value): correct this line"),
        (RECEIVERS, "routes.toml:1: the file has no route: write at least one under [[routes]]"),
        ("quiet_hour = 1\n", "routes.toml:1: the file has the unknown key quiet_hour: did you mean quiet_hours?"),
        (
            '\nquiet_hours = "25:00-06:00"\n',
            "routes.toml:2: the file has quiet_hours = '25:00-06:00': write local time as 22:00-06:00",
        ),
        (
            "escalate_after_min = [30, 10]\n",
            "routes.toml:1: the file has escalate_after_min = [30, 10]: write ascending minutes, as [10, 30]",
        ),
        (
            "major_cameras = 50\n",
            "routes.toml:1: the file has critical_cameras = 40 below major_cameras = 50: " + LARGER,
        ),
        (
            '[[routes]]\nreceivers = ["rom"]\n[[receivers]]\nname = "room"\nkind = "cap"\n',
            "routes.toml:2: routes 1 has 'rom' among its receivers: did you mean room?",
        ),
        (
            '[[routes]]\ncauses = ["thef"]\nreceivers = ["a"]\n[[receivers]]\nname = "a"\n',
            "routes.toml:2: routes 1 has 'thef' among its causes: did you mean theft?",
        ),
        (
            '[[receivers]]\nname = "a"\nkind = "emial"\n',
            "routes.toml:3: receivers a has kind = 'emial': did you mean email?",
        ),
        (
            '[[receivers]]\nname = "a"\nkind = "webhook"\nurl = "http://h/x"\nsecret = "hunter2"\n',
            "routes.toml:5: receivers a has a secret in secret: move it: secret = 'env:NAME' or 'file:PATH'",
        ),
        (
            '[[receivers]]\nname = "a"\nkind = "webhook"\nurl = "http://u:hunter2@h/x"\nsecret = "env:X"\n',
            "routes.toml:4: receivers a has a password in url: move it: url = 'env:NAME' or 'file:PATH'",
        ),
        (
            '[[receivers]]\nname = "a"\nkind = "sms"\nurl = "http://h/?to={to}"\nto = ["1"]\n',
            "routes.toml:1: receivers a has no {text}: write {text} where the gateway takes it: in url, json or form",
        ),
        (
            '[[receivers]]\nname = "a"\nkind = "cot"\nurl = "udp://tak"\n',
            "routes.toml:4: receivers a has no port in url: write it as udp://HOST:PORT",
        ),
        (
            '[[receivers]]\nname = "a"\nkind = "cap"\nfolder = "x"\nsender = "a b"\n',
            "routes.toml:5: receivers a has sender = 'a b': CAP 1.2 allows no space, comma, < or & in it",
        ),
        (
            '[[receivers]]\nname = "a"\nkind = "email"\nhost = "h"\nfrom = "x@y"\nto = "x@y\\nBcc: z@y"\n',
            "routes.toml:1: receivers a has the address 'x@y\\nBcc: z@y': write it as name@example.org",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_remedy(text: str, complaint: str) -> None:
    assert complaint in complaints(text)


def test_no_complaint_shows_a_secret() -> None:
    text = '[[receivers]]\nname = "a"\nkind = "webhook"\nurl = "http://u:hunter2@h/x"\nsecret = "hunter2"\n'
    assert "hunter2" not in "".join(complaints(text))
    assert "hunter2" not in repr(read_routes(text, "f", "UTC"))


# What a page becomes.


def page_of(kind: PageKind, *places: tuple[str, str, Cause]) -> Page:
    life = Life()
    for number, (root, district, cause) in enumerate(places, 1):
        life.then(0, seen(outage(f"O{number}", root, cause), setting(root, district=district)))
    alerts = tuple(life.book.alerts.values())
    return Page(kind, alerts, ("1:x",) * len(alerts), at(10))


def test_a_page_becomes_one_message_a_receiver_with_what_it_is_routed() -> None:
    routes = read(RECEIVERS + ROUTES)
    page = page_of(PageKind.OPENED, ("B1", "south", Cause.THEFT), ("B2", "malir", Cause.POWER_CUT))
    found = {name: [a.id for a in m.alerts] for name, m in messages_of(page, routes, {}).items()}
    assert found == {"duty#1": ["O1"], "duty#2": ["O1"], "room": ["O1", "O2"]}


def test_the_word_that_it_is_over_goes_to_those_who_were_told_and_to_nobody_else() -> None:
    routes = read(RECEIVERS + ROUTES)
    page = page_of(PageKind.RESOLVED, ("B1", "south", Cause.THEFT), ("B2", "south", Cause.THEFT))
    found = messages_of(page, routes, {"O1": frozenset({"boss"})})
    assert {name: [a.id for a in m.alerts] for name, m in found.items()} == {"boss": ["O1"]}


def test_whoever_was_told_one_cause_learns_that_it_is_another() -> None:
    routes = read(RECEIVERS + ROUTES)
    page = page_of(PageKind.CHANGED, ("B1", "south", Cause.THEFT))
    assert set(messages_of(page, routes, {"O1": frozenset({"boss"})})) == {"duty#1", "duty#2", "room", "boss"}


def test_the_same_message_has_the_same_key_and_another_has_another() -> None:
    routes = read(RECEIVERS + ROUTES)
    page = page_of(PageKind.OPENED, ("B1", "south", Cause.THEFT))
    first, second = messages_of(page, routes, {}), messages_of(page, routes, {})
    assert {name: m.key for name, m in first.items()} == {name: m.key for name, m in second.items()}
    later = Page(PageKind.OPENED, page.alerts, ("2:x",), page.at)
    keys = {m.key for made in (first, messages_of(later, routes, {})) for m in made.values()}
    assert len(keys) == 6


# The commands, offline.


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = write_small_inventory(tmp_path)
    rest = '[[routes]]\nname = "rest"\nreceivers = ["room"]\n'
    text = 'escalate_after_min = [5]\n[[receivers]]\nname = "room"\nkind = "cap"\nfolder = "cap"\nsender = "gisops"\n'
    (folder / "routes.toml").write_text(text + rest + '[[routes]]\nlevel = 1\nreceivers = ["room"]\n')
    return folder


def test_check_routes_of_a_file_in_order(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "routes", "--inventory", str(city), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["records"], found["problems"]) == ({"receivers": 1, "routes": 2}, [])
    assert not (city / "cap").exists()  # nothing was sent


def test_check_routes_names_strangers_gaps_and_secrets_that_lead_nowhere(
    city: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (city / "routes.toml").read_text().replace('name = "rest"\n', 'name = "rest"\ndistricts = ["wset"]\n')
    hook = '[[receivers]]\nname = "hook"\nkind = "webhook"\nurl = "http://h/"\nsecret = "env:NOT_SET_ANYWHERE"\n'
    (city / "routes.toml").write_text(text.replace("[5]", "[5, 6]") + hook)
    assert main(["check", "routes", "--inventory", str(city)]) == 1
    lines = capsys.readouterr().out.splitlines()
    file = city / "routes.toml"
    unset = "environment variable NOT_SET_ANYWHERE is not set: set it, or use file:"
    remedy = "add a route with level = 2, or shorten escalate_after_min"
    hook_line = text.count("\n") + 1
    assert lines == [
        f"{file}:{hook_line} receivers hook secret: {unset}",
        f"{file}: route 'rest' takes the district 'wset', which is not there: did you mean west?",
        f"{file}: no route names the receiver 'hook': name it in a route, or take it out",
        f"{file}: escalation 2 has no route: it tells nobody: {remedy}",
        *(
            f"{file}: critical alerts of district {district} reach nobody at some hours (any cause): "
            "add a route without districts, causes and hours at the end"
            for district in ("east", "west")
        ),
        f"{file}: 6 problems (2 receivers, 2 routes)",
    ]


def test_test_route_says_who_would_get_what(city: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["notify", "test-route", "--inventory", str(city), "--district", "west", "--cause", "theft"]
    assert main([*command, "--severity", "major", "--at", "2026-03-01T22:30", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "at": "2026-03-01T17:30:00+00:00",
        "routes": [
            {"route": "rest", "takes": True, "why": ""},
            {"route": "route at line 10", "takes": False, "why": "is for escalation level 1"},
        ],
        "receivers": [{"receiver": "room", "kind": "cap"}],
        "held_by_quiet_hours": False,
    }
    assert main([*command, "--severity", "major", "--level", "2"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "told: nobody"
    assert main([*command, "--severity", "mojor"]) == 2
    assert capsys.readouterr().err == "--severity: there is no mojor: did you mean major?\n"


def test_the_routes_of_the_docs_are_in_order() -> None:
    text = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text(encoding="utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    assert complaints(example) == []
