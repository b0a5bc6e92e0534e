"""A column compared with a value of a client or of a cursor: what an index can find, and what is exact.

What is equal and what comes first agrees with what is shown, see `stored.py`.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from gateway.catalog.decorated import Decorated, plain_kind
from gateway.catalog.texts import is_text
from gateway.query.conditions import Operator
from gateway.query.conversions import CursorPart
from gateway.query.drivers import is_single, single
from gateway.query.ids import CursorForm
from gateway.query.parameters import Parameter
from gateway.query.sql.stored import (
    IsSingle,
    WithFractions,
    as_double,
    equal_form,
    is_loose_boolean,
    with_fractions,
)
from gateway.query.sql.text import Like, Unpadded, pads
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


class Ordered(sa.types.TypeDecorator[str]):
    """A text that rows are sorted against: one with letters that its column lacks has no place among them."""

    impl = sa.String
    cache_ok = True
    ordered = True

    def __init__(self, kind: Type) -> None:
        super().__init__()
        self.impl_instance = self.kind = kind
        self.impl = kind  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Ordered({self.kind!r})"


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


def compared(column: Column, operator: Operator, value: Parameter, binds: Binds, features: Features) -> Test:
    """A column compared with a client's value; what an index can find first, then what is exact."""
    if operator in (Operator.LIKE, Operator.I_LIKE):
        return _test(operator, column, binds.value(value, sa.Text()))
    kind = plain_kind(column.type)
    if features.name == "postgresql":
        operand = binds.value(value, _ordered(operand_type(column, features), operator))
        return _compared_text(column, operator, operand, features)
    operand = binds.value(value, _ordered(column.type, operator))
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


def _ordered(kind: Type, operator: Operator) -> Type:
    same = operator in (Operator.EQ, Operator.NEQ) or isinstance(kind, Decorated)
    return kind if same or not is_text(kind) else Ordered(kind)


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
