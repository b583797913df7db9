"""Success: every account by how it feels and what it achieves, what became of each quadrant, and where to begin."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from journey import draw
from journey.app import cached
from journey.app.parts.figure import chart, panel
from journey.app.parts.patience import patiently
from journey.app.parts.success_common import accounts, of_whom
from journey.app.parts.success_health import risk
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, speaker
from journey.draw.health import QUADRANT_NAMES, feels_achieves
from journey.draw.health_words import advice, because
from journey.draw.words import share
from journey.success.advice import Advice, advise
from journey.success.quadrant import Quadrants, quadrants
from journey.success.standing import facts_of

__all__ = ["found", "show"]


@st.cache_resource(show_spinner=False, max_entries=32)
def found(view: View) -> Quadrants:
    return quadrants(risk(view))


@st.cache_resource(show_spinner=False, max_entries=32)
def first(view: View) -> Advice:
    return advise(facts_of(accounts(view), cached.log(view)))


def show(view: View) -> None:
    """The quadrants, and the advice."""
    one = patiently(_("Learning from what became of accounts"), lambda: found(view), key=f"quadrant-{hash(view)}")
    st.caption(plain(of_whom(view)))
    panel(
        "success-quadrant",
        lambda: chart(_figure(view, theme_name(), language()), key="success-quadrant", alt=_alt(one)),
        table=lambda: _table(one),
        name="feels-achieves",
        note=_(
            "Feeling well begins at {feels} of the scales, achieving at {achieves}: the middle accounts. {n:,} "
            "accounts told too little to be placed. The area of a mark is its MRR.",
            feels=share(one.feels_cut, say()),
            achieves=share(one.achieves_cut, say()),
            n=one.unplaced,
        ),
    )
    st.markdown("#### " + _("What became of each quadrant"))
    st.dataframe(_table(one), hide_index=True, column_config=_columns())
    st.caption(
        _(
            "Stayed: of accounts on earlier days, share still there {days} days later, with its 95% interval. "
            "Association is not cause.",
            days=one.horizon_days,
        )
    )
    _advice(first(view))


def _advice(one: Advice) -> None:
    st.markdown("#### " + _("Where to begin"))
    with st.container(border=True):
        st.markdown("**" + plain(advice(one, say())) + "**")
        st.markdown("\n".join(f"- {plain(because(reason, say()))}" for reason in one.reasons))
        st.caption(
            _(
                "Thresholds are conventions, not estimates; {share} of the facts are known.",
                share=share(one.known, say()),
            )
        )


@st.cache_data(show_spinner=False, max_entries=64)
def _figure(view: View, theme: str, lang: str) -> go.Figure:
    return feels_achieves(found(view), theme=draw.theme(theme), say=speaker(lang))


def _table(one: Quadrants) -> pd.DataFrame:
    rows = one.quadrants
    return pd.DataFrame(
        {
            _("Quadrant"): [_(QUADRANT_NAMES[row.name]) for row in rows],
            _("Accounts now"): [row.accounts for row in rows],
            _("Share"): [row.share for row in rows],
            _("MRR"): [row.mrr for row in rows],
            _("Chance of leaving"): [row.risk for row in rows],
            _("Stayed"): [row.stayed.value for row in rows],
            _("95% from"): [row.stayed.low for row in rows],
            _("95% to"): [row.stayed.high for row in rows],
            _("n"): [row.stayed.n for row in rows],
        }
    )


def _columns() -> dict[str, Any]:
    percent = st.column_config.NumberColumn(format="percent")
    shares = (_("Share"), _("Chance of leaving"), _("Stayed"), _("95% from"), _("95% to"))
    return {**dict.fromkeys(shares, percent), _("MRR"): st.column_config.NumberColumn(format="localized")}


def _alt(one: Quadrants) -> str:
    told = [_("{name}: {n:,} accounts", name=_(QUADRANT_NAMES[row.name]), n=row.accounts) for row in one.quadrants]
    return _("Accounts by how they feel and what they achieve. {told}.", told="; ".join(told))
