"""How is a plan made from a brief? Read, pose, solve and write down: the one way for the command and the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gisops.errors import PlanningError
from gisops.inventory.load import load_inventory
from gisops.model.inventory import Inventory
from gisops.planning.conflict import NoChoiceError
from gisops.planning.halt import Halt
from gisops.service.plan_brief import check_brief, parse_brief
from gisops.service.plan_document import plan_document
from gisops.service.plan_problem import Problem, pose_problem
from gisops.service.plan_solve import Solved, Stage, solve_plan

__all__ = ["PlanCancelledError", "Posed", "make_plan", "pose"]


class PlanCancelledError(PlanningError):
    """Cancelled before there was any plan."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "cancelled before there was a plan", "run it again and give it longer")


@dataclass(frozen=True)
class Posed:
    """A brief with its problem."""

    brief_toml: str
    inventory: Inventory
    problem: Problem


def pose(
    brief_toml: str,
    place: str,
    folder: Path,
    now: datetime,
    halt: Halt,
    tell: Callable[[str, int, int], None] = lambda _words, _done, _all: None,
    inventory: Inventory | None = None,
) -> Posed:
    """Read a brief and work out who would see what.

    Parameters
    ----------
    brief_toml, place
        Text of the brief and its name in errors.
    folder, inventory
        Of the inventory, and what it holds where that is loaded already.
    now
        UTC.
    halt
        When to stop.
    tell
        Told the words of a stage, how much of it is done, of how much (0: not known).

    Raises
    ------
    ConfigError, PlanningError
        Where the brief cannot be meant.
    PlanCancelledError
        Where it was cancelled.
    """
    brief = parse_brief(brief_toml, place)
    tell("reading the inventory", 0, 0)
    city = inventory or load_inventory(folder)
    check_brief(brief, city, place)

    def watch(done: int, every: int) -> None:
        if halt.is_cancelled():
            raise PlanCancelledError(place)
        tell("viewsheds of candidates", done, every)

    problem = pose_problem(brief, city, folder, now, watch)
    return Posed(brief_toml, city, problem)


def make_plan(
    posed: Posed,
    halt: Halt,
    now: datetime,
    tell: Callable[[Stage], None] = lambda _stage: None,
    begin: Iterable[int] = (),
    locked: Iterable[int] = (),
    forbidden: Iterable[int] = (),
    gap: float = 0.01,
) -> tuple[Solved, dict[str, Any]]:
    """Solve a posed brief and give the plan as a document.

    Raises
    ------
    PlanningError
        Where no plan keeps to all rules.
    PlanCancelledError
        Where it was cancelled before there was one.
    """
    try:
        solved = solve_plan(posed.problem, halt, gap, begin, locked, forbidden, tell)
    except NoChoiceError:
        if halt.is_cancelled():
            raise PlanCancelledError(posed.problem.brief.name) from None
        raise
    return solved, plan_document(posed.problem, solved, posed.inventory, posed.brief_toml, now)
