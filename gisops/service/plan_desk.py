"""Who plans for the page? One run at a time in a thread of its own; plans are kept as files in the run folder."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from gisops.errors import GisopsError, PlanningError
from gisops.model.inventory import Inventory
from gisops.planning.halt import Halt
from gisops.service.plan_compare import compare_plans
from gisops.service.plan_edit import PlanEdit
from gisops.service.plan_exports import EXPORTS, write_all
from gisops.service.plan_file import read_plan
from gisops.service.plan_run import PlanCancelledError, Posed, make_plan, pose
from gisops.service.plan_solve import Stage

__all__ = ["PlanDesk"]

_ID = re.compile(r"plan-\d{8}T\d{6}(-\d+)?")
_MOST_SECONDS = 1800.0
_MOST_BRIEF = 200_000
_KEPT = 3
"""Plans that can be edited: their problems stay in memory."""


@dataclass
class _Run:
    """How the run that goes on, or the last one, does."""

    stop: threading.Event = field(default_factory=threading.Event)
    is_running: bool = False
    words: str = ""
    done: int = 0
    all: int = 0
    value: float | None = None
    bound: float | None = None
    error: str | None = None
    plan: str | None = None
    began: float = 0.0
    limit_s: float = 0.0


class PlanDesk:
    """Plans for one inventory.

    Parameters
    ----------
    folder, inventory
        Of the inventory, and what it holds; briefs are offered from its ``plans``.
    keep
        Folder where plans are kept, each in its own.
    clock
        UTC.
    """

    def __init__(self, folder: Path, inventory: Inventory, keep: Path, clock: Callable[[], datetime]) -> None:
        self._folder, self._keep, self._clock = folder, keep, clock
        self.inventory = inventory
        self._run = _Run()
        self._posed: dict[str, Posed] = {}
        self._edits: dict[str, PlanEdit] = {}
        self._lock = threading.Lock()

    def briefs(self) -> list[dict[str, str]]:
        """Give the briefs of the inventory: name of the file and text."""
        files = sorted((self._folder / "plans").glob("*.toml"))
        return [{"name": file.name, "text": file.read_text(encoding="utf-8")} for file in files]

    def plans(self) -> list[dict[str, Any]]:
        """Give the plans that are kept, the latest first."""
        found = []
        for path in sorted(self._keep.glob("plan-*/plan.json"), reverse=True):
            plan = read_plan(path)
            keys = ("name", "value", "bound", "gap", "ended", "made_at", "demo")
            head = {key: plan[key] for key in keys}
            is_open = path.parent.name in self._edits
            found.append({"id": path.parent.name, "rupees": plan["cost"]["total"], "is_open": is_open, **head})
        return found

    def plan(self, name: str) -> dict[str, Any]:
        """Give one plan."""
        return read_plan(self.file(name, "plan.json"))

    def file(self, name: str, export: str) -> Path:
        """Give where an export of a plan is.

        Raises
        ------
        PlanningError
            Where there is no such plan or export.
        """
        path = self._keep / name / export
        if not _ID.fullmatch(name) or export not in EXPORTS or not path.is_file():
            raise PlanningError(f"{name}/{export}", "there is none", "choose a plan of the list")
        return path

    def compare(self, a: str, b: str) -> dict[str, Any]:
        """Compare two plans."""
        return compare_plans(self.plan(a), self.plan(b))

    def state(self) -> dict[str, Any]:
        """Say how the run does."""
        run = self._run
        gone = time.monotonic() - run.began if run.is_running else None
        return {
            "running": run.is_running, "words": run.words, "done": run.done, "all": run.all, "value": run.value,
            "bound": run.bound, "error": run.error, "plan": run.plan, "seconds": gone, "limit_s": run.limit_s,
        }  # fmt: skip

    def cancel(self) -> None:
        """Stop the run; the best plan so far is kept."""
        self._run.stop.set()

    def start(self, brief_toml: str, seconds: float) -> None:
        """Plan from a brief.

        Raises
        ------
        PlanningError
            Where a run goes on already, or it is asked for too much.
        """
        if len(brief_toml) > _MOST_BRIEF:
            raise PlanningError("brief", f"{len(brief_toml):,} characters", f"keep to {_MOST_BRIEF:,}")
        self._start(seconds, lambda run: self._make(run, brief_toml, None, seconds))

    def open(self, name: str) -> None:
        """Work out again who would see what, so that a plan of an earlier day can be changed by hand."""
        plan = self.plan(name)
        self._start(_MOST_SECONDS, lambda run: self._reopen(run, name, plan))

    def again(self, name: str, seconds: float) -> None:
        """Plan anew around what was moved, locked and struck out."""
        self._need_open(name)
        text = self._posed[name].brief_toml
        self._start(seconds, lambda run: self._make(run, text, name, seconds))

    def edit(self, name: str, camera: str, action: str, where: tuple[float, float, float] | None) -> dict[str, Any]:
        """Move (to longitude, latitude, azimuth), lock, forbid or free a camera, and say what that changes."""
        edit = self._need_open(name)
        if action == "move":
            if where is None:
                raise PlanningError(camera, "is moved nowhere", "say lon, lat and azimuth_deg")
            return edit.move(camera, *where)
        return edit.mark(camera, action)

    def _need_open(self, name: str) -> PlanEdit:
        if name not in self._edits:
            raise PlanningError(name, "is not open for changes", "open it for changes first")
        return self._edits[name]

    def _start(self, seconds: float, work: Callable[[_Run], str]) -> None:
        if not 1.0 <= seconds <= _MOST_SECONDS:
            raise PlanningError("seconds", f"{seconds:g}", f"give 1 to {_MOST_SECONDS:g}")
        with self._lock:
            if self._run.is_running:
                raise PlanningError("planning", "a run goes on already", "wait for it, or cancel it")
            self._run = _Run(is_running=True, words="reading the brief", began=time.monotonic(), limit_s=seconds)
        threading.Thread(target=self._work, args=(self._run, work), daemon=True).start()

    def _work(self, run: _Run, work: Callable[[_Run], str]) -> None:
        try:
            run.plan = work(run)
        except PlanCancelledError:
            run.error = "Cancelled before there was a plan."
        except GisopsError as error:
            run.error = str(error)
        except Exception as error:  # noqa: BLE001 - a run that dies must not look like one that goes on
            run.error = f"planning stopped: {type(error).__name__}: run it again, and report it if it comes back"
        finally:
            run.is_running = False

    def _make(self, run: _Run, brief_toml: str, name: str | None, seconds: float) -> str:
        def tell(stage: Stage) -> None:
            run.words, run.done, run.all = stage.words, stage.done, stage.stages
            run.value, run.bound = stage.value, stage.bound

        begin: list[int] = []
        locked: list[int] = []
        forbidden: list[int] = []
        if name is None:
            posed = self._pose(run, brief_toml)
        else:
            posed = self._posed[name]
            begin, locked, forbidden = self._edits[name].again()
        halt = Halt.after(time.monotonic, seconds, run.stop)
        now = self._clock()
        solved, plan = make_plan(posed, halt, now, tell, begin, locked, forbidden)
        kept = self._name(now)
        write_all(plan, self.inventory, self._keep / kept)
        self._keep_open(kept, posed, solved.bill.chosen.tolist())
        return kept

    def _pose(self, run: _Run, brief_toml: str) -> Posed:
        def watch(words: str, done: int, every: int) -> None:
            run.words, run.done, run.all = words, done, every

        halt = Halt(time.monotonic, None, run.stop)
        return pose(brief_toml, "brief", self._folder, self._clock(), halt, watch, self.inventory)

    def _reopen(self, run: _Run, name: str, plan: dict[str, Any]) -> str:
        posed = self._pose(run, plan["brief_toml"])
        problem = posed.problem
        chosen = [int(camera["candidate"]) for camera in plan["cameras"]]
        is_same = max(chosen, default=0) < problem.siting.candidates and all(
            [camera["lon"], camera["lat"]] == problem.lon_lat[problem.pole[k - 1]].round(6).tolist()
            for k, camera in zip(chosen, plan["cameras"], strict=True)
        )
        if not is_same:
            raise PlanningError(name, "the inventory is not what it was planned for", "run its brief again")
        self._keep_open(name, posed, chosen)
        return name

    def _keep_open(self, name: str, posed: Posed, chosen: list[int]) -> None:
        self._posed[name] = posed
        self._edits[name] = PlanEdit(posed.problem, chosen)
        for old in list(self._edits)[:-_KEPT]:
            del self._edits[old], self._posed[old]

    def _name(self, now: datetime) -> str:
        stem, number = now.strftime("plan-%Y%m%dT%H%M%S"), 1
        while (self._keep / (stem if number == 1 else f"{stem}-{number}")).exists():
            number += 1
        return stem if number == 1 else f"{stem}-{number}"
