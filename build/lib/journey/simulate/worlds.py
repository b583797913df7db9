"""Worlds by the dozen: a plausible journey from a seed."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from journey.errors import JourneyError
from journey.simulate.world import Floats, Ints, World

__all__ = ["random_world"]

_CHANNELS: Final = ("web", "app", "phone", "store", "e-mail", "WhatsApp")
_SUPPORT: Final = ("Support call", "Support chat")
_GOAL: Final = "Goal reached"
_END: Final = "Not a fit"
_NAMES: Final = {
    "Discover": ("Social ad", "Search result", "Referral", "Store window", "Video", "Newsletter", "Fair", "Reviews"),
    "Consider": ("Home page", "Price page", "Comparison", "Simulator", "Question", "Demo", "Catalogue", "Webinar"),
    "Buy": ("Sign-up", "ID check", "Contract", "Payment", "Confirmation", "Cart", "Credit check", "Invoice"),
    "Onboard": ("Welcome", "Booking", "Installation", "Activation", "First login", "Training", "Set-up", "Import"),
    "Use": ("First bill", "Dashboard", "Report", "Upgrade", "Outage", "Settings", "Community", "Check-up"),
    "Renew": ("Renewal notice", "Offer", "Review", "Loyalty", "Negotiation", "Survey", "New terms", "Signature"),
}


def random_world(*, touchpoints: int = 30, stages: int = 6, seed: int = 0) -> World:
    """A plausible journey: customers move forward through the stages, sometimes skip, turn back or need help.

    Two of the touchpoints are support, one is the goal, one a legitimate end ("Not a fit"). About three in five
    passages reach the goal; the mean passage has some seven events. Every touchpoint after the first stage has a
    promise of about twice its median wait. Raises JourneyError unless `stages` ≥ 1 and `touchpoints` ≥ `stages` + 4.
    """
    ordinary = touchpoints - 4
    if stages < 1 or ordinary < stages:
        raise JourneyError(f"{stages} stages need at least {max(stages, 1) + 4} touchpoints, not {touchpoints}.")
    rng = np.random.default_rng(seed)
    labels = [*list(_NAMES)[:stages], *(f"Stage {k + 1}" for k in range(len(_NAMES), stages))]
    members = np.sort(np.arange(ordinary) % stages)
    names: list[str] = []
    for k, label in enumerate(labels):
        pool = _NAMES.get(label, ())
        count = int((members == k).sum())
        names += [pool[j] if j < len(pool) else f"{label} {j + 1}" for j in range(count)]
    stage = np.r_[members, stages - 1, min(2, stages - 1), np.full(2, stages - 1)].astype(np.intp)
    names += [_GOAL, _END, *_SUPPORT]
    goal, end, size = ordinary, ordinary + 1, touchpoints
    is_ordinary = np.arange(size) < ordinary
    usual = np.exp(rng.uniform(math.log(2), math.log(24), size)) * 3600
    promise = np.where(is_ordinary & (stage > 0), usual * rng.uniform(1.8, 2.8, size), np.nan)
    leave = np.where(is_ordinary, rng.uniform(0.02, 0.08, size), 0.04)
    leave[[goal, end]] = 1.0
    begins = np.where(is_ordinary & (stage == 0), rng.dirichlet(np.full(size, 3.0)), 0.0)
    return World(
        touchpoints=tuple(names),
        stages=tuple(labels),
        stage=stage,
        channels=_CHANNELS,
        home=rng.integers(0, len(_CHANNELS), size),
        start=begins / begins.sum(),
        moves=_moves(rng, stage, ordinary, stages, size),
        leave=leave,
        help=np.where(is_ordinary, rng.uniform(0.01, 0.04, size), 0.0),
        again=np.where(is_ordinary, rng.uniform(0.0, 0.03, size), 0.0),
        switch=rng.uniform(0.04, 0.12, size),
        wait=np.log(usual)[None, :] + rng.normal(0, 0.25, (size, size)),
        promise=promise,
        satisfaction=rng.normal(0.7, 0.12, size),
        ease=rng.normal(0.7, 0.12, size),
        goal=_GOAL,
        ends=(_END,),
        support=_SUPPORT,
    )


def _moves(rng: np.random.Generator, stage: Ints, ordinary: int, stages: int, size: int) -> Floats:
    """Mostly to the next stage, some within the stage, few skip or turn back; the last stage leads to the goal."""
    goal, end = ordinary, ordinary + 1
    table = np.zeros((size, size))
    step = stage[None, :ordinary] - stage[:ordinary, None]
    for gap, weight in ((1, 0.62), (0, 0.24), (2, 0.08), (-1, 0.03)):
        block = np.where(step == gap, rng.gamma(2.0, size=(ordinary, ordinary)), 0.0)
        block[np.diag_indices(ordinary)] = 0.0
        total = block.sum(axis=1, keepdims=True)
        table[:ordinary, :ordinary] += weight * np.divide(block, total, out=np.zeros_like(block), where=total > 0)
    table[:ordinary, goal] = np.where(stage[:ordinary] == stages - 1, 0.62, 0.0)
    table[:ordinary, end] = np.where(stage[:ordinary] == min(2, stages - 1), 0.04, 0.0)
    # After a support contact customers go on in the middle of the journey.
    middle = (stage[:ordinary] >= min(1, stages - 1)) & (stage[:ordinary] <= max(stages - 2, 0))
    back = middle if middle.any() else np.ones(ordinary, dtype=bool)
    table[ordinary + 2 :, :ordinary] = back * rng.gamma(2.0, size=ordinary)
    table[goal] = table[end] = 0.0
    totals = table.sum(axis=1, keepdims=True)
    normalised: Floats = np.divide(table, totals, out=np.zeros_like(table), where=totals > 0)
    return normalised
