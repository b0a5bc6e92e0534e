"""Conditions as SQL."""

from typing import Any

import sqlalchemy as sa

from gateway.catalog.types import Entity
from gateway.query.parameters import Parameter
from gateway.query.selection import All, AnyOf, Compare, Condition, In, IsNull, Not, Operator
from gateway.query.sql.bind import Binder
from gateway.query.sql.text import Like
from gateway.sources.features import Features

_COMPARE: dict[Operator, Any] = {
    Operator.EQ: lambda column, value: column == value,
    Operator.NEQ: lambda column, value: column != value,
    Operator.GT: lambda column, value: column > value,
    Operator.GTE: lambda column, value: column >= value,
    Operator.LT: lambda column, value: column < value,
    Operator.LTE: lambda column, value: column <= value,
    Operator.LIKE: lambda column, value: Like(column, value, fold=False),
    Operator.I_LIKE: lambda column, value: Like(column, value, fold=True),
}


def condition_sql(
    condition: Condition, entity: Entity, binder: Binder, features: Features
) -> sa.ColumnElement[bool]:
    """A condition over an entity's own columns."""

    def column(name: str) -> sa.ColumnElement[Any]:
        return entity.column(entity.fields[name].attribute)

    def walk(part: Condition) -> sa.ColumnElement[bool]:
        match part:
            case All(parts):
                return sa.and_(sa.true(), *map(walk, parts))
            case AnyOf(parts):
                return sa.or_(sa.false(), *map(walk, parts))
            case Not(inner):
                return sa.not_(sa.and_(sa.true(), walk(inner)).self_group())
            case IsNull(field, negated):
                return _is_null(column(field), negated)
            case In(fields, values, negated):
                found = binder.is_in([column(name) for name in fields], values, features)
                return sa.not_(found) if negated else found
            case Compare(field, operator, value):
                compared: sa.ColumnElement[bool] = _COMPARE[operator](
                    column(field), _value(column(field), operator, value, binder)
                )
                return compared

    return walk(condition)


def _value(
    column: sa.ColumnElement[Any], operator: Operator, value: Parameter, binder: Binder
) -> sa.ColumnElement[Any]:
    kind = sa.Text() if operator in (Operator.LIKE, Operator.I_LIKE) else column.type
    return binder.value(value, kind)


def _is_null(column: sa.ColumnElement[Any], negated: bool) -> sa.ColumnElement[bool]:
    if isinstance(column.type, sa.JSON):
        # A JSON null reads as null, so it must count as one.
        null = sa.or_(column.is_(None), sa.func.trim(sa.cast(column, sa.Text)) == sa.literal_column("'null'"))
        return sa.not_(null) if negated else null
    return column.is_not(None) if negated else column.is_(None)
