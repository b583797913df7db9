"""Graph: the journey by stages, as it was walked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

import journey as jn
from journey.app import cached
from journey.app.parts.figure import show
from journey.app.state import Source, clicked, theme_name
from journey.app.text import _, language, plain, say
from journey.draw import Drawn, interval, why

__all__ = ["page", "said"]


def page(source: Source, go_to: Callable[[str], None]) -> None:
    """Show the page. `go_to` opens a touchpoint's own page."""
    journey = cached.journey(source)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="large"):
        colour = _colour(source)
        coverage = st.slider(
            _("Show the commonest moves that cover"),
            10,
            100,
            90,
            5,
            format="%d%%",
            key="coverage",
            bind="query-params",
            width=320,
            help=_("Share of all moves between touchpoints. Rarer moves are hidden, touchpoints stay where they are."),
        )
        focus = st.session_state.get("focus")
        if focus in [touchpoint.name for touchpoint in journey.touchpoints]:
            _focused(source, journey[focus], go_to)
        else:
            focus = None
    drawn = cached.graph(source, colour, coverage / 100, focus, theme_name(), language())
    st.caption(said(drawn))
    event = show(drawn.figure, alt=drawn.alt, key=f"graph-{focus}", clickable=True)
    name = clicked(event, [touchpoint.name for touchpoint in journey.touchpoints])
    if name and name != focus:
        st.session_state["focus"] = name
        st.rerun()
    st.caption(
        _(
            "On a card: cases that met it · ⊣ share of its visits that are the last of their case · ↻ share "
            "followed by another visit here. The disc is the value, the bar along the bottom its 95% interval, "
            "from the bad end at the left to the good one at the right; “–” means nobody was asked. Lines are as "
            "wide as moves are common; a percentage is the share of all moves that leave the touchpoint, exits "
            "included; rarer moves say theirs on hover. Dashed lines go back to an earlier stage. Click a card to "
            "see its neighbours."
        )
    )


def _colour(source: Source) -> Literal["satisfaction", "friction"]:
    names = {"satisfaction": _("Satisfaction"), "friction": _("Friction score")}
    picked = st.segmented_control(
        _("Colour by"),
        list(names),
        default="satisfaction",
        required=True,
        format_func=lambda name: names[name],
        key="colour",
        bind="query-params",
    )
    if picked != "friction":
        return "satisfaction"
    cached.friction(source)  # says why, if friction can't be judged
    return "friction"


def _focused(source: Source, touchpoint: jn.Touchpoint, go_to: Callable[[str], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", width="content", gap="small"):
        st.markdown(f"**{plain(touchpoint.name)}**", width="content")
        if st.button(_("Open"), key="open-focus", help=_sentence(source, touchpoint)):
            go_to(touchpoint.name)
        if st.button(_("Show all"), key="clear-focus"):
            st.session_state["focus"] = None
            st.rerun()


def _sentence(source: Source, touchpoint: jn.Touchpoint) -> str:
    try:
        return plain(why(cached.friction(source).of(touchpoint.name), say()))
    except jn.JourneyError:
        found = touchpoint.satisfaction
        return _("Satisfaction {value}, n = {n:,}", value=interval(found, ".2f"), n=found.n)


def said(drawn: Drawn) -> str:
    """What part of the journey the picture shows."""
    told = _(
        "Shown: {shown} of {all} kinds of moves, {moves:,} of {of:,} moves between touchpoints ({share:.1%}); "
        "hidden: {hidden:.1%}.",
        shown=drawn.transitions_shown,
        all=drawn.transitions,
        moves=drawn.shown,
        of=drawn.moves,
        share=drawn.share,
        hidden=1 - drawn.share,
    )
    if drawn.left_out:
        told += " " + _("{n} touchpoints with the fewest visits are left out.", n=len(drawn.left_out))
    return told
