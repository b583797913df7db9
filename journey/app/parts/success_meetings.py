"""Success, acting: alignment meetings, and the page on an account to take along."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

import streamlit as st

from journey.app import cached
from journey.app.parts.success_acting import Field, add_button, deed, edit_button, kept, records, ways_out
from journey.app.parts.success_common import told
from journey.app.state import View
from journey.app.text import N_, _, language, plain, say
from journey.draw.acting_words import state_told
from journey.draw.brief import Brief, brief, brief_html, brief_markdown
from journey.events.accounts_one import AccountFacts, account_facts, account_names
from journey.store import Meeting, Meetings, Plans, Task, Tasks

__all__ = ["show"]

FIELDS: Final = (
    Field("account", N_("Account")),
    Field("day", N_("Day"), "day"),
    Field("roles", N_("Who takes part, by role"), help=N_("Roles are enough: names and addresses are not needed.")),
    Field("notes", N_("Notes"), "text", help=N_("Phone numbers and the like are masked.")),
    Field("decisions", N_("Decisions, a line each"), "text", help=N_("Each line can become a task.")),
)


def show(view: View) -> None:
    """The brief, and the meetings."""
    found = kept(view, Meetings)
    account = _account(view) if told(view) else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        add_button(view, Meetings, Meeting(account=account), FIELDS, label=_("New meeting"), key="acting-new-meeting")
        st.space("stretch")
        ways_out(view, Meetings, found)
    if account:
        _brief(view, account)
    if not found:
        st.info(
            _(
                "No meeting yet. Choose an account above: its brief tells what to talk about. Then write down what was "
                "decided; each decision can become a task."
            ),
            icon=":material/groups:",
        )
    made = {one.key for one in kept(view, Tasks)}
    for one in sorted(found, key=lambda one: str(one.day), reverse=True)[:50]:
        _one(view, one, made)


def _account(view: View) -> str:
    """The account that was chosen: a few letters of its name, then one of those that have them."""
    left, right = st.columns(2)
    like = left.text_input(_("Find an account"), key="acting-like", placeholder=_("Part of its name"))
    names = _names(view, like)
    if not names:
        right.caption(_("No account is named so."))
        return ""
    return str(right.selectbox(_("Account"), names, key="acting-account", help=_("Those that pay most stand first.")))


@st.cache_data(show_spinner=False, max_entries=128)
def _names(view: View, like: str) -> tuple[str, ...]:
    return account_names(cached.log(view).accounts, like=like)


@st.cache_resource(show_spinner=False, max_entries=64)
def _facts(view: View, account: str) -> AccountFacts:
    return account_facts(cached.opened(view.source), account)


def _brief(view: View, account: str) -> None:
    plans = [one for one in kept(view, Plans) if one.account == account and one.state == "open"]
    tasks = [one for one in kept(view, Tasks) if one.account == account and one.state in ("open", "doing")]
    page = brief(_facts(view, account), plans=plans, tasks=tasks, scales=dict(cached.log(view).scales), say=say())
    with st.expander(plain(page.title), expanded=True, icon=":material/description:", key="acting-brief"):
        _shown(page)
        with st.container(horizontal=True, gap="small"):
            stem = "brief-" + "".join(letter if letter.isalnum() else "-" for letter in account)[:60]
            st.download_button(
                _("Markdown"), brief_markdown(page), f"{stem}.md", "text/markdown", key="acting-md", on_click="ignore"
            )
            st.download_button(
                _("HTML"),
                brief_html(page, lang=language()),
                f"{stem}.html",
                "text/html",
                key="acting-html",
                on_click="ignore",
            )


def _shown(page: Brief) -> None:
    halves = st.columns(2, gap="large")
    for at, section in enumerate(page.sections):
        with halves[0 if at < 4 else 1]:
            lines = [f"**{plain(name)}**: {plain(value)}" if name else plain(value) for name, value in section.lines]
            st.markdown(f"**{plain(section.title)}**\n" + "\n".join(f"- {line}" for line in lines))
    if page.foot:
        st.caption(plain(page.foot))


def _one(view: View, one: Meeting, made: set[str | None]) -> None:
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch", gap=None):
                st.markdown(f"**{plain(_('Account {name}', name=one.account))}**")
                day = "" if one.day is None else say().day(one.day)
                st.caption(" · ".join(part for part in (state_told(one.state, say()), day, plain(one.roles)) if part))
            edit_button(view, Meetings, one, FIELDS, name=_("Account {name}", name=one.account))
        if one.notes:
            st.markdown(plain(one.notes))
        for line in one.decided:
            st.markdown("- " + plain(line))
        new = [line for line in one.decided if _key(one, line) not in made]
        if new:
            st.button(
                _("Make {n:,} tasks of the decisions", n=len(new)),
                key=f"acting-decided-{one.id}",
                on_click=_make,
                args=(view, one, new),
                icon=":material/add_task:",
                type="tertiary",
            )


def _key(one: Meeting, line: str) -> str:
    return "meeting:" + hashlib.sha256(f"{one.id}\n{line}".encode()).hexdigest()[:40]


def _make(view: View, one: Meeting, lines: Sequence[str]) -> None:
    def made() -> None:
        for line in lines:
            records(view, Tasks).add(Task(title=line[:500], source="meeting", key=_key(one, line), account=one.account))

    deed(made)
