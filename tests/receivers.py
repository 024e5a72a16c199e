"""Receivers of pages on loopback, of the standard library: HTTP, SMTP, UDP and TCP, that keep what they got."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["Got", "HttpReceiver", "SmtpReceiver", "http_receiver", "smtp_receiver"]


@dataclass
class Got:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass
class HttpReceiver:
    """What came, and what is answered: one status a request, the last for ever."""

    port: int
    got: list[Got] = field(default_factory=list)
    statuses: list[int] = field(default_factory=lambda: [200])
    came: threading.Condition = field(default_factory=threading.Condition)
    before_answer: Callable[[], None] = lambda: None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in"

    def take(self, request: Got) -> int:
        with self.came:
            self.got.append(request)
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
            self.came.notify_all()
        self.before_answer()
        return status

    def wait_for(self, number: int, within_s: float = 20.0) -> list[Got]:
        """Give what came, once so much did."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.got) >= number, within_s), f"only {len(self.got)} came"
            return list(self.got)


@contextmanager
def http_receiver(port: int) -> Iterator[HttpReceiver]:
    receiver = HttpReceiver(port)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status = receiver.take(Got(self.command, self.path, headers, body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class SmtpReceiver:
    """A mail server that takes one conversation after the other; ``refuse`` is answered to RCPT of these."""

    port: int
    mails: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    refuse: dict[str, int] = field(default_factory=dict)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender, to = "", list[str]()
        writer.write(b"220 test\r\n")
        while line := (await reader.readline()).decode().strip():
            verb = line[:4].upper()
            answer = "250 ok"
            if verb == "MAIL":
                sender, to = line.split("<")[1].split(">")[0], []
            elif verb == "RCPT":
                address = line.split("<")[1].split(">")[0]
                code = self.refuse.get(address, 250)
                answer = f"{code} x"
                to += [address] if code == 250 else []
            elif verb == "DATA":
                writer.write(b"354 go\r\n")
                body = await reader.readuntil(b"\r\n.\r\n")
                self.mails.append((sender, to, body[:-5]))
            elif verb == "QUIT":
                writer.write(b"221 bye\r\n")
                break
            writer.write(f"{answer}\r\n".encode())
        writer.close()


@contextmanager
def smtp_receiver(port: int) -> Iterator[SmtpReceiver]:
    receiver = SmtpReceiver(port)
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    ready = threading.Event()

    async def serve() -> None:
        async with await asyncio.start_server(receiver.talk, "127.0.0.1", port):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    ready.wait(5)
    try:
        yield receiver
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()
