"""Which language a comment is in: Portuguese, English, Spanish, or another one.

The detector (`py3langid`, offline) knows 142 languages; here it chooses between ours and those that are written much,
and is told which language is expected: three letters say nothing about where they come from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from journey.voice.text import words

__all__ = ["LANGUAGES", "languages"]

LANGUAGES: Final = ("pt", "en", "es")
# Other languages it may be; kin of ours that short texts are mistaken for (Galician, Pidgin …) are left out.
_OTHERS: Final = "fr de it nl ru uk pl cs sk hu ro tr el bg sr sv da nb fi ar he fa hi bn ta th vi id ja zh ko ca"
_LOOKED_AT: Final = 200  # letters
_PLAIN: Final = 3  # words that only the expected language has, for it to be no question
# How much better, in the detector's log-probabilities, another language must fit than …
_EXPECTED: Final = 6.0  # … the expected one
_FOREIGN: Final = 12.0  # … ours, to be none of them
_SHORT: Final = 12  # letters; a shorter text in Latin letters is in one of ours
_WORTH: Final = 6.0  # what a word that only one of ours has counts
_LETTER: Final = re.compile(r"[^\W\d_]")
_LATIN: Final = re.compile("[a-zA-Z\u00aa-\u024f\u1e00-\u1eff]")

# Common words that only one of ours has, without accents.
_OWN: Final = {
    "pt": "nao muito otimo otima bom boa produto entrega recebi chegou gostei adorei obrigado obrigada voces "
    "atendimento prazo nota recomendo excelente conta fatura rapido rapida pessimo pessima ruim ninguem "
    "resolveu tudo mais veio",
    "en": "the and not was is good great bad very nice staff service they you my it no food well thanks thank slow "
    "fast helpful easy excellent clean friendly love never poor but this with",
    "es": "muy bueno buena gracias pero tardo servicio rapido malo mala nunca el los y fue llego bien recomiendo nadie",
}


@cache
def _own() -> dict[str, str]:
    """Word → its only language."""
    listed: dict[str, list[str]] = {}
    for language, named in _OWN.items():
        for word in named.split():
            listed.setdefault(word, []).append(language)
    return {word: of[0] for word, of in listed.items() if len(of) == 1}


@cache
def _detector() -> Any:
    # Its model takes half a second to read: only where comments are listened to.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415

    detector = LanguageIdentifier.from_model_file(MODEL_FILE)
    known = set(detector.labels)
    detector.set_languages([code for code in (*LANGUAGES, *_OTHERS.split()) if code in known])
    return detector


def languages(
    texts: Sequence[str], *, expected: str | None = None, told: Callable[[float], None] | None = None
) -> list[str | None]:
    """The language of each text: "pt", "en", "es", "other", or None where there are no letters.

    expected   the language that most comments are in, if it is known ("pt", "pt-BR" …): where a text is too short to
               tell, it is taken for that
    told       is called with the share done (0–1)
    """
    home = (expected or "").replace("_", "-").split("-")[0].lower()
    detector, found = _detector(), []
    for at, text in enumerate(texts):
        if told is not None and at % 500 == 0:
            told(at / len(texts))
        found.append(_language(text, home, detector))
    return found


def _language(text: str, home: str, detector: Any) -> str | None:
    text = text[:_LOOKED_AT]
    letters = _LETTER.findall(text)
    if not letters:
        return None
    if len(_LATIN.findall("".join(letters))) < len(letters) / 2:
        return "other"
    own, listed = _own(), set(words(text))
    evidence = [own[word] for word in listed if word in own]
    if evidence.count(home) == len(evidence) >= max(_PLAIN, len(listed) / 5):
        return home
    # Shouting is read as if it were said.
    score = dict(detector.rank(text.lower()))
    best = max(float(score[code]) for code in LANGUAGES)
    ours = {code: float(score[code]) if score[code] > -1e30 else 0.0 for code in LANGUAGES}
    for code in evidence:
        ours[code] += _WORTH
    if home in ours:
        ours[home] += _EXPECTED
    first = max(ours, key=lambda code: ours[code])
    if home and home not in ours and len(letters) < _SHORT:
        return "other"
    other = max((float(value) for code, value in score.items() if code not in ours), default=best)
    if len(letters) >= _SHORT and other - _FOREIGN > max(ours.values()):
        return "other"
    return first
