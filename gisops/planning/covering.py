"""Which cameras see most, most twice, most in spite of failing boxes, or all for the least? Named models.

One class for each named model of the literature. Sets: cells ``i`` of weight ``w_i``, candidates ``j`` of cost
``c_j``, ``N_i`` the candidates that see ``i``; ``x_j`` = 1 where ``j`` is chosen. All keep to
:class:`~gisops.planning.siting.Rules`: count, budget, locked, forbidden, one a group, musts, floors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from gisops.planning.answer import Answer
from gisops.planning.gain import BackupGain, ExpectedGain, FirstGain
from gisops.planning.least import solve_least
from gisops.planning.solve import solve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gisops.planning.halt import Halt
    from gisops.planning.siting import Siting

__all__ = ["LSCP", "MCLP", "BackupCoverage", "ExpectedCoverage"]


@dataclass(frozen=True, slots=True)
class MCLP:
    """Maximal covering location problem (Church and ReVelle, Papers of the RSA 32, 1974, 101-118).

    Maximise ``sum_i w_i y_i`` such that

    1. ``y_i <= sum_{j in N_i} x_j``;
    2. ``sum_j x_j <= p`` and the other rules; ``x, y`` binary.
    """

    siting: Siting

    def solve(self, halt: Halt, gap: float = 0.0, begin: Sequence[int] | None = None, seed: int = 0) -> Answer:
        """Solve to the gap; see :func:`gisops.planning.solve.solve`."""
        return solve("MCLP", self.siting, FirstGain(), halt, gap, begin, seed)


@dataclass(frozen=True, slots=True)
class BackupCoverage:
    """Backup coverage (Hogan and ReVelle, Management Science 32, 1986, 1434-1444; BACOP2).

    Maximise ``theta sum_i w_i y_i + (1 - theta) sum_i w_i u_i`` such that

    1. ``y_i + u_i <= sum_b z_ib``, ``z_ib <= 1``, ``z_ib <=`` sum of ``x_j`` over cameras of box ``b`` in ``N_i``;
    2. the rules; ``x, y, u`` binary.

    A second camera counts where it hangs on another box: no single box may blind the cell. With each camera its
    own box this is the model of the paper. ``theta`` from 0.5 to 1, so that ``u_i <= y_i`` need not be said.
    """

    siting: Siting
    theta: float = 0.6

    def solve(self, halt: Halt, gap: float = 0.0, begin: Sequence[int] | None = None, seed: int = 0) -> Answer:
        """Solve to the gap; see :func:`gisops.planning.solve.solve`."""
        return solve("backup coverage", self.siting, BackupGain(self.theta), halt, gap, begin, seed)


@dataclass(frozen=True, slots=True)
class ExpectedCoverage:
    """Maximal expected coverage (Daskin, Transportation Science 17, 1983, 48-70), each box with its own availability.

    Maximise ``sum_i w_i (1 - prod_b (1 - q_b z_ib))`` with ``z_ib`` as in :class:`BackupCoverage`, under the rules.
    Daskin's model has one ``q`` for all; here box ``b`` is up with its measured ``q_b``, independently of
    the others. The objective is monotone and submodular.

    Parameters
    ----------
    siting
        The problem; ``siting.box`` says which box feeds a candidate.
    availability
        By candidate, that of its box, above 0 and at most 1. A box never measured is the caller's to judge.
    """

    siting: Siting
    availability: NDArray[np.float64]

    def solve(self, halt: Halt, gap: float = 0.0, begin: Sequence[int] | None = None, seed: int = 0) -> Answer:
        """Solve to the gap; see :func:`gisops.planning.solve.solve`."""
        return solve("expected coverage", self.siting, ExpectedGain(self.availability), halt, gap, begin, seed)


@dataclass(frozen=True, slots=True)
class LSCP:
    """Location set covering problem (Toregas, Swain, ReVelle and Bergman, Operations Research 19, 1971, 1363-1373).

    Minimise ``sum_j c_j x_j`` such that ``sum_{j in N_i} x_j >= 1`` for every cell that anybody sees, and
    the rules; ``x`` binary. Cells that nobody sees are not asked for: see ``unseen``.
    """

    siting: Siting

    @property
    def unseen(self) -> NDArray[np.int64]:
        """Cells that no candidate sees."""
        return np.flatnonzero(np.diff(self.siting.seen_by.indptr) == 0)

    def solve(self, halt: Halt, gap: float = 0.0, seed: int = 0) -> Answer:
        """Solve to the gap; raises :class:`~gisops.planning.conflict.NoChoiceError` where the rules forbid it."""
        seen = np.flatnonzero(np.diff(self.siting.seen_by.indptr) > 0)
        must = sorted({*seen.tolist(), *self.siting.rules.must})
        problem = replace(self.siting, rules=replace(self.siting.rules, must=must))
        return solve_least("LSCP", problem, halt, gap, seed)
