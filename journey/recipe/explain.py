"""A recipe in plain sentences, so that people can see what was understood before they trust a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from journey.model import Scale
from journey.recipe.explain_accounts import accounts_told
from journey.recipe.tables import Answers, Attributes, Events, Milestones, Survey

if TYPE_CHECKING:
    from journey.recipe.parts import Component
    from journey.recipe.schema import Recipe

__all__ = ["sentences"]

_METRICS = {"csat": "satisfaction (CSAT)", "ces": "effort (CES)", "nps": "recommendation (NPS)", "rating": "a rating"}


def sentences(recipe: Recipe) -> list[str]:
    """One sentence a fact, in the order of the recipe: tables, scales, shape, aims, friction, map."""
    said = [f"Table {n}, {table.path}: {_table(table)}." for n, table in enumerate(recipe.tables, 1)]
    said += accounts_told(recipe.accounts, recipe.currency) if recipe.accounts is not None else []
    said += [f"Scale “{name}”: {_scale(recipe.scale(name))}." for name in recipe.scales]
    said += _shape(recipe)
    said += _numbers("Weights", recipe.weights)
    said += _numbers("Targets", recipe.targets)
    said += _numbers("Costs", recipe.costs, recipe.currency)
    if recipe.goal_value is not None:
        said.append(
            f"A case that reaches the goal is worth {recipe.goal_value:g} {recipe.currency or ''}".rstrip() + "."
        )
    if recipe.designed is not None:
        plan = recipe.plan
        skipped = f", of which {_and(plan.optional)} may be skipped" if plan.optional else ""
        size = f"{len(plan.transitions)} transitions between {len(plan.touchpoints)} touchpoints"
        said.append(f"The designed map has {size}{skipped}.")
        said += [f"{_and(group)} may come in any order." for group in plan.parallel]
    return said


def _shape(recipe: Recipe) -> list[str]:
    """What the journey is meant to be."""
    said: list[str] = []
    if recipe.time_zone:
        said.append(f"Times without a zone are read as {recipe.time_zone}.")
    if recipe.stages:
        said.append("Stages: " + "; ".join(f"{stage} ({_and(names)})" for stage, names in recipe.stages.items()) + ".")
    if not recipe.tables:
        return said
    said.append(f"The goal is {_or(recipe.goal)}." if recipe.goal else "No goal is given.")
    if recipe.ends:
        said.append(f"A case may also rightly end at {_or(recipe.ends)}.")
    if recipe.support:
        said.append(f"Support is {_and(recipe.support)}.")
    if recipe.repeatable:
        said.append(f"Coming back to {_and(recipe.repeatable)} is planned, not rework.")
    for name, promise in recipe.promises.items():
        since = f"“{promise.since}”" if promise.since else "the event before it"
        said.append(f"“{name}” is promised within {promise.within} of {since}.")
    if recipe.window:
        said.append(f"Exits, returns, switches and calls for help count within {recipe.window}.")
    return said


def _table(table: Events | Milestones | Answers | Survey | Attributes) -> str:
    match table:
        case Events():
            said = f"one row an event; case “{table.case}”, touchpoint “{table.touchpoint}”, time “{table.time}”"
            said += f", customer “{table.customer}”" if table.customer else ""
        case Milestones():
            said = f"one row a case (“{table.case}”); dates become visits to {_and(table.touchpoints.values())}"
            said += "".join(f"; “{name}” is promised for “{column}”" for name, column in table.promises.items())
        case Answers():
            said = f"answers on {_and(table.answers)}, joined by “{table.case or table.customer}” to {_visit(table)}"
        case Survey():
            names = dict.fromkeys([*table.touchpoints.values(), *table.efforts.values()])
            said = f"one row a person (“{table.case}”) who rated {_and(names)}; no times, so their order is implied"
            said = said.replace("; no times, so their order is implied", "") if table.time else said
        case Attributes():
            said = f"facts joined by “{table.key}” to “{table.on or table.key}”"
            said += f"; the customer is “{table.customer}”" if table.customer else ""
    kept = table.columns if isinstance(table, Attributes) else table.attributes
    return said + (f"; kept for filters: {', '.join(kept)}" if kept else "")


def _visit(table: Answers) -> str:
    if table.at or table.touchpoint:
        there = f"“{table.at}”" if table.at else f"the touchpoint in “{table.touchpoint}”"
        return f"the last visit of {there}" + (f" at or before “{table.time}”" if table.time else "")
    return f"the last visit at or before “{table.time}”" if table.time else "the last visit of the case"


def _scale(scale: Scale) -> str:
    about = "asked at touchpoints" if scale.about == "touchpoint" else "about the whole relation"
    words = f": “{scale.question}”" if scale.question else ""
    best = scale.high if scale.good == "high" else scale.low
    return f"{_METRICS[str(scale.metric)]} from {scale.low:g} to {scale.high:g}, {best:g} is best, {about}{words}"


def _numbers(what: str, values: Mapping[Component, float], unit: str | None = None) -> list[str]:
    listed = ", ".join(f"{name} {value:g}" for name, value in values.items())
    return [f"{what}: {listed}{f' {unit}' if unit else ''}."] if values else []


def _and(names: Iterable[str], word: str = "and") -> str:
    *most, last = [f"“{name}”" for name in names] or ["nothing"]
    return f"{', '.join(most)} {word} {last}" if most else last


def _or(names: Iterable[str]) -> str:
    return _and(names, "or")
