"""Words for the reader: in the language of the session, and safe to show where they come from the data."""

from __future__ import annotations

import gettext
import re
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from journey.draw.words import Say

__all__ = ["LANGUAGES", "N_", "_", "language", "plain", "say", "speaker"]

LOCALE = Path(__file__).parents[1] / "locale"
LANGUAGES = {"en": "English", "pt_BR": "Português"}


def language() -> str:
    """The language to show: as asked in the address (?lang=), else as the browser prefers, else English."""
    asked = st.query_params.get("lang") or st.session_state.get("lang") or st.context.locale or "en"
    short = str(asked).replace("-", "_").split("_")[0].casefold()
    return next((name for name in LANGUAGES if name.split("_")[0] == short), "en")


@cache
def speaker(lang: str) -> Say:
    """How texts are said in a language; texts without a translation stay as they are."""
    return Say(lang, gettext.translation("journey", LOCALE, languages=[lang], fallback=True).gettext)


def say() -> Say:
    """How texts are said in the language of the session."""
    return speaker(language())


def _(text: str, /, **values: Any) -> str:
    """The text in the language of the session, filled in with values as written there."""
    return say()(text, **values)


def N_(text: str) -> str:
    """Marks a text for translation where it is written before the language is known."""
    return text


def plain(text: object) -> str:
    """A text from the data so that Markdown shows it as it is written."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$<>:&])", r"\\\1", str(text))
