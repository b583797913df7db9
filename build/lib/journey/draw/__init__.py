"""Figures of journeys and findings: geometry and colour, no statistics."""

from journey.draw.charts import ranking
from journey.draw.detail import Step, components, ratings, steps
from journey.draw.graph import Drawn, graph
from journey.draw.theme import DARK, LIGHT, Theme, theme
from journey.draw.words import interval, place, span, why

__all__ = [
    "DARK",
    "LIGHT",
    "Drawn",
    "Step",
    "Theme",
    "components",
    "graph",
    "interval",
    "place",
    "ranking",
    "ratings",
    "span",
    "steps",
    "theme",
    "why",
]
