"""Errors for people: each says what was seen, where, and the way out."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["Cancelled", "InputError", "JourneyError", "RecipeError", "suggest"]


class JourneyError(ValueError):
    """Something the user can put right. The text is a sentence for people, never a traceback.

    Given values, the text is a template that is filled in with them; `template` and `values` let it be said in
    another language.
    """

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(text.format(**values) if values else text)
        self.template, self.values = text, values


class Cancelled(JourneyError):
    """A question that was stopped before it was answered, because whoever asked wanted it so."""


class InputError(JourneyError):
    """A table or file that cannot be read as told: the text names the file, the column and, where known, the row."""


class RecipeError(JourneyError):
    """A recipe that cannot be understood: the text names file, line and key, and says what was expected."""


def suggest(word: object, options: Iterable[object], *, known: str = "") -> str:
    """A hint for a name that does not exist.

    Returns `` Did you mean “Payment”?`` when an option is close to `word`, else the first twelve options,
    else an empty string. It starts with a space, so it can be appended to a sentence.
    `known` names the kind of the options ("columns", "touchpoints").
    """
    names = sorted({str(option) for option in options})
    by_case = {name.casefold(): name for name in reversed(names)}
    close = get_close_matches(str(word).casefold(), by_case, n=1, cutoff=0.6)
    if close:
        return f" Did you mean “{by_case[close[0]]}”?"
    if not names:
        return ""
    listed = ", ".join(names[:12]) + (f" … ({len(names)} in all)" if len(names) > 12 else "")
    return f" Known {known or 'names'}: {listed}."
