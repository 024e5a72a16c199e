"""Where a cluster of the embedded server lives, as whom it runs, and whether that account gets there.

PostgreSQL refuses to run as root. Started by root it runs as an account that
owns nothing else, and that account must be able to walk to its data: parents
are never opened up for it, the cluster moves to where it can go instead.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gisops.errors import StoreError
from gisops.store.lock import prepare_run_dir

__all__ = ["Account", "can_read", "can_walk_to", "find_home", "known_home", "socket_dir"]

_NOBODY = 65534
"""Unprivileged and in every passwd file, which initdb insists on."""
_SYSTEM_HOME = Path("/var/lib/gisops")
_RECORD = "cluster.path"
_SOCKET_RECORD = "socket.path"
_SOCKET_LIMIT = 103
"""Bytes of a Unix socket's path that every supported system takes (sun_path less its end)."""


@dataclass(frozen=True, slots=True)
class Account:
    """The account PostgreSQL runs as; ``None`` for the one we run as ourselves."""

    uid: int | None = None
    gid: int | None = None

    @property
    def options(self) -> dict[str, Any]:
        """What `subprocess` needs to run something as this account."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a file or folder that we made to this account."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    @classmethod
    def for_data(cls, data: Path, effective_uid: int) -> Account:
        """Choose the account: ourselves, or for root the owner of the data, or nobody."""
        if effective_uid != 0:
            return cls()
        if data.exists():
            found = data.stat()
            if found.st_uid != 0:
                return cls(found.st_uid, found.st_gid)
        return cls(_NOBODY, _NOBODY)


def _allows(found: os.stat_result, account: Account, wanted: int) -> bool:
    if account.uid is None:
        return True
    if found.st_uid == account.uid:
        return bool((found.st_mode >> 6) & wanted == wanted)
    if found.st_gid == account.gid:
        return bool((found.st_mode >> 3) & wanted == wanted)
    return bool(found.st_mode & wanted == wanted)


def can_walk_to(folder: Path, account: Account) -> bool:
    """Whether an account may enter a folder and everything above it."""
    resolved = folder.resolve()
    return all(_allows(part.stat(), account, stat.S_IXOTH) for part in (resolved, *resolved.parents))


def can_read(paths: Iterable[Path], account: Account) -> bool:
    """Whether an account may read all of these files and folders."""
    return all(
        can_walk_to(path if path.is_dir() else path.parent, account) and _allows(path.stat(), account, stat.S_IROTH)
        for path in paths
    )


def known_home(run_dir: Path) -> Path:
    """Give where the cluster of a data folder is, or would be first looked for."""
    record = run_dir / _RECORD
    if record.is_file():
        return Path(record.read_text(encoding="utf-8").strip())
    return run_dir / "postgres"


def find_home(run_dir: Path, effective_uid: int) -> tuple[Path, Account]:
    """Give the folder of the cluster, made and owned, and the account it runs as.

    It is ``run_dir/postgres``. Where root's unprivileged account cannot walk there
    (a data folder below ``/root``, say) it is a folder of its own under
    ``/var/lib/gisops``, or under the temporary folder when the data folder is
    there too; ``run_dir/cluster.path`` names it.

    Raises
    ------
    StoreError
        Where the folder cannot be made, is gone, or belongs to somebody else.
    """
    prepare_run_dir(run_dir)
    home = known_home(run_dir)
    moved = home != run_dir / "postgres"
    if moved and not home.is_dir():
        raise StoreError(
            str(run_dir / _RECORD),
            f"the database folder it names is gone ({home})",
            "bring it back, or delete this file to begin with an empty database",
        )
    account = Account.for_data(home / "data", effective_uid)
    try:
        if not moved and not can_walk_to(run_dir, account):
            home = _elsewhere(run_dir)
        home.mkdir(mode=0o700, exist_ok=True)
        account.own(home)
        home.chmod(0o700)
    except PermissionError as error:
        raise StoreError(
            f"{home}/",
            "belongs to another user",
            "run as that user, or choose another folder with --run DIR",
        ) from error
    except OSError as error:
        raise StoreError(
            f"{home}/", f"cannot be made ({error.strerror})", "choose another folder with --run DIR"
        ) from error
    return home.resolve(), account


def _elsewhere(run_dir: Path) -> Path:
    temporary = Path(tempfile.gettempdir()).resolve()
    base = temporary if run_dir.resolve().is_relative_to(temporary) else _SYSTEM_HOME
    base.mkdir(mode=0o755, exist_ok=True)
    home = Path(tempfile.mkdtemp(prefix="gisops-cluster-", dir=base))
    (run_dir / _RECORD).write_text(f"{home}\n", encoding="utf-8")
    return home


def socket_dir(home: Path, account: Account) -> Path:
    """Give a folder for the server's socket whose path is short enough, made and owned.

    Sockets have short names: beyond 103 bytes a private folder under the
    temporary folder serves, named in ``home/socket.path``.
    """
    near = home / "socket"
    if len(os.fsencode(near / ".s.PGSQL.5432.lock")) <= _SOCKET_LIMIT:
        near.mkdir(mode=0o700, exist_ok=True)
        account.own(near)
        return near
    record = home / _SOCKET_RECORD
    if record.is_file():
        far = Path(record.read_text(encoding="utf-8").strip())
        owner = os.geteuid() if account.uid is None else account.uid
        if far.is_dir() and not far.is_symlink() and far.stat().st_uid == owner:
            return far
    far = Path(tempfile.mkdtemp(prefix="gisops-"))
    account.own(far)
    record.write_text(f"{far}\n", encoding="utf-8")
    return far
