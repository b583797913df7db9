"""What the alignments of all ways come to: by touchpoint, by move, by case and bucket of customers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from journey.analysis.compare_means import estimate
from journey.analysis.conform_align import Alignment
from journey.analysis.conform_plan import Machine
from journey.events.contrast_sums import Sums
from journey.events.lived import Lived
from journey.model import Measure

__all__ = ["Laid", "measures", "precision"]

DRAWS: Final = 400

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Laid:
    """Cases laid against a plan: L labels, V ways, N events.

    label   [N] the label of each event, −1 where the plan does not have it
    """

    plan: Machine
    cases: Lived
    label: Ints
    found: Alignment

    @cached_property
    def way(self) -> Ints:
        """[N] the way of each event."""
        return np.repeat(np.arange(len(self.found.begins) - 1), self.found.lengths)

    @cached_property
    def taken(self) -> Ints:
        """[V] cases by way."""
        return np.bincount(self.cases.way, minlength=len(self.found.begins) - 1)

    @cached_property
    def fitness(self) -> Floats:
        """[V] 1 − cost / (events + steps of the shortest way through the plan that were not still ahead)."""
        ahead = np.maximum(0, self.plan.shortest - self.found.tail)
        return 1 - self.found.cost / np.maximum(1, self.found.lengths + ahead)

    @cached_property
    def jumps(self) -> tuple[Ints, Ints, Ints]:
        """Ways, states left and states reached, of every event as planned and of every way that ended (state S)."""
        synced = np.flatnonzero(self.found.state >= 0)
        way, target = self.way[synced], self.found.state[synced]
        source = np.zeros(len(synced), np.int64)
        source[1:] = np.where(way[1:] == way[:-1], target[:-1], 0)
        ended = np.flatnonzero(self.found.ended)
        end = np.full(len(ended), len(self.plan.label))
        return (
            np.concatenate([way, ended]),
            np.concatenate([source, self.found.last[ended]]),
            np.concatenate([target, end]),
        )

    @cached_property
    def pairs(self) -> tuple[Ints, Ints]:
        """The different (state, state) of the jumps, as one number each; and which of them each jump is."""
        _, source, target = self.jumps
        return np.unique(source * (len(self.plan.label) + 1) + target, return_inverse=True)

    @cached_property
    def left_out(self) -> csr_array:
        """[V, L] how often each way leaves each touchpoint out."""
        way, _, _ = self.jumps
        pairs, which = self.pairs
        size = len(self.plan.label) + 1
        lists = [
            self.plan.between(int(pair // size), None if pair % size == size - 1 else int(pair % size))
            for pair in pairs.tolist()
        ]
        lengths = np.array([len(one) for one in lists], np.int64)
        flat = np.array([label for one in lists for label in one], np.int64)
        starts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
        many = lengths[which]
        rows = np.repeat(way, many)
        offset = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        columns = flat[np.repeat(starts[which], many) + offset] if len(rows) else np.zeros(0, np.int64)
        return self.counted(rows, columns)

    @cached_property
    def met_as_planned(self) -> csr_array:
        """[V, L] how often each way meets each touchpoint as planned."""
        here = self.found.state >= 0
        return self.counted(self.way[here], self.label[here])

    @cached_property
    def put_in(self) -> csr_array:
        """[V, L] how often each way meets each touchpoint of the plan where the plan does not have it."""
        here = (self.found.state < 0) & (self.label >= 0)
        return self.counted(self.way[here], self.label[here])

    @cached_property
    def moved(self) -> csr_array:
        """[V, L] how often each way meets a touchpoint at another place than planned: left out there and put in here.

        Optional touchpoints are never out of order: where they are left out, nothing is missed.
        """
        both = csr_array(self.put_in.minimum(self.left_out))
        return csr_array(both.multiply(np.where(self.plan.optional, 0, 1)[None, :]))

    def counted(self, rows: Ints, columns: Ints) -> csr_array:
        """[V, L] how often each pair of way and label occurs."""
        shape = (len(self.found.begins) - 1, len(self.plan.labels))
        return csr_array((np.ones(len(rows), np.int64), (rows, columns)), shape=shape)

    def by_bucket(self, which: Flags | None = None) -> csr_array:
        """[V, B] cases by way and bucket of customers; only those that `which` keeps, [C]."""
        way, bucket = self.cases.way, self.cases.bucket
        if which is not None:
            way, bucket = way[which], bucket[which]
        shape = (len(self.found.begins) - 1, self.cases.buckets)
        return csr_array((np.ones(len(way)), (way, bucket)), shape=shape)

    @cached_property
    def used(self) -> tuple[csr_array, csr_array]:
        """[V, E] which of the plan's open ways (see `Machine.open_ways`) each way took, [V, S] which states it met."""
        way, source, target = self.jumps
        size, ways = len(self.plan.label), len(self.found.begins) - 1
        sources, targets = self.plan.open_ways
        place = np.full((size, size + 1), -1, np.int64)
        place[sources, targets] = np.arange(len(sources))
        which = place[source, target]
        here = which >= 0
        took = csr_array((np.ones(here.sum()), (way[here], which[here])), shape=(ways, len(sources)))
        reached = target < size
        rows = np.concatenate([np.arange(ways), way[reached]])
        columns = np.concatenate([np.zeros(ways, np.int64), target[reached]])
        met = csr_array((np.ones(len(rows)), (rows, columns)), shape=(ways, size))
        return flags(took), flags(met)


def flags(counts: csr_array) -> csr_array:
    """1 where there is any."""
    counts = csr_array(counts)
    counts.sum_duplicates()
    counts.eliminate_zeros()
    return csr_array((np.ones(counts.nnz), counts.indices, counts.indptr), shape=counts.shape)


def measures(total: Floats, count: Floats, *, of_cases: bool = True) -> tuple[Measure, ...]:
    """Means between 0 and 1 from sums by thing and bucket of customers, [K, B], with intervals that count customers."""
    if not total.shape[0]:
        return ()
    found = estimate(Sums(total[None], count[None]), of_cases=of_cases)
    rows = zip(found.n[0], found.mean[0], found.low[0], found.high[0], strict=True)
    return tuple(
        Measure(float(mean), float(low), float(high), round(n)) if n > 0 else Measure.missing()
        for n, mean, low, high in rows
    )


def precision(laid: Laid, taken: Floats, *, share: float = 1.0) -> tuple[Measure, float, float]:
    """Of the ways that the plan opens where cases stand, the share that any case takes; each state counts by its cases.

    taken   [V] cases by way
    share   of the cases, if there were only so many: what precision they would show, for more cases find more ways
    Returns it with the weights behind it: ways opened, and those of them that nobody took.

    The interval is where precision would come out in other cases of the same kind and number: each open way is taken
    with a chance drawn from its posterior (Jeffreys' prior), so that a way nobody took may yet be found.
    """
    took, met = laid.used
    sources, _ = laid.plan.open_ways
    cases, by_way = met.T @ taken, took.T @ taken
    weight = cases[sources]
    whole = float(weight.sum())
    if not whole:
        return Measure.missing(), 0.0, 0.0
    value = float(weight @ _found(by_way, share)) / whole
    random = np.random.default_rng(0)
    chance = random.beta(by_way + 0.5, np.maximum(weight - by_way, 0) + 0.5, size=(DRAWS, len(weight)))
    drawn = 1 - np.power(1 - chance, weight * share)
    low, high = np.quantile(drawn @ weight / whole, [0.025, 0.975])
    measure = Measure(value, float(min(low, value)), float(min(1.0, max(high, value))), round(float(taken.sum())))
    return measure, whole, whole * (1 - value)


def _found(by_way: Floats, share: float) -> Floats:
    """The chance that a way is taken by any of a share of the cases."""
    return (by_way > 0).astype(float) if share >= 1 else 1 - np.power(1 - share, by_way)
