"""A page through apprise, the library that knows a hundred services."""

from __future__ import annotations

import asyncio
import importlib
import logging
import warnings
from collections.abc import Callable, Sequence

from gisops.errors import ConfigError
from gisops.notify.message import Message, text_of, title_of
from gisops.notify.ports import Undelivered

__all__ = ["AppriseServices", "Notify", "notifier"]

Notify = Callable[[str, str], bool]
"""Takes title and body; whether every service took them."""


def notifier(place: str, urls: Sequence[str]) -> Notify:
    """Give apprise with services added.

    Raises
    ------
    ConfigError
        Where an address is none of a service it knows; the address holds secrets and is not shown.
    """
    # What it logs may repeat an address; what matters is in its answer.
    logging.getLogger("apprise").addHandler(logging.NullHandler())
    logging.getLogger("apprise").propagate = False
    with warnings.catch_warnings():
        # What its many services import is deprecated in ways that are its own affair.
        warnings.simplefilter("ignore", DeprecationWarning)
        services = importlib.import_module("apprise").Apprise()  # takes a second: only where it is used
        for number, url in enumerate(urls, 1):
            if not services.add(url):
                raise ConfigError(
                    place, f"apprise knows no service of its address {number}", "see apprise's own list"
                )

    def notify(title: str, body: str) -> bool:
        return bool(services.notify(title=title, body=body))

    return notify


class AppriseServices:
    """The channel."""

    def __init__(self, notify: Notify) -> None:
        self._notify = notify

    async def send(self, message: Message) -> None:
        """Have apprise tell its services."""
        if not await asyncio.to_thread(self._notify, title_of(message), text_of(message)):
            raise Undelivered("apprise: a service did not take it")
