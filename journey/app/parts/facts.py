"""Key numbers side by side: what each is, its value, and how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

__all__ = ["Fact", "facts"]

STYLE = """<style>
.facts {display: grid; grid-template-columns: repeat(auto-fill, minmax(8.2rem, 1fr)); gap: 0.9rem 1rem;
  margin: 0 !important; padding: 0 !important}
.facts div {min-width: 0}
.facts dd {margin: 0; margin-inline-start: 0}
.facts dt {margin: 0; font-size: 0.8rem; opacity: 0.8; line-height: 1.2}
.facts .value {font-size: 1.3rem; font-weight: 600; line-height: 1.35}
.facts .note {font-size: 0.8rem; opacity: 0.8; line-height: 1.3}
</style>"""


@dataclass(frozen=True, slots=True)
class Fact:
    """A number as the reader sees it: `label`, `value`, and a `note` with its interval, n or denominator."""

    label: str
    value: str
    note: str = ""


def facts(found: Sequence[Fact]) -> None:
    """Show numbers in a grid that takes as many columns as there is room for."""
    rows = "".join(
        f'<div><dt>{escape(fact.label)}</dt><dd class="value">{escape(fact.value)}</dd>'
        f'<dd class="note">{_lines(fact.note)}</dd></div>'
        for fact in found
    )
    st.html(f'{STYLE}<dl class="facts">{rows}</dl>')


def _lines(note: str) -> str:
    """Each part of a note on a line of its own: intervals stand below each other."""
    return "<br>".join(escape(part) for part in note.split(" · "))
