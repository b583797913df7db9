"""Emotion: which summary of what customers felt on the way foretells the outcome best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from journey.analysis.foretell import Strength, correlations, discriminations
from journey.errors import JourneyError
from journey.estimate.auc import logistic
from journey.estimate.difference import standing_out
from journey.events.aftermath import outcome_of
from journey.events.feelings import Feelings, feelings
from journey.events.log import EventLog
from journey.model import Measure

__all__ = ["SUMMARIES", "Emotion", "Foretelling", "emotion"]

Array = NDArray[np.float64]

SUMMARIES: Final = ("mean", "worst", "best", "peak", "end", "peak_end", "trend", "together")
FEWEST: Final = 20
LEARNT: Final = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretelling:
    """How well one summary of the ratings foretells the outcome, on cases it was not learned from.

    name       "mean", "worst", "best", "peak" (farthest from the middle of the scale), "end" (the latest), "peak_end"
               (the average of both), "trend" (gain from first to latest), or "together" (all of them, learned)
    strength   AUC (0–1; .5 is chance) of a yes or no, correlation (−1 … 1) with an answer; customers are drawn for the
               interval
    less_mean  this strength less the mean's, paired; None for the mean itself
    clear      the difference stands out (Benjamini and Hochberg, q = .10) and its interval leaves out 0
    """

    name: str
    strength: Measure
    less_mean: Measure | None
    clear: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Emotion:
    """Summaries of emotion side by side as predictors of one outcome.

    by            "auc" for a yes or no, "correlation" for an answer
    horizon_s     how far ahead a touchpoint counts; 0 for an answer
    split         the earlier moments were learned from, the later ones tried; None: split by customer, no times known
    learnt, tried moments on each side; with_outcome of those tried (None for an answer); left_out had fewer than two
                  ratings before
    ratings       median number of ratings before a moment
    summaries     in the order of `SUMMARIES`
    verdict       "none" (no summary foretells it), "mean" (clearly better than every other one), the name of the best
                  summary that clearly beats the mean, or "open" (none clearly beats it)
    """

    outcome: str
    by: Literal["auc", "correlation"]
    horizon_s: float
    split: pd.Timestamp | None
    learnt: int
    tried: int
    with_outcome: int | None
    left_out: int
    ratings: float
    summaries: tuple[Foretelling, ...]
    verdict: str

    def of(self, name: str) -> Foretelling:
        """One summary by its name. Raises JourneyError for another name."""
        for one in self.summaries:
            if one.name == name:
                return one
        raise JourneyError("There is no summary “{name}”: it is one of {known}.", name=name, known=", ".join(SUMMARIES))


def emotion(log: EventLog, *, outcome: str | None = None, horizon: str = "30d", seed: int = 0) -> Emotion:
    """Compare mean, worst, best, peak, end, peak–end and trend of the ratings so far as predictors of an outcome.

    outcome   a bound on a scale (“nps<=6”), a scale (“nps”), or a touchpoint (“Renewed”: met within the horizon);
              default the recommendation where it was asked, else the goal
    horizon   how far ahead, for a touchpoint

    Only ratings before the outcome count (of a survey without times all others), two at least: of one alone all
    summaries are the same. Weights are learned from the earlier 60 % of the moments (ridge logistic, or least squares)
    and tried on the later ones; without times, on other customers. With a touchpoint as outcome every rated visit is a
    moment, and moments are compared within the same touchpoint, for near the goal all is better. Whether peak and end
    carry memory is settled by the data: it does not generalise (Kahneman et al. 1993; Strijbosch et al. 2019).
    Association is not cause.
    Raises JourneyError where satisfaction was not asked at touchpoints, the outcome is unknown, or it is too rare
    (under 20 moments with and without it on either side of the split) or the same for all.
    """
    asked = outcome_of(log, outcome, horizon=horizon)
    found = feelings(log, asked)
    learn, tried, split = _split(found, timed=log.timed, horizon_us=asked.horizon_us)
    _enough(found.y, learn, tried, asked.name, yes_or_no=asked.yes_or_no)
    place = found.place if asked.kind == "met" else np.zeros(len(found.y), np.int64)
    scores = {name: _score(x, found.y, learn, tried, place, asked.yes_or_no) for name, x in _features(found).items()}
    who, y = found.who[tried], found.y[tried]
    if asked.yes_or_no:
        strengths = discriminations(scores, y > 0.5, who, place[tried], seed=seed)
    else:
        strengths = correlations(scores, y, who, seed=seed)
    summaries = _compared(strengths)
    return Emotion(
        outcome=asked.name,
        by="auc" if asked.yes_or_no else "correlation",
        horizon_s=asked.horizon_us / 1e6,
        split=split,
        learnt=int(learn.sum()),
        tried=int(tried.sum()),
        with_outcome=int((y > 0.5).sum()) if asked.yes_or_no else None,
        left_out=found.left_out,
        ratings=float(np.median(found.ratings)),
        summaries=summaries,
        verdict=_verdict(summaries, strengths, 0.5 if asked.yes_or_no else 0.0),
    )


def _features(found: Feelings) -> dict[str, Array]:
    """[N, K] what each summary is learned from."""
    one = {name: getattr(found, name) for name in ("mean", "worst", "best", "peak", "end", "trend")}
    one["peak_end"] = (found.peak + found.end) / 2
    together = np.stack([one[name] for name in ("mean", "worst", "best", "peak", "end", "trend")], axis=1)
    return {name: together if name == "together" else one[name][:, None] for name in SUMMARIES}


def _split(
    found: Feelings, *, timed: bool, horizon_us: int
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], pd.Timestamp | None]:
    """Moments to learn from and to try on: by time, or where none is known by customer."""
    if not len(found.y):
        nobody = np.zeros(0, bool)
        return nobody, nobody, None
    if not timed:
        # A multiplicative hash, so that neighbours in the file do not stay together.
        learn = (found.who * 2_654_435_761 % 2**32) < LEARNT * 2**32
        return learn, ~learn, None
    at = int(np.quantile(found.t0, LEARNT, method="lower"))
    return found.t0 <= at - horizon_us, found.t0 > at, pd.Timestamp(at, unit="us", tz="UTC")


def _enough(y: Array, learn: NDArray[np.bool_], tried: NDArray[np.bool_], name: str, *, yes_or_no: bool) -> None:
    for side in (learn, tried):
        n, hits = int(side.sum()), int((y[side] > 0.5).sum())
        if yes_or_no and min(hits, n - hits) < FEWEST:
            raise JourneyError(
                "“{outcome}” came of {hits:,} of {n:,} moments with two ratings before: with fewer than {few} on "
                "either side nothing can be said. Choose a commoner outcome or a longer horizon.",
                outcome=name,
                hits=hits,
                n=n,
                few=FEWEST,
            )
        if not yes_or_no and n < FEWEST:
            raise JourneyError(
                "“{outcome}” was answered at {n:,} moments with two ratings before: with fewer than {few} nothing can "
                "be said.",
                outcome=name,
                n=n,
                few=FEWEST,
            )
        if not yes_or_no and np.ptp(y[side]) == 0:
            raise JourneyError("“{outcome}” was answered alike by all: nothing to foretell.", outcome=name)


def _score(
    x: Array, y: Array, learn: NDArray[np.bool_], tried: NDArray[np.bool_], place: NDArray[np.int64], yes_or_no: bool
) -> Array:
    """What is learned from the one, foretold for the other; within places, if there are several."""
    x = x - _usual(x, learn, place)
    if yes_or_no:
        return logistic(x[learn], y[learn] > 0.5, x[tried])
    mean, spread = x[learn].mean(0), x[learn].std(0)
    scaled = np.divide(x - mean, spread, out=np.zeros_like(x), where=spread > 1e-12)
    one, target = scaled[learn], y[learn] - y[learn].mean()
    weights = np.linalg.solve(one.T @ one + np.eye(x.shape[1]), one.T @ target)
    return np.asarray(scaled[tried] @ weights, float)


def _usual(x: Array, learn: NDArray[np.bool_], place: NDArray[np.int64]) -> Array:
    """[N, K] the mean of the moments learned from at the same place; of all of them where there is none."""
    codes, at = np.unique(place, return_inverse=True)
    n = np.bincount(at[learn], minlength=codes.size).astype(float)
    whole = x[learn].mean(0)
    sums = np.stack([np.bincount(at[learn], x[learn, k], codes.size) for k in range(x.shape[1])], axis=1)
    means = np.where(n[:, None] > 0, sums / np.maximum(n, 1)[:, None], whole)
    return np.asarray(means[at], float)


def _compared(strengths: Mapping[str, Strength]) -> tuple[Foretelling, ...]:
    mean = strengths["mean"]
    others = {name: one.less(mean) for name, one in strengths.items() if name != "mean"}
    stands = dict(zip(others, standing_out([p for _, p in others.values()]), strict=True))
    return tuple(
        Foretelling(
            name=name,
            strength=one.measure(),
            less_mean=others[name][0] if name in others else None,
            clear=name in others and stands[name] and _leaves_out_0(others[name][0]),
        )
        for name, one in strengths.items()
    )


def _leaves_out_0(one: Measure) -> bool:
    return one.low is not None and one.high is not None and not one.low <= 0 <= one.high


def _verdict(summaries: tuple[Foretelling, ...], strengths: Mapping[str, Strength], chance: float) -> str:
    if not any(standing_out([one.above(chance) for one in strengths.values()], q=0.05)):
        return "none"
    better = [one for one in summaries if one.clear and one.less_mean and (one.less_mean.value or 0) > 0]
    if better:
        return max(better, key=lambda one: one.strength.value or 0).name
    others = [one for one in summaries if one.name not in ("mean", "together")]
    return "mean" if all(one.clear for one in others) else "open"
