"""Emotion: which summary of what was felt foretells the outcome, and where the moments of truth lie."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

import journey as jn
from journey import draw
from journey.analysis.truth import Moment, lowest
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.drawer import cases_button, open_touchpoint
from journey.app.parts.figure import panel
from journey.app.parts.patience import patiently
from journey.app.parts.sheet import sheet
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.feeling_rows import felt
from journey.draw.feeling_words import NAMES, low_rating, outcome_told, truths_told, verdict
from journey.draw.sheet import Sheet
from journey.draw.truth_rows import truth_mark, truths
from journey.draw.words import Say
from journey.errors import JourneyError
from journey.events.selection import Step
from journey.model import Measure

__all__ = ["found_moments", "low_step", "outcomes", "show", "summaries_table", "truths_table"]

HORIZONS = ("7d", "30d", "90d", "180d")
FEW = 12
CASES = 3  # moments of truth whose cases are a click away


def show(view: View) -> None:
    """The moments of truth, and the summaries compared."""
    asked = outcomes(view)
    if not asked:
        st.info(
            _(
                "Emotion is satisfaction with touchpoints beside an outcome: name a scale about a touchpoint in the "
                "recipe, and a recommendation or a goal."
            )
        )
        return
    outcome, horizon, every = _settings(view, asked)
    try:
        found = patiently(
            _("Looking for moments of truth"),
            lambda: found_moments(view, outcome, horizon),
            key=f"moments-{hash((view, outcome, horizon))}",
        )
    except JourneyError as error:
        st.info(sentence(error))
        return
    _truths(view, found, outcome, horizon, len(found) if every else FEW)
    st.markdown("#### " + _("What stays of it: mean, peak or end?"))
    try:
        summaries = patiently(
            _("Comparing mean, peak and end"),
            lambda: found_emotion(view, outcome, horizon),
            key=f"emotion-{hash((view, outcome, horizon))}",
        )
    except JourneyError as error:
        st.info(sentence(error))
        return
    _summaries(view, summaries, outcome, horizon)


def outcomes(view: View) -> dict[str, str]:
    """What may be foretold: code → name; none where no rating could foretell anything."""
    log = cached.log(view)
    if "satisfaction" not in log.rated:
        return {}
    found: dict[str, str] = {}
    if "nps" in log.scales:
        name = log.scales["nps"].name
        found |= {
            name: _("The answer: {scale}", scale=name),
            f"{name}<=6": _("Detractors: {scale} at 6 or less", scale=name),
        }
    if log.timed:
        for name in (*log.recipe.goal, *log.recipe.ends):
            if name in log.touchpoints:
                found[name] = _("Met later: {touchpoint}", touchpoint=name)
    scale = log.scales["satisfaction"]
    bad = f"{scale.name}<={lowest(scale):g}" if scale.good == "high" else f"{scale.name}>={lowest(scale):g}"
    if log.timed:
        found[bad] = _("A low rating later: {scale}", scale=bad)
    return found


def _settings(view: View, asked: dict[str, str]) -> tuple[str, str, bool]:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        outcome = choice(_("Outcome"), asked, key="emotion_outcome", as_="list", width=320)
        horizon = "30d"
        if outcome in cached.log(view).touchpoints:
            days = {code: _("{n} days", n=int(code[:-1])) for code in HORIZONS}
            horizon = choice(_("Within"), days, key="emotion_within", default="30d")
        every = st.toggle(_("All touchpoints"), key="emotion_all", bind="query-params", persist_state="session")
    return outcome, horizon, every


@st.cache_resource(show_spinner=False, max_entries=64)
def found_moments(view: View, outcome: str, horizon: str) -> jn.Moments:
    return jn.moments(cached.log(view), outcome=outcome, horizon=horizon)


@st.cache_resource(show_spinner=False, max_entries=64)
def found_emotion(view: View, outcome: str, horizon: str) -> jn.Emotion:
    return jn.emotion(cached.log(view), outcome=outcome, horizon=horizon)


# --- moments of truth ----------------------------------------------------------------------------------


def _truths(view: View, found: jn.Moments, outcome: str, horizon: str, top: int) -> None:
    st.markdown(plain(truths_told(found, say())))
    _cases(view, found)
    shown = found[:top]
    drawn = truths_drawing(view, outcome, horizon, top, theme_name(), language())
    panel(
        "emotion-truths",
        lambda: sheet(drawn, key="emotion-truths-sheet", on_open=partial(_open, shown)),
        table=lambda: truths_table(found, say()),
        name="journey-moments-of-truth",
        note=_note(found),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def truths_drawing(view: View, outcome: str, horizon: str, top: int, theme: str, lang: str) -> Sheet:
    found = found_moments(view, outcome, horizon)
    return truths(found, found[:top], theme=draw.theme(theme), say=speaker(lang))


def _open(shown: tuple[Moment, ...], mark: str) -> None:
    for at, one in enumerate(shown):
        if mark == truth_mark(at):
            open_touchpoint(one.touchpoint)


def low_step(view: View, found: jn.Moments, touchpoint: str) -> Step:
    """What holds for exactly the cases with a low rating at a touchpoint."""
    scale = cached.log(view).scales["satisfaction"]
    low, high = (scale.low, found.low) if scale.good == "high" else (found.low, scale.high)
    return ("answered", "satisfaction", f"{low:g}", f"{high:g}", touchpoint)


def _cases(view: View, found: jn.Moments) -> None:
    """The cases with a low rating at the moments of truth, whatever came of them."""
    if not found.of_truth:
        return
    with st.container(horizontal=True, gap="medium"):
        for at, one in enumerate(found.of_truth[:CASES]):
            step = low_step(view, found, one.touchpoint)
            n = cached.log(view.of(view.selection.and_(step))).cases
            title = _("Low rating at {touchpoint}", touchpoint=one.touchpoint)
            label = _("{n:,} cases with a low rating at {touchpoint}", n=n, touchpoint=plain(one.touchpoint))
            cases_button(label, step, title=title, key=f"emotion-low-{at}")


def _note(found: jn.Moments) -> str:
    return " ".join(
        [
            _(
                "Low is {what}; n is moments, intervals are 95%.",
                what=low_rating(found, say()),
            ),
            _(
                "★ moment of truth: both differences stand out from chance among all touchpoints (Benjamini–Hochberg, "
                "q = 0.10) and their intervals leave out 0."
            ),
            _(
                "Who is unhappy in general rates everything low: “among those alike” compares customers who rated all "
                "else alike, as far as a few ratings tell that. What goes together need not be the cause of each other."
            ),
        ]
    )


def truths_table(found: jn.Moments, speak: Say) -> pd.DataFrame:
    """The touchpoints in numbers."""
    rows = []
    for one in found:
        row: dict[str, object] = {
            speak("Touchpoint"): one.touchpoint,
            speak("Moment of truth"): one.truth,
            speak("After a low rating"): one.low.value,
            speak("low rating, 95% from"): one.low.low,
            speak("low rating, 95% to"): one.low.high,
            speak("low rating, n"): one.low.n,
            speak("Otherwise"): one.rest.value,
            speak("otherwise, 95% from"): one.rest.low,
            speak("otherwise, 95% to"): one.rest.high,
            speak("otherwise, n"): one.rest.n,
            speak("Difference"): one.difference.value,
            speak("difference from"): one.difference.low,
            speak("difference to"): one.difference.high,
            speak("stands out"): one.clear,
            speak("Among those alike"): one.alike.value,
            speak("among those alike, from"): one.alike.low,
            speak("among those alike, to"): one.alike.high,
        }
        rows.append(row)
    return pd.DataFrame(rows)


# --- mean, peak, end -----------------------------------------------------------------------------------


def _summaries(view: View, found: jn.Emotion, outcome: str, horizon: str) -> None:
    st.markdown(plain(verdict(found, say())))
    drawn = summaries_drawing(view, outcome, horizon, theme_name(), language())
    panel(
        "emotion-summaries",
        lambda: sheet(drawn, key="emotion-summaries-sheet"),
        table=lambda: summaries_table(found, say()),
        name="journey-emotion",
        note=_learned(found),
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def summaries_drawing(view: View, outcome: str, horizon: str, theme: str, lang: str) -> Sheet:
    return felt(found_emotion(view, outcome, horizon), theme=draw.theme(theme), say=speaker(lang))


def _learned(found: jn.Emotion) -> str:
    told = outcome_told(found.outcome, found.horizon_s, say())
    if found.split is not None:
        first = _(
            "{outcome}: learned from {learnt:,} moments before {day}, tried on the {tried:,} after it.",
            outcome=plain(told),
            learnt=found.learnt,
            tried=found.tried,
            day=say().day(found.split),
        )
    else:
        first = _(
            "{outcome}: learned from {learnt:,} customers, tried on {tried:,} others.",
            outcome=plain(told),
            learnt=found.learnt,
            tried=found.tried,
        )
    return " ".join(
        [
            first,
            _(
                "Only ratings before the outcome count, two at least: {left:,} moments with fewer are left out; the "
                "others have {ratings:.0f} in the median.",
                left=found.left_out,
                ratings=found.ratings,
            ),
            _("Intervals draw customers; differences are on the same draws. What foretells need not be the cause."),
        ]
    )


def summaries_table(found: jn.Emotion, speak: Say) -> pd.DataFrame:
    """The summaries in numbers."""
    strength = speak("AUC") if found.by == "auc" else speak("Correlation")
    rows = []
    for one in found.summaries:
        less = one.less_mean or Measure.missing()
        rows.append(
            {
                speak("What was felt"): speak(NAMES[one.name]),
                strength: one.strength.value,
                speak("from"): one.strength.low,
                speak("to"): one.strength.high,
                speak("n"): one.strength.n,
                speak("Less the mean's"): less.value,
                speak("difference from"): less.low,
                speak("difference to"): less.high,
                speak("clear"): one.clear,
            }
        )
    return pd.DataFrame(rows)
