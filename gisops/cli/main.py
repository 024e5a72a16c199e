"""The command line: which command, and how its end looks from outside.

Exit codes: 0 done, 1 done but the answer is bad, 2 usage or bad input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from gisops import __version__
from gisops.errors import GisopsError

__all__ = ["COMMANDS", "entry_point", "main"]

COMMANDS = ("demo", "poll", "serve", "simulate", "check", "db", "docs", "bench")
"""Each is a module of this package with ``add(subparsers)`` and ``run(args) -> int``."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with the nearest known command."""

    def error(self, message: str) -> NoReturn:
        if "invalid choice: " in message:
            wrong = message.split("invalid choice: ")[1].split(" ", maxsplit=1)[0].strip("'")
            near = difflib.get_close_matches(wrong, COMMANDS, n=1)
            message = f"unknown command {wrong}: " + (f"did you mean {near[0]}?" if near else "see gisops --help")
        else:
            message = f"{message}: see {self.prog} --help"
        sys.stderr.write(f"{self.prog}: {message}\n")
        raise SystemExit(2)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    parser = _Parser(prog="gisops", description="Situational awareness and network health of a camera network")
    parser.add_argument("--version", action="version", version=f"gisops {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"gisops.cli.{name}").add(subparsers)
    args = parser.parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
    except GisopsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code


def entry_point() -> NoReturn:
    """Be the ``gisops`` program."""
    raise SystemExit(main())
