"""How fast the flow to the goal is: every removal effect at once, against solving again without each touchpoint.

    python benchmarks/flow.py                     # 200, 1,000 and 2,000 touchpoints
    python benchmarks/flow.py --touchpoints 500
    python benchmarks/flow.py --events 10000000   # and a log of that size: mined to the goal, order, flow, attribution

Seconds of wall clock, best of three. The target is all removal effects of 2,000 touchpoints within a second.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
from run import timed

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import journey as jn  # noqa: E402
from journey.model import END, START  # noqa: E402

TARGET = 1.0
HANDFUL = 5


def world(touchpoints: int, ways: int = 10, seed: int = 0) -> jn.Journey:
    """A tangled journey: from every touchpoint about ten ways on, to others at random, and an exit."""
    random = np.random.default_rng(seed)
    names = [f"T{k}" for k in range(touchpoints - 1)] + ["Goal"]
    moves = {(START, name): 50 for name in names[:20]}
    for name in names[:-1]:
        moves |= {(name, names[k]): int(random.integers(1, 200)) for k in random.integers(0, touchpoints, ways)}
        moves[name, END] = int(random.integers(1, 300))
    edges = (jn.Transition(source=a, target=b, moves=n, wait_mean_s=60.0) for (a, b), n in moves.items())
    return jn.Journey(
        touchpoints=tuple(jn.Touchpoint(name=name) for name in names),
        transitions=tuple(edges),
        goal=("Goal",),
        cases=20 * 50,
    )


def one_by_one(flow: jn.Flow, few: int = HANDFUL) -> float:
    """Seconds to find the removal effects of all touchpoints by solving again without each, from a few of them."""
    chain = flow.chain
    inner = np.eye(len(chain)) - chain.q.toarray()
    goal = chain.goal.astype(float)

    def again() -> None:
        for k in range(1, few + 1):
            kept = np.arange(len(chain)) != k
            chance = np.linalg.solve(inner[np.ix_(kept, kept)], goal[kept])
            known = flow.removal[str(chain.names[k])].value or 0.0
            assert abs(1 - chance[0] / chain.chance[0] - known) < 1e-8

    return timed(again)[0] / few * (len(chain) - 1)


def of_size(touchpoints: int) -> None:
    journey = world(touchpoints)
    plain, flow = timed(lambda: jn.flow(journey, draws=0), best_of=3)
    sure, _ = timed(lambda: jn.flow(journey), best_of=3)
    again = one_by_one(flow)
    print(
        f"{touchpoints:>6,} touchpoints, {len(journey.transitions):,} transitions: the whole flow {plain:.2f} s, with "
        f"intervals {sure:.2f} s; each removal solved again {again:,.0f} s ({again / plain:,.0f} ×)"
        + (f"  target ≤ {TARGET:g} s {'✓' if plain <= TARGET else '✗'}" if touchpoints == 2000 else "")
    )


def of_log(events: int) -> None:
    from journey.simulate import write_parquet

    folder = Path(tempfile.gettempdir()) / "journey-bench"
    folder.mkdir(exist_ok=True)
    file = folder / f"events-{events}.parquet"
    if not file.exists():
        write_parquet(file, events=events, customers=max(events // 10, 1), touchpoints=40)
    log = jn.read(file, case="case", touchpoint="touchpoint", time="time", channel="channel", goal="Goal reached")
    jn.mine(log)
    print(f"{log.events:,} events, {log.cases:,} cases:")
    for name, act in (
        ("mined, whole cases", lambda: jn.mine(log)),
        ("mined to the first goal", lambda: jn.mine(log, until_goal=True)),
        ("order", lambda: jn.order(log)),
        ("flow, first order", lambda: jn.flow(log)),
        ("flow, order chosen", lambda: jn.flow(log, order="auto")),
        ("attribution", lambda: jn.attribution(log)),
    ):
        print(f"  {name:<26}{timed(act)[0]:6.2f} s, again {timed(act, best_of=2)[0]:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--touchpoints", type=int, action="append")
    parser.add_argument("--events", type=int, default=0)
    told = parser.parse_args()
    for touchpoints in told.touchpoints or ([] if told.events else [200, 1000, 2000]):
        of_size(touchpoints)
    if told.events:
        of_log(told.events)


if __name__ == "__main__":
    main()
