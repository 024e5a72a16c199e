"""What stands behind a reference to a secret: ``env:NAME`` or ``file:PATH``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gisops.errors import ConfigError

__all__ = ["follow_secret", "is_reference"]


def is_reference(value: str) -> bool:
    """Whether a text says where a secret is, and is not one itself."""
    return value.startswith(("env:", "file:"))


def follow_secret(place: str, value: str, environ: Mapping[str, str]) -> str:
    """Give what a reference leads to; a text that is none is given as it is.

    Raises
    ------
    ConfigError
        Where it leads nowhere; it names the place and never the secret.
    """
    if value.startswith("env:"):
        found = environ.get(value[4:])
        if found is None:
            raise ConfigError(place, f"environment variable {value[4:]} is not set", "set it, or use file:")
        return found
    if value.startswith("file:"):
        try:
            return Path(value[5:]).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ConfigError(
                place, f"cannot read {value[5:]} ({error.strerror})", "check the path and its mode"
            ) from error
    return value
