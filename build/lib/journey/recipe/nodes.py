"""YAML text into plain data, keeping the line of every key.

Scalars stay text, as written: what is a number is decided by the field that asks for one. So `no` is Norway and not
false, `2024-01-02` is not a date, `007` keeps its zeros, and a touchpoint may be called 404.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, NoReturn

import yaml

from journey.errors import RecipeError

__all__ = ["Keys", "Source", "label", "read_yaml"]

Keys = tuple[str | int, ...]

_DEEPEST: Final = 30  # levels; a recipe needs seven
_LARGEST: Final = 100_000  # values once aliases are written out: stops a few lines that stand for billions
_CORE: Final = "tag:yaml.org,2002:"
_SCALARS: Final = {_CORE + tag for tag in ("str", "int", "float", "bool", "null", "timestamp", "value")}
_HINTS: Final = {
    "mapping values are not allowed here": "quote a text that contains “: ”; indent the keys of a level alike",
    "found character '\\t'": "indent with spaces, not tabs",
    "found character '%'": "a text that begins with % needs quotes",
    "found character '@'": "a text that begins with @ needs quotes",
    "found character '`'": "a text that begins with ` needs quotes",
    "found undefined alias": "a text that begins with * needs quotes",
    "but got '": "quote a text that contains one of ? : , [ ] { } when it stands between brackets",
    "expected a single document": "a recipe is one document, without “---” in the middle",
}


@dataclass(frozen=True)
class Source:
    """Where a recipe was written: the line of every key. All sources are equal, so that recipes compare by content."""

    file: str = field(default="", compare=False)
    lines: dict[Keys, tuple[str, int]] = field(default_factory=dict, compare=False)

    def where(self, keys: Keys) -> str:
        """``journey.yaml, line 12, scales.csat.good``, at the line of the nearest key that was written.

        Without a file the recipe came from the arguments of a call, where the only table has no name.
        """
        if not self.file:
            return label(keys[2:] if keys[:2] == ("tables", 0) else keys) or "the arguments"
        file, line = self.place(keys)
        return ", ".join(part for part in (file, f"line {line}" if line else "", label(keys)) if part)

    def place(self, keys: Keys) -> tuple[str, int]:
        """The file and line of the nearest key that was written; line 0 where none was."""
        known = (keys[:n] for n in range(len(keys), 0, -1) if keys[:n] in self.lines)
        return self.lines[found] if (found := next(known, None)) else (self.file, 0)


def label(keys: Keys) -> str:
    """Keys as people read them: ``tables[0].answers.csat``; a key with blanks or dots stands in quotes."""
    text = ""
    for key in keys:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += ("." if text else "") + (key if key.replace("_", "").isalnum() else f"“{key[:60]}”")
    return text


def read_yaml(text: str, source: Source, at: Keys = ()) -> Any:
    """The data in `text` (mappings, lists, text and None), filing the line of each key in `source` under `at`.

    Raises RecipeError, with file and line, for what is not YAML and for what YAML allows but a recipe must not hold:
    a key given twice, a key without a value, aliases that make a cycle, tags, merge keys.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        _refuse_syntax(error, source.file)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if isinstance(error.position, int) else 1
        raise RecipeError(f"{source.file}, line {line}: there is a character that no text holds.") from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        raise RecipeError(f"{source.file}: this is not YAML ({error}).") from error
    except RecursionError as error:
        raise RecipeError(f"{source.file}: this is nested too deeply to be a recipe.") from error
    if node is None:
        raise RecipeError(f"{source.file}: the file is empty. A recipe says at least where its “tables” are.")
    return _Reader(source).data(node, at)


def _refuse_syntax(error: yaml.MarkedYAMLError, file: str) -> NoReturn:
    mark = error.problem_mark or error.context_mark
    place = f"{file}, line {mark.line + 1}" if mark else file
    problem = error.problem or error.context or "unreadable"
    hint = next((f": {hint}" for said, hint in _HINTS.items() if said in f"{error.context} {problem}"), "")
    raise RecipeError(f"{place}: this is not YAML ({problem}){hint}.") from error


class _Reader:
    """One walk over the tree that YAML composed: an object only because it counts and remembers where it is."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.values = 0
        self.inside: list[int] = []

    def data(self, node: yaml.Node, at: Keys) -> Any:
        self.values += 1
        if self.values > _LARGEST:
            self.refuse(node, at, "the aliases (*) in this file stand for too many values")
        if isinstance(node, yaml.ScalarNode):
            return self.scalar(node, at)
        if id(node) in self.inside:
            self.refuse(node, at, "an alias (*) refers to what it is part of, which makes a cycle")
        if len(self.inside) >= _DEEPEST:
            self.refuse(node, at, "this is nested too deeply to be a recipe")
        if node.tag not in (_CORE + "seq", _CORE + "map"):
            self.refuse(node, at, f"the tag “{_tag(node)}” has no meaning in a recipe")
        self.inside.append(id(node))
        data = self.mapping(node, at) if isinstance(node, yaml.MappingNode) else self.sequence(node, at)
        self.inside.pop()
        return data

    def scalar(self, node: yaml.ScalarNode, at: Keys) -> str | None:
        if node.tag not in _SCALARS:
            self.refuse(node, at, f"the tag “{_tag(node)}” has no meaning in a recipe")
        if node.tag == _CORE + "null":
            if not node.value:
                self.refuse(node, at, "there is no value here. Fill it in, remove the line, or indent the next one")
            return None
        value = str(node.value)
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            self.refuse(node, at, "this text holds half a character (a lone surrogate)")
        return value

    def mapping(self, node: yaml.MappingNode, at: Keys) -> dict[str, Any]:
        data: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value in node.value:
            key = self.key(key_node, at)
            line = key_node.start_mark.line + 1
            if key in data:
                self.refuse(key_node, (*at, key), f"this key is given twice, first in line {lines[key]}")
            self.file((*at, key), line)
            lines[key] = line
            data[key] = self.data(value, (*at, key))
        return data

    def key(self, node: yaml.Node, at: Keys) -> str:
        if node.tag == _CORE + "merge":
            self.refuse(node, at, "merge keys (<<) are not understood: write the keys out")
        if not isinstance(node, yaml.ScalarNode):
            self.refuse(node, at, "expected text as a key, got a list or a mapping")
        key = self.scalar(node, at)
        if key is None:
            self.refuse(node, at, "a key that reads as “nothing” needs quotes")
        return key

    def sequence(self, node: yaml.Node, at: Keys) -> list[Any]:
        data = []
        for number, value in enumerate(node.value):
            self.file((*at, number), value.start_mark.line + 1)
            data.append(self.data(value, (*at, number)))
        return data

    def file(self, at: Keys, line: int) -> None:
        self.source.lines[at] = (self.source.file, line)

    def refuse(self, node: yaml.Node, at: Keys, why: str) -> NoReturn:
        place = f"{self.source.file}, line {node.start_mark.line + 1}"
        raise RecipeError(f"{place}, {label(at)}: {why}." if at else f"{place}: {why}.")


def _tag(node: yaml.Node) -> str:
    return str(node.tag).replace(_CORE, "!!")
