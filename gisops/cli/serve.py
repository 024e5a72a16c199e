"""``gisops serve``: the page."""

from __future__ import annotations

import argparse
import json
import socket
from typing import TYPE_CHECKING

from gisops.cli.common import Subparsers, add_inventory, add_run
from gisops.errors import ConfigError

if TYPE_CHECKING:
    import uvicorn

__all__ = ["add", "run"]


def add(subparsers: Subparsers) -> None:
    """Register the command."""
    parser = subparsers.add_parser("serve", help="serve the page")
    add_inventory(parser)
    add_run(parser)
    parser.add_argument("--host", default="127.0.0.1", help="address to serve on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=8050, help="port to serve on (default: 8050)")
    parser.add_argument("--tiles", metavar="URL", help="tile server such as http://tiles.local/{z}/{x}/{y}.png")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until interrupted."""
    import asyncio
    from functools import partial

    import uvicorn

    from dashboard.app import create_app
    from dashboard.three import footprints_of
    from gisops.cli.common import need_dsn, utc_now
    from gisops.service.building_store import load_buildings
    from gisops.service.compose import live_view, past_of
    from gisops.service.coverage_map import CoverageMap

    sock = _listen(args.host, args.port)

    async def main() -> None:
        dsn = need_dsn(args.run_dir)
        async with live_view(args.inventory, dsn, utc_now) as view, past_of(dsn) as past:
            footprints = partial(footprints_of, args.inventory)
            coverage = CoverageMap(view.inventory, lambda: load_buildings(args.inventory))
            app = create_app(
                view, tile_url=args.tiles, clock=utc_now, coverage=coverage, past=past, footprints=footprints
            )
            config = uvicorn.Config(app, log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=2)
            server = uvicorn.Server(config)
            announcing = asyncio.create_task(_announce(server, args.host, args.port))
            await server.serve(sockets=[sock])
            announcing.cancel()

    asyncio.run(main())
    return 0


async def _announce(server: uvicorn.Server, host: str, port: int) -> None:
    import asyncio

    while not server.started:  # noqa: ASYNC110 - uvicorn offers a flag, not an event
        await asyncio.sleep(0.02)
    print(json.dumps({"ready": True, "url": f"http://{host}:{port}"}), flush=True)


def _listen(host: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        sock.listen(128)
    except OSError as error:
        sock.close()
        raise ConfigError(
            f"{host}:{port}", f"cannot be served on ({error.strerror})", "stop what uses it, or choose another --port"
        ) from error
    return sock
