"""Loops of a journey: what hangs together in circles, and the ways around that were walked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import networkx as nx

from journey.errors import JourneyError
from journey.events.log import EventLog
from journey.events.mine import mine
from journey.events.round_trips import LONGEST, RoundTrip, round_trips
from journey.model import Journey, Transition

__all__ = ["COVER", "Loops", "Tangle", "loops", "tangles"]

COVER: Final = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Tangle:
    """Touchpoints from each of which every other one can be reached again: a strongly connected component.

    touchpoints  in the journey's order, two at least
    moves        between them; share of all moves between touchpoints (0–1)
    visits       at them
    """

    touchpoints: tuple[str, ...]
    moves: int
    share: float
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loops:
    """What cases come back to.

    tangles   strongly connected components of the commonest transitions, largest first
    covered   share of the moves between touchpoints that those transitions hold; `hidden` the rest (0–1)
    trips     ways around, as asked for: commonest, dearest in time, or dearest in satisfaction first
    rounds    of all ways around of at most `longest` moves, also those not listed
    listed    share of these rounds that the trips hold (0–1); 0 where there are none
    """

    tangles: tuple[Tangle, ...]
    covered: float
    hidden: float
    trips: tuple[RoundTrip, ...]
    rounds: int
    listed: float
    longest: int


def loops(
    log: EventLog, *, longest: int = LONGEST, by: str = "rounds", limit: int = 20, cover: float = COVER,
    planned: bool = True,
) -> Loops:  # fmt: skip
    """Loops: tangles of touchpoints, and ways around with what they cost.

    longest   moves of a way around, one to five; no touchpoint comes twice on it but the first
    by        "rounds" (commonest first), "time" (all rounds together), or "satisfaction" (cases × what those who came
              round are surely less satisfied, by the interval's end, than those who could have and did not)
    cover     share of the moves whose commonest transitions make the graph of the tangles (0–1): with all of them
              nearly everything hangs together
    planned   False leaves out ways around that are planned to repeat

    A round is counted where it was walked, move by move, so nothing is hidden but the ways beyond `limit`; those of one
    and two moves are the loops of `journey.events.loops`. Components: Tarjan (1972). Association is not cause.
    Raises JourneyError for other options, and where no case is left.
    """
    if by not in ("rounds", "time", "satisfaction"):
        raise JourneyError("Loops are ordered by {known}, not “{by}”.", known="rounds, time, satisfaction", by=by)
    if limit < 1:
        raise JourneyError("At least one way around is shown.")
    if by == "time" and not log.timed:
        raise JourneyError("This log knows no times, only an order: its loops cost no time that could be told.")
    if by == "satisfaction" and "satisfaction" not in log.scales:
        raise JourneyError("Satisfaction was not asked: order loops by rounds or by time.")
    knots, covered = tangles(mine(log), cover=cover)
    found, every = round_trips(log, longest=longest)
    kept = [one for one in found if planned or not one.planned]
    chosen = sorted(kept, key=lambda one: _cost(one, by, log), reverse=True)[:limit]
    return Loops(
        tangles=knots,
        covered=covered,
        hidden=1 - covered,
        trips=tuple(chosen),
        rounds=every,
        listed=sum(one.rounds for one in chosen) / every if every else 0.0,
        longest=longest,
    )


def _cost(one: RoundTrip, by: str, log: EventLog) -> tuple[float, float]:
    if by == "rounds":
        return float(one.rounds), 0.0
    if by == "time":
        return one.spent_s or 0.0, 0.0
    value, low, high = one.difference.value, one.difference.low, one.difference.high
    if value is None or low is None or high is None:
        return -1.0, 0.0
    if log.scales["satisfaction"].good == "high":
        value, high = -value, -high
    else:
        high = low
    # What the data vouch for comes first: the end of the interval nearer to no loss.
    return one.cases * max(high, 0.0), one.cases * value


def tangles(journey: Journey, *, cover: float = COVER) -> tuple[tuple[Tangle, ...], float]:
    """The strongly connected components of the commonest transitions, and the share of the moves that these hold.

    cover   the fewest transitions, commonest first, that hold at least this share of the moves between touchpoints
    Raises JourneyError for a cover outside 0–1.
    """
    if not 0 < cover <= 1:
        raise JourneyError("The share of moves to look at lies between 0 and 1, not at {cover:g}.", cover=cover)
    between = [one for one in journey.transitions if isinstance(one.source, str) and isinstance(one.target, str)]
    total = sum(one.moves for one in between)
    if not total:
        return (), 1.0
    kept: list[Transition] = []
    seen = 0
    for one in sorted(between, key=lambda one: (-one.moves, str(one.source), str(one.target))):
        if seen >= cover * total:
            break
        kept.append(one)
        seen += one.moves
    graph: nx.DiGraph[Any] = nx.DiGraph((one.source, one.target) for one in kept)
    order = {touchpoint.name: at for at, touchpoint in enumerate(journey.touchpoints)}
    visits = {touchpoint.name: touchpoint.visits for touchpoint in journey.touchpoints}
    found = []
    for members in nx.strongly_connected_components(graph):
        if len(members) > 1:
            moves = sum(one.moves for one in kept if one.source in members and one.target in members)
            found.append(
                Tangle(
                    touchpoints=tuple(sorted(members, key=order.__getitem__)),
                    moves=moves,
                    share=moves / total,
                    visits=sum(visits[name] for name in members),
                )
            )
    found.sort(key=lambda one: (-one.moves, one.touchpoints))
    return tuple(found), seen / total
