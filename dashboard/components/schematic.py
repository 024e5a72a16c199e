"""How a way to the centre looks as a straight line: one figure with the chainage of every node."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.theme import FONT
from gisops.fibre.trace import Hop, Path

__all__ = ["schematic_figure"]

_INK, _MUTED = "#27a3b8", "#8fa0b5"


def schematic_figure(path: Path, centre: str, device: str) -> go.Figure:
    """Draw a path from its centre, left, to the device, right.

    Parameters
    ----------
    path
        As traced; with no hop the device stands at the centre.
    centre, device
        Names to write at both ends.

    Returns
    -------
    plotly.graph_objects.Figure
        Horizontal axis in metres of cable from the centre. A full circle is spliced, an open one passes through.
    """
    hops = tuple(reversed(path.hops))
    chainages = [0.0, *(hop.from_chainage_m for hop in hops)]
    names = [hops[0].to_id if hops else path.node_id, *(hop.from_id for hop in hops)]
    splices = [1, *(_splices(path, hop) for hop in hops)]
    figure = go.Figure()
    figure.add_trace(
        go.Scatter(
            x=chainages,
            y=[0.0] * len(chainages),
            mode="lines+markers",
            line={"width": 3, "color": _INK},
            marker={
                "size": [13, *([8] * (len(hops) - 1)), *([13] if hops else [])],
                "symbol": ["square", *(["circle"] * (len(hops) - 1)), *(["diamond"] if hops else [])],
                "color": [_INK if count else "#0f1620" for count in splices],
                "line": {"width": 2, "color": _INK},
            },
            customdata=[
                [
                    name,
                    "spliced" if count else "passes through",
                    hop.span_id if hop else "",
                    hop.cable_m if hop else 0,
                ]
                for name, count, hop in zip(names, splices, [None, *hops], strict=True)
            ],
            hovertemplate="%{customdata[0]}, %{customdata[1]}<br>%{x:,.0f} m from the centre"
            "<br>%{customdata[2]} %{customdata[3]:,.0f} m<extra></extra>",
        )
    )
    for x, text, anchor in ((0.0, centre, "left"), (chainages[-1], device, "right")):
        figure.add_annotation(
            x=x, y=0, text=text, showarrow=False, yshift=20, xanchor=anchor, font={"size": 11, "color": _MUTED}
        )
    figure.update_layout(
        height=104,
        margin={"l": 16, "r": 16, "t": 4, "b": 30},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 10, "color": _MUTED},
        showlegend=False,
        hoverlabel={"bgcolor": "#182231", "bordercolor": "#34445a", "font": {"color": "#e4eaf2", "size": 11}},
    )
    room = max(chainages[-1], 1.0) * 0.03
    figure.update_xaxes(
        range=[-room, max(chainages[-1], 1.0) + room],
        ticksuffix=" m",
        tickformat=",.0f",
        nticks=5,
        gridcolor="rgba(130,150,175,0.16)",
        zeroline=False,
    )
    figure.update_yaxes(visible=False, range=[-1, 1.6], fixedrange=True)
    return figure


def _splices(path: Path, hop: Hop) -> int:
    """Count what one fibre goes through at the node a hop comes from; the device's own end is a pigtail."""
    return next((other.splices for other in path.hops if other.to_id == hop.from_id), 1)
