"""Which version 3 notifications are believed: what the library behind us does not look at.

pysnmp checks digests and, for informs, the time window. It takes any authentic time of
another engine for the present one, and a notification of another engine without
authentication for one of a user who must authenticate. Both are decided here.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from gisops.config.credentials import Credential
from gisops.snmp.peers import Peer
from gisops.wire.v3 import FLAG_AUTH, FLAG_PRIV, FLAG_REPORTABLE, Envelope

__all__ = ["NOT_IN_WINDOW", "REPLAYED", "Freshness", "level_of", "screen"]

LEVEL = FLAG_AUTH | FLAG_PRIV
NOT_IN_WINDOW = "not in the time window"
REPLAYED = "replayed"
UNKNOWN_ENGINE = "engine id of the sender is not known"
WRONG_ENGINE = "engine id of another sender"
UNKNOWN_USER = "unknown user"
TOO_OPEN = "less secure than its user"
MAX_MARKS = 262144
"""As many as arrive in one time window of 150 s at 1,700 a second."""


def level_of(user: Credential) -> int:
    """Give the flags that every message of a user must carry."""
    return (FLAG_AUTH if user.auth else 0) | (FLAG_PRIV if user.auth and user.privacy else 0)


def screen(envelope: Envelope, our_id: bytes, sender_id: bytes, users: Mapping[bytes, Credential]) -> str:
    """Say why a datagram goes no further; empty where it may.

    Parameters
    ----------
    envelope
        The outside of it; nothing in it is verified yet.
    our_id
        Our engine id: it is authoritative for informs, and for questions who we are.
    sender_id
        Engine id of the device at that address, authoritative for its traps; empty
        where it is not known.
    users
        By user name.
    """
    if not envelope.engine_id:
        # Discovery (RFC 3414 section 4): answered with a report, gives nothing away but our id.
        is_question = envelope.flags & (LEVEL | FLAG_REPORTABLE) == FLAG_REPORTABLE
        return "" if is_question else WRONG_ENGINE
    if envelope.engine_id != our_id:
        if not sender_id:
            return UNKNOWN_ENGINE
        if envelope.engine_id != sender_id:
            return WRONG_ENGINE
    user = users.get(envelope.user)
    if user is None:
        return UNKNOWN_USER
    if envelope.flags & LEVEL != level_of(user):
        # A sender who asks for our time does so authenticated and without privacy (RFC 3414 section 4).
        asks_time = envelope.engine_id == our_id and envelope.boots == envelope.time == 0
        return "" if asks_time and envelope.flags & FLAG_AUTH else TOO_OPEN
    return ""


class Freshness:
    """Which authentic notifications are new: in their engine's time window, and not seen before.

    Bounded: engines are as many as devices, marks at most `MAX_MARKS`.
    """

    def __init__(self) -> None:
        self._peers: dict[bytes, Peer] = {}
        self._marks: OrderedDict[bytes, None] = OrderedDict()

    def refuse(self, engine_id: bytes, clock: tuple[int, int], mark: bytes, now: float, *, is_ours: bool) -> str:
        """Say why an authentic notification is not believed; empty where it is, and it is remembered then.

        Parameters
        ----------
        engine_id, clock
            Its authoritative engine, and the boots and time of that engine.
        mark
            Its digest; empty without authentication (there is no protection then).
        now
            Seconds on a monotonic clock.
        is_ours
            Whether that engine is ours: its clock was checked already.
        """
        boots, time = clock
        if not mark:
            return ""
        if mark in self._marks:
            return REPLAYED
        if not is_ours:
            # The first authentic word of an engine sets its clock (RFC 3414 section 3.2.7 b).
            peer = self._peers.setdefault(engine_id, Peer(engine_id, 0, 0, now))
            if not peer.accept(boots, time, now):
                return NOT_IN_WINDOW
        self._marks[mark] = None
        if len(self._marks) > MAX_MARKS:
            self._marks.popitem(last=False)
        return ""
