"""Dates, times and moments written as text: ISO 8601 as programs spell it, where no server looks after it.

SQLite stores whatever it is given. SQLAlchemy writes `2024-05-01 10:00:00.000000`, SQLite's own
`CURRENT_TIMESTAMP` leaves the fraction out, others write a `T` or an offset. The functions that read such a
text raise ValueError for everything else. `stored_…`, one for booleans too, are the same as SQL functions:
they spell a value as SQLAlchemy does, so that equal ones are stored alike, and leave alone what they cannot
read.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

_MIDNIGHT = time()


class OddText(bytes):
    """Text of SQLite that is not in UTF-8."""


def read_moment(value: Any) -> datetime:
    """A date and time, in UTC and without tzinfo. A day alone is its midnight."""
    text = _text(value)
    if len(text) < 10 or text[4] != "-" or text[7] != "-" or (len(text) > 10 and text[10] not in " T"):
        raise ValueError(f"{len(text)} characters that are no date and time")
    moment = datetime.fromisoformat(_joined(text))
    if moment.tzinfo is None:
        return moment
    try:
        return moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError("in UTC it lies outside the years 1 to 9999") from error


def read_day(value: Any) -> date:
    """A day. A time behind it has to be midnight."""
    text = _text(value)
    if len(text) == 10 and text[4] == "-":
        return date.fromisoformat(text)
    moment = read_moment(text)
    if moment.time() != _MIDNIGHT or _offset_begins(text) is not None:
        raise ValueError("a day with a time in it")
    return moment.date()


def read_time(value: Any) -> time:
    """A time of day without an offset."""
    text = _text(value)
    found = time.fromisoformat(text)
    if found.tzinfo is not None or text[2:3] != ":":
        raise ValueError("a time with an offset, or one without colons")
    return found


def _text(value: Any) -> str:
    if value.__class__ is not str:
        raise ValueError(f"{type(value).__name__} where text is expected")
    return value


def _joined(text: str) -> str:
    """Without the space that some programs put before the offset."""
    at = _offset_begins(text)
    return text if at is None or text[at - 1] != " " else f"{text[: at - 1]}{text[at:]}"


def _offset_begins(text: str) -> int | None:
    return next((at for at in range(11, len(text)) if text[at] in "+-Zz"), None)


def stored_moment(value: Any) -> Any:
    """SQL function of SQLite connections: a date and time as SQLAlchemy stores it."""
    if value.__class__ is str and len(value) == 26 and value[10] == " " and value[19] == ".":
        return value if value[23:].isdigit() else _spelled(value, read_moment, _moment_text)
    return _spelled(value, read_moment, _moment_text)


def stored_day(value: Any) -> Any:
    """SQL function of SQLite connections: a day as SQLAlchemy stores it."""
    if value.__class__ is str and len(value) == 10:
        return value
    return _spelled(value, read_day, date.isoformat)


def stored_time(value: Any) -> Any:
    """SQL function of SQLite connections: a time of day as SQLAlchemy stores it."""
    return _spelled(value, read_time, _time_text)


def _moment_text(moment: datetime) -> str:
    return moment.isoformat(" ", "microseconds")


def _time_text(found: time) -> str:
    return found.isoformat("microseconds")


def _spelled(value: Any, read: Callable[[Any], Any], spell: Callable[[Any], str]) -> Any:
    try:
        return spell(read(value))
    except ValueError:
        return value


def stored_truth(value: Any) -> Any:
    """SQL function of SQLite connections: a number as a boolean, 1 for all but 0."""
    return int(value != 0) if value.__class__ in (int, float) else value


FUNCTIONS = {
    "gateway_truth": stored_truth,
    "gateway_moment": stored_moment,
    "gateway_day": stored_day,
    "gateway_time": stored_time,
}
"""The SQL functions by name; each takes one value."""
