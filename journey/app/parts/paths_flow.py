"""Paths: the flow from a touchpoint onwards, or to it."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from journey import draw
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.drawer import cases_button, open_cases
from journey.app.parts.figure import panel
from journey.app.parts.paths_common import colours, names, pick_touchpoint, stage_colours, worst
from journey.app.parts.paths_words import sentence_case, way_described
from journey.app.parts.sheet import sheet
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, speaker
from journey.draw.flows import flow, link_mark, stop_mark
from journey.draw.sheet import Sheet
from journey.draw.words import Say, place, share
from journey.events.paths import Link, Paths, Stop, paths
from journey.events.selection import Step

__all__ = ["conditions", "show", "table"]

FOCUS = "paths-focus"
FINAL = 0.8  # of a touchpoint's visits are the last of their case
AT, BACK, STEPS, TOP = "paths_at", "paths_way", "paths_steps", "paths_top"


def show(view: View) -> None:
    """The flow with its settings."""
    anchor, back, steps, top = _settings(view)
    found = flowing(view, anchor, steps, back, top)
    if not found.cases:
        st.info(_("None of these cases met {anchor}.", anchor=plain(anchor)))
        return
    focus = _focus(found)
    _chosen(view, found, focus)
    drawn = drawing(view, anchor, steps, back, top, focus, theme_name(), language())
    panel(
        "paths-flow",
        lambda: sheet(drawn, key="paths-flow-sheet", on_open=partial(_open, found)),
        table=lambda: table(found, say()),
        name="journey-flow",
        note=_note(found),
    )


def _settings(view: View) -> tuple[str, bool, int, int]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        anchor = pick_touchpoint(_("Touchpoint"), names(view), key=AT, first=worst(view.whole))
        ways = {"after": _("After it"), "before": _("Before it")}
        first = "before" if _final(view.whole, anchor) else "after"
        back = choice(_("Direction"), ways, key=BACK, default=first, hidden=True) == "before"
        steps = choice(_("Steps"), {str(n): say().number(n) for n in range(2, 7)}, key=STEPS, default="4")
        tops = {str(n): _("{n} commonest", n=n) for n in (4, 6, 8, 12)}
        top = choice(_("At each step"), tops, key=TOP, default="6", as_="list", width=140)
    return anchor, back, int(steps), int(top)


def _final(view: View, name: str) -> bool:
    """Whether hardly anything comes after a touchpoint: then what came before it is the better picture."""
    found = cached.journey(view)[name]
    return found.visits > 0 and found.ends >= FINAL * found.visits


@st.cache_resource(show_spinner=False, max_entries=64)
def flowing(view: View, anchor: str, steps: int, back: bool, top: int) -> Paths:
    return paths(cached.log(view), anchor, steps=steps, back=back, top=top)


@st.cache_resource(show_spinner=False, max_entries=64)
def drawing(
    view: View, anchor: str, steps: int, back: bool, top: int, focus: Step | None, theme: str, lang: str
) -> Sheet:
    found = flowing(view, anchor, steps, back, top)
    through = None
    if focus is not None:
        chosen = view.of(view.selection.and_(focus))
        through = paths(cached.log(chosen), anchor, steps=steps, back=back, like=found)
    return flow(
        found,
        colours=colours(view, theme),
        stages=stage_colours(view),
        through=through,
        meant=(*cached.log(view).recipe.goal, *cached.log(view).recipe.ends),
        theme=draw.theme(theme),
        say=speaker(lang),
    )


def conditions(found: Paths, one: Stop | Link) -> tuple[Step, ...]:
    """What holds for exactly the cases at a stop, or on a link."""
    if isinstance(one, Stop):
        return (_condition(found, one),)
    ends = (found.stop(one.step, one.near), found.stop(one.step + 1, one.far))
    return tuple(_condition(found, stop) for stop in ends if stop is not None and stop.step)


def _condition(found: Paths, stop: Stop) -> Step:
    if not stop.step:
        return ("met", found.anchor)
    places = stop.others if stop.place is None else (stop.place,) if isinstance(stop.place, str) else ()
    return ("before" if found.back else "after", found.anchor, str(stop.step), *places)


def _open(found: Paths, mark: str) -> None:
    """Show the cases behind a bar or a band; a bar's cases light up on the whole way, too."""
    for at, stop in enumerate(found.stops):
        if mark == stop_mark(at):
            st.session_state[FOCUS] = _condition(found, stop)
            open_cases(_title(found, stop), *conditions(found, stop))
    for at, link in enumerate(found.links):
        if mark == link_mark(at):
            near, far = found.stop(link.step, link.near), found.stop(link.step + 1, link.far)
            pair = (far, near) if found.back else (near, far)
            title = " → ".join(_name(found, stop) for stop in pair if stop)
            open_cases(title, *conditions(found, link))


def _name(found: Paths, stop: Stop) -> str:
    if stop.place is None:
        return _("{n} others", n=len(stop.others))
    return place(stop.place, say())


def _title(found: Paths, stop: Stop) -> str:
    return sentence_case(way_described(_condition(found, stop), say()) or _name(found, stop))


def _focus(found: Paths) -> Step | None:
    """The stop whose cases are lit up, as long as it stands in the figure."""
    focus: Step | None = st.session_state.get(FOCUS)
    stands = any(stop.step and _condition(found, stop) == focus for stop in found.stops)
    return focus if stands else None


def _chosen(view: View, found: Paths, focus: Step | None) -> None:
    """What is lit up, and the ways on from there; the row is there before anything is, so that nothing jumps."""
    stop = next((stop for stop in found.stops if stop.step and _condition(found, stop) == focus), None)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", height=44, border=False, key="paths-chosen"
    ):
        if stop is None or focus is None:
            st.caption(_("Click a bar to see exactly its cases, and to follow them on their whole way."))
            return
        st.markdown(f"**{plain(_title(found, stop))}**", width="content")
        cases_button(_("{n:,} cases", n=stop.cases), focus, title=_title(found, stop), key="paths-focus-cases")
        if isinstance(stop.place, str):
            st.button(
                _("Start the flow here"),
                key="paths-focus-start",
                type="tertiary",
                icon=":material/arrow_forward:",
                on_click=_start_at,
                args=(stop.place,),
            )
        st.button(_("Show all"), key="paths-focus-clear", type="tertiary", icon=":material/close:", on_click=_clear)


def _start_at(name: str) -> None:
    st.session_state[AT] = name
    _clear()


def _clear() -> None:
    st.session_state.pop(FOCUS, None)


def _note(found: Paths) -> str:
    told = _(
        "Each case counts once, from its first visit to {anchor}: {n:,} of {of:,} cases ({share}). Bars are as high as "
        "there are cases; percentages are of those {n:,}.",
        anchor=plain(found.anchor),
        n=found.cases,
        of=found.of,
        share=share(found.cases / found.of if found.of else None, say()),
    )
    others = [stop for stop in found.stops if stop.others]
    if others:
        told += " " + _(
            "At most {share} of them stand under “others” at a step.",
            share=share(max(stop.share.value or 0 for stop in others), say()),
        )
    return told + " " + _("Click a bar or a band to see exactly its cases; by keyboard: Tab, arrows, Enter.")


def table(found: Paths, speak: Say) -> pd.DataFrame:
    """The links in numbers: shares are of the cases at the end that is nearer to the touchpoint."""
    rows = []
    for link in found.links:
        near, far = found.stop(link.step, link.near), found.stop(link.step + 1, link.far)
        first, then = (far, near) if found.back else (near, far)
        rows.append(
            {
                speak("Step"): link.step + 1,
                speak("From"): _row_name(first, speak),
                speak("To"): _row_name(then, speak),
                speak("Cases"): link.cases,
                speak("Share"): link.share.value,
                speak("from"): link.share.low,
                speak("to"): link.share.high,
                speak("of cases"): link.share.n,
            }
        )
    return pd.DataFrame(rows)


def _row_name(stop: Stop | None, speak: Say) -> str:
    if stop is None:
        return "–"
    return ", ".join(stop.others) if stop.place is None else place(stop.place, speak)
