"""Alerts: what changed in hindsight, when all of it is looked at."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from journey.analysis.alerts import Alerts, ChangePoint
from journey.app.parts.alerts_common import Asked, chart, looking_back, spread
from journey.app.parts.figure import show_table
from journey.app.parts.patience import patiently
from journey.app.text import _, plain, say
from journey.draw.alert_words import called, passage
from journey.draw.compare_words import probability

__all__ = ["show", "table"]

PICKED = "alerts-change"
FEW, LIST = 5, 680  # changes that fit beside a chart, and the height of the list in pixels


def show(asked: Asked, found: Alerts) -> None:
    """The change points at the left, the picked one's chart at the right."""
    changes = patiently(_("Looking back"), lambda: looking_back(asked), key=f"alerts-back-{hash(asked)}")
    if not changes:
        st.markdown("### " + _("Nothing changed its level clearly"))
        st.caption(_how(found))
        return
    st.markdown("### " + _("{n} changes of level stand out", n=len(changes)))
    keys = [f"{one.at}\n{one.component}\n{one.when}" for one in changes]
    key = st.session_state.get(PICKED)
    picked = changes[keys.index(key) if key in keys else 0]
    left, right = st.columns([5, 8], gap="large")
    with left, st.container(height=LIST if len(changes) > FEW else "content", border=False):
        for name, one in zip(keys, changes, strict=True):
            _row(name, one, found, chosen=one == picked)
        with st.popover(_("All as a table"), icon=":material/table:", type="tertiary"):
            show_table(table(changes, found), key="alerts-changes-table")
    with right:
        st.markdown(f"#### {plain(picked.at)} · {called(picked.component, say())}")
        own = [one for one in changes if (one.at, one.component) == (picked.at, picked.component)]
        chart(asked, found, picked.at, picked.component, key="alerts-change-chart", changes=own)
    st.caption(_how(found))


def _row(name: str, one: ChangePoint, found: Alerts, *, chosen: bool) -> None:
    with st.container(border=True, gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            rose = (one.after.value or 0.0) > (one.before.value or 0.0)
            mark = f":red[▼ {_('worse')}]" if rose else f":blue[▲ {_('better')}]"
            with st.container(width="stretch"):
                st.markdown(f"{mark} **{plain(one.at)}** · {called(one.component, say())}")
            st.button(
                _("Shown") if chosen else _("Chart"),
                key=f"alerts-change-{name}",
                on_click=_pick,
                args=(name,),
                type="tertiary",
                icon=":material/check:" if chosen else ":material/show_chart:",
                disabled=chosen,
                help=_("Show {touchpoint}: {what}", touchpoint=plain(one.at), what=called(one.component, say())),
            )
        st.markdown(passage(one.component, one.before, one.after, found.scales, say()))
        st.caption(_("from {day}, {p}", day=say().day(one.when), p=probability(one.p, say())))


def _pick(name: str) -> None:
    st.session_state[PICKED] = name


def _how(found: Alerts) -> str:
    return _(
        "Looking back knows what came later, so it dates a change better than an alert could, and calls fewer of them. "
        "p: how often shuffled periods split as well; told are those that stand out among all charts (false discovery "
        "rate 10%) and moved by {effect} of 100 or more.",
        effect=say().number(100 * found.minimum_effect, "g"),
    )


def table(changes: Sequence[ChangePoint], found: Alerts) -> pd.DataFrame:
    """All change points in numbers."""
    rows = []
    for one in changes:
        row: dict[str, object] = {
            _("From"): one.when,
            _("Touchpoint"): one.at,
            _("Measure"): called(one.component, say()),
        }
        row |= spread(one.component, one.before, found, _("Before"))
        row |= spread(one.component, one.after, found, _("After"))
        rows.append(row | {"p": one.p})
    return pd.DataFrame(rows)
