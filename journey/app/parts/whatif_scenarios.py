"""What if: scenarios saved under a name, opened again, and compared."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from journey import draw
from journey.analysis.whatif_basis import Basis
from journey.analysis.whatif_changes import Change, Scenario
from journey.analysis.whatif_effect import Effect
from journey.app.parts.choice import choice
from journey.app.parts.figure import chart, panel
from journey.app.parts.whatif_changes import applicable
from journey.app.parts.whatif_state import Asked, answered, current, put, saved, scenarios
from journey.app.state import Source, theme_name
from journey.app.text import _, language, plain, say, sentence, speaker
from journey.draw.whatif import scenarios_alt, scenarios_figure
from journey.draw.whatif_words import FIGURES, changed
from journey.errors import JourneyError
from journey.model import Measure

__all__ = ["gains", "show"]

TODAY = "today"
COMPARED = ("goal_rate", "reached", "money", "burden", "steps", "duration_s")


def show(asked: Asked, basis: Basis) -> None:
    """What is saved, and all of it side by side."""
    st.markdown("#### " + _("Scenarios"))
    kept = saved(asked.view.source)
    left, right = st.columns([2, 3], gap="large")
    with left:
        _save(asked.view.source)
        _list(asked.view.source, kept)
    with right:
        _compare(asked, basis, kept)


def _save(source: Source) -> None:
    with (
        st.form("whatif-save", border=False, clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        st.text_input(_("Save these changes as"), key="whatif-name", placeholder=_("Name"), max_chars=80)
        st.form_submit_button(
            _("Save"),
            icon=":material/bookmark_add:",
            key="whatif-press",
            disabled=not current(),
            on_click=_keep,
            args=(source,),
        )


def _keep(source: Source) -> None:
    try:
        kept = scenarios(source).save(Scenario(st.session_state["whatif-name"], current()))
    except JourneyError as error:
        st.toast(sentence(error), icon=":material/error:")
    else:
        st.toast(_("Saved: {name}", name=plain(kept.name)))


def _list(source: Source, kept: Mapping[str, Scenario]) -> None:
    if not kept:
        st.caption(_("Nothing is saved yet. Set some changes above, then give them a name."))
    for name, one in kept.items():
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False):
            told = plain("; ".join(changed(change, say()) for change in one.changes))
            st.button(
                plain(name), key=f"whatif-open-{name}", help=told, on_click=put, args=(one.changes,), width="stretch"
            )
            st.button(
                "",
                icon=":material/delete:",
                key=f"whatif-forget-{name}",
                help=_("Forget {name}", name=plain(name)),
                on_click=_forget,
                args=(source, name),
                type="tertiary",
            )


def _forget(source: Source, name: str) -> None:
    try:
        scenarios(source).remove(name)
    except JourneyError as error:
        st.toast(sentence(error), icon=":material/error:")


# --- side by side ----------------------------------------------------------------------------------


def _compare(asked: Asked, basis: Basis, kept: Mapping[str, Scenario]) -> None:
    told = {name: one.changes for name, one in kept.items()}
    now = current()
    if now and now not in told.values():
        told = {_("As set above"): now, **told}
    found: dict[str, Effect] = {}
    for name, changes in told.items():
        if (effect := _answered(asked, basis, changes)) is not None:
            found[name] = effect
    left_out = [name for name in told if name not in found]
    if left_out:
        names = ", ".join(map(plain, left_out))
        st.caption(_("Not for these cases: {names}.", names=names))
    if not found:
        st.caption(_("Saved scenarios are compared here, with the changes that are set above."))
        return
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        shown = {name: _(FIGURES[name][0]) for name in COMPARED if any(getattr(e, name) for e in found.values())}
        of = choice(_("Figure"), shown, key="whatif_figure", as_="list", width=230)
        against = (
            {TODAY: _("today"), **{f"is:{name}": name for name in found}} if len(found) > 1 else {TODAY: _("today")}
        )
        base = choice(_("Compared with"), against, key="whatif_against", as_="list", width=230)
    first = found.get(base.removeprefix("is:")) if base != TODAY else None
    differences = gains(basis, found, of, first)
    panel(
        "whatif-scenarios",
        lambda: chart(_figure(differences, of), key="whatif-scenarios", alt=scenarios_alt(differences, of, say())),
        table=lambda: _table(basis, found, first),
        name="scenarios",
        note=_(
            "What each brings beyond {base}, with 95% intervals: of the difference itself.", base=plain(against[base])
        ),
    )


def _answered(asked: Asked, basis: Basis, changes: tuple[Change, ...]) -> Effect | None:
    if applicable(basis, changes) != changes:
        return None
    try:
        return answered(asked, changes)
    except JourneyError:
        return None


def gains(basis: Basis, found: Mapping[str, Effect], of: str, first: Effect | None) -> dict[str, Measure]:
    """Scenario → the difference it makes in one figure, against today or another scenario."""
    listed = {}
    for name, effect in found.items():
        if first is None:
            shift = getattr(effect, of)
            gain = Measure.missing() if shift is None else shift.gain
        elif effect is first:
            continue
        else:
            gain = getattr(basis.contrast(first, effect), of) or Measure.missing()
        if gain.value is not None:
            listed[name] = gain
    return listed


def _figure(differences: Mapping[str, Measure], of: str) -> go.Figure:
    return scenarios_figure(differences, of, theme=draw.theme(theme_name()), say=speaker(language()))


def _table(basis: Basis, found: Mapping[str, Effect], first: Effect | None) -> pd.DataFrame:
    rows = []
    for name, effect in found.items():
        row: dict[str, object] = {_("Scenario"): name}
        for of in COMPARED:
            listed = gains(basis, {name: effect}, of, first)
            title = _(FIGURES[of][0])
            if name in listed:
                gain = listed[name]
                row |= {title: gain.value, f"{title} 95% −": gain.low, f"{title} 95% +": gain.high}
        row[_("Changes")] = "; ".join(changed(change, say()) for change in effect.changes)
        rows.append(row)
    return pd.DataFrame(rows).round(4)
