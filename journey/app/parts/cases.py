"""Exactly those cases: what stands behind a count, to look at, to save, to take away."""

from __future__ import annotations

from io import BytesIO

import pandas as pd
import streamlit as st

import journey as jn
from journey.app import cached
from journey.app.parts.described import step_described
from journey.app.parts.figure import show_table
from journey.app.parts.filters import adopt
from journey.app.parts.saved import save_as
from journey.app.state import View
from journey.app.text import _, plain, say
from journey.draw.words import share, span
from journey.events.cases import cases, write_cases
from journey.events.selection import Step

__all__ = ["adopt_asked", "cases_list", "listed"]

MOST = 200


def cases_list(view: View, title: str, *steps: Step) -> None:
    """The cases of the view for which all conditions hold."""
    chosen = view.of(view.selection.and_(*steps))
    log, of = cached.log(chosen), cached.log(view).cases
    st.markdown(
        _(
            "**{n:,}** of the {of:,} cases looked at ({share})",
            n=log.cases,
            of=of,
            share=share(log.cases / of if of else None, say()),
        )
    )
    st.caption(plain("; ".join(step_described(step, say()) for step in steps)))
    if not log.cases:
        return
    with st.container(horizontal=True, gap="small"):
        if st.button(_("Look at these cases only"), key="only-these", icon=":material/filter_alt:"):
            adopt_soon(chosen)
        st.download_button(
            _("CSV"),
            lambda: _written(log),
            "cases.csv",
            "text/csv",
            key="cases-csv",
            icon=":material/download:",
            on_click="ignore",
        )
    save_as(view.source, chosen.selection, key="cases")
    show_table(listed(log), key="cases-table")
    if log.cases > MOST:
        st.caption(_("The first {n:,} are shown; the download holds all {of:,}.", n=MOST, of=log.cases))


def listed(log: jn.EventLog) -> pd.DataFrame:
    """The latest cases of a log, named for the reader."""
    found = cases(log, limit=MOST)
    found["duration_s"] = [span(seconds, say()) for seconds in found["duration_s"]]
    names = {
        "case": _("Case"),
        "customer": _("Customer"),
        "begin": _("Began"),
        "events": _("Events"),
        "duration_s": _("Lasted"),
        "steps": _("Way"),
        "last": _("Last touchpoint"),
        "reached": _("Goal reached"),
        "worst": _("Worst rating"),
    }
    return found[[name for name in names if name in found]].rename(columns=names)


def _written(log: jn.EventLog) -> bytes:
    file = BytesIO()
    write_cases(log, file)
    return file.getvalue()


def adopt_soon(view: View) -> None:
    """Set the filter bar in the next run: this one has drawn it already."""
    st.session_state["adopt"] = view.selection
    st.rerun()


def adopt_asked(view: View) -> None:
    """Set the filter bar to what was asked for in the last run, before the bar is drawn."""
    if (asked := st.session_state.pop("adopt", None)) is not None:
        adopt(view.source, asked)
