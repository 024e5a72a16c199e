"""``gisops simulate``: the demo city as real SNMP agents, and faults by timeline or command."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.cli.common import Subparsers, add_inventory, add_run

if TYPE_CHECKING:
    from gisops.simulate.trackers import Feed

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("simulate", help="run an inventory as real SNMP agents on loopback")
    add_inventory(parser)
    add_run(parser)
    parser.add_argument("--credentials", type=Path, metavar="FILE", help="default: credentials.toml in --run")
    parser.add_argument("--control", type=Path, metavar="SOCKET", help="default: control.sock in --run")
    parser.add_argument("--trap-port", type=int, default=16162, help="where traps go on 127.0.0.1 (default: 16162)")
    parser.add_argument("--no-traps", action="store_true", help="send no traps")
    parser.add_argument(
        "--rtsp-port", type=int, default=16554, help="where every device answers RTSP OPTIONS (default: 16554)"
    )
    parser.add_argument("--no-rtsp", action="store_true", help="give the devices no RTSP")
    parser.add_argument(
        "--positions-port", type=int, metavar="PORT", help="send trackers' positions there on 127.0.0.1"
    )
    parser.add_argument("--positions-token", metavar="REF", help="env:NAME or file:PATH of the token for that")
    parser.add_argument("--timeline", type=Path, metavar="FILE", help="TOML file of faults to come")
    parser.add_argument("--seed", type=int, default=1, help="makes chance repeatable (default: 1)")
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(metavar="[inject]")
    fault = actions.add_parser("inject", help="make a fault happen now in a running simulator")
    fault.add_argument("fault")
    fault.add_argument("target", help="an id, or feeder_of:BOX, or span_at:BOX")
    fault.add_argument("--duration-s", type=float, help="put right after so many seconds")
    fault.add_argument("--loss", type=float, help="packet_loss: share of datagrams lost")
    fault.add_argument("--tracker-to", metavar="PLACE", help="theft: where its tracker is driven, a place or LON,LAT")
    fault.add_argument("--approach-s", type=float, help="theft: seconds from the opened door to the cut cables")
    add_run(fault)
    fault.add_argument("--control", type=Path, metavar="SOCKET", help="default: control.sock in --run")
    fault.set_defaults(run=_inject)


def run(args: argparse.Namespace) -> int:
    """Simulate until interrupted."""
    import asyncio
    from datetime import datetime

    from gisops.cli.common import stop_on_signals, utc_now
    from gisops.config.credentials import load_credentials
    from gisops.inventory.load import load_inventory
    from gisops.simulate.faults import read_timeline
    from gisops.simulate.fleet import Fleet
    from gisops.simulate.run import SimulationPlan, simulate

    inventory = load_inventory(args.inventory)
    plan = SimulationPlan(
        inventory,
        load_credentials(args.credentials or args.run_dir / "credentials.toml"),
        None if args.no_traps else args.trap_port,
        args.control or args.run_dir / "control.sock",
        tuple(read_timeline(args.timeline, inventory)) if args.timeline else (),
        args.seed,
        None if args.no_rtsp else args.rtsp_port,
        _feed(args),
    )

    def ready(fleet: Fleet, start: datetime) -> None:
        said = {"ready": True, "agents": fleet.size, "ports": fleet.ports, "started_at": start.isoformat()}
        print(json.dumps(said), flush=True)

    async def main() -> None:
        await simulate(plan, utc_now, stop_on_signals(), ready)

    asyncio.run(main())
    return 0


def _feed(args: argparse.Namespace) -> Feed | None:
    import os

    from gisops.config.secret import follow_secret
    from gisops.errors import ConfigError
    from gisops.simulate.trackers import Feed

    if args.positions_port is None:
        return None
    if not args.positions_token:
        raise ConfigError("--positions-port", "needs --positions-token", "give a reference such as env:NAME")
    return Feed(args.positions_port, follow_secret("--positions-token", args.positions_token, os.environ))


def _inject(args: argparse.Namespace) -> int:
    from gisops.simulate.control import inject

    wanted = {
        "fault": args.fault,
        "target": args.target,
        "duration_s": args.duration_s,
        "loss": args.loss,
        "approach_s": args.approach_s,
        "tracker_to": args.tracker_to,
    }
    inject(args.control or args.run_dir / "control.sock", {k: v for k, v in wanted.items() if v is not None})
    sys.stderr.write(f"{args.fault} at {args.target}: taken\n")
    return 0
