"""What is a plan worth after a hand has moved, locked or struck out a camera? Told at once, not planned anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from typing import Any

import numpy as np

from gisops.errors import PlanningError
from gisops.geo.project import to_utm42
from gisops.planning.gain import FirstGain
from gisops.planning.score import Score
from gisops.service.plan_problem import Problem

__all__ = ["PlanEdit"]


class PlanEdit:
    """A plan under somebody's hands; safe to use from several threads.

    Parameters
    ----------
    problem
        What was planned.
    chosen
        Its candidates, in the order of the plan's cameras (``PC-0001`` first).
    """

    def __init__(self, problem: Problem, chosen: Iterable[int]) -> None:
        self._problem = problem
        self._candidate = {f"PC-{n + 1:04d}": int(k) for n, k in enumerate(chosen)}
        self._score = Score(problem.siting, FirstGain(), [0, *self._candidate.values()])
        self._moved: dict[str, tuple[float, float, float]] = {}
        self._locked: set[str] = set()
        self._forbidden: set[str] = set()
        self._lock = threading.Lock()

    def move(self, camera: str, lon: float, lat: float, azimuth_deg: float) -> dict[str, Any]:
        """Put a camera elsewhere, or turn it."""
        if not (60.0 <= lon <= 78.0 and 20.0 <= lat <= 38.0 and np.isfinite(azimuth_deg)):
            raise PlanningError(camera, "is moved out of the city", "drop it on the map")
        with self._lock:
            began = time.perf_counter()
            candidate = self._need(camera)
            model = int(self._problem.model[candidate - 1])
            cells = self._problem.seen_from(lon, lat, model, azimuth_deg % 360.0)
            change = self._score.drag(candidate, cells)
            self._moved[camera] = (lon, lat, azimuth_deg % 360.0)
            return self._answer(camera, change, began)

    def mark(self, camera: str, kind: str) -> dict[str, Any]:
        """``lock`` it, ``forbid`` it (it is taken out), or ``free`` it (it is as it was planned)."""
        with self._lock:
            began = time.perf_counter()
            candidate = self._need(camera, is_struck_allowed=True)
            change = 0.0
            if kind == "lock" and camera not in self._forbidden:
                self._locked.add(camera)
            elif kind == "forbid" and camera not in self._forbidden:
                if camera in self._moved:
                    change += self._score.drop(candidate)
                    del self._moved[camera]
                self._locked.discard(camera)
                self._forbidden.add(camera)
                change -= self._score.remove(candidate)
            elif kind == "free":
                if camera in self._forbidden:
                    self._forbidden.discard(camera)
                    change += self._score.add(candidate)
                if camera in self._moved:
                    del self._moved[camera]
                    change += self._score.drop(candidate)
                self._locked.discard(camera)
            elif kind not in ("lock", "forbid"):
                raise PlanningError(camera, f"cannot be marked {kind!r}", "lock, forbid or free it")
            return self._answer(camera, change, began)

    def again(self) -> tuple[list[int], list[int], list[int]]:
        """Give what to plan anew around: a choice to begin with, candidates that are locked, and that are forbidden.

        A camera that was moved is locked at the pole and direction of the candidates that are nearest to where it is.
        """
        with self._lock:
            locked = {self._candidate[camera] for camera in self._locked if camera not in self._moved}
            locked |= {self._nearest(camera) for camera in self._moved}
            forbidden = {self._candidate[camera] for camera in self._forbidden} - locked
            groups = {int(self._problem.siting.group[k]) for k in locked}
            begin = [
                k for c, k in self._candidate.items()
                if c not in self._moved and k not in forbidden and int(self._problem.siting.group[k]) not in groups
            ]  # fmt: skip
            return begin, sorted(locked), sorted(forbidden)

    def _nearest(self, camera: str) -> int:
        lon, lat, azimuth = self._moved[camera]
        problem, x_y = self._problem, np.array(to_utm42(lon, lat)).ravel()
        model = int(problem.model[self._candidate[camera] - 1])
        pole = int(np.hypot(*(problem.ground.poles - x_y).T).argmin())
        mine = np.flatnonzero((problem.pole == pole) & (problem.model == model))
        off = np.abs((problem.azimuth_deg[mine] - azimuth + 180.0) % 360.0 - 180.0)
        return int(mine[off.argmin()]) + 1

    def _need(self, camera: str, *, is_struck_allowed: bool = False) -> int:
        if camera not in self._candidate:
            raise PlanningError(camera, "is not in the plan", "choose a camera of the plan")
        if camera in self._forbidden and not is_struck_allowed:
            raise PlanningError(camera, "is struck out", "free it first")
        return self._candidate[camera]

    def _answer(self, camera: str, change: float, began: float) -> dict[str, Any]:
        return {
            "camera": camera,
            "value": self._score.value,
            "change": change,
            "moved": {name: list(where) for name, where in self._moved.items()},
            "locked": sorted(self._locked),
            "forbidden": sorted(self._forbidden),
            "took_ms": round(1e3 * (time.perf_counter() - began), 2),
        }
