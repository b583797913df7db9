"""Voices: how sentiment and themes change."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app.parts.figure import chart, panel
from journey.app.parts.voices_common import heard
from journey.app.state import View, theme_name
from journey.app.text import _, language, say, speaker
from journey.draw import voices
from journey.draw.overview_tiles import period_name
from journey.draw.words import interval
from journey.voice.part import Source

__all__ = ["show"]

FIRST = 3  # themes that are shown before another is chosen


def show(view: View, source: Source) -> None:
    """Net sentiment by period, and the share that speaks of some themes."""
    found = heard(view, source)
    if len(found.periods) < 2:
        st.info(_("There are no two whole weeks, months or quarters to compare."))
        return
    _panel(view, source, found, None)
    names = [one.name for one in found.themes]
    if not names:
        return
    st.markdown("#### " + _("How many speak of a theme"))
    chosen = st.multiselect(
        _("Themes"),
        names,
        default=names[:FIRST],
        key="voices-trend-themes",
        max_selections=6,
        label_visibility="collapsed",
    )
    columns = st.columns(2)
    for at, name in enumerate(chosen):
        with columns[at % 2]:
            st.markdown(f"**{name.replace('*', '')}**")
            _panel(view, source, found, name)


def _panel(view: View, source: Source, found: jn.Voice, name: str | None) -> None:
    key = "voices-trend" if name is None else f"voices-trend-{name}"
    latest = found.periods[-1]
    measure = latest.heard.net if name is None else latest.themes[name]
    form = "+.2f" if name is None else ".1%"
    panel(
        key,
        lambda: chart(
            _trend(view, source, name, theme_name(), language()),
            key=f"{key}-figure",
            alt=_(
                "{n} periods, the latest {period}: {value}.",
                n=len(found.periods),
                period=period_name(latest.period, say()),
                value=interval(measure, form, say()),
            ),
        ),
        table=lambda: _table(found, name),
        name="voices-trend",
        note=_(
            "Whole periods only, by the day of the visit. Net sentiment: share of positive less share of negative "
            "comments. Intervals are 95%."
        )
        if name is None
        else _("Share of the period's comments that speak of it. Intervals are 95%."),
    )


@st.cache_data(show_spinner=False, max_entries=128)
def _trend(view: View, source: Source, name: str | None, theme: str, lang: str) -> go.Figure:
    return voices.trend(heard(view, source).periods, name, theme=draw.theme(theme), say=speaker(lang))


def _table(found: jn.Voice, name: str | None) -> pd.DataFrame:
    rows = []
    for one in found.periods:
        measure = one.heard.net if name is None else one.themes[name]
        row: dict[str, object] = {
            _("Period"): period_name(one.period, say()),
            _("Comments"): one.comments,
            _("Net sentiment") if name is None else name: measure.value,
            _("95% from"): measure.low,
            _("95% to"): measure.high,
        }
        if name is None:
            row |= {
                _("Weighted"): one.heard.net_weighted.value,
                _("Positive"): one.heard.positive,
                _("Unclear"): one.heard.unclear,
                _("Negative"): one.heard.negative,
            }
        rows.append(row)
    return pd.DataFrame(rows).round(4)
