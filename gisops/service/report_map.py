"""The contract report as one map in one file: opens from a disk or a mail, with no network at all.

Folium writes the map, but would load Leaflet from the internet. Leaflet and its
style are taken from the installed dash-leaflet instead, and everything is put
into the file: it asks nobody for anything.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib import resources
from zoneinfo import ZoneInfo

import folium
from shapely import set_precision
from shapely.geometry import Point, mapping
from shapely.geometry.base import BaseGeometry

from gisops.model.inventory import Inventory
from gisops.service.ask_sla import ContractReport
from gisops.service.report_words import MISSING, moment, number

__all__ = ["report_map"]

_TILES = "https://{s}.tile.openstreetmap.org/{z}/{x}/{y}.png"
"""Default of a component of dash-leaflet that is not used here: taken out, so that nothing even names a server."""
_CREDITS = (
    "<!-- Contains Leaflet (c) 2010-2023 Volodymyr Agafonkin, (c) 2010-2011 CloudMade, BSD-2-Clause; "
    "dash-leaflet (c) Emil Eriksen, MIT; React (c) Meta Platforms and affiliates, MIT. -->"
)
_STEPS = ((99.5, "#2c7fb8"), (99.0, "#7fcdbb"), (97.0, "#edf8b1"), (0.0, "#fdae61"))
"""Colours of availability, from each value on; they differ in lightness as well."""
_UNKNOWN = "#9aa4b0"
_KINDS = (
    ("theft", "Theft or tampering in the period", "#b3261e", 7),
    ("battery", "Battery below the contract", "#7b3fa0", 6),
    ("inspection", "Inspection overdue or seal missing", "#c77700", 5),
    ("order", "Nothing to do", "#5b6b7d", 3),
)
"""What a box is shown as: the first that holds; name, words, colour, radius."""
_PANEL = (
    "position:absolute;z-index:1000;left:12px;bottom:44px;background:#fff;color:#16212f;padding:10px 14px;"
    "border-radius:8px;box-shadow:0 4px 16px rgba(0,0,0,.25);font:13px/1.45 system-ui,sans-serif;max-width:320px"
)


def report_map(report: ContractReport, inventory: Inventory) -> str:
    """Give the map as one HTML file.

    Parameters
    ----------
    report
        What was asked: availability by district, and what is wrong with boxes.
    inventory
        Gives districts, roads and coast to draw, and where boxes stand.
    """
    bounds = [(box.lat, box.lon) for box in inventory.boxes.values()]
    page = folium.Map(tiles=None, control_scale=True, prefer_canvas=True, attribution_control=False)
    page.default_js, page.default_css = [], []
    _add_ground(page, inventory)
    _add_districts(page, report, inventory)
    _add_boxes(page, report, inventory)
    folium.LayerControl(collapsed=False).add_to(page)
    if bounds:
        page.fit_bounds([tuple(map(min, zip(*bounds, strict=True))), tuple(map(max, zip(*bounds, strict=True)))])
    rendered: str = page.get_root().render()
    return rendered.replace("<head>", f"<head>{_head(report, inventory)}", 1).replace(
        "</body>", f"{_legend(report, inventory)}</body>", 1
    )


def _add_ground(page: folium.Map, inventory: Inventory) -> None:
    roads = [road.geometry for road in inventory.roads.values()]
    coast = [*inventory.coastline, *inventory.rivers]
    for name, lines, colour in (("Roads", roads, "#c3cad3"), ("Coast and rivers", coast, "#7aa6c2")):
        if lines:
            _layer(
                name, [({}, line) for line in lines], {"color": colour, "weight": 1.2, "interactive": False}
            ).add_to(page)


def _add_districts(page: folium.Map, report: ContractReport, inventory: Inventory) -> None:
    hours: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for row in report.districts:
        for place, key in enumerate(("available_h", "lost_h", "failures")):
            hours[row["district"]][place] += row[key]
    by_colour: dict[str, list[tuple[dict[str, str], BaseGeometry]]] = defaultdict(list)
    for district in inventory.districts.values():
        available, lost, failures = hours[district.name]
        share = 100.0 * available / (available + lost) if available + lost else None
        words = {
            "District": escape(district.name),
            "Availability": MISSING if share is None else f"{share:.3f} %",
            "Failures": MISSING if share is None else number(int(failures)),
        }
        by_colour[_colour(share)].append((words, district.geometry))
    group = folium.FeatureGroup("Availability by district")
    for colour, features in by_colour.items():
        look = {"color": "#51606f", "weight": 1, "fillColor": colour, "fillOpacity": 0.45}
        _layer("", features, look, ("District", "Availability", "Failures")).add_to(group)
    group.add_to(page)


def _add_boxes(page: folium.Map, report: ContractReport, inventory: Inventory) -> None:
    zone = ZoneInfo(inventory.settings.time_zone)
    facts = {box_id: _facts(box_id, report, zone) for box_id in inventory.boxes}
    # What matters most is drawn last, on top.
    for kind, words, colour, radius in reversed(_KINDS):
        features = [
            (
                {"Box": escape(f"{box.id} · {box.name}"), "Contractor": escape(box.contractor), **said},
                Point(box.lon, box.lat),
            )
            for box in inventory.boxes.values()
            for shown, said in [facts[box.id]]
            if shown == kind
        ]
        if features:
            marker = folium.CircleMarker(
                radius=radius, color="#fff", weight=1, fill=True, fill_color=colour, fill_opacity=0.95
            )
            fields = ("Box", "Contractor", "Theft", "Battery", "Inspection")
            _layer(f"{words} ({len(features)})", features, None, fields, marker).add_to(page)


def _facts(box_id: str, report: ContractReport, zone: ZoneInfo) -> tuple[str, dict[str, str]]:
    """Say what is wrong with a box, and as what it is shown."""
    thefts = [row for row in report.thefts if row["box"] == box_id]
    battery = next((row for row in report.batteries if row["box"] == box_id), None)
    inspected = next((row for row in report.inspections if row["box"] == box_id), None)
    is_weak = battery is not None and battery["contract"] == "missed"
    is_late = inspected is not None and not inspected["in_order"]
    kind = "theft" if thefts else "battery" if is_weak else "inspection" if is_late else "order"
    said = {
        "Theft": ", ".join(f"{row['cause']} {moment(row['opened_at'], zone)}" for row in thefts) or "none",
        "Battery": f"{battery['autonomy_is']} {battery['autonomy_h']:g} h"
        if battery is not None and battery["autonomy_h"] is not None
        else "not measured",
        "Inspection": str(inspected["state"]).replace("_", " ") if inspected is not None else MISSING,
    }
    if inspected is not None and inspected["overdue_days"]:
        said["Inspection"] += f" by {inspected['overdue_days']} days"
    return kind, {name: escape(text) for name, text in said.items()}


def _layer(
    name: str,
    features: Sequence[tuple[Mapping[str, str], BaseGeometry]],
    look: Mapping[str, object] | None,
    fields: Sequence[str] = (),
    marker: folium.CircleMarker | None = None,
) -> folium.GeoJson:
    document = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": dict(properties),
                "geometry": mapping(set_precision(geometry, 1e-5, mode="pointwise")),
            }
            for properties, geometry in features
        ],
    }
    tooltip = folium.GeoJsonTooltip(fields=list(fields), sticky=True) if fields else None
    style = None if look is None else (lambda _: look)
    return folium.GeoJson(document, name=name or None, style_function=style, tooltip=tooltip, marker=marker)


def _colour(share: float | None) -> str:
    return _UNKNOWN if share is None else next(colour for least, colour in _STEPS if share >= least)


def _head(report: ContractReport, inventory: Inventory) -> str:
    return f"<title>{escape(_title(report, inventory))}</title>{_CREDITS}{''.join(map(_script, _leaflet()))}"


def _title(report: ContractReport, inventory: Inventory) -> str:
    zone = ZoneInfo(inventory.settings.time_zone)
    start, end = (moment(at.isoformat(), zone) for at in report.period)
    return f"{inventory.settings.name}: contract report {start} to {end}"


def _legend(report: ContractReport, inventory: Inventory) -> str:
    def line(colour: str, words: str) -> str:
        dot = f"display:inline-block;width:11px;height:11px;border-radius:50%;background:{colour};margin-right:6px"
        return f'<div><span style="{dot}"></span>{escape(words)}</div>'

    labels = ["99.5 % and more", "99 % to 99.5 %", "97 % to 99 %", "below 97 %"]
    steps = [line(colour, words) for (_, colour), words in zip(_STEPS, labels, strict=True)]
    kinds = [line(colour, words) for _, words, colour, _ in _KINDS]
    demo = "<div><b>DEMO DATA</b></div>" if inventory.settings.demo else ""
    availability = f"<div>Availability</div>{''.join(steps)}{line(_UNKNOWN, 'not measured')}"
    return (
        f'<div id="report-legend" style="{_PANEL}"><b>{escape(_title(report, inventory))}</b>{demo}'
        f"{availability}<div>Boxes</div>{''.join(kinds)}</div>"
    )


def _script(text: str) -> str:
    return f"<script>{text.replace('</script', chr(60) + chr(92) + '/script')}</script>"


@cache
def _leaflet() -> tuple[str, ...]:
    """Give Leaflet 1.9 with its style, as dash-leaflet carries it, and what that needs to start.

    Its loader wants to know the address it was loaded from, for parts that are loaded later
    and never are here; a script inside a page has none, so it is told the page's own.
    """
    deps = resources.files("dash") / "deps"
    names = sorted(entry.name for entry in deps.iterdir() if entry.name.endswith(".min.js"))
    react = max(name for name in names if name.startswith("react@18"))
    dom = max(name for name in names if name.startswith("react-dom@18"))
    bundle = (resources.files("dash_leaflet") / "dash_leaflet.js").read_text(encoding="utf-8")

    told = "get:()=>({tagName:'SCRIPT',src:location.href})"
    return (
        "Object.defineProperty(document,'currentScript',{configurable:true," + told + "})",
        (deps / react).read_text(encoding="utf-8"),
        (deps / dom).read_text(encoding="utf-8"),
        bundle.replace(_TILES, "").replace('href="https://leafletjs.com"', 'href="#"'),
        "delete document.currentScript",
    )
