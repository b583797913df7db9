"""Churn in words: what a feature is, how good a forecast is, and what can be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from journey.draw.words import ENGLISH, N_, Say, interval
from journey.model import Measure
from journey.success.churn import Churn, Factor, Reason

__all__ = ["BASELINES", "calibrated", "changing", "drawn_from", "factor", "feature", "reason", "told_apart"]

FEATURES: Final[Mapping[str, str]] = {
    "tenure_days": N_("time as a customer"),
    "tenure_months": N_("time as a customer"),
    "seats": N_("seats"),
    "mrr": N_("what it pays a month"),
    "mrr_change": N_("change in what it pays, in thirty days"),
    "use": N_("use in thirty days"),
    "use, change": N_("change in use against the thirty days before"),
    "features": N_("different features used"),
    "tickets": N_("support contacts in thirty days"),
    "open_tickets": N_("open support contacts"),
    "valued": N_("has had first value"),
    "term_days": N_("time until its term ends"),
    "term_ends": N_("its term ends within the time looked ahead"),
    "days since the last visit": N_("time since the last visit to any touchpoint"),
    "visits lately": N_("visits to touchpoints in thirty days"),
    "dissatisfaction": N_("dissatisfaction at all touchpoints"),
    "effort": N_("effort at all touchpoints"),
    "exit": N_("exits at all touchpoints"),
    "rework": N_("second tries at all touchpoints"),
    "wait": N_("waits at all touchpoints"),
    "switch": N_("changes of channel"),
    "help": N_("calls for help"),
}
BASELINES: Final[Mapping[str, str]] = {
    "tenure": N_("time as a customer alone"),
    "use": N_("use alone"),
    "satisfaction": N_("satisfaction alone"),
    "tickets": N_("support contacts alone"),
}


def feature(name: str, say: Say = ENGLISH) -> str:
    """A feature as a reader would call it."""
    if name in FEATURES:
        return say(FEATURES[name])
    kind, _, at = name.partition(": ")
    if kind == "friction":
        return say("friction at {touchpoint}", touchpoint=at)
    if kind == "lately":
        return say("lately at {touchpoint}", touchpoint=at)
    return name


def factor(one: Factor, say: Say = ENGLISH) -> str:
    """A feature, and what its odds compare."""
    if one.yes_no:
        return say("{feature}: yes against no", feature=feature(one.name, say))
    return say("{feature}: one standard deviation more", feature=feature(one.name, say))


def reason(one: Reason, say: Say = ENGLISH) -> str:
    """What raises an account's risk: what it has, or has more or less of than the average."""
    told = feature(one.name, say)
    if one.yes_no:
        return say("{feature}: yes", feature=told) if one.above else say("{feature}: no", feature=told)
    return (
        say("more than average: {feature}", feature=told)
        if one.above
        else say("less than average: {feature}", feature=told)
    )


def told_apart(auc: Measure, say: Say = ENGLISH) -> str:
    """What an AUC is, in plain words."""
    return say(
        "Of two accounts, one that left and one that stayed, the one that left had been given the higher risk in "
        "{auc} of the cases; guessing gives 50%.",
        auc=interval(auc, ".0%", say),
    )


def calibrated(slope: Measure, say: Say = ENGLISH) -> str:
    """Whether chances mean what they say."""
    if slope.low is None or slope.high is None:
        return say("Whether the chances mean what they say cannot be told.")
    said = interval(slope, ".2f", say)
    if slope.low <= 1 <= slope.high:
        return say(
            "Chances mean what they say, as far as can be told: calibration slope {slope}, 1 is right.", slope=said
        )
    if slope.high < 1:
        return say(
            "Caution: chances are too extreme, high ones too high and low ones too low: slope {slope}.", slope=said
        )
    return say("Caution: chances are too timid, high ones too low and low ones too high: slope {slope}.", slope=said)


def drawn_from(found: Churn, say: Say = ENGLISH) -> str:
    """On what the forecast was tried, and that it had not seen it before."""
    if found.split is None:
        return say(
            "Tried on {n:,} accounts of whom {left:,} left; each was foretold by a model that had not seen it.",
            n=found.quality.tried,
            left=found.quality.left,
        )
    return say(
        "Learnt from {learnt:,} rows (accounts on days) and tried on {n:,} later ones, from {split} on, after which "
        "{left:,} left within {days:,} days.",
        learnt=found.learnt,
        n=found.quality.tried,
        split=say.day(found.split),
        left=found.quality.left,
        days=found.horizon_days,
    )


def changing(p: float | None, say: Say = ENGLISH) -> str:
    """Whether a hazard ratio is the same all the time."""
    if p is None:
        return say("can't be told")
    if p < 0.05:
        return say("changes over time (p = {p}): read the curves, the ratio is a mean", p=say.number(p, ".3f"))
    return say("no sign that it changes over time (p = {p})", p=say.number(p, ".2f"))
