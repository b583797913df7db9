"""Words for the reader: translated where there is a catalogue, and safe to show where they come from the data."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import streamlit as st

__all__ = ["N_", "_", "language", "plain", "translator"]

LOCALE = Path(__file__).parents[1] / "locale"
LANGUAGES = ("en", "pt_BR")


def language() -> str:
    """The language to show: as asked in the address (?lang=), else as the browser prefers, else English."""
    asked = st.query_params.get("lang") or st.session_state.get("lang") or st.context.locale or "en"
    short = str(asked).replace("-", "_").split("_")[0].casefold()
    return next((name for name in LANGUAGES if name.split("_")[0] == short), "en")


@cache
def translator(lang: str) -> Callable[[str], str]:
    """From a text in English to the text in a language; texts without a translation stay as they are."""
    return gettext.translation("journey", LOCALE, languages=[lang], fallback=True).gettext


def _(text: str) -> str:
    """The text in the language of the session. Fill in the values after translating."""
    return translator(language())(text)


def N_(text: str) -> str:
    """Marks a text for translation where it is written before the language is known."""
    return text


def plain(text: object) -> str:
    """A text from the data so that Markdown shows it as it is written."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$<>:&])", r"\\\1", str(text))
