"""Moments of truth: the touchpoints where a bad experience goes with another outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, overload

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from journey.analysis.compare_means import FEW, Judged, judge
from journey.errors import JourneyError
from journey.estimate.difference import standing_out
from journey.events.aftermath import Outcome, outcome_of
from journey.events.contrast_sums import Sums
from journey.events.feelings import LowSums, low_sums
from journey.events.log import EventLog
from journey.model import Measure, Scale

__all__ = ["Moment", "Moments", "lowest", "moments"]

Array = NDArray[np.float64]

LEAST_TOLD: Final = 0.2  # of the spread of the other ratings' means must be mood, or nobody is alike
STEP: Final = 4  # from so many steps on, the two bottom boxes are low; else the bottom one


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What came of cases by the worst they had felt at one touchpoint.

    low, rest      the outcome where the worst rating there was low, and where it was not: share of the moments with it
                   (0–1), or mean answer on its own scale; n is moments
    difference     low less rest, with an interval that counts customers; missing where either side has fewer than five
    clear          the difference stands out (Benjamini and Hochberg, q = .10) and its interval leaves out 0
    alike          the difference among cases alike in how they rated everything else: by least squares on the mean of
                   their other ratings, whose own error is taken off; missing where too few ratings tell a mood
    p              of there being no difference among those
    truth          a moment of truth: clear, alike clear as well, and for the worse where it is known which end of the
                   outcome is good
    """

    touchpoint: str
    low: Measure
    rest: Measure
    difference: Measure
    alike: Measure
    p: float | None
    clear: bool
    truth: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments(Sequence[Moment]):
    """Every touchpoint with ratings before an outcome: moments of truth first, the largest difference first.

    outcome     as asked; `kind` "met", "bound" or "answer"; `scale` of an answer, on which its means stand
    good        which end of the outcome is good; None where nobody said
    low         a rating of at most this (at least, where low is good), as written in the data, is low
    horizon_s   how far ahead a touchpoint counts; 0 for an answer
    """

    found: tuple[Moment, ...]
    outcome: str
    kind: Literal["met", "bound", "answer"]
    good: Literal["high", "low"] | None
    scale: Scale | None
    low: float
    horizon_s: float

    @overload
    def __getitem__(self, at: int) -> Moment: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Moment, ...]: ...

    def __getitem__(self, at: int | slice) -> Moment | tuple[Moment, ...]:
        return self.found[at]

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Moment]:
        return iter(self.found)

    @property
    def of_truth(self) -> tuple[Moment, ...]:
        """The moments of truth alone."""
        return tuple(one for one in self.found if one.truth)


def moments(log: EventLog, *, outcome: str | None = None, horizon: str = "30d", low: float | None = None) -> Moments:
    """Moments of truth: touchpoints whose worst ratings go with another outcome.

    outcome, horizon   as for `emotion`
    low                a rating up to here, as written in the data, is low (from here, where low is good); default the
                       two bottom boxes of a scale of five steps or more, else the bottom one

    Cases that rated a touchpoint before the outcome are parted by their worst rating there. The difference in outcome
    has an interval that counts customers, not answers (Zou and Donner 2008). With a touchpoint as outcome each rated
    visit is a moment, so nothing later than it counts. Those who are unhappy in general rate everything low and give
    every touchpoint a difference: `alike` compares cases that rated all else alike (least squares, with the error of a
    few ratings taken off: Fuller 1987). A moment of truth is flagged where both intervals leave out 0 and both
    differences stand out among all touchpoints (Benjamini and Hochberg 1995, q = .10). Association is not cause: a bad
    moment may be the sign of a story that was going wrong before.
    Raises JourneyError where satisfaction was not asked at touchpoints, the outcome is unknown or the same for all, or
    nobody rated anything before it.
    """
    asked, scale = outcome_of(log, outcome, horizon=horizon), log.scales["satisfaction"]
    limit = lowest(scale) if low is None else low
    if not scale.low <= limit <= scale.high:
        raise JourneyError(
            "A low rating lies on the scale, between {low:g} and {high:g}, not at {limit:g}.",
            low=scale.low,
            high=scale.high,
            limit=limit,
        )
    sums = low_sums(log, asked, scale.pomp(limit))
    if not sums.n.sum():
        raise JourneyError("Nothing was rated before “{outcome}”: there is nothing to tell apart.", outcome=asked.name)
    total, n = sums.y.sum(), sums.n.sum()
    if asked.yes_or_no and not total:
        raise JourneyError(
            "“{outcome}” came of none of the {n:,} moments: nothing to tell apart.", outcome=asked.name, n=int(n)
        )
    if asked.yes_or_no and total == n:
        raise JourneyError(
            "“{outcome}” came of every one of the {n:,} moments: nothing to tell apart.", outcome=asked.name, n=int(n)
        )
    return Moments(
        found=_judged(sums, asked),
        outcome=asked.name,
        kind=asked.kind,
        good=asked.good,
        scale=asked.scale,
        low=limit,
        horizon_s=asked.horizon_us / 1e6,
    )


def lowest(scale: Scale) -> float:
    """The best of the answers that count as low."""
    step = 1.0 if scale.high - scale.low >= STEP else 0.0
    return scale.low + step if scale.good == "high" else scale.high - step


def _judged(sums: LowSums, asked: Outcome) -> tuple[Moment, ...]:
    # Customers may stand on both sides, with several answers.
    judged = judge(Sums(sums.y, sums.n), shared=True)
    told = np.isfinite(judged.p) & _varied(sums, asked)
    alike = [one if ok else (Measure.missing(), None) for one, ok in zip(_alike(sums), told, strict=True)]
    raw_out = standing_out([float(p) if ok else None for p, ok in zip(judged.p, told, strict=True)])
    alike_out = standing_out([p for _, p in alike])
    start, width = 0.0, 1.0
    if asked.kind == "answer" and asked.scale is not None:
        start, width = asked.scale.low, asked.scale.high - asked.scale.low
    found = []
    for k, name in enumerate(sums.touchpoints):
        low, rest = (_mean(judged, side, k, start, width) for side in (0, 1))
        difference = Measure.missing()
        if told[k]:
            value, least, most = (width * float(x[k]) for x in (judged.difference, judged.least, judged.most))
            difference = Measure(value, least, most, int(judged.n[:, k].sum()))
        clear = raw_out[k] and _apart(difference)
        worse = asked.good is None or ((difference.value or 0) < 0) == (asked.good == "high")
        found.append(
            Moment(
                touchpoint=name,
                low=low,
                rest=rest,
                difference=difference,
                clear=clear,
                alike=_times(alike[k][0], width),
                p=alike[k][1],
                truth=clear and worse and alike_out[k] and _apart(alike[k][0]) and _one_way(difference, alike[k][0]),
            )
        )
    found.sort(
        key=lambda one: (not one.truth, not one.clear, one.difference.value is None, -abs(one.difference.value or 0))
    )
    return tuple(found)


def _varied(sums: LowSums, asked: Outcome) -> NDArray[np.bool_]:
    """[K] whether the outcome came of some of a touchpoint's moments, and not of others, often enough to tell."""
    if not asked.yes_or_no:
        return np.ones(len(sums.touchpoints), bool)
    hits, n = sums.y.sum((0, 2)), sums.n.sum((0, 2))
    return np.asarray((hits >= FEW) & (n - hits >= FEW))


def _mean(judged: Judged, side: int, k: int, start: float, width: float) -> Measure:
    if not judged.n[side, k]:
        return Measure.missing()
    value, low, high = (start + width * float(x[side, k]) for x in (judged.mean, judged.low, judged.high))
    return Measure(value, low, high, int(judged.n[side, k]))


def _apart(one: Measure) -> bool:
    return one.low is not None and one.high is not None and not one.low <= 0 <= one.high


def _one_way(one: Measure, other: Measure) -> bool:
    return ((one.value or 0) > 0) == ((other.value or 0) > 0)


def _alike(sums: LowSums) -> list[tuple[Measure, float | None]]:
    """Low less rest among moments alike in the mean of the other ratings, with its p, for each touchpoint.

    Least squares of the outcome on low, on whether anything else was rated, and on the mean of that. A few ratings tell
    a mood imperfectly, which would leave part of it to low: the mean's own error is taken off (Fuller 1987, §2.2).
    """
    found: list[tuple[Measure, float | None]] = []
    for k in range(len(sums.touchpoints)):
        n, y, other, m, mm, ym, y_other = (
            x[:, k] for x in (sums.n, sums.y, sums.other, sums.m, sums.mm, sums.ym, sums.y_other)
        )
        if (n > 0).sum(1).min() < FEW:
            found.append((Measure.missing(), None))
            continue
        # Sums of products of (1, low, other, m), and of these with the outcome, by bucket.
        cross = np.zeros((n.shape[1], 4, 4))
        for i, j, value in (
            (0, 0, n.sum(0)), (0, 1, n[0]), (0, 2, other.sum(0)), (0, 3, m.sum(0)), (1, 1, n[0]), (1, 2, other[0]),
            (1, 3, m[0]), (2, 2, other.sum(0)), (2, 3, m.sum(0)), (3, 3, mm.sum(0)),
        ):  # fmt: skip
            cross[:, i, j] = cross[:, j, i] = value
        right = np.stack([y.sum(0), y[0], y_other.sum(0), ym.sum(0)], axis=1)
        cross[:, 3, 3] -= sums.noise * sums.thin[:, k].sum(0)
        spread = float(mm.sum() - m.sum() ** 2 / max(other.sum(), 1))
        told = spread - sums.noise * float(sums.thin[:, k].sum()) > LEAST_TOLD * spread > 0
        found.append(_fitted(cross, right, n, y) if told else (Measure.missing(), None))
    return found


def _fitted(cross: Array, right: Array, n: Array, y: Array) -> tuple[Measure, float | None]:
    """The coefficient of low: its variance is robust to customers' buckets, and equal outcomes are not certainty."""
    whole = cross.sum(0)
    bread = np.linalg.pinv(whole, hermitian=True)
    if abs((bread @ whole)[1, 1] - 1) > 1e-6:
        return Measure.missing(), None  # low and the other ratings say the same
    beta = bread @ right.sum(0)
    buckets = int((n.sum(0) > 0).sum())
    score = (right - cross @ beta) @ bread
    variance = float(np.square(score[:, 1]).sum()) * buckets / (buckets - 1)
    size, held = n.sum(1), (y.sum(1) + 1) / (n.sum(1) + 2)
    if np.isclose(y, np.round(y)).all():  # yes and no: one of each more on either side
        least = float((held * (1 - held) / (size + 2)).sum())
    else:  # answers: one among n + 1 a quarter of the scale away
        least = float((1 / 16 / (size + 1) / size).sum())
    # The side with fewer customers tells how far the variance may be trusted.
    freedom = min(int((n > 0).sum(1).min()) * 2, buckets) - 1
    error = float(np.sqrt(max(variance, least)))
    value = float(np.clip(beta[1], -1, 1))
    half = float(stdtrit(freedom, 0.975)) * error
    p = 2 * float(stdtr(freedom, -abs(value) / error))
    return Measure(value, max(value - half, -1.0), min(value + half, 1.0), int(n.sum())), p


def _times(one: Measure, width: float) -> Measure:
    if one.value is None or one.low is None or one.high is None:
        return one
    return Measure(one.value * width, one.low * width, one.high * width, one.n)
