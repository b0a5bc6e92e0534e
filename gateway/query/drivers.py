"""From what a driver returns to the Python value of a column's type.

Also for values that SQLAlchemy's types did not write: whatever a type cannot hold is an error of its value.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from struct import Struct
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.types import NumericCommon

from gateway.catalog.decorated import plain_kind
from gateway.catalog.texts import is_padded
from gateway.catalog.values import unfit
from gateway.errors import GatewayError
from gateway.query.arrays import parsed_array
from gateway.sources.moments import read_day, read_moment, read_time

Convert = Callable[[Any], Any]

_POSTGRESQL_NUMERIC, _POSTGRESQL_FLOAT = 1700, 701
"""Type codes that SQLAlchemy's psycopg dialect wants to see before it hands out a processor."""

UNUSUAL = (GatewayError, LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What a quick expression may raise for a value that `Shown.full` has to judge."""

MYSQLS = ("mysql", "mariadb")
"""The names of SQLAlchemy's dialects for both, as a source's URL says it."""
OTHER = "The column holds something else than its type says; correct the row."
"""What to do about a value that has another type than its column."""


def from_driver(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Convert | None:
    """Driver value to the Python value of a column type; None when they are the same.

    Raises whatever the type raises for a value that it cannot hold.
    """
    if isinstance(kind, sa.ARRAY):
        return _array_from_driver(kind, dialect)
    own = reader_of(kind, dialect.name)
    if own is not None:
        return lambda value: None if value is None else own(value)
    code, plain = None, plain_kind(kind)
    if dialect.name == "postgresql" and isinstance(plain, NumericCommon):
        code = _POSTGRESQL_FLOAT if isinstance(plain, sa.Float) else _POSTGRESQL_NUMERIC
    process: Convert | None = kind.dialect_impl(dialect).result_processor(dialect, code)
    if dialect.name == "postgresql" and is_padded(kind):
        return _unpadded if process is None else lambda value: process(_unpadded(value))
    return process


def _unpadded(value: Any) -> Any:
    return value.rstrip(" ") if isinstance(value, str) else value


def key_from_driver(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Convert | None:
    """As `from_driver` for a key: a value that its type does not have meets nothing, as NULL does."""
    process = _strictly(kind, dialect)
    if process is None:
        return None

    def convert(value: Any) -> Any:
        try:
            return process(value)
        except UNUSUAL:
            return None

    return convert


def own_from_driver(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Convert | None:
    """As `from_driver` for the app's own code. Raises ValueNotRepresentable."""
    process = _strictly(kind, dialect)
    if process is None:
        return None

    def convert(value: Any) -> Any:
        try:
            return process(value)
        except Exception as error:
            raise unfit(type(kind).__name__, value, OTHER) from error

    return convert


def _strictly(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Convert | None:
    """As `from_driver`, which takes what PostgreSQL's cursor gives for a date that Python lacks: its text."""
    if dialect.name == "postgresql" and isinstance(kind, sa.DateTime | sa.Date | sa.Time):
        return _no_text
    return from_driver(kind, dialect)


def _no_text(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError("a date or time that Python lacks")
    return value


def reader_of(kind: sa.types.TypeEngine[Any], database: str) -> Convert | None:
    """What reads a type whose values are not selected, or not kept, as SQLAlchemy expects them."""
    if isinstance(kind, sqlite.DATETIME | sqlite.DATE | sqlite.TIME):
        return None
    if database == "postgresql":
        return _parsed if isinstance(kind, sa.JSON) else None
    if database in MYSQLS and is_single(kind):
        return shown_single
    if isinstance(kind, sa.Boolean):
        return _truth
    return next((read for types, read in _READERS if isinstance(kind, types)), None)


def _moment(value: Any) -> datetime:
    return value if value.__class__ is datetime else read_moment(value)


def _day(value: Any) -> date:
    return value if value.__class__ is date else read_day(value)


def _time(value: Any) -> time:
    if value.__class__ is not timedelta:
        return value if value.__class__ is time else read_time(value)
    if value.days:
        raise ValueError("a time below zero, or beyond a day")
    return (datetime.min + value).time()


_READERS: tuple[tuple[type[Any], Convert], ...] = (
    (sa.DateTime, _moment),
    (sa.Date, _day),
    (sa.Time, _time),
)


def _truth(value: Any) -> bool:
    if not isinstance(value, int | float):
        raise ValueError("no number")
    return bool(value)


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def is_single(kind: sa.types.TypeEngine[Any]) -> bool:
    """Whether MySQL makes a FLOAT of a type, which has single precision, unless it was made otherwise."""
    if not isinstance(kind, sa.Float) or isinstance(kind, sa.Double | sa.REAL | mysql.DOUBLE):
        return False
    return (kind.precision or 0) <= _SINGLE_BITS


_SINGLE_BITS = 24
_SINGLE = Struct("f")


def single(value: float) -> float:
    """The nearest number of single precision, infinite beyond all of them."""
    try:
        found: float = _SINGLE.unpack(_SINGLE.pack(value))[0]
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
    return found


def shown_single(value: Any) -> float:
    """A number of a column that may be a FLOAT, as `SingleText` or a measure gives it, spelled shortly."""
    text = value if value.__class__ is str else None
    number = float(value if text is None else text.removesuffix("f"))
    if text is not None and not text.endswith("f"):
        return number
    if single(number) != number:
        return number
    return next(
        (short for digits in range(6, 9) if single(short := float(f"{number:.{digits}g}")) == number),
        float(f"{number:.9g}"),
    )


def exact_single(value: Any) -> float:
    """The same as the double that the database compares, for cursors."""
    return float(value.removesuffix("f") if isinstance(value, str) else value)


def _array_from_driver(kind: sa.ARRAY[Any], dialect: sa.Dialect) -> Convert:
    """For arrays of PostgreSQL: SQLAlchemy's own way knows no numbers without their type's code."""
    nested = not isinstance(kind.item_type, sa.JSON)
    process = from_driver(kind.item_type, dialect) if nested else None  # the driver has parsed it

    def convert(value: Any) -> Any:
        if isinstance(value, list) and nested:
            return [convert(each) for each in value]
        return value if value is None or process is None else process(value)

    def whole(value: Any) -> Any:
        with suppress(ValueError):
            value = parsed_array(value) if isinstance(value, str) else value
        return [convert(each) for each in value] if isinstance(value, list) else value

    return whole


def is_decimal(kind: sa.types.TypeEngine[Any]) -> bool:
    """Whether values are decimals with a fixed number of places."""
    return (
        isinstance(kind, NumericCommon)
        and not isinstance(kind, sa.Float)
        and bool(kind.asdecimal)
        and (kind.scale or 0) > 0
    )
