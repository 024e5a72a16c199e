"""Who may send positions, and of which trackers: a file of senders, with references to their secrets.

One table a sender; it needs no mode of its own, for no secret stands in it::

    [TR-CLF-001]                                    # a tracker that sends by itself
    token = "file:/run/secrets/tr-clf-001"

    [traccar]                                       # a server that forwards for many
    token = "env:GISOPS_TRACCAR_TOKEN"
    trackers = ["TR-*"]

``trackers`` are names or shell patterns; without it a sender may speak for the tracker of its own name.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from gisops.config.secret import follow_secret, is_reference
from gisops.errors import ConfigError

__all__ = ["Sender", "Senders", "load_senders"]

SHORTEST_TOKEN = 16
_KEYS = ("token", "trackers")


@dataclass(frozen=True, slots=True)
class Sender:
    """One that may send: its name, and the patterns of the trackers it speaks for."""

    name: str
    trackers: tuple[str, ...]

    def may_speak_for(self, tracker_id: str) -> bool:
        """Whether it may send positions of a tracker."""
        return any(fnmatchcase(tracker_id, pattern) for pattern in self.trackers)


class Senders:
    """Who may send, found by token; only digests of tokens are kept."""

    def __init__(self, by_token: Mapping[str, Sender]) -> None:
        self._by_digest = {_digest(token): sender for token, sender in by_token.items()}

    def __len__(self) -> int:
        return len(self._by_digest)

    def find(self, token: str) -> Sender | None:
        """Give the sender of a token; how long that takes tells nothing of any token."""
        return self._by_digest.get(_digest(token))


def load_senders(path: Path, environ: Mapping[str, str] = os.environ) -> Senders:
    """Read a file of senders.

    Raises
    ------
    ConfigError
        Where it cannot be used; it names the place and never the secret.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            str(path), f"cannot read who may send positions ({error.strerror})", "name a file with --trackers FILE"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"not valid TOML ({error})", "correct the line it names") from error
    by_token: dict[str, Sender] = {}
    for name, table in tables.items():
        place = f"{path} [{name}]"
        token, sender = _sender(place, name, table, environ)
        if token in by_token:
            raise ConfigError(place, f"has the token of [{by_token[token].name}]", "give each sender its own")
        by_token[token] = sender
    if not by_token:
        raise ConfigError(str(path), "nobody may send positions", "add a table with a token for each sender")
    return Senders(by_token)


def _sender(place: str, name: str, table: object, environ: Mapping[str, str]) -> tuple[str, Sender]:
    if not isinstance(table, dict):
        raise ConfigError(place, "not a table", f"write it as [{name}] with its keys below")
    for key in table:
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, n=1)
            raise ConfigError(
                place, f"unknown key {key}", f"did you mean {near[0]}?" if near else "use token, trackers"
            )
    reference, trackers = table.get("token"), table.get("trackers", [name])
    if not isinstance(reference, str) or not is_reference(reference):
        raise ConfigError(f"{place} token", "is no reference to a secret", 'write "env:NAME" or "file:PATH"')
    if not isinstance(trackers, list) or not all(isinstance(word, str) and word for word in trackers):
        raise ConfigError(f"{place} trackers", "is no list of names", 'write ["TR-*"]')
    token = follow_secret(f"{place} token", reference, environ)
    if len(token) < SHORTEST_TOKEN:
        raise ConfigError(
            f"{place} token", f"has fewer than {SHORTEST_TOKEN} characters", "make a longer one at random"
        )
    return token, Sender(name, tuple(trackers))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
