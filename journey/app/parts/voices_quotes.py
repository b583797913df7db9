"""Voices: the comments themselves, found by words, theme and touchpoint, each with the way it stands on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.figure import csv
from journey.app.parts.voices_common import comments_of, heard, quotes_table
from journey.app.state import View, theme_name
from journey.app.text import _, say
from journey.draw.voices_tiles import quotes
from journey.draw.words import interval
from journey.voice.part import Part, Source

__all__ = ["odds", "show"]

MORE = 20
LIMIT = "voices-limit"


def show(view: View, source: Source) -> None:
    """Search, and what it finds."""
    comments = comments_of(view, source)
    names = [one.name for one in comments.corpus.themes]
    places = [str(one.at) for one in heard(view, source).touchpoints]
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        text = st.text_input(
            _("Words"), key="voices_text", placeholder=_("Search the comments"), persist_state="session", max_chars=200
        )
        theme = _one_of(_("Theme"), names, key="voices_theme", any_=_("Any theme"))
        place = _one_of(_("Touchpoint"), places, key="voices_at", any_=_("Any touchpoint"))
        order = choice(
            _("Order"),
            {"latest": _("Latest first"), "worst": _("Angriest first"), "best": _("Most content first")},
            key="voices_order",
            as_="list",
            width=190,
        )
    before, after = _beside(comments, place)
    found = comments.find(text, theme=theme, touchpoint=place, before=before, after=after)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(_("**{n:,}** of {of:,} comments", n=len(found), of=len(comments)), width="content")
        if len(found):
            st.download_button(
                _("CSV"),
                lambda: _written(found.quotes(_ordered(found, order), limit=len(found))),
                "comments.csv",
                "text/csv",
                key="voices-csv",
                icon=":material/download:",
                on_click="ignore",
            )
    if not len(found):
        st.info(_("No comment holds these words here. Accents and capitals make no difference."))
        return
    asked = (text, theme, place, before, after, order)
    limits: Mapping[object, int] = st.session_state.get(LIMIT, {})
    limit = limits.get(asked, MORE)
    _list(view, found.quotes(_ordered(found, order), limit=limit))
    if len(found) > limit:
        st.button(
            _("{n:,} more", n=min(MORE, len(found) - limit)),
            key="voices-more",
            on_click=lambda: st.session_state.update({LIMIT: {asked: limit + MORE}}),
        )
    st.caption(masked_note(view, source))


def _beside(comments: Part, place: str | None) -> tuple[str | None, str | None]:
    """The transition into the visit, and the one out of it: a comment belongs to both."""
    if place is None:
        return None, None
    came, went = comments.beside(place)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        before = _one_of(_("Coming from"), list(came), key="voices_from", any_=_("Anywhere"))
        after = _one_of(_("Going on to"), list(went), key="voices_to", any_=_("Anywhere"))
    return before, after


def _one_of(label: str, options: list[str], *, key: str, any_: str) -> str | None:
    if st.session_state.get(key) not in options:
        st.session_state[key] = None
    return st.selectbox(label, options, index=None, key=key, placeholder=any_, persist_state="session")


def _ordered(found: Part, order: str) -> list[int]:
    said = found.corpus.said
    felt = np.nan_to_num(found.corpus.sentiment[found.at])
    keys = {"latest": -said.t[found.at].astype(float), "worst": felt, "best": -felt}[order]
    places: list[int] = np.lexsort([found.at, keys]).tolist()
    return places


def _list(view: View, found: tuple[jn.Quote, ...]) -> None:
    scale = cached.log(view).scales.get("satisfaction")
    st.html(quotes(found, scale, theme=draw.theme(theme_name()), say=say()))


def masked_note(view: View, source: Source) -> str:
    """What was masked, and what was not."""
    told = _("Personal data are masked by their shape: e-mail, phone, CPF, CNPJ, card, IP, CEP and plate.")
    found = heard(view, source)
    names = (
        _("Names are masked where the recipe's list has them.")
        if found.names_masked
        else _("Names are not masked: the recipe lists none (listening: names).")
    )
    cut = (
        ""
        if not found.cut
        else " " + _("Of {n:,} very long comments the first 4,000 letters are looked at.", n=found.cut)
    )
    return f"{told} {names}{cut}"


def _written(found: tuple[jn.Quote, ...]) -> bytes:
    return csv(quotes_table(found))


# --- against the rating ------------------------------------------------------------------------------


def odds(view: View, source: Source) -> None:
    """Comments that say another thing than their writer's rating."""
    found = heard(view, source)
    if found.agreement.value is None:
        st.info(_("No comment has a clear rating of its own and a clear sentiment: there is nothing to compare."))
        return
    st.markdown(
        _(
            "Comment and rating say the same in **{share}** of the {n:,} comments that are clear in both.",
            share=interval(found.agreement, ".1%", say()),
            n=found.agreement.n,
        )
    )
    st.caption(
        _(
            "Where they differ, read: an angry comment beside a high rating is often about something else than what "
            "was asked, or the scale was taken the wrong way round; and some the judge got wrong. Each comment was "
            "judged without having seen its own writer's ratings."
        )
        if found.model.kind == "own ratings"
        else _("Where they differ, read: the lexicon gets some wrong, and irony most of the time.")
    )
    for column, title, n, listed in zip(
        st.columns(2),
        (_("Contented by their rating, angry in their words"), _("Unhappy by their rating, kind in their words")),
        (found.angry_five_count, found.kind_one_count),
        (found.angry_fives, found.kind_ones),
        strict=True,
    ):
        with column:
            st.markdown(f"#### {title}")
            st.markdown(_("**{n:,}** comments, the furthest apart first", n=n))
            if listed:
                _list(view, listed[:12])
                st.download_button(
                    _("CSV of the first {n:,}", n=len(listed)),
                    partial(_written, listed),
                    "against-the-rating.csv",
                    "text/csv",
                    key=f"voices-odds-{title}",
                    icon=":material/download:",
                    on_click="ignore",
                )
            else:
                st.caption(_("None."))
    st.caption(masked_note(view, source))
