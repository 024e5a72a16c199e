"""Where batches wait while the database is away: on disk, in order, bounded.

Facts (events, states, outages) and samples lie in two logs, so that the oldest
samples can be dropped to make room and no event ever is.
"""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Iterable
from pathlib import Path

from gisops.store.batch_codec import decode, encode_facts, encode_samples, merge_prefix
from gisops.store.ports import Batch
from gisops.store.segment_log import Record, SegmentLog

__all__ = ["Spool"]

_CHUNK_SAMPLES = 5000
"""Samples in one write when the spool is drained: some tens of milliseconds of work."""


class Spool:
    """A bounded queue of batches on disk.

    Parameters
    ----------
    folder
        Made if need be; used by one program at a time (the run folder's lock sees to it).
    most_bytes
        When both logs together are larger, the oldest samples go. Events are kept
        whatever their size.
    segment_bytes
        Samples are dropped by so much at a time.

    Attributes
    ----------
    samples_dropped
        Since this spool was opened.
    """

    def __init__(self, folder: Path, most_bytes: int = 4 * 1024**3, segment_bytes: int = 8 * 1024 * 1024) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.id = _identity(folder / "id")
        self.samples_dropped = 0
        self._most_bytes = most_bytes
        self._facts = SegmentLog(folder, "facts", segment_bytes)
        self._samples = SegmentLog(folder, "samples", segment_bytes)

    @property
    def last(self) -> int:
        """Number of the last batch that waits; 0 if none does."""
        return self._facts.last

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return self._facts.last == 0

    def append(self, number: int, batch: Batch) -> None:
        """Put a batch at the end.

        Raises
        ------
        OSError
            Where not even its events can be written; it is not in the spool then.
        """
        if batch.samples:
            self._append_samples(number, batch)
        self._facts.append(number, 0, encode_facts(batch))
        while self._facts.size + self._samples.size > self._most_bytes and self._samples.size:
            self.samples_dropped += self._samples.drop_oldest_segment()

    def peek(self) -> tuple[Batch, int] | None:
        """Give the oldest batches as one, and the number of the last of them; ``None`` if nothing waits."""
        batches: list[Batch] = []
        numbers: list[int] = []
        count = 0
        samples = self._samples.records()
        sample: Record | None = next(samples, None)
        for fact in self._facts.records():
            while sample is not None and sample.number < fact.number:
                sample = next(samples, None)
            own = sample.payload if sample is not None and sample.number == fact.number else None
            batches.append(decode(fact.payload, own))
            numbers.append(fact.number)
            count += len(batches[-1].samples)
            if count > _CHUNK_SAMPLES:
                break
        if not batches:
            return None
        merged, taken = merge_prefix(batches, _CHUNK_SAMPLES)
        return merged, numbers[taken - 1]

    def drop_through(self, number: int) -> None:
        """Forget every batch up to a number."""
        self._facts.drop_through(number)
        self._samples.drop_through(number)

    async def sync(self) -> None:
        """See that what was appended so far survives a loss of power; others may append meanwhile."""
        descriptors = [d for d in (self._samples.duplicate(), self._facts.duplicate()) if d is not None]
        await asyncio.to_thread(_sync, descriptors)

    def close(self) -> None:
        """Sync and close."""
        self._samples.close()
        self._facts.close()

    def _append_samples(self, number: int, batch: Batch) -> None:
        try:
            self._samples.append(number, len(batch.samples), encode_samples(batch))
        except OSError:
            # The disk is full: what room is left belongs to the events.
            self.samples_dropped += len(batch.samples)


def _sync(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _identity(path: Path) -> str:
    """Give the name under which the database remembers how far this spool was written."""
    if path.is_file():
        return path.read_text(encoding="ascii").strip()
    identity = str(uuid.uuid4())
    path.write_text(identity + "\n", encoding="ascii")
    return identity
