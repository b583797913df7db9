"""Channel consistency: the same touchpoint in every channel."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

import journey as jn
from journey import draw
from journey.analysis.channels import Consistency
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.drawer import open_touchpoint
from journey.app.parts.figure import panel
from journey.app.parts.patience import patiently
from journey.app.parts.sheet import sheet
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.channel_table import MOST_CHANNELS, channel_mark, channels_of, table_of
from journey.draw.channel_words import ASPECT_NAMES, READINGS, headline, reading
from journey.draw.sheet import Sheet
from journey.draw.words import Say
from journey.errors import JourneyError

__all__ = ["compared", "show", "table"]

FEW = 12


def show(view: View) -> None:
    """The touchpoints met through several channels, those that depend on it first."""
    try:
        found = patiently(_("Comparing channels"), lambda: compared(view), key=f"channels-{hash(view)}")
    except JourneyError as error:
        st.info(sentence(error))
        return
    st.markdown(plain(headline(found, say())))
    for one in found.found[:3]:
        if one.reading == "depends":
            st.markdown(
                "- "
                + _("**{touchpoint}** {reading}", touchpoint=plain(one.touchpoint), reading=plain(reading(one, say())))
            )
    aspects = [name for name in ASPECT_NAMES if any(one.of(name) for one in found.found)]
    if not aspects:
        st.info(_("Too few customers in any second channel: nothing can be compared."))
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        aspect = choice(_("Measure"), {name: _(ASPECT_NAMES[name]) for name in aspects}, key="channels_of", hidden=True)
        top = min(len(found.found), FEW)
        if len(found.found) > FEW and st.toggle(
            _("All {n:,} touchpoints", n=len(found.found)),
            key="channels_all",
            bind="query-params",
            persist_state="session",
        ):
            top = len(found.found)
    shown = found.found[:top]
    drawn = drawing(view, aspect, top, theme_name(), language())
    panel(
        "channels",
        lambda: sheet(drawn, key="channels-sheet", on_open=partial(_open, shown)),
        table=lambda: table(found, say()),
        name="journey-channels",
        note=_note(found, shown),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def compared(view: View) -> jn.Channels:
    return jn.channels(cached.log(view))


@st.cache_resource(show_spinner=False, max_entries=64)
def drawing(view: View, aspect: str, top: int, theme: str, lang: str) -> Sheet:
    found = compared(view)
    return table_of(found, found.found[:top], aspect, theme=draw.theme(theme), say=speaker(lang))


def _open(shown: tuple[Consistency, ...], mark: str) -> None:
    for at, one in enumerate(shown):
        if mark == channel_mark(at):
            open_touchpoint(one.touchpoint)


def _note(found: jn.Channels, shown: tuple[Consistency, ...]) -> str:
    told = [
        _(
            "Ratings on their own scale, exit and calls for help as shares of visits; n is answers or visits. ▲ best "
            "and ▼ worst where the channels clearly differ (Welch, Benjamini–Hochberg, q = 0.10)."
        ),
        _(
            "Consistency is 100 less the points of 100 that best and worst channel are apart in the measure that "
            "differs most, chance taken off; its 95% interval holds for all pairs of channels."
        ),
        _(
            "One channel alone: {single} touchpoints; too few customers in a second one: {few}. Customers choose their "
            "channel: a difference need not be the channel's doing.",
            single=len(found.single),
            few=len(found.few),
        ),
    ]
    if found.unknown:
        told.append(_("{n:,} visits without a channel are left out.", n=found.unknown))
    if len({name for one in shown for name in one.visits}) > len(channels_of(shown)):
        told.append(_("The {n} channels with the most visits are drawn; the table holds all.", n=MOST_CHANNELS))
    return " ".join(told)


def table(found: jn.Channels, speak: Say) -> pd.DataFrame:
    """Every touchpoint, measure and channel in numbers."""
    rows = []
    for one in found.found:
        for aspect in one.aspects:
            for channel, measure in aspect.values.items():
                rows.append(
                    {
                        speak("Touchpoint"): one.touchpoint,
                        speak("Measure"): speak(ASPECT_NAMES[aspect.of]),
                        speak("Channel"): channel,
                        speak("Value"): measure.value,
                        speak("from"): measure.low,
                        speak("to"): measure.high,
                        speak("n"): measure.n,
                        speak("Best and worst apart"): aspect.apart.value,
                        speak("apart, from"): aspect.apart.low,
                        speak("apart, to"): aspect.apart.high,
                        "p": aspect.p,
                        speak("stands out"): aspect.clear,
                        speak("Consistency"): one.index.value,
                        speak("consistency, from"): one.index.low,
                        speak("consistency, to"): one.index.high,
                        speak("Reading"): speak(READINGS[one.reading]),
                    }
                )
    return pd.DataFrame(rows)
