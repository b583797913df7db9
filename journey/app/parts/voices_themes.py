"""Voices: what comments speak of, and where."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app.parts.choice import choice
from journey.app.parts.figure import chart, panel
from journey.app.parts.voices_common import go_to_quotes, heard
from journey.app.state import View, clicked, theme_name
from journey.app.text import _, language, say, speaker
from journey.draw import voices
from journey.draw.words import share
from journey.model import Measure
from journey.voice.part import Source

__all__ = ["show"]

PLACES = 14  # touchpoints across
FEW = 12  # themes
CLICKS = "voices clicks"


def show(view: View, source: Source) -> None:
    """Themes with how content their comments are, and the matrix of themes and touchpoints."""
    found = heard(view, source)
    if not found.themes:
        st.info(_("Too few comments of one language to find themes: about 200 are needed."))
        return
    order, everything = _settings(len(found.themes))
    shown = _shown(found, order, everything)
    clicks = st.session_state.setdefault(CLICKS, 0)
    event = panel(
        "voices-themes",
        lambda: chart(
            _themes(view, source, order, everything, theme_name(), language()),
            key=f"voices-themes-figure-{clicks}",
            alt=_alt(shown),
            clickable=True,
        ),
        table=lambda: _table(found),
        name="voices-themes",
        note=_note(found),
    )
    if (name := clicked(event, [one.name for one in found.themes])) is not None:
        st.session_state[CLICKS] = clicks + 1
        go_to_quotes(theme=name)
        st.rerun()
    st.markdown("#### " + _("Themes by touchpoint"))
    picked = panel(
        "voices-matrix",
        lambda: chart(
            _matrix(view, source, order, everything, theme_name(), language()),
            key=f"voices-matrix-figure-{clicks}",
            alt=_matrix_alt(found),
            clickable=True,
        ),
        table=lambda: _matrix_table(found),
        name="voices-themes-by-touchpoint",
        note=_matrix_note(found),
    )
    if (pair := _picked(picked)) is not None:
        st.session_state[CLICKS] = clicks + 1
        go_to_quotes(theme=pair[0], touchpoint=pair[1])
        st.rerun()


def _settings(n: int) -> tuple[str, bool]:
    """In which order, and whether all."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        names = {"most": _("Most comments first"), "worst": _("Least content first")}
        order = choice(_("Order"), names, key="voices_by", hidden=True)
        everything = n > FEW and st.toggle(
            _("All {n} themes", n=n), key="voices_all", bind="query-params", persist_state="session"
        )
    return order, bool(everything)


def _shown(found: jn.Voice, order: str, everything: bool) -> tuple[jn.Theme, ...]:
    listed = found.themes
    if order == "worst":
        listed = tuple(sorted(listed, key=lambda one: one.heard.net.value or 0.0))
    return listed if everything else listed[:FEW]


def _picked(event: object) -> tuple[str, str] | None:
    """The theme and touchpoint of the cell that was clicked."""
    points = (((event or {}).get("selection") or {}).get("points") or []) if isinstance(event, dict) else []
    for point in points:
        data = point.get("customdata")
        if isinstance(data, list) and len(data) == 2 and all(isinstance(one, str) for one in data):
            return data[0], data[1]
    return None


@st.cache_data(show_spinner=False, max_entries=64)
def _themes(view: View, source: Source, order: str, everything: bool, theme: str, lang: str) -> go.Figure:
    shown = _shown(heard(view, source), order, everything)
    return voices.themes(shown, theme=draw.theme(theme), say=speaker(lang))


@st.cache_data(show_spinner=False, max_entries=64)
def _matrix(view: View, source: Source, order: str, everything: bool, theme: str, lang: str) -> go.Figure:
    found = heard(view, source)
    names = [one.name for one in _shown(found, order, everything)]
    return voices.matrix(found.touchpoints[:PLACES], names, theme=draw.theme(theme), say=speaker(lang))


def _alt(shown: Sequence[jn.Theme]) -> str:
    listed = "; ".join(
        _(
            "{name}: {share}, net sentiment {net}",
            name=one.name,
            share=share(one.share.value, say()),
            net=say().number(one.heard.net.value, "+.2f"),
        )
        for one in shown[:8]
    )
    return _("Themes by how many comments speak of them: {listed}.", listed=listed)


def _note(found: jn.Voice) -> str:
    return _(
        "Of {n:,} comments; one may speak of several themes, and {none:,} ({share}) speak of none. Themes are words "
        "that go together, found in all comments whatever is filtered, and named by their strongest words; words that "
        "only judge (“very good”) make no theme. Click a bar to read its comments.",
        n=found.comments,
        none=found.no_theme,
        share=share(found.no_theme / found.comments if found.comments else None, say()),
    )


def _matrix_note(found: jn.Voice) -> str:
    places = found.touchpoints[:PLACES]
    told = _(
        "Numbers are comments, colours their net sentiment: red unhappy, blue content; fewer than five have no colour. "
        "Click a number to read them."
    )
    if len(found.touchpoints) <= PLACES:
        return told
    part = sum(one.comments for one in places) / found.comments
    return (
        told
        + " "
        + _(
            "The {n} touchpoints with most comments are shown; they hold {share} of all.",
            n=PLACES,
            share=share(part, say()),
        )
    )


def _matrix_alt(found: jn.Voice) -> str:
    most = [
        _("{theme} at {place}: {n:,}", theme=theme, place=str(place.at), n=measure.n)
        for place in found.touchpoints[:PLACES]
        for theme, measure in list(place.themes.items())[:1]
    ]
    return _("How many comments speak of which theme at which touchpoint. {listed}.", listed="; ".join(most[:8]) or "–")


def _ends(row: dict[str, object], name: str, measure: Measure) -> None:
    row[name] = measure.value
    row[_("{name}, 95% from", name=name)] = measure.low
    row[_("{name}, 95% to", name=name)] = measure.high


def _table(found: jn.Voice) -> pd.DataFrame:
    rows = []
    for one in found.themes:
        row: dict[str, object] = {
            _("Theme"): one.name,
            _("Language"): one.language,
            _("Words"): ", ".join(one.words),
            _("Comments"): one.comments,
        }
        _ends(row, _("Share"), one.share)
        _ends(row, _("Weighted share"), one.share_weighted)
        _ends(row, _("Mean rating"), one.rating)
        _ends(row, _("Net sentiment"), one.heard.net)
        rows.append(row)
    return pd.DataFrame(rows).dropna(axis="columns", how="all").round(4)


def _matrix_table(found: jn.Voice) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("Touchpoint"): str(place.at),
                _("Theme"): name,
                _("Comments"): measure.n,
                _("Net sentiment"): measure.value,
                _("95% from"): measure.low,
                _("95% to"): measure.high,
                _("Comments there"): place.comments,
            }
            for place in found.touchpoints
            for name, measure in place.themes.items()
        ]
    ).round(4)
