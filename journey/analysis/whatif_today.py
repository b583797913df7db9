"""How things are today at a touchpoint: what a change there would start from."""

from __future__ import annotations

import numpy as np

from journey.analysis.chain import SURE, Chain
from journey.analysis.whatif_basis import Basis
from journey.analysis.whatif_changes import KINDS, Change, Leave, Rating, Send, Share, Wait
from journey.model import END, Place

__all__ = ["kinds", "leaves", "rated", "start", "suggested", "waited", "ways"]

FEW = 0.01  # a way that fewer take is no way to start from


def ways(chain: Chain, at: Place) -> dict[Place, float]:
    """Where cases go from a place, and which share of them; the commonest first."""
    row, places = chain.row(chain.names.index(at)), (*chain.names, END)
    found = {places[int(j)]: float(p) for j, p in zip(chain.edges.j[row], chain.edges.share[row], strict=True)}
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def leaves(chain: Chain, at: Place) -> float:
    """Share of the visits after which a case leaves."""
    return ways(chain, at).get(END, 0.0)


def waited(chain: Chain, at: str, after: str | None = None) -> float | None:
    """Mean seconds of the wait for a touchpoint; None where nobody waits, or it is not known."""
    edges = chain.edges
    into = (edges.j == chain.names.index(at)) & (edges.i != 0)
    if after is not None:
        into &= edges.i == chain.names.index(after)
    weight, wait = chain.visits[0][edges.i[into]] * edges.share[into], edges.wait[into]
    known = np.isfinite(wait)
    total = float(weight[known].sum())
    return float((weight[known] * wait[known]).sum()) / total if total > SURE else None


def rated(basis: Basis, at: str) -> float | None:
    """Mean satisfaction on the way to the goal, on its own scale; None where nobody answered."""
    asked = basis.answered.get(at)
    return None if asked is None else float((asked.level * asked.n).sum() / asked.n.sum())


def kinds(basis: Basis, at: str) -> tuple[str, ...]:
    """Which kinds of change are possible at a touchpoint."""
    chain = basis.flow.chain
    if at not in chain.names or at in basis.flow.goal:
        waiting = at in chain.names and (waited(chain, at) or 0) > 0
        return ("wait",) if waiting else ()
    left, asked = leaves(chain, at), basis.answered.get(at)
    possible = {
        "leave": SURE < left < 1 - SURE,
        "send": bool(ways(chain, at)),
        "share": bool(ways(chain, at)),
        "wait": (waited(chain, at) or 0) > 0,
        "rating": asked is not None and asked.level.size > 1,
    }
    return tuple(kind for kind in KINDS if possible[kind])


def start(basis: Basis, at: str, kind: str) -> Change:
    """A change of a kind to start from: a fifth fewer leave, a tenth goes the better way, and the like."""
    chain = basis.flow.chain
    if kind == "leave":
        return Leave(at, -0.2)
    if kind == "wait":
        return Wait(at, 0.5)
    if kind == "rating":
        asked = basis.answered[at]
        scale = basis.journey.scales["satisfaction"]
        best = asked.level.max() if scale.good == "high" else asked.level.min()
        room = abs(float(best) - (rated(basis, at) or 0.0))
        return Rating(at, min(0.5, float(np.floor(room * 10) / 10)))
    worth = {place: 0.0 if place is END else float(chain.chance[chain.names.index(place)]) for place in ways(chain, at)}
    usual = [place for place, share in ways(chain, at).items() if share >= FEW] or list(worth)
    less, more = min(usual, key=lambda place: worth[place]), max(usual, key=lambda place: worth[place])
    if kind == "send":
        other = more if more != less else next((n for n in chain.names[1:] if n != less), END)
        return Send(at, less, other, 0.1)
    return Share(at, more, round(min(1.0, ways(chain, at)[more] + 0.05), 2))


def suggested(basis: Basis, most: int = 3) -> tuple[Change, ...]:
    """Where keeping a fifth of those who leave would bring most: N_sk l_k (mean worth of other ways), to first order.

    Touchpoints where a case may rightly end are left out; where no case reaches the goal there are none.
    """
    chain, edges = basis.flow.chain, basis.flow.chain.edges
    worth, out = np.append(chain.chance, 0.0), edges.j == len(chain)
    left = np.bincount(edges.i[out], edges.share[out], len(chain))
    kept = np.bincount(edges.i, edges.share * worth[edges.j], len(chain))
    stay = 1 - left
    value = chain.visits[0] * left * np.divide(kept, stay, out=np.zeros_like(kept), where=stay > SURE)
    value[[chain.names.index(name) for name in {*basis.journey.ends, *basis.flow.goal} if name in chain.names]] = 0.0
    value[0] = 0.0
    best = [k for k in np.argsort(-value, kind="stable")[:most].tolist() if value[k] > SURE]
    return tuple(Leave(str(chain.names[k]), -0.2) for k in best)
