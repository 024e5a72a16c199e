"""Is a PostgreSQL server running on a data folder, and how is it ended.

A server can outlive whoever started it (kill -9): it is then found by its
``postmaster.pid`` and ended the way its owner would have ended it.
"""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Sequence
from pathlib import Path

from gisops.errors import StoreError

__all__ = ["clear_stale_locks", "end_process", "is_ready", "live_postmaster", "stop_postmaster"]

_STATUS_LINE = 7
"""Line of postmaster.pid, counted from 0, that says how far the server is."""


def _lines(note: Path) -> list[str]:
    try:
        return note.read_text(encoding="utf-8", errors="replace").splitlines()
    except (FileNotFoundError, PermissionError):
        return []


def _noted_pid(note: Path) -> int | None:
    lines = _lines(note)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def live_postmaster(data: Path) -> int | None:
    """Give the server's process id; ``None`` where none works on this data folder.

    A server's working folder is its data folder, so that a process which got
    the number of a dead server is not mistaken for it.
    """
    pid = _noted_pid(data / "postmaster.pid")
    if pid is None:
        return None
    try:
        working_folder = Path(f"/proc/{pid}/cwd").readlink()
    except OSError:
        return None
    return pid if working_folder == data.resolve() else None


def is_ready(data: Path) -> bool:
    """Whether the server says that it takes connections."""
    lines = _lines(data / "postmaster.pid")
    return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"


def clear_stale_locks(data: Path, sockets: Path) -> None:
    """Remove what a dead server noted about itself where its number is another process's by now.

    PostgreSQL would take that process for a server. Its own check for processes
    that are still attached to the data does not depend on these files.

    Parameters
    ----------
    data, sockets
        The data folder, and the folder of the socket; both serve no other server.
    """
    if live_postmaster(data) is not None:
        return
    for note in (data / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")):
        pid = _noted_pid(note)
        if pid is not None and Path(f"/proc/{pid}").exists():
            note.unlink(missing_ok=True)


def stop_postmaster(data: Path, patience_s: float) -> bool:
    """End the server on a data folder, if there is one: fast, then at once.

    Parameters
    ----------
    data
        The data folder.
    patience_s
        Seconds a fast shutdown (which writes a checkpoint) may take.

    Returns
    -------
    bool
        Whether there was one.

    Raises
    ------
    StoreError
        Where it may not be ended, or does not end.
    """
    pid = live_postmaster(data)
    if pid is None:
        return False
    end_process(pid, (signal.SIGINT, signal.SIGQUIT), patience_s, f"{data}/")
    return True


def end_process(pid: int, signals: Sequence[signal.Signals], patience_s: float, place: str) -> None:
    """Signal a process that is not our child until it ends.

    Parameters
    ----------
    pid
        The process.
    signals
        One after the other, until it ends.
    patience_s
        Seconds to wait after each.
    place
        What it works on, for errors.

    Raises
    ------
    StoreError
        Where it may not be signalled, or does not end.
    """
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        for number in signals:
            signal.pidfd_send_signal(process, number)
            if select.select([process], [], [], patience_s)[0]:
                return
    except ProcessLookupError:
        return
    except PermissionError as error:
        raise StoreError(place, f"process {pid} belongs to another user", "stop it as that user") from error
    finally:
        os.close(process)
    raise StoreError(place, f"process {pid} does not end", f"see what it does, then kill {pid}")
