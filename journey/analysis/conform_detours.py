"""Detours: what cases do between two steps of a plan that it does not foresee."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from journey.analysis.conform_sums import Laid
from journey.estimate import wilson
from journey.estimate.difference import Sample, standing_out, welch
from journey.estimate.measures import mean_t
from journey.model import END, START, Measure, Place, Scale

__all__ = ["Detour", "detours"]

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Felt = Mapping[int, NDArray[np.float64]]
POOL: Final = 40  # detours that are looked at, or three times as many as are told
NOWHERE: Final = -2  # no touchpoint: before a case begins, or after its last event


@dataclass(frozen=True, slots=True, kw_only=True)
class Detour:
    """What cases do between two steps of the plan that the plan does not have there.

    after, before  the steps of the plan on either side; `START` if it comes first, `END` if it ends the case
    steps        the touchpoints between, in order; the same one several times at once counts as one
    cases        that went this way in a row, from `after` to `before`
    share        of the cases that met `after` (at the start: of all; 0–1), Wilson interval
    took, others mean satisfaction of the cases that took it, and of the others that met `after`: with the step where
                 they come back to the plan; where the detour ends the case, or satisfaction was asked about the whole
                 relation, with all they rated. Each case counts once, on the answers' own scale, t intervals, n cases
    difference   took − others, Welch's interval. Association, not cause
    clear        the difference stands out from chance among all detours told (Benjamini and Hochberg, q = .10)
    """

    after: Place
    steps: tuple[str, ...]
    before: Place
    cases: int
    share: Measure
    took: Measure
    others: Measure
    difference: Measure
    clear: bool = False

    @property
    def condition(self) -> tuple[str, ...]:
        """What holds for exactly its cases, as a step of a `Selection`."""
        first, last = self.after is START, self.before is END
        where = "whole" if first and last else "at the start" if first else "at the end" if last else "anywhere"
        return ("row", where, *(one for one in (self.after, *self.steps, self.before) if isinstance(one, str)))


@dataclass(frozen=True, slots=True)
class _Run:
    """A detour by codes: the steps on either side, and those between; and the cases in whose alignment it stands."""

    after: int
    steps: tuple[int, ...]
    before: int
    cases: float


def detours(
    laid: Laid, names: Sequence[str], *, scale: Scale | None, felt: Callable[[Iterable[int]], Felt], limit: int
) -> tuple[tuple[Detour, ...], int]:
    """The commonest detours, those that most cases took first; and how many different ones there are.

    names   touchpoints by code
    scale   of satisfaction, None where it was not asked;  felt   the cases' means at touchpoints, as `felt_at` has them
    """
    runs, many = _commonest(laid, max(POOL, 3 * limit))
    code, way = _at_once(laid)
    known = felt({run.before for run in runs} - {NOWHERE}) if scale is not None else {}
    found = []
    for run in runs:
        ways = _in_a_row(code, way, run, len(laid.taken))
        of = np.ones(len(laid.taken), bool) if run.after == NOWHERE else _met(code, way, run.after, len(laid.taken))
        # Others may go the same way in a row and yet stray elsewhere: most have to be the ones that are meant.
        if run.cases >= laid.taken[ways].sum() / 2 and ways.any():
            found.append(_detour(laid, run, names, scale, known.get(run.before, laid.cases.felt), ways, of))
    found.sort(key=lambda one: -one[0].cases)
    clear = standing_out([p for _, p in found[:limit]])
    told = (dataclasses.replace(one, clear=flag) for (one, _), flag in zip(found, clear, strict=False))
    return tuple(told), many


def _commonest(laid: Laid, limit: int) -> tuple[list[_Run], int]:
    """The runs of events put in that most cases have."""
    synced = laid.found.state >= 0
    chosen = np.flatnonzero(_strayed(laid) & ~_again(laid, synced))
    before: Ints = np.cumsum(synced) - synced  # events as planned before each event, over all ways
    way, code, gap = laid.way[chosen], laid.cases.touchpoint[chosen], before[chosen]
    if not len(chosen):
        return [], 0
    first = np.concatenate([[True], (way[1:] != way[:-1]) | (gap[1:] != gap[:-1])])
    kept = first | np.concatenate([[True], code[1:] != code[:-1]])
    run = np.cumsum(first) - 1
    run, code = run[kept], code[kept]
    starts = np.flatnonzero(np.concatenate([[True], run[1:] != run[:-1]]))
    place = np.arange(len(run)) - np.repeat(starts, np.diff(np.append(starts, len(run))))
    of_run = way[first]
    ends = _either_side(laid, of_run, gap[first])
    key = _named(run, place, code, ends, len(starts))
    own, which = np.unique(key, return_inverse=True)
    pair = np.unique(which * len(laid.taken) + of_run)
    cases = np.bincount(pair // len(laid.taken), laid.taken[pair % len(laid.taken)], minlength=len(own))
    example = np.full(len(own), -1, np.int64)
    example[which[::-1]] = np.arange(len(which))[::-1]
    order = np.lexsort((example, -cases))[:limit]
    stops = np.append(starts, len(run))
    return [
        _Run(int(ends[0][at]), tuple(code[stops[at] : stops[at + 1]].tolist()), int(ends[1][at]), float(n))
        for at, n in zip(example[order].tolist(), cases[order].tolist(), strict=True)
    ], len(own)


def _again(laid: Laid, synced: Flags) -> Flags:
    """[N] events at the touchpoint of the event before, or of the planned one right after: repeats, no detours."""
    code, way, again = laid.cases.touchpoint, laid.way, np.zeros(len(laid.way), bool)
    same = (code[1:] == code[:-1]) & (way[1:] == way[:-1])
    again[1:] |= same
    again[:-1] |= same & synced[1:]
    return again


def _strayed(laid: Laid) -> Flags:
    """[N] events that the plan does not have where they came, but for those that only came out of order."""
    put = laid.found.state < 0
    moved = laid.moved
    if not moved.nnz:
        return put
    chosen = np.flatnonzero(put & (laid.label >= 0))
    key = laid.way[chosen] * len(laid.plan.labels) + laid.label[chosen]
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(ordered) else ordered
    rank = np.arange(len(ordered)) - np.repeat(first, np.diff(np.append(first, len(ordered))))
    many = np.asarray(moved[laid.way[chosen[order]], laid.label[chosen[order]]]).ravel()
    strayed = put.copy()
    strayed[chosen[order][rank < many]] = False
    return strayed


def _either_side(laid: Laid, way: Ints, gap: Ints) -> tuple[Ints, Ints]:
    """The codes of the events as planned before and after a gap; `NOWHERE` where the case has none."""
    synced = np.flatnonzero(laid.found.state >= 0)
    codes, ways = laid.cases.touchpoint[synced], laid.way[synced]
    codes, ways = np.append(codes, NOWHERE), np.append(ways, -1)

    def at(place: Ints) -> Ints:
        return np.where(ways[place] == way, codes[place], NOWHERE)

    return at(gap - 1), at(gap)


def _named(run: Ints, place: Ints, code: Ints, ends: tuple[Ints, Ints], many: int) -> NDArray[np.uint64]:
    """One number for each run: the same for the same touchpoints in the same order between the same steps."""
    mix = np.random.default_rng(7).integers(1, 2**63, 4, dtype=np.uint64) | np.uint64(1)
    scattered = (code.astype(np.uint64) + np.uint64(3)) * mix[0]
    scattered ^= scattered >> np.uint64(29)
    scattered *= (place.astype(np.uint64) + np.uint64(1)) * mix[1] | np.uint64(1)
    scattered ^= scattered >> np.uint64(31)
    named = np.zeros(many, np.uint64)
    np.add.at(named, run, scattered * mix[2])
    for end, factor in zip(ends, mix[2:], strict=True):
        named = (named ^ (named >> np.uint64(27))) * factor + (end + 5).astype(np.uint64)
    return named


def _at_once(laid: Laid) -> tuple[Ints, Ints]:
    """Touchpoints and ways of all events, the same one several times at once counting as one."""
    code, way = laid.cases.touchpoint, laid.way
    if not len(code):
        return code, way
    kept = np.concatenate([[True], (code[1:] != code[:-1]) | (way[1:] != way[:-1])])
    return code[kept], way[kept]


def _in_a_row(code: Ints, way: Ints, run: _Run, many: int) -> Flags:
    """[V] ways with the steps of a run one right after the other, and those on either side of it."""
    pattern = [*([] if run.after == NOWHERE else [run.after]), *run.steps]
    pattern += [] if run.before == NOWHERE else [run.before]
    size = len(pattern)
    found = np.zeros(many, bool)
    if size > len(code):
        return found
    span = len(code) - size + 1
    fits = way[:span] == way[size - 1 :]
    for at, step in enumerate(pattern):
        fits &= code[at : at + span] == step
    if run.after == NOWHERE:
        fits[1:] &= way[1:span] != way[: span - 1]
    if run.before == NOWHERE:
        fits[:-1] &= way[size - 1 : size - 2 + span] != way[size : size - 1 + span]
    found[way[:span][fits]] = True
    return found


def _met(code: Ints, way: Ints, one: int, many: int) -> Flags:
    found = np.zeros(many, bool)
    found[way[code == one]] = True
    return found


def _detour(
    laid: Laid,
    run: _Run,
    names: Sequence[str],
    scale: Scale | None,
    felt: NDArray[np.float64],
    ways: Flags,
    of: Flags,
) -> tuple[Detour, float | None]:
    """A detour, and the p of its difference."""
    cases, could = int(laid.taken[ways].sum()), int(laid.taken[of].sum())
    ours = others = difference = Measure.missing()
    p = None
    if scale is not None:
        took = ways[laid.cases.way]
        sides = [_sample(felt[those]) for those in (took, of[laid.cases.way] & ~took)]
        ours, others = (mean_t(*side, low=scale.low, high=scale.high) for side in sides)
        difference, p = welch(sides[0], sides[1], low=scale.low, high=scale.high)
    told = Detour(
        after=START if run.after == NOWHERE else names[run.after],
        steps=tuple(names[step] for step in run.steps),
        before=END if run.before == NOWHERE else names[run.before],
        cases=cases,
        share=wilson(min(cases, could), could),
        took=ours,
        others=others,
        difference=difference,
    )
    return told, p


def _sample(felt: NDArray[np.float64]) -> Sample:
    """Number, mean and deviation of the answers that there are."""
    known = felt[~np.isnan(felt)]
    if not len(known):
        return 0, None, None
    return len(known), float(known.mean()), float(known.std(ddof=1)) if len(known) > 1 else None
