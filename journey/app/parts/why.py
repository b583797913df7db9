"""What the drawer tells of a touchpoint or a transition: the numbers behind its friction, and the cases behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts import drawer
from journey.app.parts.facts import Fact, facts
from journey.app.parts.figure import chart, panel, show_table
from journey.app.parts.said import answers_part, comments_part, has_comments
from journey.app.parts.walked import Group, cases_part, groups, steps_part
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw import interval, why
from journey.draw.theme import COMPONENT_NAMES
from journey.draw.words import place, share, span
from journey.estimate import wilson
from journey.events.selection import Step as Condition
from journey.model import COMPONENTS, END, START, Place

__all__ = ["COMMONEST", "burden_parts", "components_table", "touchpoint", "transition", "transitions"]

# Transitions that are ranked: those beyond are walked once or twice, and would cost seconds.
COMMONEST = 500


@st.cache_resource(show_spinner=False, max_entries=16)
def transitions(view: View) -> jn.Ranking:
    """Friction of the commonest transitions."""
    return jn.friction(cached.log(view), transitions=True, commonest=COMMONEST)


def touchpoint(view: View, name: str) -> None:
    """Everything known of a touchpoint, one part at a time."""
    found = cached.journey(view)[name]
    one, of = _ranked(lambda: cached.friction(view), name)
    _headline(" · ".join([part for part in (found.stage, ", ".join(found.channels)) if part]), one)
    facts(_numbers(view, found, one, of))
    parts = {
        "why": _("Why"),
        "answers": _("Answers"),
        "steps": _("Before and after"),
        "cases": _("Cases"),
        "comments": _("Comments"),
    }
    if not has_comments(view):
        del parts["comments"]
    chosen = _part(parts)
    if chosen == "why":
        _components(view, one, name)
    elif chosen == "answers":
        answers_part(view, found)
    elif chosen == "steps":
        steps_part(view, found, drawer.open_touchpoint)
    elif chosen == "cases":
        cases_part(view, groups(view, found))
    else:
        comments_part(view, name)


def transition(view: View, source: Place, target: Place) -> None:
    """Everything known of a transition: who walks it, how long it takes, what friction lies on it."""
    journey = cached.journey(view)
    edge = next((e for e in journey.transitions if e.source == source and e.target == target), None)
    if edge is None:
        st.info(_("None of the cases looked at goes this way."))
        return
    inner = isinstance(source, str) and isinstance(target, str)
    one, of = _ranked(lambda: transitions(view), (source, target)) if inner else (None, 0)
    _headline("", one)
    if inner and one is None:
        st.caption(_("Friction is measured for the {n:,} commonest transitions; this one is rarer.", n=COMMONEST))
    facts(_moves(view, edge, one, of))
    parts = {"why": _("Why"), "cases": _("Cases")} if one is not None else {"cases": _("Cases")}
    if _part(parts) == "why":
        _components(view, one, (source, target))
        return
    cases_part(view, [Group(_("Went this way"), edge.cases, (_condition(source, target),))])


def _condition(source: Place, target: Place) -> Condition:
    if source is START:
        return ("began", str(target))
    return ("ended", str(source)) if target is END else ("walked", str(source), str(target))


def _part(parts: Mapping[str, str]) -> str:
    """The part that is looked at; it stays the same from one drawer to the next."""
    key = "why-part"
    if st.session_state.get(key) not in parts:
        st.session_state[key] = next(iter(parts))
    if len(parts) == 1:
        return next(iter(parts))
    chosen = st.segmented_control(
        _("Show"),
        list(parts),
        required=True,
        format_func=lambda part: parts.get(str(part), str(part)),
        key=key,
        label_visibility="collapsed",
        persist_state="session",
    )
    return str(chosen)


def _ranked(ranking: Callable[[], jn.Ranking], at: object) -> tuple[jn.Friction | None, int]:
    """The friction of a place, and of how many; None where it was not ranked, or nothing can be."""
    try:
        found = ranking()
    except jn.JourneyError as error:
        st.info(sentence(error))
        return None, 0
    return next((one for one in found if one.at == at), None), len(found)


def _headline(where: str, one: jn.Friction | None) -> None:
    if where:
        st.caption(plain(where))
    if one is not None:
        st.markdown(f"**{plain(why(one, say()))}**")


# --- numbers -----------------------------------------------------------------------------------------


def _numbers(view: View, found: jn.Touchpoint, one: jn.Friction | None, of: int) -> list[Fact]:
    cases = cached.log(view).cases
    ends = wilson(found.ends, found.visits)
    return [
        Fact(
            _("Cases"),
            say().number(found.cases),
            _("{share} of all · {n:,} visits", share=share(found.cases / cases, say()), n=found.visits),
        ),
        Fact(
            _("Ends here"),
            share(ends.value, say()),
            _("{range} · n {n:,} visits", range=_range(ends, ".1%"), n=ends.n),
        ),
        Fact(
            _("Response rate"),
            share(found.response_rate, say()),
            _("of {n:,} visits", n=found.visits) if found.response_rate is not None else "",
        ),
        _measured(_("Satisfaction"), found.satisfaction, ".2f"),
        _measured(_("Effort scale"), found.effort, ".2f"),
        *_friction_numbers(view, one, of),
    ]


def _moves(view: View, edge: jn.Transition, one: jn.Friction | None, of: int) -> list[Fact]:
    leaving = _("of the moves that leave {source}", source=place(edge.source, say()))
    if edge.source is START:
        leaving = _("of all cases")
    found = [
        Fact(_("Moves"), say().number(edge.moves), _("by {n:,} cases", n=edge.cases)),
        Fact(_("Share"), share(edge.share, say()), leaving),
    ]
    if edge.wait_median_s is not None and cached.log(view).timed:
        found += [
            Fact(_("Median wait"), span(edge.wait_median_s, say()), _("n {n:,} moves", n=edge.moves)),
            Fact(_("90% within"), span(edge.wait_p90_s, say()), _("mean {mean}", mean=span(edge.wait_mean_s, say()))),
        ]
    return found + _friction_numbers(view, one, of)


def _friction_numbers(view: View, one: jn.Friction | None, of: int) -> list[Fact]:
    if one is None or one.burden.value is None:
        return []
    unit = cached.burden_unit(view, language())
    rank = Fact(
        _("Rank"),
        _("{rank} of {of}", rank=one.rank, of=of),
        _("95%: {low}–{high} · worst 3: {top}", low=one.rank_low, high=one.rank_high, top=share(one.p_top3, say())),
    )
    return [
        _measured(_("Friction score"), one.score, ".1f"),
        _measured(_("Burden, {unit}", unit=unit), one.burden, ",.0f"),
        rank,
    ]


def _measured(label: str, measure: jn.Measure, form: str) -> Fact:
    if measure.value is None:
        return Fact(label, "–", _("no answers"))
    note = _("{range} · n {n:,}", range=_range(measure, form), n=measure.n)
    return Fact(label, say().number(measure.value, form), note)


def _range(measure: jn.Measure, form: str) -> str:
    return _("95%: {low}–{high}", low=say().number(measure.low, form), high=say().number(measure.high, form))


# --- why ---------------------------------------------------------------------------------------------


def _components(view: View, one: jn.Friction | None, at: object) -> None:
    if one is None or not one.components:
        st.info(_("Friction was not observed here."))
        return
    listed = "; ".join(
        _("{name} {value}", name=_(COMPONENT_NAMES[name]), value=interval(found, ".0%", say()))
        for name, found in one.components.items()
    )
    panel(
        "why-components",
        lambda: chart(
            _components_figure(view, at, theme_name(), language()),
            key="why-components-figure",
            alt=_("Severity of each component at {name}: {listed}.", name=place(one.at), listed=listed),
        ),
        table=lambda: components_table(view, one),
        name="components",
        note=_(
            "Points add up to the score of {score}. {coverage:.0%} of the weights were observed here.",
            score=interval(one.score, ".1f", say()),
            coverage=one.coverage,
        ),
    )
    st.markdown("**" + _("How the burden adds up") + "**")
    unit = cached.burden_unit(view, language())
    whole = components_table(view, one)
    short = [_("Component"), _("Severity"), _("Expected"), _("Cost"), _("Burden, {unit}", unit=unit)]
    show_table(whole[short], key="why-burden", column_config=_columns(unit))
    st.caption(
        _(
            "{n:,} visits × the severity above what is expected × its cost make the burden of {burden} {unit}. What is "
            "at or below the expected adds nothing.",
            n=one.score.n,
            burden=interval(one.burden, ",.0f", say()),
            unit=plain(unit),
        )
    )


@st.cache_data(show_spinner=False, max_entries=64)
def _components_figure(view: View, at: object, theme: str, lang: str) -> go.Figure:
    ranking = cached.friction(view) if isinstance(at, str) else transitions(view)
    return draw.components(ranking.of(at), theme=draw.theme(theme), say=speaker(lang))  # type: ignore[arg-type]


def burden_parts(view: View, one: jn.Friction) -> dict[str, float]:
    """Component → what it adds to the burden; they sum to it."""
    costs = {str(name): float(cost) for name, cost in cached.log(view).recipe.costs.items()}
    return {
        name: one.score.n * max((one.components[name].value or 0) - one.expected[name], 0) * costs.get(name, 1.0)
        for name in COMPONENTS
        if name in one.components
    }


def components_table(view: View, one: jn.Friction) -> pd.DataFrame:
    """What stands behind score and burden: severities, to how many visits they apply, and what each adds."""
    costs = {str(name): float(cost) for name, cost in cached.log(view).recipe.costs.items()}
    unit = cached.burden_unit(view, language())
    return pd.DataFrame(
        [
            {
                _("Component"): _(COMPONENT_NAMES[name]),
                _("Severity"): one.components[name].value,
                _("95% from"): one.components[name].low,
                _("95% to"): one.components[name].high,
                _("Raw"): one.raw[name],
                _("Expected"): one.expected[name],
                _("n"): one.components[name].n,
                _("Points"): one.contributions.get(name),
                _("Cost"): costs.get(name, 1.0),
                _("Burden, {unit}", unit=unit): round(part, 1),
            }
            for name, part in burden_parts(view, one).items()
        ]
    )


def _columns(unit: str) -> dict[str, object]:
    shares = st.column_config.NumberColumn(format="percent")
    whole = st.column_config.NumberColumn(format="localized", step=1)
    return {_("Severity"): shares, _("Expected"): shares, _("Burden, {unit}", unit=unit): whole}
