"""What a maintenance contract asks for and what missing it costs: read from a TOML file, strictly.

Thresholds and penalties are data. A step says from which value of a measure on
something is owed, and how much: a share of the fee, or an amount for each that is
counted. Nothing here knows what was measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from gisops.errors import ConfigError
from gisops.health.toml_entry import Entry, read_entries
from gisops.model.state import DeviceKind

__all__ = ["COUNTED", "Measure", "Step", "Terms", "read_terms", "terms_of"]


class Measure(StrEnum):
    """What a contractor is measured by in a period."""

    AVAILABILITY_PCT = "availability_pct"
    MTTR_H = "mttr_h"
    MTTA_MIN = "mtta_min"
    MTBF_H = "mtbf_h"
    FAILURES = "failures"
    AUTONOMY_MISSED = "autonomy_missed"
    """Boxes that were shown not to last as long as the contract asks."""
    OVERDUE = "overdue"
    """Boxes whose inspection is overdue, or was never written down, at the end of the period."""
    SEALS = "seals"
    """Boxes without a seal on record."""
    THEFTS = "thefts"
    TAMPERS = "tampers"


COUNTED = frozenset(Measure) - {Measure.AVAILABILITY_PCT, Measure.MTTR_H, Measure.MTTA_MIN, Measure.MTBF_H}
"""Measures that are counts: an amount may be owed for each."""


@dataclass(frozen=True, slots=True)
class Step:
    """From which value of a measure on something is owed.

    Parameters
    ----------
    measure
        Of what.
    limit, is_below
        Owed where the measure is below the limit, else where it is above it.
    share_pct
        Owed, in percent of the fee of the period.
    each
        Owed for each that is counted, in the currency of the terms.
    """

    measure: Measure
    limit: float
    is_below: bool
    share_pct: float = 0.0
    each: float = 0.0

    def is_missed(self, value: float) -> bool:
        """Whether something is owed for a value.

        Examples
        --------
        >>> step = Step(Measure.AVAILABILITY_PCT, 99.0, is_below=True, share_pct=2.0)
        >>> step.is_missed(98.999), step.is_missed(99.0)
        (True, False)
        """
        return value < self.limit if self.is_below else value > self.limit


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract asks for.

    Parameters
    ----------
    name, currency
        As they are shown.
    kinds
        Devices whose times count.
    fee_per_month, fees
        Fee for 30 days, and those of contractors that have another.
    most_pct
        Most that can be owed for a period, in percent of its fee.
    least_known_pct
        Availability and times to restore are judged only where so much of the time is known.
    autonomy_h
        Hours a box has to last without mains; ``None``: as the inventory says.
    steps
        Of several missed steps of a measure the dearest is owed.
    """

    name: str
    currency: str
    fee_per_month: float
    fees: Mapping[str, float] = field(default_factory=dict)
    kinds: tuple[DeviceKind, ...] = tuple(DeviceKind)
    most_pct: float = 100.0
    least_known_pct: float = 0.0
    autonomy_h: float | None = None
    steps: tuple[Step, ...] = ()


def read_terms(path: Path) -> Terms:
    """Read a file of contract terms.

    Raises
    ------
    ConfigError
        Where it cannot be read, or says something that is not known or makes no sense.
    """
    try:
        return terms_of(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read ({error})", "name a TOML file of contract terms") from None


def terms_of(text: str, file: str) -> Terms:
    r"""Read contract terms.

    Examples
    --------
    >>> terms = terms_of('name = "C"\ncurrency = "PKR"\nfee_per_month = 100\n', "c.toml")
    >>> terms.fee_per_month, terms.steps
    (100.0, ())
    """
    top, tables = read_entries(text, file, ("fee", "step"))
    top = replace(top, label="the contract")
    top.know(
        ("name", "currency", "fee_per_month", "devices", "most_pct", "least_known_pct", "autonomy_h", "fee", "step")
    )
    fees: dict[str, float] = {}
    for entry in tables["fee"]:
        entry.know(("contractor", "per_month"))
        if entry.text("contractor") in fees:
            entry.fail("names a contractor twice", "keep one", "contractor")
        fees[entry.text("contractor")] = _amount(entry, "per_month")
    devices = top.choice("devices", ("all", *DeviceKind), "all")
    return Terms(
        top.text("name"),
        top.text("currency"),
        _amount(top, "fee_per_month"),
        fees,
        tuple(DeviceKind) if devices == "all" else (DeviceKind(devices),),
        _percent(top, "most_pct", 100.0),
        _percent(top, "least_known_pct", 0.0),
        _amount(top, "autonomy_h") if "autonomy_h" in top.table else None,
        tuple(_step(entry) for entry in tables["step"]),
    )


def _step(entry: Entry) -> Step:
    entry.know(("measure", "below", "above", "share_pct", "each"))
    measure = Measure(entry.choice("measure", Measure))
    if ("below" in entry.table) == ("above" in entry.table):
        entry.fail("needs one of below and above", "write the limit with one of them")
    if ("share_pct" in entry.table) == ("each" in entry.table):
        entry.fail("needs one of share_pct and each", "write what is owed with one of them")
    if "each" in entry.table and measure not in COUNTED:
        entry.fail(f"has each, but {measure} is no count", "write share_pct instead", "each")
    is_below = "below" in entry.table
    share_pct = _percent(entry, "share_pct", 0.0)
    each = _amount(entry, "each") if "each" in entry.table else 0.0
    return Step(measure, entry.number("below" if is_below else "above"), is_below, share_pct, each)


def _amount(entry: Entry, key: str) -> float:
    value = entry.number(key)
    if value < 0:
        entry.fail(f"has {key} = {value:g}", "write 0 or more", key)
    return value


def _percent(entry: Entry, key: str, default: float) -> float:
    value = entry.number(key, default)
    if not 0 <= value <= 100:
        entry.fail(f"has {key} = {value:g}", "write a number from 0 to 100", key)
    return value
