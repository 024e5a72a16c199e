"""What several commands take alike: the inventory, the run folder, the credentials."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from gisops.errors import ConfigError

__all__ = ["Subparsers", "add_inventory", "add_run", "need_dsn", "stop_on_signals", "utc_now"]

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


def utc_now() -> datetime:
    """Give the time; the one clock that commands hand down."""
    return datetime.now(UTC)


def stop_on_signals() -> asyncio.Event:
    """Give an event that Ctrl-C or a polite kill sets; call it inside a running loop."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop


def need_dsn(run_dir: Path) -> str:
    """Give the database: ``GISOPS_DSN``, or the embedded one of a gisops that runs on this folder.

    Raises
    ------
    ConfigError
        Where there is neither.
    """
    dsn = os.environ.get("GISOPS_DSN")
    if dsn:
        return dsn
    from gisops.store.embedded import EmbeddedPostgres

    embedded = EmbeddedPostgres(run_dir)
    if not embedded.is_running():
        raise ConfigError(
            str(run_dir), "no database runs here", "start gisops db up --run DIR, or set GISOPS_DSN to a server"
        )
    return embedded.dsn
