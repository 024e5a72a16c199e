"""Which secret belongs to a credential name; secrets live in a file or the environment only.

The file is TOML, readable by its owner alone (mode 0600)::

    [street-v2c]
    version = "2c"
    community = "env:GISOPS_STREET_COMMUNITY"    # or the text itself

    [redzone-v3]
    version = "3"
    user = "gisops"
    auth = "SHA-256"
    auth_password = "file:/run/secrets/redzone-auth"
    privacy = "AES-128"
    privacy_password = "env:GISOPS_REDZONE_PRIVACY"

A value that starts with ``env:`` or ``file:`` is a reference that is followed
when the file is read.
"""

from __future__ import annotations

import difflib
import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gisops.config.secret import follow_secret
from gisops.errors import ConfigError

__all__ = ["AUTH_PROTOCOLS", "PRIVACY_PROTOCOLS", "Credential", "load_credentials"]

AUTH_PROTOCOLS = ("SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512")
PRIVACY_PROTOCOLS = ("AES-128", "AES-192", "AES-256")

_V2C_KEYS = frozenset({"version", "community"})
_V3_KEYS = frozenset({"version", "user", "auth", "auth_password", "privacy", "privacy_password"})


@dataclass(frozen=True, slots=True)
class Credential:
    """What it takes to talk to a device; secrets never show in ``repr``.

    Parameters
    ----------
    name
        The name the inventory refers to.
    version
        ``"2c"`` or ``"3"``.
    community
        v2c only.
    user, auth, auth_password, privacy, privacy_password
        v3 only: security name, protocol names of :data:`AUTH_PROTOCOLS` and
        :data:`PRIVACY_PROTOCOLS` (``None``: without), passwords of eight
        characters or more (RFC 3414 section 11.2).
    """

    name: str
    version: str
    community: str = field(default="", repr=False)
    user: str = ""
    auth: str | None = None
    auth_password: str = field(default="", repr=False)
    privacy: str | None = None
    privacy_password: str = field(default="", repr=False)


def load_credentials(path: Path, environ: Mapping[str, str] = os.environ) -> dict[str, Credential]:
    """Read a credentials file.

    Parameters
    ----------
    path
        The TOML file.
    environ
        Where ``env:`` references are looked up.

    Returns
    -------
    dict
        Credential by name.

    Raises
    ------
    ConfigError
        Where the file is missing, open to others, not TOML, or a key or
        reference in it is wrong; it names the place and never the secret.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            str(path), f"cannot read the credentials ({error.strerror})", "name one with --credentials FILE"
        ) from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise ConfigError(str(path), "other users can read the credentials", f"chmod 600 {path}")
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(str(path), f"not valid TOML ({error})", "correct the line it names") from error
    return {name: _credential(f"{path} [{name}]", name, table, environ) for name, table in tables.items()}


def _credential(place: str, name: str, table: object, environ: Mapping[str, str]) -> Credential:
    if not isinstance(table, dict):
        raise ConfigError(place, "not a table", f"write it as [{name}] with its keys below")
    version = table.get("version")
    if version not in ("2c", "3"):
        raise ConfigError(place, f"version is {version!r}", 'use "2c" or "3"')
    known = _V2C_KEYS if version == "2c" else _V3_KEYS
    for key, value in table.items():
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(sorted(known))}"
            raise ConfigError(place, f"unknown key {key}", hint)
        if not isinstance(value, str):
            raise ConfigError(place, f"{key} is not text", "put it in quotes")
    texts = {key: follow_secret(f"{place} {key}", value, environ) for key, value in table.items()}
    if version == "2c":
        if not texts.get("community"):
            raise ConfigError(place, "community is missing", "add community")
        return Credential(name, version, community=texts["community"])
    return _v3(place, name, texts)


def _v3(place: str, name: str, texts: Mapping[str, str]) -> Credential:
    if not texts.get("user"):
        raise ConfigError(place, "user is missing", "add the v3 security name as user")
    for key, secret, protocols in (
        ("auth", "auth_password", AUTH_PROTOCOLS),
        ("privacy", "privacy_password", PRIVACY_PROTOCOLS),
    ):
        if key in texts and texts[key] not in protocols:
            raise ConfigError(place, f"{key} is {texts[key]}", f"use one of {', '.join(protocols)}")
        if key in texts and len(texts.get(secret, "")) < 8:
            raise ConfigError(place, f"{secret} has fewer than 8 characters", "RFC 3414 asks for 8 or more")
    if "privacy" in texts and "auth" not in texts:
        raise ConfigError(place, "privacy without auth", "add auth and auth_password")
    return Credential(
        name,
        "3",
        user=texts["user"],
        auth=texts.get("auth"),
        auth_password=texts.get("auth_password", ""),
        privacy=texts.get("privacy"),
        privacy_password=texts.get("privacy_password", ""),
    )
