"""How likely is each cause, given what was observed: Bayes on the documented table.

The causes of one loss are taken as exclusive and the observations as
independent given the cause (naive Bayes); ``causes.toml`` says why each number.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

from gisops.errors import ConfigError
from gisops.model.outage import Cause, Evidence

__all__ = ["CauseTable", "Clue", "posterior", "read_causes", "shipped_causes"]


_Judgement = tuple[dict[Cause, float], tuple[Evidence, ...]]


@dataclass(frozen=True, slots=True)
class Clue:
    """One kind of observation and how likely each cause makes it.

    A cause that the table leaves out neither speaks for nor against.
    """

    name: str
    present: str
    absent: str
    likelihood: Mapping[Cause, float]


@dataclass(frozen=True, slots=True)
class CauseTable:
    """Priors by kind of root, and the clues."""

    priors: Mapping[str, Mapping[Cause, float]]
    clues: Mapping[str, Clue]
    _judged: dict[tuple[object, ...], _Judgement] = field(default_factory=dict, compare=False, repr=False)


@cache
def shipped_causes() -> CauseTable:
    """Read the table that comes with the package."""
    return _table("causes.toml", files("gisops.diagnosis").joinpath("causes.toml").read_text(encoding="utf-8"))


def read_causes(path: Path) -> CauseTable:
    """Read another table, laid out as the shipped one; what it leaves out is taken from there.

    Raises
    ------
    ConfigError
        Where it cannot be read, names no cause or clue, or a number is no probability.
    """
    try:
        own = _table(str(path), path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read ({error.strerror})", "name a table of causes") from error
    shipped = shipped_causes()
    return CauseTable({**shipped.priors, **own.priors}, {**shipped.clues, **own.clues})


def _table(place: str, text: str) -> CauseTable:
    try:
        document = tomllib.loads(text)
        table = CauseTable(
            priors={
                kind: {Cause(name): float(p) for name, p in prior.items()}
                for kind, prior in document.get("prior", {}).items()
            },
            clues={
                clue["name"]: Clue(
                    clue["name"],
                    clue["present"],
                    clue["absent"],
                    {Cause(name): float(p) for name, p in clue["likelihood"].items()},
                )
                for clue in document.get("evidence", ())
            },
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        why = f"lacks {error}" if isinstance(error, KeyError) else str(error)
        raise ConfigError(
            place, f"is no table of causes ({why})", "lay it out as gisops/diagnosis/causes.toml is"
        ) from error
    for kind, prior in table.priors.items():
        if min(prior.values(), default=0.0) <= 0 or abs(sum(prior.values()) - 1.0) > _ROUNDING:
            raise ConfigError(f"{place} prior.{kind}", "does not sum to 1", "give every cause a share above 0")
    for clue in table.clues.values():
        for cause, p in clue.likelihood.items():
            if not 0.0 < p < 1.0:
                raise ConfigError(f"{place} evidence {clue.name}", f"{cause} is {p:g}", "stay between 0 and 1")
    return table


_ROUNDING = 1e-6
_REMEMBERED = 10_000


def posterior(
    table: CauseTable, root_kind: str, root_name: str, observed: Mapping[str, bool | None]
) -> tuple[dict[Cause, float], tuple[Evidence, ...]]:
    """Judge the cause of one loss.

    Parameters
    ----------
    table
        Priors and likelihoods.
    root_kind, root_name
        Which prior holds (``box``, ``camera``, ``feeder``, ``span``), and the name readers know.
    observed
        Clue name to whether it was seen; ``None`` where it could not be seen.

    Returns
    -------
    causes
        Posterior probability by cause, largest first; sums to one.
    evidence
        One entry a clue that could be seen, heaviest first.

    Examples
    --------
    >>> causes, _ = posterior(shipped_causes(), "box", "BX-1", {"door_opened": True, "tilted": True})
    >>> next(iter(causes)).value
    'theft'
    """
    # The same is judged again and again while an outage lasts.
    question = (root_kind, root_name, *observed.items())
    known = table._judged.get(question)  # noqa: SLF001 - the table's own memory
    if known is None:
        if len(table._judged) >= _REMEMBERED:  # noqa: SLF001
            table._judged.clear()  # noqa: SLF001
        known = table._judged[question] = _judge(table, root_kind, root_name, observed)  # noqa: SLF001
    return known


def _judge(table: CauseTable, root_kind: str, root_name: str, observed: Mapping[str, bool | None]) -> _Judgement:
    logs = {cause: math.log(p) for cause, p in table.priors[root_kind].items()}
    evidence = []
    for name, seen in observed.items():
        if seen is None:
            continue
        clue = table.clues[name]
        likelihood = {c: (p if seen else 1.0 - p) for c, p in clue.likelihood.items() if c in logs}
        if not likelihood:
            continue
        neutral = sum(likelihood.values()) / len(likelihood)
        for cause in logs:
            logs[cause] += math.log(likelihood.get(cause, neutral))
        text = (clue.present if seen else clue.absent).format(root=root_name)
        evidence.append(_weigh(text, likelihood))
    top = max(logs.values())
    weights = {cause: math.exp(value - top) for cause, value in logs.items()}
    total = sum(weights.values())
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    evidence.sort(key=lambda e: (-e.weight_db, e.text))
    return {cause: weight / total for cause, weight in ranked}, tuple(evidence)


def _weigh(text: str, likelihood: Mapping[Cause, float]) -> Evidence:
    best = max(likelihood, key=lambda cause: (likelihood[cause], cause))
    others = [p for cause, p in likelihood.items() if cause is not best]
    if not others:
        return Evidence(text, best, 0.0)
    return Evidence(text, best, 10.0 * math.log10(likelihood[best] / (sum(others) / len(others))))
