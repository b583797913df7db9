"""The cases of a touchpoint: where they came from and went, and those among them that deserve a look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.cases import cases_list
from journey.app.parts.figure import chart, panel
from journey.app.parts.steps import around
from journey.app.state import View, clicked, theme_name
from journey.app.text import _, language, say, speaker
from journey.draw import Step
from journey.draw.words import share
from journey.events.selection import Step as Condition
from journey.model import Scale

__all__ = ["Group", "bad_quarter", "cases_part", "groups", "low_answers", "steps_part"]


# --- before and after --------------------------------------------------------------------------------


def steps_part(view: View, found: jn.Touchpoint, opens: Callable[[str], None]) -> None:
    """What comes before and after a touchpoint; a click calls `opens` with the other one's name."""
    before, after = around(cached.journey(view), found.name, say=say())
    event = panel(
        "why-steps",
        lambda: chart(
            _steps_figure(view, found.name, theme_name(), language()),
            key=f"why-steps-{found.name}",
            alt=_(
                "Before {name}: {before}. After: {after}.", name=found.name, before=_told(before), after=_told(after)
            ),
            clickable=True,
        ),
        table=lambda: _steps_table(before, after),
        name="before-and-after",
        note=_(
            "Shares of all {n:,} visits, with the number of moves. The interval (95%, Wilson) takes moves as "
            "independent. Click a bar to open that touchpoint.",
            n=found.visits,
        ),
    )
    others = [step.name for step in (*before, *after) if step.kind == "touchpoint" and step.name != found.name]
    if other := clicked(event, others):
        opens(other)
        st.rerun()


def _told(side: Sequence[Step]) -> str:
    """Shares in words: “ID check 47%, …”."""
    return ", ".join(_("{name} {share}", name=step.name, share=share(step.share.value, say())) for step in side)


def _steps_table(before: Sequence[Step], after: Sequence[Step]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("Where"): where,
                _("Touchpoint"): step.name,
                _("Share"): step.share.value,
                _("95% from"): step.share.low,
                _("95% to"): step.share.high,
                _("Moves"): step.moves,
                _("Median wait, seconds"): step.wait_median_s,
            }
            for where, side in ((_("Before"), before), (_("After"), after))
            for step in side
        ]
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _steps_figure(view: View, name: str, theme: str, lang: str) -> go.Figure:
    before, after = around(cached.journey(view), name, say=speaker(lang))
    return draw.steps(before, after, theme=draw.theme(theme), say=speaker(lang))


# --- cases -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Group:
    """Some of a touchpoint's cases: how they are called, how many, and the conditions that keep exactly them."""

    label: str
    cases: int
    conditions: tuple[Condition, ...]


def groups(view: View, found: jn.Touchpoint) -> list[Group]:
    """The cases that met a touchpoint, and those among them that deserve a look; none without a case."""
    name = found.name
    edges = cached.journey(view).transitions
    back = next((edge.cases for edge in edges if edge.source == edge.target == name), 0)
    listed = [
        Group(_("Met it"), found.cases, (("met", name),)),
        Group(_("First touchpoint"), found.starts, (("began", name),)),
        Group(_("Ended here"), found.ends, (("ended", name),)),
        Group(_("Came straight back"), back, (("walked", name, name),)),
    ]
    if (bad := low_answers(view)) is not None and found.satisfaction.value is not None:
        low, high = bad
        condition = ("answered", "satisfaction", f"{low:g}", f"{high:g}", name)
        n = cached.log(view.of(view.selection.and_(condition))).cases
        listed.append(Group(_("Answered {low:g}–{high:g}", low=low, high=high), n, (condition,)))
    return [group for group in listed if group.cases]


def low_answers(view: View) -> tuple[float, float] | None:
    """What a low answer is, as written in the data; None where satisfaction was not asked at touchpoints."""
    scale = cached.log(view).scales.get("satisfaction")
    return None if scale is None or scale.about != "touchpoint" else bad_quarter(scale)


def bad_quarter(scale: Scale) -> tuple[float, float]:
    """The quarter of a scale at its bad end: 1–2 of 1–5."""
    quarter = (scale.high - scale.low) / 4
    return (scale.low, scale.low + quarter) if scale.good == "high" else (scale.high - quarter, scale.high)


def cases_part(view: View, found: Sequence[Group]) -> None:
    if not found:
        st.info(_("None of the cases looked at goes this way."))
        return
    chosen = 0
    if len(found) > 1:
        picked = st.pills(
            _("Which cases"),
            range(len(found)),
            default=0,
            required=True,
            format_func=lambda at: _("{label} · {n:,}", label=found[at].label, n=found[at].cases),
            key="why-cases",
            label_visibility="collapsed",
        )
        chosen = int(picked or 0)
    group = found[min(chosen, len(found) - 1)]
    cases_list(view, group.label, *group.conditions)
