"""`alerts`: what drifted, and how that looks in a terminal."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Final

import typer
from rich.markup import escape
from rich.table import Table

from journey.analysis.alerts import Alerts
from journey.analysis.alerts import alerts as watched
from journey.cli import show
from journey.cli.common import Folder, Goal, Json, Recipe, Since, Until, Where, app, opened, part
from journey.cli.machine import print_json
from journey.draw.alert_words import STATES, asked, called, in_units, passage, state, worse
from journey.draw.compare_words import amount, probability
from journey.draw.spans import brief

__all__ = ["BaselineOption", "ComponentOption", "CoolDown", "EffectOption", "Every", "LeastN", "terms"]

WIDE: Final = 150  # letters a line has to hold for intervals and n

Every = Annotated[str, typer.Option(help="Periods: day, week or month.")]
ComponentOption = Annotated[
    list[str] | None, typer.Option("--component", help="Watch this component of friction alone; may be repeated.")
]
EffectOption = Annotated[float, typer.Option(help="The least shift that matters, 0 to 1: .05 is five points of 100.")]
LeastN = Annotated[int, typer.Option(help="Visits or answers before and after, at least.")]
CoolDown = Annotated[int | None, typer.Option(help="Periods of silence after an alert.")]
BaselineOption = Annotated[int | None, typer.Option(help="Periods to learn from before the first alert.")]


@app.command()
def alerts(
    recipe: Recipe,
    folder: Folder = None,
    every: Every = "week",
    component: ComponentOption = None,
    minimum_effect: EffectOption = 0.05,
    minimum_n: LeastN = 30,
    cool_down: CoolDown = None,
    baseline: BaselineOption = None,
    bar: Annotated[float, typer.Option(help="What the CUSUM has to pass, in standard deviations.")] = 5.0,
    hindsight: Annotated[bool, typer.Option("--hindsight", help="Also look for change points in all of it.")] = False,
    goal: Goal = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20,
    json: Json = False,
) -> None:
    """What drifted at the touchpoints, and since when, newest first.

    Example: python -m journey alerts data/lumo/journey.yaml
    Example: python -m journey alerts data/lumo/journey.yaml --every month --hindsight
    """
    log = part(opened(recipe, folder), where, since, until)
    found = watched(
        log,
        every=every,
        components=component or None,
        minimum_effect=minimum_effect,
        minimum_n=minimum_n,
        cool_down=cool_down,
        baseline=baseline,
        h=bar,
        goal=goal or None,
        hindsight=hindsight,
    )
    if json:
        print_json({**show.about(log), "drift": _fields(found)})
        return
    show.heading(log)
    _alerts(found, top)
    if found.changes is not None:
        _changes(found, top)
    show.line(terms(found))


def _fields(found: Alerts) -> dict[str, Any]:
    """All but the charts, which are thousands of numbers."""
    names = [field.name for field in dataclasses.fields(found) if field.name not in ("charts", "periods")]
    return {name: getattr(found, name) for name in names} | {
        "charts": len(found.charts),
        "first_day": found.periods[0].start.isoformat(),
        "last_day_before": found.periods[-1].end.isoformat(),
    }


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in columns:
        table.add_column(name, justify="left", no_wrap=name in ("told", "since", "when", ""))
    return table


def _alerts(found: Alerts, top: int) -> None:
    if not found.alerts:
        show.line("Nothing drifted: no component of any touchpoint left its level.")
        return
    wide = show.out.width >= WIDE
    table = _table("told", "", "where", "what", "from → to (95%)" if wide else "from → to", "since", "and then")
    for one in found.alerts[:top]:
        of = asked(one.component)
        before, after = (in_units(one.component, measure, found.scales).value for measure in (one.before, one.after))
        table.add_row(
            f"{one.raised_at}",
            worse(one),
            escape(one.at),
            called(one.component),
            f"{passage(one.component, one.before, one.after, found.scales)}, n {one.n:,}"
            if wide
            else f"{amount(of, before)} → {amount(of, after)}",
            f"{one.since}",
            state(one, found.scales) if wide else STATES[one.state],
        )
    show.out.print(table)
    if len(found.alerts) > top:
        show.line(f"The {top} newest of {len(found.alerts)} alerts; --top shows more.")


def _changes(found: Alerts, top: int) -> None:
    changes = found.changes or ()
    if not changes:
        show.line("In hindsight no series changed its level at a point that stands out.")
        return
    table = _table("when", "where", "what", "from → to (95%)", "chance")
    for one in changes[:top]:
        told = passage(one.component, one.before, one.after, found.scales)
        table.add_row(f"{one.when}", escape(one.at), called(one.component), told, probability(one.p))
    show.line("In hindsight, looking at all of it:")
    show.out.print(table)


def terms(found: Alerts) -> str:
    """What was watched and how, and how many alerts chance alone would raise."""
    first, last = found.periods[0].start, found.periods[-1].end
    names = {"day": "days", "week": "weeks", "month": "months"}[found.unit]
    return (
        f"{len(found.charts)} charts (a component at a touchpoint), {len(found.periods)} whole {names}, {first} to "
        f"{last}, the first {found.baseline} to learn from. If nothing ever changed, at most {found.by_chance:.0f} "
        f"alerts would come by chance. Shifts below {found.minimum_effect:g} (0–1) and fewer than {found.minimum_n} "
        f"visits don't count. Exits, returns, switches and calls for help are known {brief(1e6 * found.follow_s)} "
        "after the visit. “And then” is what was seen after the alert. Association is not cause."
    )
