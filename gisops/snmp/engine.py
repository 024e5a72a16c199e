"""The polling engine: one UDP socket, any number of devices, none of which can hold up another.

Replies are matched on request id, source address and the objects they name;
version 3 replies are verified before they are opened. Whatever else arrives is
counted and changes nothing.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gisops.model.event import Reachability
from gisops.snmp.agent import Agent
from gisops.snmp.datagrams import BATCH, Datagrams, open_datagrams
from gisops.snmp.exchange import Exchange, Poll, Question
from gisops.snmp.flow import Flow, Limits
from gisops.snmp.kernel_drops import kernel_drops
from gisops.snmp.ports import Reply, Target, Value
from gisops.snmp.template import FIRST_NUMBER, LAST_NUMBER, Template, TemplateBook
from gisops.snmp.verdict import Finding, Verdict, judge
from gisops.snmp.walk import Walk, WalkStep
from gisops.wire.pdu import Pdu, PduType
from gisops.wire.shape import ShapeBook
from gisops.wire.v3 import FLAG_REPORTABLE, Envelope, encode_v3

__all__ = ["EngineStats", "Limits", "SnmpEngine"]

SWEEP_S = 0.05
DRAIN = 4 * BATCH
"""Datagrams taken in, or questions sent, before other tasks get their turn."""
SHAPES = 16384
_SEND_RETRY_S = 0.002
_PATIENCE_S = 2.0
"""How long nobody is called silent while answers are still unread: it is this process that was late. Bounded, as a
flood of strays must not keep the silent from being noticed."""
_SILENT_SHARE = 0.75
"""Of the window, what those that were silent last time may take before everybody else."""
_NOBODY = Poll(lambda _: None, 1, lambda: None)


@dataclass(slots=True)
class EngineStats:
    """What the socket has seen: datagrams by what became of them."""

    sent: int = 0
    received: int = 0
    matched: int = 0
    garbage: int = 0
    """Not SNMP, or not well formed."""
    strays: int = 0
    """Late, repeated, from elsewhere, or not what was asked."""
    forged: int = 0
    """Version 3 with a wrong digest, an old clock or the wrong engine."""
    general: int = 0
    """Read by the general decoder, as their bytes looked like no earlier ones."""


class SnmpEngine:
    """A `gisops.snmp.ports.Poller` and `Walker` over one socket; make it with `open`."""

    def __init__(self, link: Datagrams, loop: asyncio.AbstractEventLoop, limits: Limits) -> None:
        self._link = link
        self._loop = loop
        self._flow: Flow[Question] = Flow(limits)
        self._silent_first = round(_SILENT_SHARE * limits.window)
        self._pending: dict[int, Question] = {}
        self._agents: dict[tuple[str, int], Agent] = {}
        self._by_source: dict[bytes, Agent] = {}
        self._by_address: dict[str, Agent] = {}
        self._templates = TemplateBook()
        self._shapes = ShapeBook(SHAPES)
        self._number = random.SystemRandom().randrange(FIRST_NUMBER, LAST_NUMBER)
        self._salt = int.from_bytes(os.urandom(8), "big")
        self._sweeper: asyncio.TimerHandle | None = None
        self._late_since: float | None = None
        self._pumper: asyncio.Handle | None = None
        self.stats = EngineStats()

    @classmethod
    async def open(cls, bind: str = "127.0.0.1", port: int = 0, limits: Limits | None = None) -> SnmpEngine:
        """Open the socket.

        Parameters
        ----------
        bind, port
            Local address and UDP port (0: any); loopback reaches loopback only.
        limits
            How many questions are out at once, in all and an uplink, and how fast they follow.

        Raises
        ------
        SnmpError
            Where the address cannot be used.
        """
        link = open_datagrams(bind, port)
        engine = cls(link, asyncio.get_running_loop(), limits or Limits())
        engine._loop.add_reader(link.sock.fileno(), engine._drain)
        return engine

    @property
    def address(self) -> tuple[str, int]:
        """The local address and port questions come from."""
        host, port = self._link.sock.getsockname()
        return host, port

    @property
    def drops(self) -> int:
        """Datagrams the kernel dropped because the receive buffer was full; 0 where it does not say."""
        return kernel_drops(self._link.sock)

    def engine_id_of(self, address: str) -> bytes | None:
        """Give the engine id that the agent at an address showed; ``None`` while it was not asked in version 3."""
        agent = self._by_address.get(address)
        return agent.session.peer.engine_id if agent is not None and agent.session is not None else None

    async def poll(self, targets: Iterable[Target], on_reply: Callable[[Reply], None]) -> None:
        """Ask every target once; returns when ``on_reply`` was called for each."""
        wanted = list(targets)
        if not wanted:
            return
        done = asyncio.Event()
        poll = Poll(on_reply, len(wanted), done.set)
        get = self._templates.get
        questions = [Question(t, self._agent(t), get(t.credential, t.oids), poll) for t in wanted]
        self._flow.put(_longest_first(questions, self._silent_first))
        self._pump()
        await done.wait()

    async def walk(self, target: Target, root: str, limit: int = 2000) -> tuple[tuple[str, Value], ...]:
        """Collect what lies under a root, with GETBULK; see `gisops.snmp.ports.Walker`."""
        place = f"{target.address}:{target.port}"
        walk = Walk(place, root, limit)
        agent = self._agent(target)
        while not walk.is_over:
            step = WalkStep(place, self._loop.create_future())
            template = Template(target.credential, (walk.after,), walk.repetitions)
            self._flow.put((Question(target, agent, template, _NOBODY, step),))
            self._pump()
            walk.take(await step.answer)
        return tuple(walk.entries)

    async def close(self) -> None:
        """Close the socket; questions under way are reported silent."""
        for handle in (self._sweeper, self._pumper):
            if handle is not None:
                handle.cancel()
        self._loop.remove_reader(self._link.sock.fileno())
        self._link.sock.close()
        pending, self._pending = self._pending, {}
        for question in [*pending.values(), *self._flow.clear()]:
            question.finish(Reachability.SILENT)

    def _agent(self, target: Target) -> Agent:
        key = (target.address, target.port)
        agent = self._agents.get(key)
        if agent is None:
            agent = self._agents[key] = Agent(target.address, target.port)
            self._by_source[agent.source] = agent
            self._by_address[target.address] = agent
        return agent

    def _pump(self) -> None:
        """Send what may be sent, taking in answers meanwhile."""
        if self._pumper is not None:
            self._pumper.cancel()
            self._pumper = None
        for _ in range(DRAIN // BATCH):
            if self._receive() == BATCH:
                # Who asks faster than it can read fills its own receive buffer.
                continue
            now = self._loop.time()
            questions = self._flow.take(now, BATCH)
            if not questions:
                break
            if self._send(questions, now):
                self._pumper = self._loop.call_later(_SEND_RETRY_S, self._pump)
                return
        if self._flow.has_waiting:
            wait_s = self._flow.wait_s(self._loop.time())
            self._pumper = self._loop.call_later(wait_s, self._pump) if wait_s else self._loop.call_soon(self._pump)

    def _send(self, questions: list[Question], now: float) -> bool:
        """Send; whether the socket took less than that: the rest waits again."""
        messages: list[bytes] = []
        number = self._number
        for question in questions:
            number = number + 1 if number < LAST_NUMBER else FIRST_NUMBER
            question.number = number
            question.deadline = now + question.target.timeout_s
            question.attempts_left -= 1
            self._pending[number] = question
            template, agent = question.template, question.agent
            agent.asks(template)
            messages.append(
                self._seal(question, number, now)
                if template.is_v3
                else template.head + number.to_bytes(4, "big") + template.tail
            )
        self._number = number
        taken = self._link.send(messages, [question.agent.name for question in questions])
        self.stats.sent += taken
        if self._sweeper is None:
            self._sweeper = self._loop.call_later(SWEEP_S, self._sweep)
        for question in reversed(questions[taken:]):
            self._recall(question)
        return taken < len(questions)

    def _seal(self, question: Question, number: int, now: float) -> bytes:
        session = question.agent.session_for(question.template.credential)
        question.discovering = session is None
        if session is None:
            empty = Pdu(PduType.GET, number)
            return encode_v3(Envelope(number, FLAG_REPORTABLE, b"", 0, 0, b""), empty, None, b"")
        self._salt = (self._salt + 1) % 2**64
        return session.seal(number, question.template, now, self._salt)

    def _drain(self) -> None:
        self._has_unread()
        if self._flow.has_waiting:
            self._pump()

    def _has_unread(self) -> bool:
        """Take answers in; whether there may be more."""
        return all(self._receive() == BATCH for _ in range(DRAIN // BATCH))

    def _receive(self) -> int:
        """Take one batch in; give its size."""
        arrivals = self._link.receive()
        if not arrivals:
            return 0
        now = self._loop.time()
        self.stats.received += len(arrivals)
        buffer, by_source, pending, book = self._link.buffer, self._by_source, self._pending, self._shapes
        for at, size, source in arrivals:
            data = buffer[at : at + size].tobytes()
            agent = by_source.get(source)
            fields = None if agent is None else agent.read(data, now, book)
            question = None if fields is None else pending.get(fields[0])
            try:
                if (
                    fields is not None
                    and question is not None
                    and question.agent is agent
                    and question.outcome is None
                    and question.template is question.agent.template
                ):
                    self._settle(question)
                    question.poll.take(
                        Reply(question.target, Reachability.ANSWERED, tuple(fields[1:]), now - question.sent_at)
                    )
                else:
                    self._take_other(judge(data, agent, pending.get, now, book), now)
            except Exception as error:  # noqa: BLE001 - one listener's mistake must not cost the others their answers
                self._loop.call_exception_handler({"message": "a listener of the poll failed", "exception": error})
        return len(arrivals)

    def _settle(self, question: Question) -> None:
        del self._pending[question.number]
        self._flow.free(question)
        question.agent.was_silent = False
        self.stats.matched += 1

    def _take_other(self, verdict: Verdict, now: float) -> None:
        """Act on what is not a plain answer."""
        self.stats.general += 1
        question, finding = verdict.question, verdict.finding
        if question is None:
            self.stats.strays += finding is Finding.STRAY
            self.stats.forged += finding is Finding.FORGED
            self.stats.garbage += finding is Finding.GARBAGE
        elif finding is Finding.REPEAT:
            # With what was just learnt, at once; it costs none of the retries.
            question.resyncs += 1
            self._recall(question)
        elif finding is Finding.REFUSAL:
            self._settle(question)
            question.finish(Reachability.REFUSED, now - question.sent_at, verdict.detail)
        elif verdict.pdu is not None:
            outcome = question.outcome or Exchange(question.target, question.poll)
            parts = outcome.take(question.template.oids, verdict.pdu, now - question.sent_at)
            if parts is None:
                self.stats.strays += 1
                return
            self._settle(question)
            for part in parts:
                template = self._templates.get(question.target.credential, part)
                self._flow.put_first(Question(question.target, question.agent, template, question.poll, outcome))

    def _recall(self, question: Question) -> None:
        """Let a question wait again as if this attempt had not been."""
        del self._pending[question.number]
        self._flow.free(question)
        question.attempts_left += 1
        self._flow.put_first(question)

    def _sweep(self) -> None:
        """Find the questions whose time is up: ask again, or call the target silent."""
        self._sweeper = None
        now = self._loop.time()
        if not self._has_unread():
            self._late_since = None
        else:
            self._late_since = now if self._late_since is None else self._late_since
            if now - self._late_since < _PATIENCE_S:
                self._sweeper = self._loop.call_later(0, self._sweep)
                return
        for question in [q for q in self._pending.values() if q.deadline <= now]:
            del self._pending[question.number]
            self._flow.free(question)
            if question.outcome is not None and question.outcome.is_done:
                continue
            if question.attempts_left > 0:
                # An agent that lost its memory may have a new engine id: find out again.
                if question.attempts_left == 1:
                    question.agent.session = None
                self._flow.put_first(question)
                continue
            question.agent.was_silent = True
            try:
                question.finish(Reachability.SILENT)
            except Exception as error:  # noqa: BLE001 - as above
                self._loop.call_exception_handler({"message": "a listener of the poll failed", "exception": error})
        self._pump()
        if self._sweeper is None and (self._pending or self._flow.is_busy):
            self._sweeper = self._loop.call_later(SWEEP_S, self._sweep)


def _longest_first(questions: list[Question], most: int) -> list[Question]:
    """Begin with those that were silent last time: their wait is the longest, and runs while the others answer."""
    silent = [q for q in questions if q.agent.was_silent][:most]
    if not silent:
        return questions
    early = set(map(id, silent))
    return [*silent, *(q for q in questions if id(q) not in early)]
