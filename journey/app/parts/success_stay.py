"""Success: who stays longer by the touchpoints they had met early, without favour for having lived long enough."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.figure import chart, panel
from journey.app.parts.patience import patiently
from journey.app.parts.success_common import accounts
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.churn_words import changing
from journey.draw.survival import Line, curves
from journey.draw.words import interval
from journey.errors import JourneyError
from journey.model import Measure

__all__ = ["stay"]

LANDMARKS = (30, 60, 90)


@st.cache_resource(show_spinner=False, max_entries=32)
def found(view: View, landmark: int) -> jn.Survival:
    """How long accounts stay by what they had met by the landmark."""
    return jn.survival(accounts(view), log=cached.log(view), landmark=landmark)


def stay(view: View) -> None:
    """Curves of those who had met a touchpoint by a day and of those who had not, and what can be said of them."""
    st.markdown("#### " + _("Who stays longer?"))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        days = choice(
            _("Met by day"), {str(day): _("{n} days", n=day) for day in LANDMARKS}, key="stay_by", default="30"
        )
        picked = st.empty()
    landmark = int(days)
    try:
        one = patiently(_("Following the accounts"), lambda: found(view, landmark), key=f"stay-{landmark}-{hash(view)}")
    except JourneyError as error:
        st.info(sentence(error))
        return
    if not one.touchpoints:
        st.info(_("No touchpoint was met by at least 20 accounts by then, and not met by as many."))
        return
    names = [met.at for met in one.touchpoints]
    with picked.container():
        name = st.selectbox(_("Touchpoint"), names, key="stay_at", width=280)
    met = one.of(name if name in names else names[0])
    panel(
        "success-stay",
        lambda: chart(_figure(view, landmark, met.at, theme_name(), language()), key="success-stay", alt=_alt(met)),
        table=lambda: _table(one),
        name="who-stays",
        note=_note(one, met),
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _figure(view: View, landmark: int, name: str, theme: str, lang: str) -> go.Figure:
    met, speak = found(view, landmark).of(name), speaker(lang)
    lines = [Line(speak("Had met it by then"), met.met), Line(speak("Had not"), met.not_met)]
    return curves(
        lines,
        until=max(5.0, min(max(met.met.times), max(met.not_met.times))),
        unit=speak("days since day {day}", day=landmark),
        at_risk=speak("still there and watched"),
        theme=draw.theme(theme),
        say=speak,
    )


def _note(one: jn.Survival, met: jn.Met) -> str:
    speak = say()
    told = [
        _(
            "{n:,} accounts still there {days} days after their start; {left:,} of them left later.",
            n=one.n,
            days=one.landmark_days,
            left=one.left,
        ),
        _gap(met),
        _("It stands out among all touchpoints.") if met.clear else _("It does not stand out among all touchpoints."),
    ]
    if met.hazard.value is not None:
        told.append(
            _(
                "Once met, whenever that was, those accounts leave {ratio} times as fast (Cox); {steady}.",
                ratio=interval(met.hazard, ".2f", speak),
                steady=changing(met.steady_p, speak),
            )
        )
    told.append(
        _(
            "Time counts from that day on, so that nobody is favoured for having lived long enough to meet it. Who "
            "meets a touchpoint may differ from who does not: association is not cause."
        )
    )
    return plain(" ".join(told))


def _gap(met: jn.Met) -> str:
    day, gap = next(((day, m) for day, m in list(met.difference.items())[::-1] if m.value is not None), (0, None))
    if gap is None:
        return ""
    return _(
        "After {days} more days {points} percentage points more of those who had met it were still there.",
        days=day,
        points=interval(_hundredfold(gap), "+.1f", say()),
    )


def _hundredfold(one: Measure) -> Measure:
    value, low, high = (None if end is None else 100 * end for end in (one.value, one.low, one.high))
    return Measure(value, low, high, one.n)


def _alt(met: jn.Met) -> str:
    return _(
        "Share of accounts still there over time: {met:,} that had met {touchpoint}, {other:,} that had not.",
        met=met.met.n,
        touchpoint=met.at,
        other=met.not_met.n,
    )


def _table(one: jn.Survival) -> pd.DataFrame:
    rows = []
    for met in one.touchpoints:
        row: dict[str, object] = {
            _("Touchpoint"): met.at,
            _("Had met it by then"): met.met.n,
            _("Had not"): met.not_met.n,
        }
        for day, gap in met.difference.items():
            row[_("Still there after {days} days: difference", days=day)] = gap.value
            row[_("from (after {days} days)", days=day)] = gap.low
            row[_("to (after {days} days)", days=day)] = gap.high
        row |= {
            "p": met.p,
            _("Clear"): met.clear,
            _("Hazard ratio"): met.hazard.value,
            _("Hazard ratio, from"): met.hazard.low,
            _("Hazard ratio, to"): met.hazard.high,
            _("Is the ratio steady?"): changing(met.steady_p, say()),
        }
        rows.append(row)
    return pd.DataFrame(rows).round(4)
