"""How figures look on the page ``docs/benchmarks.md``: as measured, misses included, a section a bench."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gisops.bench.figure import Figure

__all__ = ["put_section"]

_HEAD = """# Benchmarks

Written by `make bench`, a section a bench; every figure as measured, misses included. A value is a median over
`runs`.
"""


def put_section(page: str, name: str, about: str, figures: Sequence[Figure]) -> str:
    """Write the section of one bench into the page, in place of its earlier one.

    Parameters
    ----------
    page
        The page so far; may be empty.
    name, about
        Of the bench.
    figures
        What it measured.

    Returns
    -------
    str
        Markdown; sections stand in order of their names.
    """
    sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", page, flags=re.MULTILINE | re.DOTALL))
    sections[name] = f"\n{about.strip()}\n\n{_table(figures)}\n"
    return _HEAD + "".join(f"\n## {title}\n\n{sections[title].strip()}\n" for title in sorted(sections))


def _table(figures: Sequence[Figure]) -> str:
    rows = ["| metric | size | value | goal | met | runs | beside it |", "|---|---|---|---|---|---|---|"]
    for figure in figures:
        sign = "≥" if figure.is_floor else "≤"
        goal = "" if figure.goal is None else f"{sign} {figure.goal:g} {figure.unit}"
        met = {True: "yes", False: "**no**", None: ""}[figure.met]
        beside = "" if figure.baseline is None else f"{figure.baseline[0]}: {figure.baseline[1]:,g}"
        rows.append(
            f"| {figure.metric} | {figure.size:,} | {figure.value:,g} {figure.unit} "
            f"| {goal} | {met} | {figure.runs} | {beside} |"
        )
    machines = "; ".join(dict.fromkeys(figure.machine for figure in figures))
    return "\n".join(rows) + f"\n\nMachine: {machines}."
