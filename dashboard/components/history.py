"""What a device's readings did over the last hours, as one small figure."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.theme import FONT
from gisops.service.live import DeviceHistory

__all__ = ["PLOTTED", "history_figure", "metric_label"]

PLOTTED = (
    "battery_charge_pct",
    "input_voltage_v",
    "cabinet_temperature_c",
    "cpu_pct",
    "temperature_c",
    "storage_used_pct",
)
"""Metrics worth a curve, in order; a device shows those it has, three at most."""

_INK = ("#4cc3d9", "#f0b429", "#9d8cff")
_UNITS = {"degC": "°C", "deg": "°", "code": "", "truth": ""}
_SUFFIXES = ("_pct", "_v", "_c", "_s", "_min", "_deg", "_oper")


def metric_label(name: str) -> str:
    """Say a metric in words, without its unit."""
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
    return name.replace("_", " ").capitalize().replace("Cpu", "Processor load")


def unit_text(unit: str) -> str:
    """Write a unit of a device profile as a reader expects it."""
    return _UNITS.get(unit, unit)


def history_figure(history: DeviceHistory, zone: str) -> go.Figure | None:
    """Draw the plotted metrics over time.

    Parameters
    ----------
    history
        Samples oldest first; a sample without an answer is a gap in the line.
    zone
        Time zone of the axis.

    Returns
    -------
    plotly.graph_objects.Figure or None
        ``None`` where there is nothing to draw.
    """
    names = [name for name in PLOTTED if name in history.metric_names][:3]
    if not names or not history.samples:
        return None
    times = [sample.observed_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for sample in history.samples]
    figure = make_subplots(rows=len(names), cols=1, shared_xaxes=True, vertical_spacing=0.09)
    for row, name in enumerate(names, start=1):
        column = list(history.metric_names).index(name)
        unit = unit_text(history.metric_units[column])
        values = _column(history, column)
        figure.add_trace(
            go.Scatter(
                x=times,
                y=values,
                mode="lines",
                line={"width": 1.5, "color": _INK[row - 1]},
                name=metric_label(name),
                hovertemplate=f"%{{y:.1f}} {unit}<extra>{metric_label(name)}</extra>",
            ),
            row=row,
            col=1,
        )
        figure.update_yaxes(title={"text": unit, "standoff": 4}, row=row, col=1)
    return _dress(figure, len(names))


def _column(history: DeviceHistory, column: int) -> Sequence[float | None]:
    return [sample.values[column] if len(sample.values) > column else None for sample in history.samples]


def _dress(figure: go.Figure, rows: int) -> go.Figure:
    grid = "rgba(130,150,175,0.16)"
    figure.update_layout(
        height=34 + 74 * rows,
        margin={"l": 40, "r": 8, "t": 6, "b": 22},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 10, "color": "#8fa0b5"},
        showlegend=False,
        hovermode="x unified",
        hoverlabel={"bgcolor": "#182231", "bordercolor": "#34445a", "font": {"color": "#e4eaf2", "size": 11}},
    )
    figure.update_xaxes(gridcolor=grid, zeroline=False, tickformat="%H:%M", nticks=5)
    figure.update_yaxes(gridcolor=grid, zeroline=False, nticks=3)
    return figure
