"""The same changes asked of a chain that also remembers where a case came from: a check on the answer of the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from journey.analysis.chain import Array
from journey.analysis.order import FOLDS, chosen
from journey.analysis.second import States, states_of
from journey.analysis.whatif_changes import Change, Leave, Send, Share
from journey.analysis.whatif_rows import Leaving, Row, leave_step, send_step, set_step
from journey.analysis.whatif_solve import moved
from journey.analysis.whatif_totals import goals
from journey.errors import JourneyError
from journey.events.log import EventLog
from journey.events.triples import triples
from journey.model import END, START, Place

__all__ = ["gain_of", "remembering"]

MOST = 1500  # states of which the inverse is found while somebody waits


def remembering(log: EventLog, goal: tuple[str, ...]) -> tuple[bool, States | None]:
    """Whether where a case came from foretells unseen customers better; and the chain that remembers it, if small."""
    if log.customers < 2:
        return False, None
    try:
        counts = triples(log, goal=goal, groups=FOLDS)
        memory = chosen(counts)
    except JourneyError:
        return False, None
    small = memory.best == 2 and memory.contexts[2] <= MOST
    return memory.best == 2, states_of(counts, 2) if small else None


def gain_of(states: States, changes: Iterable[Change | Leaving]) -> float | None:
    """What changes would add to the goal rate by this chain; None where it does not know the ways they lead to.

    A change at a touchpoint is one at each of its states, wherever cases came from. Where all who came from one place
    leave, nobody is there whom the kept could follow: they stay as they are.
    """
    chain = states.chain
    asked = [one for one in changes if isinstance(one, (Leave, Send, Share, Leaving))]
    try:
        rows = tuple(
            row
            for at in dict.fromkeys(one.at for one in asked)
            for k in np.flatnonzero(states.at == _code(states, at)).tolist()
            if chain.reached[k] and (row := _row(states, k, [one for one in asked if one.at == at])) is not None
        )
        then, _ = moved(chain, rows).then(of := goals(chain))
    except (KeyError, JourneyError):
        return None
    return then - of.total


def _code(states: States, place: Place) -> int:
    return 0 if place is START else states.names.index(str(place)) + 1


def _row(states: States, k: int, changes: list[Leave | Send | Share | Leaving]) -> Row | None:
    """The ways on of one state after the changes; raises KeyError for a way that nobody took."""
    chain, n = states.chain, len(states.chain)
    places = {(int(came), int(at)): one for one, (came, at) in enumerate(zip(states.came, states.at, strict=True))}

    def target(place: Place) -> int:
        return n if place is END else places[int(states.at[k]), _code(states, place)]

    at = chain.row(k)
    wanted = [n, *(target(p) for one in changes for p in _targets(one))]
    today = chain.edges.j[at]
    j = np.r_[today, np.array([one for one in dict.fromkeys(wanted) if one not in set(today.tolist())], np.int64)]
    spot = {int(one): position for position, one in enumerate(j)}
    x = np.r_[chain.edges.share[at], np.zeros(j.size - today.size)]
    row = Row(k, j, x, x, ())
    set_ = {spot[target(one.to)]: one.share for one in changes if isinstance(one, Share)}
    if set_:
        row = _after(row, set_step(str(chain.names[k]), x, set_).moved)
    for change in changes:
        try:
            if isinstance(change, Send):
                row = _after(
                    row, send_step(change, row.then, spot[target(change.less)], spot[target(change.more)]).moved
                )
            elif not isinstance(change, Share):
                row = _after(row, leave_step(change, row.then, spot[n]).moved)
        except JourneyError:
            continue  # nobody goes that way from here, or everyone does
    return row if np.abs(row.delta).max(initial=0.0) > 0 else None


def _after(row: Row, shift: Array) -> Row:
    return replace(row, then=np.clip(row.then + shift, 0.0, 1.0))


def _targets(change: Leave | Send | Share | Leaving) -> tuple[Place, ...]:
    return (change.less, change.more) if isinstance(change, Send) else (change.to,) if isinstance(change, Share) else ()
