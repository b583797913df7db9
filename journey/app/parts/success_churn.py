"""Success: who may leave, how well that can be told, what goes with it, and the revenue at risk."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.clicks import clickable
from journey.app.parts.facts import Fact, facts
from journey.app.parts.figure import chart, panel
from journey.app.parts.patience import patiently
from journey.app.parts.success_common import accounts, ends, of_whom
from journey.app.parts.success_health import risk
from journey.app.parts.success_stay import stay
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, speaker
from journey.draw.accounts_words import amount
from journey.draw.churn import calibration, factors, stakes
from journey.draw.churn_words import calibrated, drawn_from, factor, reason, told_apart
from journey.draw.words import share
from journey.errors import JourneyError

__all__ = ["at_risk", "show"]

FACTORS = 12
RISKY = 12


@st.cache_resource(show_spinner=False, max_entries=32)
def at_risk(view: View) -> jn.AtRisk | None:
    """Revenue at risk; None where no MRR is told."""
    try:
        return jn.at_risk(risk(view), currency=accounts(view).currency)
    except JourneyError:
        return None


def show(view: View) -> None:
    """Figures, whether they can be trusted, what goes with leaving, money by touchpoint, accounts at highest risk."""
    found = patiently(_("Learning from what became of accounts"), lambda: risk(view), key=f"churn-{hash(view)}")
    money = at_risk(view)
    st.caption(plain(of_whom(view)))
    facts(_tiles(found, money))
    st.markdown("#### " + _("Can it be told?"))
    panel(
        "success-churn-bands",
        lambda: chart(_bands(view, theme_name(), language()), key="success-churn-bands", alt=_alt(found)),
        table=lambda: _band_table(found),
        name="churn-calibration",
        note=plain(f"{calibrated(found.quality.slope, say())} {drawn_from(found, say())}"),
    )
    st.markdown("#### " + _("What goes with leaving"))
    panel(
        "success-churn-factors",
        lambda: chart(_factors(view, theme_name(), language()), key="success-churn-factors", alt=_alt_factors(found)),
        table=lambda: _factor_table(found),
        name="churn-factors",
        note=_(
            "Odds ratios with 95% intervals, all else as it is; hollow: does not stand out. Lately is the last thirty "
            "days. What goes with leaving need not cause it."
        ),
    )
    if money is not None and money.stakes:
        _money(view, money)
    st.markdown("#### " + _("Accounts at highest risk"))
    panel(
        "success-churn-accounts",
        lambda: st.dataframe(_risky(found, RISKY), hide_index=True, column_config=_columns()),
        table=lambda: _risky(found, None),
        name="churn-accounts",
        note=_(
            "Why: what raises the chance above that of an average account, most first. Lately is the last thirty days."
        ),
    )
    if accounts(view).as_of is not None and cached.log(view).touchpoints:
        stay(view)


def _tiles(found: jn.Churn, money: jn.AtRisk | None) -> list[Fact]:
    speak = say()
    tiles = [
        Fact(
            _("Expected to leave"),
            speak.number(found.expected.value, ",.0f"),
            _("of {n:,} accounts", n=found.expected.n) + " · " + ends(found.expected, ",.0f"),
        ),
        Fact(_("Told apart (AUC)"), share(found.quality.auc.value, speak), ends(found.quality.auc, ".0%")),
        Fact(
            _("Highest tenth, times as many left"),
            speak.number(found.quality.lift.value, ".1f"),
            ends(found.quality.lift, ".1f"),
        ),
    ]
    if money is not None:
        told = amount(money.revenue, money.currency, speak).split(" (")[0]
        note = _("a month, within {days} days", days=money.horizon_days) + " · " + ends(money.revenue, ",.0f")
        tiles.insert(1, Fact(_("Revenue at risk, {currency}", currency=money.currency or ""), told, note))
    return tiles


@st.cache_data(show_spinner=False, max_entries=64)
def _bands(view: View, theme: str, lang: str) -> go.Figure:
    return calibration(risk(view).quality.bands, theme=draw.theme(theme), say=speaker(lang))


@st.cache_data(show_spinner=False, max_entries=64)
def _factors(view: View, theme: str, lang: str) -> go.Figure:
    return factors(risk(view).factors[:FACTORS], theme=draw.theme(theme), say=speaker(lang))


@st.cache_data(show_spinner=False, max_entries=64)
def _stakes(view: View, theme: str, lang: str) -> go.Figure:
    money = at_risk(view)
    assert money is not None  # else the figure is not asked for
    return stakes(money.stakes[:FACTORS], money, theme=draw.theme(theme), say=speaker(lang))


def _money(view: View, money: jn.AtRisk) -> None:
    st.markdown("#### " + _("Revenue at risk associated with friction, by touchpoint"))
    panel(
        "success-churn-stakes",
        lambda: clickable(
            _stakes(view, theme_name(), language()),
            key="success-churn-stakes",
            alt=_("Monthly revenue at risk associated with friction at each touchpoint, with intervals."),
            places=[one.at for one in money.stakes],
        ),
        table=lambda: _stake_table(money),
        name="revenue-at-risk",
        note=_(
            "Against the middle friction of those who met it: associated with, not caused by. Touchpoints don't add "
            "up; where the interval holds 0, nothing stands out."
        ),
    )


def _band_table(found: jn.Churn) -> pd.DataFrame:
    rows = found.quality.bands
    return pd.DataFrame(
        {
            _("Chance told"): [one.told for one in rows],
            _("Left"): [one.left.value for one in rows],
            _("95% from"): [one.left.low for one in rows],
            _("95% to"): [one.left.high for one in rows],
            _("n"): [one.left.n for one in rows],
        }
    )


def _factor_table(found: jn.Churn) -> pd.DataFrame:
    rows = found.factors
    return pd.DataFrame(
        {
            _("What goes with leaving"): [factor(one, say()) for one in rows],
            _("Odds ×"): [one.odds.value for one in rows],
            _("95% from"): [one.odds.low for one in rows],
            _("95% to"): [one.odds.high for one in rows],
            _("Clear"): [one.clear for one in rows],
        }
    )


def _stake_table(money: jn.AtRisk) -> pd.DataFrame:
    rows = money.stakes
    return pd.DataFrame(
        {
            _("Touchpoint"): [one.at for one in rows],
            _("Revenue at risk a month"): [one.revenue.value for one in rows],
            _("95% from"): [one.revenue.low for one in rows],
            _("95% to"): [one.revenue.high for one in rows],
            _("Accounts above the target"): [one.revenue.n for one in rows],
            _("Accounts"): [one.accounts for one in rows],
            _("Clear"): [one.clear for one in rows],
        }
    )


def _risky(found: jn.Churn, most: int | None) -> pd.DataFrame:
    """Accounts with the highest chance first; why is told of those that are shown."""
    rows = found.scores.sort_values("risk", ascending=False)
    rows = rows.head(200 if most is None else most)
    why = ["; ".join(reason(one, say()) for one in found.reasons(int(acc))) for acc in rows["acc"]]
    return pd.DataFrame(
        {
            _("Account"): rows["account"].astype(str).to_list(),
            _("Chance of leaving"): rows["risk"].round(3).to_list(),
            _("MRR"): rows["mrr"].to_list(),
            _("Why"): why,
        }
    )


def _columns() -> dict[str, Any]:
    return {_("Chance of leaving"): st.column_config.NumberColumn(format="percent")}


def _alt(found: jn.Churn) -> str:
    return told_apart(found.quality.auc, say()) + " " + calibrated(found.quality.slope, say())


def _alt_factors(found: jn.Churn) -> str:
    first = "; ".join(factor(one, say()) for one in found.factors[:3])
    return _("Odds of leaving by feature. Strongest: {first}.", first=first)
