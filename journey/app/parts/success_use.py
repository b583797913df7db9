"""Success: whether customers use what they pay for, and how long they wait for help."""

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
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.accounts_words import unsaid
from journey.draw.engagement import use, waits
from journey.draw.sheet import percent
from journey.draw.words import Say, share, span
from journey.errors import JourneyError

__all__ = ["answered", "show", "ticket_table", "use_table", "used"]


@st.cache_resource(show_spinner=False, max_entries=64)
def used(view: View) -> jn.Engagement:
    """Use by the accounts looked at."""
    return jn.engagement(accounts(view))


@st.cache_resource(show_spinner=False, max_entries=64)
def answered(view: View, by: str | None) -> jn.Resolution:
    """Waits of the tickets of the accounts looked at."""
    return jn.resolution(accounts(view), by=by)


def show(view: View) -> None:
    """Use over time, and waits for support; each where a table tells."""
    st.caption(plain(of_whom(view)))
    for part in (_use, _support):
        try:
            part(view)
        except JourneyError as error:
            st.info(sentence(error))
    doubts(view)


# --- use ---------------------------------------------------------------------------------------------


def _use(view: View) -> None:
    one = patiently(_("Counting the use"), lambda: used(view), key=f"use-{hash(view)}")
    st.markdown("#### " + _("Do customers use what they pay for?"))
    facts(_tiles(one))
    panel(
        "success-use",
        lambda: chart(_use_figure(view, theme_name(), language()), key="success-use", alt=_alt(one)),
        table=lambda: use_table(one, say()),
        name="engagement",
        note=_note(one),
    )
    for told in unsaid(one.missing, say()):
        st.caption(plain(told))


def _tiles(one: jn.Engagement) -> list[Fact]:
    last, speak = one.last, say()
    listed = [
        Fact(
            _("Used it lately"),
            percent(last.active.value, speak),
            note(ends(last.active, ".1%"), _("of {n:,} customers", n=last.customers)),
        )
    ]
    users = _("of {n:,} users", n=last.users)
    for name, measure in ((_("DAU/MAU"), last.dau_mau), (_("WAU/MAU"), last.wau_mau)):
        if measure.value is not None:
            listed.append(Fact(name, share(measure.value, speak), note(ends(measure, ".0%"), users)))
    if last.breadth.value is not None:
        mean = _("mean of {n:,} users", n=last.breadth.n)
        value = speak.number(last.breadth.value, ".1f")
        listed.append(Fact(_("Different features used"), value, note(ends(last.breadth, ".1f"), mean)))
    if one.fell.value is not None:
        of = _("of {n:,} customers who used it before", n=one.fell.n)
        value = share(one.fell.value, speak)
        listed.append(Fact(_("Use fell by half or more"), value, note(ends(one.fell, ".1%"), of)))
    return listed


@st.cache_data(show_spinner=False, max_entries=64)
def _use_figure(view: View, theme: str, lang: str) -> go.Figure:
    return use(used(view), theme=draw.theme(theme), say=speaker(lang))


def _note(one: jn.Engagement) -> str:
    days = (one.last.end - one.last.start).days + 1
    period = {"start": say().day(one.last.start), "end": say().day(one.last.end)}
    told = [
        _(
            "Windows of {days:,} days, the last from {start} to {end}; bands are 95% intervals. DAU/MAU: of those who "
            "use it in a window, so many come on a day; WAU/MAU: in a week.",
            days=days,
            **period,
        )
    ]
    told.append(_("Users are people.") if one.people else _("Users are accounts."))
    if one.last.others:
        told.append(
            _(
                "{n:,} accounts used it in the last window although they were no customers then; left out.",
                n=one.last.others,
            )
        )
    return " ".join(told)


def _alt(one: jn.Engagement) -> str:
    return _(
        "Use window by window. In the last one {share} of {n:,} customers used it.",
        share=percent(one.last.active.value, say()),
        n=one.last.customers,
    )


def use_table(one: jn.Engagement, speak: Say) -> pd.DataFrame:
    """The windows in numbers."""
    rows = []
    for window in one.windows:
        row: dict[str, object] = {
            speak("From day"): window.start.isoformat(),
            speak("To day"): window.end.isoformat(),
            speak("Customers"): window.customers,
            speak("Used it"): window.accounts,
            speak("Users"): window.users,
        }
        measures = {
            speak("Active"): window.active,
            "DAU/MAU": window.dau_mau,
            "WAU/MAU": window.wau_mau,
            speak("Features"): window.breadth,
        }
        for name, measure in measures.items():
            row |= {
                name: measure.value,
                f"{name}, {speak('from')}": measure.low,
                f"{name}, {speak('to')}": measure.high,
            }
        rows.append(row)
    return pd.DataFrame(rows).dropna(axis="columns", how="all").round(4)


# --- support -----------------------------------------------------------------------------------------


def _support(view: View) -> None:
    whole = patiently(_("Timing the tickets"), lambda: answered(view, None), key=f"tickets-{hash(view)}")
    st.markdown("#### " + _("How long do they wait for support?"))
    if not whole.n:
        st.info(_("These accounts asked for nothing."))
        return
    what, by = _settings(view, whole)
    one = answered(view, by)
    rows = (one, *one.groups)
    panel(
        "success-support",
        lambda: chart(
            _wait_figure(view, by, what, theme_name(), language()), key="success-support", alt=_wait_alt(whole)
        ),
        table=lambda: ticket_table(rows, say()),
        name="support-waits",
        note=_wait_note(one, what),
    )


def _settings(view: View, whole: jn.Resolution) -> tuple[Literal["reply", "solved"], str | None]:
    spec = accounts(view).recipe.accounts
    assert spec is not None and spec.tickets is not None  # else there are no tickets
    kinds = {}
    if whole.solved is not None:
        kinds["solved"] = _("Until solved")
    if whole.reply is not None:
        kinds["reply"] = _("Until the first reply")
    groups = {"topic": _("Topic")} if spec.tickets.topic else {}
    groups |= {"channel": _("Channel")} if spec.tickets.channel else {}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        what = choice(_("Wait"), kinds, key="success_wait", hidden=True) if len(kinds) > 1 else next(iter(kinds))
        by = (
            choice(_("By"), groups, key="success_tickets", hidden=True) if len(groups) > 1 else next(iter(groups), None)
        )
    return ("reply" if what == "reply" else "solved"), by


@st.cache_data(show_spinner=False, max_entries=64)
def _wait_figure(view: View, by: str | None, what: Literal["reply", "solved"], theme: str, lang: str) -> go.Figure:
    one = answered(view, by)
    return waits((one, *one.groups), what=what, theme=draw.theme(theme), say=speaker(lang))


def _wait_note(one: jn.Resolution, what: str) -> str:
    still = one.unanswered if what == "reply" else one.open
    told = [_("n is tickets: {n:,}.", n=one.n)]
    if still:
        told.append(_("{n:,} of them still wait, and count for as long as they have waited.", n=still))
    told.append(_("Whiskers are 95% intervals; the axis widens (logarithmic)."))
    return " ".join(told)


def _wait_alt(one: jn.Resolution) -> str:
    return _(
        "Waits for support. Half of all {n:,} tickets are solved within {median}, nine in ten within {p90}.",
        n=one.n,
        median=span(one.solved_median_s.value, say()),
        p90=span(one.solved_p90_s.value, say()),
    )


def ticket_table(rows: tuple[jn.Resolution, ...], speak: Say) -> pd.DataFrame:
    """Waits in hours."""
    listed = []
    for one in rows:
        row: dict[str, object] = {
            speak("Group"): speak("All tickets") if one.group is None else one.group,
            speak("Tickets"): one.n,
            speak("Without a reply"): one.unanswered,
            speak("Open"): one.open,
        }
        for name, measure in (
            (speak("Reply, median, hours"), one.reply_median_s),
            (speak("Reply, P90, hours"), one.reply_p90_s),
            (speak("Solved, median, hours"), one.solved_median_s),
            (speak("Solved, P90, hours"), one.solved_p90_s),
        ):
            row[name] = None if measure.value is None else measure.value / 3600
        listed.append(row)
    return pd.DataFrame(listed).dropna(axis="columns", how="all").round(3)
