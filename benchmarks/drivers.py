"""Drivers: how fast, how alike the two ways of sharing R² are, and whether their intervals hold what they promise.

python benchmarks/drivers.py                 # seconds
python benchmarks/drivers.py --events 10000000
python benchmarks/drivers.py --coverage [--runs 200]
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

import journey as jn
from journey.analysis.drivers import settled
from journey.analysis.shares import johnson, lmg
from journey.events.before import Before, Outcome

STARS = jn.Scale("stars", 1, 5)
Array = np.ndarray[Any, np.dtype[np.float64]]


def simulated(
    random: np.random.Generator, n: int, slopes: Array, *, met: float, rated: float, noise: float, halo: float = 0.5
) -> Before:
    """Outcomes 0–10 of people of whom some meet each touchpoint, and some of these rate it; ratings go together."""
    k = len(slopes)
    person = random.standard_normal((n, 1))
    rating = np.clip(np.round(4 + halo * person + 0.9 * random.standard_normal((n, k))), 1, 5)
    saw = random.random((n, k)) < met
    told = saw & (random.random((n, k)) < rated)
    value = 7 + (saw * slopes * (rating - 3.6)).sum(1) + noise * random.standard_normal(n)
    of, at = np.nonzero(saw)
    return Before(
        outcome=Outcome(name="nps", kind="answer", scale=jn.Scale("nps", 0, 10, about="relation"), good=True),
        touchpoints=tuple(f"T{i}" for i in range(k)),
        scales=(STARS,) * k,
        value=np.clip(np.round(value), 0, 10),
        customer=np.arange(n),
        of=of,
        at=at,
        rating=np.where(told[saw], (rating[saw] - 1) / 4, np.nan),
    )


def seconds(act: Callable[[], Any], best_of: int = 3) -> tuple[float, Any]:
    best, found = float("inf"), None
    for _ in range(best_of):
        began = time.perf_counter()
        found = act()
        best = min(best, time.perf_counter() - began)
    return best, found


def speed() -> None:
    random = np.random.default_rng(0)
    table = random.standard_normal((2_000, 29)) @ random.standard_normal((29, 29))
    covariance, blocks = np.cov(table.T), [2] * 14
    with threadpool_limits(1, user_api="blas"):
        exact, _ = seconds(lambda: lmg(covariance, blocks), best_of=20)
        quick, _ = seconds(lambda: johnson(covariance, blocks), best_of=20)
    print(f"LMG of 14 touchpoints, exact          {exact:8.3f} s   (target 1 s)")
    print(f"Johnson's weights of the same         {quick:8.4f} s   LMG takes {exact / quick:.0f} times as long")
    found = simulated(random, 3_000, np.linspace(0, 0.6, 14), met=0.8, rated=0.8, noise=1.5)
    whole, drivers = seconds(lambda: settled(found, {}))
    print(f"drivers of 3,000 answers, 500 draws   {whole:8.3f} s   by {drivers.method}")
    quick, other = seconds(lambda: settled(found, {}, method="johnson"))
    alike = np.corrcoef(
        [one.importance.value for one in drivers.drivers],
        [other.of(one.at).importance.value for one in drivers.drivers],
    )[0, 1]
    print(f"the same by Johnson's weights         {quick:8.3f} s   correlate {alike:.4f}")


def large(events: int) -> None:
    """A log of so many events in which every case leaves an answer at its end."""
    from journey.simulate import write_parquet

    with tempfile.TemporaryDirectory() as folder:
        os.environ["JOURNEY_CACHE"] = folder
        file = Path(folder, "events.parquet")
        write_parquet(file, events=events, customers=max(events // 10, 1), touchpoints=40)
        log = jn.read(
            file,
            case="case",
            touchpoint="touchpoint",
            time="time",
            satisfaction=jn.Scale("csat", 1, 5),
            goal="Goal reached",
        )
        goal, horizon = "Goal reached", "7d"
        taken, found = seconds(lambda: jn.drivers(log, goal, horizon=horizon), best_of=1)
        print(f"{events:,} events: drivers of “{goal}” within {horizon}, {found.n:,} outcomes: {taken:.1f} s")


def coverage(runs: int) -> None:
    """How often 95 % intervals hold the truth, which is what ten million people show."""
    for slopes, n, rated, noise in (
        (np.array([1, 0.55, 0.1, 0, 0, 0]), 1_000, 0.5, 1.5),
        (np.array([1, 0.55, 0.1, 0, 0, 0]), 400, 0.3, 2.0),
        (np.r_[np.linspace(1, 0.1, 9), np.zeros(9)], 1_300, 0.3, 2.0),
    ):
        random = np.random.default_rng(1)
        design = {"met": 0.7, "rated": rated, "noise": noise}
        truth = settled(simulated(random, 600_000, slopes, **design), {}, draws=8)
        held, slope, told = [], [], []
        for _ in range(runs):
            try:
                found = settled(simulated(random, n, slopes, **design), {}, draws=200)
            except jn.JourneyError:
                continue
            for one in found.drivers:
                true = truth.of(one.at)
                held.append(one.importance.low <= true.importance.value <= one.importance.high)
                slope.append(one.slope.low <= true.slope.value <= one.slope.high)
                told.append(one.rank_low <= true.rank <= one.rank_high)
        print(
            f"{len(slopes)} touchpoints, {n:,} answers, R² {truth.r2.value:.2f}, by {truth.method}: importance "
            f"{np.mean(held):.1%}, effect {np.mean(slope):.1%}, rank {np.mean(told):.1%} ({len(held):,} intervals)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int)
    parser.add_argument("--coverage", action="store_true")
    parser.add_argument("--runs", type=int, default=200)
    told = parser.parse_args()
    if told.coverage:
        coverage(told.runs)
    elif told.events:
        large(told.events)
    else:
        speed()


if __name__ == "__main__":
    main()
