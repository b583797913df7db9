"""How channel consistency looks in a terminal."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table

import journey as jn
from journey.cli import show
from journey.cli.common import Folder, Goal, Json, Recipe, Since, Top, Until, Where, app, opened, part
from journey.cli.machine import print_json
from journey.draw.channel_words import ASPECT_NAMES, headline, reading, value_of
from journey.draw.words import interval

__all__ = ["channels"]


@app.command()
def channels(
    recipe: Recipe,
    folder: Folder = None,
    goal: Goal = None,
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Top = 8,
    json: Json = False,
) -> None:
    """Is the same touchpoint as good in every channel? Satisfaction, effort, exit and help, tested.

    Example: python -m journey channels data/lumo/journey.yaml
    """
    log = part(opened(recipe, folder), where, since, until)
    found = jn.channels(log, goal=goal)
    if json:
        print_json({**show.about(log), "channels": found})
        return
    show.heading(log)
    show.line(headline(found))
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in ("touchpoint", "index", "measure", "by channel", "best to worst, points of 100"):
        table.add_column(name, justify="left" if name in ("touchpoint", "measure", "by channel") else "right")
    for one in found.found[:top]:
        for at, aspect in enumerate(one.aspects):
            values = "  ".join(f"{name} {value_of(aspect, name)}" for name in one.visits if name in aspect.values)
            ends = (100 * (x or 0) for x in (aspect.apart.value, aspect.apart.low, aspect.apart.high))
            apart = "{:.0f} ({:.0f} to {:.0f})".format(*ends).replace("-", "−") + (" clear" if aspect.clear else "")
            first = [escape(one.touchpoint), interval(one.index, ".0f")] if at == 0 else ["", ""]
            table.add_row(*first, ASPECT_NAMES[aspect.of], escape(values), apart)
    show.out.print(table)
    for one in found.found[:3]:
        show.line(f"• {one.touchpoint}: {reading(one)}.")
    left = f" {found.unknown:,} visits without a channel are left out." if found.unknown else ""
    show.line(
        f"One channel only: {len(found.single)} touchpoints; too few customers in a second one: {len(found.few)}.{left}"
    )
    show.line(
        "Index: 100 less the points that best and worst channel are apart in the measure that differs most, after "
        "chance is taken off. Clear: the channels differ (Welch; false discovery rate 10%) and the interval for all "
        "pairs of them leaves out 0. Customers choose their channel: association is not cause."
    )
