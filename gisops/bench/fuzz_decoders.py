"""What the decoders make of a datagram that nobody should send: refused, or read; never anything else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gisops.bench.trap_samples import SENDER_ENGINE, USER
from gisops.errors import WireError
from gisops.snmp.trap_pdu import trap_of
from gisops.wire.message import V3, decode_message, peek_version
from gisops.wire.notification import read_trap
from gisops.wire.pdu import Pdu, PduType
from gisops.wire.usm import user_keys
from gisops.wire.v3 import FLAG_AUTH, open_v3, parse_v3

__all__ = ["Decoders"]

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_KEYS = user_keys(USER, SENDER_ENGINE)


@dataclass(slots=True)
class Decoders:
    """Gives datagrams to every decoder and counts.

    Parameters
    ----------
    genuine
        Datagrams that were never altered: these version 3 may believe.
    read, refused
        Datagrams that some decoder read, and that all refused.
    believed
        Version 3, altered, and yet found authentic: must stay 0.
    differing
        Read otherwise by the short way than by the general one: must stay 0.
    crashes
        Anything but `WireError` that came out, by type: must stay empty.
    """

    genuine: frozenset[bytes]
    read: int = 0
    refused: int = 0
    believed: int = 0
    differing: int = 0
    crashes: Counter[str] = field(default_factory=Counter)

    def take(self, datagrams: Iterable[bytes]) -> None:
        """Give datagrams to the decoders."""
        for data in datagrams:
            try:
                self._take(data)
                self.read += 1
            except WireError:
                self.refused += 1
            except Exception as error:  # noqa: BLE001 - this is what is looked for
                self.crashes[f"{type(error).__name__}: {error}"] += 1

    def _take(self, data: bytes) -> None:
        short = read_trap(data)
        try:
            version = peek_version(data)
            if version == V3:
                self._take_v3(data)
                return
            message = decode_message(data)
        except WireError:
            self.differing += short is not None
            raise
        if not isinstance(message.pdu, Pdu) or message.pdu.type in (PduType.TRAP_V2, PduType.INFORM):
            trap = trap_of(message.pdu, "127.0.0.1", _NOW)
            if short is not None and (short[0] / 100, short[1], short[2]) != (trap.uptime_s, trap.oid, trap.values):
                self.differing += 1
        elif short is not None:
            self.differing += 1

    def _take_v3(self, data: bytes) -> None:
        envelope = parse_v3(data)
        open_v3(envelope, _KEYS)
        if envelope.flags & FLAG_AUTH and data not in self.genuine:
            self.believed += 1
