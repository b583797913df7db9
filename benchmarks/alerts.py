"""How often alerts are false, and how soon they catch a drop: simulated, as the tutorial tells.

    python benchmarks/alerts.py                 the tables of docs/tutorial/alerts.md (4,000 charts a row, about 20 s)
    python benchmarks/alerts.py --charts 500    quicker and rougher

A chart is watched for a year after the twelve weeks it learns from. False alarms are counted where nothing changes; in
other runs the share falls by ten points after a quarter, and the weeks until the alert are counted.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from journey.analysis.cusum import Rule, Series, watch

LEARN, YEAR, CHANGE = 12, 52, 13
FIXED = 20  # weeks that the plain chart takes its mean from
DROP = 0.10
COOL = 4
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """False alarms a chart-year; the share of drops caught within 39 weeks; weeks until half of all were."""

    false: float
    caught: float
    weeks: float


def answers(rng: np.random.Generator, share: Array, n: int, weeks: int, *, drop_at: int | None, noise: float) -> Array:
    """[charts, weeks] how many of n were unhappy; `noise` is the sd of the weeks' own levels."""
    level = np.repeat(share[:, None], weeks, 1)
    if drop_at is not None:
        level[:, drop_at:] += DROP
    if noise:
        level = level + rng.normal(0, noise, level.shape)
    return rng.binomial(n, np.clip(level, 0.001, 0.999)).astype(float)


def ours(x: Array, n: int, *, effect: float = 0.05) -> NDArray[np.bool_]:
    """[charts, weeks] where `journey alerts` raises one."""
    charts = len(x)
    count = np.full(x.shape, float(n))
    final = np.full(charts, x.shape[1])
    rule = Rule(k=0.5, h=5.0, minimum_effect=effect, minimum_n=30, cool_down=COOL, baseline=LEARN)
    out = np.zeros(x.shape, bool)
    for alarm in watch(Series(x, x, count, np.ones(charts, bool), final), rule).alarms:
        out[alarm.at, alarm.raised] = True
    return out


def plain(x: Array, n: int) -> NDArray[np.bool_]:
    """The same CUSUM against the mean of the first twenty weeks for good, z = (p − p̄)/√(p̄(1 − p̄)/n)."""
    p, out = x / n, np.zeros(x.shape, bool)
    mean = p[:, :FIXED].mean(1)
    z = (p - mean[:, None]) / np.sqrt(mean * (1 - mean) / n)[:, None]
    z /= np.maximum(1, np.abs(np.diff(z[:, :FIXED])).mean(1) / 1.128)[:, None]
    up, down, quiet = (np.zeros(len(x)) for _ in range(3))
    for t in range(FIXED, x.shape[1]):
        up, down = np.maximum(0, up + z[:, t] - 0.5), np.maximum(0, down - z[:, t] - 0.5)
        out[:, t] = (np.maximum(up, down) > 5) & (t >= quiet)
        up[out[:, t]] = down[out[:, t]] = 0
        quiet[out[:, t]] = t + 1 + COOL
    return out


def five_points(x: Array, n: int) -> NDArray[np.bool_]:
    """An alert whenever a week is five points worse than the week before."""
    out = np.zeros(x.shape, bool)
    out[:, 1:] = np.diff(x, axis=1) / n >= 0.05 - 1e-9
    return out


def tried(
    rule: Callable[[Array, int], NDArray[np.bool_]],
    *,
    share: tuple[float, float],
    n: int,
    charts: int,
    seed: int,
    learn: int = LEARN,
    noise: float = 0.0,
) -> Result:
    """False alarms and drops caught, of so many charts with shares drawn between two."""
    rng = np.random.default_rng(seed)
    level = rng.uniform(*share, charts)
    quiet = rule(answers(rng, level, n, learn + YEAR, drop_at=None, noise=noise), n)[:, learn:]
    at = learn + CHANGE
    after = rule(answers(rng, level, n, at + 39, drop_at=at, noise=noise), n)[:, at:]
    first = np.where(after.any(1), after.argmax(1) + 1.0, np.inf)
    return Result(float(quiet.sum() / charts), float(np.isfinite(first).mean()), float(np.median(first)))


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    told.add_argument("--charts", type=int, default=4000)
    charts = told.parse_args().charts
    head = "| false alarms a chart-year | drops of 10 points caught | median weeks |"
    print(f"40 answers a week, 10 to 30 % unhappy\n| rule {head}")
    usual = {"share": (0.10, 0.30), "n": 40, "charts": charts, "seed": 1}
    for name, rule, learn in (
        ("five points worse than the week before", five_points, LEARN),
        (f"CUSUM against the first {FIXED} weeks", plain, FIXED),
        ("`journey alerts`", ours, LEARN),
    ):
        line(name, tried(rule, learn=learn, **usual))  # type: ignore[arg-type]
    line("`journey alerts`, weeks that differ by 5 points of their own", tried(ours, noise=0.05, **usual))  # type: ignore[arg-type]
    print(f"\n`journey alerts`, by how many and how common\n| visits a week | share {head}")
    for n in (10, 40, 150, 600):
        for share in (0.02, 0.10, 0.30, 0.50):
            found = tried(ours, share=(share, share), n=n, charts=charts, seed=2)
            line(f"{n} | {share:.0%}", found)


def line(name: str, found: Result) -> None:
    weeks = f"{found.weeks:.0f}" if np.isfinite(found.weeks) else "–"
    print(f"| {name} | {found.false:.2f} | {found.caught:.0%} | {weeks} |")


if __name__ == "__main__":
    main()
