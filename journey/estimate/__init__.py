"""Estimates from counts and sums, with intervals."""

from journey.analysis.measures import nps, wilson
from journey.analysis.shrink import ratings

__all__ = ["nps", "ratings", "wilson"]
