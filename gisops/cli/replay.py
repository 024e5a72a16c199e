"""``gisops replay``: what would have been said of a log of events."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gisops.cli.common import Subparsers, add_inventory

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("replay", help="what would have been said of a log of events")
    parser.add_argument("events", type=Path, metavar="EVENTS.jsonl", help="one event a line (docs/events.md)")
    add_inventory(parser)
    parser.add_argument(
        "--lateness", type=float, default=30.0, metavar="S", help="how late an event may come (default: 30)"
    )
    parser.add_argument("--causes", type=Path, metavar="FILE", help="other priors and likelihoods")
    parser.add_argument("--json", action="store_true", help="one JSON document an outage update")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Replay; 0 also where nothing went wrong."""
    from datetime import timedelta
    from typing import Any

    import orjson

    from gisops.diagnosis.likelihood import read_causes, shipped_causes
    from gisops.errors import ConfigError
    from gisops.inventory.load import load_inventory
    from gisops.service.event_lines import read_events
    from gisops.service.replay import replay

    if args.lateness < 0:
        raise ConfigError("--lateness", f"{args.lateness:g} is negative", "give seconds, 0 or more")
    inventory = load_inventory(args.inventory)
    causes = read_causes(args.causes) if args.causes else shipped_causes()

    def write(update: dict[str, Any]) -> None:
        line = orjson.dumps(update) if args.json else _line(update).encode()
        sys.stdout.buffer.write(line + b"\n")

    replay(inventory, causes, read_events(args.events), timedelta(seconds=args.lateness), write)
    sys.stdout.buffer.flush()
    return 0


def _line(update: dict[str, object]) -> str:
    what = "closed " if update["closed_at"] else ""
    causes = update["causes"]
    share = causes.get(update["cause"], 0.0) if isinstance(causes, dict) else 0.0
    members = update["members"]
    number = len(members) if isinstance(members, list) else 0
    when = str(update["closed_at"] or update["updated_at"])
    return f"{when[:19]}Z  {what}{update['root']}  {update['cause']} {share:.0%}  {number} lost  {update['severity']}"
