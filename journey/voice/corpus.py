"""All comments of a log, listened to once: masked, with language, sentiment and themes.

Learnt from every comment, whatever is filtered later, so that a theme and a sentiment mean the same in every segment
and period. Equal texts are looked at once.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from journey.events.engine import tell
from journey.events.log import EventLog
from journey.events.spoken import LONGEST, Spoken, spoken
from journey.model import Scale
from journey.voice.door import names_of, safe
from journey.voice.language import languages
from journey.voice.lexicon import compound
from journey.voice.sentiment import Model, judge, verdicts
from journey.voice.text import cut, plain, readable, surfaces, terms, words
from journey.voice.themes import find, name_of

__all__ = ["Corpus", "Found", "corpus"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Below this share of the scale an own rating is unhappy, above the other contented; NPS has bounds of its own.
UNHAPPY: Final = 1 / 3 + 1e-9
CONTENTED: Final = 2 / 3 - 1e-9


@dataclass(frozen=True, slots=True)
class Found:
    """A theme as it was found: its name, its language, its words as they are written most."""

    name: str
    language: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """N comments with D distinct texts.

    said       the comments, masked;  of [N] the number of their distinct text
    plain      [D] texts as they are searched: readable, folded;  terms [D] what they are about
    language   [D] "pt", "en", "es", "other", None
    sentiment  [N] −1 … 1, NaN where nothing is known;  verdict [N] 1, 0, −1
    unhappy, contented   [N] by the writer's own rating;  spontaneous [N] nobody asked
    themes     K themes;  speaks [D, K] how strongly a text speaks of each, 0 where it does not
    written    folded word → as it is written most
    """

    said: Spoken
    of: NDArray[np.int64]
    plain: tuple[str, ...]
    terms: tuple[tuple[str, ...], ...]
    language: NDArray[Any]
    sentiment: Array
    verdict: NDArray[np.int64]
    unhappy: Flags
    contented: Flags
    spontaneous: Flags
    themes: tuple[Found, ...]
    speaks: Array
    written: Mapping[str, str]
    model: Model
    names_masked: bool


@dataclass(eq=False)
class _Kept:
    """A corpus that is made once; not under the index's own lock, for it takes long."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    corpus: Corpus | None = None


def corpus(log: EventLog) -> Corpus:
    """All comments of the log's tables, whatever its filters; made once for an index and kept beside it."""
    kept: _Kept = log.index.once("voice", _Kept)
    with kept.lock:
        if kept.corpus is None:
            kept.corpus = _listen(dataclasses.replace(log, filters=()))
        return kept.corpus


def _part(start: float, end: float) -> Callable[[float], None]:
    """Tells how far a part of the work is as how far all of it is."""
    return lambda share: tell(start + (end - start) * share)


def _listen(log: EventLog) -> Corpus:
    tell(0.0)
    said = spoken(log)
    said = dataclasses.replace(said, text=_masked(log, said))
    number = {text: at for at, text in enumerate(dict.fromkeys(said.text))}
    of = np.fromiter((number[text] for text in said.text), np.int64, len(said))
    texts = [readable(text) for text in number]
    found = languages(texts, expected=log.recipe.language, told=_part(0.1, 0.4))
    spread = zip(texts, found, strict=True)
    lexicon = np.array([_number(compound(text, language)) for text, language in spread], float)
    tell(0.45)
    unhappy, contented, rated = _felt(said, log.scales)
    judged = judge(
        texts,
        of,
        lexicon,
        unhappy=unhappy,
        contented=contented,
        rated=rated,
        customer=said.customer,
        time=said.t,
        told=_part(0.5, 0.8),
    )
    listed = [words(text) for text in texts]
    about = tuple(tuple(terms(own, language)) for own, language in zip(listed, found, strict=True))
    tell(0.85)
    written = surfaces(texts)
    themes, speaks = _themes(about, found, of, written)
    tell(1.0)
    return Corpus(
        said=said,
        of=of,
        plain=tuple(plain(text) for text in number),
        terms=about,
        language=np.array([*found, None], object)[:-1],
        sentiment=judged.sentiment,
        verdict=verdicts(judged.sentiment, judged.model.unsure),
        unhappy=unhappy,
        contented=contented,
        spontaneous=_spontaneous(log, said),
        themes=themes,
        speaks=speaks,
        written=written,
        model=judged.model,
        names_masked=bool(names_of(log)),
    )


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _masked(log: EventLog, said: Spoken) -> tuple[str, ...]:
    """Every text with personal data masked, and no letter that breaks what it is shown in."""
    whole = (text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8") for text in said.text)
    held = [cut(text, LONGEST) if n > LONGEST else text for text, n in zip(whole, said.letters, strict=True)]
    tell(0.05)
    return safe(log, held)


def _felt(said: Spoken, scales: Mapping[str, Scale]) -> tuple[Flags, Flags, Flags]:
    """Who is unhappy, contented, and rated at all, by their own satisfaction answer, else NPS, else effort."""
    share = np.full(len(said), np.nan)
    for role, answers in (("satisfaction", said.satisfaction), ("nps", said.nps), ("effort", said.effort)):
        if role not in scales:
            continue
        scale, missing = scales[role], np.isnan(share)
        if role == "nps":
            value = np.select([answers <= 6, answers >= 9], [0.0, 1.0], 0.5)
            value[np.isnan(answers)] = np.nan
        else:
            value = (answers - scale.low) / (scale.high - scale.low)
            value = value if scale.good == "high" else 1 - value
        share[missing] = value[missing]
    rated = np.isfinite(share)
    held = np.where(rated, share, 0.5)
    return held <= UNHAPPY, held >= CONTENTED, rated


def _spontaneous(log: EventLog, said: Spoken) -> Flags:
    """Without any answer, or at a touchpoint that the recipe says so of."""
    unasked = np.isnan(said.satisfaction) & np.isnan(said.nps) & np.isnan(said.effort)
    known = set(log.touchpoints)
    codes = log.codes([name for name in log.recipe.listening.spontaneous if name in known])
    return np.asarray(unasked | np.isin(said.touchpoint, codes), bool)


def _themes(
    about: tuple[tuple[str, ...], ...], found: list[str | None], of: NDArray[np.int64], written: Mapping[str, str]
) -> tuple[tuple[Found, ...], Array]:
    """Themes of every language with enough comments, the commonest language first."""
    weight = np.bincount(of, minlength=len(about)).astype(float)
    spoken_in = np.array([*found, None], object)[:-1]
    sizes = {code: float(weight[spoken_in == code].sum()) for code in ("pt", "en", "es")}
    themes: list[Found] = []
    columns = []
    for code in sorted(sizes, key=lambda code: -sizes[code]):
        at = np.flatnonzero(spoken_in == code)
        if not len(at) or (own := find([about[i] for i in at], weight[at])) is None:
            continue
        for k, listed in enumerate(own.words):
            column = np.zeros(len(about))
            column[at] = own.speaks[:, k]
            columns.append(column)
            shown = tuple(" ".join(written.get(one, one) for one in word.split()) for word in listed)
            themes.append(Found(_unlike(name_of(listed, written), themes), code, shown))
    return tuple(themes), np.stack(columns, 1) if columns else np.zeros((len(about), 0))


def _unlike(name: str, others: list[Found]) -> str:
    """The name, with a number where another theme has it already."""
    same = sum(one.name == name or one.name.startswith(f"{name} (") for one in others)
    return f"{name} ({same + 1})" if same else name
