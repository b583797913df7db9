"""From the door to the index: codes, numbers, one sort; in memory for small logs, in a cached file for large ones."""

from __future__ import annotations

import dataclasses
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from journey.errors import InputError, JourneyError, suggest
from journey.events import marks
from journey.events.engine import arrow_of, drop, keep, keep_arrow, run
from journey.events.index import Codes, ask, code_table, coded, micros, numbered, successors
from journey.events.read import Door
from journey.model import Scale

__all__ = ["Index", "Sizes", "build"]

# Beyond this many different texts an attribute is kept as text: codes would no longer be small.
MANY_VALUES = 20_000


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much there is; first and last event in microseconds since 1970 UTC."""

    events: int
    cases: int
    customers: int
    first_event: int
    last_event: int


@dataclass(eq=False)
class Index:
    """The indexed table and what its codes mean. `attributes` maps a name to its codes, None for numbers and dates."""

    backend: Any
    stored: Any
    touchpoints: Codes
    channels: Codes | None
    attributes: Mapping[str, Codes | None]
    scales: Mapping[str, Scale]
    case_ids: Any
    sizes: Sizes
    large: bool = False
    _known: dict[Any, Any] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def table(self, *, marked: bool = False) -> Any:
        """The indexed events; `marked` adds again_us, first_visit and first_move, computed once."""
        if marked and "first_move" not in self.stored.columns:
            with self._lock:
                if "first_move" not in self.stored.columns:
                    self._mark()
        return self.stored

    def _mark(self) -> None:
        plain, arrow = self.stored, arrow_of(self.stored)
        if arrow is None:
            self.stored = keep(self.backend, marks.windowed(plain), name="events", large=True)
        else:
            self.stored = keep_arrow(self.backend, marks.in_arrow(arrow), name="events")
        # The plain table stays for those who hold questions about it, and goes with the index; columns are shared.
        _owned(self, self.stored)

    def column(self, attribute: str) -> tuple[str, Codes | None]:
        """The column of an attribute (or of "channel", "touchpoint") and its codes."""
        special = {"touchpoint": ("tp", self.touchpoints), "channel": ("ch", self.channels)}
        column, codes = special.get(attribute, (None, None))
        if column is not None and codes is not None:
            return column, codes
        if attribute in self.attributes:
            return f"a_{attribute}", self.attributes[attribute]
        known = [*self.attributes, *(["channel"] if self.channels else []), "touchpoint"]
        raise JourneyError(f"There is no attribute “{attribute}”.{suggest(attribute, known, known='attributes')}")

    def constant(self, column: str) -> bool:
        """Whether the column has one value (or none) throughout every case; asked once, then remembered."""
        if column in ("tp", "ch"):
            return False
        return bool(self.once(("constant", column), lambda: self._constant(column)))

    def _constant(self, column: str) -> bool:
        rows = self.stored
        value = rows[column]
        varies = (value.min() != value.max()) | ((value.count() > 0) & (value.count() < rows.count()))
        by_case = rows.group_by("cid").agg(varies=varies)
        return not run(by_case.agg(any=by_case.varies.any()))["any"].fillna(False).iloc[0]

    def keep(self, expr: Any) -> Any:
        """A table derived from this index, kept as long as the index."""
        kept = keep(self.backend, expr, name="derived", large=self.large)
        _owned(self, kept)
        return kept

    def once(self, key: Any, answer: Callable[[], Any]) -> Any:
        """What was asked before is remembered, for it can't change: the index doesn't."""
        with self._lock:
            if key not in self._known:
                self._known[key] = answer()
            return self._known[key]

    def rebuilt(self, rows: Any, *, case_ids: Any = None) -> Index:
        """An index over changed sequences (columns of this one, `row` for order)."""
        stored = keep(self.backend, successors(rows), name="events", large=self.large)
        changed = dataclasses.replace(
            self,
            stored=stored,
            sizes=count(stored),
            case_ids=case_ids if case_ids is not None else self.case_ids,
            _known={},
            _lock=threading.RLock(),
        )
        _owned(changed, stored)
        return changed

    def with_case_names(self, rows: Any) -> Any:
        """Rows with `case`, the case's own id."""
        return rows.mutate(case=rows.cid) if self.case_ids is None else rows.left_join(self.case_ids, "cid")

    def decoded(self, shown: pd.DataFrame) -> pd.DataFrame:
        """Fetched rows with names for codes and times for microseconds."""

        def names(codes: Codes, column: str) -> list[str | None]:
            return [None if pd.isna(code) else codes.names[int(code)] for code in shown[column]]

        table = {"case": shown["case"], "position": shown["pos"], "touchpoint": names(self.touchpoints, "tp")}
        table["time"] = pd.to_datetime(shown["t"], unit="us", utc=True)
        if self.channels:
            table["channel"] = names(self.channels, "ch")
        for column in shown.columns:
            if column.startswith("r_"):
                table[column.removeprefix("r_")] = shown[column]
            if column.startswith("a_"):
                name = column.removeprefix("a_")
                codes = self.attributes[name]
                name = f"{name} (attribute)" if name in table else name
                table[name] = names(codes, column) if codes else shown[column]
        return pd.DataFrame(table)


def _owned(index: Index, table: Any) -> None:
    """Drop the kept table when its index is no longer used."""
    weakref.finalize(index, drop, index.backend, table.op().name)


def count(stored: Any, *, opening: bool = False) -> Sizes:
    customer = stored.cust if "cust" in stored.columns else stored.cid
    expr = stored.agg(
        events=stored.count(),
        cases=(stored.pos == 0).sum(),
        customers=customer.nunique(),
        first_event=stored.t.min(),
        last_event=stored.t.max(),
    )
    row = run(expr, opening=opening).iloc[0]
    return Sizes(**{str(name): 0 if pd.isna(value) else int(value) for name, value in row.items()})


def build(door: Door, backend: Any, *, large: bool = False) -> Index:
    """Index the table behind the door: in memory or, with `large`, in the backend's file.

    Raises InputError if it is empty.
    """
    events = sum(table.events for table in door.report.tables)
    if not events:
        raise InputError("There is no event to read: every row was empty or set aside. See the import report.")
    table, touchpoints, channels, attributes = _in_codes(backend, _in_micros(door.table), door.attributes)
    table, case_ids = _ids(backend, table)
    narrow = {f"r_{scale.name}": "int16" for scale in door.report.scales if scale.whole and abs(scale.high) < 2**15}
    if events < 2**31:
        narrow["row"] = "int32"  # what is narrower is sorted quicker
    table = table.mutate(**{name: table[name].cast(kind) for name, kind in narrow.items() if name in table.columns})
    rows = successors(table, since=_promised_since(door, touchpoints))
    stored = keep(backend, rows, name="events", large=large, opening=True)
    scales = {role: door.scales[name] for role, name in door.roles.items() if f"r_{name}" in stored.columns}
    index = Index(
        backend, stored, touchpoints, channels, attributes, scales, case_ids, count(stored, opening=True), large=large
    )
    _owned(index, stored)
    return index


def _in_micros(table: Any) -> Any:
    """Times as microseconds; comments stay at the door, for they are wide and no number needs them."""
    table = table.mutate(t=micros(table.time)).drop("time")
    if "due" in table.columns:
        table = table.mutate(due_us=micros(table.due)).drop("due")
    return table.drop("comment") if "comment" in table.columns else table


def _in_codes(
    backend: Any, plain: Any, names: Sequence[str]
) -> tuple[Any, Codes, Codes | None, dict[str, Codes | None]]:
    """Touchpoints, channels and text attributes as codes, unless a text takes very many values.

    Every column is asked of the plain table, so that no question has to walk through another's join.
    """
    found: dict[str, Codes | None] = {}
    table = plain
    wanted = {"touchpoint": "tp", "channel": "ch", **{f"a_{name}": f"a_{name}" for name in names}}
    for column, to in wanted.items():
        found[column] = None
        if column not in plain.columns or not plain[column].type().is_string():
            continue
        values = ask(plain.select(column).distinct().limit(MANY_VALUES + 1))[column]
        if len(values) > MANY_VALUES:
            if column in ("touchpoint", "channel"):
                raise InputError(
                    f"There are more than {MANY_VALUES:,} different {column}s. Is the column right? "
                    "A touchpoint is a kind of contact, not one contact."
                )
            continue
        found[column], codes = code_table(backend, values, column=column)
        table = coded(table, codes, column=column, to="code").rename(**{to: "code"})
    touchpoints = found.pop("touchpoint")
    channels = found.pop("channel")
    assert touchpoints is not None  # the door leaves no event without one
    return table, touchpoints, channels, {name: found[f"a_{name}"] for name in names}


def _ids(backend: Any, table: Any) -> tuple[Any, Any]:
    """Numbers for cases and customers: whole-number ids serve as they are, text ids are counted in order."""
    case_ids = None
    if table["case"].type().is_string():
        table, case_ids = numbered(backend, table, column="case", to="cid", name="cases")
    else:
        table = table.rename(cid="case")
    if "customer" in table.columns:
        if table.customer.type().is_string():
            table, _ = numbered(backend, table, column="customer", to="cust", name="customers")
        else:
            table = table.rename(cust="customer")
    return table, case_ids


def _promised_since(door: Door, touchpoints: Codes) -> dict[int, int]:
    """Touchpoints whose promised time counts from another touchpoint, both by code."""
    since = {}
    for name, promise in door.recipe.promises.items():
        place, origin = touchpoints.of(name), touchpoints.of(promise.since) if promise.since else None
        if place is not None and origin is not None:
            since[place] = origin
    return since
