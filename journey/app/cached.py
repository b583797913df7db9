"""Results by frozen keys: the log once a process, findings and figures once for each question, language and theme."""

from __future__ import annotations

import gc
from typing import Literal

import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app.parts.steps import around
from journey.app.state import Source
from journey.app.text import speaker

__all__ = ["components", "friction", "graph", "journey", "log", "ranking", "ratings", "settle", "steps"]


@st.cache_resource(show_spinner=False)
def settle() -> None:
    """Put all that was imported out of the garbage collector's sight: reruns get ten times as fast."""
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner="Reading the tables …", max_entries=4)
def log(source: Source) -> jn.EventLog:
    return jn.open(source.recipe, folder=source.folder)


# Journeys and rankings are frozen: sessions can share one.
@st.cache_resource(show_spinner=False, max_entries=64)
def journey(source: Source) -> jn.Journey:
    return jn.mine(log(source))


@st.cache_resource(show_spinner=False, max_entries=64)
def friction(source: Source) -> jn.Ranking:
    return jn.friction(log(source))


@st.cache_data(show_spinner=False, max_entries=64)
def ranking(source: Source, top: int, theme: str, lang: str) -> go.Figure:
    found = friction(source)
    unit = burden_unit(source, lang)
    return draw.ranking(found[:top], theme=draw.theme(theme), unit=unit, say=speaker(lang))


@st.cache_data(show_spinner=False, max_entries=128)
def graph(
    source: Source,
    colour: Literal["satisfaction", "friction"],
    coverage: float,
    focus: str | None,
    theme: str,
    lang: str,
) -> draw.Drawn:
    scores = {str(one.at): one for one in friction(source)} if colour == "friction" else None
    return draw.graph(
        journey(source),
        theme=draw.theme(theme),
        colour=colour,
        friction=scores,
        coverage=coverage,
        focus=focus,
        say=speaker(lang),
    )


@st.cache_data(show_spinner=False, max_entries=256)
def components(source: Source, name: str, theme: str, lang: str) -> go.Figure:
    return draw.components(friction(source).of(name), theme=draw.theme(theme), say=speaker(lang))


@st.cache_data(show_spinner=False, max_entries=256)
def ratings(source: Source, name: str, theme: str, lang: str) -> go.Figure:
    found = journey(source)
    return draw.ratings(found[name], found.scales, theme=draw.theme(theme), say=speaker(lang))


@st.cache_data(show_spinner=False, max_entries=256)
def steps(source: Source, name: str, theme: str, lang: str) -> go.Figure:
    say = speaker(lang)
    before, after = around(journey(source), name, say=say)
    return draw.steps(before, after, theme=draw.theme(theme), say=say)


def burden_unit(source: Source, lang: str) -> str:
    """What burden is counted in: money where the recipe gives costs, else customers."""
    recipe = log(source).recipe
    say = speaker(lang)
    return (recipe.currency or say("cost units")) if recipe.costs else say("customers")
