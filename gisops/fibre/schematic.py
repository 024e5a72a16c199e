"""How a path looks as a straight line with chainages, in text."""

from __future__ import annotations

from collections.abc import Iterator

from gisops.fibre.trace import Path

__all__ = ["schematic"]


def schematic(path: Path) -> Iterator[str]:
    """Draw a path from the centre to the node, a line a node and a line a span.

    Parameters
    ----------
    path
        As traced.

    Yields
    ------
    str
        Chainage in metres of cable from the centre, then what stands there.

    Examples
    --------
    >>> list(schematic(Path("N1", "K1", (), 0, True, True)))
    ['       0 m  (K1) at N1']
    """
    hops = tuple(reversed(path.hops))
    start = hops[0].to_id if hops else path.node_id
    yield f"{0:>8,.0f} m  ({path.centre_id}) at {start}"
    for hop in hops:
        yield f"{'':>10}  |  {hop.span_id}  {hop.cable_m:,.0f} m cable, {hop.route_m:,.0f} m route"
        last = hop is hops[-1]
        splices = next((h.splices for h in path.hops if h.to_id == hop.from_id), 1)
        mark = "[*]" if last else " o "
        unit = "splice" if splices == 1 else "splices"
        yield f"{hop.from_chainage_m:>8,.0f} m {mark} {hop.from_id}  {splices} {unit}"
