"""A page as signed JSON over HTTP, and how its receiver knows that it is ours and fresh.

The signature is ``HMAC-SHA256(secret, timestamp + "." + body)`` in hexadecimal (RFC 2104)::

    X-Gisops-Timestamp: 1772352000
    X-Gisops-Signature: sha256=5d41...
    Idempotency-Key: 0f3a...
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from gisops.notify.http import Request, send_request
from gisops.notify.message import Message, text_of, title_of

__all__ = ["Webhook", "body_of", "is_signed", "sign"]


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Give the value of the signature header.

    Examples
    --------
    >>> sign("key", "1772352000", b"{}")[:20]
    'sha256=651881d69fcd6'
    """
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: datetime, within_s: float = 300.0) -> bool:
    """Whether a request was made by somebody who knows the secret, and not long ago.

    Parameters
    ----------
    secret
        What both sides know.
    headers
        With their names in lower case.
    body
        As it came.
    now
        UTC.
    within_s
        How old or how far ahead its timestamp may be.
    """
    timestamp = headers.get("x-gisops-timestamp", "")
    if not (timestamp.isascii() and timestamp.isdigit()) or abs(now.timestamp() - int(timestamp)) > within_s:
        return False
    given = headers.get("x-gisops-signature", "")
    return hmac.compare_digest(sign(secret, timestamp, body).encode(), given.encode())


def body_of(message: Message) -> dict[str, Any]:
    """Give the JSON document that is sent: the message, with its words."""
    document = message.to_json()
    for alert in document["alerts"]:
        for inner in ("scope", "groups", "pages", "ready_at", "past", "members"):
            del alert[inner]
    return {"version": 1, "title": title_of(message), "text": text_of(message), **document}


class Webhook:
    """The channel; ``clock`` gives UTC."""

    def __init__(self, url: str, secret: str, clock: Callable[[], datetime], timeout_s: float = 10.0) -> None:
        self._url, self._secret, self._clock, self._timeout_s = url, secret, clock, timeout_s

    async def send(self, message: Message) -> None:
        """Post the message."""
        body = json.dumps(body_of(message), ensure_ascii=False).encode()
        timestamp = str(int(self._clock().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "X-Gisops-Timestamp": timestamp,
            "X-Gisops-Signature": sign(self._secret, timestamp, body),
            "Idempotency-Key": message.key,
        }
        await send_request(Request(self._url, body, headers), self._timeout_s)
