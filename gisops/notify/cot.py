"""An alert as a Cursor on Target event (version 2.0), and the way to a TAK server over UDP or TCP.

A marker that nobody takes away misleads: every event carries ``stale``, and the word that an
alert is over takes the marker away (type ``t-x-d-d``).
"""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from gisops.alerting.alert import Alert
from gisops.notify.message import Message, title_of
from gisops.notify.ports import Refused, Undelivered

__all__ = ["MARKER", "CursorOnTarget", "event_of"]

MARKER = "b-m-p-s-m"
"""A spot on the map."""
_UNKNOWN_M = "9999999.0"
"""The format's own word for an error or height that is not known."""
_TAKES_AWAY_S = 60


def event_of(alert: Alert, message: Message, kind: str, stale: timedelta) -> bytes:
    """Write the event of one alert.

    Parameters
    ----------
    alert
        With a position.
    message
        The page it came in.
    kind
        Type of the marker.
    stale
        How long the marker stays where nothing more is heard.
    """
    uid = f"gisops-{alert.id}"
    when = _text(message.at)
    over = message.is_over
    until = message.at + (timedelta(seconds=_TAKES_AWAY_S) if over else stale)
    event = ET.Element(
        "event",
        {
            "version": "2.0",
            "uid": f"{uid}-over" if over else uid,
            "type": "t-x-d-d" if over else kind,
            "how": "m-g",
            "time": when,
            "start": when,
            "stale": _text(until),
        },
    )
    lat, lon = (alert.setting.lat or 0.0, alert.setting.lon or 0.0)
    ET.SubElement(
        event,
        "point",
        {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}", "hae": _UNKNOWN_M, "ce": _UNKNOWN_M, "le": _UNKNOWN_M},
    )
    detail = ET.SubElement(event, "detail")
    if over:
        ET.SubElement(detail, "link", {"uid": uid, "relation": "p-p", "type": kind})
        ET.SubElement(detail, "__forcedelete")
    else:
        ET.SubElement(detail, "contact", {"callsign": f"{alert.cause} {alert.id}"})
    only = message.only([message.alerts.index(alert)])
    remarks = "; ".join([title_of(only), *alert.evidence])
    ET.SubElement(detail, "remarks").text = "".join(c for c in remarks if c.isprintable())
    document: bytes = ET.tostring(event, encoding="utf-8", xml_declaration=True)
    return document


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class CursorOnTarget:
    """The channel; ``url`` is ``udp://HOST:PORT`` or ``tcp://HOST:PORT``.

    Over UDP nobody says whether it arrived: what was handed to the network counts as sent.
    """

    def __init__(
        self, url: str, kind: str = MARKER, stale: timedelta = timedelta(hours=12), timeout_s: float = 5.0
    ) -> None:
        self._url, self._kind, self._stale, self._timeout_s = url, kind, stale, timeout_s

    async def send(self, message: Message) -> None:
        """Send an event for each alert that has a position."""
        placed = [alert for alert in message.alerts if alert.setting.lat is not None]
        if not placed:
            raise Refused("no alert in it has a position on the map")
        events = [event_of(alert, message, self._kind, self._stale) for alert in placed]
        await asyncio.to_thread(self._send, events)

    def _send(self, events: list[bytes]) -> None:
        parts = urlsplit(self._url)
        address = (parts.hostname or "", parts.port or 0)
        try:
            if parts.scheme == "tcp":
                with socket.create_connection(address, self._timeout_s) as stream:
                    stream.sendall(b"\n".join(events) + b"\n")
                return
            family, kind, protocol, _, target = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0]
            with socket.socket(family, kind, protocol) as datagrams:
                for event in events:
                    datagrams.sendto(event, target)
        except OSError as error:
            raise Undelivered(f"{address[0]}:{address[1]}: {error.strerror or type(error).__name__}") from None
