"""What a walk collects, where it goes on, and when it ends."""

from __future__ import annotations

import pytest

from gisops.errors import SnmpError
from gisops.snmp.walk import REPETITIONS, Walk
from gisops.wire.pdu import Pdu, PduType, Tag, VarBind


def rows(*binds: tuple[str, int | None], tag: int = Tag.INTEGER) -> Pdu:
    return Pdu(PduType.RESPONSE, 1, 0, 0, tuple(VarBind(oid, tag, value) for oid, value in binds))


def test_it_goes_on_after_the_last_and_ends_outside_the_root() -> None:
    walk = Walk("a:161", "1.3.6.2", 100)
    walk.take(rows(("1.3.6.2.1", 1), ("1.3.6.2.9", 2)))
    assert (walk.after, walk.is_over) == ("1.3.6.2.9", False)
    # As numbers, not as text: 10 comes after 9.
    walk.take(rows(("1.3.6.2.10", 3), ("1.3.6.20", 4)))
    assert walk.is_over
    assert walk.entries == [("1.3.6.2.1", 1), ("1.3.6.2.9", 2), ("1.3.6.2.10", 3)]


def test_it_collects_no_more_than_its_limit() -> None:
    walk = Walk("a:161", "1.3.6.2", 2)
    walk.take(rows(("1.3.6.2.1", 1), ("1.3.6.2.2", 2), ("1.3.6.2.3", 3)))
    assert (walk.is_over, len(walk.entries)) == (True, 2)
    assert Walk("a:161", "1.3.6.2", 0).is_over


@pytest.mark.parametrize("end", [rows(), rows(("1.3.6.2.1", None), tag=Tag.END_OF_MIB_VIEW)])
def test_it_ends_where_the_agent_has_no_more(end: Pdu) -> None:
    walk = Walk("a:161", "1.3.6.2", 10)
    walk.take(end)
    assert (walk.is_over, walk.entries) == (True, [])


def test_smaller_bites_where_the_agent_says_too_big() -> None:
    walk = Walk("a:161", "1.3.6.2", 10)
    walk.take(Pdu(PduType.RESPONSE, 1, 1, 0))
    assert (walk.repetitions, walk.is_over, walk.after) == (REPETITIONS // 2, False, "1.3.6.2")
    walk.repetitions = 1
    with pytest.raises(SnmpError, match="error status 1"):
        walk.take(Pdu(PduType.RESPONSE, 1, 1, 0))


@pytest.mark.parametrize("again", ["1.3.6.2.5", "1.3.6.2.4"])
def test_an_agent_that_goes_in_circles_is_named(again: str) -> None:
    walk = Walk("a:161", "1.3.6.2", 10)
    walk.take(rows(("1.3.6.2.5", 1)))
    with pytest.raises(SnmpError, match=rf"a:161.*{again} comes again"):
        walk.take(rows((again, 1)))
