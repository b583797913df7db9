"""Attribution: what of the goals is put down to each touchpoint, by two methods that need not agree."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.clicks import clickable
from journey.app.parts.figure import panel
from journey.app.parts.flow_goal import goal_of
from journey.app.parts.patience import patiently
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.attribution import credits_shown
from journey.draw.words import Say, share

__all__ = ["credited", "show", "table"]

FEW = 14


@st.cache_resource(show_spinner=False, max_entries=64)
def credited(view: View, goal: str = "") -> jn.Attribution:
    """The goals of the cases looked at, shared out; by a chain of the order that foretells best."""
    return jn.attribution(cached.log(view), goal=goal or None, order="auto")


def show(view: View) -> None:
    """Markov and Shapley side by side, and what neither says."""
    goal = goal_of(view, key="credit_goal")
    try:
        found = patiently(_("Sharing out the goals"), lambda: credited(view, goal), key=f"credit-{hash(view)}-{goal}")
    except jn.JourneyError as error:
        st.info(sentence(error))
        return
    st.markdown(_headline(found))
    every = len(found.credits) > FEW and st.toggle(
        _("All {n} touchpoints", n=len(found.credits)), key="credit_all", bind="query-params"
    )
    most = len(found.credits) if every else FEW
    shown = found.credits[:most]
    panel(
        "flow-attribution",
        lambda: clickable(
            _drawn(view, goal, most, theme_name(), language()),
            key="flow-attribution-chart",
            alt=_(
                "Cases with the goal put down to each touchpoint, by Markov and by Shapley: {listed}",
                listed="; ".join(
                    f"{one.at} {say().number(one.markov.value, ',.0f')} / {say().number(one.shapley.value, ',.0f')}"
                    for one in shown
                ),
            ),
            places=[one.at for one in shown],
        ),
        table=lambda: table(found, say()),
        name="attribution",
        note=_note(found),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _drawn(view: View, goal: str, most: int, theme: str, lang: str) -> go.Figure:
    return credits_shown(credited(view, goal), most=most, theme=draw.theme(theme), say=speaker(lang))


def _headline(found: jn.Attribution) -> str:
    told = [
        _(
            "**{n:,}** of {cases:,} cases reached **{goal}** by way of another touchpoint. Here they are shared out in "
            "two ways.",
            n=found.split,
            cases=found.cases,
            goal=plain(" / ".join(found.goal)),
        )
    ]
    apart = [one for one in found.credits if one.disagree]
    if apart:
        most = max(apart, key=lambda one: abs(one.difference.value or 0))
        told.append(
            _(
                "They disagree on {n} touchpoints, most on **{touchpoint}**: {markov} of the goals by Markov, "
                "{shapley} by Shapley.",
                n=len(apart),
                touchpoint=plain(most.at),
                markov=share((most.markov.value or 0) / found.split, say()),
                shapley=share((most.shapley.value or 0) / found.split, say()),
            )
        )
    else:
        told.append(_("They agree on every touchpoint."))
    return " ".join(told)


def _note(found: jn.Attribution) -> str:
    chain = (
        _("a chain that remembers where a case stands and where it came from")
        if found.order == 2
        else _("a chain that remembers where a case stands")
    )
    return " ".join(
        [
            _(
                "Markov: how much of the goal rate would be lost without the touchpoint, by {chain}, scaled to add up. "
                "Shapley: each case with the goal is split equally among the touchpoints it met.",
                chain=chain,
            ),
            _(
                "⚠ They disagree: one gives a fifth more than the other at least, and the interval of the difference "
                "leaves out 0. Intervals are 95%, by groups of customers."
            ),
            _(
                "Neither is a cause: a step that everyone takes gets much credit wherever it stands, and nothing here "
                "tells what would have happened without it. Only an experiment does."
            ),
        ]
    )


def table(found: jn.Attribution, speak: Say) -> pd.DataFrame:
    """Both credits, the simple ones beside them, and their difference in numbers, in cases."""
    return pd.DataFrame(
        [
            {
                speak("Touchpoint"): one.at,
                "Markov": one.markov.value,
                speak("Markov from"): one.markov.low,
                speak("Markov to"): one.markov.high,
                "Shapley": one.shapley.value,
                speak("Shapley from"): one.shapley.low,
                speak("Shapley to"): one.shapley.high,
                speak("Difference"): one.difference.value,
                speak("difference from"): one.difference.low,
                speak("difference to"): one.difference.high,
                speak("they disagree"): one.disagree,
                speak("First touchpoint"): one.first,
                speak("Last touchpoint"): one.last,
                speak("Each visit alike"): one.linear,
                speak("Cases with the goal that met it"): one.met,
            }
            for one in found.credits
        ]
    )
