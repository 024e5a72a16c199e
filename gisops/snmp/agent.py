"""One address that is asked: what it was asked last, in which shape it answers, and its version 3 session."""

from __future__ import annotations

from typing import Any

from gisops.config.credentials import Credential
from gisops.errors import WireError
from gisops.snmp.datagrams import socket_name, source_of
from gisops.snmp.peers import Peer
from gisops.snmp.session import Session
from gisops.snmp.template import Template
from gisops.wire.response import read_message, read_scoped
from gisops.wire.shape import Shape, ShapeBook
from gisops.wire.usm import user_keys

__all__ = ["Agent"]


class Agent:
    """What the engine keeps of one address and port.

    Attributes
    ----------
    name, source
        Where to send, and how answers say where they come from.
    template
        The question asked last; another one forgets the shape of the answer.
    session
        Version 3 only; ``None`` until the engine id is known.
    was_silent
        Whether the last question to it was given up.
    """

    __slots__ = ("_credential", "_shape", "name", "session", "source", "template", "was_silent")

    def __init__(self, address: str, port: int) -> None:
        self.name = socket_name(address, port)
        self.source = source_of(self.name)
        self.template: Template | None = None
        self.session: Session | None = None
        self.was_silent = False
        self._credential: Credential | None = None
        self._shape: Shape | None = None

    def asks(self, template: Template) -> None:
        """Take note of what is asked now."""
        if template is not self.template:
            self.template = template
            self._shape = None

    def meet(self, credential: Credential, peer: Peer) -> None:
        """Begin a session with an engine that has just shown itself."""
        self._credential = credential
        self.session = Session(user_keys(credential, peer.engine_id), peer)

    def session_for(self, credential: Credential) -> Session | None:
        """Give the session under a credential; the engine is the same whoever asks."""
        session = self.session
        if session is not None and credential is not self._credential:
            if credential != self._credential:
                self.meet(credential, session.peer)
            self._credential = credential
        return self.session

    def read(self, data: bytes, now: float, book: ShapeBook) -> list[Any] | None:
        """Read a plain answer to the question asked last.

        Returns
        -------
        list or None
            Request id (for version 3 equal to the message id) and the values in
            order, verified where the version verifies; ``None``: the general
            decoder has the word.
        """
        template = self.template
        if template is None:
            return None
        try:
            return self._read(data, template, now, book)
        except WireError:  # octets that mean nothing in their type
            return None

    def _read(self, data: bytes, template: Template, now: float, book: ShapeBook) -> list[Any] | None:
        if not template.is_v3:
            return self._fit(data) or self._read_v2c(data, template, book)
        session = self.session
        opened = None if session is None else session.open(data, now)
        if session is None or opened is None:
            return None
        msg_id, scoped = opened
        fields = self._fit(scoped)
        if fields is None:
            fields = self._read_scoped(scoped, session.peer.engine_id, template, book)
        if fields is None or fields[0] != session.peer.engine_id or fields[1] != msg_id:
            return None
        del fields[0]
        return fields

    def _fit(self, data: bytes) -> list[Any] | None:
        shape = self._shape
        return shape.take(data) if shape is not None and shape.size == len(data) else None

    def _read_v2c(self, data: bytes, template: Template, book: ShapeBook) -> list[Any] | None:
        answer = read_message(data, template.community, template.names)
        if answer is None:
            return None
        self._shape = book.learn(data, answer[2])
        return [answer[0], *answer[1]]

    def _read_scoped(self, data: bytes, engine_id: bytes, template: Template, book: ShapeBook) -> list[Any] | None:
        answer = read_scoped(data, engine_id, template.names)
        if answer is None:
            return None
        self._shape = book.learn(data, answer[2])
        return [data[slice(*answer[2][0][:2])], answer[0], *answer[1]]
