"""A page as a text message through a gateway that takes HTTP: the request is written from a template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from gisops.notify.http import Request, send_request
from gisops.notify.message import Message, short_text

__all__ = ["SmsGateway", "Template", "request_of"]


@dataclass(frozen=True, slots=True)
class Template:
    """How the gateway wants to be asked; ``{to}``, ``{text}`` and ``{key}`` are filled in.

    Parameters
    ----------
    url
        What is filled in is percent-encoded.
    method
        ``GET`` or ``POST``.
    json, form
        One of them or neither: names and texts of the body.
    headers
        May hold secrets, as ``url`` may.
    """

    url: str = field(repr=False)
    method: str = "POST"
    json: Mapping[str, str] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def request_of(template: Template, to: str, text: str, key: str) -> Request:
    """Fill in a template.

    Examples
    --------
    >>> request_of(Template("http://sms/send?to={to}&text={text}", "GET"), "+92300", "a & b", "k").url
    'http://sms/send?to=%2B92300&text=a%20%26%20b'
    """
    words = {"{to}": to, "{text}": text, "{key}": key}
    url = _filled(template.url, {name: quote(value, safe="") for name, value in words.items()})
    headers = {"Idempotency-Key": key, **template.headers}
    body = b""
    if template.json is not None:
        body = json.dumps({name: _filled(value, words) for name, value in template.json.items()}).encode()
        headers.setdefault("Content-Type", "application/json")
    elif template.form is not None:
        body = urlencode({name: _filled(value, words) for name, value in template.form.items()}).encode()
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
    return Request(url, body, headers, template.method)


def _filled(text: str, words: Mapping[str, str]) -> str:
    """Fill in from left to right: what is filled in is not looked through again."""
    found, rest = "", text
    while rest:
        name = min((n for n in words if n in rest), key=rest.index, default=None)
        if name is None:
            return found + rest
        before, _, rest = rest.partition(name)
        found += before + words[name]
    return found


class SmsGateway:
    """The channel to one number."""

    def __init__(self, template: Template, to: str, most_chars: int = 160, timeout_s: float = 10.0) -> None:
        self._template, self._to, self._most_chars, self._timeout_s = template, to, most_chars, timeout_s

    async def send(self, message: Message) -> None:
        """Hand the text to the gateway."""
        text = short_text(message, self._most_chars)
        await send_request(request_of(self._template, self._to, text, message.key), self._timeout_s)
