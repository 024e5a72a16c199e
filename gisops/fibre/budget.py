"""How much light is left at the far end? The optical loss budget of a path, wavelength by wavelength.

Pure arithmetic on counts and lengths. Defaults are the *maxima* that the standards
allow, so a path that passes here passes as built; give your own figures where they are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = ["Budget", "Losses", "Optic", "budget"]


@dataclass(frozen=True, slots=True)
class Optic:
    """A transceiver class.

    Parameters
    ----------
    name
        As it is sold.
    launch_dbm
        Least average launch power.
    sensitivity_dbm
        Least average power the receiver needs.
    source
        Where the figures stand.
    """

    name: str
    launch_dbm: float
    sensitivity_dbm: float
    source: str


_LX10 = Optic("1000BASE-LX10", -9.0, -19.5, "IEEE 802.3 clause 59, 1000BASE-LX10")
_BX10 = Optic("1000BASE-BX10", -9.0, -19.5, "IEEE 802.3 clause 59, 1000BASE-BX10")
_ZX = Optic("1000BASE-ZX", 0.0, -23.0, "no IEEE class: the figures vendors agree on for 70 km optics")


@dataclass(frozen=True, slots=True)
class Losses:
    """What a path loses, and which optics stand at its ends.

    Parameters
    ----------
    db_per_km
        Attenuation of the cabled fibre by wavelength in nm. Default: the maxima of ITU-T
        G.652.D (2016, table 2), which G.657.A shares: 0.40 from 1310 to 1625 nm, 0.30 at 1530-1565 nm.
    splice_db
        Fusion splice, default 0.1 (ITU-T G.671 passes up to 0.3 for any; 0.1 is what acceptance tests hold to).
    connector_db
        Mated pair, default 0.5 (IEC 61753-1 grade C, 97 % of all).
    connectors
        Mated pairs from optic to optic; default one patch panel at each end.
    optics
        Transceiver class by wavelength.
    """

    db_per_km: Mapping[int, float] = field(
        default_factory=lambda: MappingProxyType({1310: 0.40, 1490: 0.40, 1550: 0.30})
    )
    splice_db: float = 0.1
    connector_db: float = 0.5
    connectors: int = 2
    optics: Mapping[int, Optic] = field(
        default_factory=lambda: MappingProxyType({1310: _LX10, 1490: _BX10, 1550: _ZX})
    )


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget of a path at one wavelength; ``margin_db`` below zero: the link will not come up."""

    wavelength_nm: int
    fibre_db: float
    splices_db: float
    connectors_db: float
    received_dbm: float
    margin_db: float
    optic: Optic

    @property
    def loss_db(self) -> float:
        """All losses together."""
        return self.fibre_db + self.splices_db + self.connectors_db


def budget(cable_m: float, splices: int, losses: Losses) -> tuple[Budget, ...]:
    """Work out the budget of a path.

    Parameters
    ----------
    cable_m
        Length of the fibre, loops included, metres.
    splices
        On the way.
    losses
        Figures to use.

    Returns
    -------
    tuple of Budget
        One a wavelength that has both an attenuation and an optic, shortest first.

    Examples
    --------
    Ten kilometres with four splices: 4.0 + 0.4 + 1.0 dB against the 10.5 dB of an LX10.

    >>> first = budget(10_000.0, 4, Losses())[0]
    >>> first.wavelength_nm, round(first.loss_db, 2), round(first.margin_db, 2)
    (1310, 5.4, 5.1)
    """
    found = []
    for wavelength in sorted(losses.db_per_km.keys() & losses.optics.keys()):
        optic = losses.optics[wavelength]
        fibre = losses.db_per_km[wavelength] * cable_m / 1000.0
        splice, connector = splices * losses.splice_db, losses.connectors * losses.connector_db
        received = optic.launch_dbm - fibre - splice - connector
        found.append(Budget(wavelength, fibre, splice, connector, received, received - optic.sensitivity_dbm, optic))
    return tuple(found)
