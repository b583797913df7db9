"""The one way in for what customers wrote: masked as the log's recipe says."""

from __future__ import annotations

from collections.abc import Iterable

from journey.events.log import EventLog
from journey.events.spoken import listed_names
from journey.voice.phones import region_of
from journey.voice.privacy import masked

__all__ = ["names_of", "safe"]


def safe(log: EventLog, texts: Iterable[str]) -> tuple[str, ...]:
    """The texts with personal data masked: phone numbers of where the log's language is spoken, names that it lists."""
    return masked(texts, names=names_of(log), region=region_of(log.recipe.language))


def names_of(log: EventLog) -> frozenset[str]:
    """The names to mask, read once for a log; none where the recipe lists none."""
    found: frozenset[str] = log.index.once("names", lambda: listed_names(log))
    return found
