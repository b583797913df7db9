"""Data: what was read and what was set aside, the scales, and what every number means."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

import journey as jn
from journey.app import cached
from journey.app.definitions import DEFINITIONS, as_markdown, definition
from journey.app.parts.choice import choice
from journey.app.parts.figure import csv, show_table
from journey.app.state import Source, View
from journey.app.text import _, plain, say
from journey.draw.words import share
from journey.events.report import ImportReport

__all__ = ["page", "scales", "set_aside", "tables"]

ROWS = 200


def page(view: View) -> None:
    """Show the page."""
    parts = {
        "report": _("What was read"),
        "scales": _("Scales"),
        "definitions": _("What the numbers mean"),
        "rows": _("Events"),
    }
    chosen = choice(_("Show"), parts, key="data", hidden=True)
    log = cached.opened(view.source)
    if chosen == "report":
        _report(view.source, log.report)
    elif chosen == "scales":
        _scales(log)
    elif chosen == "definitions":
        _definitions()
    else:
        st.caption(_("The first {n:,} events of the cases looked at, as they were understood.", n=ROWS))
        show_table(cached.log(view).table(limit=ROWS), key="rows")


def _report(source: Source, report: ImportReport) -> None:
    kept = share(report.kept / report.read if report.read else None, say())
    st.markdown(_("**{kept:,}** of {read:,} rows were used ({share}).", kept=report.kept, read=report.read, share=kept))
    show_table(tables(report), key="tables")
    _aside(source, report)
    facts = [
        _(
            "{n:,} events stand at the same time as another of their case; they keep the order of the rows.",
            n=report.ties,
        )
        if report.ties
        else "",
        _("{n:,} events equal another in case, touchpoint and time.", n=report.duplicates) if report.duplicates else "",
        _("Met by a single event: {names}.", names=", ".join(report.seen_once)) if report.seen_once else "",
        *report.notes,
    ]
    told = [plain(fact) for fact in facts if fact]
    if told:
        st.markdown("#### " + _("Worth a look"))
        st.markdown("\n".join(f"- {fact}" for fact in told))


def _aside(source: Source, report: ImportReport) -> None:
    st.markdown("#### " + _("Set aside"))
    found = set_aside(report)
    if found.empty:
        st.caption(_("Nothing: every row and every value could be used."))
        return
    show_table(found, key="aside")
    st.download_button(
        _("Rows and values set aside, with the reasons"),
        lambda: _quarantine(source),
        "quarantine.csv",
        "text/csv",
        key="quarantine",
        icon=":material/download:",
        on_click="ignore",
    )


def _quarantine(source: Source) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        written = cached.opened(source).write_quarantine(Path(folder) / "quarantine.csv")
        # The values are as raw as they came: what a spreadsheet would take for a formula is made text.
        return csv(pd.read_csv(written, dtype="str", keep_default_na=False)) if written else b""


def tables(report: ImportReport) -> pd.DataFrame:
    """One row a table: how many rows were read, used, set aside, left out, and how the file was understood."""
    return pd.DataFrame(
        {
            _("Table"): Path(table.path).name,
            _("Kind"): table.kind,
            _("Rows read"): table.read,
            _("Rows used"): table.kept,
            _("Set aside"): sum(table.quarantined.values()),
            _("Left out on purpose"): sum(table.left_out.values()),
            _("Events"): table.events,
            _("Understood as"): "; ".join(f"{name}: {how}" for name, how in table.understood.items()),
        }
        for table in report.tables
    )


def set_aside(report: ImportReport) -> pd.DataFrame:
    """Reason → rows or values, over all tables."""
    rows = [(reason, _("rows"), n) for reason, n in report.quarantined.items()]
    rows += [(reason, _("values in rows that were used"), n) for reason, n in report.set_aside.items()]
    return pd.DataFrame(rows, columns=[_("Reason"), _("What"), _("How many")])


def _scales(log: jn.EventLog) -> None:
    if not log.scales:
        st.info(_("No ratings are in these tables: the journey is known by what customers did alone."))
        return
    st.caption(_("Which end is good is never guessed: the recipe says it."))
    show_table(scales(log), key="scales")


def scales(log: jn.EventLog) -> pd.DataFrame:
    """One row a scale: its range, its good end, its question, and the answers seen."""
    seen = {observed.name: observed for observed in log.report.scales}
    roles = {"satisfaction": _("Satisfaction"), "effort": _("Effort"), "nps": _("NPS")}
    about = {"touchpoint": _("the touchpoint"), "relation": _("the whole relation")}
    rows = []
    for role, scale in log.scales.items():
        observed = seen.get(scale.name)
        rows.append(
            {
                _("Scale"): scale.name,
                _("Measures"): roles.get(role, role),
                _("From"): scale.low,
                _("To"): scale.high,
                _("Good end"): scale.high if scale.good == "high" else scale.low,
                _("About"): about[scale.about],
                _("Question"): scale.question,
                _("Answers"): observed.n if observed else 0,
                _("Outside the scale"): observed.outside if observed else 0,
                _("Answers per visit"): share(log.report.answer_rates.get(scale.name), say()),
            }
        )
    return pd.DataFrame(rows)


def _definitions() -> None:
    st.caption(
        _(
            "Each text is the documentation of the function that computes the number, with its formula and source. "
            "Intervals are 95% unless said otherwise."
        )
    )
    for group, entries in DEFINITIONS.items():
        st.markdown("#### " + _(group))
        with st.container(gap="xsmall"):
            for title, what in entries.items():
                with st.expander(_(title)):
                    st.markdown(as_markdown(_(definition(what))))
