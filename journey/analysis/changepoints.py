"""Change points in hindsight: when a series moved, told from all of it, with what chance alone could do.

Binary segmentation with the weighted least-squares cost (ruptures: Truong, Oudre and Vayatis 2020) proposes where; a
permutation test of the periods between the neighbouring changes tells how often chance alone would give as large a gain
at its best place. A period weighs n_t / (v σ_z²), so gains are in units of χ².
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST", "chance", "splits"]

Array = NDArray[np.float64]

LEAST: Final = 3  # periods on either side of a change
FIRST: Final = 199  # permutations, and
MORE: Final = 1800  # as many again where the first leave it open
OPEN: Final = 0.05


def splits(value: Array, weight: Array) -> tuple[tuple[int, int, int], ...]:
    """Where a series of T periods may have changed: (begin, at, end) each, `at` the first period of the new level.

    The best place alone where none gains enough; nothing where there are fewer than six periods.
    """
    if len(value) < 2 * LEAST:
        return ()
    # The library takes a second to load, which only those who look back should wait for.
    import ruptures  # noqa: PLC0415

    search = ruptures.Binseg(custom_cost=_cost(ruptures), min_size=LEAST, jump=1).fit(np.stack([value, weight], 1))
    found = search.predict(pen=3 * np.log(len(value)))
    if len(found) == 1:
        found = search.predict(n_bkps=1)
    edges = [0, *found]
    return tuple((edges[i - 1], edges[i], edges[i + 1]) for i in range(1, len(edges) - 1))


def _cost(ruptures: Any) -> Any:
    """The weighted squares around the weighted mean of a stretch, as ruptures asks for a cost."""

    class Weighted(ruptures.base.BaseCost):  # type: ignore[misc]
        model = "weighted"
        min_size = LEAST
        sums: tuple[Array, Array, Array]

        def fit(self, signal: Array) -> Any:
            value, weight = signal[:, 0], signal[:, 1]
            self.signal = signal
            a, b, c = (np.concatenate([[0.0], np.cumsum(x)]) for x in (weight, weight * value, weight * value * value))
            self.sums = (a, b, c)
            return self

        def error(self, start: int, end: int) -> float:
            weight, total, squares = (float(x[end] - x[start]) for x in self.sums)
            return max(0.0, squares - total * total / weight)

    return Weighted()


def chance(value: Array, weight: Array, *, seed: int) -> float:
    """The p-value of the best split of a stretch of periods: how often shuffled periods split as well.

    Values travel with their weights. 199 permutations, and 1,800 more where those leave p at or below .05.
    Source: Besag and Clifford 1991 for stopping early.
    """
    rng = np.random.default_rng(seed)
    found = _gain(weight[None], (weight * value)[None])[0]
    draw = _drawn(value, weight, rng)
    above = int((draw(FIRST) >= found - 1e-12).sum())
    if above + 1 > OPEN * (FIRST + 1):
        return (above + 1) / (FIRST + 1)
    above += int((draw(MORE) >= found - 1e-12).sum())
    return (above + 1) / (FIRST + MORE + 1)


def _drawn(value: Array, weight: Array, rng: np.random.Generator) -> Callable[[int], Array]:
    def gains(n: int) -> Array:
        order = rng.random((n, len(value))).argsort(1)
        shuffled = weight[order]
        return _gain(shuffled, shuffled * value[order])

    return gains


def _gain(weight: Array, total: Array) -> Array:
    """[R] what the best split of each row takes off the weighted squares."""
    left, sums = np.cumsum(weight, 1), np.cumsum(total, 1)
    whole, all_ = left[:, -1:], sums[:, -1:]
    left, sums = left[:, LEAST - 1 : -LEAST], sums[:, LEAST - 1 : -LEAST]
    gains = np.square(sums) / left + np.square(all_ - sums) / (whole - left) - np.square(all_) / whole
    return np.asarray(gains.max(1), float)
