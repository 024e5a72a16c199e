"""Which fibre ports have light? Read from the metrics of boxes, as the cabinet profiles name them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gisops.fibre.evidence import Port

__all__ = ["PORT_METRICS", "ports_read"]

PORT_METRICS = ("uplink_a_oper", "uplink_b_oper")
"""Metric of port A and of port B: 1 has light, 0 has none (IF-MIB ifOperStatus)."""


def ports_read(
    ports_of: Mapping[str, tuple[Port, ...]], metrics: Iterable[tuple[str, Mapping[str, float | None]]]
) -> tuple[frozenset[Port], frozenset[Port]]:
    """Sort ports into dark and lit.

    Parameters
    ----------
    ports_of
        Ports of each box that face a span (:attr:`gisops.fibre.locate.Locator.ports_of`).
    metrics
        Box id and its last readings, of boxes that answer; what was not read is in neither set.

    Returns
    -------
    tuple of two frozensets
        Dark ports and lit ports.

    Examples
    --------
    >>> ports_read({"B1": (("B1", 0), ("B1", 1))}, [("B1", {"uplink_a_oper": 0.0, "uplink_b_oper": None})])
    (frozenset({('B1', 0)}), frozenset())
    """
    dark: set[Port] = set()
    lit: set[Port] = set()
    for box_id, readings in metrics:
        for port in ports_of.get(box_id, ()):
            value = readings.get(PORT_METRICS[port[1]])
            if value is not None:
                (lit if value > 0.5 else dark).add(port)
    return frozenset(dark), frozenset(lit)
