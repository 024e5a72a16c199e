"""When is a device walked for its rows: at first contact, after it restarted, and until it was read whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from gisops.health.profile import Profile
from gisops.service.fit import Fit, fit_all
from gisops.snmp.ports import Target, Walker

__all__ = ["Fitter"]

AGAIN_S = 60.0
"""Seconds until a device that was not read whole is walked again."""


class Fitter:
    """Walks the devices that it is told of, one round after the other.

    Parameters
    ----------
    walker
        Asks.
    """

    def __init__(self, walker: Walker) -> None:
        self._walker = walker
        self._wanted: dict[str, tuple[Target, Profile]] = {}
        self._later: dict[str, tuple[Target, Profile]] = {}
        self._fits: dict[str, tuple[str, Profile, Fit]] = {}
        self._news = asyncio.Event()

    def known(self, target: Target, profile: Profile) -> Fit | None:
        """Give how a device was fitted to that profile at that address; ``None`` where it was not."""
        address, base, fit = self._fits.get(target.device_id, ("", profile, None))
        return fit if fit is not None and (address, base) == (target.address, profile) else None

    def want(self, asked: Iterable[tuple[Target, Profile]]) -> None:
        """Have devices walked soon; one whose profile has no table is passed over."""
        for target, profile in asked:
            if profile.columns:
                self._later.pop(target.device_id, None)
                self._wanted[target.device_id] = (target, profile)
        if self._wanted:
            self._news.set()

    def forget(self, device_ids: Iterable[str]) -> None:
        """Walk devices no more."""
        for device_id in device_ids:
            self._wanted.pop(device_id, None)
            self._later.pop(device_id, None)

    async def run(self, on_fit: Callable[[Fit], None]) -> None:
        """Walk until cancelled; ``on_fit`` is told of each fit, also of an incomplete one."""
        while True:
            try:
                async with asyncio.timeout(AGAIN_S if self._later else None):
                    await self._news.wait()
            except TimeoutError:
                self._wanted, self._later = {**self._later, **self._wanted}, {}
            self._news.clear()
            wanted, self._wanted = self._wanted, {}
            async for fit in fit_all(wanted.values(), self._walker):
                device_id = fit.target.device_id
                if fit.is_complete:
                    self._fits[device_id] = (fit.target.address, wanted[device_id][1], fit)
                else:
                    self._later[device_id] = wanted[device_id]
                on_fit(fit)
