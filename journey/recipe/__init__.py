"""Recipes: `journey.yaml`, read into frozen objects, with errors that name the file, the line and the key."""

from journey.recipe.accounts import Accounts, ChurnEvents, Movements, People, Subscriptions, Tickets, Usage
from journey.recipe.duration import duration_us
from journey.recipe.load import load, minimal, parse, redesigned
from journey.recipe.parts import Designed, Listening, Promise, ReadOptions, ScaleSpec
from journey.recipe.schema import Recipe
from journey.recipe.tables import Answers, Attributes, Events, Milestones, Survey, Table

__all__ = [
    "Accounts",
    "Answers",
    "Attributes",
    "ChurnEvents",
    "Designed",
    "Events",
    "Listening",
    "Milestones",
    "Movements",
    "People",
    "Promise",
    "ReadOptions",
    "Recipe",
    "ScaleSpec",
    "Subscriptions",
    "Survey",
    "Table",
    "Tickets",
    "Usage",
    "duration_us",
    "load",
    "minimal",
    "parse",
    "redesigned",
]
