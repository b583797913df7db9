"""Friction: where it hurts most, why, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

import journey as jn
from journey.app import cached
from journey.app.parts.figure import show
from journey.app.parts.terms import terms
from journey.app.state import Source, clicked, picked_row, theme_name
from journey.app.text import _, language, plain, say
from journey.draw import interval, place, why
from journey.draw.theme import COMPONENT_NAMES

__all__ = ["alt", "page", "table"]

FEW = 12


def page(source: Source, go_to: Callable[[str], None]) -> None:
    """Show the page. `go_to` opens a touchpoint's own page."""
    ranking = cached.friction(source)
    unit = cached.burden_unit(source, language())
    st.markdown("### " + _("Where it hurts most"))
    if not ranking:
        st.info(_("No touchpoint could be judged."))
        return
    _worst(ranking[:3], unit, go_to)
    st.markdown("### " + _("Ranking"))
    many = len(ranking) > FEW
    everything = many and st.toggle(_("All {n} touchpoints", n=len(ranking)), key="all", bind="query-params")
    top = len(ranking) if everything or not many else FEW
    st.caption(_("Burden and score with 95% intervals; n is visits. Click a bar or a dot to open the touchpoint."))
    figure = cached.ranking(source, top, theme_name(), language())
    event = show(figure, alt=alt(ranking[:top]), key="ranking", clickable=True)
    names = [place(one.at) for one in ranking]
    if name := clicked(event, names):
        go_to(name)
    with st.expander(_("As a table")):
        picked = st.dataframe(
            table(ranking[:top], unit),
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row",
            key="table",
            height="content",
            alt=_("Friction of each touchpoint with its intervals and components"),
        )
        if name := picked_row(picked, names):
            go_to(name)
    st.caption(terms(ranking))


def _worst(worst: Sequence[jn.Friction], unit: str, go_to: Callable[[str], None]) -> None:
    """The three worst: one card each, with a sentence on why."""
    for one, column in zip(worst, st.columns(3), strict=False):
        name = place(one.at)
        with column.container(border=True, height="stretch"):
            st.markdown(f"**{one.rank}   {plain(name)}**")
            st.metric(
                _("Burden, {unit}", unit=unit),
                "–" if one.burden.value is None else f"{one.burden.value:,.0f}",
                help=_("Visits × excess over the expected severity × its cost, added over the components."),
            )
            st.caption(
                _(
                    "95% interval {low:,.0f}–{high:,.0f} · n {n:,} visits · "
                    "among the three worst in {top:.0%} of draws",
                    low=one.burden.low or 0,
                    high=one.burden.high or 0,
                    n=one.burden.n,
                    top=one.p_top3,
                )
            )
            st.markdown(plain(why(one, say())))
            if st.button(_("Open"), key=f"open-{one.rank}", help=name):
                go_to(name)


def table(found: Sequence[jn.Friction], unit: str) -> pd.DataFrame:
    """The ranking as a table: what the figure shows, in numbers."""
    rows = []
    for one in found:
        row: dict[str, object] = {
            _("Rank"): one.rank,
            _("Touchpoint"): place(one.at),
            _("Burden, {unit}", unit=unit): interval(one.burden, ",.0f"),
            _("Among the 3 worst"): f"{one.p_top3:.0%}",
            _("Score"): interval(one.score, ".1f"),
        }
        row |= {_(label): one.contributions.get(name) for name, label in COMPONENT_NAMES.items()}
        row |= {_("Visits"): one.score.n, _("Weights observed"): f"{one.coverage:.0%}"}
        rows.append(row)
    return pd.DataFrame(rows).dropna(axis="columns", how="all").round(1)


def alt(found: Sequence[jn.Friction]) -> str:
    """The figure in words."""
    listed = "; ".join(
        _(
            "{rank}. {name}: burden {burden}, score {score}",
            rank=one.rank,
            name=place(one.at),
            burden=interval(one.burden, ",.0f"),
            score=interval(one.score, ".1f"),
        )
        for one in found
    )
    return _("Touchpoints by burden, worst first, with score and components. {listed}.", listed=listed)
