"""Fifty viewers without fifty browsers: websockets that ask for the stream as the page does, and note what comes."""

from __future__ import annotations

import asyncio
import json
import re
import time
import urllib.request

from gisops.errors import ConfigError

__all__ = ["watch_as"]

_SEQ = re.compile(r'seq\\*":\s*(\d+)')


def watch_as(url: str, viewers: int, seconds: float) -> tuple[list[float], list[list[tuple[int, float]]]]:
    """Watch for a while.

    Parameters
    ----------
    url
        Of the page, without a slash at its end.
    viewers
        How many watch at once.
    seconds
        For how long.

    Returns
    -------
    first_s, heard
        Seconds until each had its first whole state; for each, what it heard: event number and time (Unix s).
    """
    return asyncio.run(_watch(url, viewers, seconds))


async def _watch(url: str, viewers: int, seconds: float) -> tuple[list[float], list[list[tuple[int, float]]]]:
    output = await asyncio.to_thread(_stream_of, url)
    found = await asyncio.gather(*(_viewer(url, output, n, seconds) for n in range(viewers)))
    return [first for first, _ in found], [heard for _, heard in found]


def _stream_of(url: str) -> str:
    with urllib.request.urlopen(f"{url}/_dash-dependencies", timeout=20) as answer:  # noqa: S310 - our own server
        callbacks = json.load(answer)
    for callback in callbacks:
        if callback.get("websocket") and callback.get("persistent"):
            return str(callback["output"])
    raise ConfigError(url, "has no stream", "see dashboard/stream.py")


async def _viewer(url: str, output: str, number: int, seconds: float) -> tuple[float, list[tuple[int, float]]]:
    import websockets

    ask = {
        "type": "callback_request",
        "requestId": f"r{number}",
        "rendererId": f"viewer-{number}",
        "payload": {"output": output, "outputs": [], "inputs": [], "changedPropIds": [], "state": []},
    }
    heard: list[tuple[int, float]] = []
    began = time.time()
    first = float("inf")
    address = url.replace("http", "ws", 1) + "/_dash-ws-callback"
    try:
        async with asyncio.timeout(seconds), websockets.connect(address, max_size=None, origin=url) as link:  # type: ignore[arg-type]
            await link.send(json.dumps(ask))
            async for message in link:
                now = time.time()
                text = message if isinstance(message, str) else message.decode()
                for seq in _SEQ.findall(text):
                    first = min(first, now - began)
                    heard.append((int(seq), now))
    except TimeoutError:
        pass
    return first, heard
