"""Importance and performance of drivers: what matters, and how well it does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.analysis.importance import Quadrants, importance_for
from journey.app import cached
from journey.app.parts.clicks import clickable
from journey.app.parts.figure import panel
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, speaker
from journey.draw.quadrant import QUADRANTS, quadrant
from journey.model import Measure

__all__ = ["Asked", "by_importance", "found_for", "spread"]

ASKS = QUADRANTS["outcome"]  # what each quadrant asks for


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: the key of every cache."""

    view: View
    outcome: str
    after: str | None


@st.cache_resource(show_spinner=False, max_entries=64)
def found_for(what: Asked) -> jn.Drivers:
    return jn.drivers(cached.log(what.view), what.outcome, after=what.after)


def spread(name: str, measure: Measure) -> Mapping[str, float | None]:
    return {
        name: measure.value,
        _("{name}, 95% from", name=name): measure.low,
        _("{name}, 95% to", name=name): measure.high,
    }


def by_importance(what: Asked, found: jn.Drivers) -> None:
    """Touchpoints by mean rating and importance, with lines at the target and the average."""
    standings = _standings(what)
    if standings is None:
        st.info(
            _("No touchpoint that was met before the outcome was rated, so there is no performance to set against.")
        )
        return
    panel(
        "drivers-map",
        lambda: clickable(
            _map_figure(what, theme_name(), language()),
            key="drivers-map",
            alt=_("Touchpoints by mean rating and importance. {listed}.", listed=_listed(standings)),
            places=[one.name for one in standings.standings],
        ),
        table=lambda: _map_table(standings),
        name="importance-performance",
        note=_map_note(standings, found),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def _standings(what: Asked) -> Quadrants | None:
    declared = "dissatisfaction" in dict(cached.log(what.view).recipe.targets.items())
    try:
        ranking: Sequence[jn.Friction] = tuple(cached.friction(what.view))
    except jn.JourneyError:
        ranking = ()
    return importance_for(found_for(what), ranking, declared=declared)


@st.cache_data(show_spinner=False, max_entries=64)
def _map_figure(what: Asked, theme: str, lang: str) -> go.Figure:
    standings = _standings(what)
    assert standings is not None  # the page has asked before
    return quadrant(standings, theme=draw.theme(theme), say=speaker(lang))


def _listed(standings: Quadrants) -> str:
    return "; ".join(_("{name}: {what}", name=one.name, what=_(ASKS[one.quadrant])) for one in standings.standings)


def _map_note(standings: Quadrants, found: jn.Drivers) -> str:
    told = [
        _(
            "Mean rating with its 95% interval, over all visits, as a share of the scale's best; importance with its "
            "own, n = {n:,} outcomes. Hollow: the rating's interval crosses the line, so it may stand on either side. "
            "Click a mark to look closer.",
            n=found.n,
        ),
        _("The target is what was declared to be acceptable.")
        if standings.declared
        else _("The upright line is this journey's own average."),
    ]
    if standings.left_out:
        told.append(_("Without a rating: {names}.", names=plain(", ".join(standings.left_out))))
    return " ".join(told)


def _map_table(standings: Quadrants) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("Touchpoint"): one.name,
                _("Quadrant"): _(ASKS[one.quadrant]),
                **spread(_("Mean rating, share of the best"), one.performance),
                _("Answers"): one.performance.n,
                **spread(_("Importance"), one.importance),
                _("Sure of its side"): one.sure,
            }
            for one in standings.standings
        ]
    ).round(4)
