"""The embedded database server: set up once, started fast, ended cleanly, found again after a crash."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import tempfile
from pathlib import Path
from typing import IO

from gisops.errors import StoreError
from gisops.store.binaries import NOBODY, SYSTEM_HOME, bin_dir, is_open_to_all, run_as

__all__ = ["EmbeddedPostgres", "RunLock"]

DATABASE = "gisops"
MAX_SOCKET_PATH = 100
"""The kernel's limit is 108 octets, PostgreSQL's file name takes its share."""
_START_PATIENCE_S = 120
_SETTINGS = {
    "listen_addresses": "",
    "max_wal_size": "1GB",
    "shared_buffers": "128MB",
    "wal_compression": "on",
    "jit": "off",
    "max_connections": "60",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class RunLock:
    """One gisops to one data folder; the kernel lets go of it however the holder ends."""

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._file: IO[str] | None = None

    def __enter__(self) -> RunLock:
        self.acquire()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def acquire(self) -> None:
        """Take the folder.

        Raises
        ------
        StoreError
            Where it cannot be written, or another gisops has it.
        """
        path = self._run_dir / "gisops.lock"
        try:
            self._run_dir.mkdir(parents=True, exist_ok=True)
            held = path.open("a+")
        except OSError as error:
            raise StoreError(
                f"{self._run_dir}", f"cannot be written ({error.strerror})", "choose another with --run DIR"
            ) from error
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            held.seek(0)
            holder = held.read().strip() or "unknown"
            held.close()
            raise StoreError(
                f"{self._run_dir}",
                f"already in use by process {holder}",
                "stop it, or choose another with --run DIR",
            ) from error
        held.truncate(0)
        held.write(f"{os.getpid()}\n")
        held.flush()
        self._file = held

    def release(self) -> None:
        """Give the folder back."""
        if self._file is not None:
            self._file.close()
            self._file = None


class EmbeddedPostgres:
    """PostgreSQL in a folder of ours, reachable over a private Unix socket only.

    Parameters
    ----------
    run_dir
        The folder; hold its `RunLock` first. As root the cluster itself stands
        in ``/var/lib/gisops`` where the folder cannot be reached by the
        unprivileged user that PostgreSQL runs as.
    """

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir.resolve()
        self._home = self._choose_home()
        self._data = self._home / "data"
        self._sockets = self._home / "s"
        self._bin = bin_dir()

    @property
    def dsn(self) -> str:
        """How to reach the database."""
        return f"postgresql:///{DATABASE}?host={self._sockets}&user={DATABASE}"

    def start(self) -> str:
        """Start the server, setting it up if it is new; give its DSN.

        A server left over from a killed gisops is stopped first; what it had
        committed is kept.

        Raises
        ------
        StoreError
            With the last line of PostgreSQL's own log.
        """
        self._prepare()
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        if self.is_running():
            self.stop()
        options = [f"-c {name}='{value}'" for name, value in _SETTINGS.items()]
        log = self._home / "postgres.log"
        started = self._pg_ctl(
            "start",
            "-l",
            str(log),
            "-o",
            " ".join([f"-k '{self._sockets}'", *options]),
            "-t",
            f"{_START_PATIENCE_S}",
        )
        if started.returncode != 0:
            lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
            raise StoreError(
                str(self._home),
                f"PostgreSQL did not start ({lines[-1] if lines else 'no log'})",
                f"read {log}",
            )
        return self.dsn

    def stop(self) -> None:
        """Stop the server; what was committed is kept."""
        self._pg_ctl("stop", "-m", "fast", "-t", "60")

    def is_running(self) -> bool:
        """Whether a server runs on the folder."""
        return self._data.exists() and self._pg_ctl("status").returncode == 0

    def _choose_home(self) -> Path:
        home = self._run_dir / "pg"
        unreachable = os.geteuid() == 0 and not is_open_to_all(self._run_dir)
        if unreachable or len(str(home / "s")) > MAX_SOCKET_PATH - len("/.s.PGSQL.5432"):
            name = hashlib.sha256(str(self._run_dir).encode()).hexdigest()[:12]
            root = SYSTEM_HOME if os.geteuid() == 0 else Path(tempfile.gettempdir()) / f"gisops-{os.geteuid()}"
            return root / name
        return home

    def _prepare(self) -> None:
        try:
            self._home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            for folder in (self._home, self._sockets):
                folder.mkdir(mode=0o700, exist_ok=True)
                if os.geteuid() == 0:
                    os.chown(folder, NOBODY, NOBODY)
        except OSError as error:
            raise StoreError(
                str(self._home), f"cannot be written ({error.strerror})", "choose another with --run DIR"
            ) from error

    def _initialise(self) -> None:
        """Set a cluster up aside and move it in whole, so that a killed start leaves no half of one."""
        fresh = self._home / "fresh"
        subprocess.run(["rm", "-rf", str(fresh)], check=True)
        made = self._run("initdb", "-D", str(fresh), "-U", DATABASE, "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        if made.returncode != 0:
            raise StoreError(
                str(self._home),
                f"initdb failed ({made.stderr.strip().splitlines()[-1] if made.stderr else 'no word'})",
                "free some space, or choose another folder with --run DIR",
            )
        single = f"CREATE DATABASE {DATABASE}\n"
        self._run("postgres", "--single", "-D", str(fresh), "postgres", stdin=single)
        fresh.rename(self._data)

    def _pg_ctl(self, action: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self._run("pg_ctl", action, "-D", str(self._data), "-s", "-w", *arguments)

    def _run(self, program: str, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        # The server inherits these: a pipe would keep the caller waiting for the server's own end.
        with tempfile.TemporaryFile("w+") as errors:
            done = subprocess.run(
                [str(self._bin / program), *arguments],
                input=stdin,
                stdin=subprocess.DEVNULL if stdin is None else None,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd="/",
                text=True,
                check=False,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
                **run_as(),
            )
            errors.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, "", errors.read())
