"""What comes before and after a touchpoint, as shares of its visits."""

from __future__ import annotations

from journey.draw.detail import Step
from journey.draw.words import ENGLISH, Say
from journey.estimate import wilson
from journey.model import END, START, Journey, Transition

__all__ = ["around", "bounds"]

MOST = 8


def around(journey: Journey, name: str, *, say: Say = ENGLISH) -> tuple[list[Step], list[Step]]:
    """Where the visits of a touchpoint came from and where they went, commonest first; the rare ones in one row.

    Shares are of all its visits, starts and ends included, so each list sums to 1. Intervals take moves as
    independent (Wilson).
    """
    before = [edge for edge in journey.transitions if edge.target == name]
    after = [edge for edge in journey.transitions if edge.source == name]
    return _steps(before, say, arriving=True), _steps(after, say, arriving=False)


def _steps(edges: list[Transition], say: Say, *, arriving: bool) -> list[Step]:
    total = sum(edge.moves for edge in edges)
    if not total:
        return []
    edges = sorted(edges, key=lambda edge: -edge.moves)
    shown, rest = (edges, []) if len(edges) <= MOST else (edges[: MOST - 1], edges[MOST - 1 :])
    # Where cases start or end is never hidden among the rest.
    shown, rest = shown + [e for e in rest if _edge_of_case(e)], [e for e in rest if not _edge_of_case(e)]
    found = [_step(edge, total, say, arriving=arriving) for edge in shown]
    if rest:
        moves = sum(edge.moves for edge in rest)
        label = say("{n} others", n=len(rest))
        found.append(Step(label, wilson(moves, total), moves))
    return found


def _edge_of_case(edge: Transition) -> bool:
    return edge.source is START or edge.target is END


def _step(edge: Transition, total: int, say: Say, *, arriving: bool) -> Step:
    share, at = wilson(edge.moves, total), edge.source if arriving else edge.target
    if at is START:
        return Step(say("case starts here"), share, edge.moves, kind="start")
    if at is END:
        return Step(say("case ends here"), share, edge.moves, kind="end")
    return Step(str(at), share, edge.moves, edge.wait_median_s)


def bounds(share: float, rate: float) -> tuple[float, float]:
    """The least and greatest share of all, given a share of those who answered: none or all of the silent agree."""
    return rate * share, rate * share + 1 - rate
