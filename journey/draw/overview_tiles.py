"""The overview's figures as tiles: a number with its interval, its trend, and how it moved; plain HTML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from statistics import median
from typing import Final
from urllib.parse import quote

from journey.analysis.compare_periods import Line, Pulse
from journey.draw.compare_words import amount, apart, counted, title
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, N_, Say, span
from journey.events.trend import Period
from journey.model import Journey, Measure

__all__ = ["compared", "counted_when", "period_name", "shown", "tiles"]

MONTHS: Final = (
    N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"), N_("May"), N_("Jun"),
    N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec"),
)  # fmt: skip
# Of several satisfaction figures the tile shows one: the share of the satisfied, where the scale has it.
SHOWN: Final = ("cases", "goal", "csat", "satisfaction", "effort", "nps")
WIDTH: Final = 240  # of the drawn trend, in its own units
HEIGHT: Final = 36
EDGE: Final = 6
# Better and worse, each 4.5 : 1 on the ground of its theme.
BAD: Final[Mapping[str, str]] = {"light": "#A52A2E", "dark": "#F2A09A"}

STYLE: Final = """
<style>
.jt{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:0 0 2px}
.jt>div{border:1px solid var(--jt-line);border-radius:.4rem;padding:8px 14px 6px;min-width:0;
  display:flex;flex-direction:column}
.jt h4{all:unset;font-size:13.5px;color:var(--jt-muted);white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.jt .v{font-size:27px;line-height:1.2;font-weight:620;letter-spacing:-.01em}
.jt .i{font-size:12.5px;color:var(--jt-muted)}
.jt .c{font-size:13px;margin-top:3px;flex:1}.jt .c b{font-weight:650}
.jt .t{position:relative;height:36px;margin-top:4px}.jt .t img{width:100%;height:36px;display:block}
.jt .t i{position:absolute;width:9px;height:9px;border-radius:50%;transform:translate(-50%,-50%);
  border:2px solid var(--jt-ground);box-sizing:content-box}
</style>
"""


def period_name(period: Period, say: Say = ENGLISH) -> str:
    """A period as people call it: Q2 2026, Apr 2026, the week of 1 Jun 2026."""
    if period.unit == "week":
        return say("week of {day}", day=say.day(period.start))
    if period.unit == "quarter":
        return say("Q{quarter} {year}", quarter=str(period.start.month // 3 + 1), year=str(period.start.year))
    return say("{month} {year}", month=say(MONTHS[period.start.month - 1]), year=str(period.start.year))


def shown(pulse: Pulse) -> list[Line]:
    """The lines that get a tile, in order."""
    found = {line.of: line for line in pulse.lines}
    if "csat" in found:
        found.pop("satisfaction", None)
    return [found[of] for of in SHOWN if of in found]


def tiles(pulse: Pulse, journey: Journey, *, theme: Theme = LIGHT, say: Say = ENGLISH) -> str:
    """All tiles in a row, as HTML that needs nothing else."""
    colours = f"--jt-line:{theme.line};--jt-muted:{theme.muted};--jt-ground:{theme.ground}"
    each = "".join(_tile(line, journey, theme, say) for line in shown(pulse))
    return f'{STYLE}<div class="jt journey-figure" style="{colours};color:{theme.ink}">{each}</div>'


def _tile(line: Line, journey: Journey, theme: Theme, say: Say) -> str:
    heading = escape(_heading(line, journey, say), quote=False)
    parts = [
        f'<h4 title="{escape(heading)}">{heading}</h4>',
        f'<div class="v">{escape(_value(line, say), quote=False)}</div>',
        f'<div class="i">{escape(_sure(line, journey, say), quote=False)}</div>',
        f'<div class="c">{_moved(line, theme, say)}</div>',
        _trend(line, theme, say),
    ]
    return f"<div>{''.join(parts)}</div>"


def _heading(line: Line, journey: Journey, say: Say) -> str:
    if line.of == "cases":
        return say("Cases")
    if line.of == "goal":
        return say("Reached {goal}", goal=", ".join(journey.goal))
    if line.of == "csat":
        return say("CSAT, in the two top boxes")
    if line.of == "nps":
        return say("NPS, −100 to 100")
    scale = journey.scales[line.of]
    good = say("high is good") if scale.good == "high" else say("low is good")
    return say("{name} {low:g}–{high:g}, {good}", name=title(line.of, say), low=scale.low, high=scale.high, good=good)


def _value(line: Line, say: Say) -> str:
    if line.of in ("goal", "csat"):
        return say.number(line.whole.value, ".1%")
    return amount(line.of, line.whole.value, say)


def _sure(line: Line, journey: Journey, say: Say) -> str:
    """The interval and n."""
    if line.of == "cases":
        if journey.customers == journey.cases:
            return say("{n:,} events", n=journey.events)
        return say("{n:,} customers", n=journey.customers)
    low, high = line.whole.low, line.whole.high
    if low is None or high is None:
        return say("no answers")
    form = {"goal": ".1%", "csat": ".1%", "nps": ".0f"}.get(line.of, ".2f")
    ends = say("{low} to {high}", low=say.number(low, form), high=say.number(high, form))
    return f"{ends.replace('-', '−')} · {counted(line.of, line.whole.n, say)}"


def _moved(line: Line, theme: Theme, say: Say) -> str:
    """How it moved since the period before, with an arrow, a word and a colour where that is clear."""
    one = line.change
    if one is None or one.difference.value is None:
        return f"<span style='color:{theme.muted}'>{escape(say('no earlier period to compare'), quote=False)}</span>"
    if not one.clear:
        told = say("{apart} not clear", apart=apart(one, say))
        return f"<span style='color:{theme.muted}'>→ {escape(told, quote=False)}</span>"
    arrow = "▲" if one.difference.value > 0 else "▼"
    colour = theme.ink if one.good is None else theme.accent if one.better == "a" else BAD[theme.name]
    verdict = say("more") if one.good is None else say("better") if one.better == "a" else say("worse")
    if one.good is None and one.difference.value < 0:
        verdict = say("fewer")
    told = escape(apart(one, say), quote=False).replace(" (", f"</b> <span style='color:{theme.muted}'>(", 1)
    return f"<b style='color:{colour}'>{arrow} {told}</span> <b style='color:{colour}'>{escape(verdict)}</b>"


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where periods and values lie in the drawn trend."""

    periods: int
    low: float
    high: float

    @classmethod
    def of(cls, known: Sequence[tuple[int, Measure]], periods: int) -> _Grid:
        """Room for the values and the usual width of their intervals; the widest intervals may pass the edge."""
        values = [point.value or 0.0 for _, point in known]
        half = median((point.high or 0.0) - (point.low or 0.0) for _, point in known) / 2
        room = half + 0.08 * (max(values) - min(values)) or 1.0
        return cls(periods, min(values) - room, max(values) + room)

    def x(self, at: int) -> float:
        return EDGE + (WIDTH - 2 * EDGE) * at / max(1, self.periods - 1)

    def y(self, value: float | None) -> float:
        share = ((value or 0.0) - self.low) / (self.high - self.low)
        return HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * min(1.0, max(0.0, share))


def _trend(line: Line, theme: Theme, say: Say) -> str:
    """The way of the figure through the periods with its interval; the two that are compared stand out."""
    known = [(at, point) for at, (_, point) in enumerate(line.points[: line.settled]) if point.value is not None]
    if len(known) < 2:
        return ""
    grid = _Grid.of(known, len(line.points))
    upper = [(grid.x(at), grid.y(point.high)) for at, point in known]
    lower = [(grid.x(at), grid.y(point.low)) for at, point in known]
    way = [(grid.x(at), grid.y(point.value)) for at, point in known]
    last = _stretch(line, grid)
    parts = (
        [f"<rect x='{last[0]:.1f}' y='0' width='{last[1]:.1f}' height='{HEIGHT}' fill='{theme.band}'/>"] if last else []
    )
    parts.append(f"<polygon points='{_points([*upper, *reversed(lower)])}' fill='{theme.accent}' fill-opacity='.2'/>")
    parts.append(
        f"<polyline points='{_points(way)}' fill='none' stroke='{theme.accent}' stroke-width='2' "
        "stroke-linejoin='round' vector-effect='non-scaling-stroke'/>"
    )
    picture = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' preserveAspectRatio='none'>"
        f"{''.join(parts)}</svg>"
    )
    left, top = 100 * way[-1][0] / WIDTH, 100 * way[-1][1] / HEIGHT
    alt = escape(_told(line, known, say))
    return (
        f'<div class="t" title="{alt}"><img alt="{alt}" src="data:image/svg+xml,{quote(picture)}">'
        f'<i style="left:{left:.2f}%;top:{top:.2f}%;background:{theme.accent}"></i></div>'
    )


def _points(way: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in way)


def _stretch(line: Line, grid: _Grid) -> tuple[float, float] | None:
    """Where the last period compared lies: its left end and its width."""
    if line.last is None:
        return None
    inside = [at for at, (period, _) in enumerate(line.points) if line.last.start <= period.start < line.last.end]
    if not inside:
        return None
    half = (WIDTH - 2 * EDGE) / max(1, grid.periods - 1) / 2
    left, right = max(0.0, grid.x(inside[0]) - half), min(float(WIDTH), grid.x(inside[-1]) + half)
    return left, right - left


def _told(line: Line, known: Sequence[tuple[int, Measure]], say: Say) -> str:
    """The trend in words: where it began and where it is."""
    (first, one), (last, other) = known[0], known[-1]
    return say(
        "{what}: {one} in {first}, {other} in {last}",
        what=title(line.of, say),
        one=amount(line.of, one.value, say),
        first=period_name(line.points[first][0], say),
        other=amount(line.of, other.value, say),
        last=period_name(line.points[last][0], say),
    )


def compared(pulse: Pulse, say: Say = ENGLISH) -> str:
    """Which periods the tiles compare, as short as it can be said."""
    usual = next((line for line in shown(pulse) if line.of != "goal" and line.last and line.before), None)
    if usual is None:
        return say("95% intervals; no two whole periods to compare")
    told = _names(usual, say)
    goal = next((line for line in shown(pulse) if line.of == "goal" and line.last and line.before), None)
    if goal is None or goal.last == usual.last:
        return say("{last} against {before}; 95% intervals", **told)
    older = {f"goal_{name}": period for name, period in _names(goal, say).items()}
    return say(
        "{last} against {before}; goal: began in {goal_last} against {goal_before}; 95% intervals", **told, **older
    )


def _names(line: Line, say: Say) -> dict[str, str]:
    assert line.last is not None
    assert line.before is not None
    return {"last": period_name(line.last, say), "before": period_name(line.before, say)}


def counted_when(pulse: Pulse, say: Say = ENGLISH) -> str:
    """By what time things count, and why the goal is compared of older cases; nothing where there is no trend."""
    if not any(line.points for line in pulse.lines):
        return ""
    told = [say("Answers count in the period in which they were given, cases in the one in which they began.")]
    goal = next((line for line in shown(pulse) if line.of == "goal"), None)
    if goal is None or pulse.delay_s is None:
        return told[0]
    if goal.last and goal.before:
        told.append(
            say(
                "The goal compares cases that began in {last} with those of {before}: nine in ten of those who reach "
                "it do within {delay}, and later cases are too young to tell.",
                **_names(goal, say),
                delay=span(pulse.delay_s, say),
            )
        )
    else:
        told.append(
            say(
                "The goal is not compared: nine in ten of those who reach it do within {delay}, and no two periods "
                "were followed for so long.",
                delay=span(pulse.delay_s, say),
            )
        )
    return " ".join(told)
