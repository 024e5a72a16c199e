"""Every channel against a real server on loopback: what arrives, and what a failing server is taken for."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from gisops.alerting.happening import PageKind, Tick
from gisops.errors import ConfigError
from gisops.notify.build import channels_of
from gisops.notify.message import Message, short_text, text_of, title_of
from gisops.notify.ports import Channel, Refused, Undelivered
from gisops.notify.routes_text import read_routes
from gisops.notify.webhook import is_signed
from tests.alert_city import Life, at, outage, seen
from tests.receivers import http_receiver, smtp_receiver

pytestmark = pytest.mark.integration
PORT = 20200
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def message() -> Message:
    life = Life()
    for number in (1, 2):
        life.then(0, seen(outage(f"O{number}", f"B{number}")))
    life.then(10, Tick())
    alerts = tuple(life.book.alerts.values())
    return Message("key-1", PageKind.OPENED, at(10), 0, alerts, ("1:open", "1:open"), "Asia/Karachi")


def channels(settings: str, environ: Mapping[str, str] | None = None) -> dict[str, Channel]:
    """Build the channels that a table of ``routes.toml`` describes."""
    text = f'[[receivers]]\nname = "r"\n{settings}\n[[routes]]\nreceivers = ["r"]\n'
    routes, mistakes = read_routes(text, "routes.toml", "Asia/Karachi")
    assert mistakes == []
    assert routes is not None
    return channels_of(routes.receivers["r"], environ or {}, Path(), lambda: NOW)


def channel(settings: str, environ: Mapping[str, str] | None = None) -> Channel:
    return channels(settings, environ)["r"]


async def test_webhook() -> None:
    with http_receiver(PORT) as server:
        hook = channel(f'kind = "webhook"\nurl = "{server.url}"\nsecret = "env:S"', {"S": "s3cret"})
        await hook.send(message())
        (got,) = server.got
        assert is_signed("s3cret", got.headers, got.body, NOW)
        assert (got.document["title"], got.headers["idempotency-key"]) == (title_of(message()), "key-1")
        for status, kind in ((500, Undelivered), (404, Undelivered), (302, Undelivered), (422, Refused)):
            server.statuses = [status]
            with pytest.raises(kind, match=f"answered {status}") as caught:
                await hook.send(message())
            assert type(caught.value) is kind
    with pytest.raises(Undelivered, match=r"127\.0\.0\.1: ConnectionRefusedError"):
        await hook.send(message())


async def test_a_server_that_does_not_answer_is_given_up_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", PORT)):
        settings = f'kind = "alertmanager"\nurl = "http://127.0.0.1:{PORT}/"\ntimeout_s = 0.1'
        with pytest.raises(Undelivered, match="TimeoutError"):
            await channel(settings).send(message())


def test_a_reference_that_leads_to_no_address_is_named_and_not_shown() -> None:
    with pytest.raises(ConfigError, match=r"receivers r url: does not lead to an address") as caught:
        channel('kind = "alertmanager"\nurl = "env:U"', {"U": "hunter2"})
    assert "hunter2" not in str(caught.value)


async def test_alertmanager_webhook() -> None:
    with http_receiver(PORT) as server:
        await channel(f'kind = "alertmanager"\nurl = "{server.url}"\ntoken = "env:T"', {"T": "t0ken"}).send(message())
    (got,) = server.got
    assert got.headers["authorization"] == "Bearer t0ken"
    assert [alert["labels"]["alert_id"] for alert in got.document["alerts"]] == ["O1", "O2"]


async def test_sms_gateway_is_asked_for_each_number_on_its_own() -> None:
    with http_receiver(PORT) as server:
        numbers = 'to = ["+921", "+922"]\nheaders = { "X-Key" = "env:K" }'
        made = channels(
            f'kind = "sms"\nurl = "{server.url}"\n{numbers}\njson = {{ n = "{{to}}", t = "{{text}}" }}', {"K": "k3y"}
        )
        for way in made.values():
            await way.send(message())
    assert list(made) == ["r#1", "r#2"]
    assert [got.document for got in server.got] == [{"n": n, "t": short_text(message())} for n in ("+921", "+922")]
    assert {got.headers["x-key"] for got in server.got} == {"k3y"}


async def test_mail() -> None:
    with smtp_receiver(PORT) as server:
        settings = f'kind = "email"\nhost = "127.0.0.1"\nport = {PORT}\nsecurity = "none"\nfrom = "g@x.example"\n'
        way = channel(settings + 'to = ["a@x.example", "b@x.example"]')
        await way.send(message())
        ((sender, to, raw),) = server.mails
        assert (sender, to) == ("g@x.example", ["a@x.example", "b@x.example"])
        mail: Any = email.message_from_bytes(raw, policy=email.policy.default)
        assert (mail["Subject"], mail["Message-ID"]) == (title_of(message()), "<key-1@x.example>")
        assert mail.get_content().replace("\r\n", "\n").strip() == text_of(message()).strip()
        server.refuse = {"b@x.example": 550}
        with pytest.raises(Refused, match="the others have it"):
            await way.send(message())
        server.refuse = {"a@x.example": 451, "b@x.example": 550}
        with pytest.raises(Undelivered, match="refuses the recipients") as caught:
            await way.send(message())
        assert type(caught.value) is Undelivered
    with pytest.raises(Undelivered, match="ConnectionRefusedError"):
        await way.send(message())


async def test_a_mail_server_without_starttls_gets_no_password() -> None:
    with smtp_receiver(PORT) as server:
        settings = f'kind = "email"\nhost = "127.0.0.1"\nport = {PORT}\nfrom = "g@x.example"\nto = "a@x.example"\n'
        way = channel(settings + 'user = "u"\npassword = "env:P"', {"P": "hunter2"})
        with pytest.raises(Undelivered) as caught:
            await way.send(message())
    assert server.mails == []
    assert "hunter2" not in str(caught.value)


async def test_cursor_on_target_over_udp_and_tcp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        datagrams.bind(("127.0.0.1", PORT))
        datagrams.settimeout(5)
        await channel(f'kind = "cot"\nurl = "udp://127.0.0.1:{PORT}"').send(message())
        over_udp = [datagrams.recv(65_535) for _ in range(2)]
    read: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        read.set_result(await reader.read())
        writer.close()

    async with await asyncio.start_server(take, "127.0.0.1", PORT):
        way = channel(f'kind = "cot"\nurl = "tcp://127.0.0.1:{PORT}"')
        await way.send(message())
        assert await read == b"\n".join(over_udp) + b"\n"
    uids = [ET.fromstring(event).get("uid") for event in over_udp]  # noqa: S314 - our own
    assert uids == ["gisops-O1", "gisops-O2"]
    with pytest.raises(Undelivered, match="Connection refused"):
        await way.send(message())


async def test_a_cap_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    way = channel(f'kind = "cap"\nfolder = "{tmp_path}/file/cap"\nsender = "gisops"')
    with pytest.raises(Undelivered, match="Not a directory"):
        await way.send(message())


async def test_apprise_through_a_real_service() -> None:
    with http_receiver(PORT) as server:
        settings = 'kind = "apprise"\nurls = ["env:URL"]'
        way = channel(settings, {"URL": f"json://127.0.0.1:{PORT}/in"})
        await way.send(message())
        assert json.loads(server.got[0].body)["title"] == title_of(message())
        server.statuses = [500]
        with pytest.raises(Undelivered):
            await way.send(message())
