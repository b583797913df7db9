"""How figures are shown: the same everywhere, as a figure, as a table, and to take away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from journey.app.text import _
from journey.export.table import csv

__all__ = ["chart", "csv", "panel", "show_table"]

T = TypeVar("T")
# No button that sends the figure to a server, no toolbar over a picture that does not zoom.
CONFIG: Final[dict[str, Any]] = {"displayModeBar": False, "showSendToCloud": False, "responsive": True}
CANVAS: Final = Path(__file__).parents[1] / "canvas"

_save = st.components.v2.component(
    "journey_save",
    html='<div class="save"></div>',
    css=(CANVAS / "save.css").read_text(encoding="utf-8"),
    js=(CANVAS / "save.js").read_text(encoding="utf-8"),
)


def chart(figure: go.Figure, *, alt: str, key: str, clickable: bool = False) -> Any:
    """Show a figure of plotly; returns what was clicked in it if it is clickable."""
    if not clickable:
        return st.plotly_chart(figure, theme=None, config=CONFIG, key=key, alt=alt)
    return st.plotly_chart(
        figure, theme=None, config=CONFIG, key=key, alt=alt, on_select="rerun", selection_mode="points"
    )


def panel(
    key: str,
    draw: Callable[[], T],
    *,
    table: Callable[[], pd.DataFrame],
    name: str,
    note: str = "",
) -> T | None:
    """A figure with its ways out: as a figure, as a table, to take away (CSV, PNG, SVG).

    draw    shows the figure; its result is returned, or None while the table is shown
    table   the figure's numbers, columns named for the reader
    name    of the files, without an ending
    note    the line beneath: what is counted, of how many, which interval
    """
    with st.container(key=f"panel-{key}", gap="xsmall"):
        body = st.container(gap="xsmall")
        with st.container(horizontal=True, vertical_alignment="top", gap="small", wrap=False):
            with st.container(width="stretch"):
                st.caption(note or " ")
            view = _ways_out(key)
        with body:
            if view == "table":
                show_table(table(), key=f"table-{key}")
                return None
            drawn = draw()
            if view == "save":
                _downloads(key, table, name)
            return drawn


def _ways_out(key: str) -> str:
    ways = {
        "figure": (":material/bar_chart:", _("Figure")),
        "table": (":material/table:", _("Table")),
        "save": (":material/download:", _("Download")),
    }
    chosen = st.segmented_control(
        _("Show as"),
        list(ways),
        default="figure",
        required=True,
        format_func=lambda way: f"{ways[way][0]} {ways[way][1]}",
        key=f"ways-{key}",
        label_visibility="collapsed",
    )
    return str(chosen)


def _downloads(key: str, table: Callable[[], pd.DataFrame], name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            _("CSV"), lambda: csv(table()), f"{name}.csv", "text/csv", key=f"csv-{key}", on_click="ignore"
        )
        _save(
            key=f"save-{key}",
            data={"panel": f"panel-{key}", "name": name, "failed": _("This figure could not be saved.")},
            width="content",
        )


def show_table(table: pd.DataFrame, *, key: str, **more: Any) -> Any:
    """A table in full width; it can be sorted, searched and taken away."""
    height: Any = "content" if len(table) <= 12 else 420
    # Numbers as the browser's language writes them.
    written = {
        str(name): st.column_config.NumberColumn(format="localized")
        for name in table.columns
        if pd.api.types.is_numeric_dtype(table[name]) and not pd.api.types.is_bool_dtype(table[name])
    }
    columns = {**written, **more.pop("column_config", {})}
    return st.dataframe(table, hide_index=True, key=key, height=height, column_config=columns, **more)
