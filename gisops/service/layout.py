"""Who hangs on whom in this inventory: the city as the diagnosis and the polling need it."""

from __future__ import annotations

from gisops.diagnosis.facts import Layout, SharedRisk
from gisops.fibre.topology import spans_with_boxes_behind
from gisops.model.inventory import Inventory

__all__ = ["FIRST_CAMERA_PORT", "layout_of"]

FIRST_CAMERA_PORT = 2
"""ifIndex of a camera's port is this plus its ``switch_port``; ports 1 and 2 are the fibre uplinks."""


def layout_of(inventory: Inventory) -> Layout:
    """Say who hangs on whom: cameras on boxes, boxes on feeders and on isolating spans."""
    feeders = [
        SharedRisk(feeder_id, "feeder", boxes)
        for feeder_id, boxes in inventory.boxes_of_feeder.items()
        if len(boxes) > 1
    ]
    parts = spans_with_boxes_behind(inventory)
    spans = [
        SharedRisk(behind.span_ids[0], "span", behind.box_ids, behind.span_ids[1:])
        for behind in parts
        if len(behind.box_ids) > 1
    ]
    lone = {behind.box_ids[0]: behind.span_ids for behind in parts if len(behind.box_ids) == 1}
    return Layout(
        cameras_of_box=inventory.cameras_of_box,
        ports_of_camera={c.id: (c.box_id, c.switch_port) for c in inventory.cameras.values()},
        risks=(*feeders, *spans),
        lone=lone if inventory.spans else None,
        vendors={c.id: c.vendor for c in inventory.cameras.values() if c.vendor},
    )
