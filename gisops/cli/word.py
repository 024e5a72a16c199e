"""Is a word on the command line one of those known, and which was meant where it is not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from gisops.errors import ConfigError

__all__ = ["word_of"]


def word_of(option: str, word: str, known: Iterable[str]) -> str:
    """Give a word that is known.

    Raises
    ------
    ConfigError
        Where it is not, with the nearest that is.
    """
    names = list(known)
    if word in names:
        return word
    near = difflib.get_close_matches(word, names, n=1)
    raise ConfigError(
        option, f"there is no {word}", f"did you mean {near[0]}?" if near else f"use {', '.join(names)}"
    )
