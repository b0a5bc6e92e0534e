"""From what a driver returns to what JSON holds, chosen per column and database when a plan is prepared."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NumericCommon

from gateway.catalog.scalars import SCALARS
from gateway.catalog.types import Field

Convert = Callable[[Any], Any]

_POSTGRESQL_NUMERIC, _POSTGRESQL_FLOAT = 1700, 701
"""Type codes that SQLAlchemy's psycopg dialect wants to see before it hands out a processor."""


def from_driver(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Convert | None:
    """Driver value to the Python value of a column type; None when they are the same."""
    code = None
    if dialect.name == "postgresql" and isinstance(kind, NumericCommon):
        code = _POSTGRESQL_FLOAT if isinstance(kind, sa.Float) else _POSTGRESQL_NUMERIC
    return kind.dialect_impl(dialect).result_processor(dialect, code)


def to_json(field: Field, dialect: sa.Dialect) -> Convert | None:
    """Driver value (not None) to JSON value for a field; None when the driver's value is one."""
    process, serialize = from_driver(field.column.type, dialect), field.scalar.serialize
    if process is None:
        return serialize
    if serialize is None:
        return process

    def convert(value: Any) -> Any:
        processed = process(value)
        return None if processed is None else serialize(processed)

    return convert


def sort_to_json(field: Field, dialect: sa.Dialect) -> Convert | None:
    """As `to_json`, for the value a column sorts by: an enum's label needs no conversion."""
    return None if field.scalar.is_enum else to_json(field, dialect)


def date_to_json(dialect: sa.Dialect) -> Convert:
    """Driver value (not None) of a date that is no column to JSON."""
    process, serialize = from_driver(sa.Date(), dialect), SCALARS["Date"].serialize
    assert serialize is not None
    return serialize if process is None else lambda value: serialize(process(value))
