"""The head of every page: which journey, how much of it is looked at, from when to when."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

import journey as jn
from journey.app import cached
from journey.app.state import View
from journey.app.text import _, plain, say
from journey.draw.words import share

__all__ = ["header", "summary"]


def header(view: View) -> None:
    log = cached.log(view)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.markdown(f"## {plain(log.recipe.name or _('Journey'))}", width="content")
        st.markdown(summary(log, cached.opened(view.source)), width="content")


def summary(log: jn.EventLog, whole: jn.EventLog) -> str:
    """Cases and customers that remain, of how many and what share; the period they lie in. As Markdown."""
    facts = [_remaining(_("cases"), log.cases, whole.cases)]
    if whole.has_customers and whole.customers != whole.cases:
        facts.append(_remaining(_("customers"), log.customers, whole.customers))
    elif whole.has_customers:
        facts.append(_("one case for each customer"))
    facts.append(_("{n:,} events", n=log.events))
    first, last = whole.report.first, whole.report.last
    if first and last and whole.timed:
        zone = ZoneInfo(whole.recipe.time_zone or "UTC")
        facts.append(" – ".join(say().day(when.astimezone(zone)) for when in (first, last)))
    return " · ".join(facts)


def _remaining(what: str, n: int, of: int) -> str:
    if n == of:
        return _("**{n:,}** {what}", n=n, what=what)
    part = share(n / of if of else None, say())
    return _("**{n:,}** of {of:,} {what} ({share})", n=n, of=of, what=what, share=part)
