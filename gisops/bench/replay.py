"""How fast is a log of events played again."""

from __future__ import annotations

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from gisops.bench.figure import Figure

if TYPE_CHECKING:
    from gisops.model.event import Event

__all__ = ["ABOUT", "add_arguments", "measure"]

ABOUT = """
Logs of scenarios of `gisops bench diagnosis`, one an hour over the demo city until there are enough events, are
written as JSON Lines and played by `gisops replay FILE --json` in a process of its own, reading and writing included.
Beside it in the same run: how long reading the lines alone takes.
"""
_PARTS = 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the inventory, the sizes, and how often."""
    parser.add_argument("--inventory", type=Path, default=Path("data"), metavar="DIR", help="default: data")
    parser.add_argument("--events", type=int, nargs="+", default=[100_000, 300_000, 1_000_000], metavar="N")
    parser.add_argument("--runs", type=int, default=3)


def measure(args: argparse.Namespace) -> Iterator[Figure]:
    """Measure as the arguments say."""
    parts = _stories(args.inventory)
    for size in args.events:
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "events.jsonl"
            _write(log, parts, size)
            seconds = [
                _timed(["replay", str(log), "--inventory", str(args.inventory), "--json"]) for _ in range(args.runs)
            ]
            reading = _timed_reading(log)
            yield Figure(
                "replay",
                "log played again",
                size,
                statistics.median(seconds),
                "s",
                60.0 if size >= 1_000_000 else None,
                runs=args.runs,
                baseline=("reading alone", reading),
            )
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    yield Figure("replay", "largest memory of a replay", max(args.events), peak, "MB")


def _stories(folder: Path) -> list[list[Event]]:
    from gisops.bench.city_play import BEGAN, play
    from gisops.bench.scenarios import draw
    from gisops.inventory.load import load_inventory
    from gisops.simulate.city import City

    inventory = load_inventory(folder)
    stories = []
    for number in range(_PARTS):
        rng = random.Random(f"replay {number}")  # noqa: S311 - repeatable chance
        scenario = draw(number, inventory, rng)
        city = City(scenario.inventory, BEGAN, rng)
        until = scenario.until_s
        told = play(
            city,
            scenario.inventory,
            scenario.inventory,
            scenario.faults,
            until,
            scenario.noise,
            rng,
            scenario.silences,
        )
        stories.append([*told.events, *_repairs(told.events)])
    return stories


def _repairs(events: list[Event]) -> list[Event]:
    """Put right what a story left broken: the log of a city that is looked after."""
    from gisops.model.event import EventKind

    last = {event.subject: event for event in events if event.kind is EventKind.STATE_CHANGED}
    end = max(event.occurred_at for event in events)
    repaired = []
    for number, event in enumerate(last.values()):
        if event.payload["new"] != "up":
            at = end + timedelta(minutes=5, seconds=number % 30)
            quiet = dict.fromkeys(("on_battery_s", "door_open", "tilt_deg"), 0.0)
            payload = {**event.payload, "old": event.payload["new"], "new": "up", "reason": "", "lost_at": None}
            payload["metrics"] = {**event.payload["metrics"], **quiet}
            repaired.append(replace(event, id=f"repair:{event.id}", occurred_at=at, recorded_at=at, payload=payload))
    return repaired


def _write(log: Path, stories: list[list[Event]], size: int) -> None:
    from gisops.service.event_lines import line_of_event

    written, hour = 0, 0
    with log.open("wb") as lines:
        while written < size:
            later = timedelta(hours=hour)
            for event in stories[hour % len(stories)][: size - written]:
                shifted = replace(
                    event,
                    id=f"{hour}:{event.id}",
                    occurred_at=event.occurred_at + later,
                    recorded_at=event.recorded_at + later,
                    payload=_shifted(dict(event.payload), later),
                )
                lines.write(line_of_event(shifted))
                written += 1
            hour += 1


def _shifted(payload: dict[str, object], later: timedelta) -> dict[str, object]:
    from datetime import datetime

    for key in ("since", "seen_at", "lost_at"):
        value = payload.get(key)
        if isinstance(value, str):
            payload[key] = (datetime.fromisoformat(value) + later).isoformat()
    return payload


def _timed(arguments: list[str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "gisops", *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _timed_reading(log: Path) -> float:
    from gisops.service.event_lines import read_events

    began = time.perf_counter()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        for event in read_events(log):
            if not event.id:
                nowhere.write("?")
    return time.perf_counter() - began
