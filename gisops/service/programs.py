"""How several gisops programs run as one: started in order, ready before the next, ended by their id.

Each child writes one JSON line with ``"ready": true`` on its standard output
when it can be used. A child that ends before that is reported with its own words.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gisops.children import end_with_parent
from gisops.errors import GisopsError

__all__ = ["Program", "Programs"]

_STOP_PATIENCE_S = 8.0


@dataclass(slots=True)
class Program:
    """A started child: its name, process and what it said when it was ready."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    said: Mapping[str, Any] = field(default_factory=dict)


class Programs:
    """A stack of child programs; leaving the ``with`` block ends them, last started first.

    Parameters
    ----------
    log_dir
        Where each child's standard error goes, as ``NAME.log``.
    environ
        Environment of every child.
    """

    def __init__(self, log_dir: Path, environ: Mapping[str, str]) -> None:
        self._log_dir = log_dir
        self._environ = dict(environ)
        self._running: list[Program] = []

    def __enter__(self) -> Programs:
        self._log_dir.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, *_: object) -> None:
        while self._running:
            self.stop(self._running[-1])

    def start(self, name: str, arguments: Sequence[str]) -> Program:
        """Start ``gisops ARGUMENTS``; it may not be ready yet."""
        log = self._log_dir / f"{name}.log"
        with log.open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "gisops", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=self._environ,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - no threads run here
            )
        program = Program(name, process, log)
        self._running.append(program)
        return program

    def await_ready(self, program: Program, within_s: float) -> Mapping[str, Any]:
        """Wait until a child is ready; give what it said.

        Raises
        ------
        GisopsError
            Where it ended or said nothing in ``within_s`` seconds; carries its own last line.
        """
        program.said = json.loads(self._first_line(program, within_s))
        return program.said

    def check(self) -> None:
        """Raise where a child has ended by itself."""
        for program in self._running:
            if program.process.poll() is not None:
                raise self._ended(program)

    def stop(self, program: Program) -> Mapping[str, Any]:
        """End one child, politely and after a few seconds without asking; give the last line it said."""
        self._running.remove(program)
        process = program.process
        if process.poll() is None:
            process.terminate()
        try:
            said, _ = process.communicate(timeout=_STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
        lines = [line for line in said.splitlines() if line.startswith(b"{")]
        last: Mapping[str, Any] = json.loads(lines[-1]) if lines else {}
        return last

    def _first_line(self, program: Program, within_s: float) -> bytes:
        stdout = program.process.stdout
        if stdout is None:
            raise self._ended(program)
        deadline = time.monotonic() + within_s
        buffer = b""
        with selectors.DefaultSelector() as selector:
            selector.register(stdout, selectors.EVENT_READ)
            while b"\n" not in buffer:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise GisopsError(program.name, f"not ready after {within_s:.0f} s", f"read {program.log}")
                chunk = os.read(stdout.fileno(), 65536)
                if not chunk:
                    program.process.wait()
                    raise self._ended(program)
                buffer += chunk
        return buffer.splitlines()[0]

    def _ended(self, program: Program) -> GisopsError:
        lines = program.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        parts = lines[-1].split(": ") if lines else []
        if len(parts) >= 3 and program.process.returncode == 2:
            return GisopsError(parts[0], ": ".join(parts[1:-1]), parts[-1])
        last = lines[-1] if lines else "it said nothing"
        return GisopsError(program.name, f"ended with {program.process.returncode} ({last})", f"read {program.log}")
