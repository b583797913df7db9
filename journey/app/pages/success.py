"""Success: what customers achieve, and what it is worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import streamlit as st

from journey.app.parts import (
    success_churn,
    success_health,
    success_plans,
    success_quadrant,
    success_revenue,
    success_use,
    success_value,
)
from journey.app.parts.choice import choice
from journey.app.parts.patience import patiently
from journey.app.parts.success_common import accounts, told
from journey.app.state import View
from journey.app.text import N_, _, sentence
from journey.errors import JourneyError

__all__ = ["PARTS", "page"]

# Code in the address → what the reader sees, and what shows it.
PARTS: Final[Mapping[str, tuple[str, Callable[[View], None]]]] = {
    "revenue": (N_("Revenue"), success_revenue.show),
    "value": (N_("First value"), success_value.show),
    "use": (N_("Use and support"), success_use.show),
    "churn": (N_("Churn risk"), success_churn.show),
    "health": (N_("Health"), success_health.show),
    "quadrant": (N_("Feels × achieves"), success_quadrant.show),
    "plans": (N_("Plans and tasks"), success_plans.show),
}


def page(view: View) -> None:
    """Show the page."""
    st.markdown("### " + _("Success"))
    if not told(view):
        st.info(
            _(
                "This recipe tells nothing of accounts: what customers pay, use and ask for. Add “accounts” to it, "
                "with the table and its columns; the recipe of the sample, data/lumo/journey.yaml, shows how."
            )
        )
        # What is to be done can be written down all the same.
        success_plans.show(view)
        return
    try:
        patiently(_("Reading the accounts"), lambda: accounts(view), key=f"accounts-{hash(view)}")
    except JourneyError as error:
        st.error(sentence(error))
        return
    if not accounts(view).n:
        st.info(_("No account belongs to a customer of these cases: they have not become customers (yet)."))
        return
    chosen = choice(_("Part"), {code: _(name) for code, (name, _show) in PARTS.items()}, key="success", hidden=True)
    try:
        PARTS[chosen][1](view)
    except JourneyError as error:
        # What one table can't tell, another part may.
        st.info(sentence(error))
