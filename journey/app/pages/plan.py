"""Designed and lived: the designed map against the cases as they were."""

from __future__ import annotations

from functools import partial

import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.drawer import cases_button, open_cases, open_touchpoint, open_transition
from journey.app.parts.figure import panel
from journey.app.parts.filters import filterable
from journey.app.parts.graph_canvas import Picked, graph_canvas
from journey.app.parts.patience import patiently
from journey.app.parts.plan_common import conformance, over_plan, with_its_plan
from journey.app.parts.plan_tables import detour_table, graph_table, move_table, segment_table, step_table, valued
from journey.app.parts.sheet import sheet
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.conform_rows import detour_mark, detour_rows, segment_rows, step_rows
from journey.draw.conform_tiles import conform_tiles
from journey.draw.conform_words import headline, how_far, move_name, name, reading
from journey.draw.scene import Scene, readable
from journey.draw.scene_grid import MANY
from journey.draw.sheet import Sheet
from journey.draw.words import interval

__all__ = ["page"]

LISTED = 8  # planned ways that nobody takes, in a sentence
BUTTONS = 4  # detours with a button of their own


def page(view: View) -> None:
    """Show the page."""
    st.markdown("### " + _("Designed and lived"))
    if cached.opened(view.source).recipe.designed is None:
        st.info(
            _(
                "No map is designed yet: write the planned transitions under “designed” in the recipe. Then this page "
                "tells what cases skip, where they stray, and which planned ways nobody takes."
            )
        )
        return
    try:
        found = patiently(
            _("Laying cases against the map"), lambda: conformance(view, None, False), key=f"plan-{hash(view)}"
        )
    except jn.JourneyError as error:
        st.info(sentence(error))
        return
    st.markdown(plain(headline(found, say())))
    st.html(_tiles(view, theme_name(), language()))
    st.caption(plain(how_far(found, say())) + " " + plain(_looked_at(found)))
    parts = {
        "graph": _("Graph"),
        "steps": _("Steps"),
        "detours": _("Detours"),
        "untaken": _("Planned ways"),
        "parts": _("Parts of the cases"),
    }
    chosen = choice(_("Show"), parts, key="plan_show", hidden=True)
    shown = {"graph": _graph, "steps": _steps, "detours": _detours, "untaken": _planned, "parts": _parts}
    shown[chosen](view, found)
    st.caption(plain(reading(found, say())))


@st.cache_data(show_spinner=False, max_entries=64)
def _tiles(view: View, theme: str, lang: str) -> str:
    return conform_tiles(conformance(view, None, False), theme=draw.theme(theme), say=speaker(lang))


def _looked_at(found: jn.Conformance) -> str:
    """What has to be known of the figures: cases left out, touchpoints of the map without data."""
    told = []
    if found.cases < found.of_cases:
        told.append(_("{n:,} of {of:,} cases were looked at, drawn by their number.", n=found.cases, of=found.of_cases))
    if found.unknown:
        told.append(_("On the map, but never in the data: {names}.", names=", ".join(found.unknown)))
    if found.off:
        told.append(_("On the map, but on none of its ways: {names}.", names=", ".join(found.off)))
    return " ".join(told)


# --- graph -------------------------------------------------------------------------------------------


def _graph(view: View, found: jn.Conformance) -> None:
    whole = with_its_plan(view.whole)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        cards = choice(
            _("Cards"),
            {"large": _("Large"), "small": _("Small")},
            key="plan_cards",
            default="small" if len(whole.touchpoints) > MANY else "large",
        )
        coverage = st.slider(
            _("Moves to show"),
            5,
            100,
            round(100 * readable(whole)),
            5,
            format="%d%%",
            key="plan_cover",
            bind="query-params",
            persist_state="session",
            width=280,
            help=_("The commonest lived moves that together make up this share. Planned ones are always shown."),
        )
    drawn = over_plan(view, coverage / 100, cards == "small", False, theme_name(), language())
    panel(
        "plan-graph",
        lambda: graph_canvas(drawn, key="plan-canvas", on_pick=_open),
        table=lambda: graph_table(found, cached.journey(view), say()),
        name="designed-and-lived",
        note=_note(drawn),
    )


def _note(drawn: Scene) -> str:
    return _(
        "Shown: {share:.0%} of the moves between touchpoints, and every planned transition. The number on a card is "
        "the share of the cases on their way that skip it, with its 95% interval below. A dotted line with ∅ is "
        "planned, but nobody goes straight there; a dashed one with + is lived, but not planned. Hover for more, click "
        "to open.",
        share=drawn.share,
    )


def _open(found: Picked) -> None:
    if isinstance(found.at, str):
        open_touchpoint(found.at)
    else:
        open_transition(*found.at)


# --- steps -------------------------------------------------------------------------------------------


@st.cache_resource(show_spinner=False, max_entries=64)
def _step_sheet(view: View, theme: str, lang: str) -> Sheet:
    return step_rows(conformance(view, None, False), theme=draw.theme(theme), say=speaker(lang))


def _steps(view: View, found: jn.Conformance) -> None:
    panel(
        "plan-steps",
        lambda: sheet(_step_sheet(view, theme_name(), language()), key="plan-steps-sheet", on_open=open_touchpoint),
        table=lambda: step_table(found, say()),
        name="plan-steps",
        note=_(
            "Shares of the cases named above each column, 95% intervals; all bars on one scale. Where two steps change "
            "places, one of them counts as out of order. Optional steps can’t be skipped or out of order. Click a row "
            "to open the touchpoint."
        ),
    )
    others = [one for one in found.steps if not one.planned]
    if others:
        st.markdown("**" + _("Not planned at all") + "**")
        with st.container(horizontal=True, gap="small"):
            for one in others[:LISTED]:
                cases_button(
                    _("{touchpoint}: {n:,} cases", touchpoint=plain(one.at), n=one.met),
                    ("met", one.at),
                    title=one.at,
                    key=f"plan-other-{one.at}",
                )


# --- detours -----------------------------------------------------------------------------------------


@st.cache_resource(show_spinner=False, max_entries=64)
def _detour_sheet(view: View, theme: str, lang: str) -> Sheet:
    scale = cached.log(view).scales.get("satisfaction")
    found = conformance(view, None, False).detours
    return detour_rows(found, scale=scale, theme=draw.theme(theme), say=speaker(lang))


def _detours(view: View, found: jn.Conformance) -> None:
    if not found.detours:
        st.info(_("Nobody does anything between two planned steps that the plan does not have."))
        return
    drawn = _detour_sheet(view, theme_name(), language())
    panel(
        "plan-detours",
        lambda: sheet(drawn, key="plan-detours-sheet", on_open=partial(_open_detour, found)),
        table=lambda: detour_table(found.detours, say()),
        name="plan-detours",
        note=_detour_note(view, found),
    )
    _worth_a_look(found)


def _worth_a_look(found: jn.Conformance) -> None:
    """The cases of the detours, by keyboard too."""
    with st.container(horizontal=True, gap="small"):
        for at, one in enumerate(found.detours[:BUTTONS]):
            cases_button(
                _("{n:,} cases: {detour}", n=one.cases, detour=plain(name(one, say()))),
                one.condition,
                title=name(one, say()),
                key=f"plan-detour-{at}",
            )


def _open_detour(found: jn.Conformance, mark: str) -> None:
    for at, one in enumerate(found.detours):
        if mark == detour_mark(at):
            open_cases(name(one, say()), one.condition)


def _detour_note(view: View, found: jn.Conformance) -> str:
    told = [
        _(
            "The {n} commonest of {of:,} different detours; the same touchpoint several times at once counts as one. "
            "Intervals are 95%.",
            n=len(found.detours),
            of=found.kinds_of_detours,
        )
    ]
    if any(one.difference.value is not None for one in found.detours):
        where = (
            _("Satisfaction is that with the step where they come back to the plan, each case once.")
            if "satisfaction" in cached.log(view).rated
            else _("Satisfaction is that of all answers of a case, each case once.")
        )
        told += [
            where,
            _(
                "A coloured dot stands out from chance among all detours shown (Benjamini–Hochberg, q = 0.10); what "
                "goes together need not be the cause of each other."
            ),
        ]
    told.append(_("Click a row to see exactly its cases."))
    return " ".join(told)


# --- planned ways ------------------------------------------------------------------------------------


def _planned(view: View, found: jn.Conformance) -> None:
    nobody = [move_name(one, say()) for one in found.untaken]
    if nobody:
        told = "; ".join(plain(one) for one in nobody[:LISTED])
        more = _(" … and {n} more", n=len(nobody) - LISTED) if len(nobody) > LISTED else ""
        st.markdown(_("Planned, but nobody goes so: {ways}{more}.", ways=told, more=more))
    else:
        st.markdown(_("Every planned transition is taken by someone."))
    st.dataframe(
        move_table(found, say()),
        hide_index=True,
        key="plan-moves",
        column_config={
            _("Share"): st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0),
            _("Cases"): st.column_config.NumberColumn(format="localized"),
        },
    )
    st.caption(
        _(
            "Cases that met both ends as planned with no planned step between, whatever they did besides; shares are "
            "of the cases that met the first as planned, at the start of all."
        )
    )


# --- parts -------------------------------------------------------------------------------------------


@st.cache_resource(show_spinner=False, max_entries=64)
def _part_sheet(view: View, by: str, theme: str, lang: str) -> Sheet:
    found, speak = conformance(view, by, False).segments, speaker(lang)
    return segment_rows(found, [valued(one.value) for one in found], theme=draw.theme(theme), say=speak)


def _parts(view: View, found: jn.Conformance) -> None:
    known = {one: _("Channel") if one == "channel" else one for one in filterable(view.source)}
    if not known:
        st.info(_("There is no attribute to tell cases apart by."))
        return
    by = choice(_("Tell apart by"), known, key="plan_by", as_="list", width=260)
    parted = patiently(
        _("Laying cases against the map"), lambda: conformance(view, by, False), key=f"plan-{hash((view, by))}"
    )
    panel(
        "plan-parts",
        lambda: sheet(_part_sheet(view, by, theme_name(), language()), key="plan-parts-sheet"),
        table=lambda: segment_table(parted, say()),
        name="plan-parts",
        note=_(
            "95% intervals that count customers; each column on a scale of its own. All cases together: fitness {all}. "
            "Precision is as if each part had no more cases than the smallest, for more cases find more ways. A case "
            "counts under each value it had.",
            all=interval(found.fitness, ".3f", say()),
        ),
    )
