"""The designed map against lived cases in four tiles; plain HTML."""

from __future__ import annotations

from html import escape
from typing import Final

from journey.analysis.conform_found import Conformance
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say, share
from journey.model import Measure

__all__ = ["conform_tiles"]

STYLE: Final = """
<style>
.jp{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px}
.jp>div{border:1px solid var(--jp-line);border-radius:.4rem;padding:8px 14px;min-width:0}
.jp h4{all:unset;display:block;font-size:13.5px;color:var(--jp-muted)}
.jp b{font-size:25px;font-weight:620;line-height:1.3}
.jp span{font-size:13px;color:var(--jp-muted);margin-left:6px}
.jp p{font-size:12.5px;color:var(--jp-muted);margin:0;line-height:1.35}
</style>
"""


def conform_tiles(found: Conformance, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> str:
    """Fitness, the share of cases without a deviation, precision, and how far the cases came."""
    of = say("of {n:,} cases", n=found.cases)
    tiles = [
        _tile(
            say("Fitness"),
            _number(found.fitness, ".2f", say),
            _ends(found.fitness, ".3f", say),
            say("mean over {n:,} cases; 1 is exactly as planned", n=found.cases),
        ),
        _tile(say("Without a deviation"), share(found.fitting.value, say), _ends(found.fitting, ".1%", say), of),
        _tile(
            say("Precision"),
            _number(found.precision, ".2f", say),
            _ends(found.precision, ".2f", say),
            say("share of the ways the plan opens that anybody takes"),
        ),
        _tile(
            say("Events off the plan"),
            share(found.inserted / found.events, say),
            say.number(found.inserted),
            say("of {n:,} events; besides, {skipped:,} steps left out", n=found.events, skipped=found.skipped),
        ),
    ]
    colours = f"--jp-line:{theme.line};--jp-muted:{theme.muted};color:{theme.ink}"
    return f'{STYLE}<div class="jp journey-figure" style="{colours}">{"".join(tiles)}</div>'


def _tile(title: str, value: str, ends: str, note: str) -> str:
    title, value, ends, note = (escape(text, quote=False) for text in (title, value, ends, note))
    return f"<div><h4>{title}</h4><b>{value}</b><span>{ends}</span><p>{note}</p></div>"


def _number(measure: Measure, form: str, say: Say) -> str:
    return say.number(measure.value, form)


def _ends(measure: Measure, form: str, say: Say) -> str:
    if measure.low is None or measure.high is None:
        return "–"
    return f"{say.number(measure.low, form)}–{say.number(measure.high, form)}"
