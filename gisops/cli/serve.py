"""``gisops serve``: the page."""

from __future__ import annotations

import argparse

from gisops.cli.common import Subparsers, add_inventory, add_run

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
    from gisops.cli.listen import announce, listen
    from gisops.service.building_store import load_buildings
    from gisops.service.compose import live_view, past_of
    from gisops.service.contract_source import StoreContracts
    from gisops.service.coverage_map import CoverageMap
    from gisops.service.desk import StoreDesk
    from gisops.service.plan_desk import PlanDesk

    sock = listen(args.host, args.port)

    async def main() -> None:
        dsn = need_dsn(args.run_dir)
        async with live_view(args.inventory, dsn, utc_now) as view, past_of(dsn) as past:
            footprints = partial(footprints_of, args.inventory)
            coverage = CoverageMap(view.inventory, lambda: load_buildings(args.inventory))
            contracts = StoreContracts(dsn, view.inventory, args.inventory)
            desk = StoreDesk(dsn, view.inventory, view.reader, utc_now)
            app = create_app(
                view,
                tile_url=args.tiles,
                clock=utc_now,
                coverage=coverage,
                contracts=contracts,
                past=past,
                footprints=footprints,
                desk=desk,
                planner=PlanDesk(args.inventory, view.inventory, args.run_dir / "plans", utc_now),
            )
            config = uvicorn.Config(app, log_level="warning", ws="websockets-sansio", timeout_graceful_shutdown=2)
            server = uvicorn.Server(config)
            announcing = asyncio.create_task(announce(server, f"http://{args.host}:{args.port}"))
            await server.serve(sockets=[sock])
            announcing.cancel()

    asyncio.run(main())
    return 0
