r"""What does the loss of cameras cost where incidents happen? Incident-weighted camera-hours, and what is unseen.

*Risk* is put on pieces of road: weighted incidents an hour, spread by a stated kernel. The risk before a camera,
over the mean of all cameras, is its factor: a camera-hour of a camera that looks at ten times the usual risk counts
as ten. So an hour of the average camera is one *incident-weighted camera-hour*, whatever the city and the scale of
the weights, and the same unit answers for a box, a span of fibre and a feeder.

That counts every lost camera, also where others look at the same ground. What nobody sees is told beside it: the
share of the watched risk that no working camera sees, and how much of it one repair alone gives back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Blind", "Loss", "Watch", "blind_now", "lose", "unseen"]


@dataclass(frozen=True)
class Watch:
    """Which camera sees which piece of road, and the risk there.

    Parameters
    ----------
    first
        ``(cameras + 1,)``: where the rows of each camera begin.
    target
        Number of the piece; none twice for one camera.
    risk
        ``(pieces,)``: weighted incidents an hour.
    """

    first: NDArray[np.int64]
    target: NDArray[np.int64]
    risk: NDArray[np.float64]

    @cached_property
    def before(self) -> NDArray[np.float64]:
        """``(cameras,)``: weighted incidents an hour before each camera."""
        sums = np.concatenate([[0.0], np.cumsum(self.risk[self.target])])
        return np.asarray(sums[self.first[1:]] - sums[self.first[:-1]])

    @cached_property
    def factor(self) -> NDArray[np.float64]:
        """``(cameras,)``: risk before each camera over the mean of all; 1 where there is no risk anywhere."""
        mean = float(self.before.mean()) if len(self.before) else 0.0
        return self.before / mean if mean > 0.0 else np.ones(len(self.before))

    def counts(self, cameras: NDArray[np.bool_]) -> NDArray[np.int64]:
        """``(pieces,)``: how many of some cameras see each piece."""
        rows = np.repeat(cameras, np.diff(self.first))
        return np.bincount(self.target[rows], minlength=len(self.risk))

    @cached_property
    def watched(self) -> float:
        """Risk that any camera at all sees."""
        everyone = np.ones(len(self.first) - 1, dtype=bool)
        return float(self.risk[self.counts(everyone) > 0].sum())

    def pieces(self, camera: int) -> NDArray[np.int64]:
        """Pieces that a camera sees."""
        return self.target[self.first[camera] : self.first[camera + 1]]


@dataclass(frozen=True, slots=True)
class Loss:
    """What one cause costs.

    Parameters
    ----------
    root
        Box, outage or whatever is to be repaired.
    cameras
        Numbers of the cameras it took.
    per_hour
        Incident-weighted camera-hours lost in each hour it lasts.
    so_far
        The same, lost until now.
    hours
        Since the first of its cameras was lost; ``None`` where that is not known.
    regained_pct
        Share of the watched risk that is seen again if this alone is repaired.
    """

    root: str
    cameras: tuple[int, ...]
    per_hour: float
    so_far: float
    hours: float | None
    regained_pct: float


@dataclass(frozen=True, slots=True)
class Blind:
    """What is lost now.

    Parameters
    ----------
    losses
        The dearest for each further hour first: the order of repair.
    per_hour, so_far
        Incident-weighted camera-hours of all together.
    unseen_pct
        Share of the watched risk that no working camera sees.
    """

    losses: tuple[Loss, ...]
    per_hour: float
    so_far: float
    unseen_pct: float


def unseen(watch: Watch, working: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which pieces some camera is there for, and none that works sees."""
    everyone = np.ones(len(working), dtype=bool)
    hidden: NDArray[np.bool_] = (watch.counts(everyone) > 0) & (watch.counts(working) == 0)
    return hidden


def blind_now(
    watch: Watch,
    working: NDArray[np.bool_],
    roots: Mapping[str, Sequence[int]],
    lost_hours: NDArray[np.float64],
) -> Blind:
    """Say what each cause costs, dearest first.

    Parameters
    ----------
    watch
        Who sees which risk.
    working
        ``(cameras,)``.
    roots
        Cameras by what took them; those that work count for nothing.
    lost_hours
        ``(cameras,)``: for how long each has been lost; NaN where that is not known, which is not counted as lost
        time.
    """
    hidden = unseen(watch, working)
    watched = watch.watched
    losses = []
    for root, members in roots.items():
        cameras = [camera for camera in members if not working[camera]]
        if not cameras:
            continue
        factor, hours = watch.factor[cameras], lost_hours[cameras]
        known = ~np.isnan(hours)
        back = np.unique(np.concatenate([watch.pieces(camera) for camera in cameras]))
        regained = float(watch.risk[back[hidden[back]]].sum())
        losses.append(
            Loss(
                root,
                tuple(cameras),
                float(factor.sum()),
                float((factor[known] * hours[known]).sum()),
                float(hours[known].max()) if known.any() else None,
                100.0 * regained / watched if watched > 0.0 else 0.0,
            )
        )
    losses.sort(key=lambda loss: (-loss.per_hour, -loss.regained_pct, loss.root))
    dark = 100.0 * float(watch.risk[hidden].sum()) / watched if watched > 0.0 else 0.0
    return Blind(tuple(losses), sum(v.per_hour for v in losses), sum(v.so_far for v in losses), dark)


def lose(watch: Watch, working: NDArray[np.bool_], root: str, cameras: Sequence[int]) -> tuple[Loss, float]:
    """Say what it would cost to lose some cameras as well.

    Returns
    -------
    Loss, float
        Its ``regained_pct`` is what would be unseen *because* of it; then the share that nobody would see at all.
    """
    going = [camera for camera in cameras if working[camera]]
    after = working.copy()
    after[going] = False
    watched = watch.watched
    before_pct, after_pct = (
        100.0 * float(watch.risk[unseen(watch, those)].sum()) / watched if watched > 0.0 else 0.0
        for those in (working, after)
    )
    cost = float(watch.factor[going].sum()) if going else 0.0
    return Loss(root, tuple(going), cost, 0.0, None, after_pct - before_pct), after_pct
