"""How a long-running process gives memory back: by counting references, seldom by searching for cycles.

A poll of 17,000 devices makes some 100,000 objects that live for a second, none
of them in a cycle. Python's default searches for cycles after every 700 of them:
measured, half of the processor time of a version 3 poll.
"""

from __future__ import annotations

import gc

__all__ = ["count_rather_than_search"]

_YOUNG, _MIDDLE, _OLD = 50_000, 20, 100


def count_rather_than_search() -> None:
    """Search for cycles after 50,000 new objects instead of 700; for a whole process, by its owner."""
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
