"""CAP documents in a folder, with an Atom feed of the latest (RFC 4287): for any web server, or for a file drop."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from gisops.notify.cap import CapSender, cap_of, identifier_of, moment_text
from gisops.notify.message import Message
from gisops.notify.ports import Undelivered

__all__ = ["FEED", "CapFolder"]

FEED = "feed.xml"
_ATOM = "http://www.w3.org/2005/Atom"


class CapFolder:
    """The channel.

    Parameters
    ----------
    folder
        Made where it is missing. Every file is written aside and moved into place: who
        reads meanwhile sees the old one or the new one.
    sender
        Who issues.
    keep
        Documents that stay; older ones are taken away.
    """

    def __init__(self, folder: Path, sender: CapSender, keep: int = 500) -> None:
        self._folder, self._sender, self._keep = folder, sender, keep

    async def send(self, message: Message) -> None:
        """Write a document for each alert, and the feed anew."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise Undelivered(f"{self._folder}: {error.strerror or type(error).__name__}") from None

    def _write(self, message: Message) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for position, alert in enumerate(message.alerts):
            state = message.states[position]
            said = [(identifier_of(alert.id, page.state), page.at) for page in alert.pages if page.state != state]
            known = [(name, at) for name, at in said if (self._folder / f"{name}.xml").exists()]
            document = cap_of(message, position, self._sender, known)
            self._put(f"{identifier_of(alert.id, state)}.xml", document, message.at)
        entries = sorted(
            (path for path in self._folder.glob("gisops-*.xml")), key=lambda p: (p.stat().st_mtime, p.name)
        )
        for old in entries[: -self._keep]:
            old.unlink(missing_ok=True)
        self._put(FEED, _feed(entries[-self._keep :][::-1], message), message.at)

    def _put(self, name: str, content: bytes, at: datetime) -> None:
        aside = self._folder / f".{name}.part"
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.utime(aside, (at.timestamp(), at.timestamp()))  # the order of the feed is that of the pages
        aside.replace(self._folder / name)


def _feed(paths: list[Path], message: Message) -> bytes:
    zone = ZoneInfo("UTC")
    root = ET.Element("feed", {"xmlns": _ATOM})
    for name, text in (
        ("id", "urn:gisops:cap"),
        ("title", "gisops alerts"),
        ("updated", moment_text(message.at, zone).replace("-00:00", "Z")),
    ):
        ET.SubElement(root, name).text = text
    ET.SubElement(ET.SubElement(root, "author"), "name").text = "gisops"
    for path in paths:
        entry = ET.SubElement(root, "entry")
        at = datetime.fromtimestamp(path.stat().st_mtime, zone)
        for name, text in (
            ("id", f"urn:gisops:cap:{path.stem}"),
            ("title", path.stem),
            ("updated", moment_text(at, zone).replace("-00:00", "Z")),
        ):
            ET.SubElement(entry, name).text = text
        ET.SubElement(entry, "link", {"href": path.name, "type": "application/cap+xml"})
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"
