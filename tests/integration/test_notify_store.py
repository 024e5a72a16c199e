"""The alerts and the outbox on a real PostgreSQL: connections that are lost, and notifiers that are overtaken."""

from __future__ import annotations

import psycopg
import pytest

from gisops.alerting.happening import Note, Tick
from gisops.errors import StoreError
from gisops.store.alert_desk import add_silence, assign, audit_of, end_silence, silences_since
from gisops.store.alerts import Decision, NewNotice, PgAlerts, SupersededError
from gisops.store.outbox import PgOutbox
from tests.alert_city import Life, at, outage, seen
from tests.unit.test_alerting import silence

pytestmark = pytest.mark.integration


async def no_wait(_: float) -> None:
    """Wait for nothing."""


def cut_connections(dsn: str) -> None:
    """End every other connection to the database, as a failing server does."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"""
        )


async def test_what_was_decided_is_there_again(postgres_dsn: str) -> None:
    life = Life()
    life.then(0, seen(outage()))
    life.then(10, Tick())
    first = PgAlerts(postgres_dsn)
    assert (await first.load(at(0))).seq is None
    alert = life.book.alerts["O1"]
    notice = NewNotice("k", "duty", {"a": 1}, (("O1", "1:open"),))
    await first.commit(Decision(7, at(10), [alert], notes=[Note("O1", "opened")], notices=[notice]))
    assert await first.told([alert]) == {"O1": frozenset({"duty"})}
    await first.close()
    second = PgAlerts(postgres_dsn)
    kept = await second.load(at(20))
    assert (kept.seq, kept.alerts) == (7, [alert])
    await second.commit(Decision(8, at(20), dropped=["O1"]))
    await second.close()
    third = PgAlerts(postgres_dsn)
    kept = await third.load(at(30))
    assert (kept.seq, kept.alerts) == (8, [])
    await third.close()


async def test_the_same_state_is_queued_for_a_receiver_once_whatever_page_it_comes_in(postgres_dsn: str) -> None:
    alerts = PgAlerts(postgres_dsn)
    await alerts.load(at(0))
    one, two = ("O1", "1:open"), ("O2", "1:open")
    notices = [
        NewNotice("k1", "duty", {}, (one,)),
        NewNotice("k1", "duty", {}, (one,)),
        NewNotice("k2", "duty", {}, (one,)),
        NewNotice("k3", "duty", {}, (one, two)),
        NewNotice("k4", "boss", {}, (one,)),
    ]
    await alerts.commit(Decision(1, at(0), notices=notices))
    await alerts.close()
    with psycopg.connect(postgres_dsn) as connection:
        keys = [row[0] for row in connection.execute("SELECT key FROM notice ORDER BY id")]
    assert keys == ["k1", "k3", "k4"]


async def test_a_lost_connection_is_made_again_and_an_answer_that_was_lost_repeats_nothing(postgres_dsn: str) -> None:
    alerts = PgAlerts(postgres_dsn)
    await alerts.load(at(0))
    cut_connections(postgres_dsn)
    decision = Decision(1, at(0), notes=[Note("O1", "opened")])
    with pytest.raises(StoreError, match="connection lost"):
        await alerts.told([])
    await alerts.commit(decision)
    alerts._step -= 1  # as it was before the commit whose answer never came
    await alerts.commit(decision)
    await alerts.commit(Decision(2, at(1), notes=[Note("O1", "resolved")]))
    await alerts.close()
    assert [line.what for line in await audit_of(postgres_dsn, "O1", 9)] == ["resolved", "opened"]


async def test_one_that_was_overtaken_decides_no_more(postgres_dsn: str) -> None:
    old, new = PgAlerts(postgres_dsn), PgAlerts(postgres_dsn, no_wait)
    await old.load(at(0))
    with pytest.raises(StoreError, match="another gisops notify run decides on it"):
        await new.load(at(0))
    cut_connections(postgres_dsn)
    await new.load(at(1))
    with pytest.raises(StoreError):
        await old.commit(Decision(1, at(2)))
    await new.close()
    with pytest.raises(SupersededError, match="start this one again"):
        await old.commit(Decision(1, at(3)))
    await old.close()


async def test_the_outbox_gives_the_oldest_first_and_remembers_what_became_of_it(postgres_dsn: str) -> None:
    alerts, outbox = PgAlerts(postgres_dsn), await PgOutbox.open(postgres_dsn)
    await alerts.load(at(0))
    notices = [NewNotice(f"k{n}", "duty", {"n": n}, ((f"O{n}", "1:open"),)) for n in (1, 2)]
    await alerts.commit(Decision(1, at(0), notices=notices))
    assert await outbox.next_for("boss") is None
    first = await outbox.next_for("duty")
    assert first is not None
    assert (first.document, first.attempts, first.next_at) == ({"n": 1}, 0, at(0))
    await outbox.mark_failed(first.id, at(1), at(9), "answered 503")
    again = await outbox.next_for("duty")
    assert again is not None
    assert (again.id, again.attempts, again.next_at) == (first.id, 1, at(9))
    await outbox.mark_failed(first.id, at(9), None, "answered 400")
    second = await outbox.next_for("duty")
    assert second is not None
    assert await outbox.receivers() == {"duty"}
    await outbox.mark_sent(second.id, at(10))
    assert await outbox.next_for("duty") is None
    assert [(line.subject, line.what, line.why) for line in await audit_of(postgres_dsn, "", 9)] == [
        ("O2", "sent", "duty: 1:open"),
        ("O1", "given up", "duty: 1:open (answered 400)"),
    ]
    await outbox.close()
    await alerts.close()


async def test_silences_are_in_the_log_and_in_their_table(postgres_dsn: str) -> None:
    wanted = silence(0, 3600)
    await add_silence(postgres_dsn, wanted, at(0))
    assert await silences_since(postgres_dsn, at(10)) == [wanted]
    with pytest.raises(StoreError, match=r"silence S12: is over or not known: did you mean S1\?"):
        await end_silence(postgres_dsn, "S12", "Sana", at(10))
    await end_silence(postgres_dsn, "S1", "Sana", at(10))
    assert await silences_since(postgres_dsn, at(10)) == []
    (ended,) = await silences_since(postgres_dsn, at(5))
    assert ended.ends_at == at(10)
    with pytest.raises(StoreError, match="outage O9: is not known: see gisops notify alerts"):
        await assign(postgres_dsn, "O9", "Sana", "Ayesha", "", at(0))
