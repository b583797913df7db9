"""Attribution: two ways to share the goals out among the touchpoints met before, side by side with the simple ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from scipy.sparse import csr_array
from scipy.special import stdtrit

from journey.analysis.chain import Array
from journey.analysis.order import chosen
from journey.analysis.second import MOST_STATES, States, passages, states_of
from journey.errors import JourneyError
from journey.events.channel_paths import PathJourney
from journey.events.log import EventLog
from journey.events.triples import Touched, Triples, touched, triples
from journey.model import Measure

__all__ = ["Attribution", "Credit", "attribution"]

GROUPS: Final = 60
APART: Final = 1.2  # the larger credit is so many times the smaller one at least, where methods are said to disagree


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What of the goals is put down to a touchpoint, in cases; each method's credits add up to `Attribution.split`.

    markov      removal effect by the chain, scaled to add up
    shapley     each goal split equally among the touchpoints that its case met: the Shapley value of “cases that
                reached the goal and met no other touchpoints than these”
    first, last, linear   all to the first touchpoint, all to the last one, equally to every visit
    difference  markov − shapley
    met         cases with a goal that met it
    disagree    the interval of the difference leaves out 0, and one credit is at least a fifth larger than the other

    Intervals are 95 % for the split of the goals that were reached, from groups of customers; n is `split`.
    """

    at: str
    markov: Measure
    shapley: Measure
    first: float
    last: float
    linear: float
    difference: Measure
    met: int
    disagree: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """Credits by touchpoint, the largest by Shapley first.

    cases   looked at;  `reached` of them reached the goal;  `split` of these met a touchpoint before it
    order   of the Markov chain: 1 or 2
    """

    goal: tuple[str, ...]
    cases: int
    reached: int
    split: int
    order: int
    credits: tuple[Credit, ...]

    def __getitem__(self, name: str) -> Credit:
        """The credit of a touchpoint. Raises JourneyError where it has none."""
        for one in self.credits:
            if one.at == name:
                return one
        raise JourneyError("No goal was reached by way of “{name}”.", name=name)


def attribution(
    source: EventLog | PathJourney,
    *,
    goal: str | Sequence[str] | None = None,
    order: Literal[1, 2, "auto"] = 1,
) -> Attribution:
    """Share the goals that were reached out among the touchpoints met before: Markov and Shapley side by side.

    source  a log, whose cases are followed to their first goal, or a table of paths (`read_paths`)
    goal    as in `mine`
    order   of the Markov chain, as in `flow`: where a place alone does not tell what comes next, the chain of first
            order gives too little to what all who reach the goal pass

    Markov: RE_k / Σ RE, the removal effects of `flow` (Anderl et al. 2016,
    doi:10.1016/j.ijresmar.2016.03.001). Shapley: with v(S) the goals of cases that met no touchpoints but those of S,
    the value of k is Σ 1/|touchpoints met| over the cases that met k: exact for any number of touchpoints, without
    visiting coalitions (Zhao et al. 2018, arXiv:1804.05327). Neither compares those who met a touchpoint with people
    like them who did not, as one would have to in order to call it a cause: a step that everyone takes gets much credit
    wherever it stands. Only an experiment tells what a touchpoint brings.
    Intervals: linearised by 60 groups of customers, t; n is cases. Raises JourneyError without a goal, or with none
    reached by way of any touchpoint.
    """
    if order not in (1, 2, "auto"):
        raise JourneyError("The order of a chain is 1, 2 or “auto”, not {order}.", order=repr(order))
    moves = triples(source, goal=goal, groups=GROUPS)
    if not moves.goal:
        raise JourneyError(
            "Attribution needs a goal that occurs: name the touchpoint that counts as success, in the recipe (goal:) "
            "or as an option."
        )
    met = touched(source, goal=goal, groups=GROUPS)
    split = round(float(met.equal.sum()))
    if not split:
        raise JourneyError("No case reached the goal by way of a touchpoint, so there is nothing to share out.")
    remembered = order if order != "auto" else 2 if _remembers(moves) else 1
    removal, moved = _markov(moves, states_of(moves, remembered))
    shapley, dealt = _shapley(met)
    found = tuple(
        _credit(met, k, split, (removal[k], moved[k]), (shapley[k], dealt[k]))
        for k in np.argsort(-shapley, kind="stable").tolist()
        if met.met[k].any() or removal[k] > 0
    )
    cases = int(moves.moves[moves.here == 0].sum())
    return Attribution(goal=moves.goal, cases=cases, reached=met.goals, split=split, order=remembered, credits=found)


def _remembers(moves: Triples) -> bool:
    """Whether where a case came from tells more than where it stands."""
    if np.unique(moves.group).size < 2:
        return False
    found = chosen(moves)
    return found.best == 2 and found.contexts[2] < MOST_STATES


def _credit(met: Touched, k: int, split: int, markov: tuple[float, Array], shapley: tuple[float, Array]) -> Credit:
    """`markov` and `shapley`: a share of the goals, and what each group of customers moves it by."""
    apart = _measure(markov[0] - shapley[0], markov[1] - shapley[1], split, least=-1)
    clear = apart.low is not None and apart.high is not None and (apart.low > 0 or apart.high < 0)
    return Credit(
        at=met.names[k],
        markov=_measure(*markov, split),
        shapley=_measure(*shapley, split),
        first=float(met.first[k].sum()),
        last=float(met.last[k].sum()),
        linear=float(met.linear[k].sum()),
        difference=apart,
        met=round(float(met.met[k].sum())),
        disagree=clear and max(markov[0], shapley[0]) >= APART * min(markov[0], shapley[0]),
    )


def _shapley(met: Touched) -> tuple[Array, Array]:
    """[K] shares, and [K, G] what each group moves them by."""
    share = met.equal.sum(1) / met.equal.sum()
    moved = (met.equal - share[:, None] * met.equal.sum(0)) / met.equal.sum()
    return share, moved


def _markov(counts: Triples, states: States) -> tuple[Array, Array]:
    """[K] normalised removal effects, and [K, G] what each group of customers moves them by, to first order.

    A group with the counts c moves P_ij by dP_ij = (c_ij − P_ij c_i) / n_i. With U_k the chance of the goal without k,
    that moves U_k by Σ (visits to i before k) · dP_ij · (chance of the goal from j without k).
    """
    chain, edges = states.chain, states.chain.edges
    n, b, s, many = len(chain), chain.chance, chain.visits[0], len(counts.names)
    without, less, removal = np.zeros((n, many)), np.tile(b[:, None], many), np.zeros(many)
    for k, one in passages(states):
        if counts.names[k] not in counts.goal:
            without[:, k], less[:, k], removal[k] = one.without, one.less, 1 - one.less[0] / b[0]
    leaving = np.bincount(edges.i, edges.moves, n)
    ahead = edges.j < n
    moved = np.zeros((many, counts.groups))
    for group in range(counts.groups):
        mine = (counts.group == group) & (states.edge >= 0)
        own = np.bincount(states.edge[mine], counts.moves[mine], len(edges.i))
        change = (own - edges.share * np.bincount(edges.i, own, n)[edges.i]) / leaving[edges.i]
        d = csr_array((change[ahead], (edges.i[ahead], edges.j[ahead])), shape=(n, n))
        goal = float(s @ (d @ b))
        after = np.asarray(d @ less)
        moved[:, group] = -((without * after).sum(0) - (1 - removal) * goal) / b[0]
    moved[removal == 0] = 0
    share = removal / removal.sum()
    return share, (moved - share[:, None] * moved.sum(0)) / removal.sum()


def _measure(share: float, moved: Array, split: int, least: float = 0.0) -> Measure:
    """A share of the goals in cases, with the interval of what its groups move it by."""
    groups = len(moved)
    half = float(stdtrit(groups - 1, 0.975)) * float(groups / (groups - 1) * (moved @ moved)) ** 0.5
    low, high = max(share - half, least), min(share + half, 1.0)
    return Measure(float(share * split), float(low * split), float(high * split), split)
