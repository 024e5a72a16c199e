"""How many devices a core polls: our engine beside pysnmp, gufo-snmp, snmp_exporter and a bare loop, same run.

The fleet is a compiled responder on a core of its own (responder.c); every
contender runs alone on the other. What each asks and when an answer is right is
in `gisops.bench.poll_contenders`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from gisops.bench.figure import Figure
from gisops.bench.poll_exporter import PROGRAM, is_installed, measure_exporter
from gisops.bench.poll_figures import engine_figures, peer_figures, ratio_figures, silent_figures
from gisops.bench.poll_fleet import build_responder, fleet
from gisops.bench.poll_round import Ask, Outcome, run_child

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
Every device is asked ten objects in one GET; an answer counts when its last value is the number of the device asked.
The fleet is a compiled responder on a core of its own (one socket, an address of 127.64.0.0/16 a device, digests and
ciphers really computed); every contender runs in its own process on the other core, as fast as answers come in.
Version 3 is authPriv, SHA-1 and AES-128. Processor time is user and kernel time of the contender's process (of
snmp_exporter's own, without the HTTP client that asks it); cold is the first round of a new process, warm the median
of the later ones. The bare loop sends ready-made questions over one Python socket and looks at nothing but the
request id. Peers are asked fewer devices, which favours them (pysnmp registers targets in quadratic time). gufo-snmp
0.13 does not verify the digest of a version 3 answer. "20 % silent": of every hundred devices twenty never answer;
two seconds' wait, no retry. The paced runs ask 17,000 devices every 30 s, alone and in the whole collector
(decoding, state, diagnosis, PostgreSQL).
"""

SILENT_PERCENT, SILENT_GOAL_SIZE = 20, 14_000
DELAY_MS = 20.0
INTERVAL_S = 30.0


@dataclass(frozen=True, slots=True)
class PollPlan:
    """What to measure."""

    sizes: tuple[int, ...]
    peer_sizes: tuple[int, ...]
    pysnmp_devices: int
    runs: int
    silent_runs: int
    settle_s: float
    windows: int
    window_s: float
    port: int
    inventory: Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the sizes, how often, the ports, and whether to be quick."""
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000, 14000, 17000], metavar="DEVICES")
    parser.add_argument("--runs", type=int, default=3, help="warm rounds each (default: 3)")
    parser.add_argument("--port", type=int, default=17000, help="UDP port of the fleet; TCP too (default: 17000)")
    parser.add_argument("--inventory", type=Path, default=Path("data"), metavar="DIR", help="default: data")
    parser.add_argument("--quick", action="store_true", help="half a minute: fewer devices, one round, short runs")


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say.

    Raises
    ------
    GisopsError
        Where there is no C compiler, the port is taken, or a contender fails.
    """
    sizes = tuple(sorted(args.sizes))
    if args.quick:
        plan = PollPlan(sizes[:1], sizes[:1], 50, 2, 1, 1.0, 1, 2.0, args.port, args.inventory)
    else:
        plan = PollPlan(sizes, sizes[:2], 200, args.runs, args.runs, 8.0, 3, 10.0, args.port, args.inventory)
    return _measure(plan)


def _measure(plan: PollPlan) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="gisops-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database runs as another user below it
        program = build_responder(folder)
        for version in ("2c", "3"):
            yield from _beside_peers(plan, program, folder, version)
        yield from _silent(plan, program)
        yield from _far(plan, program)
        yield from _paced(plan, program, folder)


def _beside_peers(plan: PollPlan, program: Path, folder: Path, version: str) -> Iterator[Figure]:
    """Measure everybody over a fleet that answers at once."""
    found: dict[str, dict[int, Outcome]] = {}
    with fleet(program, plan.port, max(plan.sizes)) as (known, _):
        ours = {size: run_child(Ask("gisops", version, size, plan.runs + 1), known) for size in plan.sizes}
        for name, sizes in _peers(plan, version).items():
            asks = [Ask(name, version, size, plan.runs + 1) for size in sizes]
            found[name] = {
                ask.devices: measure_exporter(ask, known, plan.port, folder)
                if name == "snmp_exporter"
                else run_child(ask, known)
                for ask in asks
            }
    for size, outcome in ours.items():
        yield from engine_figures(f"v{version}", size, outcome)
    for name, outcomes in found.items():
        for size, outcome in outcomes.items():
            yield from peer_figures(f"v{version}, {name}", size, outcome)
        yield from ratio_figures(version, name, outcomes, ours)


def _peers(plan: PollPlan, version: str) -> dict[str, tuple[int, ...]]:
    """Give whom to measure at which sizes."""
    peers: dict[str, tuple[int, ...]] = {"bare loop": plan.sizes} if version == "2c" else {}
    # The first version 3 round takes both some 2 to 10 ms of processor time a device, for the keys.
    sizes = plan.peer_sizes if version == "2c" else plan.peer_sizes[:1]
    peers |= {"gufo-snmp": sizes, "pysnmp": (plan.pysnmp_devices,)}
    if is_installed():
        peers["snmp_exporter"] = sizes
    else:
        sys.stderr.write(
            f"bench poll: {PROGRAM} is not installed: v{version} not compared: tools/bench-packages.sh\n"
        )
    return peers


def _silent(plan: PollPlan, program: Path) -> Iterator[Figure]:
    with fleet(program, plan.port, max(plan.sizes), SILENT_PERCENT) as (known, _):
        for version in ("2c", "3"):
            what = f"v{version}, {SILENT_PERCENT} % silent"
            for size in plan.sizes if version == "2c" else plan.sizes[-2:-1] or plan.sizes:
                outcome = run_child(Ask("gisops", version, size, plan.silent_runs + 1), known)
                yield from silent_figures(what, size, SILENT_PERCENT, outcome, SILENT_GOAL_SIZE)


def _far(plan: PollPlan, program: Path) -> Iterator[Figure]:
    with fleet(program, plan.port, max(plan.sizes), delay_ms=DELAY_MS) as (known, _):
        for version in ("2c", "3"):
            for size in plan.sizes:
                outcome = run_child(Ask("gisops", version, size, plan.runs + 1), known)
                yield from engine_figures(f"v{version}, {DELAY_MS:g} ms round trip", size, outcome)


def _paced(plan: PollPlan, program: Path, folder: Path) -> Iterator[Figure]:
    from gisops.bench.poll_paced import Pace, paced_figures, processor_s, run_paced
    from gisops.store.embedded import EmbeddedPostgres
    from gisops.store.migrate import migrate

    size = max(plan.sizes)
    with fleet(program, plan.port, size) as (known, _):
        for version in ("2c", "3"):
            pace = Pace(version, size, INTERVAL_S, plan.settle_s, plan.windows, plan.window_s)
            yield from paced_figures(f"v{version}, every 30 s, polling alone", pace, run_paced(pace, known), 0.15)
        server = EmbeddedPostgres(folder / "run")
        try:
            dsn = server.start()
            migrate(dsn)
            pace = Pace("2c", size, INTERVAL_S, plan.settle_s, plan.windows, plan.window_s, dsn, str(plan.inventory))
            paced = run_paced(pace, known)
            yield from paced_figures("v2c, every 30 s, whole collector", pace, paced, 0.5)
            share = round(processor_s(server.pid) / paced.seconds, 3)
            yield Figure("poll", "v2c, every 30 s, PostgreSQL beside it, first round included", size, share, "core")
        finally:
            server.stop()
