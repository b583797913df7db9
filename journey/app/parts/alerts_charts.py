"""Alerts: the control charts of one touchpoint, whether or not anything drifted."""

from __future__ import annotations

import streamlit as st

from journey.analysis.alerts import Alerts
from journey.app import cached
from journey.app.parts.alerts_common import Asked, chart, terms
from journey.app.parts.drawer import open_touchpoint
from journey.app.text import _

__all__ = ["show"]


def show(asked: Asked, found: Alerts) -> None:
    """A small chart for each component."""
    watched = {one.at for one in found.charts}
    # In the order of the journey, as everywhere.
    names = [one.name for one in cached.journey(asked.view).touchpoints if one.name in watched]
    if st.session_state.get("alerts_at") not in names:
        st.session_state.pop("alerts_at", None)  # no chart is left of it
    alerted = {one.at for one in found.alerts if one.state != "passed"}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        first = next((one.at for one in found.alerts if one.state == "held"), names[0])
        name = st.selectbox(
            _("Touchpoint"),
            names,
            index=names.index(first),
            key="alerts_at",
            format_func=lambda one: f"● {one}" if one in alerted else one,
            help=_("● marks touchpoints with an alert that still holds or is too fresh to tell."),
            width=320,
        )
        st.button(_("Why"), key="alerts-charts-why", on_click=open_touchpoint, args=(name,), icon=":material/search:")
    own = [one for one in found.charts if one.at == name]
    for at in range(0, len(own), 2):
        for one, column in zip(own[at : at + 2], st.columns(2, gap="medium"), strict=False):
            with column:
                chart(asked, found, one.at, one.component, key=f"alerts-chart-{one.component}", small=True)
    st.caption(
        _(
            "Each period's mean; line: the level before it; band: ± 3 standard errors at the period's n; diamond: "
            "outside of it. Flags are alerts."
        )
    )
    st.caption(terms(found))
