"""What was found of emotion, in words: which summary of it foretells the outcome, and where moments of truth lie."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from journey.analysis.emotion import Emotion
from journey.analysis.truth import Moment, Moments
from journey.draw.words import ENGLISH, N_, Say, interval, span

__all__ = ["NAMES", "amount", "low_rating", "outcome_told", "points", "reason", "truths_told", "verdict"]

NAMES: Final[Mapping[str, str]] = {
    "mean": N_("Mean of all"),
    "worst": N_("Worst"),
    "best": N_("Best"),
    "peak": N_("Peak (farthest from neutral)"),
    "end": N_("End (the latest)"),
    "peak_end": N_("Peak and end, averaged"),
    "trend": N_("Trend (first to latest)"),
    "together": N_("All of them together"),
}


def verdict(found: Emotion, say: Say = ENGLISH) -> str:
    """Which summary foretells the outcome best, or that none clearly does; and what that says of peak and end."""
    outcome = found.outcome
    if found.verdict == "none":
        return say(
            "What was felt on the way does not foretell “{outcome}”: none of these beats chance.", outcome=outcome
        )
    if found.verdict == "mean":
        return say(
            "The mean of what was felt foretells “{outcome}” best: clearly better than worst, best, peak, end or trend "
            "alone. Peak and end are not what stays here.",
            outcome=outcome,
        )
    if found.verdict == "open":
        return say(
            "Nothing foretells “{outcome}” clearly better than the mean of what was felt: peak and end carry nothing "
            "of their own that could be shown.",
            outcome=outcome,
        )
    if found.verdict == "together":
        return say(
            "All summaries together foretell “{outcome}” a little better than the mean; no single one clearly does.",
            outcome=outcome,
        )
    return say(
        "“{outcome}” is foretold best by this: {name}. It clearly beats the mean.",
        outcome=outcome,
        name=say(NAMES[found.verdict]).lower(),
    )


def outcome_told(outcome: str, horizon_s: float, say: Say = ENGLISH) -> str:
    """An outcome, and within what time."""
    if not horizon_s:
        return f"“{outcome}”"
    return say("“{outcome}” within {time}", outcome=outcome, time=span(horizon_s, say))


def amount(found: Moments, value: float | None, say: Say = ENGLISH) -> str:
    """An outcome's share or mean."""
    return say.number(value, ".2f" if found.kind == "answer" else ".0%")


def points(found: Moments, value: float | None, say: Say = ENGLISH) -> str:
    """A difference: in points of the scale, or percentage points."""
    if value is None:
        return "–"
    if found.kind == "answer":
        return say.number(value, "+.2f").replace("-", "−")
    return say("{points} pp", points=say.number(100 * value, "+.0f").replace("-", "−"))


def low_rating(found: Moments, say: Say = ENGLISH) -> str:
    """What counts as low."""
    return say("a rating of {low:g} or worse", low=found.low)


def truths_told(found: Moments, say: Say = ENGLISH) -> str:
    """The moments of truth in a sentence; or that none can be told."""
    named = [_told(found, one, say) for one in found.of_truth[:3]]
    clear = [one.touchpoint for one in found if one.clear]
    if not named and clear:
        return say(
            "After low ratings at {listed} “{outcome}” comes out differently, but not clearly more than a customer's "
            "general mood explains: no touchpoint could be shown to be a moment of truth.",
            listed=", ".join(clear[:4]) + (" …" if clear[4:] else ""),
            outcome=found.outcome,
        )
    if not named:
        return say("No touchpoint could be shown to be a moment of truth for “{outcome}”.", outcome=found.outcome)
    more = len(found.of_truth) - len(named)
    listed = "; ".join(named)
    if more:
        return say(
            "Moments of truth for “{outcome}”: {listed}; and {n} more.", outcome=found.outcome, listed=listed, n=more
        )
    return say("Moments of truth for “{outcome}”: {listed}.", outcome=found.outcome, listed=listed)


def _told(found: Moments, one: Moment, say: Say) -> str:
    return say(
        "{touchpoint} ({low} after a low rating, {rest} otherwise)",
        touchpoint=one.touchpoint,
        low=amount(found, one.low.value, say),
        rest=amount(found, one.rest.value, say),
    )


def reason(found: Moments, one: Moment, say: Say = ENGLISH) -> str:
    """Why a touchpoint is a moment of truth, in a sentence."""
    form = ".2f" if found.kind == "answer" else ".0%"
    return say(
        "“{outcome}”: {low} after {what} here, {rest} otherwise",
        outcome=found.outcome,
        low=interval(one.low, form, say),
        rest=interval(one.rest, form, say),
        what=low_rating(found, say),
    )
