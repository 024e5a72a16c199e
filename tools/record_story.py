"""Play a scenario on the real system and write what gisops said of it: the events of one feeder, as JSON Lines.

Run it from the repository: ``python -m tools.record_story data/scenarios/bilawal_house.toml BX-CLF-001 OUT.jsonl``.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from gisops.model.event import Event, EventKind
from gisops.service.demo import Demo, DemoPlan, running_demo
from gisops.service.event_lines import line_of_event
from gisops.simulate.control import inject
from gisops.store.reader import PgReader

PEOPLE = "(demo)"


def main() -> int:
    """Play, act as the people of the story would, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("timeline", type=Path)
    parser.add_argument("box")
    parser.add_argument("out", type=Path)
    parser.add_argument("--inventory", type=Path, default=Path("data"))
    parser.add_argument("--acknowledge-s", type=float, default=100.0)
    parser.add_argument("--visit-s", type=float, default=300.0)
    parser.add_argument("--recover-s", type=float, default=520.0)
    parser.add_argument("--first-port", type=int, default=8050)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gisops-story-") as folder:
        Path(folder).chmod(0o755)  # the database runs as another account
        port = args.first_port
        plan = DemoPlan(
            args.inventory,
            Path(folder) / "run",
            args.timeline,
            interval_s=30.0,
            page_port=None,
            trap_port=port + 1,
            positions_port=port + 2,
        )
        with running_demo(plan, _say) as demo:
            _wait_until(demo, args.acknowledge_s)
            outage = asyncio.run(_outage_of(demo, args.box))
            if outage:
                _gisops(demo, "ack", outage, "--by", f"Control room {PEOPLE}")
            _wait_until(demo, args.visit_s)
            if outage:
                found = "plinth empty, cables cut, seal gone"
                _gisops(demo, "visit", outage, "--by", f"Clifton police {PEOPLE}", "--found", found)
            _wait_until(demo, args.recover_s)
            _gisops(demo, "trail", "recovered", args.box, "--by", f"Clifton police {PEOPLE}", has_inventory=True)
            inject(demo.control, {"fault": "restore", "target": "all"})
            _wait_until(demo, args.recover_s + 45.0)
            events = asyncio.run(_story(demo, args.box))
    args.out.write_bytes(b"".join(line_of_event(event) for event in events))
    sys.stderr.write(f"{args.out}: {len(events)} events, zero at {demo.started_at.isoformat()}\n")
    return 0


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _wait_until(demo: Demo, seconds: float) -> None:
    while time.time() < demo.started_at.timestamp() + seconds:
        demo.programs.check()
        time.sleep(0.2)


def _gisops(demo: Demo, *words: str, has_inventory: bool = False) -> None:
    common = ["--run", str(demo.plan.run_dir)]
    if has_inventory:
        common += ["--inventory", str(demo.plan.inventory)]
    subprocess.run([sys.executable, "-m", "gisops", *words, *common], check=False, timeout=60)


async def _outage_of(demo: Demo, box: str) -> str | None:
    reader = await PgReader.open(demo.dsn)
    try:
        return next((o.id for o in await reader.open_outages() if box in o.member_ids), None)
    finally:
        await reader.close()


async def _story(demo: Demo, box: str) -> list[Event]:
    """Give the events of the box, its cameras, its outages and the boxes of its feeder, since the zero."""
    inventory = demo.inventory
    neighbours = inventory.boxes_of_feeder[inventory.boxes[box].feeder_id]
    subjects = {box, *inventory.cameras_of_box[box], *neighbours}
    reader = await PgReader.open(demo.dsn)
    found: list[Event] = []
    seq = 0
    try:
        while batch := await reader.events_after(seq):
            seq = batch[-1].seq
            found += [stored.event for stored in batch]
    finally:
        await reader.close()
    own = {e.subject for e in found if e.kind is EventKind.OUTAGE_OPENED and subjects & set(e.payload["members"])}
    return [e for e in found if e.subject in subjects | own and e.recorded_at >= demo.started_at]


if __name__ == "__main__":
    raise SystemExit(main())
