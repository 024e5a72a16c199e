"""How a page stays live: one websocket callback a page, full state first, then differences.

Sequence numbers join the messages. A page that misses one asks for the whole
again over HTTP; this side starts over with the whole when its own source skips
or fails, and says so when it cannot. Nothing here knows of components.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from typing import Any

import orjson
from dash import ClientsideFunction, Dash, Input, Output, ctx, set_props

from dashboard import ids
from dashboard.once import Once
from dashboard.payload import City
from gisops.errors import GisopsError
from gisops.service.live import Delta, LiveView

__all__ = ["messages", "register"]

RETRY_S = 2.0
"""Pause before a source that failed is asked again, in seconds."""
PROBE_S = 60.0
"""How often, in seconds, a page is asked whether it still lives."""


async def messages(
    view: LiveView,
    city: City,
    clock: Callable[[], datetime],
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    once: Once | None = None,
) -> AsyncGenerator[dict[str, Any], None]:
    """Yield the messages of one page, for ever.

    Parameters
    ----------
    view
        Where the state comes from.
    city
        The numbered inventory.
    clock
        Gives the time now, UTC.
    pause
        Waits that many seconds.
    once
        What pages of this process share, so that a message is made once for all of them.
    """
    once = once or Once(city)
    while True:
        try:
            snapshot = await view.snapshot()
            yield once.full(snapshot, clock())
            async with _closing(view.changes(snapshot.seq)) as changes:
                async for delta in changes:
                    if delta.from_seq > snapshot.seq:
                        break
                    message, snapshot = once.delta(snapshot, delta, clock())
                    yield message
                else:
                    await pause(RETRY_S)
        except (GisopsError, OSError) as error:
            yield {"kind": "trouble", "text": str(error), "now": clock().timestamp()}
            await pause(RETRY_S)


@asynccontextmanager
async def _closing(changes: AsyncIterator[Delta]) -> AsyncIterator[AsyncIterator[Delta]]:
    """Leave a source at once when its loop is left, so that it keeps no queue for us."""
    try:
        yield changes
    finally:
        if isinstance(changes, AsyncGenerator):
            await changes.aclose()


async def _lives() -> bool:
    """Ask the page for its place in the stream; a page that was closed does not answer."""
    try:
        await ctx.websocket.get_prop(ids.ACK, "data", timeout=PROBE_S / 2)
    except TimeoutError:
        return False
    return True


async def _run(view: LiveView, city: City, clock: Callable[[], datetime], once: Once) -> None:
    probed = clock()
    async with aclosing(messages(view, city, clock, once=once)) as stream:
        async for message in stream:
            set_props(ids.STREAM, {ids.MESSAGE: orjson.dumps(message).decode()})
            if (clock() - probed).total_seconds() > PROBE_S:
                probed = clock()
                if not await _lives():
                    return


def register(app: Dash, view: LiveView, city: City, clock: Callable[[], datetime]) -> None:
    """Attach the stream's callbacks to an application."""
    once = Once(city)

    # Without inputs and outputs the renderer itself starts it anew on every reconnect.
    @app.callback(websocket=True, persistent=True, running=[(Output(ids.LINK, "data"), True, False)])
    async def stream() -> None:
        await _run(view, city, clock, once)

    @app.callback(Output(ids.NUDGE_ACK, "data"), Input(ids.NUDGE, "data"), websocket=True, prevent_initial_call=True)
    async def nudge(count: int) -> int:
        return int(count)

    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("gisops", "receive"), Output(ids.ACK, "data"), Input(ids.STREAM, "id")
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction("gisops", "link"), Output(ids.LINK, "modified_timestamp"), Input(ids.LINK, "data")
    )
