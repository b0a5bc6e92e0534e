"""Columns as other programs fill them, read, compared and sorted so that all agrees with what is shown.

A column is selected by `read_form`, sorted by `sort_form`, grouped and counted by `group_form`, and looked up
by `equal_form`; `compared` is its comparison with a value of a client. Most columns are all of these
themselves. Others are not:

- SQLite keeps dates as whatever text it is given, and decimals as floats with any number of digits;
- MySQL and MariaDB have days such as 0000-00-00, which their driver takes for NULL, booleans other than 0 and
  1, and FLOAT columns, whose 4.7 is no 4.7 of a DOUBLE; on a column without fractions of a second, equality
  with 10:00:00.4 finds 10:00:00;
- PostgreSQL compares REAL columns with a parameter that is declared to be double precision as doubles.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from gateway.catalog.decorated import Decorated, plain_kind
from gateway.query.conditions import Operator
from gateway.query.conversions import CursorPart
from gateway.query.ids import CursorForm
from gateway.query.parameters import Parameter
from gateway.query.sql.text import Label, Like, Unpadded, pads
from gateway.query.values import is_decimal, is_single, single
from gateway.sources.features import Features

Column = sa.ColumnElement[Any]
Test = sa.ColumnElement[bool]
Type = sa.types.TypeEngine[Any]

COMPARE: dict[Operator, Callable[[Any, Any], Any]] = {
    Operator.EQ: lambda column, value: column == value,
    Operator.NEQ: lambda column, value: column != value,
    Operator.GT: lambda column, value: column > value,
    Operator.GTE: lambda column, value: column >= value,
    Operator.LT: lambda column, value: column < value,
    Operator.LTE: lambda column, value: column <= value,
    Operator.LIKE: lambda column, value: Like(column, value, fold=False),
    Operator.I_LIKE: lambda column, value: Like(column, value, fold=True),
}
"""Comparisons of a column with a bound value, as SQL has them."""

_FROM_BELOW = (Operator.EQ, Operator.GT, Operator.GTE)
_FROM_ABOVE = (Operator.EQ, Operator.LT, Operator.LTE)


class Binds(Protocol):
    """What names the parameters of a plan."""

    def value(self, parameter: Parameter, kind: Type) -> Column: ...


# Types of parameters -----------------------------------------------------------------------------------


class Untyped(sa.types.TypeDecorator[float]):
    """A number for PostgreSQL without a type of its own: it takes that of the column it meets."""

    impl = sa.types.NullType
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else repr(value)


class UntypedList(sa.types.TypeDecorator[Any]):
    """The same of a list of numbers, as an array."""

    impl = sa.types.NullType
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str:  # noqa: ARG002
        return f"{{{','.join('NULL' if each is None else repr(each) for each in value)}}}"


class AsStored(sa.types.TypeDecorator[Any]):
    """A value as its database holds it, which has no form in JSON of its own."""

    impl = sa.types.NullType
    cache_ok = True


class Single(sa.types.TypeDecorator[float]):
    """A number as the nearest one that a FLOAT column can hold."""

    impl = sa.Double
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> float | None:  # noqa: ARG002
        return None if value is None else single(value)


class DaysOff(sa.types.TypeDecorator[Any]):
    """A date or moment some days off, for a range that surely has all spellings of it."""

    impl = sa.Date
    cache_ok = True

    def __init__(self, days: int) -> None:
        super().__init__()
        self.days = days

    def __repr__(self) -> str:
        return f"DaysOff({self.days})"

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> date | None:  # noqa: ARG002
        if value is None:
            return None
        day = value.date() if isinstance(value, datetime) else value
        try:
            return day + timedelta(days=self.days)
        except OverflowError:
            return date.min if self.days < 0 else date.max


# Forms -------------------------------------------------------------------------------------------------


def named_form(form: Callable[[Column, Features], Column], column: Any, features: Features) -> Column:
    """A form of a column that keeps its name."""
    found = form(column, features)
    return column if found is column else found.label(column.name)


def read_form(column: Column, features: Features) -> Column:
    """What is selected of a column whose values are read by `values.from_driver`."""
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


# Comparisons -------------------------------------------------------------------------------------------


def compared(column: Column, operator: Operator, value: Parameter, binds: Binds, features: Features) -> Test:
    """A column compared with a client's value; what an index can find first, then what is exact."""
    if operator in (Operator.LIKE, Operator.I_LIKE):
        return _test(operator, column, binds.value(value, sa.Text()))
    kind = plain_kind(column.type)
    if features.name == "postgresql":
        return _compared_text(column, operator, binds.value(value, operand_type(column, features)), features)
    operand = binds.value(value, column.type)
    if is_loose_boolean(kind, features):
        return _same_boolean(column, operator, operand, features)
    if features.name == "mysql" and is_single(column.type):
        return _compared_single(column, operator, operand, binds.value(value, Single()))
    whole = with_fractions(column, features)
    if whole is not None:
        return _compared_moment(column, operator, operand, whole, binds.value(value, whole.type))
    exact = equal_form(column, features)
    if exact is column:
        return _test(operator, column, operand)
    return sa.and_(*_around(column, operator, value, binds), _test(operator, exact, operand))


def operand_type(column: Column, features: Features) -> Type:
    """The type under which a value is bound that a column is compared with."""
    if features.name == "postgresql" and isinstance(column.type, sa.Float):
        return Untyped()
    return column.type


def placed(column: Column, cursor: Parameter, binds: Binds, features: Features) -> tuple[Column, Column]:
    """A sort value, in its `sort_form`, and a cursor's value, as they are compared."""
    form = cursor.convert.form if isinstance(cursor.convert, CursorPart) else CursorForm.SHOWN
    if form is CursorForm.SHOWN:
        return column, binds.value(cursor, operand_type(column, features))
    given = binds.value(cursor, AsStored())
    if form is CursorForm.ODD_TEXT:
        return column, sa.cast(given, sa.Text())
    kind = plain_kind(column.type)
    if features.name == "mysql" and isinstance(kind, sa.DateTime | sa.Date):
        return sa.cast(column, sa.CHAR()), given  # MySQL refuses to make a date of 0000-00-00
    if features.name == "postgresql" and not isinstance(kind, sa.String):
        return column, sa.cast(given, sa.Numeric() if isinstance(kind, sa.Integer) else kind)
    return column, given


def _test(operator: Operator, left: Column, right: Column) -> Test:
    found: Test = COMPARE[operator](left, right)
    return found


def _compared_text(column: Column, operator: Operator, value: Column, features: Features) -> Test:
    """A column of PostgreSQL: CHAR columns are compared as they are shown, without blanks at the end."""
    if not pads(column, features):
        return _test(operator, column, value)
    exact = _test(operator, Unpadded(column), value)
    nearly = _NEARLY.get(operator)
    return exact if nearly is None else sa.and_(_test(nearly, column, value), exact)


_NEARLY = {
    Operator.EQ: Operator.EQ,
    Operator.GT: Operator.GTE,
    Operator.GTE: Operator.GTE,
    Operator.LT: Operator.LTE,
    Operator.LTE: Operator.LTE,
}
"""What holds of texts whatever blanks follow them, where the operator holds of the texts themselves."""


def _same_boolean(column: Column, operator: Operator, value: Column, features: Features) -> Test:
    if features.name == "sqlite":
        return _test(operator, equal_form(column, features), value)
    usual: tuple[Column, ...] = (sa.literal_column("0"), sa.literal_column("1"))
    same = sa.or_(column == value, sa.and_(column.not_in(usual), value))
    return same if operator is Operator.EQ else sa.not_(same.self_group())


def _compared_moment(
    column: Column, operator: Operator, value: Column, whole: Column, spelled: Column
) -> Test:
    """`whole` and `spelled` are the column and the value with all their fractions."""
    match operator:
        case Operator.EQ:
            return sa.and_(column == value, whole == spelled)
        case Operator.NEQ:
            return sa.or_(column != value, whole != spelled).self_group()
    if isinstance(plain_kind(column.type), sa.DateTime):
        return _test(operator, column, value)
    return _test(operator, WithFractions(column, "TIME"), WithFractions(value, "TIME"))


def _compared_single(column: Column, operator: Operator, value: Column, nearest: Column) -> Test:
    """`nearest` is the FLOAT that is shown as the value, if any is."""
    is_a_float, number = IsSingle(column), as_double(column)
    exact = sa.or_(
        sa.and_(is_a_float, _test(operator, number, nearest)),
        sa.and_(sa.not_(is_a_float), _test(operator, number, value)),
    ).self_group()
    if operator is Operator.EQ:
        return sa.and_(column.in_([value, nearest]), exact)
    tests: list[Test] = []
    if operator in _FROM_BELOW:
        tests.append(column >= sa.func.least(value, nearest))
    if operator in _FROM_ABOVE:
        tests.append(column <= sa.func.greatest(value, nearest))
    return sa.and_(*tests, exact)


def _around(column: Column, operator: Operator, value: Parameter, binds: Binds) -> list[Test]:
    """Conditions on what SQLite has stored that all rows meet that compare so, which an index can serve."""
    kind = plain_kind(column.type)
    stored: Column = sa.type_coerce(column, sa.Text())
    if isinstance(kind, sa.Time):
        return []
    if isinstance(kind, sa.DateTime | sa.Date):
        below: Column = binds.value(value, DaysOff(-2))
        above: Column = binds.value(value, DaysOff(3))
    else:
        stored = column
        unit: Column = sa.literal_column(f"1e-{getattr(kind, 'scale', 0)}")
        operand = binds.value(value, column.type)
        below, above = operand - unit, operand + unit
    tests: list[Test] = []
    if operator in _FROM_BELOW:
        tests.append(stored >= below)
    if operator in _FROM_ABOVE:
        tests.append(stored <= above)
    return tests
