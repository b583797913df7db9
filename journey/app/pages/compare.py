"""Compare: two segments or two periods side by side, and what differs clearly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.analysis import compare as comparing
from journey.analysis.compare import Comparison
from journey.analysis.compare_differences import Difference
from journey.app import cached
from journey.app.parts import cases
from journey.app.parts.choice import choice
from journey.app.parts.drawer import open_touchpoint, open_transition
from journey.app.parts.figure import chart, panel
from journey.app.parts.patience import patiently
from journey.app.parts.sides import REST, Side, defaults, kept, options, side_of
from journey.app.state import View, clicked, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.compare import dumbbells
from journey.draw.compare_graph import difference_graph, edges_drawn
from journey.draw.compare_tiles import key_tiles
from journey.draw.compare_words import against, apart, headline, heads, listed, probability, small, title, verdict
from journey.draw.words import place, span
from journey.events.selection import Selection, Step

__all__ = ["MEASURES", "flow_note", "page", "picked_pair", "table"]

# What the dumbbells can show, in this order, as far as it was measured.
MEASURES = ("satisfaction", "effort", "exit", "reach", "wait_median_s", "rework", "help", "switch", "wait")
FEW = 12
AT, CLICKS = "compare-at", "compare-clicks"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is compared: the key of every cache.

    The language is part of it, for the sides' names are said in it; and so are the segments that stand on a side, which
    may be saved anew under the same name.
    """

    view: View
    a: str
    b: str
    saved: tuple[Selection | None, Selection | None]
    lang: str


def page(view: View) -> None:
    """Show the page."""
    codes = options(view)
    if list(codes) == [REST]:
        st.info(
            _(
                "There is nothing to compare by yet: no attribute, no two whole periods. Choose cases by the filters "
                "and save them as a segment; it can be compared with everything else."
            )
        )
        return
    code_a, code_b = _chosen(codes)
    try:
        if code_a == code_b == REST:
            raise jn.JourneyError("Everything else needs something to be the rest of: choose one of the two sides.")
        a, b = side_of(view, code_a, code_b), side_of(view, code_b, code_a)
        asked = Asked(view, code_a, code_b, (kept(view, code_a), kept(view, code_b)), language())
        label = _("Comparing {a} and {b}", a=plain(a.name), b=plain(b.name))
        found = patiently(label, lambda: _compared(asked), key=f"compare-{hash(asked)}")
    except jn.JourneyError as error:
        st.info(sentence(error))
        return
    _headline(found)
    panel(
        "compare-key",
        lambda: st.html(_key(asked, theme_name())),
        table=lambda: table(found.key, found),
        name="compare",
        note=_notes(found, cohorts=code_a.startswith("from:") or code_b.startswith("from:")),
    )
    _touchpoints(found, a, b, asked)
    _graph(found, asked)


def _chosen(codes: Mapping[str, str]) -> tuple[str, str]:
    """The codes of the two sides."""
    first, second = defaults(codes)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        a = choice(_("Compare"), codes, key="compare_a", default=first, as_="list", width=300)
        b = choice(_("with"), codes, key="compare_b", default=second, as_="list", width=300)
        st.button(_("Swap"), icon=":material/swap_horiz:", key="compare-swap", on_click=_swap)
    return a, b


def _swap() -> None:
    told = st.session_state
    told["compare_a"], told["compare_b"] = told["compare_b"], told["compare_a"]


# --- cached results ------------------------------------------------------------------------------


@st.cache_resource(show_spinner=False, max_entries=64)
def _compared(asked: Asked) -> Comparison:
    a, b = side_of(asked.view, asked.a, asked.b), side_of(asked.view, asked.b, asked.a)
    return comparing.compare(a.log, b.log, names=(a.name, b.name))


@st.cache_data(show_spinner=False, max_entries=128)
def _key(asked: Asked, theme: str) -> str:
    return key_tiles(_compared(asked), theme=draw.theme(theme), say=speaker(asked.lang))


@st.cache_data(show_spinner=False, max_entries=128)
def _dumbbells(asked: Asked, theme: str, of: str, most: int) -> go.Figure:
    found = _compared(asked)
    return dumbbells(found.of(of)[:most], found, theme=draw.theme(theme), say=speaker(asked.lang))


@st.cache_data(show_spinner=False, max_entries=128)
def _ways(asked: Asked, theme: str) -> go.Figure:
    journey = cached.journey(asked.view)
    return difference_graph(journey, _compared(asked), theme=draw.theme(theme), say=speaker(asked.lang))


# --- what is shown -------------------------------------------------------------------------------


def _headline(found: Comparison) -> None:
    """The answer in a sentence, and where the two are furthest apart, with the way to the causes."""
    st.markdown(f"### {plain(headline(found, say()))}")
    largest = heads(found)
    if not largest:
        st.markdown(_("No touchpoint differs clearly."))
        return
    with st.container(gap="xsmall"):
        for name, differences in largest.items():
            told = "; ".join(against(one, say()) for one in differences)
            sure = "; ".join(f"{small(one.of, say())} {apart(one, say())}" for one in differences)
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                st.markdown(
                    f"**{plain(name)}:** {plain(told)}",
                    width="content",
                    help=_("Difference and its 95% interval: {told}", told=plain(sure)),
                )
                st.button(
                    _("Why"),
                    key=f"compare-why-{name}",
                    on_click=open_touchpoint,
                    args=(name,),
                    help=_("Why: {touchpoint}", touchpoint=plain(name)),
                    type="tertiary",
                    icon=":material/search:",
                )


def _notes(found: Comparison, *, cohorts: bool) -> str:
    """How the comparison was made, in sentences."""
    told = [
        _(
            "Differences are {a} less {b} with 95% intervals that count customers; clear means that it stands out "
            "among all that is compared here (false discovery rate {q}) and the interval leaves out 0.",
            a=plain(found.a.name),
            b=plain(found.b.name),
            q=say().number(found.q, ".0%"),
        )
    ]
    if found.both_sides:
        kept, other = (found.a, found.b) if found.kept_by == "a" else (found.b, found.a)
        told.append(
            _(
                "{n:,} cases stand on both sides; they count for {kept} only, so {other} is the rest of it.",
                n=found.both_sides,
                kept=plain(kept.name),
                other=plain(other.name),
            )
        )
    if found.shared_customers:
        told.append(_("{n:,} customers have cases on both sides, which is allowed for.", n=found.shared_customers))
    if cohorts:
        told.append(
            _("Cases that began later had less time to go far: reach, goal and waits are lower for that alone.")
        )
    if found.by_time:
        told.append(_("Compared are visits, whenever their case began; reach is of the cases with a visit then."))
    told.append(_("Association is not cause."))
    return " ".join(told)


def _touchpoints(found: Comparison, a: Side, b: Side, asked: Asked) -> None:
    st.markdown("### " + _("Touchpoint by touchpoint"))
    measured = [of for of in MEASURES if found.of(of)]
    if not measured:
        st.info(_("Nothing was measured at a touchpoint on both sides."))
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        names = {of: title(of, say()) for of in measured}
        of = choice(_("Measure"), names, key="compare_by", default=measured[0], hidden=True)
        every = len(found.of(of))
        everything = every > FEW and st.toggle(
            _("All {n} touchpoints", n=every), key="compare_all", bind="query-params"
        )
    shown = found.of(of)[: every if everything else FEW]
    clicks = st.session_state.setdefault(CLICKS, 0)
    event = panel(
        "compare-touchpoints",
        lambda: chart(
            _dumbbells(asked, theme_name(), of, len(shown)),
            alt=listed(shown, found, say()),
            key=f"compare-dumbbells-{clicks}",
            clickable=True,
        ),
        table=lambda: table(found.touchpoints, found),
        name="compare-touchpoints",
        note=_(
            "Clear differences first, the largest effect on top; bold is clear. Means are plain, not shrunken as on "
            "the map. Click a mark for the cases behind it."
        ),
    )
    if name := clicked(event, [str(one.at) for one in shown]):
        st.session_state[AT], st.session_state[CLICKS] = name, clicks + 1
        st.rerun()
    _behind(found, a, b)


def _behind(found: Comparison, a: Side, b: Side) -> None:
    """The cases of either side at the touchpoint that was clicked."""
    name = st.session_state.get(AT)
    reach = {str(one.at): one for one in found.of("reach")}
    if name not in reach:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", border=True):
        st.markdown(f"**{plain(name)}**", width="content")
        st.button(_("Why"), key="compare-open", on_click=open_touchpoint, args=(name,))
        for letter, side in (("a", a), ("b", b)):
            # A side without the cases that both share is no filter that could be opened.
            if side.view is None or (found.both_sides and found.kept_by != letter):
                continue
            measure = reach[name].a if letter == "a" else reach[name].b
            n = round((measure.value or 0) * measure.n)
            label = _("{n:,} cases of {side}", n=n, side=plain(side.name))
            if st.button(label, key=f"compare-cases-{letter}", type="tertiary", icon=":material/group:"):
                _cases(side.view, _("{side}: met {touchpoint}", side=side.name, touchpoint=name), ("met", name))


def _cases(view: View, heading: str, *steps: Step) -> None:
    """The drawer with exactly those cases, of one side."""

    @st.dialog(plain(heading), width=640, position="right")
    def shown() -> None:
        cases.cases_list(view, heading, *steps)

    shown()


def _graph(found: Comparison, asked: Asked) -> None:
    if found.walk is None:
        return
    st.markdown("### " + _("Ways that one side goes more often"))
    edges = edges_drawn(found)
    clicks = st.session_state.setdefault(CLICKS, 0)
    event = panel(
        "compare-graph",
        lambda: chart(
            _ways(asked, theme_name()),
            alt=_("Clear differences in what comes next: {told}", told=_ways_told(found)),
            key=f"compare-graph-{clicks}",
            clickable=True,
        ),
        table=lambda: table(found.transitions, found),
        name="compare-ways",
        note=flow_note(found),
    )
    if pair := picked_pair(event):
        st.session_state[CLICKS] = clicks + 1
        if pair in edges:
            open_transition(*pair)
        else:
            open_touchpoint(pair[0])
        st.rerun()


def _ways_told(found: Comparison) -> str:
    clear = [one for one in found.transitions if one.clear]
    return listed(clear[:8], found, say()) or "–"


def picked_pair(event: object) -> tuple[str, str] | None:
    """What was clicked in the graph: a transition, or a touchpoint as (name, "")."""
    points = (((event or {}).get("selection") or {}).get("points") or []) if isinstance(event, dict) else []
    for point in points:
        data = point.get("customdata")
        if isinstance(data, list) and data and all(isinstance(name, str) for name in data):
            return (data[0], data[1] if len(data) > 1 else "")
    return None


def flow_note(found: Comparison) -> str:
    """What the graph shows and what it leaves out."""
    clear = sum(one.clear for one in found.transitions)
    told = [
        _(
            "Share of what comes next after a touchpoint, exits included; pp: percentage points. {clear} of {n} kinds "
            "of moves differ clearly; {rare} were walked fewer than 10 times and are not compared. Cards: share of "
            "either side's cases that came by.",
            clear=clear,
            n=len(found.transitions),
            rare=found.rare,
        )
    ]
    if found.walk is not None:
        told.append(
            _(
                "The graphs as a whole: {p} by {permutations} permutations of customers; divergence {divergence} bits, "
                "{chance} by chance alone.",
                p=probability(found.walk.p, say()),
                permutations=found.walk.permutations,
                divergence=say().number(found.walk.divergence, ".4f"),
                chance=say().number(found.walk.chance, ".4f"),
            )
        )
    if found.by_time:
        told.append(
            _(
                "What comes next is told of visits that the log follows for {window}.",
                window=span(found.window_s, say()),
            )
        )
    return " ".join(told)


def table(found: tuple[Difference, ...], comparison: Comparison) -> pd.DataFrame:
    """Differences as a table: raw numbers of both sides, the difference and what is clear."""
    a, b = comparison.a.name, comparison.b.name
    rows = []
    for one in found:
        at = " → ".join(place(end, say()) for end in one.at) if isinstance(one.at, tuple) else one.at
        row: dict[str, object] = {} if at is None else {_("Where"): at}
        row |= {
            _("Measure"): title(one.of, say()),
            a: one.a.value,
            b: one.b.value,
            _("Difference"): one.difference.value,
            _("Low"): one.difference.low,
            _("High"): one.difference.high,
            "p": one.p,
            _("Verdict"): verdict(one, say()),
            _("n of {side}", side=a): one.a.n,
            _("n of {side}", side=b): one.b.n,
        }
        rows.append(row)
    return pd.DataFrame(rows)
