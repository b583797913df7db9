"""Words for the reader: in the language of the session, and safe to show where they come from the data."""

from __future__ import annotations

import gettext
import re
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from journey.draw.words import N_, Say
from journey.errors import JourneyError

__all__ = [
    "LANGUAGES",
    "N_",
    "_",
    "browser_language",
    "language",
    "plain",
    "say",
    "sentence",
    "settle_language",
    "speaker",
]

LOCALE = Path(__file__).parents[1] / "locale"
LANGUAGES = {"en": "English", "pt_BR": "Português"}


def language() -> str:
    """The language to show: as chosen or as asked in the address (?lang=pt), else as the browser prefers."""
    return _known(st.session_state.get("lang")) or _known(st.query_params.get("lang")) or browser_language()


def browser_language() -> str:
    """The language the browser prefers, if it is one of ours; else English."""
    return _known(st.context.locale) or "en"


def settle_language() -> None:
    """Take the language over from the address, whatever its spelling there, before anything is said."""
    told = st.query_params.get("lang")
    if told is not None and told != st.session_state.get("address of lang"):
        if code := _known(told):
            st.session_state["lang"] = code
        st.session_state["address of lang"] = told


def _known(told: object) -> str | None:
    short = str(told or "").replace("-", "_").split("_")[0].casefold()
    return next((code for code in LANGUAGES if code.split("_")[0] == short), None)


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


def sentence(error: JourneyError) -> str:
    """An error in the language of the session, as Markdown."""
    return plain(_(error.template, **error.values))


# What Streamlit makes icons, links and arrows of, whatever is escaped: only a letter without width keeps it apart.
UNESCAPED = re.compile(r":(?=//|material[/_]|streamlit:)|@(?=\w)|\bwww(?=\.)|(?<!\S)[<>~-](?=[-=>])", re.IGNORECASE)


def plain(text: object) -> str:
    """A text from the data, on one line, so that Markdown shows it as it is written."""
    line = UNESCAPED.sub("\\g<0>\u2060", re.sub(r"\s+", " ", str(text)))
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$<>:&])", r"\\\1", line)
