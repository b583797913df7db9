"""Durations as people write them: 30m, 2h, 3d, 1w."""

from __future__ import annotations

import re
from typing import Final

from journey.errors import RecipeError

__all__ = ["duration_us"]

_UNITS: Final = {
    "ms": 1_000,
    "s": 1_000_000,
    "m": 60_000_000,
    "min": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 604_800_000_000,
}
_PART: Final = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)\s*(ms|min|[smhdw])\s*", re.ASCII)
_LONGEST_US: Final = 36_525 * _UNITS["d"]  # a century: more is a slip, and would not fit a 64-bit sum of a few


def duration_us(text: str) -> int:
    """Microseconds in a duration such as ``30m``, ``2h``, ``1.5d``, ``1w`` or ``1d 12h``; more than zero.

    Units: ms, s, m (or min), h, d (24 hours), w. Months and years have no fixed length and are refused.
    Raises RecipeError for anything else.
    """
    rest, total = str(text).strip(), 0.0
    while match := _PART.match(rest):
        total += float(match[1]) * _UNITS[match[2]]
        rest = rest[match.end() :]
    if rest or not 1 <= total <= _LONGEST_US:
        raise RecipeError(f"expected a duration such as 30m, 2h, 3d or 1w, got “{str(text)[:40]}”")
    return round(total)
