"""The ground: how a child process ends when its parent does, whatever becomes of the parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

__all__ = ["end_with_parent"]

_PR_SET_PDEATHSIG = 1


def end_with_parent(number: int = signal.SIGTERM, parent: int | None = None) -> None:
    """Ask the kernel to signal this process when its parent is killed; call it in the child.

    Parameters
    ----------
    number
        The signal.
    parent
        Process id of the parent; where it is gone already, this process ends at once.

    Notes
    -----
    Linux only (prctl(2), PR_SET_PDEATHSIG); elsewhere nothing happens.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, number)
    if parent is not None and os.getppid() != parent:
        os._exit(1)
