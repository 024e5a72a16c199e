"""The example in docs/profiles.md does what the page says, to the letter."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from gisops.cli.main import main
from gisops.health.metric_text import METRIC_KEYS

PAGE = (Path(__file__).parents[2] / "docs" / "profiles.md").read_text(encoding="utf-8")
STRANGER = Path(__file__).parents[1] / "data" / "walks" / "stranger.walk"
BLOCK = re.compile(r"<!-- (run|file): (.+?) -->\n```\w*\n(.*?)```", re.DOTALL)


def test_the_example_runs_as_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(STRANGER, "kiosk.walk")
    ran = []
    for kind, what, text in BLOCK.findall(PAGE):
        if kind == "file":
            Path(what).parent.mkdir(exist_ok=True)
            Path(what).write_text(text, encoding="utf-8")
        else:
            main(what.split()[1:])
            assert capsys.readouterr().out == text
            ran.append(what)
    assert len(ran) == 2


def test_every_key_of_a_metric_is_explained() -> None:
    table = PAGE[PAGE.index("| key of") : PAGE.index("A missing value")]
    assert [key for key in sorted(METRIC_KEYS) if f"`{key}`" not in table] == []
