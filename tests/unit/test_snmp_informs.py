"""Informs: new, come again, stored, forgotten; and names that tell them apart."""

from __future__ import annotations

from gisops.snmp.informs import MAX_WAITING, REMEMBERED_S, WAITING_S, Informs, Standing, key_of


def test_new_then_again_then_stored_then_again() -> None:
    informs: Informs[str] = Informs()
    assert informs.take(b"k", "first", 0.0) == (Standing(1, is_new=True), None)
    assert informs.take(b"k", "second", 1.0) == (Standing(1, is_new=False), "first")
    assert informs.waiting == 1
    # The latest datagram is the one the agent waits for.
    assert informs.stored(1, 2.0) == "second"
    assert informs.stored(1, 2.0) is None
    assert informs.take(b"k", "third", 3.0) == (Standing(1, is_new=False, is_stored=True), None)


def test_one_stored_is_forgotten_after_its_agent_gave_up() -> None:
    informs: Informs[str] = Informs()
    informs.take(b"k", "x", 0.0)
    informs.stored(1, 0.0)
    assert informs.take(b"k", "x", REMEMBERED_S - 0.1)[0].is_stored
    assert informs.take(b"k", "x", REMEMBERED_S)[0] == Standing(2, is_new=True)


def test_one_that_is_never_stored_does_not_wait_for_ever() -> None:
    informs: Informs[str] = Informs()
    informs.take(b"k", "x", 0.0)
    informs.take(b"other", "x", WAITING_S)
    assert informs.waiting == 1
    assert informs.stored(1, WAITING_S) is None


def test_too_many_waiting_are_not_taken_until_one_is_stored() -> None:
    informs: Informs[int] = Informs()
    for number in range(MAX_WAITING):
        informs.take(number.to_bytes(4, "big"), number, 0.0)
    assert informs.take(b"one more", 0, 0.0)[0] == Standing(None, is_new=True)
    informs.stored(1, 0.0)
    assert informs.take(b"one more", 0, 0.0)[0] == Standing(MAX_WAITING + 1, is_new=True)


def test_the_name_of_an_inform_is_its_socket_and_its_words() -> None:
    names = {
        key_of(("10.0.0.1", 1000), b"words"),
        key_of(("10.0.0.1", 1001), b"words"),
        key_of(("10.0.0.2", 1000), b"words"),
        key_of(("10.0.0.1", 1000), b"other"),
    }
    assert len(names) == 4
    assert key_of(("10.0.0.1", 1000), b"words") in names
