"""The figures of a what-if as tiles: then, today, and the difference with its interval; plain HTML."""

from __future__ import annotations

from html import escape
from typing import Final

from journey.analysis.whatif_effect import Effect
from journey.analysis.whatif_totals import Shift
from journey.draw.overview_tiles import BAD
from journey.draw.theme import LIGHT, Theme
from journey.draw.whatif_words import FIGURES, amount, difference, figures
from journey.draw.words import ENGLISH, Say

__all__ = ["tiles"]

STYLE: Final = """
<style>
.jw{display:grid;grid-template-columns:repeat(auto-fit,minmax(158px,1fr));gap:12px}
.jw>div{border:1px solid var(--jw-line);border-radius:.4rem;padding:8px 14px;min-width:0}
.jw>div:first-child{border-color:var(--jw-accent);box-shadow:inset 3px 0 0 var(--jw-accent)}
.jw h4{all:unset;display:block;font-size:13.5px;color:var(--jw-muted);white-space:nowrap;overflow:hidden;
  text-overflow:ellipsis}
.jw .v{font-size:25px;line-height:1.25;font-weight:620;letter-spacing:-.01em}
.jw .t{font-size:12.5px;color:var(--jw-muted)}
.jw .c{font-size:13px;margin-top:3px;font-variant-numeric:tabular-nums}
</style>
"""


def tiles(effect: Effect, *, currency: str, unit: str, theme: Theme = LIGHT, say: Say = ENGLISH) -> str:
    """A tile for every figure that is known; `currency` is the value's, `unit` the burden's."""
    colours = f"--jw-line:{theme.line};--jw-muted:{theme.muted};--jw-accent:{theme.accent}"
    units = {"money": currency, "burden": unit}
    each = "".join(_tile(name, shift, units.get(name, ""), theme, say) for name, shift in figures(effect).items())
    return f'{STYLE}<div class="jw journey-figure" style="{colours};color:{theme.ink}">{each}</div>'


def _tile(name: str, shift: Shift, unit: str, theme: Theme, say: Say) -> str:
    title = say(FIGURES[name][0])
    heading = f"{title}, {unit}" if unit else title
    today = say("{value} today", value=amount(name, shift.today.value, say))
    shown = escape(heading, quote=False)
    return (
        f'<div><h4 title="{escape(heading)}">{shown}</h4>'
        f'<div class="v">{escape(amount(name, shift.then.value, say), quote=False)}</div>'
        f'<div class="t">{escape(today, quote=False)}</div>'
        f'<div class="c">{_moved(name, shift, theme, say)}</div></div>'
    )


def _moved(name: str, shift: Shift, theme: Theme, say: Say) -> str:
    """The difference with an arrow and a word; in colour where it is clear which side is better."""
    gain, good = shift.gain, FIGURES[name][1]
    if gain.value is None:
        return f"<span style='color:{theme.muted}'>{escape(say('not known'), quote=False)}</span>"
    told = escape(difference(name, gain, say), quote=False)
    if told.startswith("0"):
        return f"<span style='color:{theme.muted}'>{escape(say('as today'), quote=False)}</span>"
    clear = gain.low is None or gain.high is None or gain.low > 0 or gain.high < 0
    arrow = "▲" if gain.value > 0 else "▼"
    if not clear:
        return f"<span style='color:{theme.muted}'>{arrow} {told} {escape(say('not clear'), quote=False)}</span>"
    if good is None:
        return f"<b>{arrow} {told}</b>"
    better = (gain.value > 0) == good
    colour, word = (theme.accent, say("better")) if better else (BAD[theme.name], say("worse"))
    return f"<b style='color:{colour}'>{arrow} {told} {escape(word, quote=False)}</b>"
