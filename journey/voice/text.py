"""Texts as analysis reads them: what is no speech taken out, words without accents, the filling words of each language.

A word is known by its letters without accents and capitals, because people write “nao” as often as “não”; it is shown
as it was written most.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from html import unescape
from itertools import pairwise
from typing import Final

from journey.voice.wordlists import STOP_WORDS

__all__ = ["cut", "folded", "plain", "readable", "surfaces", "terms", "words"]

# Reading never turns back: no piece can be split in two ways.
_SCRIPT: Final = re.compile(r"<(script|style)\b[^>]{0,200}>.{0,4000}?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"</?[a-z!][^<>]{0,300}>", re.IGNORECASE)
_LINK: Final = re.compile(r"(?:https?://|www\.)[^\s<>\")\]]{1,2000}", re.IGNORECASE)
_MASK: Final = re.compile(r"\[(?:e-mail|phone|card|CPF|CNPJ|IP|CEP|plate|name)\]")
_MARKUP: Final = re.compile(r"[*_`#>|~]+|\]\(|!\[")
# What has no width, or turns the direction of writing.
_UNSEEN: Final = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_TAIL: Final = re.compile(r"[\d\s().+@-]*\S*$")
_LONGEST_WORD: Final = 40
_MARKS: Final = re.compile("[\u0300-\u036f]")


def plain(text: str) -> str:
    """A text without accents and capitals."""
    low = text.casefold()
    return low if low.isascii() else _MARKS.sub("", unicodedata.normalize("NFD", low)).replace("’", "'")


@lru_cache(maxsize=200_000)
def folded(word: str) -> str:
    """A word without accents and capitals."""
    return plain(word)


def cut(text: str, longest: int) -> str:
    """At most `longest` letters, ending before a number or word that would be torn: half a phone number is no shape."""
    return text if len(text) < longest else _TAIL.sub("", text[:longest])


def readable(text: str) -> str:
    """What was said: without HTML, scripts, links, marks of Markdown, and letters that nobody sees."""
    if "<" in text:
        text = _TAG.sub(" ", _SCRIPT.sub(" ", text))
    text = unescape(text) if "&" in text else text
    if "://" in text or "www." in text.lower():
        text = _LINK.sub(" ", text)
    text = _MASK.sub(" ", text) if "[" in text else text
    return " ".join(_UNSEEN.sub("", _MARKUP.sub(" ", text)).split())


def words(text: str) -> list[str]:
    """The words of a text in order, folded; numbers, signs and emoji are none."""
    return [word for word in _WORD.findall(plain(text)) if len(word) <= _LONGEST_WORD]


def terms(listed: list[str], language: str | None) -> list[str]:
    """What a text is about: its words but for filling ones, and pairs of neighbours of which neither is filling.

    Words that deny stay, so that “não recebi” is one thing and “recebi” another.
    """
    stop = STOP_WORDS.get(language or "", frozenset())
    kept = [word if (len(word) > 1 and word not in stop) else "" for word in listed]
    single = [word for word in kept if word]
    pairs = [f"{one} {other}" for one, other in pairwise(kept) if one and other]
    return single + pairs


def surfaces(texts: Iterable[str]) -> dict[str, str]:
    """Folded word → how it is written most: in small letters, with its accents."""
    seen = Counter(word for text in texts for word in _WORD.findall(text.lower()))
    found: dict[str, str] = {}
    for word, _ in seen.most_common():
        found.setdefault(folded(word), word)
    return found
