"""Weights and costs that can be moved: what the ranking becomes, and how far it hangs on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.analysis.rank import WEIGHTS, rank
from journey.analysis.sensitivity import Sensitivity, sensitivity
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.figure import chart, panel
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.sensitivity import ranks, turns
from journey.draw.theme import COMPONENT_NAMES
from journey.draw.words import place, share
from journey.events.tally import tally
from journey.model import COMPONENTS, Friction, Measure, Tally

__all__ = ["moved", "weights"]

By = Literal["score", "burden"]
Settings = tuple[tuple[str, float], ...]  # a mapping that a cache can be keyed by
SHOWN: Final = 15


def weights(view: View, ranking: jn.Ranking) -> None:
    """Settings at the left, the ranking they make at the right, at once."""
    by: By = "burden" if _chosen() == "burden" else "score"
    names = [name for name in COMPONENTS if any(name in one.components for one in ranking)]
    given = {name: value for name, value in _given(view, by).items() if name in names}
    left, right = st.columns([1, 3], gap="large")
    with left:
        settings = _settings(by, given, cached.burden_unit(view, language()))
    with right:
        try:
            found, measured = moved(view, by, tuple(settings.items()))
            base, _measured = moved(view, by, tuple(given.items()))
        except jn.JourneyError as error:
            st.warning(sentence(error))
            return
        _said(found)
        _ranks(view, by, found, base, measured, settings != given)
        _turns(view, by, found)


def _chosen() -> str:
    by = choice(
        _("Which ranking"),
        {"score": _("Score, by weights"), "burden": _("Burden, by costs")},
        key="friction_by",
        hidden=True,
    )
    st.caption(
        _(
            "The score is the weighted mean of the severities: its ranking hangs on the weights, and says how bad one "
            "visit is. Only their proportions count."
        )
        if by == "score"
        else _(
            "The burden is visits × the severity above what is expected × its cost. No weight stands in it: its "
            "ranking hangs on the costs, and says how much it all comes to. Only their proportions count."
        )
    )
    return by


def _given(view: View, by: By) -> dict[str, float]:
    """The recipe's settings, and the usual ones where it is silent."""
    recipe = cached.log(view).recipe
    if by == "score":
        return {**WEIGHTS, **{str(k): float(v) for k, v in recipe.weights.items()}}
    return {**dict.fromkeys(COMPONENTS, 1.0), **{str(k): float(v) for k, v in recipe.costs.items()}}


def _settings(by: By, given: Mapping[str, float], unit: str) -> dict[str, float]:
    """A slider for each weight, a number for each cost; and the way back to what was given."""
    keys = {name: f"{'w' if by == 'score' else 'c'}_{name}" for name in given}

    def reset() -> None:
        st.session_state.update({keys[name]: value for name, value in given.items()})

    found = {}
    for name, value in given.items():
        label = _(COMPONENT_NAMES[name])
        if by == "score":
            found[name] = st.slider(
                label, 0.0, max(1.0, value), value, 0.05, key=keys[name], bind="query-params", persist_state="session"
            )
        else:
            found[name] = st.number_input(
                _("{name}, {unit}", name=label, unit=unit),
                0.0,
                1e12,
                value,
                max(1.0, value / 10),
                format="%g",
                key=keys[name],
                bind="query-params",
                persist_state="session",
            )
    changed = any(found[name] != given[name] for name in given)
    st.button(
        _("Back to the recipe's"),
        key=f"friction-reset-{by}",
        on_click=reset,
        disabled=not changed,
        icon=":material/undo:",
    )
    return {name: float(value) for name, value in found.items()}


@st.cache_resource(show_spinner=False, max_entries=8)
def _tally(view: View) -> Tally:
    return tally(cached.log(view), cached.friction(view).terms)


@st.cache_resource(show_spinner=False, max_entries=64)
def moved(view: View, by: By, settings: Settings) -> tuple[Sensitivity, Mapping[str, Measure]]:
    """The ranking by other weights or costs, how sensitive it is to them, and the measures behind the ranks.

    Severities and targets are those of the page's own ranking, so that with the recipe's settings its numbers come out.
    """
    targets = {name: value for one in cached.friction(view) for name, value in one.expected.items()}
    recipe = cached.log(view).recipe
    chosen = dict(settings)
    found: Sequence[Friction] = rank(
        _tally(view),
        weights=chosen if by == "score" else {str(k): float(v) for k, v in recipe.weights.items()},
        costs=chosen if by == "burden" else {str(k): float(v) for k, v in recipe.costs.items()},
        targets=targets,
    )
    measures = {str(one.at): one.score if by == "score" else one.burden for one in found}
    return sensitivity(found, by=by, given=chosen), measures


# --- what it comes to --------------------------------------------------------------------------------


def _said(found: Sensitivity) -> None:
    """In sentences: how far the top and the order hold, and which setting moves them most."""
    if not found.places:
        return
    pairs = [None if x is None else (1 + x) / 2 for x in (found.agreement.value, found.agreement.low)]
    told = [
        _(
            "**{names}** are the three worst as set. They are the same three in {same} of {n:,} draws, and {first} is "
            "the worst in {same_first}.",
            names=plain(", ".join(place(one.at) for one in found.places[:3])),
            same=share(found.same_top, say()),
            n=found.agreement.n,
            first=plain(place(found.places[0].at)),
            same_first=share(found.same_first, say()),
        ),
        _(
            "Of all pairs, {middle} keep their order in the median draw, and {low} or more in 39 of 40.",
            middle=share(pairs[0], say()),
            low=share(pairs[1], say()),
        ),
    ]
    if found.turns:
        worst = found.turns[0]
        told.append(
            _("What moves it most: **{name}**.", name=_(COMPONENT_NAMES[worst.component])),
        )
    st.markdown(" ".join(told))


def _ranks(
    view: View,
    by: By,
    found: Sensitivity,
    base: Sensitivity,
    measured: Mapping[str, Measure],
    changed: bool,
) -> None:
    before = {str(one.at): one.rank for one in base.places}
    note = (
        _(
            "Weights are drawn around those set: a weight of .25 lies between .09 and .46 in 95% of the draws, one of "
            ".10 between .01 and .26. The severities are held; how sure those are is in the ranking's own intervals."
        )
        if by == "score"
        else _(
            "Each cost is drawn around the one set: between half and double in 95% of the draws. The severities are "
            "held; how sure those are is in the ranking's own intervals."
        )
    )
    panel(
        "friction-weights",
        lambda: chart(
            _ranks_figure(view, by, tuple(found.given.items()), changed, theme_name(), language()),
            key="friction-weights-figure",
            alt=_alt(found),
        ),
        table=lambda: _ranks_table(found, before, measured, by),
        name=f"sensitivity-{by}",
        note=note,
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _ranks_figure(view: View, by: By, settings: Settings, changed: bool, theme: str, lang: str) -> go.Figure:
    found, measured = moved(view, by, settings)
    given = {name: value for name, value in _given(view, by).items() if name in found.given}
    base, _rest = moved(view, by, tuple(given.items()))
    before = {str(one.at): one.rank for one in base.places} if changed else None
    say = speaker(lang)
    return ranks(found, top=SHOWN, before=before, values=measured, theme=draw.theme(theme), say=say)


def _ranks_table(
    found: Sensitivity, before: Mapping[str, int], measured: Mapping[str, Measure], by: By
) -> pd.DataFrame:
    value = _("Score") if by == "score" else _("Burden")
    rows = []
    for one in found.places:
        measure = measured[str(one.at)]
        rows.append(
            {
                _("Touchpoint"): place(one.at),
                _("Rank"): one.rank,
                _("Rank in the recipe"): before.get(str(one.at)),
                _("Rank 95% from"): one.low,
                _("Rank 95% to"): one.high,
                _("Among the 3 worst"): one.p_top3,
                value: measure.value,
                _("95% from"): measure.low,
                _("95% to"): measure.high,
                _("Visits"): measure.n,
            }
        )
    return pd.DataFrame(rows).round(3)


def _alt(found: Sensitivity) -> str:
    listed = "; ".join(
        _("{rank}. {name}: {low}–{high}", rank=one.rank, name=place(one.at), low=one.low, high=one.high)
        for one in found.places[:SHOWN]
    )
    return _("Ranks as set, with the range over 95% of the draws. {listed}.", listed=listed)


def _turns(view: View, by: By, found: Sensitivity) -> None:
    if not found.turns:
        return
    st.markdown("**" + _("Which component moves it most") + "**")
    panel(
        "friction-turns",
        lambda: chart(
            _turns_figure(view, by, tuple(found.given.items()), theme_name(), language()),
            key="friction-turns-figure",
            alt=_turns_alt(found),
        ),
        table=lambda: _turns_table(found),
        name=f"sensitivity-components-{by}",
        note=_(
            "Share of the pairs of touchpoints that keep their order when a component is left out, or counts double."
        ),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _turns_figure(view: View, by: By, settings: Settings, theme: str, lang: str) -> go.Figure:
    found, _rest = moved(view, by, settings)
    return turns(found, theme=draw.theme(theme), say=speaker(lang))


def _turns_alt(found: Sensitivity) -> str:
    return "; ".join(
        _("{name} {kept}", name=_(COMPONENT_NAMES[turn.component]), kept=share((1 + turn.least) / 2, say()))
        for turn in found.turns
    )


def _turns_table(found: Sensitivity) -> pd.DataFrame:
    rows = []
    for turn in found.turns:
        for change, what in ((turn.dropped, _("left out")), (turn.doubled, _("doubled"))):
            if change is not None:
                rows.append(
                    {
                        _("Component"): _(COMPONENT_NAMES[turn.component]),
                        _("Change"): what,
                        _("Pairs that keep their order"): (1 + change.agreement) / 2,
                        _("The three worst"): ", ".join(place(at) for at in change.top),
                        _("Moves most"): place(change.moved),
                        _("Rank before"): change.before,
                        _("Rank after"): change.after,
                    }
                )
    return pd.DataFrame(rows).round(3)
