"""Drivers of an outcome: the ranking, the importance–performance map, penalty and reward."""

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
from journey.app.parts.drawer import open_touchpoint
from journey.app.parts.drivers_map import Asked, by_importance, found_for, spread
from journey.app.parts.figure import panel
from journey.app.parts.patience import patiently
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.driver_words import CAUTION, KINDS, asked, effect, explained, headline, kind, notes
from journey.draw.drivers import driver_ranking, penalty_reward
from journey.draw.words import interval
from journey.events.before import outcomes

__all__ = ["drivers"]

FEW = 12
ANYWHERE = ""


def drivers(view: View) -> None:
    """Which touchpoints go with the outcome that is chosen."""
    known = outcomes(cached.log(view))
    if not known:
        st.info(
            _(
                "There is no overall outcome to look for drivers of: no question about the whole relation was asked, "
                "and the recipe names no goal. Declare a scale with “about: relation”, or a goal."
            )
        )
        return
    what = _chosen(view, known)
    try:
        label = _("Looking for drivers of {outcome}", outcome=plain(what.outcome))
        found = patiently(label, lambda: found_for(what), key=f"drivers-{hash(what)}")
    except jn.JourneyError as error:
        st.info(sentence(error))
        return
    st.markdown(f"### {plain(headline(found, say()))}")
    st.markdown(plain(f"{asked(found, say())} {explained(found, say())}"))
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        shown = choice(
            _("Show"),
            {"ranking": _("Ranking"), "map": _("Importance and performance"), "kinds": _("Penalty and reward")},
            key="drivers_show",
            hidden=True,
        )
        st.space("stretch")
        _closer(found)
    {"ranking": _ranking, "map": by_importance, "kinds": _kinds}[shown](what, found)
    st.caption(plain(" ".join([*notes(found, say()), _(CAUTION)])))


def _chosen(view: View, known: Sequence[str]) -> Asked:
    log = cached.log(view)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        labels = {name: _named(log, name) for name in known}
        outcome = choice(_("Outcome"), labels, key="drivers_outcome", as_="list", width=300)
        after = ANYWHERE
        if outcome in log.touchpoints and outcome not in log.door.scales:
            stages = [
                t.name for t in cached.journey(view).touchpoints if t.name != outcome and t.name not in log.recipe.ends
            ]
            after = choice(
                _("Look from"),
                {
                    ANYWHERE: _("Twelve moments over the log"),
                    **{name: _("first {touchpoint}", touchpoint=name) for name in stages},
                },
                key="drivers_after",
                as_="list",
                width=300,
            )
    return Asked(view, outcome, after or None)


def _named(log: jn.EventLog, name: str) -> str:
    scale = log.door.scales.get(name)
    if scale is None:
        return _("Coming to {touchpoint}", touchpoint=name)
    return _("NPS answers ({scale})", scale=name) if scale.metric == "nps" else _("Answers to {scale}", scale=name)


def _closer(found: jn.Drivers) -> None:
    """A touchpoint to look closer at: what a click in a figure does, by keyboard."""
    key = "drivers-closer"

    def opened() -> None:
        if name := st.session_state.get(key):
            open_touchpoint(name)
            st.session_state[key] = None

    st.selectbox(
        _("Look closer at"),
        [one.at for one in found.drivers],
        index=None,
        placeholder=_("Look closer at …"),
        key=key,
        on_change=opened,
        label_visibility="collapsed",
        width=260,
    )


# --- ranking ----------------------------------------------------------------------------------------


def _ranking(what: Asked, found: jn.Drivers) -> None:
    top = len(found.drivers)
    if top > FEW and not st.toggle(
        _("All {n:,} touchpoints", n=top), key="drivers_all", bind="query-params", persist_state="session"
    ):
        top = FEW
    shown = found.drivers[:top]
    panel(
        "drivers-ranking",
        lambda: clickable(
            _ranking_figure(what, top, theme_name(), language()),
            key="drivers-ranking",
            alt=_alt(shown),
            places=[one.at for one in shown],
        ),
        table=lambda: _table(found),
        name="drivers",
        note=_(
            "n = {n:,} outcomes. Importance, ranks and effects with 95% intervals by customer. Pale: does not stand "
            "out among all. Hollow: the interval of the effect holds 0. Click a bar to look closer.",
            n=found.n,
        ),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _ranking_figure(what: Asked, top: int, theme: str, lang: str) -> go.Figure:
    found = found_for(what)
    return driver_ranking(found.drivers[:top], found, theme=draw.theme(theme), say=speaker(lang))


def _alt(shown: Sequence[jn.Driver]) -> str:
    listed = "; ".join(
        _(
            "{rank}. {name}: importance {value}",
            rank=one.rank,
            name=one.at,
            value=interval(one.importance, ".0%", say()),
        )
        for one in shown
    )
    return _("Touchpoints by importance for the outcome. {listed}.", listed=listed)


def _table(found: jn.Drivers) -> pd.DataFrame:
    rows = []
    for one in found.drivers:
        row: dict[str, object] = {_("Rank"): one.rank, _("Touchpoint"): one.at}
        row |= spread(_("Importance"), one.importance)
        row |= {_("Rank 95% from"): one.rank_low, _("Rank 95% to"): one.rank_high, _("Stands out"): one.clear}
        row |= spread(_("One step better"), one.slope)
        row |= spread(_("Meeting it"), one.meeting)
        row |= {_("Outcomes before which it was met"): one.met, _("Outcomes before which it was rated"): one.rated}
        row |= spread(_("Mean rating, share of the best"), one.performance)
        rows.append(row)
    return pd.DataFrame(rows).dropna(axis="columns", how="all").round(4)


# --- penalty and reward -----------------------------------------------------------------------------


def _kinds(what: Asked, found: jn.Drivers) -> None:
    shown = [one for one in found.drivers if one.penalty.value is not None]
    if not shown:
        st.info(
            _(
                "Penalty and reward can't be told: that takes 20 bad, 20 middling and 20 good ratings of a touchpoint "
                "before the outcome, and more outcomes than there are quantities to tell."
            )
        )
        return
    panel(
        "drivers-kinds",
        lambda: clickable(
            _kinds_figure(what, theme_name(), language()),
            key="drivers-kinds",
            alt=_("What bad ratings cost and good ones gain. {listed}.", listed=_rewards(shown, found)),
            places=[one.at for one in shown],
        ),
        table=lambda: _kinds_table(shown),
        name="penalty-reward",
        note=_(
            "Ratings in the bad quarter of the scale (1–2 of 1–5) and in the good quarter (4–5), each against those "
            "between; 95% intervals, n = {n:,} outcomes. A kind is named only where the interval of the asymmetry "
            "leaves out 0, or penalty and reward are both clear.",
            n=found.n,
        ),
    )
    for name in [name for name in KINDS if any(one.kind == name for one in shown)]:
        st.caption(_(KINDS[name]))


@st.cache_data(show_spinner=False, max_entries=64)
def _kinds_figure(what: Asked, theme: str, lang: str) -> go.Figure:
    found = found_for(what)
    shown = [one for one in found.drivers if one.penalty.value is not None]
    return penalty_reward(shown, found, theme=draw.theme(theme), say=speaker(lang))


def _rewards(shown: Sequence[jn.Driver], found: jn.Drivers) -> str:
    return "; ".join(
        _(
            "{name}: penalty {penalty}, reward {reward}, {kind}",
            name=one.at,
            penalty=effect(one.penalty, found, say()),
            reward=effect(one.reward, found, say()),
            kind=kind(one, say()),
        )
        for one in shown
    )


def _kinds_table(shown: Sequence[jn.Driver]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("Touchpoint"): one.at,
                **spread(_("Penalty"), one.penalty),
                **spread(_("Reward"), one.reward),
                **spread(_("Asymmetry"), one.asymmetry),
                _("Kind"): kind(one, say()),
                _("Outcomes before which it was rated"): one.rated,
            }
            for one in shown
        ]
    ).round(4)
