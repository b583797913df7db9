"""Flows: where cases go after a touchpoint, or come from before it, step by step; bars as high as there are cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from journey.draw.flow_words import alt, link_told, stop_name, stop_told
from journey.draw.hues import tint
from journey.draw.sheet import LEFT, Sheet, X, percent
from journey.draw.theme import LIGHT, Theme
from journey.draw.words import ENGLISH, Say
from journey.events.paths import Link, Paths, Stop
from journey.model import END, START, Place

__all__ = ["flow", "link_mark", "stop_mark"]

HEAD, FOOT = 52, 10  # pixels above and below the bars
TALL = 400  # pixels for all cases that met the anchor
BAR = 13  # width of a bar
LINE, TWO_LINES = 21, 36  # height that a label of one line takes, of two
GAP = 7
NARROW = 116  # pixels a column needs at least


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a bar stands: its left edge, its top and height."""

    x: X
    y: float
    high: float


def stop_mark(at: int) -> str:
    """The mark of `found.stops[at]`."""
    return f"stop-{at}"


def link_mark(at: int) -> str:
    """The mark of `found.links[at]`."""
    return f"link-{at}"


def flow(
    found: Paths,
    *,
    colours: Mapping[str, str],
    stages: Mapping[str, str] | None = None,
    through: Paths | None = None,
    meant: Collection[str] = (),
    theme: Theme = LIGHT,
    say: Say = ENGLISH,
) -> Sheet:
    """The steps from left to right in order of time; what ends, or begins, at a step stands as high as what goes on.

    colours   touchpoint → colour; `stages` stage → colour, for the key
    through   the paths of part of the cases, with the same stops: they are laid over in full colour, the rest is pale
    meant     touchpoints at which a case may well end: what ends there is grey, not rust
    """
    sheet = Sheet(theme, label=alt(found, say))
    scale = TALL / max(1, found.cases)
    spots = _spots(found, scale)
    paint = _Paint(found, through, colours, frozenset(meant), theme, say)
    _heads(sheet, found, theme, say)
    _links(sheet, paint, spots, scale)
    for at, stop in enumerate(found.stops):
        _stop(sheet, paint, at, stop, spots[stop.step, stop.place], scale)
    bottom = max((spot.y + max(spot.high, LINE) for spot in spots.values()), default=HEAD)
    bottom += 22 + sheet.key(LEFT, bottom + 26, _key(paint, stages or {}))
    return sheet.end(bottom + FOOT, least=NARROW * _columns(found))


@dataclass(frozen=True, slots=True)
class _Paint:
    found: Paths
    through: Paths | None
    colours: Mapping[str, str]
    meant: frozenset[str]
    theme: Theme
    say: Say

    def of(self, where: Place | None) -> str:
        """The others together are grey, a touchpoint has its own colour."""
        if isinstance(where, str):
            return tint(self.colours.get(where, self.theme.accent), self.theme)
        return self.theme.edge if where is None else self.theme.muted if where is START else self.theme.back

    def stop(self, stop: Stop) -> str:
        """Ends are rust, but where most of them were meant."""
        if stop.place is not END:
            return self.of(stop.place)
        coming = [one for one in self.found.links if one.step == stop.step - 1 and one.far == stop.place]
        good = sum(one.cases for one in coming if one.near in self.meant)
        return self.theme.muted if 2 * good > stop.cases else self.theme.back

    def link(self, link: Link) -> str:
        """A band has the colour of where it comes from; one that ends is rust, or grey where that was meant."""
        if link.far is not END:
            return self.of(link.far if link.far is START else link.near)
        return self.theme.muted if link.near in self.meant else self.theme.back

    def part(self, stop: Stop) -> int | None:
        """Of the cases laid over, those at this stop; None where none are laid over."""
        if self.through is None:
            return None
        same = self.through.stop(stop.step, stop.place)
        return same.cases if same else 0


def _key(paint: _Paint, stages: Mapping[str, str]) -> dict[str, str]:
    """What the colours stand for: stages that are met, and the two kinds of ends, or where cases begin."""
    found, theme, say = paint.found, paint.theme, paint.say
    met = {paint.colours.get(stop.place) for stop in found.stops if isinstance(stop.place, str)}
    key = {name: tint(colour, theme) for name, colour in stages.items() if colour in met}
    over = [one for one in found.links if one.far in (START, END)]
    if any(one.far is START for one in over):
        key[say("begins here")] = theme.muted
    if any(one.far is END and one.near not in paint.meant for one in over):
        key[say("ends here")] = theme.back
    if any(one.far is END and one.near in paint.meant for one in over):
        key[say("ends where it may")] = theme.muted
    return key


def _columns(found: Paths) -> int:
    """Columns that hold anything: the cases may all be over before the last step."""
    return max((stop.step for stop in found.stops), default=0) + 1


def _column(found: Paths, step: int) -> X:
    n = _columns(found)
    return X((n - 1 - step if found.back else step) / n)


def _spots(found: Paths, scale: float) -> dict[tuple[int, Place | None], Spot]:
    """Bars of each column in the order of where their cases stood one step nearer; others and ends at the bottom."""
    spots: dict[tuple[int, Place | None], Spot] = {}
    for step in range(_columns(found)):
        y, x = float(HEAD), _column(found, step)
        for stop in sorted(found.at(step), key=lambda one: _height(one, found, spots)):
            high = max(1.0, stop.cases * scale)
            spots[step, stop.place] = Spot(x, y, high)
            y += max(high, LINE) + GAP
    return spots


def _height(stop: Stop, found: Paths, spots: Mapping[tuple[int, Place | None], Spot]) -> tuple[int, float]:
    """How high the cases of a stop stood on average one step nearer."""
    if not isinstance(stop.place, str):
        return (1 if stop.place is None else 2), 0.0
    links = [one for one in found.links if one.step == stop.step - 1 and one.far == stop.place]
    middles = [(one.cases, spots[one.step, one.near]) for one in links if (one.step, one.near) in spots]
    cases = sum(n for n, _ in middles)
    return 0, sum(n * (spot.y + spot.high / 2) for n, spot in middles) / cases if cases else 0.0


def _heads(sheet: Sheet, found: Paths, theme: Theme, say: Say) -> None:
    """What each column is, and how many cases are still, or already, under way."""
    room = X(1 / _columns(found), -16)
    for step in range(_columns(found)):
        on = sum(stop.cases for stop in found.at(step) if stop.place is None or isinstance(stop.place, str))
        if step == 0:
            title = say("First visit")
        else:
            title = say("{n} before", n=step) if found.back else say("Step {n}", n=step)
        under = say("{n:,} cases ({share})", n=on, share=percent(on / found.cases if found.cases else None, say))
        x = _column(found, step)
        sheet.text(x, 14, title, weight=650, room=room)
        sheet.note(x, 31, under, room=room)


def _links(sheet: Sheet, paint: _Paint, spots: Mapping[tuple[int, Place | None], Spot], scale: float) -> None:
    found, through = paint.found, paint.through
    ends = _stacked(found, spots, scale)
    over = _stacked(through, spots, scale) if through else {}
    part = {(one.step, one.near, one.far): one.cases for one in through.links} if through else {}
    for at, link in enumerate(found.links):
        name = link_mark(at)
        near, far = spots[link.step, link.near], spots[link.step + 1, link.far]
        key = (link.step, link.near, link.far)
        colour = paint.link(link)
        sheet.ribbon(
            *_band(found, near, far, ends[key], link.cases * scale),
            fill=colour,
            opacity=0.14 if through else 0.34,
            mark=name,
        )
        if part.get(key):
            band = _band(found, near, far, over[key], part[key] * scale)
            sheet.ribbon(*band, fill=colour, opacity=0.8, mark=name, mute=True)
        sheet.mark(
            name, link_told(found, link, part.get(key) if through else None, paint.say), near=_ends_of(found, link)
        )


Band = tuple[tuple[X, float, float], tuple[X, float, float]]


def _band(found: Paths, near: Spot, far: Spot, tops: tuple[float, float], high: float) -> Band:
    """From left to right; looking back the near one stands at the right."""
    (left, left_top), (right, right_top) = (near, tops[0]), (far, tops[1])
    if found.back:
        (left, left_top), (right, right_top) = (right, right_top), (left, left_top)
    high = max(high, 0.6)
    return (left.x.by(BAR), left_top, left_top + high), (right.x, right_top, right_top + high)


def _stacked(
    found: Paths, spots: Mapping[tuple[int, Place | None], Spot], scale: float
) -> dict[tuple[int, Place | None, Place | None], tuple[float, float]]:
    """Where each link begins at its near and at its far bar, so that links cross as little as they can."""
    tops: dict[tuple[int, Place | None, Place | None], list[float]] = {
        (one.step, one.near, one.far): [0.0, 0.0] for one in found.links
    }
    for side in (0, 1):
        used: dict[tuple[int, Place | None], float] = {}

        def other(one: Link, side: int = side) -> float:
            return spots[(one.step + 1, one.far) if side == 0 else (one.step, one.near)].y

        for link in sorted(found.links, key=other):
            here = (link.step, link.near) if side == 0 else (link.step + 1, link.far)
            top = used.get(here, spots[here].y)
            tops[link.step, link.near, link.far][side] = top
            used[here] = top + link.cases * scale
    return {key: (near, far) for key, (near, far) in tops.items()}


def _ends_of(found: Paths, link: Link) -> list[str]:
    wanted = {(link.step, link.near), (link.step + 1, link.far)}
    return [stop_mark(at) for at, stop in enumerate(found.stops) if (stop.step, stop.place) in wanted]


def _near(found: Paths, stop: Stop) -> list[str]:
    """A stop's links and the stops at their other ends."""
    touching = [
        (at, link)
        for at, link in enumerate(found.links)
        if (stop.step, stop.place) in ((link.step, link.near), (link.step + 1, link.far))
    ]
    near = {name for _, link in touching for name in _ends_of(found, link)}
    return [*(link_mark(at) for at, _ in touching), *sorted(near)]


def _stop(sheet: Sheet, paint: _Paint, at: int, stop: Stop, spot: Spot, scale: float) -> None:
    theme, say, name = paint.theme, paint.say, stop_mark(at)
    part = paint.part(stop)
    room = X(1 / _columns(paint.found), -BAR - 14)
    # Takes clicks beside the bar, too, where the label stands.
    sheet.rect(spot.x, spot.y, room.by(BAR), max(spot.high, LINE), fill=theme.ground, opacity=0, mark=name)
    colour = paint.stop(stop)
    sheet.rect(spot.x, spot.y, X(0, BAR), spot.high, fill=colour, opacity=1 if part is None else 0.3, r=2, mark=name)
    if part:
        sheet.rect(spot.x, spot.y, X(0, BAR), part * scale, fill=colour, r=2, mark=name, mute=True)
    _label(sheet, spot, stop_name(paint.found, stop, say), stop, part, name, room, theme, say)
    sheet.mark(name, stop_told(paint.found, stop, part, say), near=_near(paint.found, stop), opens=stop.step > 0)


def _label(
    sheet: Sheet,
    spot: Spot,
    title: str,
    stop: Stop,
    part: int | None,
    mark: str,
    room: X,
    theme: Theme,
    say: Say,
) -> None:
    """Name and number beside the bar: on two lines where there is room, else on one, the share first."""
    x = spot.x.by(BAR + 7)
    if max(spot.high, LINE) < TWO_LINES:
        text = f"{percent(stop.share.value, say)}  {title}"
        sheet.text(x, spot.y + 14, text, size=12.5, room=room, mark=mark, halo=theme.ground)
        return
    y = spot.y + spot.high / 2 - 3
    sheet.text(x, y, title, weight=620, room=room, mark=mark, halo=theme.ground)
    numbers = f"{say.number(stop.cases)} · {percent(stop.share.value, say)}"
    if part is not None:
        numbers = say("{n:,} of {of:,}", n=part, of=stop.cases)
    sheet.text(x, y + 16, numbers, size=12.5, room=room, mark=mark, halo=theme.ground)
