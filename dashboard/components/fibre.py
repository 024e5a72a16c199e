"""What the drawer says of the fibre: what a cut does, where the crew goes, the way of a device, a reading's place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.attributes import attributes
from dashboard.components.drawer import pairs, section
from dashboard.components.schematic import schematic_figure
from dashboard.fibre_desk import SpanAnswer
from gisops.fibre.budget import Budget
from gisops.fibre.otdr_place import CrewPoint, OtdrPlace
from gisops.fibre.suspect import CutHypothesis
from gisops.fibre.trace import Path
from gisops.model.inventory import Inventory

__all__ = ["crew_block", "impact_block", "otdr_form", "place_block", "suspect_block", "way_block"]

_SHOWN = 12


def impact_block(inventory: Inventory, answer: SpanAnswer) -> Component:
    """Say what is lost if it is cut here."""
    impact, repair = answer.impact, answer.impact.repairs[0]
    dark = f"{len(impact.box_ids):,} boxes, {len(impact.camera_ids):,} cameras"
    stored = "loops there not recorded" if repair.stored_m is None else f"{repair.stored_m:,.0f} m in loops there"
    districts = "; ".join(f"{d.name}: {d.cameras:,} of {d.of_cameras:,} cameras" for d in impact.districts)
    places = "; ".join(f"{p.name}: {p.cameras:,} of {p.of_cameras:,} cameras" for p in impact.places)
    rows = [
        ("Goes dark", dark if impact.devices else "nobody", "Devices that reach no centre any more"),
        ("Stations", _names(inventory.stations[s].name for s in impact.station_ids), "Police stations parted"),
        ("Critical places", places or "none", "Cameras within 250 m of them"),
        ("Districts", districts or "none", "Service lost"),
        ("Other side", f"{len(impact.rerouted_box_ids):,} boxes ride the other way", "Their shortest way ran here"),
        ("Pull", f"{repair.cable_m:,.0f} m, {' to '.join(repair.enclosure_ids)}", "From enclosure to enclosure"),
        ("Slack", stored, "Cable stored at both enclosures"),
    ]
    chips = [
        html.Button(box_id, className="chip", type="button", **attributes(data_jump=f"boxes:{box_id}"))
        for box_id in impact.box_ids[:_SHOWN]
    ]
    more = len(impact.box_ids) - _SHOWN
    return section(
        [f"If it is cut at {answer.chainage_m:,.0f} m", html.Span(f"of {answer.route_m:,.0f} m", className="when")],
        pairs(rows),
        html.Div([*chips, f"and {more:,} more" if more > 0 else None], className="chips") if chips else None,
        *(html.P(note, className="muted note") for note in repair.notes),
        css="fibre-impact",
    )


def crew_block(crew: CrewPoint) -> Component:
    """Say where a crew gets to the place, with links that open a map elsewhere; nothing is requested from here."""
    road = f"{crew.road_name}, {crew.walk_m:,.0f} m away" if crew.road_name else "no road is drawn near it"
    there = f"{crew.lat:.6f},{crew.lon:.6f}"
    maps = f"https://www.google.com/maps/dir/?api=1&destination={there}"
    return section(
        "Crew",
        pairs(
            [
                ("Enclosure", f"{crew.enclosure_id}, {crew.enclosure_m:,.0f} m along the route", "Nearest splice"),
                ("Road point", road, "Nearest point of a road"),
            ]
        ),
        html.Div(
            [
                html.A("Navigate", href=crew.navigation, className="chip"),
                html.A("Google Maps", href=maps, className="chip", target="_blank", rel="noreferrer noopener"),
            ],
            className="chips",
        ),
        css="fibre-crew",
    )


def suspect_block(inventory: Inventory, suspects: Sequence[CutHypothesis]) -> Component:
    """Say which cuts the live states speak for now."""
    if not suspects:
        return section("Cut now?", html.P("Nothing that is seen now speaks for a cut.", className="muted"))
    return section("Suspected cuts now", html.Ul([_suspect(inventory, s) for s in suspects], className="suspects"))


def _suspect(inventory: Inventory, suspect: CutHypothesis) -> Component:
    loss = f"{len(suspect.box_ids)} boxes lost" if suspect.box_ids else "loses nobody: a ring without its other side"
    brackets = [
        f"{_node(inventory, b.from_id)} to {_node(inventory, b.to_id)}, {b.from_m:,.0f} to {b.to_m:,.0f} m"
        for b in suspect.brackets
    ]
    return html.Li(
        [
            html.Div(
                [
                    *(_chip(span_id) for span_id in suspect.span_ids),
                    html.Span(f"{100 * suspect.probability:.0f} %", className="num"),
                ],
                className="chips",
            ),
            html.Div(loss, className="muted"),
            *(html.Div(text, className="muted") for text in brackets),
            html.Div(f"{len(suspect.alike)} sets of spans show the same", className="muted")
            if len(suspect.alike) > 1
            else None,
        ]
    )


def _chip(span_id: str) -> Component:
    return html.Button(span_id, className="chip", type="button", **attributes(data_jump=f"spans:{span_id}"))


def _node(inventory: Inventory, node_id: str) -> str:
    return inventory.nodes[node_id].name or node_id


def way_block(inventory: Inventory, path: Path, device: str, budgets: Sequence[Budget]) -> Component:
    """Draw the way of a device to its centre, with its light."""
    centre = inventory.centres[path.centre_id].name
    unsure = [
        text
        for known, text in (
            (path.cable_known, "some cable lengths are not recorded: route lengths stand in"),
            (path.splices_known, "some splices are not recorded: one a node is assumed"),
        )
        if not known
    ]
    return section(
        ["Way to its centre", html.Span(f"{path.cable_m:,.0f} m of fibre", className="when")],
        dcc.Graph(
            id=ids.SCHEMATIC,
            figure=schematic_figure(path, centre, device),
            config={"displayModeBar": False},
            className="history",
        ),
        pairs(
            [
                ("Centre", centre, "Reached by the shortest way"),
                ("Route", f"{path.route_m:,.0f} m over {len(path.hops)} spans", "As drawn"),
                ("Splices", f"{path.splices}", "Pigtails at both ends included"),
            ]
        ),
        html.Button("Show all of it", className="chip whole", type="button", **attributes(data_fit="marks")),
        html.Div(
            [
                html.Div([html.Span(text) for text in ("Light", "Loss", "Margin", "Optic")], className="budget head"),
                *(_budget(each) for each in budgets),
            ],
            className="budgets",
        ),
        *(html.P(text, className="muted note") for text in unsure),
        html.Details([html.Summary(f"All {len(path.hops)} spans"), *_hops(path)], className="hops"),
        css="fibre-way",
    )


def _budget(each: Budget) -> Component:
    cells = (f"{each.wavelength_nm} nm", f"{each.loss_db:.2f} dB", f"{each.margin_db:+.2f} dB", each.optic.name)
    css = "budget" if each.margin_db >= 0 else "budget short"
    return html.Div([html.Span(text) for text in cells], className=css, title=each.optic.source)


def _hops(path: Path) -> list[Component]:
    return [
        html.Div(
            [
                html.Span(f"{hop.to_chainage_m:,.0f} m", className="num"),
                _chip(hop.span_id),
                html.Span(f"{hop.cable_m:,.0f} m to {hop.from_id}", className="muted"),
            ],
            className="hop",
        )
        for hop in reversed(path.hops)
    ]


def otdr_form() -> Component:
    """Give the form that places an OTDR reading; outside what is drawn anew, so that nothing typed is lost."""
    return html.Div(
        id=ids.OTDR_FORM,
        className="otdr-form",
        children=section(
            "OTDR reading",
            dmc.Select(
                id=ids.OTDR_LAUNCH, label="Launched at", data=[], size="xs", comboboxProps={"zIndex": 3000}, w="100%"
            ),
            html.Div(
                [
                    dmc.NumberInput(
                        id=ids.OTDR_DISTANCE, label="Distance read, metres of fibre", min=0, max=200_000, size="xs"
                    ),
                    html.Button("Place it", id=ids.OTDR_ASK, className="chip", type="button"),
                ],
                className="otdr-row",
            ),
            html.Div(id=ids.OTDR_PLACE, className="otdr-place"),
        ),
    )


def place_block(place: OtdrPlace, crew: CrewPoint) -> list[Component]:
    """Say where a reading lies."""
    return [
        pairs(
            [
                ("Break on", _chip(place.span_id), "Span"),
                ("Chainage", f"{place.chainage_m:,.0f} m", "Route from the start of the span"),
                ("Interval", f"{place.from_m:,.0f} to {place.to_m:,.0f} m", "What the reading leaves open"),
                ("Position", f"{place.lat:.6f}, {place.lon:.6f}", "WGS 84 latitude, longitude"),
            ]
        ),
        crew_block(crew),
    ]


def _names(names: Iterable[str]) -> str:
    return "; ".join(names) or "none"
