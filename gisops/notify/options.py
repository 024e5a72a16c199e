"""Which settings a receiver of each kind has, and whether they can be used: read from the file alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from gisops.config.secret import is_reference
from gisops.health.toml_entry import Entry

__all__ = ["KINDS", "Kind", "check_options"]

_PORT = 65_535
_SECRET_WORDS = ("auth", "key", "token", "secret", "password")


@dataclass(frozen=True, slots=True)
class Kind:
    """What a receiver of one kind takes.

    Parameters
    ----------
    needs, may
        Keys it must and can have, besides ``name`` and ``kind``.
    secrets
        Those that must be references.
    check
        What else must hold.
    """

    needs: frozenset[str]
    may: frozenset[str]
    secrets: frozenset[str]
    check: Callable[[Entry], None]


def _url(entry: Entry, key: str = "url", schemes: tuple[str, ...] = ("http", "https")) -> None:
    text = entry.text(key)
    if is_reference(text):
        return
    try:
        parts = urlsplit(text)
        port_is_good = parts.port is None or parts.port > 0
    except ValueError:
        parts, port_is_good = urlsplit(""), False
    if parts.scheme not in schemes or not parts.hostname or not port_is_good:
        entry.fail(f"has {key} = {text!r}", f"write it as {schemes[-1]}://HOST:PORT/...", key)
    if parts.password:
        entry.fail(f"has a password in {key}", f"move it: {key} = 'env:NAME' or 'file:PATH'", key)


def _timeout(entry: Entry) -> None:
    if not 0 < entry.number("timeout_s", 10.0) <= 120:
        entry.fail("has a timeout_s out of bounds", "write seconds from 1 to 120", "timeout_s")


def _check_email(entry: Entry) -> None:
    entry.text("host")
    if "port" in entry.table:
        entry.whole("port", 1, _PORT)
    entry.choice("security", ("none", "starttls", "tls"), "starttls")
    addresses = (*entry.texts("to"), entry.text("from"))
    for address in addresses:
        if address.count("@") != 1 or any(c.isspace() or c in ",;<>" for c in address):
            entry.fail(f"has the address {address!r}", "write it as name@example.org")
    if ("user" in entry.table) != ("password" in entry.table):
        entry.fail("has one of user and password", "give both or neither")


def _check_http(entry: Entry) -> None:
    _url(entry)


def _check_sms(entry: Entry) -> None:
    _url(entry)
    if not entry.texts("to"):
        entry.fail("has no number in to", 'write to = ["+92..."]', "to")
    entry.choice("method", ("GET", "POST"), "POST")
    body, form = entry.table.get("json"), entry.table.get("form")
    if body is not None and form is not None:
        entry.fail("has json and form", "a request has one body: keep one of them")
    for key, table in (("json", body), ("form", form), ("headers", entry.table.get("headers"))):
        if table is not None and not (
            isinstance(table, dict) and all(isinstance(value, str) for value in table.values())
        ):
            entry.fail(f"has a {key} that is no table of texts", f'write it as {key} = {{ name = "text" }}', key)
    _no_secret_header(entry)
    places = [entry.text("url"), *(str(v) for t in (body, form) if isinstance(t, dict) for v in t.values())]
    for word in ("{to}", "{text}"):
        if not any(word in place for place in places) and not is_reference(places[0]):
            entry.fail(f"has no {word}", f"write {word} where the gateway takes it: in url, json or form")
    if "max_chars" in entry.table:
        entry.whole("max_chars", 40, 1600)


def _no_secret_header(entry: Entry) -> None:
    headers = entry.table.get("headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        if any(word in name.lower() for word in _SECRET_WORDS) and not is_reference(value):
            entry.fail(
                f"has a secret in the header {name}", f"move it: {name} = 'env:NAME' or 'file:PATH'", "headers"
            )


def _check_cap(entry: Entry) -> None:
    entry.text("folder")
    sender = entry.text("sender")
    if any(c.isspace() or c in ",<&" for c in sender):
        entry.fail(f"has sender = {sender!r}", "CAP 1.2 allows no space, comma, < or & in it", "sender")
    entry.choice("status", ("Actual", "Exercise", "System", "Test", "Draft"), "Actual")
    entry.choice("scope", ("Public", "Restricted", "Private"), "Restricted")
    if "web" in entry.table:
        _url(entry, "web")


def _check_cot(entry: Entry) -> None:
    _url(entry, "url", ("udp", "tcp"))
    if not is_reference(entry.text("url")) and urlsplit(entry.text("url")).port is None:
        entry.fail("has no port in url", "write it as udp://HOST:PORT", "url")
    if "stale_min" in entry.table:
        entry.whole("stale_min", 1, 10_080)


def _check_apprise(entry: Entry) -> None:
    if not entry.texts("urls"):
        entry.fail("has no urls", 'write urls = ["env:NAME"]', "urls")


def _kind(needs: str, may: str, secrets: str, check: Callable[[Entry], None]) -> Kind:
    return Kind(frozenset(needs.split()), frozenset(may.split()), frozenset(secrets.split()), check)


KINDS = {
    "email": _kind("host from to", "port security user password timeout_s", "password", _check_email),
    "webhook": _kind("url secret", "timeout_s", "secret", _check_http),
    "sms": _kind("url to", "method json form headers max_chars timeout_s", "", _check_sms),
    "alertmanager": _kind("url", "token timeout_s", "token", _check_http),
    "cap": _kind("folder sender", "status scope restriction web language keep", "", _check_cap),
    "cot": _kind("url", "type stale_min timeout_s", "", _check_cot),
    "apprise": _kind("urls", "", "urls", _check_apprise),
}
"""The kinds of receivers."""


def check_options(entry: Entry, kind: str) -> None:
    """Check the settings of a receiver.

    Raises
    ------
    ConfigError
        For the first that is wrong.
    """
    rules = KINDS[kind]
    entry.know(rules.needs | rules.may | {"name", "kind"})
    for key in sorted(rules.needs):
        if key not in entry.table:
            entry.fail(f"has no {key}", f"a receiver of kind {kind} needs it")
    for key in sorted(rules.secrets & entry.table.keys()):
        for value in entry.texts(key):
            if not is_reference(value):
                # The value is not shown: it is one.
                entry.fail(f"has a secret in {key}", f"move it: {key} = 'env:NAME' or 'file:PATH'", key)
    _timeout(entry)
    rules.check(entry)
