"""The metrics as they are defined: what the documentation of each says, formula and source included."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any, Final

import journey as jn
from journey.analysis.shares import johnson, lmg
from journey.analysis.whatif_effect import End
from journey.analysis.whatif_ratings import tie
from journey.app.text import N_
from journey.estimate import measures, shrink, survival
from journey.events.tally import tally
from journey.success.advice import advise
from journey.success.engagement import UseWindow
from journey.success.quality import Quality
from journey.success.revenue import Cohort, RevenueMonth, Window
from journey.voice.contrast import log_odds
from journey.voice.privacy import mask
from journey.voice.sentiment import Model
from journey.voice.weigh import weights

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
        N_("What if: what a change rests on"): jn.suppose,
        N_("What a change would bring"): jn.Effect,
        N_("Where cases end instead"): End,
        N_("Ratings and leaving"): tie,
        N_("How far back a journey remembers"): jn.order,
        N_("Goals shared out: Markov and Shapley"): jn.attribution,
        N_("What is credited to a touchpoint"): jn.Credit,
        N_("Tables of paths"): jn.read_paths,
    },
    N_("Emotion, ways and channels"): {
        N_("Mean, peak or end: what foretells the outcome"): jn.emotion,
        N_("Moments of truth"): jn.moments,
        N_("Path complexity"): jn.complexity,
        N_("Tangles and ways around"): jn.loops,
        N_("Channel consistency"): jn.channels,
    },
    N_("Drivers"): {
        N_("What drives the outcome"): jn.drivers,
        N_("One driver"): jn.Driver,
        N_("Drivers of an outcome"): jn.Drivers,
        N_("Effects as odds"): jn.driver_odds,
        N_("Shares of R²: every order"): lmg,
        N_("Shares of R²: relative weights"): johnson,
    },
    N_("Voices"): {
        N_("Listening to comments"): jn.voice,
        N_("Sentiment of comments"): jn.Heard,
        N_("What judges the sentiment"): Model,
        N_("Theme"): jn.Theme,
        N_("Words of the unhappy"): jn.Word,
        N_("How words are told apart"): log_odds,
        N_("Whom comments stand for"): weights,
        N_("Masking of personal data"): mask,
    },
    N_("Designed and lived"): {
        N_("How cases are laid against the map"): jn.conform,
        N_("Fitness, precision, what was reached"): jn.Conformance,
        N_("A step against the plan"): jn.StepConformance,
        N_("Detour"): jn.Detour,
    },
    N_("Customer success"): {
        N_("Accounts"): jn.Accounts,
        N_("Revenue and retention"): jn.revenue,
        N_("Movements of a month"): RevenueMonth,
        N_("Churn, GRR and NRR of a fixed cohort"): Window,
        N_("Cohort"): Cohort,
        N_("Lifetime value"): jn.Lifetime,
        N_("Time to first value"): jn.value,
        N_("Time to first value: its figures"): jn.TimeToValue,
        N_("Waiting times: Kaplan–Meier"): survival.kaplan_meier,
        N_("What share will: Aalen–Johansen"): survival.aalen_johansen,
        N_("Engagement"): jn.engagement,
        N_("Use in a window"): UseWindow,
        N_("Waits for support"): jn.resolution,
        N_("Churn risk"): jn.churn,
        N_("How well a forecast tells"): Quality,
        N_("What goes with leaving: odds"): jn.Factor,
        N_("Revenue at risk"): jn.at_risk,
        N_("Revenue at risk by touchpoint"): jn.StakeAt,
        N_("Who stays longer"): jn.survival,
        N_("Who stays longer: one touchpoint"): jn.Met,
        N_("Health"): jn.health,
        N_("Feels × achieves"): jn.quadrants,
        N_("Where to begin: CX or CS"): advise,
    },
    N_("Differences"): {
        N_("Two segments or periods compared"): jn.compare,
        N_("Difference and its interval"): jn.Difference,
    },
    N_("Drifts"): {
        N_("What drifted, and since when"): jn.alerts,
        N_("Alert"): jn.Alert,
        N_("Change in hindsight"): jn.ChangePoint,
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
