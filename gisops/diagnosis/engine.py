"""What outages are there now: open ones carried on, opened, merged or closed, purely.

The judgement rests on the present facts alone, not on the order in which they
came, so late, repeated or reordered reports end in the same outages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from gisops.diagnosis.evidence import observe
from gisops.diagnosis.facts import Facts, Layout
from gisops.diagnosis.grouping import Group, group_losses
from gisops.diagnosis.likelihood import CauseTable, posterior
from gisops.model.outage import Cause, Evidence, Outage

__all__ = ["review"]

WORTH_SAYING = 0.02
"""A change of probability below this is not an update."""


def review(
    open_outages: Mapping[str, Outage], facts: Facts, layout: Layout, table: CauseTable, now: datetime
) -> list[Outage]:
    """Bring the open outages in line with the facts.

    Parameters
    ----------
    open_outages
        By id, as of the last review.
    facts, layout, table
        What is known now, who hangs on whom, and the priors and likelihoods.
    now
        UTC; becomes ``updated_at`` and ``closed_at``.

    Returns
    -------
    list of Outage
        Those that were opened, changed or closed (``closed_at`` set) by this review.
    """
    changed: list[Outage] = []
    unclaimed = dict(open_outages)
    for group in group_losses(facts, layout):
        before = _claim(group, unclaimed)
        after = _judge(group, before, facts, layout, table, now)
        if before is None or _differs(before, after):
            changed.append(after)
    changed += [replace(gone, updated_at=now, closed_at=now) for gone in unclaimed.values()]
    return changed


def _claim(group: Group, unclaimed: dict[str, Outage]) -> Outage | None:
    """Find the open outage this group goes on from, and take it off the list.

    The same root wins; else the outage with most members in common, the older first.
    """
    members = set(group.member_ids)

    def rank(outage: Outage) -> tuple[bool, int, datetime, str]:
        shared = len(members.intersection(outage.member_ids))
        return (outage.root_id != group.root_id, -shared, outage.opened_at, outage.id)

    fits = [
        outage
        for outage in unclaimed.values()
        if outage.root_id == group.root_id or members.intersection(outage.member_ids)
    ]
    if not fits:
        return None
    return unclaimed.pop(min(fits, key=rank).id)


def _judge(
    group: Group,
    before: Outage | None,
    facts: Facts,
    layout: Layout,
    table: CauseTable,
    now: datetime,
) -> Outage:
    causes, evidence = posterior(table, group.kind, group.root_id, observe(group, facts, layout, now))
    if group.also:
        spans = ", ".join(group.also)
        evidence = (*evidence, Evidence(f"a cut of {spans} would look the same", Cause.FIBRE_CUT, 0.0))
    return Outage(
        id=before.id if before else f"OUT-{group.opened_at:%Y%m%dT%H%M%SZ}-{group.root_id}",
        root_id=group.root_id,
        member_ids=group.member_ids,
        opened_at=min(before.opened_at, group.opened_at) if before else group.opened_at,
        updated_at=now,
        causes=causes,
        evidence=evidence,
    )


def _differs(before: Outage, after: Outage) -> bool:
    if (before.root_id, before.member_ids) != (after.root_id, after.member_ids):
        return True
    return any(abs(before.causes.get(c, 0.0) - p) > WORTH_SAYING for c, p in after.causes.items())
