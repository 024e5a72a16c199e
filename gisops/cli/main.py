"""The command line: which command, and how its end looks from outside.

Exit codes: 0 done, 1 done but the answer is bad, 2 usage or bad input, 130 interrupted.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import io
import keyword
import os
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from gisops import __version__
from gisops.errors import GisopsError

__all__ = ["COMMANDS", "entry_point", "main"]

COMMANDS = (
    "demo",
    "poll",
    "serve",
    "positions",
    "simulate",
    "check",
    "import",
    "fibre",
    "health",
    "probe",
    "report",
    "plan",
    "coverage",
    "maintenance",
    "ack",
    "assign",
    "silence",
    "notify",
    "incidents",
    "respond",
    "impact",
    "visit",
    "permit",
    "trail",
    "at",
    "case",
    "replay",
    "db",
    "docs",
    "bench",
)
"""Each is a module of this package with ``add(subparsers)`` and ``run(args) -> int`` (``import_`` for ``import``)."""

_CHOICE = re.compile(r"argument (?P<what>[^:]+): invalid choice: (?P<wrong>.+) \(choose from (?P<known>.+)\)")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with the nearest known word."""

    def error(self, message: str) -> NoReturn:
        choice = _CHOICE.fullmatch(message)
        if choice is not None:
            wrong, what = choice["wrong"].strip("'"), choice["what"]
            known = [word.strip("' ") for word in choice["known"].split(",")]
            near = difflib.get_close_matches(wrong, known, n=1)
            kind = "command" if what.isupper() else what
            message = f"unknown {kind} {wrong}: " + (
                f"did you mean {near[0]}?" if near else f"see {self.prog} --help"
            )
        else:
            message = f"{message}: see {self.prog} --help"
        sys.stderr.write(f"{self.prog}: {message}\n")
        raise SystemExit(2)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    parser = _Parser(prog="gisops", description="Situational awareness and network health of a camera network")
    parser.add_argument("--version", action="version", version=f"gisops {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    argv = sys.argv[1:] if argv is None else list(argv)
    wanted = next((word for word in argv if not word.startswith("-")), None)
    # Only the command that is called is loaded; for help, or a word that is none, all of them are.
    for name in (wanted,) if wanted in COMMANDS else COMMANDS:
        module = f"{name}_" if keyword.iskeyword(name) else name
        importlib.import_module(f"gisops.cli.{module}").add(subparsers)
    try:
        args = parser.parse_args(argv)
        code: int = args.run(args)
        sys.stdout.flush()
    except GisopsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except SystemExit as end:  # argparse has said all there is to say
        return end.code if isinstance(end.code, int) else 2 if end.code else 0
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        place = error.filename or "gisops"
        sys.stderr.write(f"{place}: {error.strerror or error}: check that it is there, its mode and the space left\n")
        return 2
    return code


def entry_point() -> NoReturn:
    """Be the ``gisops`` program."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file name need not be text
            stream.reconfigure(errors="backslashreplace")
    raise SystemExit(main())
