"""How figures look on the page ``docs/benchmarks.md``: as measured, misses included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["page_of"]

_HEAD = """# Benchmarks

Written by `make bench`; every figure as measured, misses included. `detect` runs the whole demonstration (1,600 real
SNMP agents, collector, PostgreSQL, page) and waits in a real Chromium until the device is drawn in its new colour.
The clock starts when the device goes silent. A box that merely dies sends no trap, so only the next poll can tell.

"""


def page_of(figures: Iterable[Mapping[str, Any]]) -> str:
    """Write the page.

    Parameters
    ----------
    figures
        As ``gisops bench … --json`` prints them.

    Returns
    -------
    str
        Markdown: one table, then the machine.
    """
    rows = [
        "| bench | metric | devices | value | goal | met | runs | beside it |",
        "|---|---|---|---|---|---|---|---|",
    ]
    machines: dict[str, None] = {}
    for figure in figures:
        machines[figure["machine"]] = None
        goal = "" if figure["goal"] is None else f"≤ {figure['goal']:g} {figure['unit']}"
        met = {True: "yes", False: "**no**", None: ""}[figure["met"]]
        baseline = f"{figure['baseline']['name']}: {figure['baseline']['value']:g}"
        rows.append(
            f"| {figure['bench']} | {figure['metric']} | {figure['size']:,} | {figure['value']:g} {figure['unit']} "
            f"| {goal} | {met} | {figure['runs']} | {baseline} |"
        )
    return _HEAD + "\n".join(rows) + "\n\nMachines: " + "; ".join(machines) + ".\n"
