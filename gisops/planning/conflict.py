"""Which rules cannot hold together? And what is the least that must give way.

A smallest set of rules in conflict (no rule of it can be spared) is found by halving (QuickXplain: Junker, AAAI
2004); for each rule of it the least loosening that suffices is found by a linear model with slack.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gisops.errors import PlanningError
from gisops.planning.highs import solve_linear
from gisops.planning.linear import Rows, write_rules
from gisops.planning.siting import Rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gisops.planning.halt import Halt
    from gisops.planning.siting import Siting

__all__ = ["Conflict", "NoChoiceError", "Remedy", "find_conflict", "unknown"]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A rule of the conflict, and the least loosening of it alone that makes a choice possible.

    ``to`` is the new limit (``None``: the rule must go altogether); ``loosened`` the share of the
    limit that is given up, 1 where the rule goes.
    """

    rule: str
    to: float | None
    loosened: float


@dataclass(frozen=True, slots=True)
class Conflict:
    """Rules that cannot hold together, none of which can be spared; remedies, the cheapest first."""

    rules: tuple[str, ...]
    remedies: tuple[Remedy, ...]

    def remedy(self) -> str:
        """Say what helps, the cheapest first."""
        words = [f"{r.rule} to {r.to:,.10g}" if r.to is not None else f"drop {r.rule}" for r in self.remedies]
        return "each of these alone helps: " + "; ".join(words) if words else "no single one of them helps"


class NoChoiceError(PlanningError):
    """No choice keeps to all rules; ``conflict`` says which cannot hold together."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__("siting", f"rules {', '.join(conflict.rules)} cannot hold together", conflict.remedy())
        self.conflict = conflict


_Name = tuple[str, int]


def find_conflict(siting: Siting, halt: Halt) -> Conflict | None:
    """Find rules in conflict.

    Parameters
    ----------
    siting
        The problem.
    halt
        When to stop; what is unknown by then counts as needed.

    Returns
    -------
    Conflict
        ``None`` where some choice keeps to all rules.
    """
    names = _names(siting.rules)
    if _is_possible(siting, names, halt):
        return None
    core = _explain(siting, [], [], names, halt)
    others = [name for name in names if name not in core]
    remedies = [remedy for name in core if (remedy := _loosen(siting, name, others + core, halt)) is not None]
    remedies.sort(key=lambda remedy: (remedy.loosened, remedy.rule))
    words = [_word(siting.rules, name) for name in core]
    if (siting.group >= 0).any():
        apart = replace(siting, group=np.full(siting.candidates, -1, dtype=np.int64))
        if _is_possible(apart, core, halt):
            words.append("one a group")
    return Conflict(tuple(words), tuple(remedies))


def unknown(siting: Siting) -> Conflict:
    """Name all rules: which of them are in conflict was not found out in time."""
    return Conflict(tuple(_word(siting.rules, name) for name in _names(siting.rules)), ())


def _names(rules: Rules) -> list[_Name]:
    names = [("must", k) for k in range(len(rules.must))] + [("floor", k) for k in range(len(rules.floors))]
    names += [("locked", k) for k in range(len(rules.locked))] + [
        ("forbidden", k) for k in range(len(rules.forbidden))
    ]
    if rules.count is not None:
        names.append(("count", 0))
    if rules.budget is not None:
        names.append(("budget", 0))
    return names


def _word(rules: Rules, name: _Name) -> str:
    kind, k = name
    match kind:
        case "count":
            return f"count {rules.count}"
        case "budget":
            return f"budget {rules.budget:,.0f}"
        case "floor":
            return f"floor {rules.floors[k].name} {rules.floors[k].share:.4g}"
        case "must":
            return f"must {rules.must[k]}"
        case "locked":
            return f"locked {rules.locked[k]}"
        case _:
            return f"forbidden {rules.forbidden[k]}"


def _only(rules: Rules, names: Sequence[_Name]) -> Rules:
    kept = set(names)
    return Rules(
        rules.count if ("count", 0) in kept else None,
        rules.budget if ("budget", 0) in kept else None,
        [c for k, c in enumerate(rules.locked) if ("locked", k) in kept],
        [c for k, c in enumerate(rules.forbidden) if ("forbidden", k) in kept],
        [c for k, c in enumerate(rules.must) if ("must", k) in kept],
        [f for k, f in enumerate(rules.floors) if ("floor", k) in kept],
    )


def _is_possible(siting: Siting, names: Sequence[_Name], halt: Halt) -> bool:
    least = _least(siting, _only(siting.rules, names), None, halt)
    return least is not None


def _explain(siting: Siting, known: list[_Name], fresh: list[_Name], asked: list[_Name], halt: Halt) -> list[_Name]:
    """Give a smallest part of ``asked`` that is in conflict together with ``known``."""
    if fresh and not _is_possible(siting, known, halt):
        return []
    if len(asked) == 1:
        return asked
    half = len(asked) // 2
    first, second = asked[:half], asked[half:]
    of_second = _explain(siting, known + first, first, second, halt)
    of_first = _explain(siting, known + of_second, of_second, first, halt)
    return of_first + of_second


def _loosen(siting: Siting, name: _Name, names: list[_Name], halt: Halt) -> Remedy | None:
    """Give the least loosening of one rule with all others kept; ``None`` where none suffices."""
    kind, k = name
    rules = _only(siting.rules, [other for other in names if other != name])
    word = kind if kind in ("count", "budget") else _word(siting.rules, name)
    least = _least(siting, rules, siting.rules.floors[k].cells if kind == "floor" else kind, halt)
    if least is None:
        return None
    if kind == "count":
        now, to = float(siting.rules.count or 0), float(round(least))
    elif kind == "budget":
        now, to = float(siting.rules.budget or 0.0), least
    elif kind == "floor":
        floor = siting.rules.floors[k]
        total = float(siting.weight[floor.cells].sum())
        now, to = floor.share, -least / total if total else 0.0
        word = f"floor {floor.name}"
    else:
        return Remedy(word, None, 1.0)
    return Remedy(word, to, abs(to - now) / now if now else math.inf)


def _least(siting: Siting, rules: Rules, measure: object, halt: Halt) -> float | None:
    """Give the least count, cost, or minus the most weight seen of cells, under the rules; ``None``: impossible."""
    problem = replace(siting, rules=rules)
    n, cells = siting.candidates, siting.cells
    rows = Rows()
    table = siting.seen_by.tocoo()
    rows.add(
        np.concatenate((np.arange(cells), table.coords[0])),
        np.concatenate((n + np.arange(cells), table.coords[1])),
        np.concatenate((np.ones(cells), -np.ones(len(table.data)))),
        -np.inf,
        np.zeros(cells),
    )
    write_rules(problem, rows, n + cells, n + np.arange(cells))
    pay, least, most = np.zeros(n + cells), np.zeros(n + cells), np.ones(n + cells)
    if isinstance(measure, np.ndarray):
        pay[n + measure] = siting.weight[measure]
    elif measure == "count":
        pay[:n] = -1.0
    elif measure == "budget":
        pay[:n] = -siting.cost
    least[np.array(rules.locked, dtype=np.int64)] = 1.0
    forbidden = np.array(rules.forbidden, dtype=np.int64)
    most[forbidden] = 0.0
    if np.isin(forbidden, np.array(rules.locked, dtype=np.int64)).any():
        return None
    solved = solve_linear(rows.close(pay, least, most, n), halt)
    if solved.columns is None:
        return None
    return -float(pay @ solved.columns)
