"""What is built first? A plan is cut into phases box by box: what sees most for its money comes first.

A phase never changes the plan as a whole, nor its proof; a box comes with all its cameras, the trench of a phase lies
inside the trench of the whole. What a phase leaves over is there for the next.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gisops.planning.gain import FirstGain
from gisops.planning.score import Score
from gisops.planning.trench import dig

if TYPE_CHECKING:
    from gisops.planning.trench import Trench
    from gisops.service.plan_bill import Bill
    from gisops.service.plan_problem import Problem

__all__ = ["Stages", "stages_of"]

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Stages:
    """In which phase each thing is built, by name, and a row a phase."""

    box: dict[int, str]
    pole: dict[int, str]
    piece: dict[tuple[int, int], str]
    rows: list[dict[str, Any]]


def stages_of(problem: Problem, bill: Bill) -> Stages:
    """Cut a plan into the phases of its brief."""
    phases = problem.brief.phases
    works = _Works(problem, bill)
    pledged = 0.0
    for number, phase in enumerate(phases):
        pledged += phase.budget
        began, before = works.spent, works.score.value
        # The last phase takes all that is left: the whole is within the budget.
        limit = math.inf if number == len(phases) - 1 else pledged * (1.0 + _ROUNDING)
        while works.build(phase.name, limit):
            pass
        mine = [box for box, name in works.stages.box.items() if name == phase.name]
        works.stages.rows.append(
            {
                "name": phase.name,
                "budget": phase.budget,
                "rupees": works.spent - began,
                "cameras": sum(len(works.members[box]) for box in mine),
                "boxes": len(mine),
                "value_before": before,
                "value_after": works.score.value,
            }
        )
    for piece in bill.trench.pieces:  # what the heuristic dug beyond what any box needs
        works.stages.piece.setdefault(piece, phases[-1].name)
    return works.stages


class _Works:
    """What is built so far."""

    def __init__(self, problem: Problem, bill: Bill) -> None:
        self._problem = problem
        boxes = range(len(bill.assignment.box_pole))
        self.members = {box: bill.chosen[bill.assignment.box_of == box].tolist() for box in boxes}
        self._only = problem.net.only(bill.trench)
        self._vertex = problem.net.pole_vertex[bill.assignment.box_pole]
        self._trench = replace(bill.trench, metres=0.0, pieces=())
        self._waiting = set(self.members)
        self.score = Score(problem.siting, FirstGain(), [0])
        self.stages = Stages({}, {}, {}, [])
        self.spent = 0.0

    def build(self, phase: str, limit: float) -> bool:
        """Build the box that brings most for its money within the limit; whether there was one."""
        net = [*self._problem.net.net, *(end for piece in self._trench.pieces for end in piece)]
        offers = []
        for box in sorted(self._waiting):
            more = dig(self._only, net, [int(self._vertex[box])])
            rupees = self._rupees(box, more)
            if self.spent + rupees <= limit:
                offers.append((self._gain(box) / rupees, -box, rupees, more))
        if not offers:
            return False
        _, minus, rupees, more = max(offers, key=lambda offer: offer[:2])
        self._take(-minus, more, phase)
        self.spent += rupees
        return True

    def _rupees(self, box: int, more: Trench) -> float:
        brief, members = self._problem.brief, self.members[box]
        poles = {int(pole) for pole in self._problem.pole_of(members)} - set(self.stages.pole)
        cameras = sum(float(self._problem.siting.cost[k]) for k in members)
        return brief.box.cost + len(poles) * brief.pole_cost + more.metres * brief.fibre_per_m + cameras

    def _gain(self, box: int) -> float:
        gain = sum(self.score.add(k) for k in self.members[box])
        for k in self.members[box]:
            self.score.remove(k)
        return gain

    def _take(self, box: int, more: Trench, phase: str) -> None:
        self._waiting.discard(box)
        self._trench = _joined(self._trench, more)
        self.stages.box[box] = phase
        for pole in self._problem.pole_of(self.members[box]).tolist():
            self.stages.pole.setdefault(int(pole), phase)
        for piece in more.pieces:
            self.stages.piece.setdefault(piece, phase)
        for k in self.members[box]:
            self.score.add(k)


def _joined(before: Trench, more: Trench) -> Trench:
    return replace(before, metres=before.metres + more.metres, pieces=tuple(sorted({*before.pieces, *more.pieces})))
