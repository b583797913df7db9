"""Success, acting: tasks on a board, those that data suggest, and whether the unhappy were heard."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import streamlit as st

from journey.app import cached
from journey.app.parts.alerts_common import Asked, usual, watched
from journey.app.parts.patience import patiently
from journey.app.parts.success_acting import (
    MOST_SHOWN,
    Field,
    add_button,
    deed,
    due_told,
    edit_button,
    kept,
    records,
    ways_out,
)
from journey.app.state import View
from journey.app.text import N_, _, plain, say
from journey.draw.acting_words import SOURCES, draft, loop_told, low_told, state_told
from journey.errors import JourneyError
from journey.events.detractors import Detractors, detractors
from journey.store import Task, Tasks
from journey.store.tasks import suggested
from journey.success.loop import Suggestion, closed_loop, suggested_tasks

__all__ = ["FIELDS", "alert_task_button", "drifts", "show", "unhappy"]

FIELDS: Final = (
    Field("title", N_("What is to be done")),
    Field("owner", N_("Who"), placeholder=N_("A role or a name")),
    Field("due", N_("Due day"), "day"),
    Field("account", N_("Account")),
    Field("note", N_("Note"), "text"),
    Field("contacted", N_("Customer contacted on"), "day"),
    Field("said", N_("What the customer said"), "text", help=N_("Phone numbers and the like are masked.")),
    Field("outcome", N_("What came of it"), "text"),
)
FEW: Final = 5
DAYS: Final = 30
MOST: Final = 2000


@st.cache_resource(show_spinner=False, max_entries=32)
def drifts(view: View) -> tuple[Any, ...]:
    """What drifts, as the page of alerts tells it; nothing where that can't be told."""
    try:
        return watched(Asked(view, usual(view), 0.05)).alerts
    except JourneyError:
        return ()


@st.cache_resource(show_spinner=False, max_entries=32)
def unhappy(view: View) -> Detractors | None:
    """Who answered low of late; None where nobody was asked."""
    try:
        return detractors(cached.log(view), days=DAYS, limit=MOST)
    except JourneyError:
        return None


def show(view: View) -> None:
    """The loop, the suggestions, the board."""
    found = kept(view, Tasks)
    alerts, low = patiently(
        _("Looking for what asks for a task"), lambda: (drifts(view), unhappy(view)), key=f"acting-{hash(view)}"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        add_button(view, Tasks, Task(), FIELDS[:5], label=_("New task"), key="acting-new-task")
        st.space("stretch")
        ways_out(view, Tasks, found)
    offered = suggested_tasks(alerts, low.shown if low else (), made=found)
    if not found:
        st.info(
            _(
                "No task yet. Make one of what is suggested below, or write your own; then move it from to do to done "
                "and tell what came of it."
            ),
            icon=":material/checklist:",
        )
    _suggestions(view, offered, low)
    if found:
        _board(view, found)
    if low is not None:
        told = loop_told(closed_loop(low.shown, found, today=datetime.now(UTC).date()), say())
        st.caption(plain(f"{low_told(low, cached.log(view).scales, say())} {told}"))
        st.caption(
            _(
                "Contacted means that a task made of the answer holds the day on which you spoke. Answers younger than "
                "that do not count yet."
            )
        )


def _suggestions(view: View, offered: Sequence[Suggestion], low: Detractors | None) -> None:
    if not offered:
        if low is not None:
            st.caption(_("Nothing new asks for a task: no drift for the worse, no low answer without one."))
        return
    title = _("Suggested: {n:,} tasks from alerts and low answers", n=len(offered))
    with st.expander(title, icon=":material/lightbulb:", key="acting-suggested"):
        st.button(
            _("Make all {n:,}", n=len(offered)),
            key="acting-all",
            on_click=_make,
            args=(view, tuple(offered)),
            type="tertiary",
            icon=":material/done_all:",
        )
        for one in offered[:MOST_SHOWN]:
            _offer(view, one)
        if len(offered) > MOST_SHOWN:
            st.caption(_("{n:,} more appear as you decide on these.", n=len(offered) - MOST_SHOWN))


def _offer(view: View, one: Suggestion) -> None:
    title, note = draft(one, cached.log(view).scales, say())
    with st.container(border=True, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{plain(title)}**")
            st.caption(plain(note))
        st.button(
            _("Make a task"),
            key=f"acting-make-{one.key}",
            on_click=_make,
            args=(view, (one,)),
            icon=":material/add_task:",
            help=plain(title),
        )
        st.button(
            _("Not this one"),
            key=f"acting-not-{one.key}",
            on_click=_make,
            args=(view, (one,), "dropped"),
            type="tertiary",
            help=_("It is not suggested again."),
        )


def _make(view: View, offered: tuple[Suggestion, ...], state: str = "") -> None:
    scales = cached.log(view).scales

    def made() -> None:
        kept_ = records(view, Tasks)
        for one in offered:
            kept_.add(dataclasses.replace(suggested(one, *draft(one, scales, say())), state=state))

    deed(made)


def alert_task_button(view: View, alert: Any, *, key: str) -> None:
    """A button that makes a task of an alert, unless there is one."""
    try:
        offered = suggested_tasks([alert], made=records(view, Tasks).all())
    except JourneyError:
        return
    if offered:
        st.button(_("Make a task"), key=key, on_click=_make, args=(view, offered), icon=":material/add_task:")
    elif alert.direction == "worse" and alert.state != "passed":
        st.caption(_("A task was made of this."))


# --- the board ---------------------------------------------------------------------------------------


def _board(view: View, found: Sequence[Task]) -> None:
    for column, state in zip(st.columns(3, gap="medium"), ("open", "doing", "done"), strict=True):
        here = [one for one in found if one.state == state]
        # What is due first stands first; of what is done, what was done last.
        here.sort(key=lambda one: (str(one.due or "9"), str(one.made)))
        if state == "done":
            here.sort(key=lambda one: str(one.changed), reverse=True)
        with column:
            st.markdown("#### " + _("{state} · {n:,}", state=state_told(state, say()), n=len(here)))
            for one in here[:FEW]:
                _card(view, one)
            if here[FEW:]:
                with st.expander(_("{n:,} more", n=len(here) - FEW), key=f"acting-more-{state}"):
                    for one in here[FEW : FEW + 50]:
                        _card(view, one)
    dropped = [one for one in found if one.state == "dropped"]
    if dropped:
        with st.expander(_("Will not be done ({n:,})", n=len(dropped)), key="acting-dropped"):
            for one in dropped[-50:][::-1]:
                _card(view, one)


def _card(view: View, one: Task) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{plain(one.title)}**")
        told = [plain(one.owner) or _("nobody yet"), due_told(one.due, open_=one.state in ("open", "doing"))]
        told += [plain(_(SOURCES[one.source]))] if one.source in SOURCES else []
        if one.contacted is not None:
            told.append(_("contacted {day}", day=say().day(one.contacted)))
        st.caption(" · ".join(part for part in told if part))
        if one.state == "done" and (one.outcome or one.said):
            st.markdown(plain(one.outcome or one.said))
        with st.container(horizontal=True, gap="small"):
            if one.state == "open":
                _turn(view, one, "doing", _("Begin work"), ":material/play_arrow:")
            if one.state in ("open", "doing"):
                edit_button(view, Tasks, one, FIELDS, name=one.title, label=_("Done …"), state="done")
            if one.state in ("done", "dropped"):
                _turn(view, one, "open", _("Open again"), ":material/undo:")
            edit_button(view, Tasks, one, FIELDS, name=one.title)


def _turn(view: View, one: Task, state: str, label: str, icon: str) -> None:
    st.button(
        label,
        key=f"acting-{state}-{one.id}",
        on_click=_turned,
        args=(view, one, state),
        type="tertiary",
        icon=icon,
        help=_("{what}: {name}", what=label, name=plain(one.title)),
    )


def _turned(view: View, one: Task, state: str) -> None:
    deed(lambda: records(view, Tasks).turn(one, state))
