"""How version 3 notifications get to the process that opens them, and what it says back.

The child is started, fed, and started again with growing pauses if it dies; it ends with
us. Nothing here waits for it: what it cannot take at once waits in a bounded queue.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from gisops.config.credentials import Credential
from gisops.errors import SnmpError
from gisops.snmp.v3_frames import (
    MAX_FRAME,
    READY,
    Ack,
    Datagram,
    Malformed,
    Notified,
    Refused,
    Reply,
    Setup,
    decode_from_child,
)
from gisops.snmp.v3_identity import start_engine

__all__ = ["V3Process"]

_BUFFER = 4 * 1024 * 1024
_MAX_WAITING = 50_000
"""Datagrams that wait for the child; one more is dropped and counted."""
_TURN = 64
"""Frames taken before other tasks get their turn."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 30.0
_STEADY_S = 30.0
"""A child that lived so long was well: the next pause is the first again."""
_END_PATIENCE_S = 3.0

Said = Notified | Refused | Malformed


class V3Process:
    """The supervisor of one child at a time.

    Parameters
    ----------
    users
        Version 3 credentials; their user names differ.
    state_dir
        Keeps our engine id and the count of its starts.
    send
        Sends a datagram through the listener's port.
    on_said
        Called for what the child made of a datagram.

    Attributes
    ----------
    generation
        How many children there were, this one included; a handle is good in one generation.
    dropped
        Datagrams that found the queue full.

    Raises
    ------
    SnmpError
        Where two credentials share a user name.
    """

    def __init__(
        self,
        users: Sequence[Credential],
        state_dir: Path | None,
        send: Callable[[bytes, tuple[str, int]], None],
        on_said: Callable[[Said], None],
    ) -> None:
        names = [user.user for user in users]
        for user in users:
            if names.count(user.user) > 1:
                raise SnmpError(
                    user.name,
                    f"several credentials have the user {user.user}",
                    "give each version 3 credential a user of its own: an inform names only the user",
                )
        self._users = tuple(users)
        self._state_dir = state_dir
        self._send = send
        self._on_said = on_said
        self._loop = asyncio.get_running_loop()
        self._pipe: socket.socket | None = None
        self._waiting: deque[bytes] = deque()
        self._acks: deque[bytes] = deque()
        self._is_writing = False
        self._ready = asyncio.Event()
        self._ids = (b"", 0)
        self.generation = 0
        self.dropped = 0
        self.pid: int | None = None
        self._ids = start_engine(state_dir)
        self._task = self._loop.create_task(self._supervise(), name="version 3 notifications")

    @property
    def engine_id(self) -> bytes:
        """Our engine id, authoritative for informs."""
        return self._ids[0]

    async def ready(self) -> None:
        """Wait until a child takes notifications.

        Raises
        ------
        SnmpError
            Where the supervisor itself failed.
        """
        waiter = asyncio.ensure_future(self._ready.wait())
        await asyncio.wait({waiter, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if not waiter.done():
            waiter.cancel()
            await self._task

    def submit(self, datagram: Datagram) -> None:
        """Give the child a datagram, at once or when it gets to it."""
        if len(self._waiting) >= _MAX_WAITING:
            self.dropped += 1
            return
        self._waiting.append(datagram.encode())
        self._write()

    def answer(self, ack: Ack, generation: int) -> None:
        """Have an inform answered or let go; nothing happens where its child is gone."""
        if generation == self.generation:
            self._acks.append(ack.encode())
            self._write()

    async def close(self) -> None:
        """End the child and wait until it is gone."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _supervise(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while True:
            began = self._loop.time()
            await self._run_child()
            if self._loop.time() - began > _STEADY_S:
                pause_s = _FIRST_PAUSE_S
            # Spread, so that several collectors on one machine do not start together.
            await asyncio.sleep(pause_s * random.uniform(0.8, 1.2))  # noqa: S311
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
            self._ids = start_engine(self._state_dir) if self._state_dir else (self._ids[0], self._ids[1] + 1)

    async def _run_child(self) -> None:
        """Run one child from its start to its end."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        process: asyncio.subprocess.Process | None = None
        try:
            for end in (ours, theirs):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
            ours.setblocking(False)
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "gisops.snmp.v3_receiver",
                str(theirs.fileno()),
                str(os.getpid()),
                pass_fds=[theirs.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
            )
            theirs.close()
            self.generation += 1
            self.pid = process.pid
            ours.send(Setup(*self._ids, self._users).encode())
            self._pipe = ours
            self._loop.add_reader(ours.fileno(), self._read)
            await process.wait()
            self._read()
        finally:
            self._disconnect()
            ours.close()
            theirs.close()
            if process is not None and process.returncode is None:
                await self._end(process)
            self.pid = None

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        process.terminate()
        try:
            async with asyncio.timeout(_END_PATIENCE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()

    def _disconnect(self) -> None:
        if self._pipe is not None:
            self._loop.remove_reader(self._pipe.fileno())
            self._loop.remove_writer(self._pipe.fileno())
        self._pipe = None
        self._is_writing = False
        self._acks.clear()
        self._ready.clear()

    def _read(self) -> None:
        for _ in range(_TURN):
            if self._pipe is None:
                return
            try:
                frame = self._pipe.recv(MAX_FRAME)
            except BlockingIOError:
                return
            except OSError:
                frame = b""
            if not frame:
                # The child is gone or going; whoever waits for it goes on.
                self._loop.remove_reader(self._pipe.fileno())
                return
            if frame == READY:
                self._ready.set()
                self._write()
                continue
            said = decode_from_child(frame)
            if isinstance(said, Reply):
                self._send(said.data, said.target)
            else:
                self._on_said(said)

    def _write(self) -> None:
        """Write what the pipe takes; answers first, since somebody waits for them."""
        pipe = self._pipe
        if pipe is None or not self._ready.is_set():
            return
        try:
            while self._acks or self._waiting:
                queue = self._acks or self._waiting
                pipe.send(queue[0])
                queue.popleft()
        except BlockingIOError:
            if not self._is_writing:
                self._loop.add_writer(pipe.fileno(), self._write)
                self._is_writing = True
            return
        except OSError:
            return
        if self._is_writing:
            self._loop.remove_writer(pipe.fileno())
            self._is_writing = False
