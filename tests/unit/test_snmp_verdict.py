"""What a version 3 agent's reports lead to, and who is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gisops.config.credentials import Credential
from gisops.snmp.agent import Agent
from gisops.snmp.exchange import Poll, Question
from gisops.snmp.peers import Peer
from gisops.snmp.ports import Target
from gisops.snmp.template import FIRST_NUMBER, Template
from gisops.snmp.verdict import MAX_RESYNCS, Finding, Verdict, judge
from gisops.wire.pdu import Pdu, PduType, Tag, VarBind
from gisops.wire.shape import ShapeBook
from gisops.wire.usm import user_keys
from gisops.wire.v3 import FLAG_AUTH, FLAG_PRIV, Envelope, encode_v3

ENGINE, OTHER = b"\x80\x00\x7e\xd9\x01engine", b"\x80\x00\x7e\xd9\x01other"
WHO = Credential(
    "c", "3", user="u", auth="SHA-256", auth_password="auth-pass", privacy="AES-128", privacy_password="priv-pass"
)
OID = "1.3.6.1.2.1.1.3.0"
NUMBER = FIRST_NUMBER + 5
NOT_IN_TIME, UNKNOWN_ENGINE, WRONG_DIGEST = (f"1.3.6.1.6.3.15.1.1.{n}.0" for n in (2, 4, 5))


def asked(credential: Credential = WHO) -> Question:
    agent = Agent("127.0.0.1", 161)
    template = Template(credential, (OID,))
    question = Question(
        Target("d", "127.0.0.1", 161, credential, (OID,)), agent, template, Poll(lambda _: None, 1, lambda: None)
    )
    question.number = NUMBER
    agent.asks(template)
    if credential.version == "3":
        agent.meet(credential, Peer(ENGINE, 4, 1000, 0.0))
    return question


def see(question: Question, data: bytes) -> Verdict:
    return judge(data, question.agent, {NUMBER: question}.get, 1.0, ShapeBook(8))


def report(oid: str, flags: int = 0, engine: bytes = ENGINE, boots: int = 9, time: int = 7) -> bytes:
    pdu = Pdu(PduType.REPORT, NUMBER, 0, 0, (VarBind(oid, Tag.COUNTER32, 1),))
    return encode_v3(Envelope(NUMBER, flags, engine, boots, time, b"u"), pdu, user_keys(WHO, engine), engine)


def answer(engine: bytes = ENGINE, boots: int = 4, time: int = 1001, request_id: int = NUMBER, **more: int) -> bytes:
    pdu = Pdu(PduType.RESPONSE, request_id, 0, 0, (VarBind(OID, Tag.TIMETICKS, 42),))
    flags = more.get("flags", FLAG_AUTH | FLAG_PRIV)
    envelope = Envelope(NUMBER, flags, engine, boots, time, b"u", salt=bytes(8) if flags & FLAG_PRIV else b"")
    return encode_v3(envelope, pdu, user_keys(WHO, engine), engine)


def peer_of(question: Question) -> Peer:
    assert question.agent.session is not None
    return question.agent.session.peer


def test_an_authentic_report_of_another_clock_is_taken_in_and_asked_again() -> None:
    question = asked()
    assert see(question, report(NOT_IN_TIME, FLAG_AUTH)).finding is Finding.REPEAT
    assert (peer_of(question).boots, peer_of(question).time) == (9, 7)


def test_nobody_else_can_set_the_clock() -> None:
    question = asked()
    forged = bytearray(report(NOT_IN_TIME, FLAG_AUTH))
    forged[-1] ^= 1
    assert see(question, report(NOT_IN_TIME)).finding is Finding.STRAY
    assert see(question, bytes(forged)).finding is Finding.FORGED
    assert (peer_of(question).boots, peer_of(question).time) == (4, 1000)


def test_an_unknown_engine_is_found_out_anew() -> None:
    question = asked()
    assert see(question, report(UNKNOWN_ENGINE)).finding is Finding.REPEAT
    assert question.agent.session is None
    question.discovering = True
    assert see(question, report(UNKNOWN_ENGINE, engine=OTHER)).finding is Finding.REPEAT
    assert peer_of(question).engine_id == OTHER


@pytest.mark.parametrize(("oid", "flags"), [(NOT_IN_TIME, FLAG_AUTH), (UNKNOWN_ENGINE, 0)])
def test_reports_do_not_keep_a_question_going_for_ever(oid: str, flags: int) -> None:
    question = asked()
    question.resyncs = MAX_RESYNCS
    assert see(question, report(oid, flags)).finding is Finding.STRAY


def test_a_wrong_password_is_a_refusal_with_its_reason() -> None:
    assert see(asked(), report(WRONG_DIGEST)).detail == "wrong digest: check the passwords"


def test_an_answer_is_believed_only_as_agreed() -> None:
    assert see(asked(), answer()).finding is Finding.ANSWER
    assert see(asked(), answer(engine=OTHER)).finding is Finding.FORGED
    assert see(asked(), answer(boots=3)).finding is Finding.FORGED
    assert see(asked(), answer(time=1001 - 152)).finding is Finding.FORGED
    assert see(asked(), answer(flags=FLAG_AUTH)).finding is Finding.FORGED
    assert see(asked(), answer(flags=0)).finding is Finding.FORGED
    assert see(asked(), answer(request_id=NUMBER + 1)).finding is Finding.STRAY


def test_a_stranger_and_a_version_that_was_not_asked_for_are_strays() -> None:
    question = asked()
    assert judge(answer(), None, {NUMBER: question}.get, 1.0, ShapeBook(8)).finding is Finding.STRAY
    assert judge(answer(), Agent("127.0.0.2", 161), {NUMBER: question}.get, 1.0, ShapeBook(8)).question is None
    plain = asked(replace(WHO, version="2c", community="c"))
    assert see(plain, answer()).finding is Finding.STRAY
