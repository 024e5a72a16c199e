"""``gisops bench``: figures, measured; one JSON object a line, exit 1 where a goal is missed."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path

from gisops.bench.figure import Figure
from gisops.bench.page import put_section
from gisops.cli.common import Subparsers

__all__ = ["BENCHES", "add", "run"]

BENCHES = {
    "coverage": "a whole city's coverage, and the loss of one box",
    "availability": "how long a report over 30 days takes as the network grows, and is it right",
    "autonomy": "how well the darkness of a box on battery is foretold",
    "diagnosis": "is the cause right, is the root right, is one fault one outage",
    "detect": "from a fault to its colour on the page",
    "positions": "how many positions of trackers are taken, and what one of a moving box costs",
    "poll": "how many devices a core polls, beside other pollers",
    "drain": "how fast what waited on disk is written once the database is back",
    "fibre": "impact of any cut, resilience report and suspicion of cuts as the network grows, beside networkx",
    "ingest": "how long a transaction of readings takes at a steady rate",
    "locate": "how often a cut is found where it is",
    "incidents": "how fast incidents are imported, and in how much memory, as the file grows",
    "response": "an answer for a place, and a new repair list, as the network grows",
    "siting": "how soon and how close to the best cameras are sited, beside spopt",
    "replay": "how fast a log of events is played again",
    "fuzz": "what malformed datagrams do: nothing",
    "ui": "how fast the page is: first map, bytes, changes a second, viewers, memory, the past",
    "traps": "how many notifications are received, decoded and stored, and is any lost",
}
"""Each is a module of :mod:`gisops.bench`."""


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("bench", help="measure")
    names = parser.add_subparsers(metavar="NAME", required=True)
    for name, question in BENCHES.items():
        bench = names.add_parser(name, help=question)
        importlib.import_module(f"gisops.bench.{name}").add_arguments(bench)
        bench.add_argument("--json", action="store_true", help="one JSON object a line")
        bench.add_argument("--write", type=Path, metavar="FILE", help="write the figures into a page, too")
        bench.set_defaults(run=run, bench=name)


def run(args: argparse.Namespace) -> int:
    """Measure: 1 where a goal is missed."""
    module = importlib.import_module(f"gisops.bench.{args.bench}")
    figures: list[Figure] = []
    for figure in module.measure(args):
        figures.append(figure)
        print(json.dumps(figure.to_json()) if args.json else _line(figure), flush=True)
    if args.write is not None:
        page = args.write.read_text(encoding="utf-8") if args.write.is_file() else ""
        args.write.write_text(put_section(page, args.bench, module.ABOUT, figures), encoding="utf-8")
    return 1 if any(figure.met is False for figure in figures) else 0


def _line(figure: Figure) -> str:
    sign = ">=" if figure.is_floor else "<="
    goal = f"  (goal {sign} {figure.goal:g}: {'met' if figure.met else 'MISSED'})" if figure.goal is not None else ""
    beside = f"  [{figure.baseline[0]}: {figure.baseline[1]:g}]" if figure.baseline is not None else ""
    return f"{figure.metric}, {figure.size:,}: {figure.value:g} {figure.unit}{goal}{beside}"
