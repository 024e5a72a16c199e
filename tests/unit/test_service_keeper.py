"""When the keeper rolls up and when it drops, by a clock that is pushed along; and while the store is away."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from gisops.errors import StoreError
from gisops.service.keeper import Keeper, KeeperTally
from gisops.store.housekeeping import RoundTally
from gisops.store.retention import RetentionTally
from gisops.store.rollup import RollupTally

T0 = datetime(2026, 3, 1, tzinfo=UTC)


class Diary:
    """A clock, a wait that moves it, and a store that notes when it was asked."""

    def __init__(self, rounds: int) -> None:
        self.now = T0
        self.left = rounds
        self.rounds: list[float] = []
        self.retained: list[float] = []
        self.away: set[float] = set()
        self.busy: set[float] = set()
        self.is_closed = False

    def clock(self) -> datetime:
        return self.now

    async def wait(self, stop: asyncio.Event, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.left -= 1
        if self.left == 0:
            stop.set()

    async def round(self, now: datetime) -> RoundTally:
        minute = (now - T0) / timedelta(minutes=1)
        self.rounds.append(minute)
        if minute in self.away:
            raise StoreError("db", "away", "wait")
        return RoundTally(RollupTally(five_minutes=2, hours=1, too_late=1), events=10, days=1)

    async def retain(self, now: datetime) -> RetentionTally:
        minute = (now - T0) / timedelta(minutes=1)
        self.retained.append(minute)
        return RetentionTally(("sample_20260101",), in_use=("sample_20260102",) if minute in self.busy else ())

    async def close(self) -> None:
        self.is_closed = True


def kept(diary: Diary) -> KeeperTally:
    keeper = Keeper(diary, diary.clock, diary.wait)
    asyncio.run(keeper.run(asyncio.Event()))
    assert diary.is_closed
    return keeper.tally


def test_a_round_a_minute_and_retention_once_a_day() -> None:
    diary = Diary(rounds=1442)
    tally = kept(diary)
    assert diary.rounds == list(range(1442))
    assert diary.retained == [0, 1440]
    assert tally == KeeperTally(1442, 0, 2884, 1442, 1442, 14420, 1442, 2)


def test_a_store_that_is_away_costs_its_rounds_and_retention_follows_once_it_is_back() -> None:
    diary = Diary(rounds=6)
    diary.away = {0, 1, 5}
    tally = kept(diary)
    assert diary.retained == [2]
    assert (tally.rounds, tally.failed_rounds, tally.five_minutes) == (6, 3, 6)
    assert tally.last_error is not None
    assert "away" in tally.last_error


def test_a_partition_that_could_not_go_is_tried_again_in_ten_minutes() -> None:
    diary = Diary(rounds=25)
    diary.busy = {0}
    kept(diary)
    assert diary.retained == [0, 10]


def test_a_failure_is_told_when_it_begins_and_when_it_ends() -> None:
    diary = Diary(rounds=6)
    diary.away = {1, 2, 5}
    told: list[tuple[float, str | None]] = []

    def tell(error: str | None) -> None:
        told.append((diary.rounds[-1], error))

    keeper = Keeper(diary, diary.clock, diary.wait, tell)
    asyncio.run(keeper.run(asyncio.Event()))
    assert told == [(1, "db: away: wait"), (3, None), (5, "db: away: wait")]
    assert (keeper.tally.failed_rounds, keeper.tally.last_error) == (3, "db: away: wait")
