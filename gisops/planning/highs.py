"""What does HiGHS say of a linear model? The one place that calls it; every stop gives best so far and bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import highspy
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from gisops.planning.halt import Halt

__all__ = ["LinearModel", "Solved", "solve_linear"]

_SEARCHES = (
    "mip_heuristic_run_rins",
    "mip_heuristic_run_rens",
    "mip_heuristic_run_root_reduced_cost",
    "mip_detect_symmetry",
)


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Maximise ``pay @ v`` where ``low <= rows @ v <= high`` and ``least <= v <= most``.

    Parameters
    ----------
    pay, least, most
        By column.
    is_whole
        By column, whether it takes whole numbers only.
    rows, low, high
        Sparse rows and their limits.
    """

    pay: NDArray[np.float64]
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    is_whole: NDArray[np.bool_]
    rows: csr_array
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Solved:
    """What came of it.

    Parameters
    ----------
    columns
        The best found; ``None`` where nothing was.
    bound
        No solution pays more; infinite where nothing is proven.
    is_infeasible
        Whether it is proven that there is no solution.
    """

    columns: NDArray[np.float64] | None
    bound: float
    is_infeasible: bool


def solve_linear(
    model: LinearModel, halt: Halt, gap: float = 0.0, begin: NDArray[np.float64] | None = None, seed: int = 0
) -> Solved:
    """Solve with HiGHS, in one thread so that the same model gives the same answer.

    Parameters
    ----------
    model
        What to solve.
    halt
        Its deadline becomes the time limit; it is asked for a cancel all along.
    gap
        Share of the bound that need not be proven.
    begin
        A solution to begin with.
    seed
        Seed of HiGHS.
    """
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("random_seed", seed),
        ("mip_rel_gap", gap),
        ("mip_abs_gap", 0.0),
    ):
        highs.setOptionValue(name, value)
    left = halt.left_s()
    if math.isfinite(left):
        highs.setOptionValue("time_limit", max(0.01, left))
    highs.passModel(_as_highs(model))
    if begin is not None:
        solution = highspy.HighsSolution()
        solution.col_value = begin.tolist()
        highs.setSolution(solution)
        for name in _SEARCHES:  # who brings a good solution wants it proven
            highs.setOptionValue(name, False)
    if halt.cancel is not None:

        def ask(event: highspy.highs.HighsCallbackEvent) -> None:
            event.interrupt(halt.is_cancelled())

        for each in (highs.cbMipInterrupt, highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
            each.subscribe(ask)
    highs.run()
    status = highs.getModelStatus()
    if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
        return Solved(None, -math.inf, True)
    info = highs.getInfo()
    is_known = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    columns = np.asarray(highs.getSolution().col_value, dtype=np.float64) if is_known else None
    if model.is_whole.any():
        bound = float(info.mip_dual_bound)
    else:
        bound = float(info.objective_function_value) if status == highspy.HighsModelStatus.kOptimal else math.inf
    return Solved(columns, bound if not math.isnan(bound) else math.inf, False)


def _as_highs(model: LinearModel) -> highspy.HighsLp:
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.pay), len(model.low)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.pay, model.least, model.most
    lp.row_lower_, lp.row_upper_ = model.low, model.high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = model.rows.indptr
    lp.a_matrix_.index_ = model.rows.indices
    lp.a_matrix_.value_ = model.rows.data
    if model.is_whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(whole)] for whole in model.is_whole]
    return lp
