"""The list of what is offline: one line a cause, newest and largest first."""

from __future__ import annotations

import dash_ag_grid as dag
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.components.attributes import attributes
from dashboard.theme import GRID_THEME

__all__ = ["offline_panel"]


def offline_panel(has_desk: bool = False) -> Component:
    """Give the panel; the page's script hands the grid its rows, and with a desk the buttons that act on them."""
    return html.Aside(
        className="panel offline room-network",
        **attributes(aria_label="What is offline"),
        children=[
            html.Div([html.H2("Offline now"), html.Span(id=ids.OFFLINE_HEAD)], className="panel-head"),
            html.Div(
                id=ids.LIST_TOOLS,
                className="list-tools",
                role="toolbar",
                **attributes(aria_label="Work with the list", data_desk="yes" if has_desk else "no"),
            ),
            html.Div(id=ids.LIST_GROUPS, className="list-groups"),
            dag.AgGrid(
                id=ids.GRID,
                className="grid",
                rowData=[],
                getRowId="params.data.id",
                columnDefs=_COLUMNS,
                defaultColDef={"sortable": True, "resizable": True, "suppressMovable": True, "filter": True},
                dashGridOptions={
                    "theme": GRID_THEME,
                    "animateRows": False,
                    "suppressCellFocus": True,
                    "rowSelection": {"mode": "singleRow", "checkboxes": False, "enableClickSelection": True},
                    "localeText": {"noRowsToShow": "Nothing is reported offline"},
                    "tooltipShowDelay": 400,
                },
                dangerously_allow_code=False,
            ),
        ],
    )


_COLUMNS = [
    {
        "headerName": "Root",
        "field": "name",
        "flex": 1,
        "minWidth": 150,
        "cellRenderer": "GisopsRoot",
        "tooltipField": "evidence",
    },
    {
        "headerName": "Cameras",
        "field": "lost",
        "width": 82,
        "cellRenderer": "GisopsLost",
        "headerClass": "right",
    },
    {"headerName": "Cause, since", "field": "since", "width": 158, "cellRenderer": "GisopsCause"},
    {
        "headerName": "Next",
        "field": "next",
        "width": 240,
        "wrapText": True,
        "tooltipField": "next",
        "hide": True,
    },
    {"headerName": "Time to dark", "field": "dark", "width": 120, "cellRenderer": "GisopsDark", "hide": True},
    {"headerName": "Station", "field": "station", "width": 110, "hide": True},
    {"headerName": "Feeder", "field": "feeder", "width": 110, "hide": True},
    {"headerName": "Contractor", "field": "contractor", "width": 115, "hide": True},
    {"headerName": "With", "field": "with", "width": 130, "tooltipField": "with", "hide": True},
]
