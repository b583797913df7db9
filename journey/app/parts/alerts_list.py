"""Alerts: the list, newest first, and the chart of the one that was picked."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import streamlit as st

from journey.analysis.alerts import Alert, Alerts
from journey.app import cached
from journey.app.parts.alerts_common import Asked, chart, spread, terms
from journey.app.parts.drawer import cases_button, open_touchpoint
from journey.app.parts.figure import show_table
from journey.app.parts.success_tasks import alert_task_button
from journey.app.state import View
from journey.app.text import _, plain, say
from journey.draw.alert_words import asked as told_as
from journey.draw.alert_words import called, passage, state, worse
from journey.draw.compare_words import counted
from journey.events.selection import Step

__all__ = ["show", "table"]

PICKED = "alerts-picked"
FEW, LIST = 4, 680  # alerts that fit beside a chart, and the height of the list in pixels
MOST = 8  # alerts that are listed; the others unfold


def show(asked: Asked, found: Alerts) -> None:
    """The alerts at the left, the picked one's chart at the right."""
    _headline(found)
    if not found.alerts:
        st.success(
            _(
                "All quiet: every component of every touchpoint stayed at its level, as far as chance lets us tell. "
                "“All charts” shows them."
            ),
            icon=":material/check_circle:",
        )
        st.caption(terms(found))
        return
    live = [one for one in found.alerts if one.state != "passed"]
    past = [one for one in found.alerts if one.state == "passed"]
    picked = _picked(found, live or past)
    left, right = st.columns([5, 8], gap="large")
    # The list scrolls beside its chart, so that a pick is seen at once.
    with left, st.container(height=LIST if len(found.alerts) > FEW else "content", border=False):
        _list(live[:MOST], found, picked)
        if live[MOST:]:
            with st.expander(_("{n} older ones", n=len(live) - MOST), expanded=picked in live[MOST:]):
                _list(live[MOST:], found, picked)
        if past:
            with st.expander(_("{n} that went back by themselves", n=len(past)), expanded=picked in past):
                _list(past, found, picked)
        with st.popover(_("All as a table"), icon=":material/table:", type="tertiary"):
            show_table(table(found), key="alerts-table")
    with right:
        _one(asked, found, picked)
    st.caption(terms(found))


def _headline(found: Alerts) -> None:
    states = [one.state for one in found.alerts]
    if not states:
        st.markdown("### " + _("Nothing drifts"))
        return
    st.markdown(
        "### "
        + _(
            "Drifted and still so: {held} · too early to tell: {open}",
            held=states.count("held"),
            open=states.count("open"),
        )
    )


def _key(one: Alert) -> str:
    return f"{one.at}\n{one.component}\n{one.until}"


def _picked(found: Alerts, first: list[Alert]) -> Alert:
    """The alert that was picked, as long as it is there; else the strongest that still holds."""
    key = st.session_state.get(PICKED)
    held = max((one for one in first if one.state == "held"), key=lambda one: one.height, default=first[0])
    return next((one for one in found.alerts if _key(one) == key), held)


def _pick(key: str) -> None:
    st.session_state[PICKED] = key


def _list(alerts: list[Alert], found: Alerts, picked: Alert) -> None:
    for one in alerts:
        key = _key(one)
        with st.container(border=True, gap=None):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                mark = f":red[{worse(one, say())}]" if one.direction == "worse" else f":blue[{worse(one, say())}]"
                with st.container(width="stretch"):
                    st.markdown(f"{mark} **{plain(one.at)}** · {called(one.component, say())}")
                st.button(
                    _("Shown") if one == picked else _("Chart"),
                    key=f"alerts-pick-{key}",
                    on_click=_pick,
                    args=(key,),
                    type="tertiary",
                    icon=":material/check:" if one == picked else ":material/show_chart:",
                    disabled=one == picked,
                    help=_("Show {touchpoint}: {what}", touchpoint=plain(one.at), what=called(one.component, say())),
                )
            told = passage(one.component, one.before, one.after, found.scales, say())
            st.markdown(f"{told}")
            since = _(
                "since {day}, {n}; known {told}",
                day=say().day(one.since),
                n=counted(told_as(one.component), one.n, say()),
                told=say().day(one.raised_at),
            )
            st.caption(f"{since} · {state(one, found.scales, say())}")


def _one(asked: Asked, found: Alerts, one: Alert) -> None:
    """The control chart of an alert, and the way to its causes and cases."""
    st.markdown(f"#### {plain(one.at)} · {called(one.component, say())}")
    chart(asked, found, one.at, one.component, key="alerts-chart", picked=one)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(_("Why"), key="alerts-why", on_click=open_touchpoint, args=(one.at,), icon=":material/search:")
        last = say().day(one.until - timedelta(days=1))
        step: Step = ("visited", one.at, one.since.isoformat(), one.until.isoformat())
        cases_button(
            _("{n:,} cases came by while it drifted", n=_cases(asked.view, step)),
            step,
            title=_("{touchpoint}, {first} to {last}", touchpoint=one.at, first=say().day(one.since), last=last),
            key="alerts-cases",
        )
        alert_task_button(asked.view, one, key="alerts-task")


@st.cache_data(show_spinner=False, max_entries=128)
def _cases(view: View, step: Step) -> int:
    return cached.log(view.of(view.selection.and_(step))).cases


def table(found: Alerts) -> pd.DataFrame:
    """All alerts in numbers."""
    rows = []
    for one in found.alerts:
        row: dict[str, object] = {
            _("Known"): one.raised_at,
            _("Since"): one.since,
            _("Touchpoint"): one.at,
            _("Measure"): called(one.component, say()),
            _("Direction"): worse(one, say()),
        }
        row |= spread(one.component, one.before, found, _("Before"))
        row |= spread(one.component, one.after, found, _("After"))
        row |= {_("And then"): state(one, found.scales, say())}
        rows.append(row)
    return pd.DataFrame(rows)
