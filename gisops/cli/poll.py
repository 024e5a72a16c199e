"""``gisops poll``: ask every device on schedule, listen for traps, judge, and write it down."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from gisops.cli.common import Subparsers, add_inventory, add_run

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("poll", help="poll every device on schedule and take traps")
    add_inventory(parser)
    add_run(parser)
    parser.add_argument("--credentials", type=Path, metavar="FILE", help="default: credentials.toml in --run")
    parser.add_argument("--interval", type=float, default=30.0, metavar="S", help="between two polls (default: 30)")
    parser.add_argument("--timeout", type=float, default=1.0, metavar="S", help="wait for an answer (default: 1)")
    parser.add_argument("--trap-port", type=int, default=16162, help="UDP port for traps (default: 16162)")
    parser.add_argument("--no-traps", action="store_true", help="do not listen for traps")
    parser.add_argument("--bind", default="127.0.0.1", help="local address of the sockets (default: 127.0.0.1)")
    parser.add_argument(
        "--spool-gb", type=float, default=4.0, help="disk for what waits while the database is away (default: 4)"
    )
    parser.add_argument(
        "--probe",
        default="icmp,rtsp:554",
        metavar="MEANS",
        help="how the silent are asked whether they live: icmp, rtsp:PORT, tcp:PORT or none (default: icmp,rtsp:554)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Poll until interrupted; a first JSON line says ready, a last one what was done.

    SIGHUP, or a notification on the channel ``gisops_inventory``, has the inventory and the credentials read again.
    """
    import asyncio
    import dataclasses
    import signal

    from gisops.cli.common import need_dsn, stop_on_signals, utc_now
    from gisops.errors import GisopsError
    from gisops.service.collector import Collector
    from gisops.service.compose import CollectorPlan, Hooks, collect
    from gisops.service.hosts import parse_means
    from gisops.service.memory import count_rather_than_search

    count_rather_than_search()
    plan = CollectorPlan(
        args.inventory,
        args.credentials or args.run_dir / "credentials.toml",
        need_dsn(args.run_dir),
        args.run_dir / "spool",
        args.interval,
        args.timeout,
        None if args.no_traps else args.trap_port,
        args.bind,
        round(args.spool_gb * 1024**3),
        parse_means(args.probe),
    )

    def ready(_: Collector, devices: int) -> None:
        print(json.dumps({"ready": True, "devices": devices, "interval_s": args.interval}), flush=True)

    def reloaded(result: int | GisopsError) -> None:
        if isinstance(result, GisopsError):
            sys.stderr.write(f"{result}\n")
        else:
            print(json.dumps({"reloaded": True, "devices": result}), flush=True)

    def housekeeping(error: str | None) -> None:
        sys.stderr.write(f"{error or 'housekeeping: works again'}\n")

    async def main() -> Collector:
        reload = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload.set)
        return await collect(plan, utc_now, Hooks(stop_on_signals(), reload, ready, reloaded, housekeeping))

    collector = asyncio.run(main())
    print(json.dumps({"stopped": True, **dataclasses.asdict(collector.tally)}), flush=True)
    return 0
