"""Faults by command: a private Unix socket that takes one JSON object a line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gisops.errors import GisopsError, ScenarioError

__all__ = ["inject", "serve_control"]

_LINE = 65536


async def serve_control(path: Path, on_fault: Callable[[Mapping[str, Any]], None]) -> asyncio.Server:
    """Take faults on a socket that only the same user can open.

    Parameters
    ----------
    path
        Of the socket; one left over from a killed simulator is replaced.
    on_fault
        Called with each object; a `GisopsError` it raises goes back to the sender.
    """

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, ValueError):
            while line := await reader.readline():
                writer.write(json.dumps(_take(line, on_fault)).encode() + b"\n")
                await writer.drain()
        writer.close()

    path.unlink(missing_ok=True)  # noqa: ASYNC240 - before anything is served
    before = os.umask(0o177)
    try:
        return await asyncio.start_unix_server(handle, str(path), limit=_LINE)
    except OSError as error:
        raise ScenarioError(str(path), f"cannot listen ({error.strerror})", "choose another --control") from error
    finally:
        os.umask(before)


def _take(line: bytes, on_fault: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    try:
        fault = json.loads(line)
        if not isinstance(fault, dict):
            raise ScenarioError("command", "is not a JSON object", 'send {"fault": …, "target": …}')
        on_fault(fault)
    except json.JSONDecodeError as error:
        return {"ok": False, "error": f"command: is not JSON ({error}): send one object a line"}
    except GisopsError as error:
        return {"ok": False, "error": str(error)}
    return {"ok": True}


def inject(path: Path, fault: Mapping[str, Any]) -> None:
    """Send one fault to a running simulator and wait until it is taken.

    Raises
    ------
    ScenarioError
        Where no simulator listens, or it refuses the fault.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
        sock.settimeout(10)
        try:
            sock.connect(str(path))
        except OSError as error:
            raise ScenarioError(
                str(path),
                f"no simulator listens there ({error.strerror})",
                "start gisops demo, or correct --control",
            ) from error
        sock.sendall(json.dumps(dict(fault)).encode() + b"\n")
        with sock.makefile() as answers:
            answer = json.loads(answers.readline() or '{"ok": false, "error": "it closed the connection"}')
    if not answer["ok"]:
        parts = str(answer["error"]).split(": ")
        raise ScenarioError(parts[0], ": ".join(parts[1:-1]) or "refused", parts[-1])
