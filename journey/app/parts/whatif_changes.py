"""What if: the changes at the left, each with its slider, and the way to add another."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from journey.analysis.whatif_basis import Basis
from journey.analysis.whatif_changes import Change, Leave, Rating, Send, Share, Wait
from journey.analysis.whatif_today import kinds, leaves, rated, start, suggested, waited, ways
from journey.app.parts.whatif_state import add, change_to, drop, put, rows
from journey.app.text import N_, _, plain, say
from journey.draw.whatif_words import changed
from journey.draw.words import place, share, span
from journey.model import END, START, Place

__all__ = ["KIND_NAMES", "applicable", "changes"]

KIND_NAMES: Final = {
    "leave": N_("Leaving there"),
    "send": N_("Sending some another way"),
    "share": N_("How many go one way"),
    "wait": N_("The wait for it"),
    "rating": N_("Satisfaction there"),
}


def changes(basis: Basis) -> None:
    """The cards of the changes, and the line to add one."""
    _adder(basis)
    told = rows()
    for number, change in told:
        _card(basis, number, change)
    if told:
        st.button(_("Back to today"), icon=":material/undo:", key="whatif-clear", on_click=put, args=((),))
    left_out = [one for one in suggested(basis) if one not in [change for _number, change in told]]
    if left_out and len(told) < 2:
        with st.container(gap=None):
            st.caption(_("Where keeping some of those who leave would bring most:"))
            for n, one in enumerate(left_out):
                st.button(
                    plain(changed(one, say())),
                    key=f"whatif-hint-{n}",
                    icon=":material/add:",
                    type="tertiary",
                    on_click=add,
                    args=(one,),
                )


def _adder(basis: Basis) -> None:
    names = [one.name for one in basis.journey.touchpoints if kinds(basis, one.name)]
    if not names:
        st.info(_("There is no touchpoint before the goal where anything could be changed."))
        return
    with st.container(border=True, gap="small"):
        at = st.selectbox(
            _("Where"), names, index=None, key="whatif-at", placeholder=_("Choose a touchpoint to change …")
        )
        if at is None:
            return
        possible = kinds(basis, at)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            kind = st.selectbox(
                _("What changes"), possible, format_func=lambda kind: _(KIND_NAMES[kind]), key=f"whatif-kind-{at}"
            )
            st.button(
                _("Add"),
                icon=":material/add:",
                key="whatif-add",
                type="primary",
                on_click=_added,
                args=(start(basis, at, kind),),
            )


def _added(change: Change) -> None:
    add(change)
    st.session_state["whatif-at"] = None


def _card(basis: Basis, number: int, change: Change) -> None:
    with st.container(border=True, gap="xsmall", key=f"whatif-card-{number}"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
            with st.container(width="stretch"):
                st.markdown(f"**{plain(changed(change, say()))}**")
            st.button(
                "",
                icon=":material/close:",
                key=f"whatif-drop-{number}",
                type="tertiary",
                help=_("Take this change away"),
                on_click=drop,
                args=(number,),
            )
        if _gone(basis, change):
            st.caption(_("None of these cases comes there, so this change is left out."))
            return
        _SLIDERS[type(change)](basis, number, change)


def _gone(basis: Basis, change: Change) -> bool:
    """Whether the cases looked at do not come to a place that the change is about."""
    told: tuple[Place | None, ...] = (change.at,)
    match change:
        case Wait(_at, _times, after):
            told = (change.at, after)
        case Send(_at, less, more, _share):
            told = (change.at, less, more)
        case Share(_at, to, _share):
            told = (change.at, to)
    known = basis.flow.chain.names
    return any(name not in known for name in told if name not in (None, END, START))


def applicable(basis: Basis, told: Sequence[Change]) -> tuple[Change, ...]:
    """The changes that are about places where the cases looked at come by."""
    return tuple(change for change in told if not _gone(basis, change))


def _slider(
    label: str,
    number: int,
    *,
    low: float,
    high: float,
    value: float,
    step: float,
    form: str,
    to: Callable[[float], Change],
) -> None:
    """A slider that writes its change into the list as soon as it moves."""
    key = f"whatif-{number}-{low:g}-{high:g}"

    def moved() -> None:
        change_to(number, to(float(st.session_state[key])))

    held = min(max(value, low), high)
    st.slider(label, low, high, held, step, format=form, key=key, on_change=moved)


def _leave(basis: Basis, number: int, change: Leave) -> None:
    left = leaves(basis.flow.chain, change.at)
    most = float(min(100, 5 * math.floor(20 * (1 / left - 1)))) if left > 0 else 0.0
    _slider(
        _("{share} leave there today", share=share(left, say())),
        number,
        low=-100.0,
        high=max(most, 5.0),
        value=round(100 * change.by, 6),
        step=5.0,
        form="%+.0f%%",
        to=lambda percent: replace(change, by=percent / 100),
    )


def _wait(basis: Basis, number: int, change: Wait) -> None:
    seconds = waited(basis.flow.chain, change.at, change.after)
    _slider(
        _("{time} on average today", time=span(seconds, say())),
        number,
        low=-90.0,
        high=100.0,
        value=round(100 * (change.times - 1), 6),
        step=5.0,
        form="%+.0f%%",
        to=lambda percent: replace(change, times=1 + percent / 100),
    )


def _rating(basis: Basis, number: int, change: Rating) -> None:
    asked, mean = basis.answered.get(change.at), rated(basis, change.at)
    scale = basis.journey.scales.get("satisfaction")
    if asked is None or mean is None or scale is None:
        st.caption(_("Nobody answered here."))
        return
    ends = (float(asked.level.min()) - mean, float(asked.level.max()) - mean)
    low, high = ends if scale.good == "high" else (-ends[1], -ends[0])
    tenth = max(round((scale.high - scale.low) / 40, 3), 0.01)
    _slider(
        _("{mean} of {low:g}–{high:g} today", mean=say().number(mean, ".2f"), low=scale.low, high=scale.high),
        number,
        low=round(tenth * math.ceil(low / tenth), 6),
        high=round(tenth * math.floor(high / tenth), 6),
        value=change.by,
        step=tenth,
        form="%+.1f",
        to=lambda points: replace(change, by=round(points, 6)),
    )


def _send(basis: Basis, number: int, change: Send) -> None:
    taken = ways(basis.flow.chain, change.at)
    with st.container(horizontal=True, gap="small"):
        _chooser(
            _("Of those who go to"),
            [one for one in taken if one != change.more],
            change.less,
            f"whatif-less-{number}",
            lambda less: change_to(number, replace(change, less=less)),
        )
        _chooser(
            _("send to"),
            [one for one in _everywhere(basis, taken) if one != change.less],
            change.more,
            f"whatif-more-{number}",
            lambda more: change_to(number, replace(change, more=more)),
        )
    _slider(
        _("{share} go that way today", share=share(taken.get(change.less, 0.0), say())),
        number,
        low=0.0,
        high=100.0,
        value=round(100 * change.share, 6),
        step=5.0,
        form="%.0f%%",
        to=lambda percent: replace(change, share=percent / 100),
    )


def _set(basis: Basis, number: int, change: Share) -> None:
    taken = ways(basis.flow.chain, change.at)
    _chooser(
        _("Go to"),
        _everywhere(basis, taken),
        change.to,
        f"whatif-to-{number}",
        lambda to: change_to(number, Share(change.at, to, round(taken.get(to, change.share), 2))),
    )
    _slider(
        _("{share} go that way today", share=share(taken.get(change.to, 0.0), say())),
        number,
        low=0.0,
        high=100.0,
        value=round(100 * change.share, 6),
        step=1.0,
        form="%.0f%%",
        to=lambda percent: replace(change, share=percent / 100),
    )


def _everywhere(basis: Basis, taken: Mapping[Place, float]) -> list[Place]:
    """All places to go to: those where some go today first."""
    return list(dict.fromkeys([*taken, *basis.flow.chain.names[1:], END]))


def _chooser(label: str, options: list[Place], value: Place, key: str, to: Callable[[Place], None]) -> None:
    names = {place(one, say()): one for one in options}
    shown = place(value, say())

    def chosen() -> None:
        to(names[st.session_state[key]])

    at = list(names).index(shown) if shown in names else None
    st.selectbox(label, list(names), at, key=key, width="stretch", on_change=chosen)


_SLIDERS: Final[dict[type, Any]] = {Leave: _leave, Send: _send, Share: _set, Wait: _wait, Rating: _rating}
