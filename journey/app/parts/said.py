"""What customers said at a touchpoint: their answers, how far these stand for all, and their comments, masked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

import journey as jn
from journey import draw
from journey.app import cached
from journey.app.parts.figure import chart, panel
from journey.app.parts.steps import bounds
from journey.app.state import View, theme_name
from journey.app.text import _, language, plain, say, speaker
from journey.draw import interval
from journey.draw.answers import distribution
from journey.draw.theme import diverging, ink_on
from journey.draw.words import Say, share
from journey.events.answers import answers
from journey.events.comments import Comment, Comments, Order, comments
from journey.events.told import tells
from journey.model import Scale
from journey.voice.door import safe

__all__ = ["answered", "answers_part", "comments_part", "has_comments", "quoted"]

MORE = 20  # comments that are shown at once
STYLE = """<style>
.said {display: flex; flex-direction: column; gap: 0.55rem; margin: 0 !important; padding: 0 !important;
  list-style: none}
.said li {border: 1px solid var(--st-border-color, rgba(128, 128, 128, 0.35)); border-radius: 0.4rem;
  padding: 0.5rem 0.75rem; margin: 0 !important}
.said p {margin: 0.2rem 0 0; overflow-wrap: anywhere; white-space: pre-line}
.said small {font-size: 0.8rem; opacity: 0.8}
.said b {display: inline-block; border-radius: 0.25rem; padding: 0 0.4rem; margin-right: 0.4rem; font-size: 0.8rem}
</style>"""


# --- answers -----------------------------------------------------------------------------------------


def answers_part(view: View, touchpoint: jn.Touchpoint) -> None:
    """Means with their intervals, every answer, and what the silent could change."""
    journey, name = cached.journey(view), touchpoint.name
    if touchpoint.satisfaction.value is None and touchpoint.effort.value is None:
        st.info(_("Nobody was asked here, or nobody answered: there is no satisfaction to show."))
        return
    parts = [
        _("{role} {value}, n = {n:,}", role=role, value=interval(found, form, say()), n=found.n)
        for role, found, form in (
            (_("satisfaction"), touchpoint.satisfaction, ".2f"),
            (_("effort scale"), touchpoint.effort, ".2f"),
            (_("in the top two boxes"), touchpoint.csat, ".0%"),
        )
        if found.value is not None
    ]
    panel(
        "why-ratings",
        lambda: chart(
            _ratings(view, name, theme_name(), language()),
            key="why-ratings-figure",
            alt=_("Answers at {name}: {parts}.", name=name, parts="; ".join(parts)),
        ),
        table=lambda: _ratings_table(touchpoint),
        name="answers",
        note=answered(touchpoint),
    )
    for role, title in (("satisfaction", _("Satisfaction")), ("effort", _("Effort scale"))):
        if role in cached.log(view).rated:
            _distribution(view, name, role, title, journey.scales[role])


def _distribution(view: View, name: str, role: str, title: str, scale: Scale) -> None:
    counts = _counts(view, name, role)
    if not counts:
        return
    question = plain(scale.question) if scale.question else ""
    st.markdown(f"**{title}**" + (f"  \n:small[{question}]" if question else ""))
    n = sum(counts.values())
    written = role == "satisfaction" and has_comments(view)
    listed = ", ".join(_("{answer:g}: {n:,}", answer=answer, n=count) for answer, count in counts.items())
    panel(
        f"why-{role}",
        lambda: chart(
            _distribution_figure(view, name, role, theme_name(), language()),
            key=f"why-{role}-figure",
            alt=_("{n:,} answers. {listed}.", n=n, listed=listed),
        ),
        table=lambda: pd.DataFrame(
            {_("Answer"): list(counts), _("n"): list(counts.values()), _("Share"): [c / n for c in counts.values()]}
        ),
        name=f"answers-{role}",
        note=_("{n:,} answers. Narrow bars: those with a comment.", n=n) if written else _("{n:,} answers", n=n),
    )


def _ratings_table(touchpoint: jn.Touchpoint) -> pd.DataFrame:
    rows = (
        (_("Satisfaction"), touchpoint.satisfaction, touchpoint.satisfaction_raw),
        (_("Effort scale"), touchpoint.effort, touchpoint.effort_raw),
        (_("In the top two boxes"), touchpoint.csat, None),
    )
    return pd.DataFrame(
        [
            {
                _("Measure"): label,
                _("Estimate"): found.value,
                _("95% from"): found.low,
                _("95% to"): found.high,
                _("Plain mean"): raw,
                _("n"): found.n,
            }
            for label, found, raw in rows
            if found.value is not None
        ]
    )


def answered(touchpoint: jn.Touchpoint) -> str:
    """How far the answers stand for all visits."""
    rate = touchpoint.response_rate
    if rate is None or not touchpoint.visits:
        return ""
    told = [_("{rate} of {n:,} visits were answered.", rate=share(rate, say()), n=touchpoint.visits)]
    if touchpoint.csat.value is not None:
        low, high = bounds(touchpoint.csat.value, touchpoint.csat.n / touchpoint.visits)
        told.append(
            _(
                "If none or all of the silent were satisfied, {low:.0%} to {high:.0%} of all visits would be in the "
                "top two boxes.",
                low=low,
                high=high,
            )
        )
    told.append(_("The fewer the answers, the more the mean is drawn to the journey's own; ▾ is the plain mean."))
    return " ".join(told)


@st.cache_data(show_spinner=False, max_entries=64)
def _counts(view: View, name: str, role: str) -> dict[float, int]:
    return answers(cached.log(view), role, touchpoint=name)


@st.cache_data(show_spinner=False, max_entries=64)
def _ratings(view: View, name: str, theme: str, lang: str) -> go.Figure:
    found = cached.journey(view)
    return draw.ratings(found[name], found.scales, theme=draw.theme(theme), say=speaker(lang))


@st.cache_data(show_spinner=False, max_entries=64)
def _distribution_figure(view: View, name: str, role: str, theme: str, lang: str) -> go.Figure:
    written = None
    if role == "satisfaction" and has_comments(view):
        written = {one.rating: one.comments for one in _comments(view, name, "worst", MORE).wrote}
    scale = cached.journey(view).scales[role]
    return distribution(_counts(view, name, role), scale, written=written, theme=draw.theme(theme), say=speaker(lang))


# --- comments ----------------------------------------------------------------------------------------


def has_comments(view: View) -> bool:
    """Whether the tables hold comments at all."""
    return tells(cached.log(view), "comment")


def comments_part(view: View, name: str) -> None:
    """Comments at a touchpoint with their ratings, personal data masked, and for whom they speak."""
    orders = {"worst": _("Least satisfied first"), "latest": _("Latest first")}
    order = st.segmented_control(
        _("Order"),
        list(orders),
        default="worst",
        required=True,
        format_func=lambda key: orders[str(key)],
        key="why-comments-order",
        label_visibility="collapsed",
    )
    limit = int(st.session_state.get("why-comments-limit", {}).get(name, MORE))
    found = _comments(view, name, "latest" if order == "latest" else "worst", limit)
    st.markdown(_counted(found))
    st.caption(_speaks_for(found))
    if not found.shown:
        return
    log = cached.log(view)
    texts = safe(log, [one.text for one in found.shown])
    st.html(quoted(found.shown, texts, log.scales.get("satisfaction"), say()))
    if found.total > len(found.shown):
        st.button(
            _("{n:,} more", n=min(MORE, found.total - len(found.shown))),
            key="why-comments-more",
            on_click=lambda: st.session_state.update({"why-comments-limit": {name: limit + MORE}}),
        )
    st.caption(_("Personal data are masked by their shape: e-mail, phone, CPF, CNPJ, card, IP, CEP and plate."))


@st.cache_resource(show_spinner=False, max_entries=64)
def _comments(view: View, name: str, order: Order, limit: int) -> Comments:
    return comments(cached.log(view), touchpoint=name, order=order, limit=limit)


def _counted(found: Comments) -> str:
    part = share(found.total / found.visits if found.visits else None, say())
    return _("**{n:,}** of {visits:,} visits have a comment ({share}).", n=found.total, visits=found.visits, share=part)


def _speaks_for(found: Comments) -> str:
    """Who writes is not who answers: the share of commenters at both ends of the scale."""
    ends = [one for one in found.wrote if one.answers]
    if len(ends) < 2:
        return _("Those who write are not like those who do not: comments over-represent anger.")
    low, high = ends[0], ends[-1]
    return _(
        "Those who write are not like those who do not: {low} of the {low_n:,} who answered {low_rating:g} left a "
        "comment, {high} of the {high_n:,} who answered {high_rating:g}.",
        low=share(low.comments / low.answers, say()),
        low_n=low.answers,
        low_rating=low.rating,
        high=share(high.comments / high.answers, say()),
        high_n=high.answers,
        high_rating=high.rating,
    )


def quoted(found: Sequence[Comment], texts: Sequence[str], scale: Scale | None, say: Say) -> str:
    """Comments as HTML: rating, channel, day and case above what was written. `texts` are the masked ones."""
    rows = "".join(_quote(one, text, scale, say) for one, text in zip(found, texts, strict=True))
    return f'{STYLE}<ul class="said">{rows}</ul>'


def _quote(one: Comment, text: str, scale: Scale | None, say: Say) -> str:
    mark = ""
    if one.rating is not None and scale is not None:
        paint = diverging(scale.pomp(one.rating))
        told = say("{rating:g} of {high:g}", rating=one.rating, high=scale.high)
        mark = f'<b style="background: {paint}; color: {ink_on(paint)}">{escape(told)}</b>'
    elif one.nps is not None:
        mark = f"<b>{escape(say('NPS answer {rating:g}', rating=one.nps))}</b>"
    facts = [one.channel, say.day(one.time), say("case {case}", case=one.case)]
    return f"<li>{mark}<small>{escape(' · '.join(fact for fact in facts if fact))}</small><p>{escape(text)}</p></li>"
