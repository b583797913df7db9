"""Success, acting: success plans, tasks, meetings, exit interviews and initiatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import streamlit as st

from journey.app.parts import success_exits, success_initiatives, success_meetings, success_tasks
from journey.app.parts.choice import choice
from journey.app.parts.success_acting import Field, add_button, due_told, edit_button, kept, ways_out
from journey.app.state import View
from journey.app.text import N_, _, plain, say, sentence
from journey.draw.acting_words import state_told
from journey.errors import JourneyError
from journey.store import Plan, Plans

__all__ = ["show"]

FIELDS: Final = (
    Field("goal", N_("Goal"), placeholder=N_("What the customer wants to achieve, in their words")),
    Field("account", N_("Account"), help=N_("As your tables name it; empty for a goal of no single account.")),
    Field("owner", N_("Owner"), placeholder=N_("A role or a name")),
    Field("due", N_("Due day"), "day"),
    Field("outcome", N_("What came of it"), "text"),
)


def show(view: View) -> None:
    """One kind at a time."""
    parts: Mapping[str, tuple[str, Callable[[View], None]]] = {
        "tasks": (N_("Tasks"), success_tasks.show),
        "plans": (N_("Success plans"), _plans),
        "meetings": (N_("Meetings"), success_meetings.show),
        "exits": (N_("Exit interviews"), success_exits.show),
        "initiatives": (N_("Initiatives"), success_initiatives.show),
    }
    names = {code: _(name) for code, (name, _show) in parts.items()}
    chosen = choice(_("What"), names, key="acting", hidden=True)
    try:
        parts[chosen][1](view)
    except JourneyError as error:
        st.info(sentence(error))


def _plans(view: View) -> None:
    found = kept(view, Plans)
    with st.container(horizontal=True, vertical_alignment="center"):
        add_button(view, Plans, Plan(), FIELDS, label=_("New success plan"), key="acting-new-plan")
        st.space("stretch")
        ways_out(view, Plans, found)
    if not found:
        st.info(
            _(
                "No success plan yet. Write down what a customer wants to achieve, by when, and who sees to it; then "
                "come back and tell whether it was reached."
            ),
            icon=":material/flag:",
        )
        return
    closed = [one for one in found if one.state != "open"]
    reached = sum(one.state == "reached" for one in closed)
    if closed:
        st.caption(_("{reached:,} of {n:,} closed plans were reached.", reached=reached, n=len(closed)))
    open_ = [one for one in found if one.state == "open"]
    _list(view, sorted(open_, key=lambda one: (str(one.due or "9"), one.goal)))
    if closed:
        with st.expander(_("Closed ({n:,})", n=len(closed))):
            _list(view, closed[::-1])


def _list(view: View, plans: Sequence[Plan]) -> None:
    for one in plans:
        with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
            with st.container(width="stretch", gap=None):
                st.markdown(f"**{plain(one.goal)}**")
                account = _("account {name}", name=one.account) if one.account else ""
                told = [plain(state_told(one.state, say())), plain(account), plain(one.owner)]
                told.append(due_told(one.due, open_=one.state == "open"))
                st.caption(" · ".join(part for part in told if part))
                if one.outcome:
                    st.markdown(plain(one.outcome))
            edit_button(view, Plans, one, FIELDS, name=one.goal)
