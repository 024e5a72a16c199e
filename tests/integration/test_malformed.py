"""Malformed answers and traps by way of real sockets: every poll has its answer, no state changes."""

from __future__ import annotations

import random

import pytest

from gisops.bench.fuzz_watch import through_the_watch
from tests.cities import small_city

pytestmark = pytest.mark.integration


async def test_a_city_under_malformed_datagrams_is_the_same_city() -> None:
    rng = random.Random(3)  # noqa: S311 - repeatable
    harm = await through_the_watch(small_city(), replies=1200, traps=1200, rng=rng)
    assert harm.replies >= 1200
    assert harm.traps == 1200
    assert (harm.unanswered, harm.wrong_values, harm.state_changes) == (0, 0, 0)
