"""Drivers: what moves the overall outcome; emotion as its predictor; the same touchpoint across channels."""

from __future__ import annotations

from journey.app.parts import channels, emotion
from journey.app.parts.choice import choice
from journey.app.parts.drivers_found import drivers
from journey.app.state import View
from journey.app.text import _

__all__ = ["page"]


def page(view: View) -> None:
    """Show the page."""
    part = choice(
        _("Show"),
        {"drivers": _("Drivers"), "emotion": _("Emotion"), "channels": _("Channels")},
        key="drivers_part",
        hidden=True,
    )
    {"drivers": drivers, "emotion": emotion.show, "channels": channels.show}[part](view)
