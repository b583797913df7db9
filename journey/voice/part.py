"""Some comments of a corpus: those of the cases looked at, told as quotes, and found again by their words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from journey.errors import JourneyError, suggest
from journey.events.log import EventLog
from journey.events.spoken import speakers
from journey.voice.corpus import Corpus, corpus
from journey.voice.heard import Quote
from journey.voice.text import plain

__all__ = ["SOURCES", "Part", "Source", "part"]

Source = Literal["all", "asked", "spontaneous"]
SOURCES: Final = ("all", "asked", "spontaneous")
VERDICTS: Final = {1: "positive", 0: "unclear", -1: "negative"}
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Part:
    """The comments at `at` [n] in a corpus, with the names that its codes stand for."""

    corpus: Corpus
    at: NDArray[np.int64]
    touchpoints: tuple[str, ...]
    zone: ZoneInfo

    def __len__(self) -> int:
        return len(self.at)

    def only(self, chosen: NDArray[np.bool_]) -> Part:
        """Those of its comments for which `chosen` [n] holds."""
        return Part(self.corpus, self.at[chosen], self.touchpoints, self.zone)

    def speaks(self, theme: str) -> NDArray[np.bool_]:
        """[n] which of its comments speak of a theme. Raises JourneyError for an unknown one."""
        names = [one.name for one in self.corpus.themes]
        if theme not in names:
            raise JourneyError(
                "There is no theme “{name}”.{hint}", name=theme, hint=suggest(theme, names, known="themes")
            )
        found: NDArray[np.bool_] = self.corpus.speaks[self.corpus.of[self.at], names.index(theme)] > 0
        return found

    def find(
        self,
        text: str = "",
        *,
        theme: str | None = None,
        touchpoint: str | None = None,
        before: str | None = None,
        after: str | None = None,
    ) -> Part:
        """Its comments that hold all words of a text, without regard to accents and capitals, and …

        theme           … speak of it
        touchpoint      … were left there
        before, after   … on a visit that came right after, or went straight on to, that touchpoint
        Raises JourneyError for a theme or touchpoint that does not exist.
        """
        here, said = self, self.corpus.said
        for name, codes in ((touchpoint, said.touchpoint), (before, said.before), (after, said.after)):
            if name is not None:
                here = here.only(codes[here.at] == self._code(name))
        if theme is not None:
            here = here.only(here.speaks(theme))
        wanted = plain(text).split()
        if wanted:
            texts, of = here.corpus.plain, here.corpus.of
            holds = {n: all(word in texts[n] for word in wanted) for n in np.unique(of[here.at]).tolist()}
            here = here.only(np.array([holds[n] for n in of[here.at].tolist()], bool))
        return here

    def _code(self, touchpoint: str) -> int:
        if touchpoint not in self.touchpoints:
            hint = suggest(touchpoint, self.touchpoints, known="touchpoints")
            raise JourneyError("There is no touchpoint “{name}”.{hint}", name=touchpoint, hint=hint)
        return self.touchpoints.index(touchpoint)

    def beside(self, touchpoint: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The touchpoints right before and right after the comments at a touchpoint, commonest first."""
        there = self.find(touchpoint=touchpoint)
        found = []
        for codes in (there.corpus.said.before, there.corpus.said.after):
            known, n = np.unique(codes[there.at], return_counts=True)
            order = sorted(zip(-n, known.tolist(), strict=True))
            found.append(tuple(self.touchpoints[code] for _, code in order if code >= 0))
        return found[0], found[1]

    def quotes(
        self, order: Iterable[int] | None = None, *, limit: int = 20, distinct: bool = False
    ) -> tuple[Quote, ...]:
        """Its comments as quotes.

        order      places in it, 0 … n − 1, in the order to tell them (default: as they stand)
        distinct   of equal texts the first alone
        """
        found: list[Quote] = []
        seen: set[int] = set()
        for place in range(len(self)) if order is None else order:
            if len(found) == limit:
                break
            i = int(self.at[place])
            text = int(self.corpus.of[i])
            if distinct and text in seen:
                continue
            seen.add(text)
            found.append(self._quote(i))
        return tuple(found)

    def _quote(self, i: int) -> Quote:
        own, said = self.corpus, self.corpus.said
        spoken_of = own.speaks[own.of[i]]
        return Quote(
            text=said.text[i],
            case=str(said.case[i]),
            time=(EPOCH + timedelta(microseconds=int(said.t[i]))).astimezone(self.zone),
            touchpoint=self.touchpoints[int(said.touchpoint[i])],
            before=self._place(int(said.before[i])),
            after=self._place(int(said.after[i])),
            channel=said.channel[i],
            rating=_known(float(said.satisfaction[i])),
            nps=_known(float(said.nps[i])),
            language=own.language[own.of[i]],
            sentiment=_known(float(own.sentiment[i])),
            verdict=VERDICTS[int(own.verdict[i])],
            spontaneous=bool(own.spontaneous[i]),
            themes=tuple(own.themes[k].name for k in np.argsort(-spoken_of, kind="stable") if spoken_of[k] > 0),
        )

    def _place(self, code: int) -> str | None:
        return None if code < 0 else self.touchpoints[code]


def part(log: EventLog, source: Source = "all") -> Part:
    """The comments of the log's cases: all, those asked for, or the spontaneous ones.

    All comments of the tables are listened to first, which is done once. Raises JourneyError for an unknown source.
    """
    if source not in SOURCES:
        hint = suggest(source, SOURCES, known="sources")
        raise JourneyError("There is no source “{name}”.{hint}", name=source, hint=hint)
    whole = corpus(log)
    every = np.arange(len(whole.said), dtype=np.int64)
    kept = every if not log.filters else every[np.isin(whole.said.cid, speakers(log))]
    if source != "all":
        kept = kept[whole.spontaneous[kept] == (source == "spontaneous")]
    return Part(whole, kept, log.touchpoints, ZoneInfo(log.recipe.time_zone or "UTC"))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
