"""What do malformed datagrams do: no crash, no state that changes, no memory that grows."""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from gisops.bench.figure import Figure

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
Replies, traps, informs and reports of versions 1, 2c and 3, altered in octets (flipped, cut, spliced) and in
structure (values doubled, dropped, nested 60 deep, lengths that lie), and scapy's fuzzed SNMP, altered again, go
through every decoder: only a refusal may come out, no altered version 3 message may be believed, and the short way
must read what the general way reads. A share goes through real sockets into a watch that has seen every device up:
malformed answers before each honest one, malformed traps from a device's address (malformed in version 1 and 2c:
refused by us or by pyasn1 with pysnmp's definitions; in version 3: altered at all). Memory is what the process has
at the end more than half way, when the bounded caches are full.
"""
_SCAPY, _GENUINE = 1000, 100
"""Three in four alterations are of a genuine datagram."""
_LOT = 5000
_WATCH_SHARE = 50
"""One datagram in so many goes through the watch, half as answers, half as traps."""
_QUICK = 150_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take how many, and of which random numbers."""
    parser.add_argument("--count", type=int, default=1_000_000, help="datagrams (default: 1,000,000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inventory", type=Path, default=Path("data"), help="city to watch (default: data)")
    parser.add_argument("--quick", action="store_true", help=f"{_QUICK:,} datagrams: 20 s")


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    from gisops.bench.malformed import genuine, scapy_fuzz

    count = _QUICK if args.quick else args.count
    rng = random.Random(args.seed)  # noqa: S311 - repeatable
    seeds = [*genuine() * _GENUINE, *scapy_fuzz(_SCAPY, args.seed)]
    yield from _decoders(count, seeds, rng)
    yield from _watch(count // _WATCH_SHARE, args.inventory, rng)


def _decoders(count: int, seeds: Sequence[bytes], rng: random.Random) -> Iterator[Figure]:
    from gisops.bench.fuzz_decoders import Decoders
    from gisops.bench.malformed import malformed

    decoders = Decoders(frozenset(seeds))
    source = malformed(seeds, rng)
    done, seconds, half_mb = 0, 0.0, 0.0
    steps = [count // 4, count // 2, count]
    for until in steps:
        while done < until:
            lot = list(islice(source, min(_LOT, until - done)))
            began = time.perf_counter()
            decoders.take(lot)
            seconds += time.perf_counter() - began
            done += len(lot)
        if until == steps[1]:
            half_mb = _resident_mb()
        yield Figure("fuzz", "time a datagram, all decoders", until, round(seconds / done * 1e6, 1), "us")
    refused = ("refused, percent", round(100 * decoders.refused / done, 1))
    crashes = sum(decoders.crashes.values())
    yield Figure("fuzz", "crashes of a decoder", done, crashes, "", 0, baseline=refused)
    yield Figure("fuzz", "altered version 3 messages believed", done, decoders.believed, "", 0)
    yield Figure("fuzz", "traps read otherwise the short way", done, decoders.differing, "", 0)
    grown = ("at half of it, MB", round(half_mb, 1))
    more = round(_resident_mb() - half_mb, 1)
    yield Figure("fuzz", "memory grown over the second half", done, more, "MB", 8.0, baseline=grown)


def _watch(count: int, folder: Path, rng: random.Random) -> Iterator[Figure]:
    from gisops.bench.fuzz_watch import through_the_watch
    from gisops.inventory.load import load_inventory

    harm = asyncio.run(through_the_watch(load_inventory(folder), count // 2, count // 2, rng))
    polls = ("polls, each answered at last", harm.polls)
    yield Figure("fuzz", "answers: polls that lost theirs", harm.replies, harm.unanswered, "", 0, baseline=polls)
    yield Figure("fuzz", "answers: polls with values nobody gave", harm.replies, harm.wrong_values, "", 0)
    taken = ("read in part all the same", harm.traps_taken)
    sent = harm.replies + harm.traps
    yield Figure("fuzz", "false state changes", sent, harm.state_changes, "", 0, baseline=taken)


def _resident_mb() -> float:
    """Give the memory this process has now."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
