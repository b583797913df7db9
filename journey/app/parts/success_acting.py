"""Acting: what plans, tasks, meetings, interviews and initiatives share: where they are kept, a form, the ways out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import streamlit as st

from journey import store
from journey.app import cached
from journey.app.parts.figure import csv
from journey.app.state import View
from journey.app.text import N_, _, plain, say, sentence
from journey.draw.acting_words import state_told
from journey.errors import JourneyError
from journey.export.records import record_payload, record_table
from journey.export.webhook import checked, post
from journey.store.records import Record, Records

__all__ = ["Field", "add_button", "deed", "due_told", "edit", "edit_button", "keep", "kept", "records", "ways_out"]

R = TypeVar("R", bound=Record)
Shape = Literal["line", "text", "day", "share", "one of"]

MOST_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a form: which field it fills, its label, and how it is asked for.

    options   of "one of": code → what the reader sees
    """

    name: str
    label: str
    as_: Shape = "line"
    options: Mapping[str, str] | None = None
    help: str = ""
    placeholder: str = ""


def records(view: View, kind: type[Records[R]]) -> Records[R]:
    """The records of one kind of the view's source. Raises JourneyError if they can't be kept."""
    return kind(store.connect(store.address()), str(Path(view.source.recipe).resolve()))


def kept(view: View, kind: type[Records[R]]) -> tuple[R, ...]:
    """All records of one kind, oldest first; a sentence and none of them where they can't be read."""
    try:
        return records(view, kind).all()
    except JourneyError as error:
        st.error(sentence(error))
        return ()


def deed(act: Callable[[], object]) -> None:
    """Do what a button asks for; where that can't be done, say why."""
    try:
        act()
    except JourneyError as error:
        st.toast(sentence(error), icon=":material/error:")


def keep(view: View, kind: type[Records[R]], record: R) -> None:
    """Keep a new record: for buttons."""
    deed(lambda: records(view, kind).add(record))


def due_told(due: date | None, *, open_: bool) -> str:
    """The day by which; of what is still open, whether it is over."""
    if due is None:
        return ""
    day = say().day(due)
    late = open_ and due < date.today()
    return ":red[" + _("late: was due {day}", day=day) + "]" if late else _("by {day}", day=day)


# --- forms -------------------------------------------------------------------------------------------


def add_button(
    view: View, kind: type[Records[R]], new: R, fields: Sequence[Field], *, label: str, key: str, title: str = ""
) -> None:
    """A button that opens an empty form, or one that is filled in with what is known."""
    if st.button(label, key=key, icon=":material/add:"):
        edit(view, kind, new, fields, title=title or label)


def edit_button(
    view: View,
    kind: type[Records[R]],
    record: R,
    fields: Sequence[Field],
    *,
    name: str,
    label: str = "",
    state: str | None = None,
) -> None:
    """A small button that opens the form of a record. `state` is chosen there already."""
    pressed = st.button(
        label or _("Edit"),
        key=f"acting-edit-{record.id}-{state or ''}",
        icon=":material/edit:" if state is None else ":material/check:",
        type="tertiary",
        help=_("Edit {name}", name=plain(name)),
    )
    if pressed:
        edit(view, kind, record, fields, title=name, state=state)


def edit(
    view: View,
    kind: type[Records[R]],
    record: R,
    fields: Sequence[Field],
    *,
    title: str,
    state: str | None = None,
) -> None:
    """The form of a record in a dialog; it closes when what was written could be kept."""

    @st.dialog(plain(title), width="medium")
    def dialog() -> None:
        told = f"{kind.table.name}-{record.id or 'new'}-{record.version}"
        with st.form(f"acting-form-{told}", border=False):
            values = {one.name: _asked(one, record, f"acting-{told}-{one.name}") for one in fields}
            chosen, note = _state(kind, record, told, state)
            pressed = st.form_submit_button(_("Keep"), type="primary", icon=":material/check:", key=f"press-{told}")
        if pressed and _keep(view, kind, dataclasses.replace(record, **values, state=chosen), note):
            st.rerun()
        if record.id:
            _past(view, kind, record, told)

    dialog()


def _asked(field: Field, record: Record, key: str) -> Any:
    value, label, told = getattr(record, field.name), _(field.label), _(field.help) if field.help else None
    hint = _(field.placeholder) if field.placeholder else None
    if field.as_ == "day":
        return st.date_input(label, value=value, key=key, help=told, format=_day_form())
    if field.as_ == "share":
        shown = None if value is None else 100 * float(value)
        found = st.number_input(label, 0.0, 100.0, shown, 5.0, key=key, help=told, format="%.0f", placeholder=hint)
        return None if found is None else found / 100
    if field.as_ == "text":
        return st.text_area(label, value or "", key=key, help=told, max_chars=4000, height=90, placeholder=hint)
    if field.as_ == "one of":
        options = dict(field.options or {})
        if value and value not in options:
            options[value] = value
        codes = list(options)
        return st.selectbox(
            label,
            codes,
            index=codes.index(value) if value in options else 0,
            format_func=lambda code: options.get(code, str(code)),
            key=key,
            help=told,
        )
    return st.text_input(label, value or "", key=key, help=told, max_chars=500, placeholder=hint)


def _day_form() -> Any:
    return "DD/MM/YYYY" if say().lang == "pt_BR" else "YYYY-MM-DD"


def _state(kind: type[Records[R]], record: R, told: str, wanted: str | None) -> tuple[str, str]:
    """The states that may follow, and a note where one does."""
    now = record.state or next(iter(kind.states))
    if not record.id:
        return now, ""
    states = [now, *kind.states[now]]
    at = states.index(wanted) if wanted in states else 0
    names = {state: state_told_here(state) for state in states}
    chosen = st.segmented_control(
        _("State"),
        states,
        default=states[at],
        required=True,
        format_func=lambda state: names.get(state, str(state)),
        key=f"acting-{told}-state",
    )
    return str(chosen or now), ""


def state_told_here(state: str) -> str:
    return state_told(state, say())


def _keep(view: View, kind: type[Records[R]], record: R, note: str) -> bool:
    try:
        if record.id:
            records(view, kind).change(record, note=note)
        else:
            records(view, kind).add(record)
    except JourneyError as error:
        st.error(sentence(error))
        return False
    return True


def _past(view: View, kind: type[Records[R]], record: R, told: str) -> None:
    """The states it was in, and the way to forget it."""
    try:
        turns = records(view, kind).history(record.id)
    except JourneyError:
        turns = ()
    lines = " · ".join(
        _("{state} since {day}", state=state_told_here(one.after), day=say().day(one.when.date())) for one in turns
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(lines), width="stretch")
        if st.button(_("Remove"), key=f"acting-{told}-remove", icon=":material/delete:", type="tertiary"):
            deed(lambda: records(view, kind).remove(record.id))
            st.rerun()


# --- ways out ----------------------------------------------------------------------------------------

FILES: Final = {
    "success_plans": ("success-plans", N_("success plans")),
    "tasks": ("tasks", N_("tasks")),
    "meetings": ("meetings", N_("meetings")),
    "exit_interviews": ("exit-interviews", N_("exit interviews")),
    "initiatives": ("initiatives", N_("initiatives")),
}


def ways_out(view: View, kind: type[Records[R]], found: Sequence[R]) -> None:
    """As a file, and to an address; nothing is sent before the button is pressed."""
    if not found:
        return
    name, what = FILES[kind.table.name]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content"):
        st.download_button(
            _("CSV"),
            lambda: csv(record_table(found, kind.kind)),
            f"{name}.csv",
            "text/csv",
            key=f"acting-csv-{name}",
            icon=":material/download:",
            on_click="ignore",
            type="tertiary",
        )
        with (
            st.popover(_("Send"), icon=":material/send:", type="tertiary"),
            st.form(f"acting-send-{name}", border=False),
        ):
            st.caption(_("All {what} are posted to this address as JSON. The address is not kept.", what=_(what)))
            url = st.text_input(_("Webhook"), key=f"acting-url-{name}", type="password", autocomplete="off")
            if st.form_submit_button(_("Send {n:,}", n=len(found)), key=f"acting-post-{name}"):
                _send(view, url, name, found)


def _send(view: View, url: str, name: str, found: Sequence[Any]) -> None:
    recipe = cached.opened(view.source).recipe
    try:
        post(checked(url), record_payload(recipe.name or "Journey", name, found))
    except JourneyError as error:
        st.error(sentence(error))
    else:
        st.success(_("Sent."))
