"""Success, acting: exit interviews; why customers leave, and where they were last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import pandas as pd
import streamlit as st

from journey import store
from journey.app import cached
from journey.app.parts.figure import csv, show_table
from journey.app.parts.success_acting import Field, add_button, deed, edit_button, kept, records, ways_out
from journey.app.parts.success_common import told
from journey.app.state import View
from journey.app.text import N_, _, plain, say
from journey.draw.acting_words import GUIDE, state_told
from journey.draw.words import interval
from journey.errors import JourneyError
from journey.events.accounts_exits import departures
from journey.store import Interview, Interviews, Reason, Reasons
from journey.store.interviews import REASONS
from journey.success.exits import ReasonTable, exit_reasons

__all__ = ["reason_table", "show"]

LATEST: Final = 30  # departures to choose from
ARROW: Final = " → "


def show(view: View) -> None:
    """The guide, the interviews, and the reasons by last touchpoint."""
    found, codes = kept(view, Interviews), _reasons(view)
    gone = _departures(view) if told(view) else pd.DataFrame()
    fields = _fields(codes)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        new = _new(gone, {one.account for one in found})
        add_button(view, Interviews, new, fields, label=_("New exit interview"), key="acting-new-exit")
        st.space("stretch")
        ways_out(view, Interviews, found)
    left, right = st.columns(2, gap="medium")
    with left.expander(_("What to ask"), icon=":material/help:"):
        st.markdown("\n".join(f"1. {_(question)}" for question in GUIDE))
        st.caption(_("Listen first; the reason comes last, in their words. Then choose the code that fits best."))
    with right.expander(_("The reasons and what they mean"), icon=":material/label:"):
        _codes(view, codes)
    if not found:
        st.info(
            _(
                "No exit interview yet. Choose an account that left, ask what is listed under “What to ask”, and write "
                "down what they said."
            ),
            icon=":material/record_voice_over:",
        )
    for one in sorted(found, key=lambda one: str(one.day or one.made), reverse=True)[:30]:
        _one(view, one, codes, fields)
    _tables(found, gone, codes)


def _fields(codes: Mapping[str, Reason]) -> tuple[Field, ...]:
    names = {"": _("not known yet"), **{code: _(one.name) for code, one in codes.items()}}
    return (
        Field("account", N_("Account")),
        Field("day", N_("Day"), "day"),
        Field("reason", N_("Main reason"), "one of", options=names),
        Field("others", N_("Further reasons"), help=N_("Codes, with commas between them.")),
        Field("said", N_("What they said"), "text", help=N_("Phone numbers and the like are masked.")),
        Field("would_stay", N_("What would have kept them"), "text"),
        Field("at", N_("Last touchpoint")),
        Field("path", N_("The way before that")),
    )


@st.cache_resource(show_spinner=False, max_entries=32)
def _departures(view: View) -> pd.DataFrame:
    try:
        return departures(cached.log(view))
    except JourneyError:
        return pd.DataFrame()


def _reasons(view: View) -> Mapping[str, Reason]:
    try:
        return _kept_reasons(view).all()
    except JourneyError:
        return {one.code: one for one in REASONS}


def _kept_reasons(view: View) -> Reasons:
    kept_ = records(view, Interviews)
    return Reasons(store.connect(store.address()), kept_.journey)


def _new(gone: pd.DataFrame, done: set[str]) -> Interview:
    """An interview of the account that was chosen, with the way it came."""
    if gone.empty:
        return Interview(day=date.today())
    rows = {row["account"]: row for row in gone.to_dict("records") if row["account"] not in done}
    if not rows:
        return Interview(day=date.today())
    names = {name: _gone(rows[name]) for name in list(rows)[:LATEST]}
    chosen = st.selectbox(
        _("Who left last"),
        list(names),
        format_func=lambda name: names.get(name, str(name)),
        key="acting-left",
        width=420,
    )
    row = rows[chosen]
    return Interview(account=str(chosen), day=date.today(), at=row["last"] or "", path=ARROW.join(row["path"])[:4000])


def _gone(row: Mapping[Any, Any]) -> str:
    day = row["gone"]
    told_ = [str(row["account"]), say().day(day) if isinstance(day, date) else "", str(row["reason"] or "")]
    return " · ".join(part for part in told_ if part)


def _one(view: View, one: Interview, codes: Mapping[str, Reason], fields: tuple[Field, ...]) -> None:
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch", gap=None):
                st.markdown(f"**{plain(_('Account {name}', name=one.account))}**")
                reason = _(codes[one.reason].name) if one.reason in codes else one.reason
                day = "" if one.day is None else say().day(one.day)
                st.caption(" · ".join(plain(x) for x in (state_told(one.state, say()), day, reason) if x))
            edit_button(view, Interviews, one, fields, name=_("Account {name}", name=one.account))
        if one.said:
            st.markdown("“" + plain(one.said) + "”")
        if one.path:
            st.caption(plain(_("Came by {path}", path=one.path)))


def _codes(view: View, codes: Mapping[str, Reason]) -> None:
    table = pd.DataFrame(
        [{"code": one.code, "name": _(one.name), "definition": _(one.definition)} for one in codes.values()]
    )
    changed = st.data_editor(
        table,
        num_rows="dynamic",
        hide_index=True,
        key="acting-codes",
        column_config={
            "code": st.column_config.TextColumn(_("Code"), max_chars=40),
            "name": st.column_config.TextColumn(_("Reason"), max_chars=80),
            "definition": st.column_config.TextColumn(_("When it is chosen"), max_chars=500, width="large"),
        },
    )
    if st.button(_("Keep these reasons"), key="acting-keep-codes", icon=":material/check:"):
        rows = changed.fillna("").astype(str).to_dict("records")
        listed = [Reason(row["code"], row["name"], row["definition"]) for row in rows if row["name"].strip()]
        deed(lambda: _kept_reasons(view).save(listed))


def _tables(found: tuple[Interview, ...], gone: pd.DataFrame, codes: Mapping[str, Reason]) -> None:
    held = [one for one in found if one.state == "held" and one.reason]
    if held:
        asked = exit_reasons((one.reason, one.at) for one in held)
        names = {code: _(one.name) for code, one in codes.items()}
        _table(_("Reasons in interviews, by last touchpoint"), asked, names, "exit-interviews-reasons")
    if not gone.empty:
        told_ = exit_reasons(zip(gone["reason"], gone["last"], strict=True))
        if told_.told:
            _table(_("Reasons in your tables, by last touchpoint"), told_, {}, "exit-reasons")


def _table(title: str, found: ReasonTable, names: Mapping[str, str], name: str) -> None:
    st.markdown("#### " + title)
    table = reason_table(found, names)
    show_table(table, key=f"acting-{name}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            _(
                "{told:,} of {n:,} that left name a reason. Shares are of those who left there, with 95% intervals; "
                "below five there is only the count. That a reason is common after a touchpoint does not say that the "
                "touchpoint is its cause.",
                told=found.told,
                n=found.n,
            ),
            width="stretch",
        )
        st.download_button(
            _("CSV"),
            lambda: csv(table),
            f"{name}.csv",
            "text/csv",
            key=f"acting-csv-{name}",
            type="tertiary",
            icon=":material/download:",
            on_click="ignore",
        )


def reason_table(found: ReasonTable, names: Mapping[str, str]) -> pd.DataFrame:
    """Reasons down, last touchpoints across: share with its interval, and how many."""
    rows = []
    for reason in found.reasons:
        row: dict[str, object] = {_("Reason"): names.get(reason, reason)}
        for at in (None, *found.places):
            cell = found.of(reason, at)
            n = found.told if at is None else found.left_at[at]
            title = _("All (n = {n:,})", n=n)
            if at is not None:
                title = _("{touchpoint} (n = {n:,})", touchpoint=at or _("elsewhere"), n=n)
            told_ = say().number(cell.count)
            row[title] = told_ if cell.share.value is None else f"{interval(cell.share, '.0%', say())} · {told_}"
        rows.append(row)
    return pd.DataFrame(rows)
