"""Which colours and type the component library uses; the rest is in the style sheet and the map's scripts."""

from __future__ import annotations

from typing import Any

__all__ = ["FONT", "GRID_THEME", "MANTINE"]

FONT = 'Inter, "Segoe UI", system-ui, -apple-system, Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif'

MANTINE: dict[str, Any] = {
    "fontFamily": FONT,
    "primaryColor": "cyan",
    "defaultRadius": "sm",
    "colors": {
        # Ten shades from text to page ground, in the blue-grey of the map.
        "dark": [
            "#e4eaf2",
            "#b7c3d3",
            "#8fa0b5",
            "#5f7189",
            "#34445a",
            "#243144",
            "#182231",
            "#111924",
            "#0d141d",
            "#090e15",
        ]
    },
}

_GRID_PARAMS = {
    "fontFamily": "inherit",
    "fontSize": 12.5,
    "headerFontSize": 11,
    "headerFontWeight": 600,
    "rowHeight": 50,
    "headerHeight": 30,
    "wrapperBorder": False,
    "wrapperBorderRadius": 0,
    "cellHorizontalPadding": 10,
    "columnBorder": False,
}


def _grid(part: str, **params: str) -> dict[str, str]:
    values = ", ".join(f"{key}: {_js(value)}" for key, value in {**_GRID_PARAMS, **params}.items())
    return {"function": f"agGrid.themeQuartz.withPart(agGrid.{part}).withParams({{{values}}})"}


def _js(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}'" if isinstance(value, str) else str(value)


GRID_THEME = _grid(
    "colorSchemeVariable",
    backgroundColor="transparent",
    foregroundColor="var(--text)",
    headerBackgroundColor="transparent",
    headerTextColor="var(--muted)",
    borderColor="var(--line)",
    rowHoverColor="var(--hover)",
    selectedRowBackgroundColor="var(--select)",
)
