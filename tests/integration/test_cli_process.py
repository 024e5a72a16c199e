"""The command line as a process: exit codes, streams and a closed pipe, as a shell sees them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.inventories import write_small_inventory

pytestmark = pytest.mark.integration
ROOT = Path(__file__).parents[2]


def gisops(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gisops", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_json_is_all_that_stands_on_standard_output(tmp_path: Path) -> None:
    done = gisops("check", "inventory", write_small_inventory(tmp_path), "--json")
    assert (done.returncode, json.loads(done.stdout)["problems"], done.stderr) == (0, [], "")


def test_a_closed_pipe_ends_it_quietly() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        command = [sys.executable, "-m", "gisops", "docs", "schema"]
        done = subprocess.run(command, cwd=ROOT, stdout=closed, stderr=subprocess.PIPE, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_file_name_that_is_no_text_does_not_stop_it(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    write_small_inventory(Path(os.fsdecode(folder)))
    command = [os.fsencode(sys.executable), b"-m", b"gisops", b"check", b"inventory", folder]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert (done.returncode, b"in order" in done.stdout, done.stderr) == (0, True, b"")


def test_an_unreadable_file_is_one_line_for_those_who_may_not_read_it(short_tmp: Path) -> None:
    folder = write_small_inventory(short_tmp / "city")
    (folder / "feeders.csv").chmod(0)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from gisops.inventory.check import check_inventory\n"
        "folder = Path(sys.argv[1])\n"
        "check_inventory(folder)\n"  # reads the schema, which a stranger may not
        "os.geteuid() or os.seteuid(65534)\n"
        "print(*check_inventory(folder)[1], sep='\\n')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, folder], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    remedy = "make it readable (chmod u+r, and u+x on its folders)"
    assert done.stdout == f"{folder}/feeders.csv: cannot be read (Permission denied): {remedy}\n", done.stderr
