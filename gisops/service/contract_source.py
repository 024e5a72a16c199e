"""Contract reports of a running system: asked of its store by whoever shows them, with the terms as they are now."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from gisops.health.availability import Span
from gisops.health.sla_terms import read_terms
from gisops.model.inventory import Inventory
from gisops.service.ask_sla import ContractReport, ask_contract

__all__ = ["TERMS", "ContractSource", "StoreContracts"]

TERMS = "contract.toml"
"""Terms that lie in the inventory folder are taken without being named."""


class ContractSource(Protocol):
    """Who can be asked how contractors did."""

    async def report(self, periods: Sequence[Span], now: datetime) -> ContractReport:
        """Give the report of periods that follow one another; ``GisopsError`` where it cannot be had."""
        ...


class StoreContracts:
    """Contract reports over a database.

    Parameters
    ----------
    dsn
        A migrated database.
    inventory, folder
        What stands in the city, and where its files lie: the terms are read anew for each report.
    """

    def __init__(self, dsn: str, inventory: Inventory, folder: Path) -> None:
        self._dsn = dsn
        self._inventory = inventory
        self._folder = folder

    async def report(self, periods: Sequence[Span], now: datetime) -> ContractReport:
        """Give the report of periods that follow one another.

        Raises
        ------
        ConfigError
            Where the terms make no sense.
        StoreError
            Where the database cannot be reached.
        """
        path = self._folder / TERMS
        terms = await asyncio.to_thread(read_terms, path) if path.exists() else None
        return await ask_contract(self._dsn, self._inventory, periods, terms, now)
