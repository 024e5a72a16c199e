"""What the drawer says about one thing: state, outage, readings, history, record and neighbours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from dash import dcc, html
from dash.development.base_component import Component

from dashboard.components.attributes import attributes
from dashboard.components.history import history_figure, metric_label, unit_text
from dashboard.records import Field
from dashboard.words import CAUSE_LABELS, STATE_LABELS, age, event_label, local_time, utc_time
from gisops.model.event import EventKind, StoredEvent
from gisops.model.outage import Outage
from gisops.model.state import DeviceState
from gisops.service.live import DeviceHistory
from gisops.store.ports import StateRow

__all__ = [
    "chips",
    "events_block",
    "head",
    "moment",
    "outage_block",
    "pairs",
    "readings_block",
    "record_block",
    "section",
    "state_block",
]


def moment(when: datetime, zone: str) -> Component:
    """Give a time in the zone of the inventory, with UTC for hovering."""
    return html.Time(local_time(when, zone), title=utc_time(when), dateTime=when.isoformat())


def head(title: str, subtitle: str, state: DeviceState | None) -> Component:
    """Give the drawer's heading, with the state's sign where the thing has one."""
    badge = (
        html.Span([html.Span(className=f"sym sym-{state}"), STATE_LABELS[state]], className=f"badge badge-{state}")
        if state
        else None
    )
    return html.Div([html.Div([html.H2(title), html.Div(subtitle, className="sub")]), badge], className="detail-head")


def state_block(row: StateRow | None, now: datetime, zone: str, also: Sequence[tuple[str, str]] = ()) -> Component:
    """Say in which state a device is, since when and why, and what else is urgent about it."""
    if row is None:
        return html.P("Never asked yet: nothing is known about it.", className="muted")
    seen = moment(row.seen_at, zone) if row.seen_at else "never"
    lines = [
        ("Since", [moment(row.since, zone), html.Span(f" · {age(now - row.since)}", className="muted")]),
        ("Last answer", seen),
    ]
    if row.reason:
        lines.insert(0, ("Reason", row.reason))
    return pairs([(label, value, "") for label, value in [*lines, *also]])


def outage_block(outage: Outage, root_table: str, cameras_lost: int, zone: str) -> Component:
    """Say which outage a device is in: the causes with their odds, and the evidence."""
    causes = sorted(outage.causes.items(), key=lambda item: -item[1])[:4]
    return section(
        "Outage",
        html.P(
            [
                html.Strong(f"{cameras_lost} camera{'' if cameras_lost == 1 else 's'} lost"),
                " · root ",
                _jump(root_table, outage.root_id, outage.root_id),
                " · since ",
                moment(outage.opened_at, zone),
            ]
        ),
        html.Div([_odds(CAUSE_LABELS[cause], share) for cause, share in causes], className="odds"),
        html.Ul(
            [
                html.Li([html.Span(e.text), html.Span(f"{e.weight_db:+.0f} dB", className="muted num")])
                for e in outage.evidence[:6]
            ],
            className="evidence",
        ),
        css="outage",
    )


def _odds(label: str, share: float) -> Component:
    return html.Div(
        [
            html.Span(label),
            html.Span(html.Span(style={"width": f"{100 * share:.0f}%"}), className="odds-bar"),
            html.Span(f"{100 * share:.0f} %", className="num"),
        ],
        className="odds-row",
    )


def readings_block(history: DeviceHistory, zone: str) -> Component | None:
    """Show the last readings with their units and the curves of the last hours."""
    latest = next((sample for sample in reversed(history.samples) if sample.answered), None)
    metrics: Mapping[str, float | None] = (
        dict(zip(history.metric_names, latest.values, strict=False))
        if latest
        else (history.state.metrics if history.state else {})
    )
    if not metrics:
        return None
    units = dict(zip(history.metric_names, history.metric_units, strict=False))
    figure = history_figure(history, zone)
    lost = history.state is not None and history.state.state.is_lost
    title: list[str | Component] = ["Last readings" if lost else "Live readings"]
    if latest:
        title.append(html.Span(moment(latest.observed_at, zone), className="when"))
    return section(
        title,
        html.Div(
            [
                html.Div([html.Span(metric_label(name)), html.Span(_reading(name, value, units.get(name, "")))])
                for name, value in metrics.items()
                if not name.startswith("tracker_")
            ],
            className="readings faded" if lost else "readings",
        ),
        dcc.Graph(figure=figure, config={"displayModeBar": False}, className="history")
        if figure is not None
        else None,
    )


_CODES = {"battery_status": {1: "unknown", 2: "normal", 3: "low", 4: "depleted"}}


def _reading(name: str, value: float | None, unit: str) -> str:
    if value is None:
        return "not read"
    if name in _CODES:
        return _CODES[name].get(int(value), f"code {value:g}")
    if unit == "truth":
        yes, no = ("open", "shut") if name == "door_open" else ("up", "down")
        return yes if value > 0.5 else no
    if unit == "s" and value >= 60:
        return age_text(value)
    if unit == "B":
        return f"{value / 1e9:.2f} GB"
    return f"{value:.1f} {unit_text(unit)}".replace(".0 ", " ").strip()


def age_text(seconds: float) -> str:
    """Say a number of seconds in its two largest units."""
    return age(datetime.fromtimestamp(seconds) - datetime.fromtimestamp(0))  # noqa: DTZ006 only the difference counts


def events_block(events: Sequence[StoredEvent], zone: str) -> Component:
    """List what happened to a device, latest first."""
    if not events:
        return section("Events", html.P("Nothing recorded.", className="muted"))
    told = [stored for place, stored in enumerate(events) if not _repeats(stored, events[place + 1 :])]
    return section("Events", html.Ul([_event(stored, zone) for stored in told[:20]], className="events"))


def _repeats(stored: StoredEvent, older: Sequence[StoredEvent]) -> bool:
    """Whether a state was only written again with newer readings."""
    before = next((o for o in older if o.event.kind is EventKind.STATE_CHANGED), None)
    if stored.event.kind is not EventKind.STATE_CHANGED or before is None:
        return False
    one, other = stored.event.payload, before.event.payload
    return (one["new"], one.get("reason")) == (other["new"], other.get("reason")) and one.get("old") == one["new"]


def _event(stored: StoredEvent, zone: str) -> Component:
    event, payload = stored.event, stored.event.payload
    if "new" in payload:
        text: Any = [
            html.Span(className=f"sym sym-{payload['new']}"),
            f"{str(payload.get('old', '')).capitalize()} → {str(payload['new']).capitalize()}",
        ]
        note = str(payload.get("reason", ""))
    else:
        text, note = (
            event_label(str(event.kind)),
            str(payload.get("trap", payload.get("cause", ""))).replace("_", " "),
        )
    return html.Li([moment(event.occurred_at, zone), html.Div([html.Div(text), html.Div(note, className="muted")])])


def record_block(title: str, fields: Sequence[Field]) -> Component:
    """Show a record, field by field."""
    return section(title, pairs([(field.label, field.value, field.help) for field in fields]))


def chips(title: str, table: str, things: Sequence[tuple[str, str, DeviceState | None]]) -> Component | None:
    """Show neighbours as buttons that select them: id, name and state of each."""
    if not things:
        return None
    return section(
        title, html.Div([_jump(table, key, name, state) for key, name, state in things], className="chips")
    )


def _jump(table: str, key: str, name: str, state: DeviceState | None = None) -> Component:
    sign = html.Span(className=f"sym sym-{state}") if state else None
    return html.Button([sign, name], className="chip", type="button", **attributes(data_jump=f"{table}:{key}"))


def section(title: str | list[str | Component], *children: Component | None, css: str = "") -> Component:
    """Give a part of the drawer under its heading."""
    return html.Section(
        [html.H3(title), *(c for c in children if c is not None)], className=f"detail-section {css}".strip()
    )


def pairs(rows: Sequence[tuple[str, Any, str]]) -> Component:
    """Give a list of label, value and hint."""
    cells = [cell for label, value, hint in rows for cell in (html.Dt(label, title=hint), html.Dd(value))]
    return html.Dl(cells, className="pairs")
