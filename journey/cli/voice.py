"""Listening from the command line, and how its answer looks in a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

import journey as jn
from journey.cli import show
from journey.cli.common import Folder, Json, Recipe, Since, Top, Until, Where, app, opened, part
from journey.cli.machine import print_json
from journey.draw.voices_words import LANGUAGES, model_told
from journey.draw.words import interval, share
from journey.voice.heard import Quote, Touched, Voice, Word
from journey.voice.part import Source

__all__ = ["voice"]

LETTERS = 100  # of a quote on a line
WIDE = 120


@app.command()
def voice(
    recipe: Recipe,
    folder: Folder = None,
    source: Annotated[Source, typer.Option(help="all, asked (beside an answer) or spontaneous.")] = "all",
    where: Where = None,
    since: Since = None,
    until: Until = None,
    top: Top = 8,
    json: Json = False,
) -> None:
    """What customers say: sentiment, themes, words of the unhappy, and where. Personal data are masked.

    Example: python -m journey voice data/lumo/journey.yaml --top 5
    """
    log = part(opened(recipe, folder), where, since, until)
    with show.progress("Listening") as progress:
        found = jn.voice(log, source=source, progress=progress)
    if json:
        print_json({**show.about(log), "voice": found})
        return
    show.heading(log)
    if not found.comments:
        show.line("Nobody left a comment here.")
        return
    _counted(found)
    _themes(found, top)
    _places(found, top)
    _words(found.words, top)
    _at_odds(found)
    show.line(
        "Net: share of positive less share of negative comments, −1 to 1; weighted: as if all who answered had "
        "written. Intervals are 95%. Association is not cause."
    )


def _table(*columns: str) -> Table:
    table = Table(box=None, header_style="bold", pad_edge=False)
    for at, name in enumerate(columns):
        table.add_column(name, justify="left" if at == 0 else "right", no_wrap=at > 0)
    return table


def _counted(found: Voice) -> None:
    spoken = ", ".join(f"{LANGUAGES[code]} {n:,}" for code, n in found.languages.items())
    unasked = f"; {found.spontaneous:,} of them nobody asked for" if found.spontaneous else ""
    show.line(
        f"{found.comments:,} comments on {found.visits:,} visits, {found.answers:,} of which were answered{unasked}. "
        f"{spoken}."
    )
    if found.cut:
        show.line(f"Of {found.cut:,} comments only the first 4,000 letters are looked at.")
    show.line(model_told(found.model))
    heard = found.heard
    show.line(
        f"Net sentiment {interval(heard.net, '+.2f')}: {heard.positive:,} positive, {heard.unclear:,} unclear, "
        f"{heard.negative:,} negative. Weighted {interval(heard.net_weighted, '+.2f')}."
    )
    ends = [(answer, n, written) for answer, (n, written) in found.wrote.items() if n]
    if ends and all(n == written for _, n, written in ends):
        show.line("All who gave a score wrote: the comments stand for them, and for nobody who kept silent.")
    elif len(ends) > 1:
        told = [
            f"{share(written / n)} of the {n:,} who answered {answer:g}" for answer, n, written in (ends[0], ends[-1])
        ]
        show.line(f"Who writes is not who answers: {told[0]} wrote, {told[1]}.")


def _themes(found: Voice, top: int) -> None:
    if not found.themes:
        show.line("Too few comments to find themes.")
        return
    # A narrow terminal has room for what matters most.
    more = ["weighted", "rating", "mostly at"] if show.out.width >= WIDE else []
    table = _table("theme", "comments", "share", "net", *more)
    for one in found.themes[:top]:
        rating = "–" if one.rating.value is None else f"{one.rating.value:.2f}"
        rest = [share(one.share_weighted.value), rating, escape(next(iter(one.touchpoints), "–"))] if more else []
        table.add_row(
            escape(one.name),
            f"{one.comments:,}",
            interval(one.share, ".1%"),
            interval(one.heard.net, "+.2f"),
            *rest,
        )
    show.out.print(table)
    show.line(f"{found.no_theme:,} comments ({share(found.no_theme / found.comments)}) speak of none of the themes.")


def _places(found: Voice, top: int) -> None:
    """Those with most comments, the least content first."""
    shown: Sequence[Touched] = sorted(found.touchpoints[: max(top, 2)], key=lambda one: one.heard.net.value or 0)
    table = _table("touchpoint", "comments", "of visits", "net", "weighted")
    for one in shown:
        table.add_row(
            escape(str(one.at)),
            f"{one.comments:,}",
            share(one.comments / one.visits if one.visits else None),
            interval(one.heard.net, "+.2f"),
            interval(one.heard.net_weighted, "+.2f"),
        )
    show.out.print(table)


def _words(words: Sequence[Word], top: int) -> None:
    if not words:
        show.line("Too few comments of the unhappy or of the contented to tell their words apart.")
        return
    unhappy = [one for one in words if one.z > 0][:top]
    contented = [one for one in reversed(words) if one.z < 0][:top]
    for title, listed in (("the unhappy", unhappy), ("the contented", contented)):
        told = ", ".join(f"{one.word} ({one.z:+.1f})" for one in listed)
        show.line(f"Words of {title} (z): {told or '–'}.")


def _at_odds(found: Voice) -> None:
    if found.agreement.value is None:
        return
    show.line(
        f"Comment and rating agree in {interval(found.agreement, '.1%')} of {found.agreement.n:,}; "
        f"{found.angry_five_count:,} of the contented sound angry, {found.kind_one_count:,} of the unhappy kind."
    )
    for one in found.angry_fives[:2]:
        show.line(f"• {_rated(one)}, {one.touchpoint}: “{_short(one.text)}”")


def _rated(one: Quote) -> str:
    return f"{one.rating:g}" if one.rating is not None else f"NPS {one.nps:g}" if one.nps is not None else "unrated"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LETTERS else f"{line[:LETTERS].rstrip()} …"
