"""Friction: which touchpoints and transitions hurt most, why, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

from journey.analysis.rank import rank
from journey.errors import JourneyError
from journey.events.log import EventLog
from journey.events.tally import tally
from journey.events.terms import Terms, terms_of
from journey.model import Friction

__all__ = ["Ranking", "friction"]


@dataclass(frozen=True)
class Ranking(Sequence[Friction]):
    """Friction, worst burden first, with the terms it was measured by. A sequence of `Friction`."""

    found: tuple[Friction, ...]
    terms: Terms

    @overload
    def __getitem__(self, at: int) -> Friction: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Friction, ...]: ...
    def __getitem__(self, at: int | slice) -> Friction | tuple[Friction, ...]:
        return self.found[at]

    def __len__(self) -> int:
        return len(self.found)

    def __iter__(self) -> Iterator[Friction]:
        return iter(self.found)

    def of(self, at: str | tuple[str, str]) -> Friction:
        """The friction of one touchpoint or transition. Raises JourneyError if it is not in the ranking."""
        for one in self.found:
            if one.at == at:
                return one
        raise JourneyError(f"“{at}” is not in this ranking.")


def friction(
    log: EventLog,
    *,
    goal: str | Sequence[str] | None = None,
    transitions: bool = False,
    commonest: int | None = None,
    window: str | None = None,
    weights: Mapping[str, float] | None = None,
    targets: Mapping[str, float] | None = None,
    costs: Mapping[str, float] | None = None,
) -> Ranking:
    """Rank touchpoints (or transitions) by burden: reach × excess severity × unit cost.

    goal      touchpoints that count as success (default: the recipe's)
    commonest  rank only so many touchpoints or transitions, those with the most visits; default all. With hundreds of
              touchpoints there are tens of thousands of transitions, most of them walked once
    window    how soon a return, an exit, a contact counts, "30m", "7d" (default: the recipe's, else from the data)
    weights   component → weight in the score; default half on what is felt, half on what is observed
    targets   component → severity (0–1) that is acceptable; default 0 for waits that were promised, else this
              journey's own average
    costs     component → cost of one severe visit; default 1, so burden is in customers

    Severities, shrinkage and intervals: see `journey.events.tally` and `journey.analysis.rank`. Association is not
    cause: a ranking says where it hurts, not what a change would bring.
    Raises JourneyError if the log is empty or nothing in it can be judged (no ratings, promises, goal or support).
    """
    recipe = log.recipe
    terms = terms_of(log, goal=goal, window=window)
    found = rank(
        tally(log, terms, transitions=transitions, commonest=commonest),
        weights=weights or dict[str, float](recipe.weights.items()),
        targets={**_kept_promises(terms), **(targets or dict[str, float](recipe.targets.items()))},
        costs=costs or dict[str, float](recipe.costs.items()),
    )
    if not found and not log.cases:
        raise JourneyError("No case is left by these filters: widen the period or the segment.")
    return Ranking(found, terms)


def _kept_promises(terms: Terms) -> dict[str, float]:
    """What was promised is what is expected; medians of the data are only what is usual."""
    return {} if "data" in terms.promises_from.values() else {"wait": 0.0}
