"""Voices: the words of the unhappy against those of the contented."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app.parts.choice import choice
from journey.app.parts.figure import chart, panel
from journey.app.parts.voices_common import heard
from journey.app.state import View, theme_name
from journey.app.text import _, language, speaker
from journey.draw.voices_telling import telling
from journey.draw.voices_words import LANGUAGES
from journey.voice.part import Source

__all__ = ["show"]

SHOWN = 15  # on either side


def show(view: View, source: Source) -> None:
    """A diverging chart of words, one language at a time."""
    found = heard(view, source)
    spoken = [code for code in found.languages if any(word.language == code for word in found.words)]
    if not spoken:
        st.info(
            _(
                "To tell words apart, 20 comments of the unhappy and 20 of the contented are needed in one language, "
                "with their own ratings."
            )
        )
        return
    code = spoken[0]
    if len(spoken) > 1:
        code = choice(_("Language"), {one: _(LANGUAGES[one]) for one in spoken}, key="voices_words", hidden=True)
    panel(
        f"voices-words-{code}",
        lambda: chart(
            _telling(view, source, code, theme_name(), language()),
            key=f"voices-words-figure-{code}",
            alt=_alt(_of(found, code)),
        ),
        table=lambda: _table(_of(found, code, most=1000)),
        name="voices-words",
        note=_(
            "Unhappy and contented by the writer's own rating (NPS 0–6 and 9–10; else the lower and the upper third of "
            "the scale). Numbers are comments of either that hold the word. Log-odds with an informative Dirichlet "
            "prior, 95% intervals; only words that stand out (|z| > 1.96) are shown, strongest first."
        ),
    )


def _of(found: jn.Voice, code: str, most: int = SHOWN) -> tuple[jn.Word, ...]:
    own = [word for word in found.words if word.language == code]
    unhappy = [word for word in own if word.z > 0]
    contented = sorted((word for word in own if word.z < 0), key=lambda word: word.z)
    return (*unhappy[:most], *contented[:most])


@st.cache_data(show_spinner=False, max_entries=64)
def _telling(view: View, source: Source, code: str, theme: str, lang: str) -> go.Figure:
    return telling(_of(heard(view, source), code), theme=draw.theme(theme), say=speaker(lang))


def _alt(found: Sequence[jn.Word]) -> str:
    return _(
        "Words of the unhappy: {unhappy}. Words of the contented: {contented}.",
        unhappy=", ".join(word.word for word in found if word.z > 0) or "–",
        contented=", ".join(word.word for word in found if word.z < 0) or "–",
    )


def _table(found: Sequence[jn.Word]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                _("Word"): word.word,
                _("Log-odds"): word.log_odds.value,
                _("95% from"): word.log_odds.low,
                _("95% to"): word.log_odds.high,
                "z": word.z,
                _("Unhappy"): word.unhappy,
                _("Contented"): word.contented,
            }
            for word in found
        ]
    ).round(3)
