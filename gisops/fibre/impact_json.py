"""How the impact of a cut is written as JSON, for the command line and the page alike."""

from __future__ import annotations

from typing import Any

from gisops.fibre.whatif import Impact

__all__ = ["impact_document"]


def impact_document(impact: Impact) -> dict[str, Any]:
    """Write an impact.

    Returns
    -------
    dict
        Metres to a decimal, degrees to a millionth.
    """
    return {
        "cuts": [
            {
                "span": span_id,
                "position": None
                if position is None
                else {"lon": round(position.lon, 6), "lat": round(position.lat, 6)},
                "repair": {
                    "spans": list(repair.span_ids),
                    "enclosures": list(repair.enclosure_ids),
                    "cable_m": round(repair.cable_m, 1),
                    "stored_m": repair.stored_m,
                    "notes": list(repair.notes),
                },
            }
            for span_id, position, repair in zip(impact.span_ids, impact.positions, impact.repairs, strict=True)
        ],
        "boxes": list(impact.box_ids),
        "cameras": list(impact.camera_ids),
        "stations": list(impact.station_ids),
        "districts": [
            {
                "id": loss.id,
                "name": loss.name,
                "cameras": loss.cameras,
                "of_cameras": loss.of_cameras,
                "boxes": loss.boxes,
            }
            for loss in impact.districts
        ],
        "critical_places": [
            {"id": loss.id, "name": loss.name, "cameras": loss.cameras, "of_cameras": loss.of_cameras}
            for loss in impact.places
        ],
        "rerouted_boxes": list(impact.rerouted_box_ids),
    }
