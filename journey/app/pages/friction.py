"""Friction: where it hurts most, why, how sure that is, and how far it hangs on what was set."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.clicks import clickable
from journey.app.parts.drawer import cases_button, open_touchpoint
from journey.app.parts.figure import panel
from journey.app.parts.patience import patiently
from journey.app.parts.quadrant import quadrants
from journey.app.parts.terms import terms
from journey.app.parts.weights import weights
from journey.app.parts.why import COMMONEST, burden_parts, transitions
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, speaker
from journey.draw import interval, place, why
from journey.draw.theme import COMPONENT_NAMES
from journey.draw.words import share

__all__ = ["alt", "page", "table"]

FEW = 12


def page(view: View) -> None:
    """Show the page."""
    ranking = patiently(_("Measuring friction"), lambda: cached.friction(view), key=f"friction-{hash(view)}")
    st.markdown("### " + _("Where it hurts most"))
    if not ranking:
        st.info(_("No touchpoint could be judged."))
        return
    _worst(view, ranking[:3])
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        chosen = choice(
            _("Show"),
            {"ranking": _("Ranking"), "quadrant": _("Quadrant"), "moves": _("Transitions"), "weights": _("Weights")},
            key="friction_show",
            hidden=True,
        )
        st.space("stretch")
        _closer(ranking)
    {"ranking": _ranking, "quadrant": quadrants, "moves": _transitions, "weights": weights}[chosen](view, ranking)


def _worst(view: View, worst: Sequence[jn.Friction]) -> None:
    """The three worst: a sentence each, how sure it is, and the cases behind it."""
    unit, journey = cached.burden_unit(view, language()), cached.journey(view)
    for one, column in zip(worst, st.columns(3), strict=False):
        name = str(one.at)
        with column.container(border=True, height="stretch", gap="xsmall"):
            # Blanks at the ends of what is to be bold would leave the stars standing.
            st.markdown(plain(why(one, say())).replace(plain(name.strip()), f"**{plain(name.strip())}**", 1))
            st.markdown(f":small[{_in_short(view, one, unit)}]")
            st.space("stretch")
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.button(_("Why"), key=f"friction-why-{one.rank}", on_click=open_touchpoint, args=(name,))
                cases_button(
                    _("{n:,} cases", n=journey[name].cases), ("met", name), title=name, key=f"friction-cases-{one.rank}"
                )


def _in_short(view: View, one: jn.Friction, unit: str) -> str:
    """A place's burden, what most of it comes from, and how sure it is to be among the worst."""
    told = [
        _(
            "Burden {burden} {unit}, n {n:,} visits.",
            burden=interval(one.burden, ",.0f", say()),
            unit=plain(unit),
            n=one.burden.n,
        )
    ]
    parts = burden_parts(view, one)
    if (whole := sum(parts.values())) > 0:
        most = max(parts, key=lambda component: parts[component])
        named = _(COMPONENT_NAMES[most])
        told.append(_("{part} of it comes from {component}.", part=share(parts[most] / whole, say()), component=named))
    told.append(_("Among the three worst in {top} of the draws.", top=share(one.p_top3, say())))
    return " ".join(told)


def _closer(ranking: jn.Ranking) -> None:
    """A touchpoint to look closer at: what a click in a figure does, by keyboard."""
    key = "friction-closer"

    def opened() -> None:
        if name := st.session_state.get(key):
            open_touchpoint(name)
            st.session_state[key] = None

    st.selectbox(
        _("Look closer at"),
        [str(one.at) for one in ranking],
        index=None,
        placeholder=_("Look closer at …"),
        key=key,
        on_change=opened,
        label_visibility="collapsed",
        width=260,
    )


# --- ranking -----------------------------------------------------------------------------------------


def _ranking(view: View, ranking: jn.Ranking) -> None:
    top = _top(len(ranking), key="friction_all", label=_("All {n:,} touchpoints", n=len(ranking)))
    shown = ranking[:top]
    panel(
        "friction-ranking",
        lambda: clickable(
            _ranking_figure(view, top, False, theme_name(), language()),
            key="friction-ranking",
            alt=alt(shown),
            places=[one.at for one in shown],
        ),
        table=lambda: table(ranking, cached.burden_unit(view, language())),
        name="friction",
        note=_("Burden, ranks and score with 95% intervals; n is visits. Click a bar to see what is behind it."),
    )
    st.caption(terms(ranking))


def _top(many: int, *, key: str, label: str) -> int:
    """How many rows: a dozen, unless all are asked for."""
    if many <= FEW:
        return many
    everything = st.toggle(label, key=key, bind="query-params", persist_state="session")
    return min(many, 100) if everything else FEW


@st.cache_data(show_spinner=False, max_entries=64)
def _ranking_figure(view: View, top: int, moves: bool, theme: str, lang: str) -> go.Figure:
    found = transitions(view) if moves else cached.friction(view)
    unit = cached.burden_unit(view, lang)
    return draw.ranking(found[:top], theme=draw.theme(theme), unit=unit, say=speaker(lang))


def table(found: Sequence[jn.Friction], unit: str) -> pd.DataFrame:
    """The ranking as a table: what the figure shows, in numbers."""
    rows = []
    for one in found:
        row: dict[str, object] = {
            _("Rank"): one.rank,
            _("Place"): place(one.at),
            _("Burden, {unit}", unit=unit): one.burden.value,
            _("Burden 95% from"): one.burden.low,
            _("Burden 95% to"): one.burden.high,
            _("Rank 95% from"): one.rank_low,
            _("Rank 95% to"): one.rank_high,
            _("Among the 3 worst"): one.p_top3,
            _("Score"): one.score.value,
            _("Score 95% from"): one.score.low,
            _("Score 95% to"): one.score.high,
        }
        row |= {_(label): one.contributions.get(name) for name, label in COMPONENT_NAMES.items()}
        row |= {_("Visits"): one.score.n, _("Weights observed"): one.coverage}
        rows.append(row)
    return pd.DataFrame(rows).dropna(axis="columns", how="all").round(3)


def alt(found: Sequence[jn.Friction]) -> str:
    """The figure in words."""
    listed = "; ".join(
        _(
            "{rank}. {name}: burden {burden}, score {score}",
            rank=one.rank,
            name=place(one.at),
            burden=interval(one.burden, ",.0f", say()),
            score=interval(one.score, ".1f", say()),
        )
        for one in found
    )
    return _("By burden, worst first, with score and components. {listed}.", listed=listed)


# --- transitions -------------------------------------------------------------------------------------


def _transitions(view: View, ranking: jn.Ranking) -> None:
    found = patiently(_("Measuring transitions"), lambda: transitions(view), key=f"moves-{hash(view)}")
    if not found:
        st.info(_("No transition could be judged."))
        return
    top = _top(len(found), key="friction_moves", label=_("More of the {n:,} transitions", n=len(found)))
    panel(
        "friction-moves",
        lambda: clickable(
            _ranking_figure(view, top, True, theme_name(), language()),
            key="friction-moves",
            alt=alt(found[:top]),
            places=[one.at for one in found[:top]],
        ),
        table=lambda: table(found, cached.burden_unit(view, language())),
        name="friction-transitions",
        note=_ranked_part(cached.journey(view), found),
    )
    st.caption(
        _(
            "A transition carries the wait for its target, the channel switch and return after its source, the exit "
            "right after it, and as dissatisfaction the fall between two ratings. Its burden is part of the burden of "
            "the touchpoints at its ends: the two rankings don't add up."
        )
    )
    st.caption(terms(found))


def _ranked_part(journey: jn.Journey, found: jn.Ranking) -> str:
    """What part of all moves was ranked."""
    between = [e for e in journey.transitions if isinstance(e.source, str) and isinstance(e.target, str)]
    moves, ranked = sum(edge.moves for edge in between), sum(one.score.n for one in found)
    told = _("n is moves. Click a bar to see what is behind it.")
    if len(between) > COMMONEST:
        told = _(
            "The {n:,} commonest of {of:,} transitions are ranked; they hold {share} of all moves.",
            n=len(found),
            of=len(between),
            share=share(ranked / moves if moves else None, say()),
        ) + (" " + told)
    return told
