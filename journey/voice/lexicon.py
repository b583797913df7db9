"""Sentiment from lexicons: how words feel, before there are ratings to learn from.

VADER's rules (Hutto & Gilbert 2014) on VADER's own words for English, LeIA's (its Portuguese adaptation) for
Portuguese, with accents folded and a few words of customer service that it lacks. The rules are written out here once
for both, because they are to take time in proportion to a text's length, and the packages' own do not.
"""

from __future__ import annotations

import math
import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from journey.voice.text import folded, plain
from journey.voice.wordlists import BUT, DENY, LESS, MORE, SERVICE_EN, SERVICE_PT

__all__ = ["LEXICONS", "compound"]

LEXICONS: Final = ("pt", "en")
_TOKEN: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?|[:;=8][-']?[()DPp/\\|]|<3|!|[^\w\s]", re.UNICODE)
_ALPHA: Final = 15  # VADER's: what a sum of valences is held against
_RAISED: Final = 0.293  # by a word such as “very”
_SHOUTED: Final = 0.733  # in capitals, where the rest is not
_DENIED: Final = -0.74
_BANGED: Final = 0.292  # by each of up to four exclamation marks
_REACH: Final = 3  # words before a word that change it
_WEIGHT: Final = (1.0, 0.95, 0.9)

_MOST_WORDS: Final = 3  # of a phrase


@cache
def _lexicon(language: str) -> dict[str, float]:
    """Word or phrase → how it feels, −4 … 4."""
    package, file = {
        "pt": ("LeIA", "lexicons/vader_lexicon_ptbr.txt"),
        "en": ("vaderSentiment", "vader_lexicon.txt"),
    }[language]
    found: dict[str, float] = {}
    for line in _lines(package, file):
        word, _, rest = line.partition("\t")
        if rest:
            # Several spellings fold into one: the first listed stands.
            found.setdefault(folded(word), float(rest.split("\t")[0]))
    return {**found, **(SERVICE_PT if language == "pt" else SERVICE_EN)}


@cache
def _phrases(language: str) -> frozenset[str]:
    """First words of phrases."""
    return frozenset(term.split()[0] for term in _lexicon(language) if " " in term)


@cache
def _emoji() -> dict[str, float]:
    """Emoji → how the words that describe it feel. What it shows is the same in every language."""
    english, found = _lexicon("en"), {}
    for line in _lines("vaderSentiment", "emoji_utf8_lexicon.txt"):
        sign, _, told = line.partition("\t")
        feel = sum(english.get(folded(word), 0.0) for word in re.findall(r"[a-z'-]+", told.lower()))
        if feel:
            found[sign] = max(-4.0, min(4.0, feel))
    # Hands and signs that are described without a word of feeling.
    return {**found, "👍": 1.9, "👎": -1.9, "👏": 2.0, "🙏": 1.0, "💔": -2.4, "🤮": -3.0, "🤬": -3.2, "⭐": 1.5}


def _lines(package: str, file: str) -> list[str]:
    """A file of an installed package, read without running it: LeIA leaves its files open when it is imported."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        return []
    return (Path(spec.origin).parent / file).read_text(encoding="utf-8").splitlines()


def compound(text: str, language: str | None) -> float | None:
    """How a text feels, −1 (bad) … 1 (good); None where no word or emoji in it is known to feel like anything.

    Words weigh as the lexicon says; “very” before them raises, “not” turns them round, capitals and exclamation marks
    stress, and what follows “but” counts more than what precedes it. The sum x is held to (−1, 1) by x/√(x² + 15).
    language   "pt" or "en"; of any other only emoji are understood
    """
    tokens = _TOKEN.findall(text)
    low = _TOKEN.findall(plain(text))
    # Folding hardly ever changes where a word ends.
    low = low if len(low) == len(tokens) else [folded(token) for token in tokens]
    feels = [0.0] * len(tokens)
    known = _signs(tokens, feels)
    if language in LEXICONS:
        mixed = any(token.isupper() for token in tokens if len(token) > 1) and any(token.islower() for token in tokens)
        known += _worded(tokens, low, feels, str(language), mixed)
        _turned(low, feels, str(language))
    if not known:
        return None
    total = sum(feels)
    bangs = _BANGED * min(4, tokens.count("!"))
    total += bangs if total > 0 else -bangs if total < 0 else 0.0
    return total / math.sqrt(total * total + _ALPHA)


def _signs(tokens: list[str], feels: list[float]) -> int:
    """Emoji and smileys."""
    emoji, smileys, known = _emoji(), _lexicon("en"), 0
    for at, sign in enumerate(tokens):
        if not sign[0].isalnum() and sign != "!":
            value = emoji.get(sign, smileys.get(sign.lower(), 0.0) if len(sign) > 1 else 0.0)
            feels[at], known = value, known + (value != 0)
    return known


def _worded(tokens: list[str], low: list[str], feels: list[float], language: str, mixed: bool) -> int:
    """The longest phrase that the lexicon knows at each place, with what the words before make of it."""
    lexicon, phrases, deny = _lexicon(language), _phrases(language), DENY[language]
    more, less = MORE[language], LESS[language]
    at = known = 0
    while at < len(low):
        size, value = 0, 0.0
        longest = min(_MOST_WORDS, len(low) - at) if low[at] in phrases else 1
        for n in range(longest, 0, -1):
            value = lexicon.get(" ".join(low[at : at + n]) if n > 1 else low[at], 0.0)
            if value:
                size = n
                break
        # A word that denies or raises does so to its neighbours, whatever it feels like alone.
        if not size or (size == 1 and (low[at] in deny or low[at] in more) and len(low) > 1):
            at += 1
            continue
        if mixed and tokens[at].isupper() and len(tokens[at]) > 1:
            value += math.copysign(_SHOUTED, value)
        for back in range(1, min(_REACH, at) + 1):
            before = low[at - back]
            if before in deny:
                value *= _DENIED
                break
            step = _RAISED * _WEIGHT[back - 1] * ((before in more) - (before in less))
            value += math.copysign(step, value * step) if step else 0.0
        feels[at] = value
        known += 1
        at += size
    return known


def _turned(low: list[str], feels: list[float], language: str) -> None:
    """What stands before the first “but” counts half, what follows it half as much again."""
    turn = next((at for at, word in enumerate(low) if word in BUT[language]), None)
    if turn is None:
        return
    for at in range(len(feels)):
        feels[at] *= 0.5 if at < turn else 1.5
