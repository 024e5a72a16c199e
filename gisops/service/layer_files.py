"""How are layers of an inventory replaced? Checked as they would be, written whole or not at all, kept in a log."""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from gisops.inventory.check import check_inventory
from gisops.inventory.finding import Finding

__all__ = ["keep_in_log", "new_problems", "write_whole"]

_LOG = "imports.jsonl"


def new_problems(folder: Path, texts: Mapping[str, str], profiles: Mapping[str, str] | None) -> tuple[Finding, ...]:
    """Check the inventory as it would be with other texts of its files; give the problems it does not have now."""
    _, after = check_inventory(folder, profiles=profiles, overlay=texts)
    if not after:
        return ()
    _, before = check_inventory(folder, profiles=profiles, overlay={})
    known = Counter((finding.rule, finding.what) for finding in before)
    return tuple(finding for finding in after if not _take(known, (finding.rule, finding.what)))


def write_whole(texts: Mapping[Path, str]) -> None:
    """Replace files, each in one step, and none before all are safely on the disk.

    Whoever reads one meanwhile sees the old or the new one; they are put in place in the order given.

    Raises
    ------
    OSError
        Where one cannot be written; then none is replaced.
    """
    ready: list[tuple[Path, Path]] = []
    try:
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            target = path.resolve()
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
            handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
            ready.append((Path(temporary), target))
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).chmod(mode)
        for temporary_path, target in ready:
            temporary_path.replace(target)
    finally:
        for temporary_path, _ in ready:
            temporary_path.unlink(missing_ok=True)


def keep_in_log(folder: Path, sources: Sequence[Path], report: Mapping[str, Any], now: datetime) -> None:
    """Add a line to ``imports.jsonl``: when, from which bytes, and what was done."""
    digest = sha256()
    for source in sources:
        files = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
        for path in files:
            digest.update(path.read_bytes())
    line = {"imported_at": now.isoformat(), "sha256": digest.hexdigest(), **report}
    with (folder / _LOG).open("a", encoding="utf-8") as log:
        log.write(json.dumps(line, ensure_ascii=False) + "\n")


def _take(known: Counter[tuple[str, str]], key: tuple[str, str]) -> bool:
    if known[key] <= 0:
        return False
    known[key] -= 1
    return True
