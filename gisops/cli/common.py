"""What several commands take alike: the inventory, the run folder, the credentials."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

__all__ = ["Subparsers", "add_inventory", "add_run"]

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - has no public name


def add_inventory(parser: argparse.ArgumentParser) -> None:
    """Take ``--inventory DIR``; the demo city is the default."""
    parser.add_argument(
        "--inventory", type=Path, default=Path("data"), metavar="DIR", help="inventory folder (default: data)"
    )


def add_run(parser: argparse.ArgumentParser) -> None:
    """Take ``--run DIR``, where everything that is written goes."""
    parser.add_argument(
        "--run",
        dest="run_dir",
        type=Path,
        default=Path("run"),
        metavar="DIR",
        help="data folder (default: run)",
    )
