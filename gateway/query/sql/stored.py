"""Columns as other programs fill them, read, compared and sorted so that all agrees with what is shown.

A column is selected by `read_form`, sorted by `sort_form`, grouped and counted by `group_form`, and looked up
by `equal_form`; `compare.py` has its comparison with a value of a client. Most columns are all of these
themselves. Others are not:

- SQLite keeps dates as whatever text it is given, and decimals as floats with any number of digits;
- MySQL and MariaDB have days such as 0000-00-00, which their driver takes for NULL, booleans other than 0 and
  1, and FLOAT columns, whose 4.7 is no 4.7 of a DOUBLE; on a column without fractions of a second, equality
  with 10:00:00.4 finds 10:00:00;
- PostgreSQL compares REAL columns with a parameter that is declared to be double precision as doubles.
"""

from collections.abc import Callable
from datetime import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from gateway.catalog.decorated import Decorated, plain_kind
from gateway.query.drivers import is_decimal, is_single
from gateway.query.sql.text import Label
from gateway.sources.features import Features

Column = sa.ColumnElement[Any]
Test = sa.ColumnElement[bool]
Type = sa.types.TypeEngine[Any]


def named_form(form: Callable[[Column, Features], Column], column: Any, features: Features) -> Column:
    """A form of a column that keeps its name."""
    found = form(column, features)
    return column if found is column else found.label(column.name)


def read_form(column: Column, features: Features) -> Column:
    """What is selected of a column whose values are read by `drivers.from_driver`."""
    kind = column.type
    if features.name == "mysql":
        if isinstance(kind, sa.DateTime | sa.Date):
            return sa.cast(column, sa.CHAR())
        if is_single(kind):
            return SingleText(column)
    if features.name == "postgresql" and isinstance(kind, sa.JSON):
        return sa.cast(column, sa.Text())
    return column


def read_measure(value: Column, features: Features) -> Column:
    """The same for a least or greatest value, of which MySQL forgets that it is a FLOAT."""
    if features.name == "mysql" and is_single(value.type):
        return as_double(value)
    return read_form(value, features)


def sort_form(column: Column, features: Features) -> Column:
    """What a column sorts by: an enum its label, all else what is stored."""
    kind = plain_kind(column.type)
    if is_decimal(kind):
        return column if kind is column.type else sa.type_coerce(column, kind)
    return group_form(column, features)


def measured_form(column: Column, features: Features) -> Column:
    """What the least and the greatest value of a column is found by."""
    return column if is_decimal(plain_kind(column.type)) else equal_form(column, features)


def group_form(column: Column, features: Features) -> Column:
    """What rows are grouped by, and counted: an enum by its label."""
    kind = column.type
    if isinstance(kind, Decorated):
        if kind.scalar.is_enum:
            return _label(column, kind)
        column = sa.type_coerce(column, kind.stored)
    return Label(column) if isinstance(kind, sa.Enum) else equal_form(column, features)


def _label(column: Column, kind: Decorated) -> Column:
    """The label of an enum that a type of the app's own stores in some other way; an unknown one is empty."""
    stored = sa.type_coerce(column, kind.stored)
    labels: list[tuple[Any, Any]] = [
        (stored == sa.bindparam(None, kept, type_=kind.stored, unique=True), sa.literal_column(f"'{label}'"))
        for label, kept in kind.labels.items()
    ]
    return Label(sa.case((column.is_(None), sa.null()), *labels, else_=sa.literal_column("''")))


def equal_form(column: Column, features: Features) -> Column:
    """What is equal for equal values: what rows are looked up by."""
    kind = plain_kind(column.type)
    if features.name != "sqlite":
        if is_loose_boolean(kind, features):
            return sa.type_coerce(column != sa.literal_column("0"), sa.Boolean())
        return column
    function = next((name for types, name in _SQLITE_FORMS if isinstance(kind, types)), None)
    if function is not None and not isinstance(kind, _SPELLED):
        return getattr(sa.func, function)(column, type_=column.type)  # type: ignore[no-any-return]
    if is_decimal(kind):
        places: Column = sa.literal_column(str(getattr(kind, "scale", 0)))
        return sa.func.gateway_decimal(column, places, type_=column.type)
    return column


_SQLITE_FORMS: tuple[tuple[type[Any], str], ...] = (
    (sa.DateTime, "gateway_moment"),
    (sa.Date, "gateway_day"),
    (sa.Time, "gateway_time"),
    (sa.Boolean, "gateway_truth"),
)
_SPELLED = (sqlite.DATETIME, sqlite.DATE, sqlite.TIME)
"""Types that say how SQLite's texts are spelled: nothing else is there, so that an index may sort them."""


def is_loose_boolean(kind: Type, features: Features) -> bool:
    """Whether a column of booleans may hold other numbers than 0 and 1; they stand for true."""
    if features.name == "postgresql":
        return False
    return isinstance(kind, sa.Boolean) or (isinstance(kind, mysql.TINYINT) and kind.display_width == 1)


class SingleText(sa.ColumnElement[float]):
    """A number of a FLOAT or DOUBLE column in all its digits, with an `f` behind it when it is a FLOAT's.

    MySQL writes six digits of a FLOAT, which several values share.
    """

    inherit_cache = False

    def __init__(self, column: Column) -> None:
        self.column = column
        self.type = column.type


@compiles(SingleText)
def _single_text(element: SingleText, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    return f"CONCAT({column} + 0e0, IF(CONCAT({column}) = CONCAT({column} + 0e0), '', 'f'))"


def as_double(column: Column) -> Column:
    """A number of a FLOAT or DOUBLE column as an expression.

    MariaDB puts a constant that a column equals in the place of the column, also where its type matters.
    """
    return sa.type_coerce(column + sa.literal_column("0e0"), sa.Double())


class IsSingle(sa.ColumnElement[bool]):
    """Whether a number, of a FLOAT or DOUBLE column, is shown otherwise than the double it is."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: Column) -> None:
        self.column = column


@compiles(IsSingle)
def _is_single(element: IsSingle, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    return f"(CONCAT({column}) <> CONCAT({column} + 0e0))"


class WithFractions(sa.ColumnElement[Any]):
    """A moment or time of MySQL and MariaDB that is compared with its fractions of a second."""

    inherit_cache = False

    def __init__(self, column: Column, kind: str) -> None:
        self.column = column
        self.kind = kind
        self.type = column.type


@compiles(WithFractions)
def _with_fractions(element: WithFractions, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST({compiler.process(element.column, **kw)} AS {element.kind}(6))"


class SpelledTime(sa.types.TypeDecorator[time]):
    """A time of day as MySQL writes it with all its digits."""

    impl = sa.String
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else value.isoformat("microseconds")


def with_fractions(column: Column, features: Features) -> Column | None:
    """What of a column equals a value to the fraction of a second; None where the column itself does.

    MySQL compares a TIME that is an expression with a text as texts, so such a one is text.
    """
    kind = plain_kind(column.type)
    if features.exact_moments or not isinstance(kind, sa.DateTime | sa.Time):
        return None
    if isinstance(kind, sa.DateTime):
        return WithFractions(column, "DATETIME")
    return sa.type_coerce(sa.cast(WithFractions(column, "TIME"), sa.CHAR()), SpelledTime())
