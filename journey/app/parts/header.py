"""The head of every page: which journey, how much of it, from when to when."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import streamlit as st

import journey as jn
from journey.app import cached
from journey.app.state import Source
from journey.app.text import _, plain

__all__ = ["header", "summary"]


def header(source: Source) -> None:
    log, journey = cached.log(source), cached.journey(source)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.markdown(f"## {plain(journey.name or _('Journey'))}", width="content")
        st.markdown(summary(log, journey), width="content")


def summary(log: jn.EventLog, journey: jn.Journey) -> str:
    """Cases, customers, events, period and the share that reached the goal, as Markdown."""
    facts = [
        _("**{n:,}** cases", n=journey.cases),
        _("**{n:,}** customers", n=journey.customers),
        _("{n:,} events", n=journey.events),
    ]
    first, last = log.report.first, log.report.last
    if first and last:
        zone = ZoneInfo(log.recipe.time_zone or "UTC")
        facts.append(" – ".join(f"{when.astimezone(zone):%-d %b %Y}" for when in (first, last)))
    if journey.reached is not None and journey.cases:
        goal = plain(", ".join(journey.goal))
        facts.append(
            _(
                "**{share:.0%}** of cases reached {goal} ({n:,})",
                share=journey.reached / journey.cases,
                goal=goal,
                n=journey.reached,
            )
        )
    return " · ".join(facts)
