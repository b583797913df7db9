"""The what-if of the session: which changes are set, in the address as well, and what they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

import journey as jn
from journey import store
from journey.analysis.whatif_basis import Basis
from journey.analysis.whatif_changes import Change, Scenario
from journey.analysis.whatif_effect import Effect
from journey.app import cached
from journey.app.parts.choice import to_address
from journey.app.state import Source, View
from journey.errors import JourneyError

__all__ = [
    "ADDRESS",
    "Asked",
    "add",
    "answered",
    "basis",
    "change_to",
    "current",
    "drop",
    "put",
    "rows",
    "saved",
    "scenarios",
    "unused",
]

ROWS, NEXT, ADDRESS = "whatif-rows", "whatif-next", "whatif"
LONGEST: Final = 6_000  # letters of an address
MOST: Final = 30  # changes


@dataclass(frozen=True, slots=True)
class Asked:
    """What a what-if is asked of: the key of every cache."""

    view: View
    goal: str
    value: float | None


@st.cache_resource(show_spinner=False, max_entries=16)
def _basis(view: View, goal: str) -> Basis:
    return jn.suppose(cached.log(view), goal=goal or None)


def basis(asked: Asked) -> Basis:
    """What the answers stand on."""
    found = _basis(asked.view, asked.goal)
    return found if asked.value is None else found.worth(asked.value)


@st.cache_resource(show_spinner=False, max_entries=512)
def _effect(asked: Asked, told: str) -> Effect:
    return basis(asked).what_if(Scenario.from_json("", told).changes)


def answered(asked: Asked, changes: Sequence[Change]) -> Effect:
    """What changes would bring. Raises JourneyError for those that can't be."""
    return _effect(asked, Scenario("", tuple(changes)).to_json())


# --- the changes that are set ----------------------------------------------------------------------


def rows() -> list[tuple[int, Change]]:
    """The changes that are set, each with a number of its own; taken over from an address that is new."""
    told = st.query_params.get(ADDRESS)
    seen = st.session_state.get(f"address of {ADDRESS}")
    if told is not None and told != seen and len(told) <= LONGEST:
        try:
            put(Scenario.from_json("", told).changes[:MOST])
        except JourneyError:
            st.session_state[f"address of {ADDRESS}"] = told
    found: list[tuple[int, Change]] = st.session_state.setdefault(ROWS, [])
    return found


def current() -> tuple[Change, ...]:
    """The changes that are set, in order."""
    return tuple(change for _number, change in rows())


def unused() -> bool:
    """Whether nothing was ever set in this session."""
    return NEXT not in st.session_state


def put(changes: Sequence[Change]) -> None:
    """Set exactly these changes."""
    first = st.session_state.get(NEXT, 0)
    st.session_state[ROWS] = list(enumerate(changes, start=first))
    st.session_state[NEXT] = first + len(changes)
    _into_address()


def add(change: Change) -> None:
    """Set one more change."""
    if len(rows()) < MOST:
        put([*current(), change])


def change_to(number: int, change: Change) -> None:
    """Replace one of the changes."""
    st.session_state[ROWS] = [(n, change if n == number else one) for n, one in rows()]
    _into_address()


def drop(number: int) -> None:
    """Take one of the changes away."""
    st.session_state[ROWS] = [(n, one) for n, one in rows() if n != number]
    _into_address()


def _into_address() -> None:
    changes = tuple(change for _number, change in st.session_state[ROWS])
    told = Scenario("", changes).to_json() if changes else None
    to_address(ADDRESS, told if told is None or len(told) <= LONGEST else None)


# --- what is saved ---------------------------------------------------------------------------------


def scenarios(source: Source) -> store.Scenarios:
    """The saved scenarios of a source. Raises JourneyError if they can't be kept."""
    return store.Scenarios(store.connect(store.address()), str(Path(source.recipe).resolve()))


def saved(source: Source) -> dict[str, Scenario]:
    """Name → scenario; none where they can't be read."""
    try:
        return scenarios(source).all()
    except JourneyError:
        return {}
