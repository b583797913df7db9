"""Success: revenue, where it came from and went, who stays, and what a customer is worth."""

from __future__ import annotations

from typing import Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app.parts.choice import choice
from journey.app.parts.facts import Fact, facts
from journey.app.parts.figure import chart, panel
from journey.app.parts.patience import patiently
from journey.app.parts.success_common import accounts, doubts, ends, note, of_whom
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, speaker
from journey.draw.accounts_words import money, unsaid
from journey.draw.cohorts import cohorts, shown
from journey.draw.revenue import NAMES, bridge, bridged, movements
from journey.draw.words import Say, interval, share
from journey.model import Measure
from journey.success.revenue import Cohort, RevenueMonth

__all__ = ["cohort_table", "found", "month_table", "show"]


@st.cache_resource(show_spinner=False, max_entries=64)
def found(view: View) -> jn.Revenue:
    """Revenue of the accounts looked at."""
    return jn.revenue(accounts(view))


def show(view: View) -> None:
    """Figures, the bridge, the months, the cohorts."""
    one = patiently(_("Adding up the revenue"), lambda: found(view), key=f"revenue-{hash(view)}")
    st.caption(plain(of_whom(view)))
    facts(_tiles(one))
    if one.months:
        _movements(view, one)
    if one.cohorts:
        _cohorts(view, one)
    for sentence in unsaid(one.missing, say()):
        st.caption(plain(sentence))
    _sources(one)
    doubts(view)


# --- figures at the top ------------------------------------------------------------------------------


def _tiles(one: jn.Revenue) -> list[Fact]:
    speak, currency = say(), one.currency
    paying = _("of {n:,} paying customers", n=one.customers or 0)
    form = ",.0f" if (one.arpu.value or 0) >= 1000 else ",.2f"
    listed = [
        Fact(_("MRR"), money(one.mrr, currency, speak), paying),
        Fact(_("ARPU, a month"), money(one.arpu.value, currency, speak), note(ends(one.arpu, form), paying)),
    ]
    if one.month is not None:
        of = _("of {n:,} customers on {day}", n=one.month.logo_churn.n, day=speak.day(one.month.start))
        listed.append(_share(_("Logo churn, last month"), one.month.logo_churn, of))
        if one.month.yearly_churn.value is not None:
            listed.append(
                _share(_("A year of such months"), one.month.yearly_churn, _("would leave: 1 − (1 − m)¹²"), form=".0%")
            )
    if one.year is not None:
        of = _("of {n:,} customers on {day}", n=one.year.customers, day=speak.day(one.year.start))
        churned = _("of {n:,} customers on {day}", n=one.year.logo_churn.n, day=speak.day(one.year.start))
        listed += [
            _share(_("Logo churn, a year"), one.year.logo_churn, churned),
            _share(_("Gross retention, a year"), one.year.grr, of),
            _share(_("Net retention, a year"), one.year.nrr, of),
        ]
    if one.month is None and one.churned.value is not None:
        listed.append(_share(_("Left while watched"), one.churned, _("of {n:,} accounts", n=one.churned.n)))
    if one.lifetime is not None:
        worth = one.lifetime
        listed.append(
            Fact(
                _("Lifetime value, {n:,} months", n=worth.months),
                money(worth.ltv.value, currency, speak),
                note(ends(worth.ltv, ",.0f"), _worth(worth)),
            )
        )
    return listed


def _worth(worth: jn.Lifetime) -> str:
    basis = _("revenue, not profit") if worth.margin == 1 else _("margin {share}", share=share(worth.margin, say()))
    return note(basis, _("discounted by {d} a year", d=share(worth.discount, say())))


def _share(name: str, measure: Measure, of: str, *, form: str = ".1%") -> Fact:
    return Fact(name, say().number(measure.value, form), note(ends(measure, form), of))


def _sources(one: jn.Revenue) -> None:
    """Logo churn by each source that tells it, where there are several."""
    for name, window in ((_("last month"), one.month), (_("last twelve months"), one.year)):
        if window is None or len(window.logo_churn_by) < 2:
            continue
        by = {"churn events": _("by churn events"), "churn dates": _("by churn dates"), "revenue": _("by revenue")}
        listed = "; ".join(
            _("{by} {churn} of {n:,}", by=by[source], churn=interval(m, ".1%", say()), n=m.n)
            for source, m in window.logo_churn_by.items()
        )
        st.caption(plain(_("Logo churn, {period}: {listed}.", period=name, listed=listed)))


# --- movements ---------------------------------------------------------------------------------------


def _movements(view: View, one: jn.Revenue) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown("#### " + _("Where the revenue came from, and where it went"))
        st.space("stretch")
        periods = {"year": _("Last twelve months"), "month": _("Last month"), "months": _("Month by month")}
        chosen = choice(_("Period"), periods, key="success_period", hidden=True)
    if chosen == "months":
        draw_it, alt = _months_figure(view, theme_name(), language()), _("Movements of MRR by month.")
    else:
        draw_it = _bridge_figure(view, chosen, theme_name(), language())
        alt = _alt(_period(one, chosen))
    panel(
        "success-movements",
        lambda: chart(draw_it, key="success-movements", alt=alt),
        table=lambda: month_table(one.months, say()),
        name="mrr-movements",
        note=_note(one, chosen),
    )


def _period(one: jn.Revenue, chosen: str) -> tuple[RevenueMonth, ...]:
    """The complete months that are bridged; where none is over yet, all there are."""
    complete = tuple(month for month in one.months if month.complete) or one.months
    return complete[-12:] if chosen == "year" else complete[-1:]


@st.cache_data(show_spinner=False, max_entries=64)
def _bridge_figure(view: View, chosen: str, theme: str, lang: str) -> go.Figure:
    one = found(view)
    return bridge(_period(one, chosen), currency=one.currency, theme=draw.theme(theme), say=speaker(lang))


@st.cache_data(show_spinner=False, max_entries=64)
def _months_figure(view: View, theme: str, lang: str) -> go.Figure:
    one = found(view)
    return movements(one.months[-36:], currency=one.currency, theme=draw.theme(theme), say=speaker(lang))


def _alt(months: tuple[RevenueMonth, ...]) -> str:
    sums = bridged(months)
    listed = "; ".join(f"{_(NAMES[name])} {say().number(value, ',.0f')}" for name, value in sums.items())
    return _("From MRR at the start to MRR at the end. {listed}.", listed=listed)


def _note(one: jn.Revenue, chosen: str) -> str:
    unit = _("Money in {currency}.", currency=plain(one.currency)) + " " if one.currency else ""
    if chosen == "months":
        return unit + _("Above the line what came, below it what went; the dots are the net change.")
    months = _period(one, chosen)
    heads = {
        "new": sum(month.customers_new for month in months),
        "back": sum(month.customers_back for month in months),
        "lost": sum(month.customers_lost for month in months),
    }
    told = _(
        "{start} to {end}: {new:,} customers came, {back:,} came back, {lost:,} stopped paying; {now:,} pay at "
        "the end.",
        start=say().day(months[0].month),
        end=_last_day(months[-1]),
        now=months[-1].customers_end,
        **heads,
    )
    return unit + told + " " + _("End = start + new + expansion + reactivation − contraction − churn.")


def _last_day(month: RevenueMonth) -> str:
    end = (pd.Timestamp(month.month) + pd.offsets.MonthEnd(0)).date()
    return say().day(end)


def month_table(months: tuple[RevenueMonth, ...], speak: Say) -> pd.DataFrame:
    """The months in numbers."""
    rows = []
    for one in months:
        row: dict[str, object] = {speak("Month"): f"{one.month:%Y-%m}", speak("Over"): one.complete}
        row |= {speak(label): round(getattr(one, name), 2) for name, label in NAMES.items()}
        row |= {
            speak("Customers at the start"): one.customers_start,
            speak("Customers at the end"): one.customers_end,
            speak("ARPU"): one.arpu.value,
            speak("Logo churn"): one.logo_churn.value,
            speak("Gross retention"): one.grr.value,
            speak("Net retention"): one.nrr.value,
        }
        rows.append(row)
    return pd.DataFrame(rows).round(4)


# --- cohorts -----------------------------------------------------------------------------------------


def _cohorts(view: View, one: jn.Revenue) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown("#### " + _("Who began together, and what is left of them"))
        st.space("stretch")
        kinds = {"retention": _("Customers"), "revenue": _("MRR")}
        what = choice(_("Counted in"), kinds, key="success_cohorts", hidden=True)
    kind: Literal["retention", "revenue"] = "revenue" if what == "revenue" else "retention"
    rows = shown(one.cohorts)
    panel(
        "success-cohorts",
        lambda: chart(
            _cohort_figure(view, kind, theme_name(), language()), key="success-cohorts", alt=_cohort_alt(rows, kind)
        ),
        table=lambda: cohort_table(one.cohorts, say()),
        name="cohorts",
        note=(
            _(
                "Percent of the customers who first paid in a month (their number beside it) that pay at the end of "
                "each month."
            )
            if kind == "retention"
            else _(
                "MRR at the end of each month in percent of what these customers first paid; above 100 they pay more."
            )
        )
        + " "
        + _("Hover for intervals (95%)."),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _cohort_figure(view: View, what: Literal["retention", "revenue"], theme: str, lang: str) -> go.Figure:
    one = found(view)
    return cohorts(one.cohorts, what=what, currency=one.currency, theme=draw.theme(theme), say=speaker(lang))


def _cohort_alt(rows: tuple[Cohort, ...], what: str) -> str:
    listed = "; ".join(
        f"{one.month:%Y-%m} {interval(getattr(one, what)[-1], '.0%', say())}" for one in rows if getattr(one, what)
    )
    return _("What is left of each cohort at the end of the last month. {listed}.", listed=listed)


def cohort_table(rows: tuple[Cohort, ...], speak: Say) -> pd.DataFrame:
    """The cohorts in numbers, one row a cohort and month."""
    listed = []
    for one in rows:
        for age, (kept, paid) in enumerate(zip(one.retention, one.revenue, strict=True)):
            row: dict[str, object] = {speak("Cohort"): f"{one.month:%Y-%m}", speak("Customers"): one.customers}
            row |= {speak("Months since"): age}
            for label, measure in ((speak("Customers that pay"), kept), (speak("MRR of the first"), paid)):
                row |= {
                    label: measure.value,
                    f"{label}, {speak('from')}": measure.low,
                    f"{label}, {speak('to')}": measure.high,
                }
            listed.append(row)
    return pd.DataFrame(listed).round(4)
