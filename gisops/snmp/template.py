"""How a question looks in bytes, written once and sent many times with another number."""

from __future__ import annotations

from gisops.config.credentials import Credential
from gisops.wire.ber import read_header
from gisops.wire.message import V2C, Message, encode_message
from gisops.wire.pdu import Pdu, PduType, encode_pdu, null_binds
from gisops.wire.response import name_tlvs

__all__ = ["FIRST_NUMBER", "LAST_NUMBER", "Template", "TemplateBook"]

FIRST_NUMBER, LAST_NUMBER = 2**24, 2**31 - 1
"""Numbers that all take four octets."""


class Template:
    """One question of one credential.

    Parameters
    ----------
    credential, oids
        Who asks for what.
    repetitions
        0: a GET; else a GETBULK with so many repetitions.
    """

    __slots__ = ("community", "credential", "head", "is_v3", "names", "oids", "pdu_head", "repetitions", "tail")

    def __init__(self, credential: Credential, oids: tuple[str, ...], repetitions: int = 0) -> None:
        self.credential = credential
        self.oids = oids
        self.repetitions = repetitions
        self.is_v3 = credential.version == "3"
        self.community = credential.community.encode()
        self.names = name_tlvs(oids)
        pdu = self.pdu(FIRST_NUMBER)
        octets = encode_pdu(pdu)
        _, start, _ = read_header(octets, 0, len(octets))
        number_at = start + 2
        self.pdu_head = octets[:number_at]
        self.tail = octets[number_at + 4 :]
        message = octets if self.is_v3 else encode_message(Message(V2C, self.community, pdu))
        self.head = message[: len(message) - len(octets) + number_at]

    def pdu(self, number: int) -> Pdu:
        """Give the question as the general encoder takes it."""
        kind = PduType.GET_BULK if self.repetitions else PduType.GET
        return Pdu(kind, number, 0, self.repetitions, null_binds(self.oids))

    def encode(self, number: int) -> bytes:
        """Give the version 2c datagram."""
        return self.head + number.to_bytes(4, "big") + self.tail


class TemplateBook:
    """The templates in use; the same question of the same credential is written once.

    Parameters
    ----------
    room
        How many are kept before the book begins anew.
    """

    def __init__(self, room: int = 65536) -> None:
        self._room = room
        self._templates: dict[tuple[int, tuple[str, ...]], Template] = {}
        self._last: Template | None = None

    def get(self, credential: Credential, oids: tuple[str, ...]) -> Template:
        """Give the GET of a credential for some objects."""
        last = self._last
        if last is not None and last.oids is oids and last.credential is credential:
            return last
        # A template keeps its credential alive, so no other can come to have its identity.
        key = (id(credential), oids)
        found = self._templates.get(key)
        if found is None:
            if len(self._templates) >= self._room:
                self._templates.clear()
            found = self._templates[key] = Template(credential, oids)
        self._last = found
        return found
