"""Reaching touchpoints one after the other: expressions that funnels, and the filters behind their counts, share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import ibis

__all__ = ["ORDERS", "Order", "lost", "reached"]

Order = Literal["any order", "in order", "directly"]
ORDERS: Final[tuple[Order, ...]] = ("any order", "in order", "directly")


def reached(rows: Any, codes: Sequence[int], limit: int | None, order: Order) -> list[Any]:
    """For each step the cases that reached it after all steps before it, one row each.

    rows    indexed events; `codes` the touchpoints; `limit` microseconds allowed from the first step to the last

    Columns: cid; pos, t of the visit that completed the step; opened, the time of the first step; gap, microseconds
    since the step before (0 at the first). The steps nest, so ask all of them in one query.
    """
    return {"any order": _any_order, "in order": _in_order, "directly": _directly}[order](rows, codes, limit)


def _in_order(rows: Any, codes: Sequence[int], limit: int | None) -> list[Any]:
    """The earliest visit after the step before; positions, not times, decide, so ties keep their order."""
    first = rows.filter(rows.tp == codes[0])
    now = first.group_by("cid").agg(pos=first.pos.min(), t=first.t.min())
    now = now.mutate(opened=now.t, gap=now.t - now.t)
    steps = [now]
    for code in codes[1:]:
        later = _onwards(rows, code, now, limit)
        later = later.filter(later["at"] > later["pos"])
        now = later.group_by("cid").agg(
            pos=later["at"].min(), t=later.at_t.min(), opened=later.opened.min(), before=later.t.min()
        )
        # A selection, not a drop: only then does the engine compute the step once for all that ask of it.
        now = now.select("cid", "pos", "t", "opened", gap=now.t - now.before)
        steps.append(now)
    return steps


def _directly(rows: Any, codes: Sequence[int], limit: int | None) -> list[Any]:
    """The earliest run of the steps with nothing between them; every visit to the first one may open it."""
    runs = rows.filter(rows.tp == codes[0]).select("cid", "pos", "t")
    runs = runs.mutate(opened=runs.t, gap=runs.t - runs.t)
    steps = [_earliest(runs)]
    for code in codes[1:]:
        later = _onwards(rows, code, runs.mutate(following=runs.pos + 1), limit)
        later = later.filter(later["at"] == later.following)
        runs = later.select("cid", "opened", pos="at", t="at_t", gap=later.at_t - later.t)
        steps.append(_earliest(runs))
    return steps


def _onwards(rows: Any, code: int, now: Any, limit: int | None) -> Any:
    visits = rows.filter(rows.tp == code).select("cid", at="pos", at_t="t")
    later = now.inner_join(visits, "cid")
    return later if limit is None else later.filter(later.at_t - later.opened <= limit)


def _earliest(runs: Any) -> Any:
    return runs.group_by("cid").agg(
        pos=runs.pos.min(), t=runs.t.min(), opened=runs.opened.min(), gap=runs.gap.argmin(runs.pos)
    )


def _any_order(rows: Any, codes: Sequence[int], limit: int | None) -> list[Any]:
    """First visits to all of the steps so far, whichever came first; the last of them completes the step."""
    visits = rows.filter(rows.tp.isin(codes))
    firsts = visits.group_by("cid").agg(
        **{f"pos_{at}": visits.pos.min(where=visits.tp == code) for at, code in enumerate(codes)},
        **{f"t_{at}": visits.t.min(where=visits.tp == code) for at, code in enumerate(codes)},
    )
    met = ibis.literal(True)
    pos = opened = last = None
    steps: list[Any] = []
    for at in range(len(codes)):
        here, t = firsts[f"pos_{at}"], firsts[f"t_{at}"]
        before = last if at else t
        pos, opened, last = (
            (ibis.greatest(pos, here), ibis.least(opened, t), ibis.greatest(last, t)) if at else (here, t, t)
        )
        met = met & here.notnull()
        now = firsts.select("cid", pos=pos, t=last, opened=opened, gap=last - before, met=met)
        steps.append(now.filter(now.met if limit is None else now.met & (now.t - now.opened <= limit)))
    return steps


def lost(rows: Any, codes: Sequence[int], limit: int | None, order: Order) -> Any:
    """The cases that reached every step but the last, with pos and t of the visit after which they were lost."""
    *_, before, last = reached(rows, codes, limit, order)
    return before.anti_join(last, "cid")
