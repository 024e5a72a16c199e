"""One poll of one target: its questions, what came back, and when it is complete.

Pure bookkeeping: no socket and no clock. A poll is one GET as a rule; where an
agent says tooBig it becomes two, and an object the agent does not know is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from gisops.model.event import Reachability
from gisops.snmp.ports import Reply, Target, Value
from gisops.wire.pdu import Pdu

__all__ = ["Exchange", "Question"]

_NO_ERROR, _TOO_BIG, _NO_SUCH_NAME = 0, 1, 2
_ERRORS = {5: "genErr", 6: "noAccess", 16: "authorizationError"}


@dataclass(slots=True)
class Exchange:
    """The state of one poll of one target.

    ``on_reply`` is called exactly once.
    """

    target: Target
    on_reply: Callable[[Reply], None]
    values: dict[str, Value] = field(default_factory=dict)
    open_questions: int = 0
    is_done: bool = False

    def finish(self, reachability: Reachability, rtt_s: float | None = None, detail: str = "") -> None:
        """Say how it went, once."""
        if self.is_done:
            return
        self.is_done = True
        answered = reachability is Reachability.ANSWERED
        values = tuple(self.values.get(oid) for oid in self.target.oids) if answered else ()
        self.on_reply(Reply(self.target, reachability, values, rtt_s, detail))


@dataclass(slots=True)
class Question:
    """One GET under way.

    Parameters
    ----------
    exchange
        The poll it belongs to.
    oids
        What it asks.
    attempts_left
        How often it may still be sent.
    sent_at, deadline
        Of the last attempt, in seconds on the engine's clock.
    discovering
        Whether the datagram out there asks a version 3 agent for its engine id only.
    resyncs
        How often the agent's clock or engine id had to be taken in again.
    """

    exchange: Exchange
    oids: tuple[str, ...]
    attempts_left: int
    sent_at: float = 0.0
    deadline: float = 0.0
    discovering: bool = False
    resyncs: int = 0

    def take(self, pdu: Pdu, now: float) -> tuple[Question, ...] | None:
        """Take a response in.

        Returns
        -------
        tuple of Question or None
            Questions to ask next (often none); ``None`` if the response is not
            an answer to this question at all.
        """
        exchange = self.exchange
        if pdu.error_status == _NO_ERROR:
            if len(pdu.varbinds) != len(self.oids) or any(
                bind.oid != oid for bind, oid in zip(pdu.varbinds, self.oids, strict=True)
            ):
                return None
            exchange.values.update((bind.oid, bind.value) for bind in pdu.varbinds)
            return self._close((), now)
        if pdu.error_status == _TOO_BIG and len(self.oids) > 1:
            half = len(self.oids) // 2
            return self._close((self.oids[:half], self.oids[half:]), now)
        if pdu.error_status == _NO_SUCH_NAME and 1 <= pdu.error_index <= len(self.oids):
            at = pdu.error_index - 1
            rest = self.oids[:at] + self.oids[at + 1 :]
            return self._close((rest,) if rest else (), now)
        exchange.finish(
            Reachability.REFUSED,
            now - self.sent_at,
            f"error status {_ERRORS.get(pdu.error_status, pdu.error_status)}",
        )
        return ()

    def _close(self, parts: tuple[tuple[str, ...], ...], now: float) -> tuple[Question, ...]:
        exchange = self.exchange
        exchange.open_questions += len(parts) - 1
        if exchange.open_questions == 0:
            exchange.finish(Reachability.ANSWERED, now - self.sent_at)
        retries = exchange.target.retries + 1
        return tuple(Question(exchange, part, retries) for part in parts)
