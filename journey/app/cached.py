"""What every page asks for, once for all sessions: the log, the journey, the friction of the cases looked at."""

from __future__ import annotations

import gc

import pandas as pd
import streamlit as st

import journey as jn
from journey.app.state import Source, View
from journey.app.text import speaker
from journey.events.engine import Progress

__all__ = ["burden_unit", "friction", "journey", "log", "opened", "settle", "values"]


@st.cache_resource(show_spinner=False)
def settle() -> None:
    """Put all that was imported out of the garbage collector's sight: reruns get ten times as fast."""
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False, max_entries=4)
def opened(source: Source, _progress: Progress | None = None) -> jn.EventLog:
    """All cases of a source; `_progress` is told how far the reading is."""
    return jn.open(source.recipe, folder=source.folder, progress=_progress)


# Logs, journeys and rankings are frozen: sessions can share one.
@st.cache_resource(show_spinner=False, max_entries=256)
def log(view: View) -> jn.EventLog:
    return view.selection.of(opened(view.source))


@st.cache_resource(show_spinner=False, max_entries=64)
def journey(view: View) -> jn.Journey:
    return jn.mine(log(view))


@st.cache_resource(show_spinner=False, max_entries=64)
def friction(view: View) -> jn.Ranking:
    return jn.friction(log(view))


@st.cache_resource(show_spinner=False, max_entries=64)
def values(source: Source, attribute: str) -> tuple[str | None, ...]:
    """The values of an attribute (or of "channel") as text, commonest first; None is missing."""
    found = opened(source).values(attribute).index
    return tuple(None if pd.isna(value) else str(value) for value in found)


def burden_unit(view: View, lang: str) -> str:
    """What burden is counted in: money where the recipe gives costs, else customers."""
    recipe = opened(view.source).recipe
    say = speaker(lang)
    return (recipe.currency or say("cost units")) if recipe.costs else say("customers")
