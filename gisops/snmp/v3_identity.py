"""Who we are to those who send version 3 informs: one engine id for good, and how often we started.

A receiver of informs is the authoritative engine (RFC 3414 section 1.5.1): senders keep
its id, and refuse and are refused on the count of its starts. Both live in the run folder.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from gisops.errors import SnmpError

__all__ = ["FILE_NAME", "start_engine"]

FILE_NAME = "snmp-engine.json"
MAX_BOOTS = 2**31 - 1
"""RFC 3414 section 2.2.2: an engine that started so often is never believed again."""
_PREFIX = bytes.fromhex("80007ed905")
"""RFC 3411, SnmpEngineID: high bit set, enterprise 32473 (RFC 5612), format 5: octets of our choice."""
_OWN_OCTETS = 8


def start_engine(state_dir: Path | None) -> tuple[bytes, int]:
    """Give our engine id and count one more start.

    Parameters
    ----------
    state_dir
        Folder that keeps them; ``None``: an engine that nobody met before.

    Returns
    -------
    engine_id, boots
        13 octets, and 1 at the first start.

    Raises
    ------
    SnmpError
        Where the file cannot be read or written, or the count is at its end.
    """
    if state_dir is None:
        return _PREFIX + secrets.token_bytes(_OWN_OCTETS), 1
    path = state_dir / FILE_NAME
    engine_id, boots = _read(path)
    boots += 1
    if boots >= MAX_BOOTS:
        raise SnmpError(
            str(path), "snmpEngineBoots is at its end", "delete the file: senders then learn a new engine"
        )
    _write(path, engine_id, boots)
    return engine_id, boots


def _read(path: Path) -> tuple[bytes, int]:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        engine_id, boots = bytes.fromhex(fields["engine_id"]), int(fields["boots"])
    except FileNotFoundError:
        return _PREFIX + secrets.token_bytes(_OWN_OCTETS), 0
    except OSError as error:
        raise SnmpError(str(path), f"cannot read our engine id ({error.strerror})", "check its mode") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SnmpError(str(path), "not an engine id and a count of starts", "delete the file") from error
    if not 5 <= len(engine_id) <= 32 or boots < 0:
        raise SnmpError(str(path), "engine id or count of starts out of bounds", "delete the file")
    return engine_id, boots


def _write(path: Path, engine_id: bytes, boots: int) -> None:
    """Write the file so that a crash leaves the old one or the new one, never half of one."""
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("w", encoding="utf-8") as file:
            json.dump({"engine_id": engine_id.hex(), "boots": boots}, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise SnmpError(
            str(path), f"cannot keep our engine id ({error.strerror})", "make room or check its mode"
        ) from error
