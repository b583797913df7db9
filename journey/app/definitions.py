"""The metrics as they are defined: what the documentation of each says, formula and source included."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, Final

import journey as jn
from journey.app.text import N_
from journey.estimate import measures, shrink
from journey.events.tally import tally

__all__ = ["DEFINITIONS", "as_markdown", "definition"]

DEFINITIONS: Final[Mapping[str, Mapping[str, Any]]] = {
    N_("How people feel"): {
        N_("CSAT: satisfied customers"): measures.csat_top2,
        N_("CES: customer effort score"): measures.ces,
        N_("NPS: Net Promoter Score"): measures.nps,
        N_("Satisfaction index"): measures.satisfaction_index,
        N_("Mean rating"): measures.mean_t,
        N_("Shrunken rating: what few answers are worth"): shrink.ratings,
        N_("Response rate"): measures.response_rate,
        N_("What the silent could change"): measures.non_response_bounds,
        N_("Share and its interval"): measures.wilson,
        N_("Difference of two NPS"): measures.nps_difference,
    },
    N_("The journey"): {
        N_("Journey"): jn.Journey,
        N_("Touchpoint"): jn.Touchpoint,
        N_("Transition"): jn.Transition,
        N_("Scale"): jn.Scale,
    },
    N_("Friction"): {
        N_("Friction: score and burden"): jn.Friction,
        N_("Components: what counts as friction"): tally,
        N_("How places are ranked"): jn.friction,
        N_("Does friction foretell the outcome?"): jn.validate,
    },
    N_("Ways and their ends"): {
        N_("Variant"): jn.Variant,
        N_("Funnel"): jn.funnel,
        N_("Funnel step"): jn.FunnelStep,
        N_("Flow to the goal"): jn.flow,
    },
    N_("Differences"): {
        N_("Two segments or periods compared"): jn.compare,
        N_("Difference and its interval"): jn.Difference,
    },
}


def definition(what: Any) -> str:
    """The documentation of a function or noun, as one text to translate."""
    return inspect.cleandoc(what.__doc__ or "")


def as_markdown(text: str) -> str:
    """A documentation text as Markdown: lists of terms become lists; the rest are paragraphs, shown as written."""
    return "\n\n".join(_block(block) for block in re.split(r"\n\s*\n", text))


def _block(block: str) -> str:
    entries: list[list[str]] = []
    for line in block.splitlines():
        term = re.match(r"(\S.*?)(?: {2,})(\S.*)", line)
        if term:
            entries.append([term[1], term[2]])
        elif entries and line.startswith(" "):
            entries[-1][1] += f" {line.strip()}"
        elif entries:
            return _shown(" ".join(block.split()))  # not a list after all
        else:
            return _shown(" ".join(block.split()))
    return "\n".join(f"- **{_shown(term)}**: {_shown(text)}" for term, text in entries)


def _shown(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>$~|#])", r"\\\1", text.replace("``", ""))
