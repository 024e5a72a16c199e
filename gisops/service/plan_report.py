"""A plan as one page: opens offline, prints on A4, its map drawn in the page itself. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from gisops.model.inventory import Inventory
from gisops.service.plan_map_svg import plan_map
from gisops.service.report_page import style
from gisops.service.report_words import moment

__all__ = ["plan_report", "write_report"]

_STYLE = (
    ".plan-map{width:100%;height:auto;border:1px solid #c9d2dc;border-radius:6px;background:#f6f8fa}"
    "figure{margin:0 0 1rem;break-inside:avoid}figcaption{font-size:.85rem;color:#51606f}"
    "td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}@media print{.plan-map{max-height:22cm}}"
)


def write_report(plan: Mapping[str, Any], inventory: Inventory, path: Path) -> None:
    """Write the page into a file."""
    path.write_text(plan_report(plan, inventory), encoding="utf-8")


def plan_report(plan: Mapping[str, Any], inventory: Inventory) -> str:
    """Give the page: no script, no font, no picture from elsewhere."""
    demo = " <span class=demo>DEMO DATA</span>" if plan["demo"] else ""
    parts = [
        f"<h1>{escape(plan['name'])}{demo}</h1>",
        (
            f'<p class="sub">{escape(plan["inventory"])} · made {escape(_made(plan, inventory))} · level '
            f"{escape(plan['level'])} · {escape(plan['incidence'])}</p><p>{escape(plan['note'])}</p>"
        ),
        _facts(plan),
        _figure(plan, inventory, None),
        "<h2>Proof</h2>",
        (
            f"<p>Of the demand {_share(plan['already'])} is seen today, {_share(plan['value'])} with this plan. No "
            f"plan within the brief's rules sees more than {_share(plan['bound'])}: the gap is {_share(plan['gap'])} "
            f"of the gain. {escape(plan['proof'][:1].upper() + plan['proof'][1:])}. The search ended: "
            f"{escape(plan['ended'])}, after {plan['seconds']:g} s, {plan['candidates']:,} candidates over "
            f"{plan['cells']:,} cells.</p>"
        ),
        "<h2>Cost</h2>",
        _table(
            ("Item", "Quantity", "Unit", "Rate, PKR", "Amount, PKR"),
            [
                *_lines(plan),
                ("Total", "", "", "", _n(plan["cost"]["total"])),
                ("Budget", "", "", "", _n(plan["budget"])),
            ],
            2,
        ),
        _fibre(plan),
        "<h2>Districts</h2>",
        _table(
            ("District", "Share of the demand", "Seen before", "Seen after", "Road seen before, km", "after, km"),
            [
                (d["name"], *(f"{d[key]:.1f} %" for key in ("demand_pct", "before_pct", "after_pct")),
                 f"{d['road_before_m'] / 1000:.2f}", f"{d['road_after_m'] / 1000:.2f}")
                for d in plan["districts"]
            ],
        ),
        _musts(plan),
        "<h2>Phases</h2>",
        _phases(plan),
    ]  # fmt: skip
    if len(plan["phases"]) > 1:
        parts += [_figure(plan, inventory, phase["name"]) for phase in plan["phases"]]
    parts += ["<h2>Boxes</h2>", _boxes(plan), "<h2>Cameras</h2>", _cameras(plan)]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Plan: {escape(plan['name'])}</title><style>{style()}{_STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>"
    )


def _made(plan: Mapping[str, Any], inventory: Inventory) -> str:
    return moment(plan["made_at"], ZoneInfo(inventory.settings.time_zone))


def _facts(plan: Mapping[str, Any]) -> str:
    facts = (
        ("Demand seen", f"{_share(plan['already'])} → {_share(plan['value'])}"),
        ("Proven gap of the gain", _share(plan["gap"])),
        ("Cameras", _n(len(plan["cameras"]))),
        ("Boxes", _n(len(plan["boxes"]))),
        ("Trench", f"{plan['fibre']['metres'] / 1000:.2f} km"),
        ("Cost", f"PKR {plan['cost']['total'] / 1e6:,.1f} million"),
    )
    items = "".join(f"<li>{escape(name)}<strong>{escape(value)}</strong></li>" for name, value in facts)
    return f'<ul class="kpis">{items}</ul>'


def _figure(plan: Mapping[str, Any], inventory: Inventory, phase: str | None) -> str:
    words = "The plan" if phase is None else f"Phase {phase}"
    words += ": cameras with the way they look, boxes (squares) and new trenches (violet); grey: cameras there are"
    return f"<figure>{plan_map(plan, inventory, phase)}<figcaption>{escape(words)}.</figcaption></figure>"


def _lines(plan: Mapping[str, Any]) -> list[tuple[str, ...]]:
    return [
        (line["item"], _n(line["count"]), line["unit"], _n(line["each"]), _n(line["rupees"]))
        for line in plan["cost"]["lines"]
    ]


def _phases(plan: Mapping[str, Any]) -> str:
    heads = ("Phase", "Cameras", "Boxes", "Budget, PKR", "Cost, PKR", "Seen after")
    rows = [
        (p["name"], *(_n(p[key]) for key in ("cameras", "boxes", "budget", "rupees")), _share(p["value_after"]))
        for p in plan["phases"]
    ]
    return _table(heads, rows)


def _fibre(plan: Mapping[str, Any]) -> str:
    fibre, boxes = plan["fibre"], plan["assignment"]
    return (
        f"<p>Trenches that several boxes share are dug once: {fibre['metres']:,.0f} m, where each box its own would "
        f"be {fibre['separate_m']:,.0f} m; no net is shorter than {fibre['least_m']:,.0f} m. "
        f"{boxes['boxes']} boxes of {boxes['ports']} ports, {boxes['power_w']:g} W and {boxes['cable_limit_m']:g} m "
        f"of cable; none below {boxes['least_boxes']} would do. How: {escape(boxes['method'])}.</p>"
    )


def _musts(plan: Mapping[str, Any]) -> str:
    if not plan["musts"]:
        return ""
    rows = [(must["name"], must["level"], "yes" if must["seen"] else "NO") for must in plan["musts"]]
    return "<h2>Places that must be seen</h2>" + _table(("Place", "Level", "Seen"), rows, 3)


def _boxes(plan: Mapping[str, Any]) -> str:
    rows = [
        (b["id"], b["phase"], b["pole"], _n(b["cameras"]), f"{b['power_w']:g}", f"{b['lat']:.6f}, {b['lon']:.6f}")
        for b in plan["boxes"]
    ]
    return _table(("Box", "Phase", "Pole", "Cameras", "W", "Latitude, longitude"), rows, 3)


def _cameras(plan: Mapping[str, Any]) -> str:
    rows = [
        (c["id"], c["phase"], c["model"], f"{c['pole']}", f"{c['box']} / {c['port']}", f"{c['azimuth_deg']:g}°",
         f"{c['cable_m']:g}", f"{c['lat']:.6f}, {c['lon']:.6f}")
        for c in plan["cameras"]
    ]  # fmt: skip
    return _table(
        ("Camera", "Phase", "Model", "Pole", "Box / port", "Looks", "Cable, m", "Latitude, longitude"), rows, 5
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> str:
    def row(cells: Sequence[str], tag: str) -> str:
        inner = (f"<{tag}{' class=n' if n >= texts else ''}>{escape(c)}</{tag}>" for n, c in enumerate(cells))
        return f"<tr>{''.join(inner)}</tr>"

    body = "".join(row(cells, "td") for cells in rows)
    return f'<div class="scroll"><table><thead>{row(heads, "th")}</thead><tbody>{body}</tbody></table></div>'


def _share(value: float) -> str:
    return f"{100.0 * value:.1f} %"


def _n(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000.0 else f"{value:,.1f}"
