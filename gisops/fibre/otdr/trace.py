"""What does an OTDR trace say? Times become metres here, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LIGHT_M_S", "TICK_S", "Curve", "General", "Settings", "SorEvent", "SorTrace", "distance_m"]

LIGHT_M_S = 299_792_458.0
"""Speed of light in vacuum (SI)."""
TICK_S = 1e-10
"""Unit of every time in the file: 100 ps, one way (the instrument has halved the round trip)."""


def distance_m(ticks: float, group_index: float) -> float:
    """Give the metres of fibre that light passes in a time.

    Parameters
    ----------
    ticks
        One-way time in 100 ps.
    group_index
        Group index of refraction of the fibre.

    Notes
    -----
    d = c t / n with t = ticks * 1e-10 s.

    Examples
    --------
    >>> round(distance_m(50_000, 1.468), 2)
    1021.09
    """
    return LIGHT_M_S * TICK_S * ticks / group_index


@dataclass(frozen=True, slots=True)
class General:
    """Block GenParams: what the operator said was measured; an empty text was not said.

    ``user_offset_ticks`` is the one-way time from the front panel to where the fibre
    under test begins: the launch fibre.
    """

    language: str
    cable_id: str
    fibre_id: str
    fibre_type: int | None
    nominal_nm: int
    location_a: str
    location_b: str
    cable_code: str
    condition: str
    user_offset_ticks: int
    operator: str
    comment: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Block FxdParams: how it was measured.

    Parameters
    ----------
    measured_at
        UTC, as the clock of the instrument had it; ``None`` where it was not set.
    distance_unit
        Two letters the display used: ``km``, ``mt``, ``ft``, ``kf``, ``mi``. Every length here is metres.
    wavelength_nm
        True wavelength of the laser.
    acquisition_offset_ticks
        One-way time from the front panel to the first point of the curve; negative where it begins before.
    pulse_ns, spacing_ticks, points
        One for each pulse width of the file; spacing between two points of the curve in ticks.
    group_index
        Set on the instrument.
    backscatter_db
        Backscatter coefficient for one nanosecond, decibels (negative).
    averages
        Number of averages.
    loss_threshold_db, reflectance_threshold_db, end_threshold_db
        From where on the instrument reports an event, and calls one the end.
    trace_type
        ``ST`` a standard trace, ``RT`` reversed, ``DT`` difference, ``RF`` reference; ``None`` in version 1.
    """

    measured_at: datetime | None
    distance_unit: str
    wavelength_nm: float
    acquisition_offset_ticks: int
    pulse_ns: tuple[int, ...]
    spacing_ticks: tuple[float, ...]
    points: tuple[int, ...]
    group_index: float
    backscatter_db: float
    averages: int
    loss_threshold_db: float
    reflectance_threshold_db: float
    end_threshold_db: float
    trace_type: str | None


@dataclass(frozen=True, slots=True)
class SorEvent:
    """An event of the block KeyEvents.

    Parameters
    ----------
    number
        As the instrument counts.
    ticks
        One-way time from the front panel; some instruments put the panel itself a little before 0.
    attenuation_db_km
        Of the fibre before it.
    loss_db
        Lost at it; negative where it seems to gain.
    reflectance_db
        Negative; ``None`` where it does not reflect.
    kind
        ``non-reflective``, ``reflective`` or ``saturated`` (so reflective that its height is not known).
    origin
        ``found`` by the instrument, ``added`` or ``moved`` by a person, ``end`` of the fibre (``end-moved``
        where a person moved it), ``out of range``; ``other``.
    comment
        Of the operator.
    """

    number: int
    ticks: int
    attenuation_db_km: float
    loss_db: float
    reflectance_db: float | None
    kind: str
    origin: str
    comment: str

    @property
    def is_end(self) -> bool:
        """Whether the fibre ends here, whole or broken."""
        return self.origin in ("end", "end-moved")


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Block DataPts: the backscatter at one pulse width.

    ``levels_db`` are relative to the strongest level the instrument can show, so never above 0.
    """

    levels_db: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SorTrace:
    """A whole trace.

    Parameters
    ----------
    version
        Of the format, ``1.00`` or ``2.00``.
    supplier
        Block SupParams by name: who built the instrument and its serial numbers; empty where there is none.
    total_loss_db, return_loss_db
        Of the whole fibre as the instrument summed it up; ``None`` where it did not.
    group_index
        By which times become metres: the one of the file unless another was asked for.
    """

    version: str
    general: General
    supplier: Mapping[str, str]
    settings: Settings
    events: tuple[SorEvent, ...]
    total_loss_db: float | None
    return_loss_db: float | None
    curves: tuple[Curve, ...]
    group_index: float

    @property
    def launch_m(self) -> float:
        """Metres from the front panel to where the fibre under test begins."""
        return distance_m(self.general.user_offset_ticks, self.group_index)

    @property
    def resolution_m(self) -> float:
        """Metres between two points of the finest curve."""
        return min(distance_m(ticks, self.group_index) for ticks in self.settings.spacing_ticks)

    def event_m(self, event: SorEvent) -> float:
        """Give the metres of fibre from the front panel to an event."""
        return distance_m(event.ticks, self.group_index)

    @property
    def end(self) -> SorEvent | None:
        """The event at which the fibre ends; ``None`` where the instrument saw no end."""
        return next((event for event in reversed(self.events) if event.is_end), None)
