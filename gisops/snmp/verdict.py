"""What a datagram is that is not plainly the answer to the question asked last.

The general decoder reads it here: errors, reports, discovery, other questions,
late answers, lies. What follows from it is for the engine to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto

from gisops.errors import WireError
from gisops.snmp.agent import Agent
from gisops.snmp.exchange import Question
from gisops.snmp.peers import Peer
from gisops.snmp.session import level_of
from gisops.wire.message import V3, Message, decode_message, peek_version
from gisops.wire.pdu import Pdu, PduType
from gisops.wire.shape import ShapeBook
from gisops.wire.v3 import FLAG_AUTH, FLAG_PRIV, FLAG_REPORTABLE, Envelope, open_v3, parse_v3

__all__ = ["Finding", "Verdict", "judge"]

MAX_RESYNCS = 3
_USM_STATS = "1.3.6.1.6.3.15.1.1."
_NOT_IN_TIME, _UNKNOWN_ENGINE = _USM_STATS + "2.0", _USM_STATS + "4.0"
_REFUSALS = {
    _USM_STATS + "1.0": "security level not supported",
    _USM_STATS + "3.0": "unknown user",
    _USM_STATS + "5.0": "wrong digest: check the passwords",
    _USM_STATS + "6.0": "cannot decrypt: check the privacy password",
}


class Finding(Enum):
    """What a datagram turned out to be."""

    ANSWER = auto()
    """A response to a question, by someone who may answer it."""
    REPEAT = auto()
    """Something was learnt of the agent's engine or clock: ask again."""
    REFUSAL = auto()
    STRAY = auto()
    """Late, repeated, from elsewhere, or not what was asked."""
    FORGED = auto()
    """Version 3 with a wrong digest, an old clock or the wrong engine."""
    GARBAGE = auto()
    """Not SNMP, or not well formed."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A finding, the question it concerns, and what it says."""

    finding: Finding
    question: Question | None = None
    pdu: Pdu | None = None
    detail: str = ""


_STRAY, _FORGED, _GARBAGE = Verdict(Finding.STRAY), Verdict(Finding.FORGED), Verdict(Finding.GARBAGE)


def judge(
    data: bytes, agent: Agent | None, find: Callable[[int], Question | None], now: float, book: ShapeBook
) -> Verdict:
    """Read a datagram in general.

    Parameters
    ----------
    data
        The datagram.
    agent
        Who sent it; ``None``: somebody who was never asked.
    find
        Gives the question with a number.
    now
        Seconds on the engine's clock.
    book
        Takes the shape of a version 3 message that was believed.
    """
    try:
        version = peek_version(data)
        if agent is None:
            return _STRAY
        if version == V3:
            return _judge_v3(parse_v3(data), agent, find, now, book)
        return _judge_v2c(decode_message(data), agent, find)
    except WireError:
        return _GARBAGE


def _judge_v2c(message: Message, agent: Agent, find: Callable[[int], Question | None]) -> Verdict:
    pdu = message.pdu
    if not isinstance(pdu, Pdu) or pdu.type != PduType.RESPONSE:
        return _STRAY
    question = find(pdu.request_id)
    if question is None or question.agent is not agent or question.template.is_v3:
        return _STRAY
    if message.community != question.template.community:
        return _STRAY
    return Verdict(Finding.ANSWER, question, pdu)


def _judge_v3(
    envelope: Envelope, agent: Agent, find: Callable[[int], Question | None], now: float, book: ShapeBook
) -> Verdict:
    question = find(envelope.msg_id)
    if question is None or question.agent is not agent or not question.template.is_v3:
        return _STRAY
    if question.discovering:
        return _discovered(envelope, agent, question, now)
    session = agent.session_for(question.template.credential)
    if session is None:
        return _STRAY
    keys, peer = session.keys, session.peer
    authentic = bool(envelope.flags & FLAG_AUTH)
    if authentic and envelope.engine_id != peer.engine_id:
        return _FORGED
    try:
        _, pdu = open_v3(envelope, keys)
    except WireError:
        return _FORGED if authentic else _GARBAGE
    if pdu.type == PduType.REPORT:
        return _reported(envelope, agent, question, pdu, now)
    secured = envelope.flags & (FLAG_AUTH | FLAG_PRIV) == level_of(keys) and envelope.user == keys.user
    if not secured or (keys.auth and not peer.accept(envelope.boots, envelope.time, now)):
        return _FORGED
    if pdu.type != PduType.RESPONSE or pdu.request_id != envelope.msg_id:
        return _STRAY
    session.learn(envelope.raw, book)
    return Verdict(Finding.ANSWER, question, pdu)


def _discovered(envelope: Envelope, agent: Agent, question: Question, now: float) -> Verdict:
    _, pdu = open_v3(replace(envelope, flags=envelope.flags & FLAG_REPORTABLE), None)
    if envelope.flags & FLAG_AUTH or pdu.type != PduType.REPORT or not 5 <= len(envelope.engine_id) <= 32:
        return _STRAY
    # Unauthenticated: good enough to choose keys with, the clock is put right by an authentic report.
    agent.meet(question.template.credential, Peer(envelope.engine_id, envelope.boots, envelope.time, now))
    return Verdict(Finding.REPEAT, question)


def _reported(envelope: Envelope, agent: Agent, question: Question, pdu: Pdu, now: float) -> Verdict:
    oid = pdu.varbinds[0].oid if pdu.varbinds else ""
    may_repeat = question.resyncs < MAX_RESYNCS
    if oid == _NOT_IN_TIME and envelope.flags & FLAG_AUTH and may_repeat:
        agent.meet(question.template.credential, Peer(envelope.engine_id, envelope.boots, envelope.time, now))
        return Verdict(Finding.REPEAT, question)
    if oid == _UNKNOWN_ENGINE and may_repeat:
        agent.session = None
        return Verdict(Finding.REPEAT, question)
    if oid in _REFUSALS:
        return Verdict(Finding.REFUSAL, question, detail=_REFUSALS[oid])
    return _STRAY
