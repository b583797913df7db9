"""How emotion and moments of truth look in a terminal."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

import journey as jn
from journey.cli import show
from journey.cli.common import Folder, Json, Recipe, Since, Top, Until, Where, app, opened, part
from journey.cli.machine import print_json
from journey.draw.feeling_words import NAMES, amount, low_rating, outcome_told, points, truths_told, verdict
from journey.draw.words import ENGLISH, interval
from journey.errors import JourneyError
from journey.model import Measure

__all__ = ["emotion"]

WIDE = 130  # characters from which all intervals have room


@app.command()
def emotion(
    recipe: Recipe,
    folder: Folder = None,
    outcome: Annotated[
        str | None,
        typer.Option(help="A bound (nps<=6), a scale (nps) or a touchpoint; default nps, else the goal."),
    ] = None,
    horizon: Annotated[str, typer.Option(help="With a touchpoint as outcome: how far ahead.")] = "30d",
    low: Annotated[
        float | None, typer.Option(help="A rating up to here is low (default: the two bottom boxes).")
    ] = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Top = 12,
    json: Json = False,
) -> None:
    """Which summary of what customers felt foretells the outcome: mean, peak, end …; and the moments of truth.

    Example: python -m journey emotion data/lumo/journey.yaml

    Example: python -m journey emotion data/lumo/journey.yaml --outcome "nps<=6" --top 5
    """
    log = part(opened(recipe, folder), where, since, until)
    found, why_not = None, ""
    try:
        found = jn.emotion(log, outcome=outcome, horizon=horizon)
    except JourneyError as error:
        why_not = str(error)
    # Moments of truth ask less of the data; what both ask is said by them.
    moments = jn.moments(log, outcome=outcome, horizon=horizon, low=low)
    if json:
        fields = {field.name: getattr(moments, field.name) for field in dataclasses.fields(moments)}
        print_json({**show.about(log), "emotion": found, "emotion_missing": why_not or None, "moments": fields})
        return
    show.heading(log)
    if found is None:
        show.line(why_not)
    else:
        _summaries(found)
    _moments(moments, top)


def _summaries(found: jn.Emotion) -> None:
    show.line(verdict(found))
    strength = "AUC" if found.by == "auc" else "correlation"
    table = _table("what was felt", strength, "less the mean's")
    for one in found.summaries:
        less = "" if one.less_mean is None else _signed(one.less_mean, ".3f") + (" clear" if one.clear else "")
        table.add_row(NAMES[one.name], interval(one.strength, ".3f").replace("-", "−"), less)
    show.out.print(table)
    when = f"moments before {found.split:%Y-%m-%d}" if found.split is not None else "other customers"
    had = "" if found.with_outcome is None else f", {found.with_outcome:,} of them with it"
    chance = "0.5 is chance, 1 is perfect" if found.by == "auc" else "0 is chance, 1 is perfect"
    show.line(
        f"{outcome_told(found.outcome, found.horizon_s)}: learned from {found.learnt:,} {when}, tried on "
        f"{found.tried:,}{had}; {found.left_out:,} with fewer than two ratings before are left out (median "
        f"{found.ratings:.0f}). {strength}: {chance}."
    )


def _moments(found: jn.Moments, top: int) -> None:
    show.line(truths_told(found))
    form = ".2f" if found.kind == "answer" else ".0%"
    wide = show.out.width >= WIDE
    names = ["after a low rating", "n", "otherwise", "n", "difference", "among those alike"]
    table = _table("touchpoint", *(names if wide else ["low rating", "n", "otherwise", "n", "among those alike"]))
    for one in found[:top]:
        mark = "★ " if one.truth else "  "
        sides = [interval(m, form) if wide else amount(found, m.value) for m in (one.low, one.rest)]
        table.add_row(
            escape(f"{mark}{one.touchpoint}"),
            sides[0],
            f"{one.low.n:,}",
            sides[1],
            f"{one.rest.n:,}",
            *([_points(found, one.difference)] if wide else []),
            _points(found, one.alike),
        )
    show.out.print(table)
    show.line(
        f"Low is {low_rating(found)}; n is moments. ★ moment of truth: the difference stands out (false discovery rate "
        "10%), also among customers alike in how they rated everything else, and both 95% intervals leave out 0. "
        "Association is not cause."
    )


def _points(found: jn.Moments, one: Measure) -> str:
    if one.value is None:
        return "can't be told"
    value, low, high = (points(found, x, ENGLISH).removesuffix(" pp") for x in (one.value, one.low, one.high))
    unit = "" if found.kind == "answer" else " pp"
    return f"{value}{unit} ({low} to {high})"


def _signed(one: Measure, form: str) -> str:
    told = [format(x or 0, f"+{form}").replace("-", "−") for x in (one.value, one.low, one.high)]
    return f"{told[0]} ({told[1]} to {told[2]})"


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, justify="left")
    for name in others:
        table.add_column(name, justify="right", no_wrap=True)
    return table
