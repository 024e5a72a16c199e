"""Who works in a data folder: one gisops at a time, and a second is told who the first is.

The lock is the kernel's (`flock`), so it ends with its holder however that
ends; the process id inside the file is only there to be told to people.
"""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from types import TracebackType

from gisops.errors import StoreError

__all__ = ["RunLock", "holder_of", "prepare_run_dir"]

_NAME = "gisops.lock"
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


def prepare_run_dir(run_dir: Path) -> None:
    """Make sure the data folder is there.

    Raises
    ------
    StoreError
        Where it cannot be made.
    """
    try:
        run_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(run_dir, error) from error


class RunLock:
    """The right to work in a data folder, from `acquire` until `release` or the end of the process.

    Parameters
    ----------
    run_dir
        The data folder; made if it is missing.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, RunLock(Path(folder)):
    ...     holder_of(Path(folder)) == os.getpid()
    True
    """

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def acquire(self) -> RunLock:
        """Take the lock or say who has it.

        Raises
        ------
        StoreError
            Where another process holds it, or the folder cannot be written.
        """
        prepare_run_dir(self._run_dir)
        try:
            descriptor = os.open(self._run_dir / _NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _unusable(self._run_dir, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise StoreError(
                f"{self._run_dir}/",
                f"already in use by process {pid}",
                "stop it, or choose another folder with --run DIR",
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return self

    def release(self) -> None:
        """Give the lock back; nothing happens where it is not held."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> RunLock:
        return self.acquire()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def holder_of(run_dir: Path) -> int | None:
    """Give the process that works in a data folder; ``None`` where none does."""
    try:
        descriptor = os.open(run_dir / _NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
        return int(text) if text.isdigit() else None
    finally:
        os.close(descriptor)
    return None


def _unusable(run_dir: Path, error: OSError) -> StoreError:
    what = "read-only folder" if error.errno in _READ_ONLY else f"cannot be used ({error.strerror or error})"
    return StoreError(f"{run_dir}/", what, "choose another with --run DIR")
