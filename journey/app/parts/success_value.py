"""Success: how soon customers get what they came for."""

from __future__ import annotations

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
from journey.draw.accounts_words import term
from journey.draw.survival import Line, curves
from journey.draw.words import Say, interval, share

__all__ = ["found", "show", "value_table"]

ALL = "all"


@st.cache_resource(show_spinner=False, max_entries=64)
def found(view: View, by: str | None) -> jn.TimeToValue:
    """Time to first value of the accounts looked at."""
    return jn.value(accounts(view), by=by)


def show(view: View) -> None:
    """Figures, and the curves: of both ends, or of one by group."""
    whole = patiently(_("Following the accounts"), lambda: found(view, None), key=f"value-{hash(view)}")
    st.caption(plain(of_whom(view)))
    facts(_tiles(whole))
    by, question = _settings(view)
    one = found(view, by)
    panel(
        "success-value",
        lambda: chart(_figure(view, by, question, theme_name(), language()), key="success-value", alt=_alt(whole)),
        table=lambda: value_table(one, say()),
        name="time-to-value",
        note=_note(one, by, question),
    )
    if one.early:
        st.caption(_("{n:,} accounts met it before their start only; that is not counted.", n=one.early))
    doubts(view)


def _tiles(one: jn.TimeToValue) -> list[Fact]:
    speak, unit = say(), _("days")

    def days(value: float | None) -> str:
        return "–" if value is None else f"{speak.number(value, '.0f')} {unit}"

    return [
        Fact(
            _("Half of those who stay"),
            days(one.median.value),
            note(ends(one.median, ".0f"), _("have it by then (Kaplan–Meier)")),
        ),
        Fact(
            _("Three in four who stay"),
            days(one.three_quarters.value),
            note(ends(one.three_quarters, ".0f"), _("have it by then")),
        ),
        Fact(
            _("Will have it, of all"),
            share(one.share.value, speak),
            note(ends(one.share, ".0%"), _("by day {day:,} (Aalen–Johansen)", day=one.days)),
        ),
        Fact(
            _("Have it so far"),
            speak.number(one.reached),
            _(
                "of {n:,} · {left:,} left before it · {waiting:,} still wait",
                n=one.n,
                left=one.left,
                waiting=one.waiting,
            ),
        ),
        Fact(
            _("Median of achievers alone"),
            days(one.achievers_median),
            _("too short: it forgets those who still wait"),
        ),
    ]


def _settings(view: View) -> tuple[str | None, str]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        names = {ALL: _("All together"), **{name: name for name in accounts(view).attributes}}
        by = choice(_("Compare by"), names, key="success_by", as_="list", width=220)
        question = "both"
        if by != ALL:
            asked = {"stay": _("How long, if they stay"), "share": _("What share of all")}
            question = choice(_("Question"), asked, key="success_question", hidden=True)
    return (None if by == ALL else by), question


@st.cache_data(show_spinner=False, max_entries=64)
def _figure(view: View, by: str | None, question: str, theme: str, lang: str) -> go.Figure:
    one, speak = found(view, by), speaker(lang)
    if by is None:
        lines = [
            Line(speak("Has it, if they stay"), one.waits, turned=True),
            Line(speak("Has it, of all"), one.reaches),
            Line(speak("Left before it"), one.leaves),
        ]
    elif question == "stay":
        lines = [Line(str(group.group), group.waits, turned=True) for group in one.groups[:6]]
    else:
        lines = [Line(str(group.group), group.reaches) for group in one.groups[:6]]
    return curves(
        lines,
        until=_until(one),
        unit=speak("days since the start"),
        at_risk=speak("still waiting and watched"),
        theme=draw.theme(theme),
        say=speak,
    )


def _until(one: jn.TimeToValue) -> float:
    """Where the figure ends: when hardly anyone is still watched."""
    least = max(5.0, 0.01 * one.n)
    watched = [time for time, n in zip(one.waits.times, one.waits.at_risk, strict=True) if n >= least]
    return float(max(watched, default=one.days) or 1)


def _note(one: jn.TimeToValue, by: str | None, question: str) -> str:
    told = [_("First value is “{what}”.", what=plain(one.what))]
    if by is None:
        told.append(_("Both answers differ where some leave first: those who left will never have it."))
    elif len(one.groups) > 6:
        told.append(_("The six largest of {n:,} groups.", n=len(one.groups)))
    if by is not None and question == "stay":
        told.append(_("Those who left count as if they were still waiting."))
    told.append(_("Bands are 95% intervals."))
    return " ".join(told)


def _alt(one: jn.TimeToValue) -> str:
    return _(
        "Share that has first value over time. Half of those who stay have it by {median}; of all {share} by "
        "day {day}.",
        median=term(one.median, _("days"), say=say()),
        share=interval(one.share, ".0%", say()),
        day=one.days,
    )


def value_table(one: jn.TimeToValue, speak: Say) -> pd.DataFrame:
    """All accounts, then each group, in numbers."""
    rows = []
    for part in (one, *one.groups):
        row: dict[str, object] = {
            speak("Group"): speak("All together") if part.group is None else part.group,
            speak("Accounts"): part.n,
            speak("Have it"): part.reached,
            speak("Left before it"): part.left,
            speak("Still wait"): part.waiting,
            speak("Median of those who stay, days"): part.median.value,
            speak("from"): part.median.low,
            speak("to"): part.median.high,
        }
        for day, measure in one.share_by.items():
            own = part.share_by.get(day)
            row[speak("Share by day {day}", day=day)] = None if own is None else own.value
            del measure
        rows.append(row)
    return pd.DataFrame(rows).round(4)
