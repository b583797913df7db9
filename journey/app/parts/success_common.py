"""Success: what its parts share: the accounts looked at, and what is wrong with the data."""

from __future__ import annotations

import streamlit as st

import journey as jn
from journey.app import cached
from journey.app.state import View
from journey.app.text import _, plain, say
from journey.draw.accounts_words import about, contradiction, footnotes, set_aside
from journey.model import Measure

__all__ = ["accounts", "doubts", "ends", "note", "of_whom", "told"]


def told(view: View) -> bool:
    """Whether the recipe tells of accounts."""
    return cached.opened(view.source).recipe.accounts is not None


@st.cache_resource(show_spinner=False, max_entries=64)
def accounts(view: View) -> jn.Accounts:
    """The accounts whose customers have one of the cases looked at."""
    return cached.log(view).accounts


def of_whom(view: View) -> str:
    """How many accounts are looked at, of how many, and as known when."""
    found = accounts(view)
    said = about(found.report, found.n, say())
    if found.n < found.of:
        said += ": " + _("those whose customers have one of the cases you look at")
    return said + "."


def ends(measure: Measure, form: str) -> str:
    """The interval of a number that stands above it."""
    if measure.value is None or measure.low is None:
        return ""
    low = say().number(measure.low, form)
    if measure.high is None:
        return _("95%: {low} or more", low=low)
    return _("95%: {low} to {high}", low=low, high=say().number(measure.high, form))


def note(*lines: str) -> str:
    """What stands under a number: its interval, what it is of."""
    return " · ".join(line for line in lines if line)


def doubts(view: View) -> None:
    """What decides who left, and where the tables contradict each other."""
    found = accounts(view)
    report, spec = found.report, found.recipe.accounts
    assert spec is not None  # else there are no accounts
    lines = [contradiction(one, say()) for one in report.contradictions]
    aside = list(set_aside(report, say()))
    st.caption(plain(" ".join(footnotes(spec, report, say()))))
    if lines:
        with st.expander(_("Where the tables contradict each other ({n:,})", n=len(lines)), icon=":material/rule:"):
            st.markdown(_("Each source says something else. Nothing was averaged."))
            st.markdown("\n".join(f"- {plain(line)}" for line in lines))
    if aside:
        with st.expander(_("Rows that could not be used"), icon=":material/block:"):
            st.markdown("\n".join(f"- {plain(line)}" for line in aside))
