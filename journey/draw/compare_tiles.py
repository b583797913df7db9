"""The journey as a whole on two sides: each figure twice, and how far it is apart; plain HTML."""

from __future__ import annotations

from html import escape
from typing import Final

from journey.analysis.compare import Comparison
from journey.analysis.compare_differences import Difference
from journey.draw.compare import sides
from journey.draw.compare_words import amount, apart, counted, title
from journey.draw.overview_tiles import BAD
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say
from journey.model import Measure

__all__ = ["key_shown", "key_tiles"]

STYLE: Final = """
<style>
.jc{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px}
.jc>div{border:1px solid var(--jc-line);border-radius:.4rem;padding:8px 14px;min-width:0}
.jc h4{all:unset;display:block;font-size:13.5px;color:var(--jc-muted);margin-bottom:2px}
.jc .r{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 8px;line-height:1.35}
.jc .r i{font-size:12px;font-style:normal}.jc .r b{font-size:21px;font-weight:620}
.jc .r span{font-size:12px;color:var(--jc-muted)}
.jc .c{font-size:13px;margin-top:2px}
</style>
"""


def key_shown(found: Comparison) -> list[Difference]:
    """The figures that are shown: the mean of satisfaction only where there is no share of the satisfied."""
    has_share = any(one.of == "csat" for one in found.key)
    return [one for one in found.key if not (one.of == "satisfaction" and has_share)]


def key_tiles(found: Comparison, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> str:
    """A tile for each side's size, and one for every figure of the journey as a whole."""
    colours = f"--jc-line:{theme.line};--jc-muted:{theme.muted}"
    each = "".join([_size(found, theme, say), *(_tile(one, found, theme, say) for one in key_shown(found))])
    return f'{STYLE}<div class="jc journey-figure" style="{colours};color:{theme.ink}">{each}</div>'


def _rows(values: tuple[str, str], notes: tuple[str, str], found: Comparison, theme: Theme) -> str:
    rows = ""
    for side, mark, colour, value, note in zip(
        (found.a, found.b), ("●", "◆"), sides(theme), values, notes, strict=True
    ):
        rows += (
            f'<div class="r"><i style="color:{colour}" title="{escape(side.name)}">{mark}</i>'
            f"<b>{escape(value, quote=False)}</b><span>{escape(note, quote=False)}</span></div>"
        )
    return rows


def _size(found: Comparison, theme: Theme, say: Say) -> str:
    sizes = (say.number(found.a.cases), say.number(found.b.cases))
    share = found.a.cases / (found.a.cases + found.b.cases)
    told = say("{share} of these cases are {a}", share=say.number(share, ".0%"), a=found.a.name)
    return (
        f"<div><h4>{escape(say('Cases'), quote=False)}</h4>{_rows(sizes, (found.a.name, found.b.name), found, theme)}"
        f'<div class="c" style="color:{theme.muted}">{escape(told, quote=False)}</div></div>'
    )


def _tile(one: Difference, found: Comparison, theme: Theme, say: Say) -> str:
    values = (amount(one.of, one.a.value, say), amount(one.of, one.b.value, say))
    notes = (_sure(one.of, one.a, say), _sure(one.of, one.b, say))
    return (
        f"<div><h4>{escape(_heading(one, found, say), quote=False)}</h4>{_rows(values, notes, found, theme)}"
        f'<div class="c">{_verdict(one, found, theme, say)}</div></div>'
    )


def _heading(one: Difference, found: Comparison, say: Say) -> str:
    scale = found.scales.get(one.of)
    if one.of == "goal":
        return say("Reached {goal}", goal=", ".join(found.goal))
    if scale is None or one.of == "nps":
        return title(one.of, say)
    good = say("high is good") if scale.good == "high" else say("low is good")
    return say("{name} {low:g}–{high:g}, {good}", name=title(one.of, say), low=scale.low, high=scale.high, good=good)


def _sure(of: str, measure: Measure, say: Say) -> str:
    ends = say("{low} to {high}", low=amount(of, measure.low, say), high=amount(of, measure.high, say))
    return f"{ends.replace('-', '−')} · {counted(of, measure.n, say)}"


def _verdict(one: Difference, found: Comparison, theme: Theme, say: Say) -> str:
    """The difference and its interval, and who is better off where that is clear: in words and by colour."""
    told = escape(apart(one, say), quote=False)
    if one.difference.value is None:
        return f"<span style='color:{theme.muted}'>{escape(say('too few to tell'), quote=False)}</span>"
    if not one.clear:
        return f"<span style='color:{theme.muted}'>{told} {escape(say('not clear'), quote=False)}</span>"
    better = found.a.name if one.better == "a" else found.b.name
    verdict = escape(say("better in {name}", name=better), quote=False)
    colour = theme.accent if one.better == "a" else BAD[theme.name]
    return f"<b>{told}</b> <b style='color:{colour}'>{verdict}</b>"
