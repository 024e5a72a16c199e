"""Secrets for a demonstration: made at random on this machine, kept in a file of its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from gisops.errors import ConfigError
from gisops.model.inventory import Inventory

__all__ = ["ensure_credentials", "ensure_trackers"]


def ensure_credentials(path: Path, inventory: Inventory) -> None:
    """Write a credentials file for every credential the inventory names, unless there is one.

    Raises
    ------
    ConfigError
        Where the file cannot be written.
    """
    if path.exists():
        return
    versions = {d.credential: d.snmp_version for d in inventory.devices.values()}
    lines = ["# Made for the demonstration on this machine; not for real devices.\n"]
    for name, version in sorted(versions.items()):
        lines.append(f'\n[{name}]\nversion = "{version}"\n')
        if version == "2c":
            lines.append(f'community = "{secrets.token_urlsafe(12)}"\n')
            continue
        lines.append('user = "gisops"\nauth = "SHA-256"\nprivacy = "AES-128"\n')
        lines.append(f'auth_password = "{secrets.token_urlsafe(18)}"\n')
        lines.append(f'privacy_password = "{secrets.token_urlsafe(18)}"\n')
    _write(path, "".join(lines))


def ensure_trackers(run_dir: Path) -> Path:
    """Write who may send positions in a demonstration, and its token; give the file of the token.

    Raises
    ------
    ConfigError
        Where a file cannot be written.
    """
    token, senders = run_dir.absolute() / "trackers.token", run_dir / "trackers.toml"
    if not token.exists():
        _write(token, secrets.token_urlsafe(24))
    if not senders.exists():
        note = "# Made for the demonstration on this machine; real trackers each have a token of their own.\n"
        _write(senders, f'{note}[demo]\ntoken = "file:{token}"\ntrackers = ["*"]\n')
    return token


def _write(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, all of it or nothing."""
    fresh = path.with_suffix(path.suffix + ".new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            handle.write(text)
        fresh.rename(path)
    except OSError as error:
        raise ConfigError(str(path), f"cannot be written ({error.strerror})", "choose another --run DIR") from error
