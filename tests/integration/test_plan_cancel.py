"""Ctrl-C in the middle of a search: the best plan so far is written, with its gap, and the exit code says so."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.integration


def brief(folder: Path, radius_m: float) -> Path:
    text = Path("data/plans/phase2.toml").read_text(encoding="utf-8")
    text = text.replace("radius_m = 1500.0", f"radius_m = {radius_m}").replace('"metropole"', '"pidc-chowk"')
    path = folder / "brief.toml"
    path.write_text(text.replace("60_000_000", "9_000_000"), encoding="utf-8")
    return path


def start(*words: str) -> subprocess.Popen[str]:
    # A shell in the background hands down an ignored SIGINT: Python itself then sets its own handler.
    wrapped = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code = wrapped + "from gisops.cli.main import main; sys.exit(main(sys.argv[1:]))"
    return subprocess.Popen(
        [sys.executable, "-c", code, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_best_so_far_is_kept_with_its_gap(tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = (
        "plan",
        "run",
        "--brief",
        str(brief(tmp_path, 700.0)),
        "--out",
        str(out),
        "--seconds",
        "600",
        "--gap",
        "0",
    )
    with start(*words) as process:
        assert process.stderr is not None
        while (line := process.stderr.readline()) and line != "solving\n":
            pass
        assert line == "solving\n"
        process.send_signal(signal.SIGINT)
        stdout, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "ended: cancelled" in stdout
    plan = json.loads((out / "plan.json").read_text())
    assert plan["ended"] == "cancelled"
    assert 0.0 <= plan["value"] <= plan["bound"] <= 1.0
    assert plan["gap"] == pytest.approx((plan["bound"] - plan["value"]) / (plan["bound"] - plan["already"]))
    assert plan["cost"]["total"] <= plan["budget"]
    assert sorted(path.name for path in out.iterdir()) == [
        "bill.xlsx", "plan.gpkg", "plan.json", "plan.kml", "report.html",
    ]  # fmt: skip
