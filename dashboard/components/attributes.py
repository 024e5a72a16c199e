"""Attributes of HTML elements whose names no Python keyword can spell."""

from __future__ import annotations

from typing import Any

__all__ = ["attributes"]


def attributes(**values: str) -> dict[str, Any]:
    """Give ``aria_`` and ``data_`` attributes as a component takes them.

    Examples
    --------
    >>> attributes(aria_label="Close", data_jump="boxes:B-1")
    {'aria-label': 'Close', 'data-jump': 'boxes:B-1'}
    """
    return {name.replace("_", "-"): value for name, value in values.items()}
