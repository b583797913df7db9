"""What if: what the changes would bring, at slider speed."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from journey import draw
from journey.analysis.whatif_basis import Basis
from journey.analysis.whatif_effect import Effect
from journey.app import cached
from journey.app.parts.figure import chart, panel
from journey.app.parts.whatif_state import Asked
from journey.app.state import theme_name
from journey.app.text import _, language, plain, say, speaker
from journey.draw.whatif import ends_alt, ends_figure
from journey.draw.whatif_tiles import tiles
from journey.draw.whatif_words import ASSUMPTION, FIGURES, figures, headline, noted, tied, to_end

__all__ = ["assumption", "ends_table", "result", "table"]


def result(asked: Asked, basis: Basis, effect: Effect) -> None:
    """The answer in a sentence, tiles, where cases would end instead, and what can't be said."""
    goal = " / ".join(basis.flow.goal)
    st.markdown(f"#### {plain(headline(effect, goal, say()))}")
    currency, unit = basis.currency or "", cached.burden_unit(asked.view, language())
    panel(
        "whatif-tiles",
        lambda: st.html(tiles(effect, currency=currency, unit=unit, theme=draw.theme(theme_name()), say=say())),
        table=lambda: table(effect, currency, unit),
        name="what-if",
        note=_note(basis, effect),
    )
    assumption()
    for tie in effect.ties:
        st.markdown(f":small[{plain(tied(tie, say()))}]")
    for note in effect.notes:
        st.markdown(f":small[:material/info: {plain(noted(note, say()))}]")
    if effect.reached.gain.value or any(end.gain.value for end in effect.ends):
        st.markdown("##### " + _("Where cases would end instead"))
        panel(
            "whatif-ends",
            lambda: chart(_ends(effect, goal), key="whatif-ends", alt=ends_alt(effect, goal, say())),
            table=lambda: ends_table(effect, goal),
            name="what-if-ends",
            note=_(
                "Cases more (right) or fewer (left) that end there than today, of {n:,}, with 95% intervals. They sum "
                "to 0: who no longer leaves in one place reaches the goal, or leaves in another.",
                n=effect.reached.today.n,
            ),
        )


def assumption() -> None:
    """What every what-if supposes, always in sight."""
    with st.container(border=True, key="whatif-assumption"):
        st.markdown(f":small[:material/science: {_(ASSUMPTION)}]")


def _ends(effect: Effect, goal: str) -> go.Figure:
    return ends_figure(effect, goal, theme=draw.theme(theme_name()), say=speaker(language()))


def _note(basis: Basis, effect: Effect) -> str:
    told = [_("n {n:,} cases; 95% intervals are those of what was counted.", n=effect.reached.today.n)]
    gain = effect.per_month
    if gain is not None and gain.value and basis.months:
        told.append(
            _(
                "A month that makes {gain} cases with the goal (95%: {low} to {high}).",
                gain=say().number(gain.value, "+,.1f"),
                low=say().number(gain.low, "+,.1f"),
                high=say().number(gain.high, "+,.1f"),
            )
        )
    if effect.money is not None and effect.burden is not None:
        told.append(_("Value and burden both count those who leave: don't add them up."))
    return " ".join(told)


def table(effect: Effect, currency: str, unit: str) -> pd.DataFrame:
    """Every figure today, then and as a difference."""
    units = {"money": currency, "burden": unit, "duration_s": _("seconds")}
    rows = []
    for name, shift in figures(effect).items():
        title = _(FIGURES[name][0])
        rows.append(
            {
                _("Figure"): f"{title}, {units[name]}" if units.get(name) else title,
                _("Today"): shift.today.value,
                _("Today 95% from"): shift.today.low,
                _("Today 95% to"): shift.today.high,
                _("Then"): shift.then.value,
                _("Then 95% from"): shift.then.low,
                _("Then 95% to"): shift.then.high,
                _("Difference"): shift.gain.value,
                _("Difference 95% from"): shift.gain.low,
                _("Difference 95% to"): shift.gain.high,
                _("n"): shift.today.n,
            }
        )
    return pd.DataFrame(rows).round(4)


def ends_table(effect: Effect, goal: str) -> pd.DataFrame:
    """Where cases end, today and then."""
    return pd.DataFrame(
        [
            {
                _("Cases that"): to_end(end.at, end.others, goal, say()),
                _("Today"): end.today,
                _("Then"): end.then,
                _("Difference"): end.gain.value,
                _("Difference 95% from"): end.gain.low,
                _("Difference 95% to"): end.gain.high,
            }
            for end in effect.ends
        ]
    ).round(2)
