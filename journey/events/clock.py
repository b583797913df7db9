"""Times: what a column's writing means. Nothing that would change the answer is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import ibis

from journey.errors import InputError
from journey.events import own
from journey.events.engine import run
from journey.events.source import number

__all__ = ["Clock", "clock_of", "clock_of_typed"]


@dataclass(frozen=True)
class Clock:
    """How to read a column of times.

    read    column → timestamp: UTC where `zoned`, else what the clock on the wall showed
    zoned   the times say how far they are from UTC
    dates   there is no time of day
    says    for the report: “ISO 8601”, “day/month/year”, …
    """

    read: Callable[[Any], Any]
    zoned: bool
    says: str
    dates: bool = False


_LETTER: Final = re.compile("[A-Za-z]")
_CLOCK: Final = r"0{1,2}:00(?P<seconds>:00(?P<fraction>[.,]0+)?)?(?P<half> ?aa)?"
_ISO: Final = re.compile(
    r"0000(?P<sep>[-/])0{1,2}(?P=sep)0{1,2}(?:(?: +|a)0{1,2}:00(?::00(?P<fraction>[.,]0+)?)?"
    r"(?P<zone> ?(?:a|aaa|[+-]00(?::?00)?))?)?"
)
_COMPACT: Final = re.compile(r"0{8}(?:a?(?P<clock>0{6})(?P<zone>a)?)?")
_SLASHED: Final = re.compile(rf"0{{1,2}}(?P<sep>[-/.])0{{1,2}}(?P=sep)(?P<year>0000|00)(?:,? +{_CLOCK})?")
_WORDED: Final = re.compile(
    rf"(?:(?P<first>0{{1,2}})(?P<sep>[- ])(?P<month>a{{3,9}})(?P=sep)(?P<year>0000|00)"
    rf"|(?P<us>a{{3,9}}) 0{{1,2}},? (?P<us_year>0000))(?:,? +{_CLOCK})?"
)
_EPOCH: Final = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
_NAMES: Final = {10: "seconds", 13: "milliseconds", 16: "microseconds", 19: "nanoseconds"}


@dataclass(frozen=True)
class _Shape:
    """Values written alike: digits as 0, letters as a; how many, and the first of them."""

    text: str
    n: int
    row: int
    value: str

    @property
    def family(self) -> str | None:
        if match := _ISO.fullmatch(self.text):
            return "zoned" if match["zone"] else "iso"
        if match := _COMPACT.fullmatch(self.text):
            return (
                None if len(self.text) != 8 and not match["clock"] else "compact" if not match["zone"] else "compact Z"
            )
        if _SLASHED.fullmatch(self.text):
            return "slashed"
        if _WORDED.fullmatch(self.text):
            return "worded"
        return "epoch" if len(self.text) in _EPOCH and set(self.text) == {"0"} else None


def clock_of(raw: Any, name: str, *, dayfirst: bool | None = None) -> Clock:
    """How the column `name` of `raw` writes its times. Raises InputError where that cannot be told for certain."""
    column, kind = raw[name], raw[name].type()
    if kind.is_timestamp():
        if kind.timezone is None:
            return Clock(lambda c: c.cast("timestamp(6)"), False, "timestamps without a zone")
        return Clock(_as_utc, True, "timestamps with a zone")
    if kind.is_date():
        return Clock(lambda c: c.cast("timestamp(6)"), False, "dates", dates=True)
    if kind.is_integer():
        return _epoch_clock(raw, name)
    if not kind.is_string():
        raise InputError(f"{raw.label}: the column “{name}” holds {_kind_name(kind)}, not times.")
    if column.get_backend().name != "duckdb":
        return Clock(lambda c: c.try_cast("timestamp(6)"), False, "ISO 8601 text")
    return _text_clock(raw, name, dayfirst)


def clock_of_typed(column: Any) -> Any:
    """A timestamp or date column as it stands; in UTC where it knows its zone."""
    return _as_utc(column) if column.type().is_timestamp() and column.type().timezone else column.cast("timestamp(6)")


def _as_utc(column: Any) -> Any:
    if column.get_backend().name == "duckdb":
        return own.timezone("UTC", column).cast("timestamp(6)")
    return column.cast("timestamp('UTC')").cast("timestamp(6)")


def _kind_name(kind: Any) -> str:
    names = {
        "is_boolean": "true/false values",
        "is_floating": "decimal numbers",
        "is_time": "times of day without a date",
    }
    return next((words for test, words in names.items() if getattr(kind, test)()), f"values of type {kind}")


def _shapes(raw: Any, name: str) -> list[_Shape]:
    text = raw[name].strip().nullif("")
    rows = raw.table.mutate(shape_=own.translate(text.left(40), "123456789", "0" * 9)).filter(text.notnull())
    groups = (
        rows.group_by("shape_").agg(n=rows.count(), row=rows.row_.min()).order_by(ibis.desc("n"), "row").limit(2000)
    )
    alike: dict[str, tuple[int, int]] = {}
    for group in _records(groups):
        shape = _LETTER.sub("a", group["shape_"])
        n, row = alike.get(shape, (0, group["row"]))
        alike[shape] = (n + int(group["n"]), min(row, int(group["row"])))
    if not alike:
        return []
    first = raw.table.filter(raw.table.row_.isin([row for _, row in alike.values()])).select("row_", text_=text)
    values = {int(line["row_"]): str(line["text_"]) for line in _records(first)}
    found = [_Shape(shape, n, row, values[row]) for shape, (n, row) in alike.items()]
    return sorted(found, key=lambda shape: (-shape.n, shape.row))


def _records(table: Any) -> list[dict[Any, Any]]:
    return run(table, opening=True).to_dict("records")


def _text_clock(raw: Any, name: str, dayfirst: bool | None) -> Clock:
    shapes = _shapes(raw, name)
    families: dict[str, list[_Shape]] = {}
    for shape in shapes:
        if shape.family is not None:
            families.setdefault(shape.family, []).append(shape)
    if not families:
        if not shapes:
            return Clock(lambda c: c.try_cast("timestamp(6)"), False, "no times")
        raise InputError(
            f"{_place(raw, name, shapes[0])} cannot be read as a time. Write times as 2024-02-29 13:45:00."
        )
    _refuse_mixtures(raw, name, families, dayfirst)
    if "epoch" in families:
        return _epoch_text(families["epoch"][0])
    first_is_day = _first_is_day(raw, name, families["slashed"], dayfirst) if "slashed" in families else None
    return _reader(families, first_is_day, words=any(shape.family is None for shape in shapes))


def _place(raw: Any, name: str, shape: _Shape) -> str:
    return f"{raw.label}, row {number(shape.row + 1)}, column “{name}”: “{shape.value[:60]}”"


def _refuse_mixtures(raw: Any, name: str, families: dict[str, list[_Shape]], dayfirst: bool | None) -> None:
    zoned = [shape for family in ("zoned", "compact Z") for shape in families.get(family, [])]
    naive = [shape for family, members in families.items() if family not in ("zoned", "compact Z") for shape in members]
    if "epoch" in families and len(families) > 1:
        other = next(members[0] for family, members in families.items() if family != "epoch")
        raise InputError(
            f"{_place(raw, name, families['epoch'][0])} is a number of seconds, but row {number(other.row + 1)} "
            f"says “{other.value}”. Write all times alike, for example 2024-02-29T13:45:00Z."
        )
    if zoned and naive:
        raise InputError(
            f"{_place(raw, name, zoned[0])} has a time zone, but “{naive[0].value}” in row {number(naive[0].row + 1)} "
            "has none. Write all times with their zone (2024-02-29T13:45:00+01:00), or none."
        )
    iso = families.get("iso", []) + families.get("compact", [])
    if "slashed" in families and iso and dayfirst is None:
        slashed = families["slashed"][0]
        raise InputError(
            f"{_place(raw, name, slashed)} stands beside “{iso[0].value}” in row {number(iso[0].row + 1)}: which "
            f"number is the day is not certain. Say dayfirst: true (day before month) or dayfirst: false."
        )


_DAY: Final = r"^\s*([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]"


def _first_is_day(raw: Any, name: str, shapes: Sequence[_Shape], dayfirst: bool | None) -> bool:
    """Whether 02/03/2024 is the second of March: as told, or because some value can only be read one way."""
    if dayfirst is not None:
        return dayfirst
    text = raw[name]
    table = raw.table.mutate(
        one_=text.re_extract(_DAY, 1).try_cast("int32"), two_=text.re_extract(_DAY, 2).try_cast("int32"), text_=text
    )
    facts = run(
        table.agg(
            one=table.one_.max(),
            two=table.two_.max(),
            one_row=table.row_.argmax(table.one_),
            one_text=table.text_.argmax(table.one_),
            two_row=table.row_.argmax(table.two_),
            two_text=table.text_.argmax(table.two_),
        ),
        opening=True,
    ).iloc[0]
    if (facts.one > 12) != (facts.two > 12):
        return bool(facts.one > 12)
    if facts.one > 12:
        raise InputError(
            f"{raw.label}, column “{name}”: “{facts.one_text}” (row {number(int(facts.one_row) + 1)}) puts the day "
            f"first, “{facts.two_text}” (row {number(int(facts.two_row) + 1)}) the month. Write all dates alike, or "
            "say dayfirst: true or dayfirst: false; what does not fit is then set aside."
        )
    raise InputError(
        f"{_place(raw, name, shapes[0])} could be day/month or month/day, and no value in the column decides. "
        "Say dayfirst: true (day before month) or dayfirst: false."
    )


def _reader(families: dict[str, list[_Shape]], first_is_day: bool | None, *, words: bool) -> Clock:
    iso = "iso" in families or "zoned" in families
    zoned = "zoned" in families or "compact Z" in families
    shapes = [shape for family in ("compact", "compact Z", "slashed", "worded") for shape in families.get(family, [])]
    formats = list(dict.fromkeys(fmt for shape in shapes for fmt in _formats(shape.text, first_is_day)))
    spaced = any(re.search(r" [+-]00", shape.text) for shape in families.get("zoned", []))
    short = any(re.search(r"[a ]00:00 ?[a+-]", shape.text) for shape in families.get("zoned", []))
    commas = any("," in shape.text for shape in [*families.get("iso", []), *families.get("zoned", [])])

    def read(column: Any) -> Any:
        text = column.strip()
        readings = []
        if iso:
            tidy = text.replace(",", ".") if commas else text
            tidy = tidy.re_replace(" ([+-][0-9])", r"\1") if spaced else tidy
            # DuckDB reads a zone after seconds only.
            tidy = tidy.re_replace("([T ][0-9]{1,2}:[0-9]{2})([A-Za-z+-])", r"\1:00\2") if short else tidy
            # A cast to a timestamp without zone would drop the offset in silence.
            instant = own.timezone("UTC", tidy.try_cast("timestamp('UTC')")) if zoned else tidy.try_cast("timestamp")
            if words:  # the cast knows some, such as “epoch” and “infinity”
                instant = ibis.ifelse(text.left(4).try_cast("int32").notnull(), instant, ibis.null("timestamp"))
            readings.append(instant)
        if formats:
            readings.append(own.try_strptime(text, formats))
        return ibis.coalesce(*readings).cast("timestamp(6)")

    order = "" if first_is_day is None else "day/month/year" if first_is_day else "month/day/year"
    names = {
        "iso": "ISO 8601",
        "zoned": "ISO 8601 with zone",
        "compact": "YYYYMMDD",
        "compact Z": "YYYYMMDD with zone",
        "slashed": order,
        "worded": "month by name",
    }
    says = ", ".join(names[family] for family in names if family in families)
    dates = all(
        ":" not in shape.text and shape.text[-6:] != "000000"
        for members in families.values()
        for shape in members
        if len(shape.text) != 8 or ":" in shape.text
    )
    return Clock(read, zoned, says, dates=dates)


def _formats(shape: str, first_is_day: bool | None) -> Iterator[str]:
    if match := _COMPACT.fullmatch(shape):
        between = "T" if shape[8:9] == "a" else ""
        yield "%Y%m%d" + (f"{between}%H%M%S" if match["clock"] else "") + ("Z" if match["zone"] else "")
    elif match := _SLASHED.fullmatch(shape):
        s = match["sep"]
        date = f"%d{s}%m{s}" if first_is_day else f"%m{s}%d{s}"
        yield from _with_clock(date + ("%Y" if match["year"] == "0000" else "%y"), shape, match)
    elif match := _WORDED.fullmatch(shape):
        for month in ("%b", "%B"):
            date = f"{month} %d{',' if ',' in shape[:13] else ''} %Y"
            if match["first"]:
                date = f"%d{match['sep']}{month}{match['sep']}" + ("%Y" if match["year"] == "0000" else "%y")
            yield from _with_clock(date, shape, match)


def _with_clock(date: str, shape: str, match: re.Match[str]) -> Iterator[str]:
    if ":" not in shape:
        yield date
        return
    before = shape[: shape.index(":")].rstrip("0")
    between = (", " if before.rstrip(" ").endswith(",") else " ") + " " * (len(before) - len(before.rstrip(" ")) - 1)
    clock = "%H:%M" if not match["half"] else "%I:%M"
    clock += ":%S" if match["seconds"] else ""
    clock += f"{match['fraction'][0]}%f" if match["fraction"] else ""
    yield date + between + clock + ({3: " %p", 2: "%p"}[len(match["half"])] if match["half"] else "")


def _epoch_text(shape: _Shape) -> Clock:
    unit = _EPOCH[len(shape.text)]
    return Clock(
        lambda c: _from_epoch(c.strip().try_cast("int64"), unit), True, f"{_NAMES[len(shape.text)]} since 1970"
    )


def _epoch_clock(raw: Any, name: str) -> Clock:
    column = raw[name]
    facts = run(raw.table.agg(low=column.min(), high=column.max()), opening=True).iloc[0]
    if facts.low != facts.low or facts.low is None:
        return Clock(lambda c: ibis.null("timestamp(6)"), False, "no times")
    low, high = (len(str(end)) for end in (int(facts.low), int(facts.high)))
    if low != high or low not in _EPOCH or facts.low < 0:
        raise InputError(
            f"{raw.label}: the column “{name}” holds whole numbers from {facts.low:.0f} to {facts.high:.0f}, which are "
            "not the seconds, milli- or microseconds since 1970 of one era. Write times as 2024-02-29 13:45:00."
        )
    return Clock(lambda c: _from_epoch(c, _EPOCH[low]), True, f"{_NAMES[low]} since 1970")


def _from_epoch(column: Any, unit: int) -> Any:
    if column.get_backend().name != "duckdb":
        return (column // (unit // 1_000_000 or 1)).cast("int64").as_timestamp({1: "s", 1_000: "ms"}.get(unit, "us"))
    micros = column * (1_000_000 // unit) if unit <= 1_000_000 else column // 1_000
    return own.make_timestamp(micros.cast("int64")).cast("timestamp(6)")
