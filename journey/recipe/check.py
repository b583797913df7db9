"""What one field cannot see: names that must agree across a recipe."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from journey.errors import suggest
from journey.recipe.nodes import Keys
from journey.recipe.schema import Recipe
from journey.recipe.tables import Answers, Attributes, Events, Milestones, Survey

__all__ = ["disagreements"]

Problem = tuple[Keys, str]
# Touchpoints that may come in any order: with more, the orders could not be told apart in a reasonable time.
MOST_PARALLEL = 6


def disagreements(recipe: Recipe) -> Iterator[Problem]:
    """Each disagreement as (keys, sentence).

    Which touchpoints exist is known here only if every visit comes from milestones or a survey, or if stages or a
    designed map list them; then each name used elsewhere must be one of them. Else the data decide, at the door.
    """
    yield from _tables(recipe)
    yield from _scales(recipe)
    yield from _attributes(recipe)
    yield from _alike(recipe)
    yield from _stages(recipe)
    yield from _names(recipe)
    yield from _map(recipe)
    yield from _accounts(recipe)
    if recipe.weights and not any(recipe.weights.values()):
        yield ("weights",), "expected at least one weight above 0"


def _tables(recipe: Recipe) -> Iterator[Problem]:
    if "tables" not in recipe.model_fields_set and recipe.accounts is None:
        yield (), "the key “tables” is missing: the list of tables with their kind and columns"
    elif (recipe.tables or recipe.accounts is None) and not any(
        isinstance(table, Events | Milestones | Survey) for table in recipe.tables
    ):
        yield ("tables",), "expected a table of visits: one of kind events, milestones or survey"
    for n, table in enumerate(recipe.tables):
        if isinstance(table, Milestones):
            known = set(table.touchpoints.values())
            for field, given in (("promises", table.promises), ("channels", table.channels)):
                for name in given:
                    if name not in known:
                        yield ("tables", n, field, name), _unknown(name, known, "this table has no touchpoint")


def _scales(recipe: Recipe) -> Iterator[Problem]:
    for n, table in enumerate(recipe.tables):
        used: list[tuple[Keys, str]] = []
        if isinstance(table, Events | Answers | Survey):
            used += [(("answers", name), name) for name in table.answers]
        if isinstance(table, Survey):
            scales = (("scale", table.scale), ("effort_scale", table.effort_scale))
            used += [((field,), name) for field, name in scales if name is not None]
        for keys, name in used:
            if name not in recipe.scales:
                hint = suggest(name, recipe.scales, known="scales") or " Declare it under “scales”."
                yield ("tables", n, *keys), f"the scale “{name}” is not declared.{hint}"


def _attributes(recipe: Recipe) -> Iterator[Problem]:
    visits = {
        name for table in recipe.tables if isinstance(table, Events | Milestones | Survey) for name in table.attributes
    }
    customers = [n for n, table in enumerate(recipe.tables) if getattr(table, "customer", None)]
    for n, table in enumerate(recipe.tables):
        if not isinstance(table, Attributes):
            continue
        for name in table.columns:
            if name in visits:
                yield ("tables", n, "columns"), f"the attribute “{name}” comes from another table already"
            visits.add(name)
        others = [m for m in customers if m != n and not isinstance(recipe.tables[m], Answers)]
        if table.customer and others:
            yield ("tables", n, "customer"), f"tables[{others[0]}] says already which column is the customer: keep one"
    visits |= {name for table in recipe.tables if isinstance(table, Answers) for name in table.attributes}
    for n, name in enumerate(recipe.listening.names):
        if name not in visits:
            hint = suggest(name, visits, known="attributes")
            yield ("listening", "names", n), f"no table keeps the attribute “{name}”.{hint}"


def _alike(recipe: Recipe) -> Iterator[Problem]:
    """Scales and attributes become columns, whose names must differ in more than upper and lower case."""
    named: list[tuple[Keys, str]] = [(("scales", name), name) for name in recipe.scales]
    yield from _twins(named)
    named = []
    for n, table in enumerate(recipe.tables):
        field = "columns" if isinstance(table, Attributes) else "attributes"
        named += [(("tables", n, field), name) for name in getattr(table, field)]
    yield from _twins(named)


def _twins(named: Iterable[tuple[Keys, str]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for keys, name in named:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            yield keys, f"“{name}” and “{other}” differ in upper and lower case only: rename one"


def _stages(recipe: Recipe) -> Iterator[Problem]:
    yield from _once(recipe.stages, ("stages",))
    if recipe.designed is not None:
        yield from _once(recipe.designed.stages, ("designed", "stages"))
    if any(isinstance(table, Events) for table in recipe.tables):
        return
    made = set(recipe.made) | _listed(recipe)
    for stage, names in recipe.stages.items():
        for n, name in enumerate(names):
            if name not in made:
                yield ("stages", stage, n), _unknown(name, made, "no table makes the touchpoint")


def _once(stages: dict[str, tuple[str, ...]], at: Keys) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for stage, names in stages.items():
        for n, name in enumerate(names):
            if name in seen:
                yield (*at, stage, n), f"the touchpoint “{name}” is in the stage “{seen[name]}” already"
            seen[name] = stage


def _listed(recipe: Recipe) -> set[str]:
    """The touchpoints that the designed map lists itself."""
    if recipe.designed is None:
        return set()
    return {*recipe.designed.touchpoints, *(name for names in recipe.designed.stages.values() for name in names)}


def _names(recipe: Recipe) -> Iterator[Problem]:
    known = {*recipe.touchpoints, *_listed(recipe)}
    open_ended = any(isinstance(table, Events) for table in recipe.tables) and not recipe.stages and not _listed(recipe)
    for name, promise in recipe.promises.items():
        if promise.since == name:
            yield ("promises", name, "since"), "a touchpoint cannot be promised since itself"
    if open_ended:
        return
    what = "no stage lists the touchpoint" if recipe.stages else "no table makes the touchpoint"
    for keys, name in _uses(recipe):
        if name not in known:
            yield keys, _unknown(name, known, what)


def _uses(recipe: Recipe) -> Iterator[tuple[Keys, str]]:
    """Every place where a touchpoint is named, other than those that bring it into being."""
    for field in ("goal", "ends", "support", "repeatable"):
        yield from (((field, n), name) for n, name in enumerate(getattr(recipe, field)))
    for name, promise in recipe.promises.items():
        yield ("promises", name), name
        if promise.since is not None:
            yield ("promises", name, "since"), promise.since
    yield from ((("channels", name), name) for name in recipe.channels)
    if recipe.accounts is not None and recipe.accounts.value is not None:
        yield from (
            (("accounts", "value", "touchpoint", n), name) for n, name in enumerate(recipe.accounts.value.touchpoint)
        )
    yield from ((("listening", "spontaneous", n), name) for n, name in enumerate(recipe.listening.spontaneous))
    for n, table in enumerate(recipe.tables):
        if isinstance(table, Answers) and table.at is not None:
            yield ("tables", n, "at"), table.at


def _map(recipe: Recipe) -> Iterator[Problem]:
    designed = recipe.designed
    if designed is None:
        return
    plan = recipe.plan
    known = set(plan.touchpoints)
    if not known:
        yield ("designed",), "expected touchpoints: give “stages”, “touchpoints” or “transitions”"
    for field, names in (("touchpoints", designed.touchpoints), ("transitions", designed.transitions)):
        seen: set[object] = set()
        for n, name in enumerate(names):
            if name in seen:
                yield ("designed", field, n), "this is listed already"
            seen.add(name)
    pairs = [(("transitions", n, side), pair[side]) for n, pair in enumerate(designed.transitions) for side in (0, 1)]
    yield from _parallel(designed.parallel)
    pairs += [(("parallel", n, m), name) for n, group in enumerate(designed.parallel) for m, name in enumerate(group)]
    lists = ("optional", "starts", "ends")
    singles = [((field, n), name) for field in lists for n, name in enumerate(getattr(designed, field))]
    for keys, name in [*pairs, *singles]:
        if name not in known:
            yield ("designed", *keys), _unknown(name, known, "the map has no touchpoint")


def _parallel(groups: tuple[tuple[str, ...], ...]) -> Iterator[Problem]:
    """Groups of touchpoints in any order: two or more each, and none of them twice."""
    seen: set[str] = set()
    for n, group in enumerate(groups):
        if not 2 <= len(set(group)) <= MOST_PARALLEL:
            yield ("designed", "parallel", n), f"expected two to {MOST_PARALLEL} different touchpoints"
        for m, name in enumerate(group):
            if name in seen:
                yield ("designed", "parallel", n, m), f"“{name}” is in a group already"
            seen.add(name)


def _accounts(recipe: Recipe) -> Iterator[Problem]:
    accounts = recipe.accounts
    if accounts is None:
        return
    if accounts.value is not None and accounts.value.touchpoint and not recipe.tables:
        yield ("accounts", "value"), "first value at a touchpoint needs “tables” that tell visits"
    of = [(name, table) for name, table in (("usage", accounts.usage), ("tickets", accounts.tickets)) if table]
    for name, table in of:
        if table.account is None and table.person is not None and accounts.people is None:
            yield (
                ("accounts", name, "person"),
                "whose people these are is not known: give “people”, or the “account” of each row",
            )
        if table.subscription is not None and (accounts.subscriptions is None or accounts.subscriptions.id is None):
            yield ("accounts", name, "subscription"), "expected “subscriptions” with its “id”, which this names"
    yield from _twins([(("accounts", "attributes"), name) for name in accounts.attributes])


def _unknown(name: str, known: Iterable[str], what: str) -> str:
    return f"{what} “{name}”.{suggest(name, known, known='touchpoints')}"
