"""How often a long-running process searches for cycles."""

from __future__ import annotations

import gc

from gisops.service.memory import count_rather_than_search


def test_a_second_of_polling_starts_no_search_for_cycles() -> None:
    before = gc.get_threshold()
    try:
        count_rather_than_search()
        # 567 devices a second (17,000 in 30 s), six objects each: not one search in ten seconds.
        assert gc.get_threshold()[0] > 10 * 567 * 6
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)
