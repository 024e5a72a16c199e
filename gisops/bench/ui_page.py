"""Serve the page over a made-up city of any size: ``python -m gisops.bench.ui_page PORT BOXES`` with GISOPS_DSN set.

A program of its own, as in life: the browser, the writer and the database do not share its interpreter.
"""

from __future__ import annotations

import asyncio
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["main"]


async def main(port: int, boxes: int) -> None:
    """Serve until told to stop."""
    import uvicorn

    from dashboard.app import create_app
    from gisops.bench.fibre_city import fibre_city
    from gisops.health.catalogue import load_profiles
    from gisops.service.live_store import StoreLiveView
    from gisops.store.past import PgPast
    from gisops.store.reader import PgReader

    dsn = os.environ["GISOPS_DSN"]
    inventory = fibre_city(boxes)
    reader, past = await PgReader.open(dsn), await PgPast.open(dsn)
    view = StoreLiveView(inventory, load_profiles(Path("data")), reader, lambda: datetime.now(UTC))
    await view.start()
    app = create_app(view, clock=lambda: datetime.now(UTC), past=past)
    config = uvicorn.Config(app, "127.0.0.1", port, log_level="error", ws="websockets-sansio")
    await uvicorn.Server(config).serve()
    await view.close()
    await past.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
