"""What carries the goal: how many reach it, what they pass through, where time goes, what a shift would be worth."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.analysis.levers import Converter, Lever, shifts
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.clicks import clickable
from journey.app.parts.drawer import cases_button
from journey.app.parts.figure import panel
from journey.app.parts.patience import patiently
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.carried import carriers, converted, gains, times
from journey.draw.words import Say, place, share, span

__all__ = ["found", "goal_of", "show", "table"]

FEW = 14
WALKED = 0.02  # of the cases that will reach the goal go this way at least, or it is not worth a line


def goal_of(view: View, *, key: str) -> str:
    """The goal that is asked for: the recipe's, or a touchpoint of the reader's choice; "" is the recipe's."""
    log = cached.log(view)
    named = [name for name in log.recipe.goal if name in log.touchpoints]
    names = {"": _("The goal: {goal}", goal=" / ".join(named))} if named else {}
    names |= {one.name: one.name for one in cached.journey(view).touchpoints}
    return choice(_("What counts as success"), names, key=key, as_="list", width=340)


@st.cache_resource(show_spinner=False, max_entries=64)
def found(view: View, goal: str = "") -> jn.Flow:
    """The flow of the cases looked at to their first goal, of the order that foretells best."""
    return jn.flow(cached.log(view), goal=goal or None, order="auto")


def show(view: View) -> None:
    """What carries the goal, as one of four figures."""
    goal = goal_of(view, key="flow_goal")
    try:
        flow = patiently(
            _("Following the cases to the goal"), lambda: found(view, goal), key=f"flow-{hash(view)}-{goal}"
        )
    except jn.JourneyError as error:
        st.info(sentence(error))
        return
    _headline(flow)
    if not flow.goal_rate.value:
        st.info(
            _("No case reaches the goal, so no touchpoint can be said to carry it, and no shift to be worth anything.")
        )
        return
    parts: dict[str, tuple[str, Callable[[View, str, jn.Flow], None]]] = {
        "carriers": (_("What carries it"), _carriers),
        "time": (_("Where time goes"), _times),
        "levers": (_("Best shifts"), _levers),
        "walks": (_("How those walk who reach it"), _walks),
    }
    chosen = choice(_("Show"), {code: name for code, (name, _show) in parts.items()}, key="flow_show", hidden=True)
    parts[chosen][1](view, goal, flow)


def _headline(flow: jn.Flow) -> None:
    goal = " / ".join(flow.goal)
    reached = round(flow.cases * (flow.observed.value or 0))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            _(
                "**{rate}** of {cases:,} cases reach **{goal}** (95%: {low}–{high}), after {steps} steps and {time} on "
                "average until goal or end.",
                rate=say().number(flow.goal_rate.value, ".1%"),
                low=say().number(flow.goal_rate.low, ".1%"),
                high=say().number(flow.goal_rate.high, ".1%"),
                cases=flow.cases,
                goal=plain(goal),
                steps=say().number(flow.steps.value, ".1f"),
                time=span(flow.duration_s, say()),
            ),
            width="content",
        )
        if reached and len(flow.goal) == 1:
            cases_button(_("{n:,} cases", n=reached), ("met", flow.goal[0]), title=goal, key="flow-cases")
    st.caption(memory(flow, say()))


def memory(flow: jn.Flow, speak: Say) -> str:
    """What the chain remembers, why, and how far it can be believed."""
    told = [
        speak("The chain remembers where a case stands and where it came from: that foretells unseen customers better.")
        if flow.order == 2
        else speak("The chain remembers where a case stands; knowing where it came from would foretell nothing better.")
        if flow.memory is not None and flow.memory.best < 2
        else speak("The chain remembers where a case stands.")
    ]
    gaps = {at: abs((one.value or 0) - (flow.reach[at].value or 0)) for at, one in flow.met.items()}
    if gaps:
        worst = max(gaps, key=lambda at: gaps[at])
        told.append(
            speak(
                "Its goal rate is the counted one; its reach is farthest off at {touchpoint}: {chain}, and counted "
                "{counted}.",
                touchpoint=plain(worst),
                chain=share(flow.reach[worst].value, speak),
                counted=share(flow.met[worst].value, speak),
            )
        )
    return " ".join(told)


# --- what carries it -----------------------------------------------------------------------------


def _ranked(flow: jn.Flow) -> list[str]:
    """Touchpoints by removal effect, then by reach; those that no case with the goal passes come last."""
    rest = [at for at in flow.removal if at not in flow.goal]
    return sorted(rest, key=lambda at: (-(flow.removal[at].value or 0), -(flow.reach[at].value or 0), at))


def _carriers(view: View, goal: str, flow: jn.Flow) -> None:
    names = _ranked(flow)
    if not names:
        st.info(_("Every goal is reached at once: no touchpoint comes before it."))
        return
    every = len(names) > FEW and st.toggle(_("All {n} touchpoints", n=len(names)), key="flow_all", bind="query-params")
    shown = names if every else names[:FEW]
    note = [
        _(
            "Removal effect: the share of the goal rate that passes through the touchpoint, and would be lost if all "
            "who come to it left. ◆ is counted: of the cases with the goal (left) and of all cases (right), how many "
            "were there. Whiskers: 95% intervals, n {n:,} cases.",
            n=flow.cases,
        )
    ]
    if flow.mandatory:
        note.append(
            _(
                "100% means that nobody reached the goal without it. That is the order of steps, not its value; nor is "
                "any of this a cause. Click a bar for the cases behind it."
            )
        )
    panel(
        "flow-carriers",
        lambda: clickable(
            _carriers_drawn(view, goal, len(shown), theme_name(), language()),
            key="flow-carriers-chart",
            alt=_(
                "Removal effects: {listed}",
                listed="; ".join(f"{at} {share(flow.removal[at].value, say())}" for at in shown),
            ),
            places=shown,
        ),
        table=lambda: table(flow, say()),
        name="flow-carriers",
        note=" ".join(note),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _carriers_drawn(view: View, goal: str, most: int, theme: str, lang: str) -> go.Figure:
    flow = found(view, goal)
    return carriers(_ranked(flow)[:most], flow, theme=draw.theme(theme), say=speaker(lang))


def table(flow: jn.Flow, speak: Say) -> pd.DataFrame:
    """Reach, removal and returns by touchpoint in numbers."""
    rows = []
    for at in _ranked(flow):
        removal, reach = flow.removal[at], flow.reach[at]
        rows.append(
            {
                speak("Touchpoint"): at,
                speak("Removal effect"): removal.value,
                speak("from"): removal.low,
                speak("to"): removal.high,
                speak("Counted, of the goals"): flow.through[at].value if at in flow.through else None,
                speak("Reach"): reach.value,
                speak("reach from"): reach.low,
                speak("reach to"): reach.high,
                speak("Counted, of the cases"): flow.met[at].value if at in flow.met else None,
                speak("Returns"): flow.returns[at],
                speak("Mandatory"): at in flow.mandatory,
            }
        )
    return pd.DataFrame(rows)


# --- where time goes -----------------------------------------------------------------------------


def _times(view: View, goal: str, flow: jn.Flow) -> None:
    if not flow.bottlenecks:
        st.info(_("No time passes between these touchpoints, or the data do not tell it."))
        return
    panel(
        "flow-times",
        lambda: clickable(
            _times_drawn(view, goal, theme_name(), language()),
            key="flow-times-chart",
            alt=_(
                "Time per case: {listed}",
                listed="; ".join(f"{one.at} {span(one.seconds, say())}" for one in flow.bottlenecks[:FEW]),
            ),
            places=[one.at for one in flow.bottlenecks],
        ),
        table=lambda: _times_table(flow),
        name="flow-times",
        note=_(
            "Expected visits of a case × mean time until what comes next; exits count as no time. The shares are of "
            "the {time} from a case's first event to goal or end, on average over {n:,} cases.",
            time=span(flow.duration_s, say()),
            n=flow.cases,
        ),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _times_drawn(view: View, goal: str, theme: str, lang: str) -> go.Figure:
    return times(found(view, goal), most=FEW, theme=draw.theme(theme), say=speaker(lang))


def _times_table(flow: jn.Flow) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("Touchpoint"): one.at,
                _("Seconds per case"): one.seconds,
                _("Share of all time"): one.share,
                _("Seconds after a visit"): one.wait_s,
            }
            for one in flow.bottlenecks
        ]
    )


# --- best shifts ---------------------------------------------------------------------------------


def _levers(view: View, goal: str, flow: jn.Flow) -> None:
    best = shifts(flow.levers, flow.goal)[:FEW]
    if not best:
        st.info(
            _("Every case reaches the goal, so no shift of visits could win more.")
            if flow.goal_rate.value == 1
            else _("No shift of visits would win more.")
        )
        return
    panel(
        "flow-levers",
        lambda: clickable(
            _levers_drawn(view, goal, theme_name(), language()),
            key="flow-levers-chart",
            alt=_("Best shifts: {listed}", listed="; ".join(_shift(one, say()) for one in best[:5])),
            places=[one.at for one in best],
        ),
        table=lambda: _levers_table(flow),
        name="flow-levers",
        note=_(
            "What it is worth that one visit in a hundred goes on otherwise, if those who are moved then go on like "
            "those who go that way today. That is an assumption, not a finding: whoever left may differ from whoever "
            "stayed. Try it in an experiment before you build on it. Shifts straight to the goal are left out."
        ),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _levers_drawn(view: View, goal: str, theme: str, lang: str) -> go.Figure:
    flow, speak = found(view, goal), speaker(lang)
    rows = [
        (
            one.at,
            _shift(one, speak),
            one.gain,
            speak(
                "{share} of the visits take the first way today; the shift is worth {cases:+,.1f} cases",
                share=share(one.share, speak),
                cases=one.cases,
            ),
        )
        for one in shifts(flow.levers, flow.goal)[:FEW]
    ]
    return gains(rows, theme=draw.theme(theme), say=speak)


def _shift(one: Lever, speak: Say) -> str:
    if one.less is jn.END:
        return speak("{at}: to {more} instead of leaving", at=one.at, more=place(one.more, speak))
    return speak("{at}: to {more}, not {less}", at=one.at, more=place(one.more, speak), less=place(one.less, speak))


def _levers_table(flow: jn.Flow) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("Touchpoint"): one.at,
                _("instead of"): place(one.less, say()),
                _("to"): place(one.more, say()),
                _("Gain in goal rate"): one.gain,
                _("Cases"): one.cases,
                _("Share today"): one.share,
            }
            for one in flow.levers
        ]
    )


# --- how converters walk -------------------------------------------------------------------------


def _telling(flow: jn.Flow) -> list[Converter]:
    """The moves where those who will reach the goal differ most from all, weighed by how many come by."""

    def weight(one: Converter) -> float:
        came = 1.0 if one.source is jn.START else (flow.removal[str(one.source)].value or 0.0)
        return abs(one.share - one.of_all) * came

    kept = [one for one in flow.converters if weight(one) >= WALKED]
    return sorted(kept, key=lambda one: -weight(one))[:FEW]


def _walks(view: View, goal: str, flow: jn.Flow) -> None:
    telling = _telling(flow)
    if not telling:
        st.info(_("Those who will reach the goal walk like all others."))
        return
    panel(
        "flow-walks",
        lambda: clickable(
            _walks_drawn(view, goal, theme_name(), language()),
            key="flow-walks-chart",
            alt=_(
                "Moves that tell who will reach the goal: {listed}",
                listed="; ".join(_move(one, say()) for one in telling),
            ),
            places=[str(one.source) for one in telling if one.source is not jn.START],
        ),
        table=lambda: _walks_table(flow),
        name="flow-walks",
        note=_(
            "Where those who will reach the goal go next (◆), beside all (●): the chain conditioned on the goal "
            "(Doob's h-transform). Those moves are shown where the two differ most, weighed by how many come by."
        ),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _walks_drawn(view: View, goal: str, theme: str, lang: str) -> go.Figure:
    speak = speaker(lang)
    rows = [
        ("" if one.source is jn.START else str(one.source), _move(one, speak), one.share, one.of_all)
        for one in _telling(found(view, goal))
    ]
    return converted(rows, theme=draw.theme(theme), say=speak)


def _move(one: Converter, speak: Say) -> str:
    return f"{place(one.source, speak)} → {place(one.target, speak)}"


def _walks_table(flow: jn.Flow) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("From"): place(one.source, say()),
                _("To"): place(one.target, say()),
                _("Of those who will reach the goal"): one.share,
                _("Of all"): one.of_all,
            }
            for one in flow.converters
        ]
    )
