"""Touchpoint: everything measured at one place."""

from __future__ import annotations

import streamlit as st

import journey as jn
from journey.app import cached
from journey.app.parts.figure import show
from journey.app.parts.steps import around, bounds
from journey.app.state import TOUCHPOINT, Source, chosen, theme_name
from journey.app.text import _, language, plain, say
from journey.draw import Step, interval, why

__all__ = ["answered", "page", "told"]


def page(source: Source) -> None:
    """Show the page of the chosen touchpoint; of the worst where none is chosen."""
    journey = cached.journey(source)
    ranking = _ranking(source)
    names = [touchpoint.name for touchpoint in journey.touchpoints]
    first = str(ranking[0].at) if ranking else names[0]
    st.session_state[TOUCHPOINT] = chosen(names, first)
    name = st.selectbox(_("Touchpoint"), names, key=TOUCHPOINT, bind="query-params", width=420)
    touchpoint = journey[name]
    one = next((found for found in ranking or () if found.at == name), None)
    if one:
        st.markdown(plain(why(one, say())))
    _numbers(touchpoint, one, source, len(ranking or ()))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("#### " + _("What customers said"))
        _said(source, journey, touchpoint)
    with right:
        st.markdown("#### " + _("Where the friction comes from"))
        _friction(source, one)
    st.markdown("#### " + _("What comes before and after"))
    before, after = around(journey, name, say=say())
    show(
        cached.steps(source, name, theme_name(), language()),
        key=f"steps-{name}",
        alt=_("Before {name}: {before}. After: {after}.", name=name, before=told(before), after=told(after)),
    )
    st.caption(
        _(
            "Shares of all {n:,} visits, with the number of moves; "
            "the interval (95%, Wilson) takes moves as independent.",
            n=touchpoint.visits,
        )
    )


def _ranking(source: Source) -> jn.Ranking | None:
    try:
        return cached.friction(source)
    except jn.JourneyError as error:
        st.info(plain(error))
        return None


def _numbers(touchpoint: jn.Touchpoint, one: jn.Friction | None, source: Source, of: int) -> None:
    facts = [
        (_("Stage"), touchpoint.stage or "–", ", ".join(touchpoint.channels) or "–"),
        (_("Cases"), f"{touchpoint.cases:,}", _("{n:,} visits", n=touchpoint.visits)),
        (
            _("Ends here"),
            f"{touchpoint.ends / touchpoint.visits:.1%}" if touchpoint.visits else "–",
            _("{ends:,} of {visits:,} visits", ends=touchpoint.ends, visits=touchpoint.visits),
        ),
        (
            _("Response rate"),
            "–" if touchpoint.response_rate is None else f"{touchpoint.response_rate:.1%}",
            _("of {n:,} visits", n=touchpoint.visits),
        ),
    ]
    if one and one.burden.value is not None:
        unit = cached.burden_unit(source, language())
        facts += [
            (_("Burden, {unit}", unit=unit), f"{one.burden.value:,.0f}", _range(one.burden, ",.0f")),
            (_("Friction score"), f"{one.score.value:.1f}", _range(one.score, ".1f")),
            (
                _("Rank"),
                _("{rank} of {of}", rank=one.rank, of=of),
                _("95%: {low}–{high}", low=one.rank_low, high=one.rank_high),
            ),
        ]
    for (label, value, note), column in zip(facts, st.columns(len(facts)), strict=True):
        with column.container(gap=None):
            st.metric(label, value)
            st.caption(note)


def _range(measure: jn.Measure, form: str) -> str:
    return f"95%: {format(measure.low, form)}–{format(measure.high, form)} · n {measure.n:,}"


def _said(source: Source, journey: jn.Journey, touchpoint: jn.Touchpoint) -> None:
    if touchpoint.satisfaction.value is None and touchpoint.effort.value is None:
        st.info(_("Nobody was asked here, or nobody answered: there is no satisfaction to show."))
        return
    parts = [
        _("{role} {value}, n = {n:,}", role=role, value=interval(found, form), n=found.n)
        for role, found, form in (
            (_("satisfaction"), touchpoint.satisfaction, ".2f"),
            (_("effort scale"), touchpoint.effort, ".2f"),
            (_("in the top two boxes"), touchpoint.csat, ".0%"),
        )
        if found.value is not None
    ]
    show(
        cached.ratings(source, touchpoint.name, theme_name(), language()),
        key=f"ratings-{touchpoint.name}",
        alt=_("Answers at {name}: {parts}.", name=touchpoint.name, parts="; ".join(parts)),
    )
    questions = [f"“{scale.question}”" for role, scale in journey.scales.items() if scale.question and role != "nps"]
    if questions:
        st.caption(plain(" ".join(questions)))
    st.caption(answered(touchpoint))


def answered(touchpoint: jn.Touchpoint) -> str:
    """How far the answers stand for all visits."""
    rate = touchpoint.response_rate
    if rate is None:
        return ""
    text = _("{rate:.1%} of {n:,} visits were answered.", rate=rate, n=touchpoint.visits)
    if touchpoint.csat.value is not None:
        low, high = bounds(touchpoint.csat.value, touchpoint.csat.n / touchpoint.visits)
        text += " " + _(
            "If none or all of the silent were satisfied, "
            "{low:.0%} to {high:.0%} of all visits would be in the top two boxes.",
            low=low,
            high=high,
        )
    return (
        text
        + " "
        + _("The mean is drawn towards the journey's own the fewer the answers; the plain mean is marked beside it.")
    )


def _friction(source: Source, one: jn.Friction | None) -> None:
    if one is None or not one.components:
        st.info(_("Friction was not observed here."))
        return
    listed = "; ".join(f"{name} {interval(found, '.0%')}" for name, found in one.components.items())
    show(
        cached.components(source, str(one.at), theme_name(), language()),
        key=f"components-{one.at}",
        alt=_("Severity of each component at {name}: {listed}.", name=one.at, listed=listed),
    )
    st.caption(
        _(
            "Points add up to the score of {score}. {coverage:.0%} of the weights were observed here.",
            score=interval(one.score, ".1f"),
            coverage=one.coverage,
        )
    )


def told(side: list[Step]) -> str:
    """Shares in words: “ID check 47%, …”."""
    return ", ".join(f"{step.name} {step.share.value or 0:.0%}" for step in side)
