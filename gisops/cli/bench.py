"""``gisops bench``: figures, measured; one JSON object a line, exit 1 where a goal is missed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from gisops.cli.common import Subparsers, add_inventory

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("bench", help="measure")
    names = parser.add_subparsers(metavar="NAME", required=True)
    detect = names.add_parser("detect", help="from a fault to its colour on the page")
    add_inventory(detect)
    detect.add_argument("--run", dest="run_dir", type=Path, default=Path("run-bench"), metavar="DIR")
    detect.add_argument("--faults", type=int, default=6, help="of each kind, with and without traps (default: 6)")
    detect.add_argument("--interval", type=float, default=30.0, metavar="S", help="between two polls (default: 30)")
    detect.add_argument("--seed", type=int, default=1)
    detect.add_argument("--json", action="store_true", help="one JSON object a line")
    detect.add_argument("--write", type=Path, metavar="FILE", help="write the figures as a page, too")
    detect.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Measure detection: 1 where a goal is missed."""
    from gisops.service.bench_detect import DetectPlan, measure_detection
    from gisops.service.bench_page import page_of

    plan = DetectPlan(args.inventory, args.run_dir.resolve(), args.faults, args.interval, args.seed)
    figures = []
    for figure in measure_detection(plan):
        figures.append(figure)
        print(json.dumps(figure) if args.json else _line(figure), flush=True)
    if args.write is not None:
        args.write.write_text(page_of(figures), encoding="utf-8")
    return 1 if any(figure["met"] is False for figure in figures) else 0


def _line(figure: dict[str, object]) -> str:
    goal = f"  (goal {figure['goal']}: {'met' if figure['met'] else 'missed'})" if figure["goal"] is not None else ""
    return f"{figure['metric']}: {figure['value']} {figure['unit']}{goal}"
