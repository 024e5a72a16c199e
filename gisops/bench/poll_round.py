"""What came of asking a fleet a few times: rounds, latencies, memory, descriptors; and the child that measures them.

Each contender runs in a process of its own on a core of its own, so that none
pays for another: ``python -m gisops.bench.poll_round '{"who": "gisops", ...}'``.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gisops.bench.poll_fleet import Fleet, cores
from gisops.children import end_with_parent
from gisops.errors import GisopsError

__all__ = ["Ask", "Outcome", "Round", "measure_rounds", "memory_mb", "run_child", "used_s"]

_CHILD_S = 240.0


@dataclass(frozen=True, slots=True)
class Ask:
    """What a contender is to do.

    Parameters
    ----------
    who
        ``gisops``, ``bare loop``, ``gufo-snmp``, ``pysnmp`` or ``snmp_exporter``.
    version
        ``"2c"`` or ``"3"`` (authPriv).
    devices, rounds
        How many to ask, and how often; the first round is the cold one.
    timeout_s
        Wait for an answer; there are no retries.
    """

    who: str
    version: str
    devices: int
    rounds: int
    timeout_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Round:
    """Every device asked once: seconds it took, processor seconds, right answers."""

    elapsed_s: float
    cpu_s: float
    right: int


@dataclass(slots=True)
class Outcome:
    """What came of it.

    Parameters
    ----------
    rounds
        In order.
    rtt_ms
        Median, 95th and 99th percentile from question to answer over the warm rounds; empty if not taken.
    rss_mb, descriptors, drops
        At the end; ``drops`` is datagrams the kernel threw away for want of room (-1: not known).
    """

    rounds: list[Round] = field(default_factory=list)
    rtt_ms: list[float] = field(default_factory=list)
    rss_mb: float = 0.0
    descriptors: int = 0
    drops: int = -1

    @property
    def warm(self) -> list[Round]:
        """The rounds after the first; the first where there is no other."""
        return self.rounds[1:] or self.rounds


def used_s() -> float:
    """Give the processor seconds of this process, kernel and user."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def memory_mb(pid: int | str = "self") -> float:
    """Give the resident memory of a process in MB (10**6 octets)."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(float(line.split()[1]) * 1.024e-3 for line in lines if line.startswith("VmRSS"))


async def measure_rounds(ask: Ask, one: Callable[[], Awaitable[int]], outcome: Outcome) -> None:
    """Ask everybody ``ask.rounds`` times; ``one`` asks once and gives the number of right answers."""
    for _ in range(ask.rounds):
        began, burnt = time.perf_counter(), used_s()
        right = await one()
        outcome.rounds.append(Round(time.perf_counter() - began, used_s() - burnt, right))
    outcome.rss_mb = memory_mb()
    outcome.descriptors = len(os.listdir("/proc/self/fd")) - 1  # noqa: PTH208 - one is the listing itself


def run_child(ask: Ask, fleet: Fleet) -> Outcome:
    """Measure one contender in a process of its own.

    Raises
    ------
    GisopsError
        Where it fails or takes too long.
    """
    order = {"fleet": fleet.to_json(), "ask": {name: getattr(ask, name) for name in Ask.__slots__}}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "gisops.bench.poll_round", json.dumps(order)],
        capture_output=True,
        text=True,
        timeout=_CHILD_S,
        check=False,
    )
    if done.returncode:
        raise GisopsError("bench poll", f"{ask.who} failed: {done.stderr.strip()[-300:]}", "run it again")
    found: dict[str, Any] = json.loads(done.stdout)
    return Outcome(
        [Round(**r) for r in found["rounds"]],
        found["rtt_ms"],
        found["rss_mb"],
        found["descriptors"],
        found["drops"],
    )


def _main(order: dict[str, Any]) -> None:
    from gisops.bench.poll_contenders import CONTENDERS

    end_with_parent()
    os.sched_setaffinity(0, {cores()[0]})
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, hard), hard))
    ask, outcome = Ask(**order["ask"]), Outcome()
    asyncio.run(CONTENDERS[ask.who](ask, Fleet(**order["fleet"]), outcome))
    found = {name: getattr(outcome, name) for name in Outcome.__slots__}
    found["rounds"] = [{"elapsed_s": r.elapsed_s, "cpu_s": r.cpu_s, "right": r.right} for r in outcome.rounds]
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _main(json.loads(sys.argv[1]))
