"""What pydantic found, said for people: which key, what was expected, what is there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic_core import ErrorDetails

from journey.errors import suggest
from journey.recipe.nodes import Keys

__all__ = ["problem"]

_LONGEST: Final = 60  # letters of what was found
_MEANING: Final = {
    "path": "where the table is",
    "kind": "events, milestones, answers, survey or attributes",
    "case": "the column that tells the cases apart",
    "touchpoint": "the column with the touchpoint's name",
    "time": "the column that says when",
    "touchpoints": "column: touchpoint",
    "answers": "scale: column",
    "key": "the column that holds the id",
    "account": "the column that tells the accounts apart",
    "person": "the column with the person",
    "date": "the column with the day",
    "start": "the column with the day it began",
    "mrr": "the column with the MRR",
    "opened": "the column with the time it was opened",
    "tables": "the list of tables with their kind and columns",
    "metric": "csat, ces, nps or rating",
    "within": "a duration such as 2d",
}
# The type of error → what was expected there.
_EXPECTED: Final = {
    "string_type": "text",
    "string_pattern_mismatch": "text that is not blank",
    "string_too_short": "one character",
    "string_too_long": "one character",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
    "tuple_type": "a list",
    "too_short": "at least one entry",
}


def problem(details: ErrorDetails, data: Any) -> Iterator[tuple[Keys, str]]:
    """Where and why, once for each key concerned; `data` is what was validated."""
    kind, context, got = details["type"], details.get("ctx", {}), details["input"]
    keys = _keys(details["loc"], data)
    if kind == "unknown_keys":
        for key in context["unknown"]:
            yield (*keys, str(key)), f"unknown key “{str(key)[:60]}”.{suggest(key, context['known'], known='keys')}"
    elif kind == "missing" and isinstance(keys[-1], str):
        meaning = _MEANING.get(keys[-1])
        yield keys[:-1], f"the key “{keys[-1]}” is missing" + (f": {meaning}" if meaning else "")
    elif kind in ("missing", "too_long"):  # the only lists of a fixed length
        yield (keys[:-1] if kind == "missing" else keys), "expected two touchpoints: [from, to]"
    elif kind == "too_short" and got:
        return  # its entries are at fault, and told one by one
    elif kind == "union_tag_not_found":
        yield keys, f"the key “kind” is missing: {_MEANING['kind']}"
    elif kind == "union_tag_invalid":
        yield (*keys, "kind"), _choice(context["expected_tags"], context["tag"])
    elif kind == "literal_error":
        yield keys, _choice(context["expected"], got)
    elif "why" in context or "error" in context:
        yield keys, str(context.get("why", context.get("error")))
    else:
        yield keys, f"expected {_expected(kind, keys, context)}, got {_seen(got)}"


def _expected(kind: str, keys: Keys, context: Mapping[str, Any]) -> str:
    if kind == "string_pattern_mismatch" and keys[-1:] == ("language",):
        return "a language such as en or pt-BR"
    if kind == "greater_than":
        return f"more than {context['gt']:g}"
    if kind == "greater_than_equal":
        return f"{context['ge']:g} or more"
    if kind == "less_than_equal":
        return f"{context['le']:g} or less"
    return _EXPECTED.get(kind, "something else")


def _keys(loc: Sequence[str | int], data: Any) -> Keys:
    """The keys of the file in pydantic's location: without the names of kinds, unions and “[key]”."""
    path = list(loc)
    if path[:1] == ["tables"]:
        del path[2:3]  # the kind of the table
    keys: list[str | int] = []
    for n, key in enumerate(path):
        last = n + 1 == len(path) and key not in ("[key]", "float", "str")
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            if not last:
                continue
        keys.append(key)
    return tuple(keys)


def _choice(listed: str, got: object) -> str:
    """`listed` are the options as pydantic lists them: each in single quotes."""
    options = re.findall(r"'([^']*)'", listed)
    *most, last = [f"“{option}”" for option in options]
    hint = suggest(got, options)
    expected = f"{', '.join(most)} or {last}" if most else last
    return f"expected {expected}, got {_seen(got)}." + (hint if "Did you mean" in hint else "")


def _seen(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case str():
            return f"“{value}”" if len(value) <= _LONGEST else f"“{value[:_LONGEST]}…”"
        case Mapping():
            return "keys with values"
        case list() | tuple():
            return "a list"
        case _:
            return repr(value)[:_LONGEST]
