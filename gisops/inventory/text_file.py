"""Can a file be read as text at all? One line for each way in which it cannot."""

from __future__ import annotations

import errno
import stat
from pathlib import Path

from gisops.errors import InventoryError

__all__ = ["read_text"]

_REMEDIES = {
    errno.ENOENT: "add it, see docs/inventory.md",
    errno.ENOTDIR: "a file stands where a folder is meant: move it away",
    errno.EACCES: "make it readable (chmod u+r, and u+x on its folders)",
    errno.ELOOP: "replace the symbolic links that lead to each other by the file",
    errno.EISDIR: "put a file in the place of the folder",
}


def read_text(path: Path) -> str:
    """Read a text file in UTF-8, with or without a byte order mark.

    Raises
    ------
    InventoryError
        Where it is missing, not a plain file, not readable or not UTF-8. Its
        ``__cause__`` is the `OSError` where there was one.
    """
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # reading a pipe would wait for ever
            raise InventoryError(str(path), "is not a plain file", "put a file in its place")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        what = "is missing" if error.errno == errno.ENOENT else f"cannot be read ({error.strerror})"
        remedy = _REMEDIES.get(error.errno or 0, "copy it again from its source")
        raise InventoryError(str(path), what, remedy) from error
    except UnicodeDecodeError as error:
        raise InventoryError(
            str(path), f"byte {error.start} is not UTF-8", "save it as UTF-8 (Excel: CSV UTF-8)"
        ) from error
