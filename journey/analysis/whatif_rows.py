"""The ways on from a touchpoint as a what-if would have them, and how they hang on the shares that were counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from journey.analysis.chain import SURE, Array, Chain
from journey.analysis.whatif_changes import Change, Leave, Send, Share
from journey.errors import JourneyError, suggest
from journey.model import END, START, Place

__all__ = ["Ints", "Leaving", "Row", "Step", "leave_step", "rows_of", "send_step", "set_step", "state"]

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a rating is taken to do to leaving: its share is multiplied by `times`, known with `sd`."""

    at: str
    times: float
    sd: float


Moving = Leave | Send | Share | Leaving


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a row.

    moved   [T] what it added to each target's share; sums to 0
    pull    what the targets are worth after it [T] → what they are worth before it, as far as shares were counted
    noise   [T] how the new shares move if what it rests on is one standard deviation off; None where it is given
    """

    moved: Array
    pull: Callable[[Array], Array]
    noise: tuple[str, Array] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """The ways on from state k: targets j [T] (today's in their order, then new ones; n is END), shares then and now.

    today, then   [T] shares; each sums to 1
    steps         the changes that lead from one to the other
    """

    k: int
    j: Ints
    today: Array
    then: Array
    steps: tuple[Step, ...]

    @property
    def delta(self) -> Array:
        return self.then - self.today

    def pulled(self, worth: Array) -> tuple[Array, dict[str, float]]:
        """[T] what today's shares are worth when each target is worth `worth` [T] then; and what one standard
        deviation of what is not counted is worth, by its name.
        """
        noise: dict[str, float] = {}
        for step in reversed(self.steps):
            if step.noise is not None:
                name, direction = step.noise
                noise[name] = noise.get(name, 0.0) + float(worth @ direction)
            worth = step.pull(worth)
        return worth, noise


def state(chain: Chain, place: Place, *, source: bool) -> int:
    """The number of a place in the chain. Raises JourneyError if nobody can leave it, or come to it."""
    if place is END and not source:
        return len(chain)
    try:
        k = chain.names.index(place)
    except ValueError:
        k = -1
    if k < 0 or (place is START and not source):
        hint = suggest(place, [name for name in chain.names if isinstance(name, str)], known="touchpoints")
        if source:
            raise JourneyError("What if: there is no touchpoint “{name}” to leave.{hint}", name=str(place), hint=hint)
        raise JourneyError("What if: there is no touchpoint “{name}” to go to.{hint}", name=str(place), hint=hint)
    if source and chain.goal[k]:
        raise JourneyError(
            "What if: “{name}” is the goal, where a case has arrived; change what comes before it.", name=str(place)
        )
    return k


def rows_of(chain: Chain, changes: Iterable[Change | Leaving]) -> tuple[Row, ...]:
    """The rows that change, each with its changes one after the other: shares that are set come first."""
    by_row: dict[int, list[Moving]] = {}
    for change in changes:
        if isinstance(change, (Leave, Send, Share, Leaving)):
            by_row.setdefault(state(chain, change.at, source=True), []).append(change)
    return tuple(_row(chain, k, told) for k, told in by_row.items())


def _row(chain: Chain, k: int, changes: Sequence[Moving]) -> Row:
    at = chain.row(k)
    today, n = chain.edges.j[at], len(chain)
    places = [place for change in changes for place in _targets(change)]
    wanted = [n, *(state(chain, place, source=False) for place in places)]
    new = [j for j in dict.fromkeys(wanted) if j not in set(today.tolist())]
    j = np.r_[today, np.array(new, np.int64)]
    where = {int(target): position for position, target in enumerate(j)}
    x = np.r_[chain.edges.share[at], np.zeros(len(new))]
    start, steps = x, []
    set_ = {where[state(chain, one.to, source=False)]: one.share for one in changes if isinstance(one, Share)}
    if set_:
        steps.append(set_step(str(chain.names[k]), x, set_))
        x = x + steps[-1].moved
    for change in changes:
        if isinstance(change, Share):
            continue
        if isinstance(change, Send):
            less, more = (where[state(chain, place, source=False)] for place in (change.less, change.more))
            step = send_step(change, x, less, more)
        else:
            step = leave_step(change, x, where[n])
        steps.append(step)
        x = x + step.moved
    return Row(k, j, start, np.clip(x, 0.0, 1.0), tuple(steps))


def _targets(change: Moving) -> tuple[Place, ...]:
    return (change.less, change.more) if isinstance(change, Send) else (change.to,) if isinstance(change, Share) else ()


def set_step(name: str, x: Array, given: Mapping[int, float]) -> Step:
    """Shares that are given; the other targets keep their proportions and fill the rest."""
    total = sum(given.values())
    if total > 1 + SURE:
        raise JourneyError(
            "What if: the shares given for “{name}” add up to {total:.4g}, more than 1.", name=name, total=total
        )
    free = np.ones(x.size, bool)
    free[list(given)] = False
    whole, rest = float(x[free].sum()), max(1 - total, 0.0)
    if whole <= 0 and rest > SURE:
        raise JourneyError(
            "What if: the shares given for “{name}” add up to {total:.4g}, and it has no other transition to take the "
            "rest: make them add up to 1.",
            name=name,
            total=total,
        )
    scale = rest / whole if whole > 0 else 0.0
    after = np.where(free, x * scale, 0.0)
    after[list(given)] = list(given.values())
    among = x * free / whole if whole > 0 else np.zeros(x.size)

    def pull(worth: Array) -> Array:
        pulled: Array = np.where(free, scale * (worth - among @ worth), 0.0)
        return pulled

    return Step(after - x, pull)


def send_step(change: Send, x: Array, less: int, more: int) -> Step:
    if x[less] <= 0:
        raise JourneyError("What if: nobody goes from “{at}” to “{less}”.", at=str(change.at), less=str(change.less))
    moved = np.zeros(x.size)
    moved[less] -= change.share * x[less]
    moved[more] += change.share * x[less]

    def pull(worth: Array) -> Array:
        pulled = worth.copy()
        pulled[less] = (1 - change.share) * worth[less] + change.share * worth[more]
        return pulled

    return Step(moved, pull)


def leave_step(change: Leave | Leaving, x: Array, end: int) -> Step:
    """END's share is multiplied; the others keep their proportions."""
    times = 1 + change.by if isinstance(change, Leave) else change.times
    at, left = str(change.at), float(x[end])
    if left <= 0:
        raise JourneyError("What if: nobody leaves at “{at}”.", at=at)
    stay, new = 1 - left, times * left
    if new > 1 + SURE:
        raise JourneyError(
            "What if: {left:.1%} leave at “{at}”; {new:.1%} would be more than all of them.", left=left, at=at, new=new
        )
    if stay <= SURE:
        if abs(times - 1) <= SURE:
            return Step(np.zeros(x.size), np.copy)
        raise JourneyError(
            "What if: everyone leaves at “{at}”, so the data don't say where else they would go. Set a share instead.",
            at=at,
        )
    new = min(new, 1.0)
    scale = (1 - new) / stay
    away = np.zeros(x.size)  # a unit more that leaves
    away[end] = 1.0
    others = np.where(away > 0, 0.0, x / stay)
    moved = (new - left) * (away - others)

    def pull(worth: Array) -> Array:
        pulled = scale * worth
        # With more leaving in the counts, more leave then, and what is left to the others shrinks.
        pulled[end] = times * worth[end] + ((1 - new) / stay - times) * float(others @ worth)
        return pulled

    if isinstance(change, Leave):
        return Step(moved, pull)
    return Step(moved, pull, (f"rating {at}", change.sd * left * (away - others)))
