"""Order of the chain: known orders are found again, also where criteria that judge by the learnt data miss."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import journey as jn
from journey.analysis.order import chosen
from journey.events.triples import Triples, triples

# (order, customers, touchpoints, seed, how much the place before matters)
WORLDS = [(1, 300, 6, 1, 0.0), (1, 200, 10, 5, 0.0), (2, 400, 8, 4, 0.8), (2, 800, 10, 4, 0.8)]


@pytest.fixture(scope="module")
def sample(root: Path) -> jn.EventLog:
    return jn.open(root / "data" / "lumo" / "journey.yaml")


def walked(order: int, customers: int, touchpoints: int, seed: int, matters: float) -> jn.PathJourney:
    """Paths drawn from a chain of known order; each step ends with a chance of 15 %."""
    random = np.random.default_rng(seed)
    by_place = random.dirichlet(np.full(touchpoints, 0.7), size=touchpoints)
    by_pair = random.dirichlet(np.full(touchpoints, 0.7), size=(touchpoints, touchpoints))
    ways = []
    for _ in range(customers):
        way = [int(random.choice(touchpoints, p=by_place[0]))]
        while random.random() > 0.15 and len(way) < 60:
            p = by_place[0 if order == 0 else way[-1]]
            if order == 2 and len(way) > 1:
                p = (1 - matters) * p + matters * by_pair[way[-2], way[-1]]
            way.append(int(random.choice(touchpoints, p=p)))
        ways.append(" > ".join(f"T{x}" for x in way))
    counts = pd.Series(ways).value_counts()
    return jn.read_paths(pd.DataFrame({"path": counts.index, "total_conversions": 0, "total_null": counts.to_numpy()}))


def by_criteria(counts: Triples) -> tuple[int, int]:
    """The orders that AIC and BIC choose, each with as many parameters as transitions were seen."""
    width, n = len(counts.names) + 2, counts.moves.sum()
    found = []
    for context in (np.zeros_like(counts.here), counts.here, (counts.before + 1) * width + counts.here):
        table = pd.DataFrame({"context": context, "after": counts.after, "moves": counts.moves})
        table = table.groupby(["context", "after"])["moves"].sum().reset_index()
        total = table.groupby("context")["moves"].transform("sum")
        fit = float((table["moves"] * np.log(table["moves"] / total)).sum())
        free = len(table) - table["context"].nunique()
        found.append((2 * free - 2 * fit, free * math.log(n) - 2 * fit))
    return int(np.argmin([a for a, _ in found])), int(np.argmin([b for _, b in found]))


def test_known_orders_are_found_where_aic_and_bic_miss() -> None:
    right, criteria = [], []
    for world in WORLDS:
        journey = walked(*world)
        right.append(jn.order(journey).best == world[0])
        criteria.append([told == world[0] for told in by_criteria(triples(journey, groups=1))])
    assert right == [True] * 4
    assert not all(aic for aic, _ in criteria)
    assert not all(bic for _, bic in criteria)


def test_nothing_is_foretold_where_nothing_is_remembered() -> None:
    found = jn.order(walked(0, 300, 5, 2, 0.0))
    assert found.best == 0
    assert found.zero.value > found.first.value > found.second.value  # type: ignore[operator]


@pytest.mark.slow
def test_known_orders_are_found_in_many_worlds() -> None:
    wrong = [
        (order, seed)
        for order in (1, 2)
        for seed in range(25)
        if jn.order(walked(order, 500, 7, seed, 0.7)).best != order
    ]
    assert not wrong


def test_likelihood_by_hand() -> None:
    # Two groups of customers; from A one goes to B, the other ends. Places to go to: A (at first), B, the end.
    counts = Triples(
        names=("A", "B"),
        goal=(),
        group=np.array([0, 0, 0, 1, 1]),
        before=np.array([-1, 0, 1, -1, 0]),
        here=np.array([0, 1, 2, 0, 1]),
        after=np.array([1, 2, 3, 1, 3]),
        moves=np.array([1, 1, 1, 1, 1]),
        groups=2,
    )
    found = chosen(counts)
    # In first order: START → A seen once of once; A → B never of once; B never seen; A → end never of once.
    moves = [math.log(1.5 / 2.5), math.log(0.5 / 2.5), math.log(0.5 / 1.5), math.log(1.5 / 2.5), math.log(0.5 / 2.5)]
    assert found.first.value == pytest.approx(sum(moves) / 5)
    assert found.first.n == 5
    assert found.contexts == (2, 3, 3)
    assert found.gain.value == pytest.approx(0)
    assert found.best < 2


def test_the_order_of_real_journeys(root: Path, sample: jn.EventLog, shared: Path) -> None:
    sample = jn.order(sample)
    assert sample.best == 2
    assert sample.gain.low > 0.05  # type: ignore[operator]
    shop = jn.open(root / "data" / "recipes" / "simple_shop.yaml", folder=shared / "data" / "retentioneering")
    assert jn.order(shop).best == 1
    for one in (sample.zero, sample.first, sample.second):
        assert one.low < one.value < one.high < 0  # type: ignore[operator]


def test_groups_do_not_depend_on_other_customers(sample: jn.EventLog) -> None:
    log = sample
    whole, part = triples(log, groups=20), triples(log.where(segment="B2B"), groups=20)
    assert part.moves.sum() < whole.moves.sum()
    sizes = np.bincount(whole.group[whole.here == 0], whole.moves[whole.here == 0])
    assert len(sizes) == 20
    assert 200 < sizes.min() <= sizes.max() < 400


def test_what_has_no_order_is_said() -> None:
    one = jn.read_paths(pd.DataFrame({"path": ["A > B"], "total_conversions": [1], "total_null": [0]}))
    with pytest.raises(jn.JourneyError, match="two at least"):
        jn.order(one)
