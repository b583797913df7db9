"""What listening brings home: small, frozen, with n and intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from journey.events.trend import Period
from journey.model import Measure
from journey.voice.sentiment import Model

__all__ = ["Heard", "Quote", "Stretch", "Theme", "Touched", "Voice", "Word"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """One comment, personal data masked, with the way it stands on.

    before, after   the touchpoints right before and after in the case; None at its start and end. The comment belongs
                    to the visit at `touchpoint`, and so to the transitions into and out of it
    rating          the writer's own satisfaction answer at that visit, as written in the data; `nps` likewise
    sentiment       −1 (bad) … 1 (good); None where nothing in the text is known to feel like anything
    verdict         "positive", "negative" or "unclear"
    spontaneous     nobody asked for it
    themes          names of the themes it speaks of
    """

    text: str
    case: str
    time: datetime
    touchpoint: str
    before: str | None
    after: str | None
    channel: str | None
    rating: float | None
    nps: float | None
    language: str | None
    sentiment: float | None
    verdict: str
    spontaneous: bool
    themes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Sentiment of some comments.

    positive, unclear, negative   how many
    net           net sentiment (−1 … 1): share positive less share negative, of all of them, unclear included
    net_weighted  likewise with every comment weighing 1/P(comment | score), as if all who answered had written
    sentiment     mean sentiment (−1 … 1) of those in which something was understood, t interval
    """

    positive: int
    unclear: int
    negative: int
    net: Measure
    net_weighted: Measure
    sentiment: Measure


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What was said at one touchpoint, or on a transition: right before it was walked, and right after.

    at       the touchpoint, or (source, target)
    visits   visits there, or moves: with a comment or without
    themes   theme → net sentiment of the comments on it there (−1 … 1); n is how many. Most first
    """

    at: str | tuple[str, str]
    comments: int
    visits: int
    heard: Heard
    themes: Mapping[str, Measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What comments speak of, found as words that go together (non-negative matrix factorisation of TF-IDF).

    name          its three strongest words, the same for every part of the log, because themes are found in all of it
    words         its strongest words and pairs, strongest first;  language of the comments it was found in
    comments      how many speak of it; one may speak of several, or of none
    share         of the comments (0–1), Wilson interval; `share_weighted` with weights 1/P(comment | score)
    rating        mean of the writers' own satisfaction answers on its scale; missing where that was not asked
    heard         sentiment of its comments
    touchpoints   touchpoint → comments of the theme there, most first
    quotes        some of its comments, the most telling first
    """

    name: str
    language: str
    words: tuple[str, ...]
    comments: int
    share: Measure
    share_weighted: Measure
    rating: Measure
    heard: Heard
    touchpoints: Mapping[str, int]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word or pair that the unhappy use more than the contented, or the other way round.

    log_odds     difference of the log-odds of being used, above 0 by the unhappy; informative Dirichlet prior, 95 %
                 interval; n is the comments it stands in
    z            log_odds over its standard error
    unhappy, contented   comments of either that hold it
    """

    word: str
    language: str
    log_odds: Measure
    z: float
    unhappy: int
    contented: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """One period: what was said in it.

    themes   theme → share of the period's comments that speak of it (0–1), Wilson interval
    """

    period: Period
    comments: int
    heard: Heard
    themes: Mapping[str, Measure]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """What customers say, of how many, and how it was judged. Every text is masked.

    comments      of the cases looked at; `spontaneous` of them nobody asked for; `without_words` hold no letters
    visits        all of them; `answers`: visits with an answer to any question
    wrote         answer → (visits that gave it, of these with a comment): who writes is not who answers
    weighted      comments whose score is known, and which so can stand for those who wrote nothing
    languages     language → comments: "pt", "en", "es", "other", and "none" where there are no words
    cut           comments longer than is looked at (4,000 letters)
    names_masked  whether names were masked, from a list that the recipe names
    heard         sentiment of all;  asked_for, unasked: of the two kinds of source
    touchpoints   what was said where, most comments first;  transitions: on which move to where, likewise
    themes        commonest first; `no_theme` comments speak of none
    words         words of the unhappy (z above 0, strongest first), then of the contented
    agreement     share (0–1) of comments with a clear rating and a clear sentiment in which both say the same
    angry_fives   comments of the contented that sound angry, angriest first; `angry_five_count` how many in all
    kind_ones     comments of the unhappy that sound content;  `kind_one_count` how many in all
    periods       oldest first; `unit` is "week", "month", "quarter", or None where no times are known
    model         what judged the sentiment, and how well it does
    """

    comments: int
    spontaneous: int
    without_words: int
    visits: int
    answers: int
    wrote: Mapping[float, tuple[int, int]]
    weighted: int
    languages: Mapping[str, int]
    cut: int
    names_masked: bool
    heard: Heard
    asked_for: Heard
    unasked: Heard
    touchpoints: tuple[Touched, ...]
    transitions: tuple[Touched, ...]
    themes: tuple[Theme, ...]
    no_theme: int
    words: tuple[Word, ...]
    agreement: Measure
    angry_fives: tuple[Quote, ...]
    angry_five_count: int
    kind_ones: tuple[Quote, ...]
    kind_one_count: int
    unit: str | None
    periods: tuple[Stretch, ...]
    model: Model
