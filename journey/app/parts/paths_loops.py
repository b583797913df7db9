"""Paths: what cases come back to, and how content those are who do."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from journey import draw
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.drawer import open_cases
from journey.app.parts.figure import panel
from journey.app.parts.paths_words import sentence_case, way_described
from journey.app.parts.sheet import sheet
from journey.app.state import View, theme_name
from journey.app.text import _, language, say, speaker
from journey.draw.rounds import loop_mark, loop_name, rounds
from journey.draw.sheet import Sheet
from journey.draw.words import Say
from journey.events.loops import LOOPS, Loop, LoopKind, loops
from journey.events.selection import Step

__all__ = ["condition", "show", "table"]

MOST = 40  # loops that are counted; of these
SHOWN = 12  # are shown


def show(view: View) -> None:
    """The loops that most cases made."""
    kind, planned = _settings(view)
    found = shown(view, kind, planned)
    if not found:
        hidden = any(one.planned for one in made(view, kind))
        st.info(
            _("Nobody came back, but for what is planned to repeat.") if hidden else _("Nobody came back in this way.")
        )
        return
    drawn = drawing(view, kind, planned, theme_name(), language())
    panel(
        "paths-loops",
        lambda: sheet(drawn, key="paths-loops-sheet", on_open=partial(_open, found)),
        table=lambda: table(found, say()),
        name="journey-loops",
        note=_note(view, kind, found),
    )


def _settings(view: View) -> tuple[LoopKind, bool]:
    names = {
        "at once": _("The same again at once"),
        "there and back": _("There and straight back"),
        "at all": _("Back at any time"),
    }
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = choice(_("How they came back"), names, key="paths_loop", hidden=True)
        planned = False
        if cached.log(view).recipe.repeatable:
            planned = st.toggle(
                _("With what is planned to repeat"), key="paths_planned", bind="query-params", persist_state="session"
            )
        else:
            planned = True
    return next(kind for kind in LOOPS if kind == chosen), planned


@st.cache_resource(show_spinner=False, max_entries=64)
def made(view: View, kind: LoopKind) -> tuple[Loop, ...]:
    return loops(cached.log(view), kind=kind, limit=MOST)


def shown(view: View, kind: LoopKind, planned: bool) -> tuple[Loop, ...]:
    """The commonest loops, with those that are meant or without."""
    return tuple(one for one in made(view, kind) if planned or not one.planned)[:SHOWN]


@st.cache_resource(show_spinner=False, max_entries=64)
def drawing(view: View, kind: LoopKind, planned: bool, theme: str, lang: str) -> Sheet:
    scale = cached.log(view).scales.get("satisfaction")
    return rounds(shown(view, kind, planned), scale=scale, theme=draw.theme(theme), say=speaker(lang))


def condition(kind: LoopKind, one: Loop) -> Step:
    """What holds for exactly the cases of a loop."""
    if one.via is not None:
        return ("around", one.touchpoint, one.via)
    return ("walked", one.touchpoint, one.touchpoint) if kind == "at once" else ("again", one.touchpoint)


def _open(found: tuple[Loop, ...], mark: str) -> None:
    kind = next(kind for kind in LOOPS if kind == st.session_state.get("paths_loop", LOOPS[0]))
    for at, one in enumerate(found):
        if mark == loop_mark(at):
            step = condition(kind, one)
            open_cases(sentence_case(way_described(step, say()) or loop_name(one)), step)


def _note(view: View, kind: LoopKind, found: tuple[Loop, ...]) -> str:
    could = {
        "at once": _(
            "Shares are of the cases that met the touchpoint; those came back whose very next event was there."
        ),
        "there and back": _("Shares are of the cases that went from the first touchpoint straight to the second one."),
        "at all": _("Shares are of the cases that met the touchpoint; those came back that visited it again later."),
    }[kind]
    told = [could, _("Intervals are 95%.")]
    if any(one.difference.value is not None for one in found):
        where = (
            _("Satisfaction is that of the answers at the touchpoint they came back to, each case once.")
            if "satisfaction" in cached.log(view).rated
            else _("Satisfaction is that of all answers of a case, each case once.")
        )
        told += [
            where,
            _(
                "A coloured dot stands out from chance among all loops (Benjamini–Hochberg, q = 0.10); what goes "
                "together need not be the cause of each other."
            ),
        ]
    told.append(_("Click a row to see exactly its cases."))
    return " ".join(told)


def table(found: tuple[Loop, ...], speak: Say) -> pd.DataFrame:
    """The loops in numbers."""
    rows = []
    for one in found:
        row: dict[str, object] = {
            speak("Touchpoint"): one.touchpoint,
            speak("By way of"): one.via or "–",
            speak("Cases"): one.cases,
            speak("Returns"): one.returns,
            speak("Share"): one.share.value,
            speak("from"): one.share.low,
            speak("to"): one.share.high,
            speak("of cases"): one.share.n,
            speak("Planned to repeat"): one.planned,
        }
        if one.difference.value is not None:
            row |= {
                speak("Satisfaction of those"): one.looped.value,
                speak("n of those"): one.looped.n,
                speak("Satisfaction of others"): one.others.value,
                speak("n of others"): one.others.n,
                speak("Difference"): one.difference.value,
                speak("difference from"): one.difference.low,
                speak("difference to"): one.difference.high,
                speak("stands out"): one.clear,
            }
        rows.append(row)
    return pd.DataFrame(rows)
