"""Which boxes ought to have been inspected by now, and whose seal is not the one it had. Pure.

A box without a date of inspection is never "in order": once taken over it counts
as never inspected, and its first inspection is due an interval after that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gisops.model.inventory import Box

__all__ = ["Inspection", "InspectionState", "Seal", "due_on", "inspection_of", "inspections"]


class InspectionState(StrEnum):
    """How a box stands with its inspections."""

    IN_TIME = "in_time"
    OVERDUE = "overdue"
    NEVER = "never"
    """Taken over longer ago than the interval, and nobody wrote an inspection down."""
    NOT_COMMISSIONED = "not_commissioned"
    """Not taken over yet: nothing is due."""


class Seal(StrEnum):
    """What is known of a box's seal."""

    PRESENT = "present"
    MISSING = "missing"
    """No number is on record: nobody could tell that the box was opened."""
    CHANGED = "changed"
    """Another number than in the earlier record: it was opened in between."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """How one box stands with its inspections.

    Parameters
    ----------
    box_id
        The box.
    state, seal
        The two verdicts.
    due_on
        Local day on which the next inspection is due; ``None`` where nothing is.
    overdue_days
        Whole days past ``due_on``; 0 while it is in time, ``None`` where nothing is due.
    seal_no, seal_before
        Number on record, and in the earlier record where there is one.
    """

    box_id: str
    state: InspectionState
    seal: Seal
    due_on: date | None
    overdue_days: int | None
    seal_no: str | None
    seal_before: str | None = None

    @property
    def is_in_order(self) -> bool:
        """Whether nobody has to go there for it."""
        is_due = self.state in (InspectionState.OVERDUE, InspectionState.NEVER)
        return not is_due and (self.seal is Seal.PRESENT or self.state is InspectionState.NOT_COMMISSIONED)


def due_on(box: Box, interval_days: int) -> date | None:
    """Give the day on which a box is due: an interval after its last inspection or its take-over.

    Examples
    --------
    A box that was neither taken over nor inspected is due on no day.
    """
    last = box.inspected_on or box.commissioned_on
    return last + timedelta(days=interval_days) if last else None


def inspection_of(box: Box, today: date, interval_days: int, seal_before: str | None = None) -> Inspection:
    """Judge one box.

    Parameters
    ----------
    box
        Its record.
    today
        The day in the inventory's time zone.
    interval_days
        Days between two inspections by contract.
    seal_before
        Number on its seal in an earlier record; ``None`` where there is none.
    """
    due = due_on(box, interval_days)
    overdue_days = None if due is None else max(0, (today - due).days)
    if due is None:
        state = InspectionState.NOT_COMMISSIONED
    elif not overdue_days:
        state = InspectionState.IN_TIME
    else:
        state = InspectionState.OVERDUE if box.inspected_on else InspectionState.NEVER
    seal_no = (box.seal_no or "").strip() or None
    before = (seal_before or "").strip() or None
    if seal_no is None:
        seal = Seal.MISSING
    else:
        seal = Seal.CHANGED if before is not None and before != seal_no else Seal.PRESENT
    return Inspection(box.id, state, seal, due, overdue_days, seal_no, before)


def inspections(
    boxes: Iterable[Box], today: date, interval_days: int, before: Mapping[str, Box] | None = None
) -> list[Inspection]:
    """Judge every box, the one that waits longest first; ``before`` are the boxes of an earlier inventory."""
    earlier = before or {}
    found = [
        inspection_of(box, today, interval_days, earlier[box.id].seal_no if box.id in earlier else None)
        for box in boxes
    ]
    return sorted(found, key=lambda i: (i.is_in_order, -(i.overdue_days or 0), i.box_id))
