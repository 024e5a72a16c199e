"""``gisops silence``, ``assign`` and what ``gisops notify`` shows, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest

from gisops.alerting.happening import Note, SilenceAdded, Tick
from gisops.cli.main import main
from gisops.store.alerts import Decision, NewNotice, PgAlerts
from gisops.store.outbox import PgOutbox
from gisops.store.ports import Batch
from gisops.store.recorder import PgRecorder
from tests.alert_city import Life, at, outage, seen
from tests.unit.test_alerting import silence

pytestmark = pytest.mark.integration
Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(postgres_dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    monkeypatch.setenv("GISOPS_DSN", postgres_dsn)

    def run(*words: str) -> tuple[int, str, str]:
        code = main(words)
        out, err = capsys.readouterr()
        return code, out, err

    return run


async def fill(dsn: str) -> None:
    """Leave an alert that is suppressed, and a message that was given up."""
    recorder = await PgRecorder.open(dsn)
    await recorder.write(Batch(at(0), outages=[outage("O1")]))
    await recorder.close()
    life = Life()
    life.then(0, SilenceAdded(silence(0, 3600)))
    life.then(1, seen(outage("O1")))
    life.then(10, Tick())
    alerts = PgAlerts(dsn)
    await alerts.load(at(0))
    notice = NewNotice("k", "duty", {}, (("O1", "1:open"),))
    notes = [Note("O1", "opened", why="minor power_cut")]
    await alerts.commit(Decision(1, at(1), list(life.book.alerts.values()), notes=notes, notices=[notice]))
    await alerts.close()
    outbox = await PgOutbox.open(dsn)
    waiting = await outbox.next_for("duty")
    assert waiting is not None
    await outbox.mark_failed(waiting.id, at(2), None, "answered 400")
    await outbox.close()


def test_silences_are_added_listed_and_ended(say: Say) -> None:
    words = ("--by", "Bilal", "--reason", "door being replaced")
    code, out, _ = say("silence", "add", "box", "B1", "--minutes", "90", *words, "--cause", "theft", "--json")
    (made,) = json.loads(out)["silences"]
    assert (code, made["scope"], made["scope_id"], made["causes"]) == (0, "box", "B1", ["theft"])
    code, out, _ = say("silence", "list")
    assert (code, out.split("  ")[:2]) == (0, [made["id"], "box B1 (theft)"])
    assert say("silence", "end", made["id"], "--by", "Sana")[0] == 0
    assert say("silence", "list")[1] == "there is no silence\n"
    assert made["id"] in say("silence", "list", "--all")[1]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("box", "--minutes", "5"), "box: which one is all?: name one after its kind; all needs no name\n"),
        (("all", "--to", "2020-01-01"), "--to: it would be over before it holds: give a later time\n"),
        (("all", "--minutes", "0"), "--minutes: 0 is out of bounds: write minutes from 1 to 525600\n"),
        (("all", "--minutes", "5", "--cause", "thef"), "--cause: there is no thef: did you mean theft?\n"),
        (("outage", "O9", "--minutes", "5"), "outage O9: is not known: see gisops notify alerts\n"),
    ],
)
def test_a_silence_that_cannot_be_meant_is_refused(say: Say, words: tuple[str, ...], complaint: str) -> None:
    code, out, err = say("silence", "add", *words, "--by", "Bilal", "--reason", "x")
    assert (code, out, err) == (2, "", complaint)


def test_what_is_there_is_shown(say: Say, postgres_dsn: str) -> None:
    assert say("notify", "alerts") == (0, "there is no alert\n", "")
    assert say("notify", "audit") == (0, "nothing has changed yet\n", "")
    assert say("notify", "outbox") == (0, "nothing was sent yet\n", "")
    asyncio.run(fill(postgres_dsn))
    assert say("notify", "alerts")[1].splitlines() == [
        "O1  minor  open  power_cut  Chowrangi (B1)  since 2026-03-01 17:00",
        "    no page: silence S1 by Ayesha until 2026-03-01T13:00:00+00:00: feeder works",
    ]
    (alert,) = json.loads(say("notify", "alerts", "--json")[1])["alerts"]
    assert (alert["id"], len(alert["suppressed_by"])) == ("O1", 1)
    assert say("notify", "audit", "O1")[1].splitlines() == [
        "2026-03-01 17:00:02  O1  given up  gisops  duty: 1:open (answered 400)",
        "2026-03-01 17:00:01  O1  opened  gisops  minor power_cut",
    ]
    assert json.loads(say("notify", "audit", "--most", "1", "--json")[1])["changes"][0]["what"] == "given up"
    code, out, _ = say("notify", "outbox")
    assert (code, out) == (1, "duty: 0 sent, 0 waiting, 1 given up  last error: answered 400\n")
    assert say("assign", "O1", "--to", "Sana", "--by", "Bilal")[1] == "O1: given to Sana by Bilal\n"
    assert say("assign", "O2", "--to", "Sana", "--by", "Bilal")[0] == 2
