"""Success: how accounts are, in two numbers side by side, and what became of accounts like them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.facts import Fact, facts
from journey.app.parts.figure import chart, panel
from journey.app.parts.patience import patiently
from journey.app.parts.success_common import accounts, of_whom
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, speaker
from journey.draw.health import BAND_NAMES, PART_NAMES, bands
from journey.draw.health_words import order
from journey.draw.words import share
from journey.success.health import Health

__all__ = ["found", "risk", "show"]


@st.cache_resource(show_spinner=False, max_entries=32)
def risk(view: View) -> jn.Churn:
    """The forecast that health, quadrants and churn share."""
    return jn.churn(accounts(view), log=cached.log(view))


@st.cache_resource(show_spinner=False, max_entries=32)
def found(view: View) -> Health:
    return jn.health(risk(view))


def show(view: View) -> None:
    """The bands, and every account."""
    one = patiently(_("Learning from what became of accounts"), lambda: found(view), key=f"health-{hash(view)}")
    st.caption(plain(of_whom(view)))
    facts(_tiles(one))
    st.markdown("#### " + _("What became of accounts with such a score"))
    panel(
        "success-health",
        lambda: chart(_figure(view, theme_name(), language()), key="success-health", alt=_alt(one)),
        table=lambda: _bands(one),
        name="health-bands",
        note=plain(order(one, say())),
    )
    st.markdown("#### " + _("Accounts, lowest score first"))
    panel(
        "success-health-accounts",
        lambda: st.dataframe(_accounts(view, 12), hide_index=True, column_config=_columns()),
        table=lambda: _accounts(view, None),
        name="health-accounts",
        note=_(
            "The score is the mean of its parts, each from 0 to 1; what is missing is left out. The chance of leaving "
            "is learnt from earlier days: both are shown, because they can disagree."
        ),
    )


def _tiles(one: Health) -> list[Fact]:
    table, speak = one.accounts, say()
    score, chance = table["score"].median(), table["risk"].mean()
    low = int((table["score"] < one.bands[0].high).sum())
    return [
        Fact(_("Score of the middle account"), speak.number(float(score), ".0f"), _("of 100, high is good")),
        Fact(
            _("Mean chance of leaving"),
            share(float(chance), speak),
            _("within {days} days, learnt", days=one.horizon_days),
        ),
        Fact(_("At risk by score"), speak.number(low), _("of {n:,} accounts", n=len(table))),
        Fact(_("Known of the score"), share(one.coverage, speak), _("of its weights, on average")),
    ]


@st.cache_data(show_spinner=False, max_entries=64)
def _figure(view: View, theme: str, lang: str) -> go.Figure:
    return bands(found(view), theme=draw.theme(theme), say=speaker(lang))


def _bands(one: Health) -> pd.DataFrame:
    return pd.DataFrame(
        {
            _("Band"): [_(BAND_NAMES[band.name]) for band in one.bands],
            _("From"): [band.low for band in one.bands],
            _("Accounts now"): [band.accounts for band in one.bands],
            _("Stayed"): [band.stayed.value for band in one.bands],
            _("95% from"): [band.stayed.low for band in one.bands],
            _("95% to"): [band.stayed.high for band in one.bands],
            _("n"): [band.stayed.n for band in one.bands],
            _("Chance of leaving"): [band.risk for band in one.bands],
        }
    )


def _accounts(view: View, most: int | None) -> pd.DataFrame:
    """Accounts with both numbers and the parts of the score, lowest score first."""
    one = found(view)
    table = one.accounts.sort_values(["score", "risk"], ascending=[True, False])
    table = table if most is None else table.head(most)
    names = risk(view).panel.facts
    known = names[risk(view).panel.at == risk(view).panel.at.max()]
    shown = table.rename(columns={part: _(PART_NAMES[part]) for part in one.parts}).drop(columns=["acc", "coverage"])
    if "account" in known:
        ids = known.set_index("acc")["account"].reindex(table["acc"]).astype(str).to_list()
        shown.insert(0, _("Account"), ids)
    shown = shown.rename(columns={"score": _("Score"), "risk": _("Chance of leaving"), "mrr": _("MRR")})
    return shown.round(3)


def _columns() -> dict[str, Any]:
    return {
        _("Score"): st.column_config.ProgressColumn(min_value=0, max_value=100, format="%.0f"),
        _("Chance of leaving"): st.column_config.NumberColumn(format="percent"),
    }


def _alt(one: Health) -> str:
    told = [
        _("{band}: {share} stayed", band=_(BAND_NAMES[band.name]), share=share(band.stayed.value, say()))
        for band in one.bands
    ]
    return _("Share of accounts that stayed, by band of the score. {told}.", told="; ".join(told))
