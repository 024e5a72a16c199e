"""Which cells are one and the same to every candidate? They are counted as one, and unseen ones are left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from gisops.planning.siting import Floor

if TYPE_CHECKING:
    from gisops.planning.siting import Siting

__all__ = ["merged"]

_SEED = 20_231


def merged(siting: Siting) -> Siting:
    """Give the same problem with cells seen by the same candidates merged.

    Cells that must be seen, and those of floors, stay as they are; any choice is worth the same in both.
    """
    cells = siting.cells
    table = siting.seen_by
    rng = np.random.default_rng(_SEED)
    names = rng.integers(1, 2**62, (2, siting.candidates))
    rows = np.repeat(np.arange(cells), np.diff(table.indptr))
    marks = np.zeros((2, cells), dtype=np.int64)
    for k in range(2):
        np.add.at(marks[k], rows, names[k][table.indices])  # wraps: a sum of random names, alike for alike sets
    alone = np.zeros(cells, dtype=np.int64)
    kept = np.array(
        sorted({*siting.rules.must, *(c for f in siting.rules.floors for c in f.cells.tolist())}), dtype=int
    )
    alone[kept] = kept + 1
    useful = (np.diff(table.indptr) > 0) & (siting.weight > 0.0)
    useful[kept] = True
    index = np.flatnonzero(useful)
    order = index[np.lexsort((alone[index], marks[1][index], marks[0][index]))]
    keys = np.stack((marks[0][order], marks[1][order], alone[order]))
    first = (
        np.concatenate(([True], (np.diff(keys, axis=1) != 0).any(axis=0))) if len(order) else np.zeros(0, dtype=bool)
    )
    number = np.full(cells, -1)
    number[order] = np.cumsum(first) - 1
    weight = np.bincount(number[order], weights=siting.weight[order], minlength=int(first.sum())).astype(np.float64)
    rules = replace(
        siting.rules,
        must=[int(number[cell]) for cell in siting.rules.must],
        floors=[Floor(f.name, number[f.cells], f.share) for f in siting.rules.floors],
    )
    covers = csr_array(table[order[first]].T.tocsr())
    covers.sort_indices()
    return replace(siting, covers=covers, weight=weight, rules=rules)
