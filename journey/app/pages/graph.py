"""Graph: the journey by stages, as it was walked."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.drawer import open_touchpoint, open_transition
from journey.app.parts.figure import panel
from journey.app.parts.graph_canvas import Picked, graph_canvas
from journey.app.parts.plan_common import over_plan, plan_switch
from journey.app.state import View, theme_name
from journey.app.text import _, language, say, sentence, speaker
from journey.draw.scene import MOST, Scene, readable, scene
from journey.draw.scene_grid import MANY, Grid, grid
from journey.draw.scene_paint import Colour
from journey.draw.words import Say, place
from journey.events.waits import waits

__all__ = ["colours", "page", "said", "table"]


def page(view: View) -> None:
    """Show the page."""
    whole = cached.journey(view.whole)
    st.markdown("### " + _("Graph"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        # Laid against the plan, cards are coloured by who skips them.
        planned = plan_switch(view, key="graph_plan")
        colour = "satisfaction" if planned else _colour(view)
        cards = choice(
            _("Cards"),
            {"large": _("Large"), "small": _("Small")},
            key="graph_cards",
            default="small" if len(whole.touchpoints) > MANY else "large",
        )
        coverage = _coverage(whole)
    if planned:
        drawn = over_plan(view, coverage, cards == "small", False, theme_name(), language())
    else:
        drawn = drawing(view, colour, coverage, cards == "small", theme_name(), language())
    st.markdown(said(drawn, say()))
    panel(
        "graph",
        lambda: graph_canvas(drawn, key="graph-canvas", on_pick=_open),
        table=lambda: table(cached.journey(view), say()),
        name="journey-graph",
        note=_(
            "{n:,} cases. Lines are as wide as the cases that took the move. Intervals are 95%. Hover to see what a "
            "touchpoint or a line is joined to, click to open it. By keyboard: Tab into the graph, arrows to walk, "
            "E for the moves, Enter to open.",
            n=cached.journey(view).cases,
        ),
    )


def _open(found: Picked) -> None:
    if isinstance(found.at, str):
        open_touchpoint(found.at)
    else:
        open_transition(*found.at)


def colours(log: jn.EventLog) -> tuple[Colour, ...]:
    """What the graph of a log can be coloured by: what was asked, friction, and the wait where times are known."""
    rated: list[Colour] = [role for role in ("satisfaction", "effort") if role in log.rated]
    return (*rated, "friction", "wait") if log.timed else (*rated, "friction")


def _colour(view: View) -> Colour:
    names: dict[str, str] = {
        "satisfaction": _("Satisfaction"),
        "effort": _("Effort"),
        "friction": _("Friction"),
        "wait": _("Wait"),
    }
    known = colours(cached.log(view))
    picked = choice(_("Colour by"), {name: names[name] for name in known}, key="graph_colour")
    colour = next(name for name in known if name == picked)
    if colour == "friction":
        try:
            cached.friction(view)
        except jn.JourneyError as error:
            st.info(sentence(error))
            return "satisfaction"
    return colour


def _coverage(whole: jn.Journey) -> float:
    first = round(100 * readable(whole))
    chosen = st.slider(
        _("Moves to show"),
        5,
        100,
        first,
        5,
        format="%d%%",
        key="graph_cover",
        bind="query-params",
        persist_state="session",
        width=280,
        help=_(
            "The commonest moves that together make up this share of all moves between touchpoints. Rarer moves are "
            "hidden; touchpoints stay where they are."
        ),
    )
    return chosen / 100


@st.cache_resource(show_spinner=False, max_entries=16)
def places(view: View, small: bool) -> Grid:
    """Where the cards of all cases stand: whatever is looked at, they stay there."""
    return grid(cached.journey(view), small=small)


@st.cache_resource(show_spinner=False, max_entries=64)
def waited(view: View) -> dict[str, jn.Measure]:
    """The median wait before each touchpoint, in seconds."""
    return waits(cached.log(view))


@st.cache_data(show_spinner=False, max_entries=64)
def drawing(view: View, colour: Colour, coverage: float, small: bool, theme: str, lang: str) -> Scene:
    """The scene for the canvas."""
    return scene(
        cached.journey(view.whole),
        cached.journey(view),
        colour=colour,
        friction={str(one.at): one for one in cached.friction(view)} if colour == "friction" else None,
        waits=waited(view) if colour == "wait" else None,
        coverage=coverage,
        places=places(view.whole, small),
        theme=draw.theme(theme),
        say=speaker(lang),
    )


def said(drawn: Scene, speak: Say) -> str:
    """What part of the journey the picture shows."""
    told = [
        speak(
            "Shown: {shown} of {all} kinds of moves, {moves:,} of {of:,} moves between touchpoints ({share:.1%}); "
            "hidden: {hidden:.1%}.",
            shown=drawn.kinds_shown,
            all=drawn.kinds,
            moves=drawn.shown,
            of=drawn.moves,
            share=drawn.share,
            hidden=1 - drawn.share,
        )
    ]
    if len(drawn.names) > MANY and drawn.share < 1:
        told.append(speak("Of {n} touchpoints only the commonest moves can be read at once.", n=len(drawn.names)))
    if drawn.kinds_shown == MOST < drawn.kinds:
        told.append(speak("No more than {n} kinds of moves are drawn at once.", n=MOST))
    if drawn.rare:
        told.append(speak("Touchpoints with rarer moves only, in grey: {n}.", n=len(drawn.rare)))
    if drawn.without:
        told.append(speak("Touchpoints without cases in this selection, dashed: {n}.", n=len(drawn.without)))
    return " ".join(told)


def table(journey: jn.Journey, speak: Say) -> pd.DataFrame:
    """The moves in numbers, the commonest first; where cases start and end among them. Waits in hours."""
    return pd.DataFrame(
        {
            speak("From"): place(edge.source, speak),
            speak("To"): place(edge.target, speak),
            speak("Moves"): edge.moves,
            speak("Cases"): edge.cases,
            speak("Share of the moves that leave"): edge.share,
            speak("Median wait, hours"): _hours(edge.wait_median_s),
            speak("90% wait at most, hours"): _hours(edge.wait_p90_s),
        }
        for edge in journey.transitions
    )


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 3600
