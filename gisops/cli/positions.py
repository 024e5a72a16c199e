"""``gisops positions``: take the positions of trackers over HTTP.

A program of its own: it is the one part that trackers on the mobile network reach, it must not be able to slow
the collector, and it follows a stolen box while the collector or the page is down.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.cli.common import Subparsers, add_inventory, add_run

if TYPE_CHECKING:
    import asyncio

    import uvicorn

    from gisops.service.position_feed import PositionFeed
    from gisops.store.positions import PgPositions

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("positions", help="take the positions of trackers (Traccar, OwnTracks) over HTTP")
    add_inventory(parser)
    add_run(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8055, help="port to listen on (default: 8055)")
    parser.add_argument(
        "--trackers", type=Path, metavar="FILE", help="who may send (default: trackers.toml in --run)"
    )
    parser.add_argument("--keep-days", type=float, default=90.0, metavar="N", help="delete older fixes (default: 90)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Take positions until interrupted; a first JSON line says ready."""
    import asyncio

    import uvicorn

    from gisops.api.positions import create_app
    from gisops.cli.common import need_dsn, stop_on_signals, utc_now
    from gisops.cli.listen import announce, listen
    from gisops.config.trackers import load_senders
    from gisops.inventory.load import load_inventory
    from gisops.service.position_feed import PositionFeed
    from gisops.store.migrate import migrate
    from gisops.store.notices import tell_of_changes
    from gisops.store.positions import PgPositions

    class _Server(uvicorn.Server):
        """Leaves signals to us: uvicorn's own handling would end the process before the store is closed."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    senders = load_senders(args.trackers or args.run_dir / "trackers.toml")
    dsn = need_dsn(args.run_dir)
    sock = listen(args.host, args.port)

    async def main() -> None:
        await asyncio.to_thread(migrate, dsn)
        store = await PgPositions.open(dsn)
        changed = asyncio.Event()
        try:
            feed = PositionFeed(load_inventory(args.inventory), store, utc_now)
            await feed.open()
            config = uvicorn.Config(
                create_app(feed, senders),
                log_level="warning",
                access_log=False,  # an address may hold a token
                limit_concurrency=200,
                timeout_keep_alive=10,
                timeout_graceful_shutdown=2,
                server_header=False,
                ws="none",
            )
            server = _Server(config)
            stop = stop_on_signals()
            beside = [
                asyncio.create_task(announce(server, f"http://{args.host}:{args.port}")),
                asyncio.create_task(tell_of_changes(dsn, changed)),
                asyncio.create_task(_reload(feed, args.inventory, changed)),
                asyncio.create_task(_forget(store, args.keep_days)),
                asyncio.create_task(_end(server, stop)),
            ]
            await server.serve(sockets=[sock])
            for task in beside:
                task.cancel()
        finally:
            await store.close()

    asyncio.run(main())
    print(json.dumps({"stopped": True}), flush=True)
    return 0


async def _end(server: uvicorn.Server, stop: asyncio.Event) -> None:
    await stop.wait()
    server.should_exit = True


async def _reload(feed: PositionFeed, inventory: Path, changed: asyncio.Event) -> None:
    import asyncio

    from gisops.errors import GisopsError
    from gisops.inventory.load import load_inventory

    while True:
        await changed.wait()
        changed.clear()
        try:
            feed.adopt(await asyncio.to_thread(load_inventory, inventory))
        except GisopsError as error:  # the one that was read before stays
            sys.stderr.write(f"{error}\n")


async def _forget(store: PgPositions, keep_days: float) -> None:
    import asyncio
    from datetime import timedelta

    from gisops.cli.common import utc_now
    from gisops.errors import StoreError

    while True:
        try:
            await store.forget(utc_now() - timedelta(days=keep_days))
        except StoreError as error:
            sys.stderr.write(f"{error}\n")
        await asyncio.sleep(3600)
