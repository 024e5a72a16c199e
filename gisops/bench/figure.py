"""What is one figure of a bench: a value, what it is held to, and the peer measured beside it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["Figure", "machine"]


@cache
def machine() -> str:
    """Name the machine: processor, cores in use, architecture, system."""
    model = platform.processor() or platform.machine()
    with_names = Path("/proc/cpuinfo")
    if with_names.is_file():
        names = (
            line for line in with_names.read_text(encoding="utf-8").splitlines() if line.startswith("model name")
        )
        model = next(names, model).partition(": ")[2] or model
    python = f"Python {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores, {platform.machine()}, {platform.system()}, {python}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure.

    Parameters
    ----------
    bench, metric
        Which bench, and what was measured.
    size
        How many devices, traps, spans ... it was measured on.
    value, unit
        Median over ``runs``.
    goal
        The bound it is held to; ``None`` where it only informs.
    is_floor
        Whether ``goal`` is a least value (else a most).
    runs
        How often it was measured.
    baseline
        Name and value of the peer or limit measured in the same run.
    """

    bench: str
    metric: str
    size: int
    value: float
    unit: str
    goal: float | None = None
    is_floor: bool = False
    runs: int = 1
    baseline: tuple[str, float] | None = None
    machine: str = field(default_factory=machine)

    @property
    def met(self) -> bool | None:
        """Whether the goal was met; ``None`` without one."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.is_floor else self.value <= self.goal

    def to_json(self) -> dict[str, Any]:
        """Give the figure as ``gisops bench … --json`` prints it."""
        return {
            "bench": self.bench,
            "metric": self.metric,
            "size": self.size,
            "value": self.value,
            "unit": self.unit,
            "goal": self.goal,
            "goal_is": None if self.goal is None else "at least" if self.is_floor else "at most",
            "met": self.met,
            "runs": self.runs,
            "baseline": None if self.baseline is None else {"name": self.baseline[0], "value": self.baseline[1]},
            "machine": self.machine,
        }
