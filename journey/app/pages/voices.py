"""Voices: what customers say, where, and how it changes."""

from __future__ import annotations

import streamlit as st

from journey import draw
from journey.app import cached
from journey.app.parts import voices_quotes, voices_telling, voices_themes, voices_trend
from journey.app.parts.choice import choice
from journey.app.parts.patience import patiently
from journey.app.parts.voices_common import GOTO, comments_of, heard
from journey.app.state import View, theme_name
from journey.app.text import _, say
from journey.draw.voices_tiles import tiles
from journey.draw.voices_words import wrote_told
from journey.events.told import tells
from journey.voice.part import Source

__all__ = ["page"]


def page(view: View) -> None:
    """Show the page."""
    st.markdown("### " + _("What customers say"))
    if not tells(cached.log(view), "comment"):
        st.info(
            _(
                "These tables hold no comments. Name the column in the recipe: “comment” of a table of events or of "
                "answers."
            )
        )
        return
    patiently(_("Listening to the comments"), lambda: comments_of(view, "all"), key=f"voices-{hash(view)}")
    whole = heard(view, "all")
    if not whole.comments:
        st.info(_("Nobody left a comment in these cases."))
        return
    source = _source(whole.comments, whole.spontaneous)
    found = heard(view, source)
    st.html(tiles(found, theme=draw.theme(theme_name()), say=say()))
    st.caption(wrote_told(found, say()))
    _arrive()
    chosen = choice(
        _("Show"),
        {
            "themes": _("Themes"),
            "trend": _("Over time"),
            "words": _("Words of the unhappy"),
            "quotes": _("Comments"),
            "odds": _("Against the rating"),
        },
        key="voices_show",
        hidden=True,
    )
    {
        "themes": voices_themes.show,
        "trend": voices_trend.show,
        "words": voices_telling.show,
        "quotes": voices_quotes.show,
        "odds": voices_quotes.odds,
    }[chosen](view, source)


def _source(comments: int, spontaneous: int) -> Source:
    """Asked for or not; a switch only where there are both."""
    if not 0 < spontaneous < comments:
        return "all"
    names = {
        "all": _("All {n:,}", n=comments),
        "asked": _("Asked for: {n:,}", n=comments - spontaneous),
        "spontaneous": _("Nobody asked: {n:,}", n=spontaneous),
    }
    chosen = choice(_("Source"), names, key="voices_source", hidden=True)
    return "asked" if chosen == "asked" else "spontaneous" if chosen == "spontaneous" else "all"


def _arrive() -> None:
    """Where a click in a figure leads: set before the widgets are drawn."""
    asked = st.session_state.pop(GOTO, None)
    if asked is not None:
        st.session_state.update({**asked, "voices_show": "quotes"})
