"""``gisops docs``: the pages of the documentation that are made from data."""

from __future__ import annotations

import argparse
import sys

from gisops.cli.common import Subparsers

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("docs", help="print a documentation page that is made from data")
    parser.add_argument("page", choices=("schema",))
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:  # noqa: ARG001 - one page so far
    """Print the page."""
    from gisops.inventory.schema import document_schema

    sys.stdout.write(document_schema())
    return 0
