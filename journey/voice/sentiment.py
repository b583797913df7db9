"""Sentiment of comments: a lexicon at first; from 100 rated comments on, what the customers' own ratings teach.

The ratings are the customers' own words about their words: who gave a 1 wrote what an unhappy customer of this company
writes. A logistic regression on single words and pairs (TF-IDF), with the lexicon's opinion as one more feature, learns
that. Every rated comment is judged by a model that has seen none of its customer's, so agreement is no echo.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from journey.estimate.auc import auc
from journey.model import Measure
from journey.voice.text import plain

__all__ = ["ENOUGH", "Judged", "Model", "judge", "verdicts"]

ENOUGH: Final = 100  # labels from which own ratings replace the lexicon …
LEAST: Final = 15  # … of which so many at least are unhappy, and so many contented
FOLDS: Final = 5
LATER: Final = 0.25  # the share of comments, the latest ones, on which a model of the earlier ones is tried
STRENGTH: Final = 4.0  # inverse ridge penalty
MOST_TERMS: Final = 60_000
MOST_LABELS: Final = 30_000  # that one model learns from; more change nothing
# Closer to the middle than this, nothing is claimed.
UNSURE: Final = {"own ratings": 0.2, "lexicon": 0.05}
_TOKEN: Final = re.compile(r"[^\W_]+|[\U0001F300-\U0001FAFF☀-➿]")

Array = NDArray[np.float64]
Told = Callable[[float], None] | None
Kind = Literal["lexicon", "own ratings"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What judged the sentiment, and how well it does.

    kind         "lexicon", or "own ratings": TF-IDF of words and pairs, logistic regression on the ratings
    labels       comments with a clear own rating (unhappy or contented); `unhappy` of them are so
    auc          chance that an unhappy customer's comment is judged worse than another rated one (0.5 is chance, 1
                 perfect), out of sample: 5 folds by customer for own ratings; 95 % interval by bootstrap of customers
    auc_later    likewise for the latest quarter of the comments, judged by what the earlier ones taught
    auc_lexicon  likewise for the lexicon on the same comments
    unsure       a sentiment nearer to 0 than this is “unclear”
    """

    kind: Kind
    labels: int
    unhappy: int
    auc: Measure
    auc_later: Measure
    auc_lexicon: Measure
    unsure: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Sentiment of N comments, −1 (bad) … 1 (good), NaN where nothing in the text is known; and what judged it."""

    sentiment: Array
    model: Model


def judge(
    texts: Sequence[str],
    of: NDArray[np.int64],
    lexicon: Array,
    *,
    unhappy: NDArray[np.bool_],
    contented: NDArray[np.bool_],
    rated: NDArray[np.bool_],
    customer: NDArray[np.int64],
    time: NDArray[np.int64],
    told: Told = None,
) -> Judged:
    """Judge N comments.

    texts      [D] distinct texts;  of [N] which of them a comment is;  lexicon [D] its sentiment, NaN where unknown
    unhappy, contented, rated   [N] by the writer's own rating; who is rated and neither stands in the middle
    customer, time              [N] for the folds
    """
    labels = unhappy | contented
    few = labels.sum() < ENOUGH or min(unhappy.sum(), contented.sum()) < LEAST
    few = few or len(np.unique(customer[labels])) < 2 * FOLDS
    by_lexicon = _auc(-np.nan_to_num(lexicon[of]), unhappy, rated, customer)
    if few:
        model = Model(
            kind="lexicon",
            labels=int(labels.sum()),
            unhappy=int(unhappy.sum()),
            auc=by_lexicon,
            auc_later=Measure.missing(),
            auc_lexicon=by_lexicon,
            unsure=UNSURE["lexicon"],
        )
        return Judged(sentiment=lexicon[of], model=model)
    features = _Features.of(texts, lexicon)
    bad = _cross_fitted(features, of, unhappy, labels, customer, told)
    later = _later(features, of, unhappy, labels, rated, customer, time)
    model = Model(
        kind="own ratings",
        labels=int(labels.sum()),
        unhappy=int(unhappy.sum()),
        auc=_auc(bad, unhappy, rated, customer),
        auc_later=later,
        auc_lexicon=by_lexicon,
        unsure=UNSURE["own ratings"],
    )
    sentiment = np.where(features.known[of] | np.isfinite(lexicon[of]), 1 - 2 * bad, np.nan)
    return Judged(sentiment=sentiment, model=model)


def verdicts(sentiment: Array, unsure: float) -> NDArray[np.int64]:
    """[N] 1 positive, −1 negative, 0 unclear: too near the middle, or nothing known in the text."""
    held = np.nan_to_num(sentiment)
    return np.where(np.abs(held) < unsure, 0, np.sign(held)).astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Features:
    """Counts of words and pairs [D, K] and the lexicon's opinion [D, 2]; `known`: texts of which a term is left."""

    counts: Any
    opinion: Array
    known: NDArray[np.bool_]

    @classmethod
    def of(cls, texts: Sequence[str], lexicon: Array) -> _Features:
        # scikit-learn takes a second to import: only where there is something to learn.
        from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415

        least = 2 if len(texts) >= 500 else 1
        vectors = CountVectorizer(analyzer=_tokens, min_df=least, max_features=MOST_TERMS, dtype=np.float32)
        try:
            counts = vectors.fit_transform(texts)
        except ValueError:  # not one word in all of them
            from scipy.sparse import csr_matrix  # noqa: PLC0415

            counts = csr_matrix(np.zeros((len(texts), 1), np.float32))
        held = np.nan_to_num(lexicon)
        known = np.asarray(counts.sum(1)).ravel() > 0
        return cls(counts, np.stack([np.maximum(held, 0), np.maximum(-held, 0)], 1), known)

    def learn(self, rows: NDArray[np.int64], outcome: NDArray[np.bool_]) -> Callable[[NDArray[np.int64]], Array]:
        """From texts by their number and what their writers felt: P(unhappy) of others."""
        from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415
        from sklearn.feature_extraction.text import TfidfTransformer  # noqa: PLC0415
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

        if len(rows) > MOST_LABELS:
            kept = np.sort(np.random.default_rng(0).permutation(len(rows))[:MOST_LABELS])
            rows, outcome = rows[kept], outcome[kept]
        weigh = TfidfTransformer(sublinear_tf=True).fit(self.counts[rows])

        def design(at: NDArray[np.int64]) -> Any:
            return hstack([weigh.transform(self.counts[at]), csr_matrix(self.opinion[at])]).tocsr()

        model = LogisticRegression(C=STRENGTH, solver="liblinear", tol=1e-3).fit(design(rows), outcome)
        return lambda at: np.asarray(model.predict_proba(design(at))[:, 1], float)


def _tokens(text: str) -> list[str]:
    listed = _TOKEN.findall(plain(text))
    return listed + [f"{one} {other}" for one, other in pairwise(listed)]


def _cross_fitted(
    features: _Features,
    of: NDArray[np.int64],
    unhappy: NDArray[np.bool_],
    labels: NDArray[np.bool_],
    customer: NDArray[np.int64],
    told: Told,
) -> Array:
    """P(unhappy) of every comment from a model that saw none of its customer's."""
    # Customers into folds by chance, the same each time.
    _, person = np.unique(customer, return_inverse=True)
    fold = np.random.default_rng(0).permutation(person.max() + 1)[person] % FOLDS
    bad = np.empty(len(of))
    for k in range(FOLDS):
        learn = labels & (fold != k)
        if told is not None:
            told(k / FOLDS)
        if unhappy[learn].all() or not unhappy[learn].any():
            bad[fold == k] = unhappy[labels].mean()
            continue
        score = features.learn(of[learn], unhappy[learn])
        # Equal texts are scored once.
        texts, back = np.unique(of[fold == k], return_inverse=True)
        bad[fold == k] = score(texts)[back] if len(texts) else []
    return bad


def _later(
    features: _Features,
    of: NDArray[np.int64],
    unhappy: NDArray[np.bool_],
    labels: NDArray[np.bool_],
    rated: NDArray[np.bool_],
    customer: NDArray[np.int64],
    time: NDArray[np.int64],
) -> Measure:
    """AUC on the latest comments of a model that learnt from the earlier ones."""
    if len(np.unique(time)) < 2 * FOLDS:
        return Measure.missing()
    border = np.quantile(time[labels], 1 - LATER)
    learn, test = labels & (time < border), rated & (time >= border)
    if min(unhappy[learn].sum(), (~unhappy[learn]).sum()) < LEAST:
        return Measure.missing()
    return _auc(features.learn(of[learn], unhappy[learn])(of[test]), unhappy[test], rated[test], customer[test])


def _auc(bad: Array, unhappy: NDArray[np.bool_], rated: NDArray[np.bool_], customer: NDArray[np.int64]) -> Measure:
    """Missing where the rated are all unhappy or all not."""
    y = unhappy[rated]
    if not y.size or y.all() or not y.any():
        return Measure.missing()
    return auc(bad[rated], y, customer=customer[rated], rounds=1000 if y.size <= 10_000 else 200)
