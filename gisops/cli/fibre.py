"""``gisops fibre``: what is asked of the fibre, one module a question."""

from __future__ import annotations

import importlib

from gisops.cli.common import Subparsers

__all__ = ["QUESTIONS", "add"]

QUESTIONS = (
    "length",
    "trace",
    "cut",
    "locate",
    "import",
    "export",
    "resilience",
    "otdr",
)
"""Each is a module ``gisops.cli.fibre_QUESTION`` with ``add(subparsers)`` and ``run(args) -> int``."""


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("fibre", help="the fibre network: how long it is, what it is made of, its files")
    questions = parser.add_subparsers(metavar="QUESTION", required=True)
    for name in QUESTIONS:
        importlib.import_module(f"gisops.cli.fibre_{name}").add(questions)
