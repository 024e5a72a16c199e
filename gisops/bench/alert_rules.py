"""What simpler rules would have said of the same losses: an alert a device, and parents that silence children.

The second is the dependency check of Nagios, Icinga, Zabbix and LibreNMS: a device
is reported unless a device it hangs on is lost. Cameras hang on their box, a box on
every box on its only way to a centre. Neither rule names a cause.
"""

from __future__ import annotations

from collections.abc import Collection

from gisops.model.inventory import Inventory

__all__ = ["every_device", "parents_first"]


def every_device(lost: Collection[str]) -> frozenset[str]:
    """Report every lost device."""
    return frozenset(lost)


def parents_first(lost: Collection[str], inventory: Inventory) -> frozenset[str]:
    """Report the lost devices that hang on no other lost device."""
    boxes = {device for device in lost if device in inventory.boxes}
    reported = {d for d in lost if d in inventory.cameras and inventory.cameras[d].box_id not in boxes}
    for box_id in boxes:
        others = {inventory.boxes[b].node_id for b in boxes - {box_id}} - {inventory.boxes[box_id].node_id}
        if not any(_parts(node, inventory.boxes[box_id].node_id, inventory) for node in others):
            reported.add(box_id)
    return frozenset(reported)


def _parts(node: str, from_centre: str, inventory: Inventory) -> bool:
    """Whether taking a node away leaves another without a way to any centre."""
    neighbours: dict[str, set[str]] = {}
    for span in inventory.spans.values():
        neighbours.setdefault(span.start_id, set()).add(span.end_id)
        neighbours.setdefault(span.end_id, set()).add(span.start_id)
    centres = {centre.node_id for centre in inventory.centres.values()}
    reached, frontier = {from_centre, node}, [from_centre]
    while frontier:
        for beyond in neighbours.get(frontier.pop(), ()):
            if beyond in centres:
                return False
            if beyond not in reached:
                reached.add(beyond)
                frontier.append(beyond)
    return True
