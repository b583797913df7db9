"""Listening: what customers say, where, how it changes, and whom it stands for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from typing import Final

import numpy as np
from numpy.typing import NDArray

from journey.estimate.measures import mean_t, net_sentiment, wilson
from journey.events.engine import Progress, watched
from journey.events.log import EventLog
from journey.events.spoken import LONGEST, Asked, asked
from journey.events.trend import Period, pace, periods, zone_of
from journey.model import Measure, Scale
from journey.voice.contrast import telling_words
from journey.voice.heard import Heard, Quote, Stretch, Theme, Touched, Voice, Word
from journey.voice.part import Part, Source, part
from journey.voice.weigh import heard, share, weights

__all__ = ["voice"]

Array = NDArray[np.float64]
QUOTES: Final = 5  # of a theme
LISTED: Final = 50  # comments at odds with their rating
MOVES: Final = 200  # transitions, those with most comments
TELLING: Final = (20, 240)  # letters that a quote has best


def voice(log: EventLog, *, source: Source = "all", progress: Progress | None = None) -> Voice:
    """Listen to the comments of a log's cases: language, sentiment, themes, words of the unhappy, quotes on their way.

    source     "all", "asked" (left beside an answer) or "spontaneous" (nobody asked: a comment without any answer, or
               at a touchpoint that the recipe lists under listening.spontaneous)
    progress   is called with the share done (0–1); where it raises Cancelled, listening stops

    Everything happens on this machine. Texts are masked before they are looked at. Themes, and the model of sentiment,
    are learnt from all comments of the tables, whatever the log's filters, so that they mean the same in every segment;
    the figures are of the cases in the log.

    Sentiment runs from −1 to 1 (good); net sentiment is the share of positive less that of negative comments, with the
    interval of NPS. Below 100 comments with a clear own rating a lexicon judges; from there on a model of the
    customers' own ratings, and `model` says how well. Weighted figures count a comment 1/P(comment | score) times, for
    the angry write more.

    A log without comments gives a Voice of none. Raises JourneyError for an unknown source.
    Sources: Hutto & Gilbert 2014 (VADER), Monroe et al. 2008 (words), Lee & Seung 1999 (NMF), Rocks 2016 (intervals).
    """
    with nullcontext() if progress is None else watched(progress):
        here = part(log, source)
        known = {name: code for code, name in enumerate(log.touchpoints)}
        apart = tuple(known[name] for name in log.recipe.listening.spontaneous if name in known)
        return _voice(log, here, asked(log, apart), np.array(apart, np.int64))


def _voice(log: EventLog, here: Part, counts: Asked, apart: NDArray[np.int64]) -> Voice:
    own, at = here.corpus, here.at
    said = own.said
    weight = weights(said.satisfaction[at], said.nps[at], np.isin(said.touchpoint[at], apart), counts.given)
    spontaneous = own.spontaneous[at]
    every = np.ones(len(at), bool)
    speaks = own.speaks[own.of[at]] > 0
    languages = own.language[own.of[at]]
    unit, moments = _periods(log, here, weight, speaks)
    odds = _at_odds(here)
    return Voice(
        comments=len(at),
        spontaneous=int(spontaneous.sum()),
        without_words=int(sum(code is None for code in languages)),
        visits=sum(counts.visits.values()),
        answers=counts.answers,
        wrote=_wrote(here, counts),
        weighted=int(np.isfinite(weight).sum()),
        languages=_languages(languages.tolist()),
        cut=int((said.letters[at] > LONGEST).sum()),
        names_masked=own.names_masked,
        heard=_heard(here, weight, every),
        asked_for=_heard(here, weight, ~spontaneous),
        unasked=_heard(here, weight, spontaneous),
        touchpoints=_touchpoints(here, weight, counts),
        transitions=_transitions(here, weight, counts),
        themes=_themes(here, weight, speaks, log.scales.get("satisfaction")),
        no_theme=int((~speaks.any(1)).sum()) if speaks.shape[1] else len(at),
        words=_words(here),
        agreement=_agreement(here),
        angry_fives=odds[0],
        angry_five_count=int((own.contented[at] & (own.verdict[at] < 0)).sum()),
        kind_ones=odds[1],
        kind_one_count=int((own.unhappy[at] & (own.verdict[at] > 0)).sum()),
        unit=unit,
        periods=moments,
        model=own.model,
    )


def _heard(here: Part, weight: Array, chosen: NDArray[np.bool_]) -> Heard:
    own, at = here.corpus, here.at[chosen]
    return heard(own.verdict[at], own.sentiment[at], weight[chosen])


def _languages(found: Sequence[str | None]) -> dict[str, int]:
    counts = {code or "none": found.count(code) for code in ("pt", "en", "es", "other", None)}
    return {code: n for code, n in sorted(counts.items(), key=lambda pair: -pair[1]) if n}


def _wrote(here: Part, counts: Asked) -> dict[float, tuple[int, int]]:
    """Answer → visits that gave it, of these with a comment: of satisfaction, or of NPS where that alone was asked."""
    said, at = here.corpus.said, here.at
    for role, answers in (("satisfaction", said.satisfaction[at]), ("nps", said.nps[at])):
        given: dict[float, int] = {}
        for aside in (False, True):
            for answer, n in counts.given.get((role, aside), {}).items():
                given[answer] = given.get(answer, 0) + n
        if given:
            return {answer: (n, int((answers == answer).sum())) for answer, n in sorted(given.items())}
    return {}


# --- where -------------------------------------------------------------------------------------------


def _touchpoints(here: Part, weight: Array, counts: Asked) -> tuple[Touched, ...]:
    codes = here.corpus.said.touchpoint[here.at]
    numbers, sizes = np.unique(codes, return_counts=True)
    order = sorted(zip(sizes, numbers, strict=True), key=lambda pair: (-pair[0], here.touchpoints[pair[1]]))
    return tuple(
        _touched(here, weight, codes == code, here.touchpoints[code], counts.visits.get(int(code), 0))
        for _, code in order
    )


def _transitions(here: Part, weight: Array, counts: Asked) -> tuple[Touched, ...]:
    """A comment belongs to the move into its visit and to the one out of it."""
    said, at = here.corpus.said, here.at
    size = len(here.touchpoints)
    into = np.where(said.before[at] >= 0, said.before[at] * size + said.touchpoint[at], -1)
    out = np.where(said.after[at] >= 0, said.touchpoint[at] * size + said.after[at], -1)
    pairs, n = np.unique(np.concatenate([into[into >= 0], out[(out >= 0) & (out != into)]]), return_counts=True)
    order = np.lexsort([pairs, -n])[:MOVES]
    found = []
    for pair in pairs[order]:
        one, other = divmod(int(pair), size)
        walked = (here.touchpoints[one], here.touchpoints[other])
        chosen = (into == pair) | (out == pair)
        found.append(_touched(here, weight, chosen, walked, counts.moves.get((one, other), 0)))
    return tuple(found)


def _touched(
    here: Part, weight: Array, chosen: NDArray[np.bool_], where: str | tuple[str, str], visits: int
) -> Touched:
    own = here.corpus
    there = here.at[chosen]
    speaks = own.speaks[own.of[there]] > 0
    sides = [(speaks & (own.verdict[there] == sign)[:, None]).sum(0) for sign in (1, 0, -1)]
    total = speaks.sum(0)
    themes = {
        own.themes[k].name: net_sentiment(*(int(side[k]) for side in sides))
        for k in np.argsort(-total, kind="stable")
        if total[k]
    }
    return Touched(
        at=where, comments=int(chosen.sum()), visits=visits, heard=_heard(here, weight, chosen), themes=themes
    )


# --- what --------------------------------------------------------------------------------------------


def _themes(here: Part, weight: Array, speaks: NDArray[np.bool_], scale: Scale | None) -> tuple[Theme, ...]:
    own, at = here.corpus, here.at
    found = []
    for k, one in enumerate(own.themes):
        chosen = speaks[:, k]
        codes, n = np.unique(own.said.touchpoint[at[chosen]], return_counts=True)
        order = sorted(zip(n.tolist(), codes.tolist(), strict=True), key=lambda pair: (-pair[0], pair[1]))
        found.append(
            Theme(
                name=one.name,
                language=one.language,
                words=one.words,
                comments=int(chosen.sum()),
                share=share(chosen),
                share_weighted=share(chosen, weight),
                rating=_rating(own.said.satisfaction[at[chosen]], scale),
                heard=_heard(here, weight, chosen),
                touchpoints={here.touchpoints[code]: size for size, code in order},
                quotes=_telling(here.only(chosen), k),
            )
        )
    found = [one for one in found if one.comments]
    return tuple(sorted(found, key=lambda one: (-one.comments, one.name)))


def _rating(answers: Array, scale: Scale | None) -> Measure:
    known = answers[np.isfinite(answers)]
    if scale is None or not len(known):
        return Measure.missing()
    sd = float(known.std(ddof=1)) if len(known) > 1 else None
    return mean_t(len(known), float(known.mean()), sd, low=scale.low, high=scale.high)


def _telling(there: Part, theme: int) -> tuple[Quote, ...]:
    """Comments that speak of the theme most clearly, neither a word nor a story; equal ones once."""
    own = there.corpus
    strength = own.speaks[own.of[there.at], theme]
    letters = own.said.letters[there.at]
    fits = (letters >= TELLING[0]) & (letters <= TELLING[1])
    order = np.lexsort([there.at, -strength, ~fits])
    return there.quotes(order.tolist(), limit=QUOTES, distinct=True)


def _words(here: Part) -> tuple[Word, ...]:
    """By language: the unhappy may speak another one more often, which is no word of theirs."""
    own, at = here.corpus, here.at
    spoken_in = own.language[own.of[at]]
    found: list[Word] = []
    for language in ("pt", "en", "es"):
        sides = [at[flags[at] & (spoken_in == language)] for flags in (own.unhappy, own.contented)]
        bad, good = ([own.terms[n] for n in own.of[side].tolist()] for side in sides)
        found += telling_words(bad, good, language)
    found.sort(key=lambda word: -word.z)
    shown = [" ".join(own.written.get(one, one) for one in word.word.split()) for word in found]
    return tuple(
        Word(
            word=text,
            language=word.language,
            log_odds=word.log_odds,
            z=word.z,
            unhappy=word.unhappy,
            contented=word.contented,
        )
        for text, word in zip(shown, found, strict=True)
    )


# --- against their own ratings -----------------------------------------------------------------------


def _agreement(here: Part) -> Measure:
    own, at = here.corpus, here.at
    felt = own.contented[at].astype(int) - own.unhappy[at].astype(int)
    clear = (felt != 0) & (own.verdict[at] != 0)
    return wilson(int((clear & (felt == own.verdict[at])).sum()), int(clear.sum()))


def _at_odds(here: Part) -> tuple[tuple[Quote, ...], tuple[Quote, ...]]:
    """Angry words of the contented, and kind ones of the unhappy, the furthest from the rating first."""
    own = here.corpus
    found = []
    for flags, sign in ((own.contented, -1), (own.unhappy, 1)):
        there = here.only(flags[here.at] & (own.verdict[here.at] == sign))
        order = np.lexsort([there.at, -sign * own.sentiment[there.at]])
        found.append(there.quotes(order.tolist(), limit=LISTED))
    return found[0], found[1]


# --- when --------------------------------------------------------------------------------------------


def _periods(
    log: EventLog, here: Part, weight: Array, speaks: NDArray[np.bool_]
) -> tuple[str | None, tuple[Stretch, ...]]:
    unit = pace(log)
    if unit is None:
        return None, ()
    zone, names = zone_of(log), [one.name for one in here.corpus.themes]
    t = here.corpus.said.t[here.at]

    def moment(period: Period) -> Stretch:
        start, end = period.bounds(zone)
        chosen = (t >= start) & (t < end)
        shares: Mapping[str, Measure] = {name: share(speaks[chosen, k]) for k, name in enumerate(names)}
        return Stretch(
            period=period,
            comments=int(chosen.sum()),
            heard=_heard(here, weight, chosen),
            themes=shares,
        )

    return unit, tuple(moment(period) for period in periods(log, unit))
