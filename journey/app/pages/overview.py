"""Overview: how the journey does, where it hurts most, how it feels, and what changed. One screen."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.analysis import compare_periods
from journey.analysis.compare_periods import Changes, Pulse
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.drawer import cases_button, open_touchpoint
from journey.app.parts.figure import chart, panel, show_table
from journey.app.state import View, clicked, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.compare_words import apart, title, verdict
from journey.draw.overview import emotion, emotion_alt, felt
from journey.draw.overview_tiles import compared, counted_when, period_name, shown, tiles
from journey.draw.overview_words import by_touchpoint, changed, costs, hurts
from journey.draw.words import place, span
from journey.events import trend
from journey.model import Measure

__all__ = ["changes_table", "emotion_table", "missing", "page", "trend_table"]

WORST = 3
MOVED = 4  # touchpoints that are listed as changed; the others stand in the table
CLICKS = "overview-clicks"
WHY = ":material/search:"


def page(view: View) -> None:
    """Show the page."""
    log, journey = cached.log(view), cached.journey(view)
    with st.container(gap="small"):
        figures = st.container()
        left, right = st.columns([6, 5], gap="large")
        with left, st.container(gap="xsmall"):
            _worst(view, log, journey)
        with right, st.container(gap="xsmall"):
            unit = _changed(view)
        with figures:
            found = _figures(view, unit)
        _emotion(view, journey)
        for told in (counted_when(found, say()), missing(log, journey)):
            if told:
                st.caption(told)


# --- cached results ------------------------------------------------------------------------------


@st.cache_resource(show_spinner=False, max_entries=64)
def _units(view: View) -> tuple[str, ...]:
    """The units of which the log covers two whole periods, shortest first."""
    log = cached.opened(view.source)
    return tuple(unit for unit in trend.UNITS if len(trend.periods(log, unit)) >= 2)


@st.cache_resource(show_spinner=False, max_entries=64)
def _pulse(view: View, unit: str | None) -> Pulse:
    return compare_periods.pulse(cached.log(view), unit=unit)


@st.cache_resource(show_spinner=False, max_entries=64)
def _changes(view: View, unit: str) -> Changes:
    return compare_periods.changes(cached.log(view), unit=unit)


@st.cache_data(show_spinner=False, max_entries=128)
def _tiles(view: View, unit: str | None, theme: str, lang: str) -> str:
    return tiles(_pulse(view, unit), cached.journey(view), theme=draw.theme(theme), say=speaker(lang))


@st.cache_data(show_spinner=False, max_entries=128)
def _curve(view: View, theme: str, lang: str) -> go.Figure:
    return emotion(cached.journey(view), theme=draw.theme(theme), say=speaker(lang))


@st.cache_data(show_spinner=False, max_entries=128)
def _months(view: View) -> float | None:
    return trend.months(cached.log(view))


# --- the figures of the journey ------------------------------------------------------------------


def _figures(view: View, unit: str | None) -> Pulse:
    found = _pulse(view, unit)
    panel(
        "overview-figures",
        lambda: st.html(_tiles(view, unit, theme_name(), language())),
        table=lambda: trend_table(found),
        name="overview",
        note=compared(found, say()),
    )
    return found


def trend_table(found: Pulse) -> pd.DataFrame:
    """Every figure by period, with its interval and n."""
    rows: list[dict[str, object]] = []
    for line in shown(found):
        for at, (period, point) in enumerate(line.points):
            rows.append(
                {
                    _("Figure"): title(line.of, say()),
                    _("Period"): period_name(period, say()),
                    _("From"): period.start,
                    **_spread(point),
                    _("Final"): _("yes") if at < line.settled else _("no"),
                }
            )
    return pd.DataFrame(rows)


def _spread(measure: Measure) -> dict[str, object]:
    return {_("Value"): measure.value, _("Low"): measure.low, _("High"): measure.high, _("n"): measure.n}


# --- where it hurts most -------------------------------------------------------------------------


def _worst(view: View, log: jn.EventLog, journey: jn.Journey) -> None:
    st.markdown("#### " + _("Where it hurts most"))
    try:
        found = cached.friction(view)
    except jn.JourneyError as error:
        st.info(sentence(error))
        return
    worst = [one for one in found[:WORST] if one.burden.value]
    if not worst:
        st.info(_("Nothing exceeds what is expected."))
        return
    unit = cached.burden_unit(view, language())
    months = _months(view)
    for one in worst:
        _one(one, log, journey, costs(one, unit=unit, months=months, say=say()))


def _one(one: jn.Friction, log: jn.EventLog, journey: jn.Journey, burden: str) -> None:
    """One of the worst: what is wrong and what it costs, why, and whose cases these are."""
    name = place(one.at)
    told = hurts(one, costs=dict[str, float](log.recipe.costs.items()), scales=journey.scales, say=say())
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"overview-worst-{one.rank}"):
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{one.rank}. {plain(name)}:** {plain(told[0])}")
            st.caption(" · ".join(plain(text) for text in (burden, *told[1:])))
        with st.container(horizontal=True, gap="small", vertical_alignment="center", width="content"):
            _why(name, key=f"overview-why-{one.rank}")
            cases_button(
                _("{n:,} cases", n=journey[name].cases),
                ("met", name),
                title=_("Cases that met {touchpoint}", touchpoint=name),
                key=f"overview-cases-{one.rank}",
            )


# --- what changed --------------------------------------------------------------------------------


def _changed(view: View) -> str | None:
    """What changed since the last period; returns the unit that is compared by."""
    units = _units(view)
    names = {"week": _("Weeks"), "month": _("Months"), "quarter": _("Quarters")}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        heading = st.container(width="stretch")
        unit = None
        if units:
            usual = trend.pace(cached.opened(view.source))
            options = {code: names[code] for code in units}
            unit = choice(_("Compare"), options, key="overview_period", default=usual, hidden=True)
    if unit is None:
        heading.markdown("#### " + _("What changed"))
        st.info(_("The events do not span two whole periods, so there is nothing to compare with."))
        return None
    found = _changes(view, unit)
    heading.markdown("#### " + _("What changed since {period}", period=period_name(found.before, say())))
    _list(found)
    return unit


def _list(found: Changes) -> None:
    moved = by_touchpoint(found.clear)
    if not moved:
        st.markdown(
            _(
                "Nothing moved clearly between {before} and {last}.",
                before=period_name(found.before, say()),
                last=period_name(found.last, say()),
            )
        )
    for name, differences in list(moved.items())[:MOVED]:
        worse = sum(one.better == "b" for one in differences) >= sum(one.better == "a" for one in differences)
        mark = f":red[▼ {_('worse')}]" if worse else f":blue[▲ {_('better')}]"
        told = "; ".join(changed(one, say()) for one in differences)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width="stretch"):
                st.markdown(f"{mark} **{plain(name)}:** {plain(told)}")
            _why(name, key=f"overview-changed-{name}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch"):
            st.caption(
                _(
                    "{last} against {before}, by the day of the visit; clear after correcting for {n} comparisons.",
                    last=period_name(found.last, say()),
                    before=period_name(found.before, say()),
                    n=sum(one.p is not None for one in found.found),
                ),
                help=_(
                    "Exits, returns and calls for help count for visits that were followed for {window}.",
                    window=span(found.window_s, say()),
                ),
            )
        with st.popover(_("All"), icon=":material/table:", type="tertiary"):
            show_table(changes_table(found), key="overview-changes")


def _why(name: str, *, key: str) -> None:
    """The way to the causes at a touchpoint."""
    about = _("Why: {touchpoint}", touchpoint=plain(name))
    st.button(_("Why"), key=key, on_click=open_touchpoint, args=(name,), help=about, type="tertiary", icon=WHY)


def changes_table(found: Changes) -> pd.DataFrame:
    """Every comparison of the two periods."""
    last, before = period_name(found.last, say()), period_name(found.before, say())
    return pd.DataFrame(
        [
            {
                _("Touchpoint"): str(one.at),
                _("Measure"): title(one.of, say()),
                before: one.b.value,
                last: one.a.value,
                _("Difference"): apart(one, say()),
                _("Verdict"): verdict(one, say()),
                _("n before"): one.b.n,
                _("n now"): one.a.n,
            }
            for one in found.found
        ]
    )


# --- how it feels --------------------------------------------------------------------------------


def _emotion(view: View, journey: jn.Journey) -> None:
    if not felt(journey):
        return
    st.markdown("#### " + _("How it feels along the way"))
    clicks = st.session_state.setdefault(CLICKS, 0)
    scale = journey.scales["satisfaction"]
    event = panel(
        "overview-emotion",
        lambda: chart(
            _curve(view, theme_name(), language()),
            alt=emotion_alt(journey, say()),
            key=f"overview-emotion-{clicks}",
            clickable=True,
        ),
        table=lambda: emotion_table(journey),
        name="emotion",
        note=_(
            "Satisfaction, {low:g}–{high:g}, as −2 (the worst answer there is) to +2 (the best). Band: 95% interval; a "
            "dot is larger the more answers it has. Click a dot to see why.",
            low=scale.low,
            high=scale.high,
        ),
    )
    if name := clicked(event, [one.name for one in journey.touchpoints]):
        # A fresh figure, so that the same dot can be clicked again.
        st.session_state[CLICKS] = clicks + 1
        open_touchpoint(name)
        st.rerun()


def emotion_table(journey: jn.Journey) -> pd.DataFrame:
    """The curve in numbers, with those touchpoints that nobody was asked about."""
    points = {one.name: one for one in felt(journey)}
    rows = []
    for touchpoint in journey.touchpoints:
        one = points.get(touchpoint.name)
        rows.append(
            {
                _("Stage"): touchpoint.stage,
                _("Touchpoint"): touchpoint.name,
                _("Emotion"): None if one is None else round(one.value, 3),
                _("Low"): None if one is None else round(one.low, 3),
                _("High"): None if one is None else round(one.high, 3),
                _("Answers"): 0 if one is None else one.n,
            }
        )
    return pd.DataFrame(rows)


def missing(log: jn.EventLog, journey: jn.Journey) -> str:
    """What this overview lacks, for the data do not tell it, and how to mend that."""
    lacks = []
    if not journey.goal:
        lacks.append(_("no goal is named, so there is no goal rate and leaving is not judged"))
    if "satisfaction" not in log.rated:
        lacks.append(_("satisfaction was not asked at touchpoints, so there is no CSAT and no emotion curve"))
    if "effort" not in log.rated:
        lacks.append(_("effort was not asked at touchpoints"))
    if not journey.nps.n:
        lacks.append(_("NPS was not asked"))
    if not log.timed:
        lacks.append(_("the tables tell no times, so there is no trend"))
    return _("Missing here: {what}.", what="; ".join(lacks)) if lacks else ""
