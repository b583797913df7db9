"""Importance and performance on the friction page."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.analysis.importance import Importance, Quadrants, importance
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.clicks import clickable
from journey.app.parts.figure import panel
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, speaker
from journey.draw.quadrant import QUADRANTS, quadrant

__all__ = ["quadrants"]


def quadrants(view: View, ranking: jn.Ranking) -> None:
    """Touchpoints by satisfaction and importance; `ranking` is the page's own."""
    by = choice(
        _("Importance"),
        {"reach": _("How many cases meet it"), "burden": _("Burden")},
        key="friction_importance",
    )
    found = _found(view, "burden" if by == "burden" else "reach")
    if found is None:
        st.info(_("Satisfaction was not asked at touchpoints, so there is no performance to set against importance."))
        return
    panel(
        "friction-quadrant",
        lambda: clickable(
            _figure(view, found.by, theme_name(), language()),
            key="friction-quadrant",
            alt=_alt(found),
            places=[one.name for one in found.standings],
        ),
        table=lambda: _table(found, cached.burden_unit(view, language())),
        name="importance-performance",
        note=_note(found),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def _found(view: View, by: Importance) -> Quadrants | None:
    declared = "dissatisfaction" in dict(cached.log(view).recipe.targets.items())
    return importance(cached.journey(view), cached.friction(view), by=by, declared=declared)


@st.cache_data(show_spinner=False, max_entries=64)
def _figure(view: View, by: Importance, theme: str, lang: str) -> go.Figure:
    found = _found(view, by)
    assert found is not None  # the page has asked before
    unit = cached.burden_unit(view, lang)
    return quadrant(found, theme=draw.theme(theme), unit=unit, say=speaker(lang))


def _note(found: Quadrants) -> str:
    told = [
        _(
            "Satisfaction with its 95% interval, as a share of the scale's best; the size of a mark is the answers "
            "behind it. Hollow: the interval crosses the line, so it may stand on either side. Click a mark to look "
            "closer."
        ),
        _("The target is what was declared to be acceptable.")
        if found.declared
        else _("The upright line is this journey's own average."),
    ]
    if found.left_out:
        told.append(_("Without an answer: {names}.", names=plain(", ".join(found.left_out))))
    return " ".join(told)


def _alt(found: Quadrants) -> str:
    listed = "; ".join(
        _("{name}: {what}", name=one.name, what=_(QUADRANTS[found.by][one.quadrant])) for one in found.standings
    )
    return _("Touchpoints by satisfaction and importance. {listed}.", listed=listed)


def _table(found: Quadrants, unit: str) -> pd.DataFrame:
    weight = _("Share of cases") if found.by == "reach" else _("Burden, {unit}", unit=unit)
    return pd.DataFrame(
        [
            {
                _("Touchpoint"): one.name,
                _("Quadrant"): _(QUADRANTS[found.by][one.quadrant]),
                _("Satisfaction, share of the best"): one.performance.value,
                _("95% from"): one.performance.low,
                _("95% to"): one.performance.high,
                _("Answers"): one.performance.n,
                weight: one.importance.value,
                _("Sure of its side"): one.sure,
            }
            for one in found.standings
        ]
    ).round(3)
