"""How long a what-if takes on a journey of 2,000 touchpoints, from one change to ten, intervals included.

    python benchmarks/whatif.py                      # 2,000 touchpoints, 20 ways out of each
    python benchmarks/whatif.py --touchpoints 5000

What is known before the first question, the inverse of the chain, is timed apart. Milliseconds of wall clock: median
of 20, and the best, for other work on the machine disturbs.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

import journey as jn
from journey.analysis.whatif_basis import Basis
from journey.model import Place


def large(touchpoints: int, ways: int, seed: int = 0) -> jn.Journey:
    """A counted journey in which every touchpoint has so many ways out, and an exit."""
    random = np.random.default_rng(seed)
    names = [f"T{k}" for k in range(touchpoints - 1)] + ["Goal"]
    moves: dict[tuple[Place, Place], int] = {(jn.START, name): 100 for name in names[:20]}
    for name in names[:-1]:
        for target in random.choice(touchpoints, ways, replace=False).tolist():
            moves[name, names[target]] = int(random.integers(1, 60))
        moves[name, jn.END] = int(random.integers(5, 60))
    out: dict[Place, int] = {}
    for (source, _), n in moves.items():
        out[source] = out.get(source, 0) + n
    return jn.Journey(
        touchpoints=tuple(jn.Touchpoint(name=name, visits=out.get(name, 1), cases=1) for name in names),
        transitions=tuple(
            jn.Transition(source=a, target=b, moves=n, cases=n, share=n / out[a], wait_mean_s=3600.0)
            for (a, b), n in moves.items()
        ),
        goal=("Goal",),
        cases=2000,
    )


def basis(journey: jn.Journey) -> Basis:
    """What `jn.suppose` gathers, without a log behind it."""
    found = jn.flow(journey, draws=400)
    return Basis(
        flow=found,
        journey=journey,
        months=12.0,
        value=1000.0,
        currency="EUR",
        costs={},
        ranking=None,
        answered={},
        late={},
        errors=np.full(found.chain.edges.i.size, 60.0),
    )


def timed_ms(act: Callable[[], Any]) -> str:
    """Median and best of 20."""
    act()
    taken = []
    for _ in range(20):
        began = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - began))
    return f"{statistics.median(taken):6.1f} ({min(taken):.1f})"


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--touchpoints", type=int, default=2000)
    asked.add_argument("--ways", type=int, default=20)
    told = asked.parse_args()
    journey = large(told.touchpoints, told.ways)
    began = time.perf_counter()
    ground = basis(journey)
    print(
        f"flow of {told.touchpoints:,} touchpoints, {told.ways} ways out of each: {time.perf_counter() - began:.2f} s"
    )
    print("milliseconds, median and best, with all intervals")
    print("changed rows   flow.what_if: goal   basis.what_if: goal, money, steps, duration, where cases end")
    for many in (1, 3, 10):
        changes = [jn.Leave(f"T{50 * k}", -0.2) for k in range(many)]
        plain = timed_ms(lambda changes=changes: ground.flow.what_if(changes))
        whole = timed_ms(lambda changes=changes: ground.what_if(changes))
        print(f"{many:12}   {plain:>18}   {whole:>20}")


if __name__ == "__main__":
    main()
