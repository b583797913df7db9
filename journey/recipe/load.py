"""From text, file or keyword arguments to a recipe; every way that fails is a RecipeError."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from journey.errors import RecipeError, suggest
from journey.model import Scale
from journey.recipe.check import disagreements
from journey.recipe.messages import problem
from journey.recipe.nodes import Keys, Source, read_yaml
from journey.recipe.parts import Designed
from journey.recipe.schema import Recipe
from journey.recipe.tables import Events

__all__ = ["load", "minimal", "parse", "redesigned"]

_LARGEST: Final = 1_000_000  # bytes: two hundred times an ordinary recipe; what is larger is data
_MOST: Final = 10  # problems told at once
_COLUMNS: Final = frozenset(Events.model_fields) - {"kind", "answers"}


def load(path: str | os.PathLike[str], *, folder: str | os.PathLike[str] | None = None, **parameters: Any) -> Recipe:
    """The recipe in a file.

    folder      where the tables are, instead of what the recipe says (default: its own folder)
    parameters  top-level keys of the recipe that take another value this time (``window="7d"``)

    Raises RecipeError naming file, line and key.
    """
    return parse(_text(Path(path)), file=str(path), folder=folder, **parameters)


def parse(
    text: str, *, file: str = "journey.yaml", folder: str | os.PathLike[str] | None = None, **parameters: Any
) -> Recipe:
    """The recipe in a text; `file` is what errors call it, and relative paths start at its folder. As `load`."""
    source = Source(file)
    data = read_yaml(text, source)
    if not isinstance(data, dict):
        raise RecipeError(f"{file}: expected keys such as “tables:” and “goal:”. Is this a recipe?")
    own = Path(file).parent
    for key, value in parameters.items():
        data[key] = value
        _forget(source, key)
    if isinstance(data.get("designed"), str):
        data["designed"] = _designed(data["designed"], own, source)
    if folder is not None:
        data["folder"] = str(_home(folder, source))
        _forget(source, "folder")
    elif isinstance(told := data.get("folder") or "", str) and "://" not in told:
        data["folder"] = str(own / _home(told, source))
    if "name" not in data:
        data["name"] = own.resolve().name if Path(file).stem == "journey" else Path(file).stem
    return _build(data, source)


def minimal(
    *, satisfaction: Scale | None = None, effort: Scale | None = None, nps: Scale | None = None, **keys: Any
) -> Recipe:
    """The recipe of one table of events described in Python, as `journey.read` takes it.

    satisfaction, effort, nps   scales whose names are the columns of their answers
    keys    those of a table of kind events (case, touchpoint, time, customer, read …; path is optional), and
            those of a recipe (goal, stages, window, time_zone …). None is as good as not given

    Raises RecipeError naming the argument.
    """
    scales = {
        role: scale for role, scale in (("csat", satisfaction), ("ces", effort), ("nps", nps)) if scale is not None
    }
    columns = [scale.name for scale in scales.values()]
    if len(set(columns)) < len(columns):
        twice = max(columns, key=columns.count)
        raise RecipeError(f"satisfaction, effort and nps are columns of their own; “{twice}” is given twice.")
    given = {key: value for key, value in keys.items() if value is not None}
    options = (Recipe.model_fields.keys() | _COLUMNS) - {"tables", "scales"}
    if unknown := given.keys() - options:
        raise RecipeError(f"There is no option “{min(unknown)}”.{suggest(min(unknown), options, known='options')}")
    table = {key: value for key, value in given.items() if key in _COLUMNS}
    whole = {key: value for key, value in given.items() if key not in _COLUMNS}
    answers = {name: name for name in columns}
    specs = {scale.name: _spec(scale, role) for role, scale in scales.items()}
    tables = [{"path": "(table)", **table, "kind": "events", "answers": answers}]
    return _build({**whole, "tables": tables, "scales": specs}, Source())


def redesigned(recipe: Recipe, path: str | os.PathLike[str]) -> Recipe:
    """The recipe with the designed map that a file holds, alone or under “designed:”, instead of its own.

    Raises RecipeError naming file, line and key.
    """
    text, source = _text(Path(path)), Source(str(path))
    data = read_yaml(text, source)
    if isinstance(data, dict) and "designed" in data:
        data = data["designed"]
    else:
        source.lines.clear()
        read_yaml(text, source, ("designed",))
    if not isinstance(data, dict):
        raise RecipeError(f"{path}: expected keys such as “transitions:” and “optional:”. Is this a designed map?")
    try:
        other = recipe.model_copy(update={"designed": Designed.model_validate(data)})
        found = list(disagreements(other))
    except ValidationError as error:
        found = []
        for details in error.errors(include_url=False):
            details["loc"] = ("designed", *details["loc"])
            found += problem(details, {"designed": data})
    if found:
        raise RecipeError(_report(found, source))
    return other


def _spec(scale: Scale, metric: str) -> dict[str, Any]:
    """A scale as a recipe writes it. Metric None takes the role; a “rating” keeps being one."""
    fields = {"low": scale.low, "high": scale.high, "good": scale.good, "question": scale.question}
    return {**fields, "metric": scale.metric or metric, "about": scale.about}


def _build(data: dict[str, Any], source: Source) -> Recipe:
    try:
        recipe = Recipe.model_validate(data, context=source)
        found = list(disagreements(recipe))
    except ValidationError as error:
        found = [one for details in error.errors(include_url=False) for one in problem(details, data)]
    except RecursionError as error:
        raise RecipeError(f"{source.file}: this is nested too deeply to be a recipe.") from error
    if found:
        raise RecipeError(_report(found, source))
    return recipe


def _report(found: list[tuple[Keys, str]], source: Source) -> str:
    """One line a problem, in the order of the file."""
    lines = {f"{source.where(keys)}: {_stop(why)}": source.place(keys) for keys, why in found}
    told = sorted(lines, key=lambda text: lines[text])
    more = [f"… and {len(told) - _MOST} more."] if len(told) > _MOST else []
    return "\n".join(told[:_MOST] + more)


def _stop(sentence: str) -> str:
    return sentence if sentence.endswith((".", "?", "…")) else f"{sentence}."


def _forget(source: Source, key: str) -> None:
    """The lines of a key that does not come from the file."""
    for keys in [keys for keys in source.lines if keys[0] == key]:
        del source.lines[keys]


def _home(folder: str | os.PathLike[str], source: Source) -> Path | str:
    if "://" in str(folder):
        return str(folder)
    try:
        return Path(folder).expanduser()
    except RuntimeError as error:
        raise RecipeError(f"{source.where(('folder',))}: there is no home folder for “{folder}”.") from error


def _designed(path: str, own: Path, source: Source) -> Any:
    """The designed map in a file of its own, beside the recipe; its keys keep their own file and lines."""
    beside = own / path
    try:
        text = _text(beside)
    except RecipeError as error:
        raise RecipeError(f"{source.where(('designed',))}: {error}") from error
    return read_yaml(text, Source(str(beside), source.lines), ("designed",))


def _text(path: Path) -> str:
    """The text of a recipe's file, or why it cannot be one."""
    try:
        if path.is_dir():
            raise RecipeError(f"“{path}” is a folder: name the recipe in it.{suggest('journey.yaml', _recipes(path))}")
        if not path.exists():
            hint = suggest(path.name, _recipes(path.parent), known="recipes there")
            raise RecipeError(f"There is no recipe “{path}”.{hint}")
        if path.stat().st_size > _LARGEST:
            raise RecipeError(f"“{path}” is larger than 1 MB: that is data, not a recipe.")
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, RecipeError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise RecipeError(f"“{path}” cannot be read ({reason}).") from error
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        text = "\0" if b"\0" in raw or encoding == "utf-16" else ""
        if not text:
            line = raw.count(b"\n", 0, error.start) + 1
            raise RecipeError(f"{path}, line {line}: this is not UTF-8. Save the recipe as UTF-8.") from error
    if "\0" in text:
        raise RecipeError(f"“{path}” is a binary file: that is data, not a recipe.")
    return text


def _recipes(folder: Path) -> list[str]:
    return [one.name for one in folder.glob("*.y*ml")] if folder.is_dir() else []
