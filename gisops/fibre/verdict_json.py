"""How a verdict on where it is cut is written as JSON."""

from __future__ import annotations

from typing import Any

from shapely.geometry import mapping

from gisops.fibre.locate import Locator, Verdict
from gisops.fibre.otdr_place import OtdrPlace, crew_point

__all__ = ["place_document", "verdict_document"]


def verdict_document(locator: Locator, verdict: Verdict) -> dict[str, Any]:
    """Write a verdict.

    Returns
    -------
    dict
        Probabilities to a millionth, metres to a decimal, degrees to a millionth.
    """
    return {
        "no_cut": round(verdict.no_cut, 6),
        "certain": verdict.is_certain,
        "hypotheses": [
            {"spans": list(h.span_ids), "probability": round(h.probability, 6)} for h in verdict.hypotheses
        ],
        "spans": [{"id": span_id, "probability": round(share, 6)} for span_id, share in verdict.spans],
        "ambiguous": [list(spans) for spans in verdict.ambiguous],
        "unseen": list(verdict.unseen),
        "unexplained": list(verdict.unexplained),
        "brackets": [
            {
                "spans": list(b.span_ids),
                "from_node": b.from_id,
                "to_node": b.to_id,
                "chainage_m": [round(b.from_m, 1), round(b.to_m, 1)],
                "from_node_to_centre_m": None if b.from_centre_m is None else round(b.from_centre_m, 1),
            }
            for b in verdict.brackets
        ],
        "places": [place_document(locator, place) for place in verdict.places],
    }


def place_document(locator: Locator, place: OtdrPlace) -> dict[str, Any]:
    """Write a place that an OTDR gave, with the way there."""
    crew = crew_point(
        locator.inventory, locator.network, locator.network.span_number[place.span_id], place.chainage_m
    )
    return {
        "span": place.span_id,
        "chainage_m": round(place.chainage_m, 1),
        "interval_m": [round(place.from_m, 1), round(place.to_m, 1)],
        "lon": round(place.lon, 6),
        "lat": round(place.lat, 6),
        "interval": mapping(place.line),
        "enclosure": {"node": crew.enclosure_id, "route_m": round(crew.enclosure_m, 1)},
        "road": {
            "name": crew.road_name,
            "lon": round(crew.lon, 6),
            "lat": round(crew.lat, 6),
            "to_place_m": round(crew.walk_m, 1),
        },
        "navigation": crew.navigation,
    }
