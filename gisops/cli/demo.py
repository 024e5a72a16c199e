"""``gisops demo``: the whole system with the demonstration city, in one command."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from pathlib import Path
from typing import NoReturn

from gisops.cli.common import Subparsers, add_inventory, add_run

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("demo", help="run the whole system with the demonstration city")
    add_inventory(parser)
    add_run(parser)
    parser.add_argument("--port", type=int, default=8050, help="port of the page (default: 8050)")
    parser.add_argument("--trap-port", type=int, default=16162, help="UDP port for traps (default: 16162)")
    parser.add_argument(
        "--positions-port", type=int, default=8055, help="TCP port for the boxes' trackers (default: 8055; 0: none)"
    )
    parser.add_argument("--interval", type=float, default=30.0, metavar="S", help="between two polls (default: 30)")
    parser.add_argument("--timeline", type=Path, metavar="FILE", help="default: scenarios/demo.toml of the inventory")
    parser.add_argument("--headless", action="store_true", help="no page: watch for a while and say what was seen")
    parser.add_argument("--for", dest="seconds", type=float, default=90.0, metavar="S", help="with --headless")
    parser.add_argument("--json", action="store_true", help="with --headless: one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run until interrupted, or for a while without a page."""
    import os

    from gisops.service.demo import DemoPlan, running_demo, watch_headless

    # A shell that starts us in the background has SIGINT ignored: take it all the same.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    plan = DemoPlan(
        inventory=args.inventory,
        run_dir=args.run_dir.resolve(),
        timeline=args.timeline or args.inventory / "scenarios" / "demo.toml",
        interval_s=args.interval,
        page_port=None if args.headless else args.port,
        trap_port=args.trap_port,
        dsn=os.environ.get("GISOPS_DSN"),
        positions_port=args.positions_port or None,
    )
    began = time.monotonic()
    with running_demo(plan, lambda text: _say(f"gisops: {text}")) as demo:
        _say(f"gisops: ready after {time.monotonic() - began:.1f} s")
        if args.headless:
            seen = watch_headless(demo, args.seconds, time.sleep)
            print(json.dumps(seen) if args.json else "\n".join(f"{k}: {v}" for k, v in seen.items()))
            theft = seen["theft"]
            polled = seen["devices_polled"] >= 0.9 * seen["devices"]
            return 0 if polled and (theft is None or theft["detected"]) else 1
        try:
            print(f"Karachi is live at http://127.0.0.1:{args.port}  (Ctrl-C ends it)", flush=True)
            while True:
                demo.programs.check()
                time.sleep(0.5)
        except KeyboardInterrupt:
            _say("gisops: ending; the data stays in " + str(args.run_dir))
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
