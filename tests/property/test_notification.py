"""The short way to read a trap finds exactly what the general decoder finds, or leaves it to it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gisops.errors import WireError
from gisops.wire.message import V2C, Message, decode_message, encode_message
from gisops.wire.notification import TRAP_OID, UPTIME, Bound, read_trap
from gisops.wire.pdu import Pdu, PduType, Tag, VarBind
from tests.property.test_wire_fuzz import BINDS, OIDS

TRAPS = st.builds(
    lambda community, request_id, ticks, oid, binds: Message(
        V2C,
        community,
        Pdu(
            PduType.TRAP_V2,
            request_id,
            0,
            0,
            (VarBind(UPTIME, Tag.TIMETICKS, ticks), VarBind(TRAP_OID, Tag.OBJECT_ID, oid), *binds),
        ),
    ),
    st.binary(max_size=40),
    st.integers(-(2**31), 2**31 - 1),
    st.integers(0, 2**32 - 1),
    OIDS,
    st.lists(BINDS, max_size=5),
)


def general(data: bytes) -> tuple[int, str, tuple[Bound, ...]] | None:
    """Read a trap by the general decoder; ``None`` where it is none."""
    try:
        message = decode_message(data)
    except WireError:
        return None
    pdu = message.pdu
    if message.version != V2C or not isinstance(pdu, Pdu) or pdu.type != PduType.TRAP_V2 or len(pdu.varbinds) < 2:
        return None
    uptime, oid = pdu.varbinds[:2]
    if (uptime.oid, oid.oid) != (UPTIME, TRAP_OID) or not isinstance(oid.value, str):
        return None
    if not isinstance(uptime.value, int):
        return None
    return uptime.value, oid.value, tuple((bind.oid, bind.value) for bind in pdu.varbinds[2:])


@given(TRAPS)
def test_a_trap_of_the_usual_size_is_read_the_short_way(message: Message) -> None:
    data = encode_message(message)
    found = read_trap(data)
    assert found == general(data) or (found is None and len(data) > 127)


@given(TRAPS, st.data())
@settings(max_examples=400)
def test_a_mutated_trap_is_read_alike_or_left(message: Message, data: st.DataObject) -> None:
    octets = bytearray(encode_message(message))
    for _ in range(data.draw(st.integers(1, 3))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(
            st.sampled_from([0, 1, 2, 5, 0x7F, 0x80, 0x81, 0x82, 0xFF, 0x30, 0x43]) | st.integers(0, 255)
        )
    for candidate in (bytes(octets), bytes(octets[:-1]), bytes(octets) + b"\x00"):
        found = read_trap(candidate)
        assert found is None or found == general(candidate)
