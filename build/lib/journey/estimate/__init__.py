"""Estimates from counts and sums, each with its interval: the ground of mining and analysis."""

from journey.estimate.measures import nps, wilson
from journey.estimate.shrink import ratings

__all__ = ["nps", "ratings", "wilson"]
