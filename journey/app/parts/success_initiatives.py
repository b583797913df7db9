"""Success, acting: initiatives, what was expected of them, and what they became."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import streamlit as st

import journey as jn
from journey.analysis.initiative import Became, became
from journey.app import cached
from journey.app.parts.success_acting import Field, add_button, due_told, edit_button, kept, ways_out
from journey.app.state import View
from journey.app.text import N_, _, language, plain, say, sentence
from journey.draw.accounts_words import money
from journey.draw.acting_words import became_told, state_told
from journey.draw.alert_words import called
from journey.draw.words import share
from journey.errors import JourneyError
from journey.store import Initiative, Initiatives

__all__ = ["show"]

TOP: Final = 15
ICONS: Final = {
    "better": ":material/trending_down:",
    "worse": ":material/trending_up:",
    "open": ":material/hourglass_empty:",
}
EXPECTED: Final = 0.3  # of the burden: what a form begins with


def show(view: View) -> None:
    """What is being done, what it became, and where another would pay most."""
    found = kept(view, Initiatives)
    ranking = cached.friction(view)
    fields = _fields(ranking)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        new = _new(view, ranking)
        add_button(view, Initiatives, new, fields, label=_("New initiative"), key="acting-new-initiative")
        st.space("stretch")
        ways_out(view, Initiatives, found)
    if not found:
        st.info(
            _(
                "No initiative yet. Choose where it hurts most, say what you will do and how much of the burden should "
                "go. Once it is finished, this page compares before and after."
            ),
            icon=":material/rocket_launch:",
        )
        return
    for one in sorted(found, key=lambda one: str(one.made), reverse=True):
        _one(view, one, fields)
    st.caption(
        _(
            "Before and after are equally long, and what lies between start and finish is left out. That the burden "
            "changed does not say that the initiative did it: other things changed as well, and what was chosen at its "
            "worst gets better by chance too."
        )
    )


def _fields(ranking: jn.Ranking) -> tuple[Field, ...]:
    places = {str(one.at): str(one.at) for one in ranking}
    names = sorted({name for one in ranking for name in one.components})
    parts = {"": _("All of it"), **{name: called(name, say()) for name in names}}
    return (
        Field("name", N_("Name"), placeholder=N_("What will be different for the customer")),
        Field("at", N_("Touchpoint"), "one of", options=places),
        Field("component", N_("What it is to cut"), "one of", options=parts),
        Field("owner", N_("Owner"), placeholder=N_("A role or a name")),
        Field("start", N_("Work starts on"), "day"),
        Field("finish", N_("Customers meet it from"), "day"),
        Field("expected_cut", N_("Expected cut, in percent of the burden"), "share"),
        Field("note", N_("What is done, and why it should help"), "text"),
    )


def _new(view: View, ranking: jn.Ranking) -> Initiative:
    """An initiative at the touchpoint that was chosen, with its burden as it is now."""
    rows = {str(one.at): one for one in ranking[:TOP]}
    if not rows:
        return Initiative(start=date.today())
    unit = cached.burden_unit(view, language())
    names = {name: f"{name} · {money(one.burden.value, unit, say())}" for name, one in rows.items()}
    chosen = st.selectbox(
        _("Where it hurts most"),
        list(rows),
        format_func=lambda name: names.get(name, str(name)),
        key="acting-where",
        width=420,
        help=_("By burden, as on the page of friction."),
    )
    return Initiative(
        at=str(chosen), start=date.today(), expected_cut=EXPECTED, burden_then=rows[str(chosen)].burden.value
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def _became(view: View, at: str, component: str, start: date, finish: date, expected: float | None) -> Became:
    return became(
        cached.log(view),
        cached.friction(view),
        at,
        start=start,
        finish=finish,
        component=component or None,
        expected_cut=expected,
    )


def _one(view: View, one: Initiative, fields: tuple[Field, ...]) -> None:
    unit = cached.burden_unit(view, language())
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch", gap=None):
                st.markdown(f"**{plain(one.name)}**")
                what = called(one.component, say()) if one.component else ""
                told = [plain(part) for part in (state_told(one.state, say()), one.at, what, one.owner) if part]
                told.append(due_told(one.finish, open_=one.state in ("idea", "running")))
                st.caption(" · ".join(part for part in told if part))
            edit_button(view, Initiatives, one, fields, name=one.name)
        if one.expected_cut is not None and one.burden_then is not None:
            st.caption(
                _(
                    "Expected: {cut} less of {burden}, as it stood when this was planned.",
                    cut=share(one.expected_cut, say()),
                    burden=plain(money(one.burden_then, unit, say())),
                )
            )
        if one.note:
            st.markdown(plain(one.note))
        if one.start is not None and one.finish is not None and one.state in ("running", "finished"):
            _told(view, one, one.start, one.finish, unit)


def _told(view: View, one: Initiative, start: date, finish: date, unit: str) -> None:
    try:
        found = _became(view, one.at, one.component, start, finish, one.expected_cut)
    except JourneyError as error:
        st.caption(sentence(error))
        return
    icon = ICONS.get(found.state, ICONS["open"])
    st.markdown(f"{icon} {plain(became_told(found, unit, say()))}")
    if found.before and found.after:
        last = timedelta(days=1)
        st.caption(
            _(
                "{a} to {b} against {c} to {d}; n = {n:,} visits. Intervals: customers drawn anew.",
                a=say().day(found.before[0]),
                b=say().day(found.before[1] - last),
                c=say().day(found.after[0]),
                d=say().day(found.after[1] - last),
                n=found.change.n,
            )
        )
