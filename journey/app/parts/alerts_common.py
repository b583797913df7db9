"""Alerts: what is asked, the figures that all parts show, and what was watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from journey import draw
from journey.analysis import alerts as watching
from journey.analysis.alerts import Alert, Alerts, ChangePoint, Chart
from journey.app import cached
from journey.app.parts.choice import choice
from journey.app.parts.figure import chart as figure
from journey.app.parts.figure import panel
from journey.app.state import View, theme_name
from journey.app.text import _, language, say, speaker
from journey.draw import control
from journey.draw.alert_words import called, in_units
from journey.draw.spans import brief
from journey.events.drift import FOLLOWED, stretches
from journey.model import Measure

__all__ = ["Asked", "chart", "in_words", "looking_back", "settings", "spread", "terms", "watched"]

EFFECTS: Final = ("0.02", "0.05", "0.1", "0.2")
USUAL: Final = "0.05"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is watched: the key of every cache."""

    view: View
    every: str
    effect: float


def settings(view: View) -> Asked:
    """The periods, and the least shift that matters."""
    names = {"week": _("Weeks"), "month": _("Months")}
    every = choice(_("By"), names, key="alerts_by", default=usual(view), hidden=True)
    effects = {code: _("{points} of 100", points=say().number(100 * float(code), ".0f")) for code in EFFECTS}
    effect = choice(_("Least shift"), effects, key="alerts_least", default=USUAL, as_="list", width=130)
    return Asked(view, every, float(effect))


@st.cache_data(show_spinner=False, max_entries=64)
def usual(view: View) -> str:
    """Weeks, unless the log is long or its visits are few: then months tell more."""
    log = cached.opened(view.source)
    if not log.timed:
        return "week"
    weeks = len(stretches(log, "week"))
    return "month" if weeks > 4 * 52 else "week"


@st.cache_resource(show_spinner=False, max_entries=32)
def watched(asked: Asked) -> Alerts:
    """What drifted, as it became known."""
    return _asked(asked, hindsight=False)


@st.cache_resource(show_spinner=False, max_entries=32)
def looking_back(asked: Asked) -> tuple[ChangePoint, ...]:
    """What changed, looking at all of it."""
    return _asked(asked, hindsight=True).changes or ()


def _asked(asked: Asked, *, hindsight: bool) -> Alerts:
    log = cached.log(asked.view)
    return watching.alerts(log, every=asked.every, minimum_effect=asked.effect, hindsight=hindsight)


def chart(
    asked: Asked,
    found: Alerts,
    at: str,
    component: str,
    *,
    key: str,
    picked: Alert | None = None,
    changes: Sequence[ChangePoint] = (),
    small: bool = False,
) -> None:
    """The control chart of a component at a touchpoint, with its table and ways out."""
    one = found.of(at, component)
    panel(
        key,
        lambda: figure(
            _figure(asked, at, component, picked, tuple(changes), small, theme_name(), language()),
            key=f"{key}-figure",
            alt=control.alt(one, found, say()),
        ),
        table=lambda: _table(one, found),
        name=f"control-{component}",
        note="" if small else in_words(one, found),
    )


@st.cache_data(show_spinner=False, max_entries=128)
def _figure(
    asked: Asked,
    at: str,
    component: str,
    picked: Alert | None,
    changes: tuple[ChangePoint, ...],
    small: bool,
    theme: str,
    lang: str,
) -> go.Figure:
    found = watched(asked)
    one = found.of(at, component)
    if small:
        return control.sparkline(one, found, theme=draw.theme(theme), say=speaker(lang))
    return control.control(one, found, picked=picked, changes=changes, theme=draw.theme(theme), say=speaker(lang))


def in_words(one: Chart, found: Alerts) -> str:
    """How to read a control chart."""
    told = [
        _(
            "Each period's mean against that of the level before it; band: ± 3 standard errors at its n, outside it a "
            "diamond. The CUSUM adds up what lies beyond chance; above {h} it raises an alert. A flag is where it was "
            "known, the shaded stretch begins where the CUSUM left zero.",
            h=say().number(found.h, "g"),
        )
    ]
    if one.component in FOLLOWED:
        told.append(
            _(
                "Known {window} after the visit, so the last {n} periods are not told yet.",
                window=brief(1e6 * found.follow_s, say()),
                n=len(found.periods) - one.final,
            )
        )
    return " ".join(told)


def _table(one: Chart, found: Alerts) -> pd.DataFrame:
    def units(value: float | None) -> float | None:
        shown = in_units(one.component, Measure(value, value, value, 1), found.scales).value
        return None if shown is None else round(shown, 4)

    rows = []
    for t in range(one.final):
        limits = [x for x in (units(one.low[t]), units(one.high[t])) if x is not None]
        rows.append(
            {
                _("From"): found.periods[t].start,
                called(one.component, say()): units(one.mean[t]),
                _("n"): one.n[t],
                _("Level before"): units(one.centre[t]),
                _("Lower limit"): min(limits, default=None),
                _("Upper limit"): max(limits, default=None),
                _("z"): one.z[t],
                _("CUSUM, worse"): one.up[t],
                _("CUSUM, better"): one.down[t],
            }
        )
    return pd.DataFrame(rows)


def spread(component: str, measure: Measure, found: Alerts, when: str) -> dict[str, object]:
    """A measure as columns of a table, in the units it is told in."""
    one = in_units(component, measure, found.scales)
    value, low, high = (None if x is None else round(x, 4) for x in (one.value, one.low, one.high))
    return {
        when: value,
        _("{when}, 95% from", when=when): low,
        _("{when}, 95% to", when=when): high,
        _("{when}, n", when=when): one.n,
    }


def terms(found: Alerts) -> str:
    """What was watched, and how many alerts chance alone would raise."""
    return _(
        "{charts} charts (a component at a touchpoint) over {n} whole periods, the first {baseline} to learn from; "
        "learning goes on with every period, and never looks ahead. If nothing ever changed, at most {chance} alerts "
        "would come by chance. A shift counts from {effect} of 100 (on a scale of 1–5: {steps} steps), on {least} "
        "visits or answers before and after. Intervals are 95%. A season that was not seen before is a drift too. "
        "Association is not cause.",
        charts=len(found.charts),
        n=len(found.periods),
        baseline=found.baseline,
        chance=say().number(found.by_chance, ".0f" if found.by_chance >= 10 else ".1f"),
        effect=say().number(100 * found.minimum_effect, "g"),
        steps=say().number(4 * found.minimum_effect, "g"),
        least=found.minimum_n,
    )
