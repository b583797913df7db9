"""Filters that keep whole cases by how they went on: what stands behind the counts of paths, funnels, waits and loops.

Plain values, as in `journey.events.filters`: each looks for its cases in the whole index. Touchpoints are codes, times
microseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from journey.events.reach import Order, lost, reached

if TYPE_CHECKING:
    from journey.events.build import Index

__all__ = ["Again", "Among", "Around", "InARow", "Lasted", "Lost", "Passage", "Reached", "Stepped", "Visited", "gaps"]


@dataclass(frozen=True, slots=True)
class Stepped:
    """Cases that stood at one of the places `step` moves after their first visit to the anchor (before it: negative).

    Without places: those whose last event came one move earlier (whose first came one move later).
    """

    anchor: int
    step: int
    places: tuple[int, ...]

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        here = whole.filter(whole.tp == self.anchor)
        anchors = here.group_by("cid").agg(anchor=here.pos.min())
        step, those = self.step, whole
        if self.places:
            those = whole.filter(whole.tp.isin(self.places))
        elif step > 0:
            those, step = whole.filter(whole.next_tp.isnull()), step - 1
        else:
            those, step = whole.filter(whole.pos == 0), step + 1
        near = those.inner_join(anchors, "cid")
        return rows.semi_join(near.filter(near.pos == near.anchor + step).select("cid"), "cid")


@dataclass(frozen=True, slots=True)
class Around:
    """Cases that went from one touchpoint to another and straight back."""

    source: int
    via: int

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        there = (whole.tp == self.via) & (whole.prev_tp == self.source) & (whole.next_tp == self.source)
        return rows.semi_join(whole.filter(there.fill_null(False)).select("cid").distinct(), "cid")


@dataclass(frozen=True, slots=True)
class Again:
    """Cases that visited a touchpoint at least twice, whatever lay between."""

    touchpoint: int

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        visits = whole.filter(whole.tp == self.touchpoint)
        by_case = visits.group_by("cid").agg(visits=visits.count())
        return rows.semi_join(by_case.filter(by_case.visits > 1), "cid")


@dataclass(frozen=True, slots=True)
class InARow:
    """Cases with these touchpoints one right after the other; the same one several times at once counts as one.

    first, last   nothing came before the first of them, nothing after the last
    """

    touchpoints: tuple[int, ...]
    first: bool
    last: bool

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        pattern = [code for at, code in enumerate(self.touchpoints) if not at or code != self.touchpoints[at - 1]]
        there = whole.filter(whole.tp == pattern[0]).select("cid").distinct()
        once = whole.filter((whole.prev_tp != whole.tp).fill_null(True)).semi_join(there, "cid")
        window = ibis.window(group_by="cid", order_by="pos")
        later = {f"tp_{at}": once.tp.lead(at).over(window) for at in range(1, len(pattern) + 1)}
        once = once.select("cid", "pos", tp_0="tp", **later)
        test = once.tp_0 == pattern[0]
        for at, code in enumerate(pattern[1:], 1):
            test = test & (once[f"tp_{at}"] == code).fill_null(False)
        if self.first:
            test = test & (once.pos == 0)
        if self.last:
            test = test & once[f"tp_{len(pattern)}"].isnull()
        return rows.semi_join(once.filter(test).select("cid").distinct(), "cid")


@dataclass(frozen=True, slots=True)
class Visited:
    """Cases that visited a touchpoint at or after `start` and before `end`, whenever they began."""

    touchpoint: int
    start: int
    end: int

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        there = (whole.tp == self.touchpoint) & (whole.t >= self.start) & (whole.t < self.end)
        return rows.semi_join(whole.filter(there).select("cid").distinct(), "cid")


@dataclass(frozen=True, slots=True)
class Among:
    """Cases that took exactly this way as far as some touchpoints go, all others left out."""

    among: tuple[int, ...]
    way: tuple[int, ...]

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        those = whole.filter(whole.tp.isin(self.among))
        place = ibis.row_number().over(ibis.window(group_by="cid", order_by="pos"))
        those = those.select("cid", "tp", place=place)
        places = [(those.place == at) & (those.tp == code) for at, code in enumerate(self.way)]
        by_case = those.group_by("cid").agg(events=those.count(), fits=_any(places).sum())
        length = len(self.way)
        return rows.semi_join(by_case.filter((by_case.events == length) & (by_case.fits == length)), "cid")


@dataclass(frozen=True, slots=True)
class Reached:
    """Cases that a funnel counts at its last step."""

    codes: tuple[int, ...]
    limit: int | None
    order: Order

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        return rows.semi_join(reached(whole, self.codes, self.limit, self.order)[-1], "cid")


@dataclass(frozen=True, slots=True)
class Lost:
    """Cases that a funnel loses between its last step but one and its last.

    went   only those whose next touchpoint was then one of these, where an empty tuple is none at all; None: all
    """

    codes: tuple[int, ...]
    limit: int | None
    order: Order
    went: tuple[int, ...] | None = None

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        gone = lost(whole, self.codes, self.limit, self.order)
        if self.went is not None:
            visits = whole.filter(whole.tp.isin(self.codes[:-1]))
            here = visits.inner_join(gone.select("cid", "pos"), ["cid", "pos"])
            test = here.next_tp.isin(self.went).fill_null(False) if self.went else here.next_tp.isnull()
            gone = here.filter(test)
        return rows.semi_join(gone.select("cid"), "cid")


@dataclass(frozen=True, slots=True)
class Lasted:
    """Cases with a passage from one touchpoint to another that took at least `low` and less than `high`.

    direct   any move straight from one to the other; else from the case's first visit to its first one after that
    """

    source: int
    target: int
    direct: bool
    low: int
    high: int | None

    def apply(self, rows: Any, index: Index) -> Any:
        whole = index.table()
        found = gaps(whole, self.source, self.target, direct=self.direct)
        test = found.gap >= self.low
        if self.high is not None:
            test = test & (found.gap < self.high)
        return rows.semi_join(found.filter(test.fill_null(False)).select("cid").distinct(), "cid")


Passage = Stepped | Around | Again | Among | InARow | Reached | Lost | Lasted | Visited


def _any(tests: Sequence[Any]) -> Any:
    """Whether any of the tests holds: as a tree, for a chain of hundreds would be too deep for the engine."""
    middle = len(tests) // 2
    return _any(tests[:middle]) | _any(tests[middle:]) if middle else tests[0]


def gaps(rows: Any, source: int, target: int, *, direct: bool) -> Any:
    """Passages from one touchpoint to another: cid, gap in microseconds, pos of the visit that ends it."""
    if direct:
        moves = rows.filter((rows.tp == source) & (rows.next_tp == target).fill_null(False))
        return moves.select("cid", gap="wait_us", pos=moves.pos + 1)
    return reached(rows, (source, target), None, "in order")[-1].select("cid", "gap", "pos")
