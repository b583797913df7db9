"""Voices: what its parts share; each is asked once for all sessions."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

import journey as jn
from journey.app import cached
from journey.app.state import View
from journey.app.text import _
from journey.draw.voices_words import LANGUAGES, VERDICTS
from journey.voice.part import Part, Source, part

__all__ = ["GOTO", "comments_of", "go_to_quotes", "heard", "quotes_table"]

GOTO = "voices goto"


@st.cache_resource(show_spinner=False, max_entries=32)
def heard(view: View, source: Source) -> jn.Voice:
    """What is said by the cases looked at."""
    return jn.voice(cached.log(view), source=source)


@st.cache_resource(show_spinner=False, max_entries=32)
def comments_of(view: View, source: Source) -> Part:
    """The comments themselves."""
    return part(cached.log(view), source)


def go_to_quotes(*, theme: str | None = None, touchpoint: str | None = None) -> None:
    """Show the quotes of a theme and touchpoint from the next run on."""
    st.session_state[GOTO] = {"voices_theme": theme, "voices_at": touchpoint, "voices_text": ""}


def quotes_table(found: Sequence[jn.Quote]) -> pd.DataFrame:
    """Quotes as a table, texts masked."""
    return pd.DataFrame(
        [
            {
                _("Case"): one.case,
                _("Time"): one.time.isoformat(timespec="minutes"),
                _("Before"): one.before,
                _("Touchpoint"): one.touchpoint,
                _("After"): one.after,
                _("Channel"): one.channel,
                _("Rating"): one.rating,
                _("NPS answer"): one.nps,
                _("Sentiment"): None if one.sentiment is None else round(one.sentiment, 3),
                _("Verdict"): _(VERDICTS[one.verdict]),
                _("Language"): _(LANGUAGES[one.language or "none"]),
                _("Nobody asked"): one.spontaneous,
                _("Themes"): "; ".join(one.themes),
                _("Comment"): one.text,
            }
            for one in found
        ]
    )
