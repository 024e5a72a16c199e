"""What a page says on every channel: texts, CAP, Cursor on Target, Alertmanager, mails and text messages."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gisops.alerting.alert import Alert, Paged, Severity
from gisops.alerting.happening import PageKind, Tick
from gisops.errors import ConfigError
from gisops.model.outage import Cause
from gisops.notify.alertmanager import document_of
from gisops.notify.apprise_channel import AppriseServices, notifier
from gisops.notify.backoff import next_try
from gisops.notify.cap import CapSender, cap_of, moment_text
from gisops.notify.cap_folder import FEED, CapFolder
from gisops.notify.cot import MARKER, event_of
from gisops.notify.mail import mail_of
from gisops.notify.message import Message, short_text, text_of, title_of
from gisops.notify.ports import Undelivered
from gisops.notify.sms import Template, request_of
from gisops.notify.webhook import is_signed, sign
from tests.alert_city import Life, at, outage, seen, setting
from tests.cap_rules import NS, broken_rules

SENDER = CapSender("gisops@police.example")
OPEN, OVER = "1:open:major:theft", "1:resolved"


def alert(cause: Cause = Cause.THEFT) -> Alert:
    life = Life()
    life.then(0, seen(outage(cause=cause)))
    life.then(10, Tick())
    return life.book.alerts["O1"]


def message(kind: PageKind = PageKind.OPENED, *alerts: Alert) -> Message:
    about = alerts or (alert(),)
    state = OVER if kind is PageKind.RESOLVED else OPEN
    return Message("k1", kind, at(10), 0, about, (state,) * len(about), "Asia/Karachi")


def over() -> Message:
    told = replace(alert(), resolved_at=at(600))
    return replace(message(PageKind.RESOLVED, told), at=at(600))


def test_a_title_says_how_bad_what_and_where_on_one_line() -> None:
    assert title_of(message()) == "[MAJOR] theft: Chowrangi (B1)"
    taken = replace(over(), alerts=(replace(over().alerts[0], part_of="O7"),))
    assert title_of(taken) == "[MAJOR] now part of O7: theft: Chowrangi (B1)"
    assert title_of(over()) == "[MAJOR] over: theft: Chowrangi (B1)"
    odd = replace(alert(), setting=replace(setting(), place="Clifton\r\nBcc: all"))
    assert title_of(message(PageKind.OPENED, odd, odd)) == "[MAJOR] theft: Clifton Bcc: all and 1 more"


def test_a_text_is_in_local_time_and_carries_the_evidence() -> None:
    assert text_of(message()) == (
        "[MAJOR] theft: Chowrangi (B1)\n\n"
        "O1: theft (90%), major\n"
        "Where: Chowrangi (B1), district south\n"
        "Since: 2026-03-01 17:00:00 PKT\n"
        "Lost: 3 cameras, 1 boxes\n"
        "- the mains went before it did\n\n"
        "Take it on: gisops ack O1 --by NAME\n"
    )
    assert "Over: 2026-03-01 17:10:00 PKT" in text_of(over())


@given(st.text(max_size=400), st.integers(40, 400))
def test_a_short_text_is_never_longer_than_it_may_be(place: str, most: int) -> None:
    placed = replace(alert(), setting=replace(setting(), place=place))
    assert len(short_text(message(PageKind.OPENED, placed), most)) <= most


def test_a_message_is_read_as_it_was_written() -> None:
    assert Message.from_json(over().to_json()) == over()


# CAP.


def cap(of: Message, known: tuple[tuple[str, datetime], ...] = (), sender: CapSender = SENDER) -> ET.Element:
    document = cap_of(of, 0, sender, known)
    assert broken_rules(document) == []
    return ET.fromstring(document)  # noqa: S314 - our own


def text_in(root: ET.Element, path: str) -> str | None:
    return root.findtext("/".join(f"{NS}{name}" for name in path.split("/")))


def test_cap_of_an_opening() -> None:
    root = cap(message())
    assert text_in(root, "identifier") == "gisops-O1-1-open-major-theft"
    assert text_in(root, "sent") == "2026-03-01T17:00:10+05:00"
    assert [text_in(root, name) for name in ("status", "msgType", "scope")] == ["Actual", "Alert", "Restricted"]
    assert [text_in(root, f"info/{name}") for name in ("category", "urgency", "severity", "certainty")] == [
        "Security",
        "Immediate",
        "Moderate",
        "Likely",
    ]
    assert text_in(root, "info/area/circle") == "24.810000,67.030000 0.1"


def test_cap_of_an_end_cancels_what_was_issued() -> None:
    root = cap(over(), (("gisops-O1-1-open-major-theft", at(10)),))
    assert (text_in(root, "msgType"), text_in(root, "info/responseType")) == ("Cancel", "AllClear")
    assert text_in(root, "references") == (
        "gisops@police.example,gisops-O1-1-open-major-theft,2026-03-01T17:00:10+05:00"
    )


@given(
    cause=st.sampled_from(list(Cause)),
    severity=st.sampled_from(list(Severity)),
    place=st.text(max_size=40),
    scope=st.sampled_from(["Public", "Restricted", "Private"]),
    zone=st.sampled_from(["UTC", "Asia/Karachi", "America/St_Johns"]),
    is_over=st.booleans(),
)
def test_cap_keeps_the_rules_whatever_the_alert(
    cause: Cause, severity: Severity, place: str, scope: str, zone: str, is_over: bool
) -> None:
    about = replace(
        alert(cause), severity=severity, setting=replace(setting(), place=place or "B1"), evidence=(place,)
    )
    if not "".join(c for c in place if c.isprintable()).strip():
        about = replace(about, setting=setting())
    of = replace(over() if is_over else message(), alerts=(about,), zone=zone)
    cap(of, (("gisops-O1-x", at(1)),) if is_over else (), replace(SENDER, scope=scope))


def test_the_checker_finds_what_is_broken() -> None:
    good = cap_of(message(), 0, SENDER, ())
    for old, new, complaint in (
        (b"<status>Actual</status>", b"<status>Real</status>", "status is 'Real'"),
        (b"+05:00</sent>", b"Z</sent>", "sent is '2026-03-01T17:00:10Z'"),
        (b"Restricted</scope>", b"Public</scope>", "restriction with scope Restricted, and only then"),
        (b"msgType>Alert<", b"msgType>Update<", "references with Update and Cancel"),
    ):
        assert complaint in broken_rules(good.replace(old, new))
    assert broken_rules(good.replace(b"event>", b"headline>")) != []


def test_utc_is_written_as_cap_wants_it() -> None:
    assert moment_text(datetime(2026, 3, 1, 12, tzinfo=UTC), ZoneInfo("UTC")) == "2026-03-01T12:00:00-00:00"


async def test_a_cap_folder_holds_documents_and_a_feed(tmp_path: Path) -> None:
    folder = CapFolder(tmp_path / "cap", SENDER, keep=2)
    await folder.send(message())
    await folder.send(message())  # once more, as after a kill: nothing is there twice
    ended = replace(
        alert(),
        pages=(Paged(OPEN, at(10), Severity.MAJOR, Cause.THEFT), Paged(OVER, at(600), Severity.MAJOR, Cause.THEFT)),
    )
    await folder.send(replace(message(PageKind.RESOLVED, ended), at=at(600)))
    names = sorted(path.name for path in (tmp_path / "cap").iterdir())
    assert names == [FEED, "gisops-O1-1-open-major-theft.xml", "gisops-O1-1-resolved.xml"]
    last = (tmp_path / "cap" / "gisops-O1-1-resolved.xml").read_bytes()
    assert broken_rules(last) == []
    assert b"<msgType>Cancel</msgType>" in last
    feed = ET.fromstring((tmp_path / "cap" / FEED).read_bytes())  # noqa: S314 - our own
    atom = "{http://www.w3.org/2005/Atom}"
    assert [link.get("href") for link in feed.iter(f"{atom}link")] == names[:0:-1]
    await folder.send(replace(message(PageKind.OPENED, replace(alert(), id="O2")), at=at(700)))
    assert len(list((tmp_path / "cap").glob("gisops-*.xml"))) == 2


# Cursor on Target.


def test_cot_of_an_opening_goes_stale_and_that_of_an_end_takes_it_away() -> None:
    first = ET.fromstring(event_of(alert(), message(), MARKER, timedelta(hours=12)))  # noqa: S314 - our own
    assert dict(first.attrib) == {
        "version": "2.0",
        "uid": "gisops-O1",
        "type": "b-m-p-s-m",
        "how": "m-g",
        "time": "2026-03-01T12:00:10.000Z",
        "start": "2026-03-01T12:00:10.000Z",
        "stale": "2026-03-02T00:00:10.000Z",
    }
    point = first.find("point")
    assert point is not None
    assert (point.get("lat"), point.get("lon"), point.get("ce")) == ("24.810000", "67.030000", "9999999.0")
    ended = over()
    last = ET.fromstring(event_of(ended.alerts[0], ended, MARKER, timedelta(hours=12)))  # noqa: S314 - our own
    link = last.find("detail/link")
    assert link is not None
    assert (last.get("type"), link.get("uid"), link.get("relation")) == ("t-x-d-d", "gisops-O1", "p-p")


# The other channels.


def test_the_signature_is_an_hmac_of_time_and_body_and_grows_old() -> None:
    expected = hmac.digest(b"key", b"1772366400.{}", hashlib.sha256).hex()
    assert sign("key", "1772366400", b"{}") == f"sha256={expected}"
    headers = {"x-gisops-timestamp": "1772366400", "x-gisops-signature": f"sha256={expected}"}
    moment = datetime.fromtimestamp(1772366400, UTC)
    assert is_signed("key", headers, b"{}", moment)
    assert not is_signed("other", headers, b"{}", moment)
    assert not is_signed("key", headers, b"{}", moment + timedelta(minutes=6))
    assert not is_signed("key", {**headers, "x-gisops-timestamp": "1772366401"}, b"{}", moment)
    assert not is_signed("key", {}, b"{}", moment)


def test_alertmanager_document() -> None:
    both = message(PageKind.OPENED, alert(), replace(alert(), id="O2", root_id="B2"))
    document = document_of(both, "room")
    assert (document["version"], document["status"], document["receiver"]) == ("4", "firing", "room")
    assert document["groupLabels"] == {"district": "south", "cause": "theft"}
    assert "root" not in document["commonLabels"]
    first, second = document["alerts"]
    assert (first["status"], first["startsAt"], first["endsAt"]) == (
        "firing",
        "2026-03-01T12:00:00+00:00",
        "0001-01-01T00:00:00Z",
    )
    assert first["fingerprint"] != second["fingerprint"]
    ended = document_of(over(), "room")
    assert (ended["status"], ended["alerts"][0]["endsAt"]) == ("resolved", "2026-03-01T12:10:00+00:00")
    assert ended["alerts"][0]["fingerprint"] == first["fingerprint"]


def test_a_mail_of_the_same_page_has_the_same_id_and_those_of_one_alert_one_thread() -> None:
    first, last = mail_of(message(), "gisops@x.example", ["a@x", "b@x"]), mail_of(over(), "gisops@x.example", ["a@x"])
    assert (first["Message-ID"], first["To"]) == ("<k1@x.example>", "a@x, b@x")
    assert first["References"] == last["References"] == "<O1.1@x.example>"


def test_a_text_message_is_written_from_its_template() -> None:
    template = Template("http://g/x", json={"to": "{to}", "text": 'say "{text}"'})
    request = request_of(template, "+92{text}", 'a "b" {to}', "k")
    assert request.body == rb'{"to": "+92{text}", "text": "say \"a \"b\" {to}\""}'.replace(
        rb"say \"a \"b\" {to}\"", rb"say \"a \"b\" {to}\""
    )
    form = request_of(Template("http://g/x", form={"n": "{to}", "t": "{text}"}), "+92", "a&b", "k")
    assert (form.body, form.headers["Content-Type"]) == (b"n=%2B92&t=a%26b", "application/x-www-form-urlencoded")


def test_it_is_tried_again_ever_more_slowly_for_a_day() -> None:
    waits = [(next_try(n, at(0), at(0), 1.0) or at(0)) - at(0) for n in (1, 2, 3, 9, 10, 99)]
    assert [wait.total_seconds() for wait in waits] == [1, 2, 4, 256, 300, 300]
    assert next_try(5, at(0), at(86_401), 0.5) is None


async def test_apprise_is_told_and_says_when_a_service_did_not_take_it() -> None:
    said: list[tuple[str, str]] = []

    def take(title: str, body: str) -> bool:
        said.append((title, body))
        return len(said) < 2

    await AppriseServices(take).send(message())
    assert said == [(title_of(message()), text_of(message()))]
    with pytest.raises(Undelivered):
        await AppriseServices(take).send(message())


def test_an_apprise_address_that_cannot_be_used_is_named_without_showing_it() -> None:
    with pytest.raises(ConfigError, match="apprise knows no service of its address 1") as caught:
        notifier("routes.toml:3", ["nothing://hunter2"])
    assert "hunter2" not in str(caught.value)
