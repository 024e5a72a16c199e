"""What a word on the command line or the page means: which node, which cut."""

from __future__ import annotations

import difflib

from gisops.errors import InventoryError
from gisops.fibre.network import FibreNetwork, need_node, need_span
from gisops.fibre.whatif import Cut
from gisops.model.inventory import Inventory

__all__ = ["cut_named", "node_named"]


def node_named(inventory: Inventory, network: FibreNetwork, word: str) -> int:
    """Give the fibre node of a camera, box, station, centre or node.

    Raises
    ------
    InventoryError
        If nothing has that id; the nearest known one is named.
    """
    if word in inventory.cameras:
        return need_node(network, inventory.boxes[inventory.cameras[word].box_id].node_id)
    for table in (inventory.boxes, inventory.stations, inventory.centres):
        if word in table:
            return need_node(network, table[word].node_id)
    if word in network.node_number:
        return network.node_number[word]
    known = [*inventory.cameras, *inventory.boxes, *inventory.stations, *inventory.centres, *network.node_ids]
    near = difflib.get_close_matches(word, known, n=1)
    hint = f"did you mean {near[0]}?" if near else "name a camera, box, station, centre or node"
    raise InventoryError(word, "is in no table", hint)


def cut_named(network: FibreNetwork, word: str) -> Cut:
    """Read ``SPAN`` or ``SPAN@CHAINAGE`` (route metres from the span's start).

    Raises
    ------
    InventoryError
        If there is no such span, or the chainage is no number.

    Examples
    --------
    ``SP-0042@118.5`` is 118.5 m from the start of SP-0042.
    """
    span_id, sign, chainage = word.partition("@")
    span = need_span(network, span_id)
    if not sign:
        return Cut(span)
    try:
        return Cut(span, float(chainage))
    except ValueError:
        raise InventoryError(word, f"chainage {chainage!r} is no number", "write metres, as SPAN@118.5") from None
