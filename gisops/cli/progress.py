"""How far is it? One line on a terminal, nothing anywhere else."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

__all__ = ["bar"]

_WIDTH = 30
_EVERY_S = 0.1


def bar(what: str) -> Callable[[int, int], None]:
    """Give a function that draws how many of how many are done (``0`` of all: not known), on standard error."""
    if not sys.stderr.isatty():
        return lambda _done, _all: None
    shown_at = 0.0

    def show(done: int, total: int) -> None:
        nonlocal shown_at
        now = time.monotonic()
        if now - shown_at < _EVERY_S and done < total:
            return
        shown_at = now
        full = round(_WIDTH * done / total) if total else 0
        rest = f"/{total:,}" if total else ""
        end = "\n" if total and done >= total else ""
        sys.stderr.write(f"\r[{'#' * full}{'.' * (_WIDTH - full)}] {done:,}{rest} {what}{end}")
        sys.stderr.flush()

    return show
