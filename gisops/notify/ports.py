"""What the sender asks of a channel, whichever it is."""

from __future__ import annotations

from typing import Protocol

from gisops.notify.message import Message

__all__ = ["Channel", "Refused", "Undelivered"]


class Undelivered(Exception):  # noqa: N818 - said in the past tense, as events are
    """A message did not get through; it may be tried again. Its text holds no secret."""


class Refused(Undelivered):
    """The receiver does not want this message, and will not want it later either."""


class Channel(Protocol):
    """A way to one receiver."""

    async def send(self, message: Message) -> None:
        """Hand a message over; returns when the receiver has it.

        Raises
        ------
        Undelivered
            Where it does not, or nobody can say.
        """
        ...
