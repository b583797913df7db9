"""Do the 95 % intervals of friction hold the truth 95 times in 100? Simulated journeys, known truth.

    python benchmarks/coverage.py [--journeys 100] [--seed 0]

Each journey has 30 places with 5 to several hundred visits. Customers come back, and each has leanings of their own,
for all components together and for each. Answers on five and seven steps are left by some visits only, waits are
continuous, the other components are yes or no. The truth at a place is the mean over all customers there might be.
Beside the coverage stands the width of the intervals against a bootstrap of the raw score over the same buckets.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from journey.analysis.rank import WEIGHTS, rank
from journey.model import COMPONENTS, Tally

Array = NDArray[np.float64]

# Typical severity of each component, share of visits it applies to, share of places that have it.
TYPICAL = np.array([0.30, 0.35, 0.12, 0.08, 0.20, 0.06, 0.05])
APPLIES = np.array([0.45, 0.30, 1.0, 1.0, 0.9, 1.0, 1.0])
PRESENT = np.array([1.0, 0.7, 1.0, 1.0, 0.6, 1.0, 1.0])
PERSON, OWN = 0.5, 0.5  # standard deviations of a customer's leaning: for everything, and for one component
TRUTHS = ("normal", "skewed", "related", "one bad")


@dataclass(frozen=True)
class Result:
    """Coverage flags and widths of one simulated journey, one entry a place (or a place and component)."""

    score: NDArray[np.bool_]
    visits: Array
    part: NDArray[np.bool_]
    part_n: Array
    boot: NDArray[np.bool_]
    width: Array
    boot_width: Array


def true_severities(random: np.random.Generator, kind: str, places: int) -> Array:
    """[M, P] true mean severities. normal and skewed: components apart; related: they go together over places."""
    own = random.standard_normal((len(TYPICAL), places))
    if kind == "skewed":
        relative = 0.35 + 0.65 * random.standard_exponential(own.shape)
    elif kind == "related":
        relative = 1 + 0.45 * (0.8 * random.standard_normal(places) + 0.6 * own)
    elif kind == "one bad":
        relative = 1 + 0.1 * own
        relative[:, 0] *= 2.5
    else:
        relative = 1 + 0.45 * own
    return np.clip(TYPICAL[:, None] * relative, 0.004, 0.95)


def severity(component: int, latent: Array) -> Array:
    """From a standardised latent discomfort to the severity a visit is given."""
    if component == 0:
        return (latent[..., None] > np.array([-1.0, -0.2, 0.6, 1.4])).mean(-1)
    if component == 1:
        return (latent[..., None] > np.linspace(-1.2, 1.6, 6)).mean(-1)
    if component == 4:
        return np.clip(latent, 0, 1)
    return (latent > 0).astype(float)


def mean_severity(component: int, shift: Array) -> Array:
    """The mean of `severity` over customers and visits where discomfort is shifted by `shift`."""
    sd = np.sqrt(1 + PERSON**2 + OWN**2)
    nodes = np.linspace(-6, 6, 1201)
    weight = np.diff(ndtr(np.append(nodes, nodes[-1] + 0.01) - 0.005))
    return np.array([severity(component, s + sd * nodes) @ weight / weight.sum() for s in shift])


SHIFTS = np.linspace(-8, 5, 521)
MEANS = [mean_severity(m, SHIFTS) for m in range(len(TYPICAL))]


def simulate(random: np.random.Generator, kind: str, customers: int, *, places: int = 30) -> tuple[Tally, Array]:
    """A tally of one simulated journey, and its true severities [M, P] (not a number where not observed)."""
    truth = true_severities(random, kind, places)
    most = customers * 0.4
    visitors = np.exp(random.uniform(np.log(4), np.log(most), places)).round().astype(int)
    who = np.concatenate([random.choice(customers, n, replace=False) for n in visitors])
    where = np.repeat(np.arange(places), visitors)
    again = random.geometric(1 / 1.5, who.size)  # one and a half visits a customer, in the mean
    who, where = np.repeat(who, again), np.repeat(where, again)
    buckets = customers if customers < 2560 else 256
    bucket = (random.permutation(customers) % buckets)[who]
    cell = where * buckets + bucket
    leaning = PERSON * random.standard_normal(customers)
    total, count = (np.zeros((len(TYPICAL), places, buckets)) for _ in range(2))
    for m in range(len(TYPICAL)):
        own = leaning + OWN * random.standard_normal(customers)
        shift = np.interp(truth[m], MEANS[m], SHIFTS)
        given = severity(m, shift[where] + own[who] + random.standard_normal(who.size))
        present = random.random(places) < PRESENT[m]
        applies = (random.random(who.size) < APPLIES[m]) & present[where]
        total[m] = np.bincount(cell, given * applies, places * buckets).reshape(places, buckets)
        count[m] = np.bincount(cell, applies, places * buckets).reshape(places, buckets)
        truth[m] = np.interp(shift, SHIFTS, MEANS[m])
    visits = np.bincount(where, minlength=places).astype(float)
    at = tuple(f"place {p}" for p in range(places))
    truth = np.where(count.sum(2) > 0, truth, np.nan)
    return Tally(at=at, components=COMPONENTS, visits=visits, total=total, count=count), truth


def weighted(severities: Array) -> Array:
    """[..., P] scores from severities [..., M, P], weights renormalised over what is not missing."""
    weight = np.array([WEIGHTS[name] for name in COMPONENTS])[:, None] * np.isfinite(severities)
    return 100 * (weight * np.nan_to_num(severities)).sum(-2) / np.maximum(weight.sum(-2), 1e-12)


def bootstrap(random: np.random.Generator, tally: Tally, *, rounds: int = 300) -> tuple[Array, Array]:
    """Percentile intervals of the raw score: buckets drawn with replacement."""
    buckets = tally.total.shape[2]
    weight = random.multinomial(buckets, np.full(buckets, 1 / buckets), size=rounds).astype(float)
    total, count = (weight @ x.reshape(-1, buckets).T for x in (tally.total, tally.count))
    raw = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    low, high = np.quantile(weighted(raw.reshape(rounds, *tally.total.shape[:2])), [0.025, 0.975], axis=0)
    return low, high


def run(kind: str, customers: int, journeys: int, *, seed: int = 0, draws: int = 2000) -> Iterator[Result]:
    """Simulate, rank and compare with the truth, `journeys` times."""
    random = np.random.default_rng(seed)
    for _ in range(journeys):
        tally, truth = simulate(random, kind, customers)
        found = {friction.at: friction for friction in rank(tally, draws=draws)}
        rows = [found[at] for at in tally.at]
        goal = weighted(truth)
        low, high = (np.array([getattr(row.score, end) for row in rows]) for end in ("low", "high"))
        boot_low, boot_high = bootstrap(random, tally)
        parts = [
            (part.low <= truth[COMPONENTS.index(name), p] <= part.high, part.n)
            for p, row in enumerate(rows)
            for name, part in row.components.items()
            if part.low is not None and part.high is not None
        ]
        yield Result(
            score=(low <= goal) & (goal <= high),
            visits=tally.visits,
            part=np.array([hit for hit, _ in parts], bool),
            part_n=np.array([n for _, n in parts], float),
            boot=(boot_low <= goal) & (goal <= boot_high),
            width=high - low,
            boot_width=boot_high - boot_low,
        )


def coverage(kind: str, customers: int, journeys: int, *, seed: int = 0) -> dict[str, float]:
    """Shares of intervals that hold the truth, and the mean width against the raw bootstrap's."""
    results = list(run(kind, customers, journeys, seed=seed))
    score, visits, part, part_n, boot = (
        np.concatenate([getattr(result, name) for result in results])
        for name in ("score", "visits", "part", "part_n", "boot")
    )
    width, boot_width = (np.concatenate([getattr(r, name) for r in results]) for name in ("width", "boot_width"))
    few, part_few = visits < 40, part_n < 40
    return {
        "score": score.mean(),
        "score, n < 40": score[few].mean(),
        "component": part.mean(),
        "component, n < 40": part[part_few].mean(),
        "raw bootstrap": boot.mean(),
        "raw, n < 40": boot[few].mean(),
        "width / raw": width.mean() / boot_width.mean(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Coverage of friction's 95 % intervals on simulated journeys.")
    parser.add_argument("--journeys", type=int, default=100, help="simulated journeys a row")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    started = time.perf_counter()
    heads: list[str] = []
    for kind in TRUTHS:
        for customers in (400, 2000, 6000):
            row = coverage(kind, customers, options.journeys, seed=options.seed)
            if not heads:
                heads = list(row)
                print("| truth | customers | " + " | ".join(heads) + " |")
                print("|---|---:|" + "---:|" * len(heads))
            cells = [f"{value:.2f}" if "width" in name else f"{value:.1%}" for name, value in row.items()]
            print(f"| {kind} | {customers:,} | " + " | ".join(cells) + " |", flush=True)
    print(f"\n{options.journeys} journeys of 30 places a row, {time.perf_counter() - started:.0f} s.")


if __name__ == "__main__":
    main()
