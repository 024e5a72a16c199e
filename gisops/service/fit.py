"""Which rows of its tables does each device have: profiles fitted to devices by walking them, a few at once.

A profile with table metrics asks for nothing before it is fitted. A device that
does not answer keeps the fit it had, and is fitted again later; one that
restarted is fitted anew, since its indexes may have moved.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass, replace

from gisops.errors import SnmpError
from gisops.health.counter import has_restarted
from gisops.health.profile import Profile
from gisops.health.reading import Reading
from gisops.snmp.ports import Target, Value, Walker

__all__ = ["MOST_ROWS", "Fit", "fit_all", "fit_one", "is_outdated"]

MOST_ROWS = 2000
"""Most rows of one column; a device with more is read in part, and said so."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A profile as it is for one device.

    Parameters
    ----------
    target
        The device, with the OIDs to ask it from now on.
    profile
        With the rows that it has; ``profile.oids`` are those of ``target``.
    trouble
        Why it could not be fitted, or only in part; empty where it was.
    is_complete
        False where the device must be walked again.
    """

    target: Target
    profile: Profile
    trouble: str = ""
    is_complete: bool = True


async def fit_one(target: Target, profile: Profile, walker: Walker) -> Fit:
    """Walk the columns of a profile on a device, and resolve it.

    Parameters
    ----------
    target
        Whom to ask.
    profile
        Not resolved, or resolved earlier: that one is kept where the device does not answer.
    walker
        Asks; one question after the other, so that a device is never flooded.

    Returns
    -------
    Fit
        Without a packet for a profile that has no table. Silence is no
        exception: the fit then is the profile as given.
    """
    found: dict[str, Value] = {}
    cut: list[str] = []
    for column in profile.columns:
        try:
            rows = await walker.walk(target, column, MOST_ROWS)
        except SnmpError as error:
            return Fit(replace(target, oids=profile.oids), profile, f"{column} was not read: {error.what}", False)
        found.update(rows)
        if len(rows) >= MOST_ROWS:
            cut.append(column)
    fitted = profile.resolve(found)
    trouble = f"only the first {MOST_ROWS:,} rows of {', '.join(cut)} are read" if cut else ""
    return Fit(replace(target, oids=fitted.oids), fitted, trouble)


async def fit_all(
    asked: Iterable[tuple[Target, Profile]], walker: Walker, at_once: int = 64
) -> AsyncGenerator[Fit, None]:
    """Fit many devices and give each as it is ready: a silent one holds up nobody but itself.

    Parameters
    ----------
    asked
        Devices with their profiles.
    walker
        As for :func:`fit_one`.
    at_once
        Devices that are walked at the same time.
    """
    waiting = iter(asked)
    running: set[asyncio.Task[Fit]] = set()
    try:
        while True:
            while len(running) < at_once and (pair := next(waiting, None)) is not None:
                running.add(asyncio.create_task(fit_one(*pair, walker)))
            if not running:
                return
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def is_outdated(before: Reading | None, now: Reading) -> bool:
    """Whether a device restarted between two readings, so that its rows may have moved."""
    if before is None:
        return False
    seconds = (now.at - before.at).total_seconds()
    return has_restarted(before.uptime_ticks, now.uptime_ticks, seconds) is True
