"""Paths: where cases go in the steps after a touchpoint, or come from in the steps before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from journey.errors import JourneyError
from journey.estimate import wilson
from journey.events.engine import each, run
from journey.events.log import EventLog
from journey.model import END, START, Measure, Place

__all__ = ["Link", "Paths", "Stop", "paths"]

# More steps than this can't be read, and most cases have gone their own way by then.
MOST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One place at one step from the anchor.

    step     moves from the anchor, 0 at the anchor itself; backwards it counts the moves that were still to come
    place    the touchpoint; `END` (backwards: `START`) for the cases that were over (had not begun) by then, each
             counted once, at the first step where it is missing; None for `others` together
    others   the touchpoints that stand together where `place` is None, commonest first
    share    of all cases that met the anchor (0–1), Wilson interval
    """

    step: int
    place: Place | None
    cases: int
    share: Measure
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Cases that were at `near` at one step, and at `far` one step further from the anchor.

    step    of the near one
    share   of the cases at the near one (0–1), Wilson interval: the shares leaving a stop sum to 1
    """

    step: int
    near: Place | None
    far: Place | None
    cases: int
    share: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Stops by step, the largest first, ends and the others last; and the links between them.

    cases    that met the anchor, each counted once, at its first visit; `of` all cases in the log
    back     looks back from the anchor: a link's near end is the later one
    """

    anchor: str
    back: bool
    steps: int
    cases: int
    of: int
    stops: tuple[Stop, ...]
    links: tuple[Link, ...]

    def at(self, step: int) -> tuple[Stop, ...]:
        """The stops at one step."""
        return tuple(stop for stop in self.stops if stop.step == step)

    def stop(self, step: int, place: Place | None) -> Stop | None:
        """The stop at a step and place, if it is there."""
        return next((stop for stop in self.stops if stop.step == step and stop.place == place), None)


def paths(
    log: EventLog, anchor: str, *, steps: int = 4, back: bool = False, top: int = 6, like: Paths | None = None
) -> Paths:
    """The `steps` moves after each case's first visit to `anchor`, or with `back` those before it.

    top   touchpoints that stand on their own at each step, the commonest; the rest are one stop, named in `others`
    like  let the same touchpoints stand on their own as in these paths of more cases, so that one can be laid over
          the other; `top` says nothing then

    Cases are counted, not moves: each once at every step, as long as it goes on. One GROUP BY, whatever the number of
    steps. Raises JourneyError for an unknown anchor, or less than one or more than twelve steps.
    """
    if not 1 <= steps <= MOST:
        raise JourneyError("Paths have from 1 to {most} steps, not {steps}.", most=MOST, steps=steps)
    if top < 1:
        raise JourneyError("At least one touchpoint stands on its own at each step; got top={top}.", top=top)
    moves = _moves(log, log.codes([anchor])[0], steps, back=back)
    total = sum(move.cases for move in moves if move.step == 0)
    stops: list[Stop] = [Stop(step=0, place=anchor, cases=total, share=wilson(total, total))] if total else []
    links: list[Link] = []
    own = {anchor}
    for step in range(steps):
        here = [move for move in moves if move.step == step]
        alone = None if like is None else {stop.place for stop in like.at(step + 1) if isinstance(stop.place, str)}
        reached = _ranked(here, step + 1, top, total, alone)
        further = {stop.place for stop in reached if isinstance(stop.place, str)} if alone is None else alone
        links += _links(here, step, stops, own, further)
        stops += reached
        own = further
    return Paths(
        anchor=anchor, back=back, steps=steps, cases=total, of=log.cases, stops=tuple(stops), links=tuple(links)
    )


class Move(NamedTuple):
    """Cases that were at `near` at a step, and at `far` one step further."""

    step: int
    near: str
    far: Place
    cases: int


def _moves(log: EventLog, code: int, steps: int, *, back: bool) -> list[Move]:
    """Cases by step, touchpoint and the one after it (before it): every row knows its neighbours already."""
    rows = log.rows()
    here = rows.filter(rows.tp == code)
    anchors = here.group_by("cid").agg(anchor=here.pos.min())
    near = rows.inner_join(anchors, "cid")
    near = near.mutate(step=near.anchor - near.pos if back else near.pos - near.anchor)
    near = near.filter((near.step >= 0) & (near.step < steps))
    counts = run(near.group_by("step", "tp", far=near.prev_tp if back else near.next_tp).agg(cases=near.count()))
    names, over = log.touchpoints, START if back else END
    return [
        Move(int(row.step), names[int(row.tp)], over if pd.isna(row.far) else names[int(row.far)], int(row.cases))
        for row in each(counts)
    ]


def _ranked(here: Sequence[Move], step: int, top: int, total: int, alone: set[str] | None) -> list[Stop]:
    """Stops one step further: the commonest touchpoints (or those named), the others together, the ends."""
    cases: Counter[Place] = Counter()
    for move in here:
        cases[move.far] += move.cases
    ended = [(place, cases.pop(place)) for place in (START, END) if place in cases]
    ranked = sorted(cases.items(), key=lambda item: (-item[1], str(item[0])))
    # A single one beyond the cut takes no more room under its own name.
    cut = top if len(ranked) > top + 1 else len(ranked)
    kept = ranked[:cut] if alone is None else [one for one in ranked if one[0] in alone]
    rest = ranked[cut:] if alone is None else [one for one in ranked if one[0] not in alone]
    found: list[tuple[Place | None, int, tuple[str, ...]]] = [(place, n, ()) for place, n in kept]
    if rest:
        found.append((None, sum(n for _, n in rest), tuple(str(place) for place, _ in rest)))
    found += [(place, n, ()) for place, n in ended]
    return [Stop(step=step, place=place, cases=n, share=wilson(n, total), others=others) for place, n, others in found]


def _links(here: Sequence[Move], step: int, stops: Sequence[Stop], own: set[str], further: set[str]) -> list[Link]:
    """Links between the stops of two steps; touchpoints that do not stand on their own are one."""
    sums: Counter[tuple[Place | None, Place | None]] = Counter()
    for move in here:
        far = None if isinstance(move.far, str) and move.far not in further else move.far
        sums[move.near if move.near in own else None, far] += move.cases
    leaving = {stop.place: stop.cases for stop in stops if stop.step == step}
    return [
        Link(step=step, near=near, far=far, cases=n, share=wilson(n, leaving[near]))
        for (near, far), n in sorted(sums.items(), key=lambda item: (-item[1], str(item[0])))
    ]
