"""What if: a journey in which other shares go on, others leave, waits are shorter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from journey.analysis.chain import Chain
from journey.analysis.whatif_changes import Change, Rating, Share, Wait
from journey.analysis.whatif_rows import rows_of, state
from journey.analysis.whatif_solve import Moved, moved
from journey.analysis.whatif_totals import chance_shift, goals, total, unknown, wait_times
from journey.errors import JourneyError
from journey.model import Measure, Place

__all__ = ["WhatIf", "listed", "waits_of", "what_if"]

Changes = Mapping[tuple[Place, Place], float] | Iterable[Change]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A journey as it would be, if those sent elsewhere went on as those who are there today.

    goal_rate   chance of the goal after the change; `gain` is the difference to today, with its own interval (what is
                asked for is taken as certain, all that was counted as estimated, to first order)
    cases       the gain in cases of this journey
    steps       expected events per case after the change
    duration_s  expected seconds after the change; None where a wait is not known, as after a new transition
    """

    changes: tuple[Change, ...]
    goal_rate: Measure
    gain: Measure
    cases: float
    steps: float
    duration_s: float | None


def listed(changes: Changes) -> tuple[Change, ...]:
    """Changes as they were given; new shares by (source, target) become `Share`s."""
    if isinstance(changes, Mapping):
        return tuple(Share(source, target, float(share)) for (source, target), share in changes.items())
    return tuple(changes)


def waits_of(chain: Chain, changes: Iterable[Change]) -> tuple[Wait, ...]:
    """The changes of waits. Raises JourneyError for a place that nobody comes to, or not from there."""
    waits = tuple(change for change in changes if isinstance(change, Wait))
    for change in waits:
        k = state(chain, change.at, source=False)
        came = chain.edges.i[(chain.edges.j == k) & (chain.edges.i != 0)]
        if change.after is not None:
            if state(chain, change.after, source=True) not in came:
                raise JourneyError("What if: nobody goes from “{after}” to “{at}”.", after=change.after, at=change.at)
        elif not came.size:
            raise JourneyError("What if: cases only begin at “{at}”, so nobody waits for it.", at=change.at)
    return waits


def what_if(chain: Chain, changes: Changes, *, today: Measure, interval: bool) -> WhatIf:
    """See `Flow.what_if`."""
    asked = listed(changes)
    if any(isinstance(change, Rating) for change in asked):
        raise JourneyError("What if: what ratings go with is known from the events: ask jn.suppose(log), not the flow.")
    waits = waits_of(chain, asked)
    result = moved(chain, rows_of(chain, asked))
    reaching = goals(chain)
    rate = chance_shift(total(result, reaching, result.then(reaching)), today, interval=interval)
    gained = rate.gain.value or 0.0
    return WhatIf(
        changes=asked,
        goal_rate=rate.then,
        gain=rate.gain,
        cases=gained * today.n,
        steps=float((result.visits * chain.once).sum()),
        duration_s=None if unknown(result)[1] else _seconds(result, waits),
    )


def _seconds(result: Moved, waits: tuple[Wait, ...]) -> float:
    """Σ N′_si P′_ij w′_ij."""
    chain, edges = result.chain, result.chain.edges
    share = edges.share.copy()
    for row in result.rows:
        at = chain.row(row.k)
        share[at] = row.then[: at.stop - at.start]
    wait = np.nan_to_num(edges.wait) * wait_times(chain, waits)
    return float((result.visits[edges.i] * share * wait).sum())
