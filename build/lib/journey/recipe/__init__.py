"""Recipes: `journey.yaml`, read into frozen objects, with errors that name the file, the line and the key."""

from journey.recipe.duration import duration_us
from journey.recipe.load import load, minimal, parse
from journey.recipe.parts import Designed, Promise, ReadOptions, ScaleSpec
from journey.recipe.schema import Recipe
from journey.recipe.tables import Answers, Attributes, Events, Milestones, Survey, Table

__all__ = [
    "Answers",
    "Attributes",
    "Designed",
    "Events",
    "Milestones",
    "Promise",
    "ReadOptions",
    "Recipe",
    "ScaleSpec",
    "Survey",
    "Table",
    "duration_us",
    "load",
    "minimal",
    "parse",
]
