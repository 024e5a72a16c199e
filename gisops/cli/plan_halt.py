"""How is a search cancelled from the terminal? Ctrl-C or a polite kill sets an event while the block runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["cancel_on_signals"]


@contextmanager
def cancel_on_signals(stop: threading.Event) -> Iterator[None]:
    """Set ``stop`` on SIGINT and SIGTERM; what handled them before does so again afterwards."""

    def cancel(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = [(number, signal.signal(number, cancel)) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
