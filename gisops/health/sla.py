"""What does a contractor owe for a period: measures held against the terms of a contract, with the reason for each.

What was not measured is not judged: it is named, and costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from gisops.health.sla_terms import Measure, Step, Terms

__all__ = ["MONTH", "Owed", "Verdict", "judge_contract"]

MONTH = timedelta(days=30)
"""What a monthly fee is for; shorter and longer periods pay in proportion."""
_OF_TIME = frozenset({Measure.AVAILABILITY_PCT, Measure.MTTR_H, Measure.MTBF_H})
"""Measures that rest on time in which somebody asked."""


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed for one measure: ``step`` was missed with ``value``."""

    measure: Measure
    value: float
    step: Step
    amount: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a contractor owes for a period.

    Parameters
    ----------
    fee
        Of the period.
    owed
        One for each measure that was missed, in the order of the terms.
    penalty
        The sum, not more than the terms allow.
    is_capped
        Whether the sum was more.
    not_judged
        Measures the terms name that were not measured, or rest on too little.
    """

    fee: float
    owed: tuple[Owed, ...]
    penalty: float
    is_capped: bool
    not_judged: tuple[Measure, ...]


def judge_contract(
    terms: Terms,
    contractor: str,
    measured: Mapping[Measure, float | None],
    known_pct: float | None,
    period: timedelta,
) -> Verdict:
    """Hold what was measured against the terms.

    Parameters
    ----------
    terms
        Of the contract.
    contractor
        Whose fee it is.
    measured
        Value by measure; ``None`` or absent where it was not measured.
    known_pct
        How much of the time outside maintenance is known.
    period
        How long was measured.

    Examples
    --------
    >>> steps = (Step(Measure.AVAILABILITY_PCT, 99.0, is_below=True, share_pct=2.0),)
    >>> terms = Terms("C", "PKR", 1000.0, steps=steps)
    >>> judge_contract(terms, "A", {Measure.AVAILABILITY_PCT: 98.0}, 100.0, timedelta(days=15)).penalty
    10.0
    """
    fee = terms.fees.get(contractor, terms.fee_per_month) * (period / MONTH)
    owed, not_judged = [], []
    for measure in dict.fromkeys(step.measure for step in terms.steps):
        value = measured.get(measure)
        is_thin = measure in _OF_TIME and (known_pct is None or known_pct < terms.least_known_pct)
        if value is None or is_thin:
            not_judged.append(measure)
            continue
        missed = [step for step in terms.steps if step.measure is measure and step.is_missed(value)]
        if missed:
            dearest = max(missed, key=lambda step: _amount(step, value, fee))
            owed.append(Owed(measure, value, dearest, _amount(dearest, value, fee)))
    total, most = sum(item.amount for item in owed), fee * terms.most_pct / 100.0
    return Verdict(fee, tuple(owed), min(total, most), total > most, tuple(not_judged))


def _amount(step: Step, value: float, fee: float) -> float:
    return step.each * value + fee * step.share_pct / 100.0
