"""One poll of one target: its questions, what came back, and when it is complete.

Pure bookkeeping: no socket and no clock. A poll is one GET as a rule; where an
agent says tooBig it becomes two, and an object the agent does not know is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gisops.model.event import Reachability
from gisops.snmp.agent import Agent
from gisops.snmp.ports import Reply, Target, Value
from gisops.snmp.template import Template
from gisops.wire.pdu import Pdu

__all__ = ["Exchange", "Outcome", "Poll", "Question"]

_NO_ERROR, _TOO_BIG, _NO_SUCH_NAME = 0, 1, 2
_ERRORS = {5: "genErr", 6: "noAccess", 16: "authorizationError"}

Parts = tuple[tuple[str, ...], ...]
"""Objects to ask for next, a tuple a question."""


class Outcome(Protocol):
    """Whom the answer to a question concerns."""

    is_done: bool
    """Whether nothing more is awaited."""

    def take(self, oids: tuple[str, ...], pdu: Pdu, rtt_s: float) -> Parts | None:
        """Take a response in; ``None`` if it is no answer to the question."""
        ...

    def finish(self, reachability: Reachability, rtt_s: float | None = None, detail: str = "") -> None:
        """Say how it went, once."""
        ...


class Question:
    """One datagram that wants an answer.

    Parameters
    ----------
    target, agent, template
        Who is asked what.
    poll
        The poll it belongs to.

    Attributes
    ----------
    outcome
        Whom a response that is not a plain answer concerns; ``None`` until there is one.
    attempts_left
        How often it may still be sent.
    number
        Request id of the last attempt.
    sent_at, deadline
        Of the last attempt, in seconds on the engine's clock.
    is_held
        Whether it holds a place in the flow.
    discovering
        Whether the datagram out there asks a version 3 agent for its engine id only.
    resyncs
        How often the agent's clock or engine id had to be taken in again.
    """

    __slots__ = (
        "agent",
        "attempts_left",
        "deadline",
        "discovering",
        "is_held",
        "number",
        "outcome",
        "poll",
        "resyncs",
        "sent_at",
        "target",
        "template",
        "uplink",
    )

    def __init__(
        self, target: Target, agent: Agent, template: Template, poll: Poll, outcome: Outcome | None = None
    ) -> None:
        self.target = target
        self.agent = agent
        self.template = template
        self.poll = poll
        self.outcome = outcome
        self.uplink = target.uplink
        self.attempts_left = target.retries + 1
        self.number = 0
        self.sent_at = self.deadline = 0.0
        self.is_held = self.discovering = False
        self.resyncs = 0

    def finish(self, reachability: Reachability, rtt_s: float | None = None, detail: str = "") -> None:
        """Report anything but an answer."""
        if self.outcome is not None:
            self.outcome.finish(reachability, rtt_s, detail)
        else:
            self.poll.take(Reply(self.target, reachability, (), rtt_s, detail))


class Poll:
    """A round of questions: who is told of each reply, and whether all are in.

    Parameters
    ----------
    on_reply
        Called once a target.
    left
        How many targets there are.
    on_done
        Called when the last one is known.
    """

    __slots__ = ("_left", "_on_done", "_on_reply")

    def __init__(self, on_reply: Callable[[Reply], None], left: int, on_done: Callable[[], None]) -> None:
        self._on_reply = on_reply
        self._left = left
        self._on_done = on_done

    def take(self, reply: Reply) -> None:
        """Pass a reply on."""
        self._left -= 1
        if not self._left:
            self._on_done()
        self._on_reply(reply)


class Exchange:
    """The state of one poll of one target that is more than a question and its answer.

    ``poll`` is told exactly once.
    """

    __slots__ = ("_poll", "_target", "_values", "is_done", "open_questions")

    def __init__(self, target: Target, poll: Poll) -> None:
        self._target = target
        self._poll = poll
        self._values: dict[str, Value] = {}
        self.open_questions = 1
        self.is_done = False

    def finish(self, reachability: Reachability, rtt_s: float | None = None, detail: str = "") -> None:
        """Say how it went, once."""
        if self.is_done:
            return
        self.is_done = True
        answered = reachability is Reachability.ANSWERED
        values = tuple(self._values.get(oid) for oid in self._target.oids) if answered else ()
        self._poll.take(Reply(self._target, reachability, values, rtt_s, detail))

    def take(self, oids: tuple[str, ...], pdu: Pdu, rtt_s: float) -> Parts | None:
        """Take a response in.

        Returns
        -------
        tuple of tuple of str or None
            What to ask next (often nothing); ``None`` if the response is not
            an answer to a question for ``oids`` at all.
        """
        if pdu.error_status == _NO_ERROR:
            if len(pdu.varbinds) != len(oids) or any(
                bind.oid != oid for bind, oid in zip(pdu.varbinds, oids, strict=True)
            ):
                return None
            self._values.update((bind.oid, bind.value) for bind in pdu.varbinds)
            return self._close((), rtt_s)
        if pdu.error_status == _TOO_BIG and len(oids) > 1:
            half = len(oids) // 2
            return self._close((oids[:half], oids[half:]), rtt_s)
        if pdu.error_status == _NO_SUCH_NAME and 1 <= pdu.error_index <= len(oids):
            at = pdu.error_index - 1
            rest = oids[:at] + oids[at + 1 :]
            return self._close((rest,) if rest else (), rtt_s)
        detail = f"error status {_ERRORS.get(pdu.error_status, pdu.error_status)}"
        self.finish(Reachability.REFUSED, rtt_s, detail)
        return ()

    def _close(self, parts: Parts, rtt_s: float) -> Parts:
        self.open_questions += len(parts) - 1
        if self.open_questions == 0:
            self.finish(Reachability.ANSWERED, rtt_s)
        return parts
