"""What became of a batch: written in order, kept on disk while the store is away, never twice.

While the store keeps up, batches wait in memory for a moment. When it is slow,
several become one write; when it is away or too far behind, they go to disk and
are written from there, oldest first, once it is back.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from gisops.errors import StoreError
from gisops.store.batch_codec import merge_prefix
from gisops.store.ports import Batch, Mark, Recorder
from gisops.store.spool import Spool

__all__ = ["Writer", "WriterTally", "drain"]

RETRY_S = 1.0
MOST_IN_MEMORY = 100
"""Batches (ten seconds of them) that wait in memory before all go to disk."""
MOST_ON_FULL_DISK = 3000
"""Batches in memory, when the disk takes none, before the oldest of their samples are dropped."""
_MOST_SAMPLES = 5000
_SYNC_S = 1.0


@dataclass(slots=True)
class WriterTally:
    """What the writer did so far."""

    written: int = 0
    """Batches."""
    spooled: int = 0
    """Batches that had to go by way of the disk."""
    samples_dropped: int = 0


@dataclass(slots=True)
class _Waiting:
    number: int
    batch: Batch
    receipts: Sequence[int]


class Writer:
    """Brings batches into the store, one after the other.

    Parameters
    ----------
    recorder
        The store's writing end.
    spool
        Where batches wait while it is away; what an earlier run left there goes first.
    acknowledge
        Told the receipts of a batch once it is written, or safe on disk.
    """

    def __init__(
        self, recorder: Recorder, spool: Spool, acknowledge: Callable[[Iterable[int]], None] = lambda _: None
    ) -> None:
        self._recorder = recorder
        self._spool = spool
        self._acknowledge = acknowledge
        self._waiting: deque[_Waiting] = deque()
        self._news = asyncio.Event()
        self._is_over = False
        self._in_doubt = True
        self._number = 0
        self._unsynced: list[int] = []
        self._thinned = 0
        self.tally = WriterTally()

    async def open(self) -> None:
        """Learn from the store how far this spool was written.

        Raises
        ------
        StoreError
            Where the store is away.
        """
        await self._settle_doubt()
        self._number = max(self._number, self._spool.last)

    def put(self, batch: Batch, receipts: Sequence[int] = ()) -> None:
        """Take a batch; returns at once."""
        self._number += 1
        self._waiting.append(_Waiting(self._number, batch, receipts))
        if not self._spool.is_empty or len(self._waiting) > MOST_IN_MEMORY:
            self._spill()
        self._news.set()

    async def run(self) -> None:
        """Write until `finish`; what the store cannot take by then stays on disk."""
        syncing = asyncio.create_task(self._sync_now_and_then(), name="spool sync")
        try:
            while await self._has_work():
                try:
                    await self._write_next()
                except StoreError:
                    self._in_doubt = True
                    self._spill()
                    if self._is_over:
                        break
                    await asyncio.sleep(RETRY_S)
        finally:
            syncing.cancel()
            await asyncio.gather(syncing, return_exceptions=True)
            self._spool.close()
            self._acknowledge(self._unsynced)

    def finish(self) -> None:
        """Have `run` end once everything is written, or the store is seen to be away."""
        self._is_over = True
        self._news.set()

    async def _has_work(self) -> bool:
        while not self._waiting and self._spool.is_empty:
            if self._is_over:
                return False
            self._news.clear()
            await self._news.wait()
        return True

    async def _write_next(self) -> None:
        if self._in_doubt:
            await self._settle_doubt()
        chunk = self._spool.peek() or self._first_in_memory()
        if chunk is not None:
            batch, number = chunk
            await self._recorder.write(batch, Mark(self._spool.id, number))
            self.tally.written += 1
            self._forget(number)

    def _first_in_memory(self) -> tuple[Batch, int] | None:
        if not self._waiting:
            return None
        batch, taken = merge_prefix([waiting.batch for waiting in self._waiting], _MOST_SAMPLES)
        return batch, self._waiting[taken - 1].number

    async def _settle_doubt(self) -> None:
        """Forget what is in the store already: the answer to its commit may have been lost."""
        done = await self._recorder.marked(self._spool.id)
        self._forget(done)
        self._number = max(self._number, done)
        self._in_doubt = False

    def _forget(self, number: int) -> None:
        """Forget what waits up to a number: it is written. It may lie on disk and in memory both."""
        self._spool.drop_through(number)
        while self._waiting and self._waiting[0].number <= number:
            self._acknowledge(self._waiting.popleft().receipts)

    def _spill(self) -> None:
        """Move what waits in memory to disk; what the disk does not take stays, thinned."""
        while self._waiting:
            waiting = self._waiting[0]
            try:
                self._spool.append(waiting.number, waiting.batch)
            except OSError:
                self._thin()
                break
            self.tally.spooled += 1
            self._unsynced += waiting.receipts
            self._waiting.popleft()
        self.tally.samples_dropped = self._thinned + self._spool.samples_dropped

    def _thin(self) -> None:
        """Drop the samples of the oldest batches in memory, count them, keep every event and state."""
        for waiting in list(self._waiting)[: max(0, len(self._waiting) - MOST_ON_FULL_DISK)]:
            self._thinned += len(waiting.batch.samples)
            waiting.batch = replace(waiting.batch, samples=())

    async def _sync_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(_SYNC_S)
            receipts, self._unsynced = self._unsynced, []
            if receipts or not self._spool.is_empty:
                await self._spool.sync()
                self._acknowledge(receipts)


async def drain(spool: Spool, recorder: Recorder) -> int:
    """Write all that an earlier run left on disk, before its states are read back; give the batches written.

    Raises
    ------
    StoreError
        Where the store is away.
    """
    spool.drop_through(await recorder.marked(spool.id))
    written = 0
    while (chunk := spool.peek()) is not None:
        batch, number = chunk
        await recorder.write(batch, Mark(spool.id, number))
        spool.drop_through(number)
        written += 1
    return written
