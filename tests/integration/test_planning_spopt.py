"""MCLP is worth what spopt's MCLP, solved by CBC, is worth."""

from __future__ import annotations

import numpy as np
import pulp
import pytest
from spopt.locate import MCLP as PeerMCLP  # noqa: N811 - two of one name

from gisops.planning.covering import MCLP
from gisops.planning.halt import Halt
from gisops.planning.siting import Rules, Siting

pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.mark.parametrize("block", range(4))
def test_equal_on_200_random_instances(block: int) -> None:
    for seed in range(50 * block, 50 * block + 50):
        rng = np.random.default_rng(seed)
        cells, candidates = int(rng.integers(5, 25)), int(rng.integers(3, 12))
        p = int(rng.integers(1, candidates))
        distance = rng.random((cells, candidates))
        weight = rng.integers(1, 20, cells).astype(float)
        peer = PeerMCLP.from_cost_matrix(distance, weight, service_radius=0.3, p_facilities=p)
        theirs = float(pulp.value(peer.solve(pulp.PULP_CBC_CMD(msg=False)).problem.objective))
        seen = [np.flatnonzero(distance[:, j] <= 0.3).tolist() for j in range(candidates)]
        answer = MCLP(Siting.of(seen, weight, rules=Rules(count=p))).solve(Halt(lambda: 0.0))
        assert answer.value == pytest.approx(theirs, abs=1e-6), seed
        assert answer.ended == "proven", seed
