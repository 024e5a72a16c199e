"""The outages of a city over time: facts in as they come, outages out when asked; no I/O, no clock.

It rests on what the event log holds and nothing else, so that the same events,
played again, end in the same outages.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from gisops.diagnosis.engine import review
from gisops.diagnosis.evidence import ASKED_BY
from gisops.diagnosis.facts import DeviceFact, Facts, Layout, Signal
from gisops.diagnosis.likelihood import CauseTable
from gisops.model.outage import Outage

__all__ = ["Caseload"]


class Caseload:
    """Everything that is to be explained now, and how it is explained.

    Parameters
    ----------
    layout
        Who hangs on whom.
    causes
        Priors and likelihoods.
    """

    def __init__(self, layout: Layout, causes: CauseTable) -> None:
        self._layout = layout
        self._causes = causes
        self._facts = Facts()
        self._outages: dict[str, Outage] = {}
        self._is_dirty = True
        self._again_at: datetime | None = None

    @property
    def outages(self) -> Mapping[str, Outage]:
        """The open outages by id."""
        return self._outages

    @property
    def again_at(self) -> datetime | None:
        """After when a review could tell something new by itself; ``None``: only news can."""
        return self._again_at

    def adopt(self, layout: Layout) -> None:
        """Go on in a city that has changed; who is gone from it is forgotten by `forget`."""
        self._layout = layout
        self._is_dirty = True

    def restore(self, outages: Iterable[Outage]) -> None:
        """Go on from open outages."""
        self._outages = {outage.id: outage for outage in outages}

    def know(self, fact: DeviceFact, is_news: bool) -> None:
        """Take the last word of a device in.

        Parameters
        ----------
        fact
            Replaces what was known of it.
        is_news
            Whether it may change an outage: another state, another reason.
        """
        self._facts.know(fact)
        self._is_dirty |= is_news
        if is_news and fact.lost_at is not None:
            asked_by = fact.lost_at + ASKED_BY
            self._again_at = max(self._again_at or asked_by, asked_by)

    def forget(self, device_id: str) -> None:
        """Know nothing more of a device."""
        self._facts.forget(device_id)
        self._is_dirty = True

    def leave_out(self, device_id: str, is_news: bool) -> None:
        """Conclude nothing from a device for now: what is wrong with it is excused; ``is_news`` as in `know`."""
        self._facts.leave_out(device_id)
        self._is_dirty |= is_news

    def work_on(self, device_ids: frozenset[str]) -> None:
        """Say which devices are inside announced work: an open door there is no intrusion."""
        self._is_dirty |= device_ids != self._facts.worked_on
        self._facts.worked_on = device_ids

    def hear(self, signal: Signal) -> None:
        """Take in what a device said by itself."""
        self._facts.hear(signal)
        self._is_dirty = True

    def take_back(self, device_id: str, metrics: Mapping[str, float | None], at: datetime) -> None:
        """Forget what a later reading has overtaken."""
        self._facts.take_back(device_id, metrics, at)

    def arrange(self, works: frozenset[str] | None, shed: frozenset[str]) -> None:
        """Say what was arranged beforehand.

        Parameters
        ----------
        works
            Boxes on which a permit to work is in force; ``None``: no register is kept.
        shed
            Feeders that are off by plan.
        """
        self._is_dirty |= (works, shed) != (self._facts.works, self._facts.shed)
        self._facts.works, self._facts.shed = works, shed

    def blind(self, since: datetime | None) -> None:
        """Say since when we hear nobody; ``None``: we do."""
        self._is_dirty |= since != self._facts.blind_since
        self._facts.blind_since = since

    def is_due(self, now: datetime) -> bool:
        """Whether a review could tell anything new."""
        return self._is_dirty or (self._again_at is not None and now > self._again_at)

    def review(self, now: datetime) -> list[Outage]:
        """Bring the outages in line with the facts; give those that were opened, changed or closed."""
        self._is_dirty = False
        if self._again_at is not None and now > self._again_at:
            self._again_at = None
        self._facts.forget_old(now)
        changed = review(self._outages, self._facts, self._layout, self._causes, now)
        for outage in changed:
            if outage.closed_at is None:
                self._outages[outage.id] = outage
            else:
                del self._outages[outage.id]
        return changed
