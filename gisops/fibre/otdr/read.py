"""What does a ``.sor`` file say? All of its blocks in order, or the one reason why it cannot be read."""

from __future__ import annotations

from pathlib import Path

from gisops.errors import SorError
from gisops.fibre.otdr.blocks import read_blocks
from gisops.fibre.otdr.events import KeyEvents, read_events
from gisops.fibre.otdr.parameters import read_general, read_settings, read_supplier
from gisops.fibre.otdr.samples import read_curves
from gisops.fibre.otdr.trace import SorTrace

__all__ = ["MOST_BYTES", "load_sor", "read_sor"]

MOST_BYTES = 64_000_000
"""A trace has some hundred kilobytes; what is a hundred times that is none."""


def load_sor(path: Path, *, group_index: float | None = None, ignore_checksum: bool = False) -> SorTrace:
    """Read a file; see :func:`read_sor`.

    Raises
    ------
    SorError
        Where it cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise SorError(str(path), f"cannot be read ({error.strerror})", "check its path and mode") from error
    if len(data) > MOST_BYTES:
        raise SorError(str(path), f"is larger than {MOST_BYTES / 1e6:.0f} MB", "give a .sor file")
    return read_sor(data, str(path), group_index=group_index, ignore_checksum=ignore_checksum)


def read_sor(data: bytes, place: str, *, group_index: float | None = None, ignore_checksum: bool = False) -> SorTrace:
    """Read a trace of version 1 or 2.

    Parameters
    ----------
    data
        The whole file.
    place
        Its name, for errors.
    group_index
        Of the fibre, where the instrument was set to another; times become metres by it.
    ignore_checksum
        Read it although its checksum does not fit.

    Raises
    ------
    SorError
        Where it is no trace, cut short, damaged, or its checksum does not fit.
    """
    blocks = read_blocks(data, place, ignore_checksum=ignore_checksum)
    found = blocks.contents
    settings = read_settings(found["FxdParams"], place, blocks.major)
    events = KeyEvents((), None, None)
    if "KeyEvents" in found:
        events = read_events(found["KeyEvents"], place, blocks.major)
    return SorTrace(
        version=blocks.version,
        general=read_general(found["GenParams"], place, blocks.major),
        supplier=read_supplier(found["SupParams"], place) if "SupParams" in found else {},
        settings=settings,
        events=events.events,
        total_loss_db=events.total_loss_db,
        return_loss_db=events.return_loss_db,
        curves=read_curves(found["DataPts"], place) if "DataPts" in found else (),
        group_index=settings.group_index if group_index is None else group_index,
    )
