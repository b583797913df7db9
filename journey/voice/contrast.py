"""Words of the unhappy: log-odds with an informative Dirichlet prior.

A plain ratio of frequencies is led by the rarest words, a difference by the commonest. The prior draws every word
towards how often all use it, in proportion to how little is known of it, and the z tells what is left.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from journey.model import Measure
from journey.voice.heard import Word

__all__ = ["log_odds", "telling_words"]

PRIOR: Final = 500.0  # words' worth of belief in the use of all
RARE: Final = 5  # comments that hold a word; a rarer one is not compared
LEAST: Final = 20  # comments on either side
Z: Final = 1.959963984540054


def log_odds(
    one: Mapping[str, int], other: Mapping[str, int], *, prior: float = PRIOR
) -> dict[str, tuple[float, float]]:
    """Word → (difference of log-odds, standard error), above 0 where `one` uses it more.

    one, other   word → how often it is used. With y counts, n their sum and α the prior (use by both, scaled to
                 `prior` words in all): δ = log((y₁ + α)/(n₁ + α₀ − y₁ − α)) − log((y₂ + α)/(n₂ + α₀ − y₂ − α)),
                 σ² = 1/(y₁ + α) + 1/(y₂ + α).
    Source: Monroe, Colaresi & Quinn 2008, eq. 16–20.
    """
    listed = sorted({*one, *other})
    y1, y2 = (np.array([of.get(word, 0) for word in listed], float) for of in (one, other))
    total = y1 + y2
    if not total.sum():
        return {}
    alpha = total * prior / total.sum()
    n1, n2 = y1.sum() + prior, y2.sum() + prior
    # A word that is all that is said has no odds.
    first = np.log((y1 + alpha) / np.maximum(n1 - y1 - alpha, 0.5))
    second = np.log((y2 + alpha) / np.maximum(n2 - y2 - alpha, 0.5))
    error = np.sqrt(1 / (y1 + alpha) + 1 / (y2 + alpha))
    return {word: (float(d), float(e)) for word, d, e in zip(listed, first - second, error, strict=True)}


def telling_words(
    unhappy: Sequence[Iterable[str]], contented: Sequence[Iterable[str]], language: str, *, limit: int = 20
) -> tuple[Word, ...]:
    """The words and pairs that tell the unhappy's comments from the contented's, `limit` of either side at most.

    Each comment counts a term once. Nothing where a side has fewer than 20 comments. A word that stands in a stronger
    pair nearly always is not told again.
    """
    if min(len(unhappy), len(contented)) < LEAST:
        return ()
    counts = [Counter(term for terms in side for term in set(terms)) for side in (unhappy, contented)]
    bad, good = ({t: n for t, n in own.items() if n + other[t] >= RARE} for own, other in (counts, counts[::-1]))
    found = []
    for term, (value, error) in log_odds(bad, good).items():
        n = bad.get(term, 0) + good.get(term, 0)
        found.append(
            Word(
                word=term,
                language=language,
                log_odds=Measure(value, value - Z * error, value + Z * error, n),
                z=value / error,
                unhappy=bad.get(term, 0),
                contented=good.get(term, 0),
            )
        )
    # Of what is equally strong the pair goes first: it says more.
    found.sort(key=lambda word: (-round(abs(word.z), 6), -word.word.count(" "), word.word))
    worst = _without_parts([word for word in found if word.z > Z], limit)
    best = _without_parts([word for word in found if word.z < -Z], limit)
    return (*worst, *best)


def _without_parts(ranked: Sequence[Word], limit: int) -> list[Word]:
    """Without words that nearly always stand in a stronger pair, and what says the same of the same comments."""
    kept: list[Word] = []
    for word in ranked:
        if len(kept) == limit:
            break
        own, n = set(word.word.split()), word.unhappy + word.contented
        if not any(
            own & set(other.word.split())
            and (
                (word.unhappy, word.contented) == (other.unhappy, other.contented)
                or (own < set(other.word.split()) and other.unhappy + other.contented > 0.8 * n)
            )
            for other in kept
        ):
            kept.append(word)
    return kept
