"""The fast way of reading answers says what the general decoder says, or nothing; altered version 3, nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gisops.config.credentials import Credential
from gisops.errors import WireError
from gisops.snmp.agent import Agent
from gisops.snmp.exchange import Poll, Question
from gisops.snmp.peers import Peer
from gisops.snmp.ports import Target, Value
from gisops.snmp.template import FIRST_NUMBER, LAST_NUMBER, Template
from gisops.snmp.verdict import Finding, judge
from gisops.wire.message import V2C, Message, decode_message, encode_message
from gisops.wire.pdu import Pdu, PduType, Tag, VarBind
from gisops.wire.shape import ShapeBook
from gisops.wire.usm import user_keys
from gisops.wire.v3 import FLAG_AUTH, FLAG_PRIV, Envelope, encode_v3

COMMUNITY = Credential("c", "2c", community="demo")
USER = Credential(
    "c", "3", user="u", auth="SHA-1", auth_password="auth-pass", privacy="AES-128", privacy_password="priv-pass"
)
ENGINE = b"\x80\x00\x7e\xd9\x01abcd"
KEYS = user_keys(USER, ENGINE)
NUMBERS = st.integers(FIRST_NUMBER, LAST_NUMBER)
TAILS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=6)
OIDS = st.lists(TAILS.map(lambda t: ".".join(map(str, [1, 3, *t]))), min_size=1, max_size=5, unique=True)
VALUES = st.one_of(
    st.tuples(st.just(int(Tag.INTEGER)), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just(int(Tag.GAUGE32)), st.integers(0, 2**32 - 1)),
    st.tuples(st.just(int(Tag.TIMETICKS)), st.integers(0, 2**32 - 1)),
    st.tuples(st.just(int(Tag.COUNTER64)), st.integers(0, 2**64 - 1)),
    st.tuples(st.just(int(Tag.OCTET_STRING)), st.binary(max_size=140)),
    st.tuples(st.just(int(Tag.IP_ADDRESS)), st.binary(min_size=4, max_size=4)),
    st.tuples(st.just(int(Tag.OBJECT_ID)), TAILS.map(lambda t: ".".join(map(str, [1, 3, *t])))),
    st.tuples(st.sampled_from([int(Tag.NO_SUCH_OBJECT), int(Tag.NO_SUCH_INSTANCE)]), st.none()),
)
Content = tuple[int, Value]


@st.composite
def conversations(draw: st.DrawFn) -> tuple[tuple[str, ...], list[tuple[int, list[Content]]]]:
    """Draw the objects of a question, and a few answers to it: often alike in form, sometimes not."""
    oids = tuple(draw(OIDS))
    first = [draw(VALUES) for _ in oids]
    more = [(draw(NUMBERS), [draw(st.one_of(st.just(old), alike(old), VALUES)) for old in first]) for _ in range(3)]
    return oids, [(draw(NUMBERS), first), *more]


def alike(old: Content) -> st.SearchStrategy[Content]:
    """Give a value that takes as many octets."""
    tag, value = old
    if isinstance(value, bytes):
        return st.tuples(st.just(tag), st.binary(min_size=len(value), max_size=len(value)))
    if isinstance(value, int) and value > 0:
        return st.tuples(st.just(tag), st.integers(max(value // 2, 1), value))
    return st.just(old)


def pdu_of(number: int, oids: tuple[str, ...], values: list[Content]) -> Pdu:
    binds = tuple(VarBind(oid, tag, value) for oid, (tag, value) in zip(oids, values, strict=True))
    return Pdu(PduType.RESPONSE, number, 0, 0, binds)


def plainly(data: bytes, oids: tuple[str, ...]) -> list[Value] | None:
    """Read a version 2c answer with the general decoder: request id and values, or nothing."""
    try:
        message = decode_message(data)
    except WireError:
        return None
    pdu = message.pdu
    if message.version != V2C or message.community != b"demo" or not isinstance(pdu, Pdu):
        return None
    if pdu.type != PduType.RESPONSE or pdu.error_status or tuple(bind.oid for bind in pdu.varbinds) != oids:
        return None
    return [pdu.request_id, *(bind.value for bind in pdu.varbinds)]


def v2c_agent(oids: tuple[str, ...]) -> Agent:
    agent = Agent("127.0.0.1", 161)
    agent.asks(Template(COMMUNITY, oids))
    return agent


@given(conversations())
def test_every_plain_answer_is_read_as_the_general_decoder_reads_it(
    conversation: tuple[tuple[str, ...], list[tuple[int, list[Content]]]],
) -> None:
    oids, answers = conversation
    agent, book = v2c_agent(oids), ShapeBook(4)
    for number, values in answers:
        data = encode_message(Message(V2C, b"demo", pdu_of(number, oids, values)))
        assert agent.read(data, 0.0, book) == [number, *(value for _, value in values)] == plainly(data, oids)


@given(conversations(), st.data())
@settings(max_examples=200)
def test_an_altered_answer_is_read_as_the_general_decoder_reads_it_or_not_at_all(
    conversation: tuple[tuple[str, ...], list[tuple[int, list[Content]]]], data: st.DataObject
) -> None:
    oids, answers = conversation
    agent, book = v2c_agent(oids), ShapeBook(4)
    for number, values in answers:
        octets = bytearray(encode_message(Message(V2C, b"demo", pdu_of(number, oids, values))))
        agent.read(bytes(octets), 0.0, book)
        for _ in range(data.draw(st.integers(1, 3))):
            octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
        altered = bytes(octets)
        for candidate in (altered, altered[: data.draw(st.integers(0, len(altered)))], altered + b"\x00"):
            found = agent.read(candidate, 0.0, book)
            assert found is None or found == plainly(candidate, oids)


@given(conversations(), st.sampled_from(["community", "status", "order", "missing", "report"]))
def test_what_is_not_the_answer_to_the_question_is_left_to_the_general_decoder(
    conversation: tuple[tuple[str, ...], list[tuple[int, list[Content]]]], change: str
) -> None:
    oids, answers = conversation
    agent, book = v2c_agent(oids), ShapeBook(4)
    number, values = answers[0]
    good = pdu_of(number, oids, values)
    assert agent.read(encode_message(Message(V2C, b"demo", good)), 0.0, book) is not None
    others = {
        "community": Message(V2C, b"dema", good),
        "status": Message(V2C, b"demo", Pdu(PduType.RESPONSE, number, 5, 1, good.varbinds)),
        "order": Message(
            V2C, b"demo", Pdu(PduType.RESPONSE, number, 0, 0, (*good.varbinds[1:], VarBind("1.3.99999")))
        ),
        "missing": Message(V2C, b"demo", Pdu(PduType.RESPONSE, number, 0, 0, good.varbinds[:-1])),
        "report": Message(V2C, b"demo", Pdu(PduType.REPORT, number, 0, 0, good.varbinds)),
    }
    assert agent.read(encode_message(others[change]), 0.0, book) is None


def v3_agent(oids: tuple[str, ...]) -> tuple[Agent, Question]:
    agent = Agent("127.0.0.1", 161)
    template = Template(USER, oids)
    agent.asks(template)
    agent.meet(USER, Peer(ENGINE, 3, 500, 0.0))
    target = Target("d", "127.0.0.1", 161, USER, oids)
    return agent, Question(target, agent, template, Poll(lambda _: None, 1, lambda: None))


def v3_answer(number: int, oids: tuple[str, ...], values: list[Content], time: int = 500) -> bytes:
    envelope = Envelope(number, FLAG_AUTH | FLAG_PRIV, ENGINE, 3, time, b"u", salt=number.to_bytes(8, "big"))
    return encode_v3(envelope, pdu_of(number, oids, values), KEYS, ENGINE)


@given(conversations(), st.integers(360, 2**24))
@settings(max_examples=60)
def test_a_version_3_answer_is_read_once_its_outside_is_known(
    conversation: tuple[tuple[str, ...], list[tuple[int, list[Content]]]], time: int
) -> None:
    oids, answers = conversation
    agent, question = v3_agent(oids)
    book = ShapeBook(64)
    for number, values in answers:
        data = v3_answer(number, oids, values, time)
        expected = [number, *(value for _, value in values)]
        found = agent.read(data, 1.0, book)
        if found is None:
            verdict = judge(data, agent, {number: question}.get, 1.0, book)
            assert verdict.finding is Finding.ANSWER
            # Believed in full once: from now on the short way reads it as well.
            found = agent.read(data, 1.0, book)
        assert found == expected


@given(conversations(), st.data())
@settings(max_examples=60)
def test_a_version_3_answer_with_any_bit_altered_is_not_believed(
    conversation: tuple[tuple[str, ...], list[tuple[int, list[Content]]]], data: st.DataObject
) -> None:
    oids, answers = conversation
    agent, question = v3_agent(oids)
    book = ShapeBook(64)
    number, values = answers[0]
    good = v3_answer(number, oids, values)
    judge(good, agent, {number: question}.get, 1.0, book)
    assert agent.read(good, 1.0, book) is not None
    for _ in range(8):
        at, bit = data.draw(st.integers(0, len(good) - 1)), data.draw(st.integers(0, 7))
        altered = good[:at] + bytes([good[at] ^ 1 << bit]) + good[at + 1 :]
        assert agent.read(altered, 1.0, book) is None
        assert judge(altered, agent, {number: question}.get, 1.0, book).finding is not Finding.ANSWER
    assert agent.read(good[: data.draw(st.integers(0, len(good) - 1))], 1.0, book) is None


@given(NUMBERS, st.integers(0, 348))
@settings(max_examples=30)
def test_an_authentic_version_3_answer_out_of_its_time_is_not_believed(number: int, time: int) -> None:
    oids = ("1.3.6.1.2.1.1.3.0",)
    agent, question = v3_agent(oids)
    book = ShapeBook(64)
    judge(v3_answer(number, oids, [(int(Tag.TIMETICKS), 1)]), agent, {number: question}.get, 1.0, book)
    assert agent.read(v3_answer(number, oids, [(int(Tag.TIMETICKS), 1)], time), 1.0, book) is None
