"""Themes: words that go together in comments, by non-negative matrix factorisation.

They are found in each language on its own, because words of two languages never go together; always from the same
start, so that the same comments give the same themes; and named by their strongest words.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from journey.voice.wordlists import JUDGING, NEGATIONS

__all__ = ["Found", "find", "name_of"]

MOST: Final = 20  # themes of a language
PER_THEME: Final = 100  # comments that a theme is worth looking for
LEAST: Final = 200  # comments of a language in which themes are looked for
MOST_TERMS: Final = 4_000
LEARNT_FROM: Final = 20_000  # distinct texts; more say nothing new about which words go together
STRONG: Final = 0.3  # of a comment's weight, for it to speak of a theme
NEAR: Final = 0.15  # cosine of a comment's words with a theme's, for it to speak of the theme
FULLER: Final = 0.4
WORDS: Final = 8
NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Found:
    """Themes of one language: `words` of each, strongest first; `speaks` [D, K] which texts speak of which, and how
    near their words are to it (cosine; 0 where a text does not)."""

    words: tuple[tuple[str, ...], ...]
    speaks: NDArray[np.float64]


def find(terms: Sequence[Sequence[str]], weight: NDArray[np.float64], *, most: int = MOST) -> Found | None:
    """Themes in D texts, each a list of terms and so many comments (`weight` [D]); None where there are too few."""
    comments = float(weight.sum())
    # “Very good” is no theme, nor is “not”: only what is judged, and what is denied.
    terms = [[term for term in own if term not in NEGATIONS and JUDGING.isdisjoint(term.split())] for own in terms]
    filled = np.array([bool(own) for own in terms])
    if comments < LEAST or filled.sum() < 12:
        return None
    # scikit-learn takes a second to import: only where there is something to find.
    from sklearn.decomposition import NMF  # noqa: PLC0415
    from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

    rare = max(2, round(comments / 2_000))
    vectors = TfidfVectorizer(
        analyzer=list, min_df=min(rare, 5), max_df=0.6, max_features=MOST_TERMS, sublinear_tf=True
    )
    try:
        table = vectors.fit_transform(terms)
    except ValueError:  # no term stands in two texts
        return None
    k = int(min(most, comments // PER_THEME, min(table.shape) - 1))
    if k < 2:
        return None
    model = NMF(n_components=k, init="nndsvda", random_state=0, max_iter=300, tol=1e-3)
    # Often said weighs more, but not in proportion: a thousand times “very good” is one thing said.
    scaled = table.multiply(np.sqrt(weight)[:, None]).tocsr()
    chosen = np.argsort(-weight, kind="stable")[:LEARNT_FROM]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # themes that still move a little are themes
        model.fit(scaled[np.sort(chosen)])
        strength = np.asarray(model.transform(table), float)
    own = np.asarray(model.components_, float)
    # Rows of the table have length 1.
    near = np.asarray(table @ (own / np.maximum(np.linalg.norm(own, axis=1, keepdims=True), 1e-12)).T)
    return _sorted(own, vectors.get_feature_names_out(), np.where(near >= NEAR, strength, 0.0), near, weight)


def _sorted(
    own: NDArray[np.float64],
    names: Any,
    strength: NDArray[np.float64],
    near: NDArray[np.float64],
    weight: NDArray[np.float64],
) -> Found | None:
    """Themes that are spoken of, commonest first, with their words."""
    # A word that every theme shares names none of them.
    telling = own * own / np.maximum(own.sum(0), 1e-12)
    strong = strength * np.maximum(own.sum(1), 1e-12)
    total = strong.sum(1, keepdims=True)
    part = np.divide(strong, total, out=np.zeros_like(strong), where=total > 1e-9)
    speaks = np.where(part >= STRONG, near, 0.0)
    order = np.argsort(-(weight @ (speaks > 0)), kind="stable")
    words, kept, seen = [], [], set()
    for k in order:
        listed = _words(telling[k], names)
        if not listed or not speaks[:, k].any() or listed[:NAMED] in seen:
            continue
        seen.add(listed[:NAMED])
        kept.append(k)
        words.append(listed)
    return Found(tuple(words), speaks[:, kept]) if kept else None


def _words(telling: NDArray[np.float64], names: Any) -> tuple[str, ...]:
    """The strongest words, none of which is part of a stronger one."""
    found: list[str] = []
    for at in np.argsort(-telling, kind="stable")[:60]:
        if telling[at] <= 0 or len(found) == WORDS:
            break
        word = _fuller(str(names[at]), at, telling, names)
        parts = set(word.split())
        if not any(parts & set(other.split()) for other in found):
            found.append(word)
    return tuple(found)


def _fuller(word: str, at: int, telling: NDArray[np.float64], names: Any) -> str:
    """The strongest pair that holds a word, where it is hardly weaker: “recebi” is said, “não recebi” is meant."""
    for other in np.argsort(-telling, kind="stable")[:60]:
        pair = str(names[other])
        if " " in pair and word in pair.split() and telling[other] >= FULLER * telling[at]:
            return pair
    return word


def name_of(words: Sequence[str], written: Mapping[str, str]) -> str:
    """A theme's name: its three strongest words, as they are written most."""
    return " · ".join(_as_written(word, written) for word in words[:NAMED])


def _as_written(term: str, written: Mapping[str, str]) -> str:
    return " ".join(written.get(word, word) for word in term.split())
