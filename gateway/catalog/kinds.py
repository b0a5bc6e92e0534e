"""The type of a column as its own database has it: the one place that knows of `with_variant`.

A model may be written for several databases. Its columns are therefore *typed* for that of their source: for
SQLAlchemy the same column, but with the variant for this database, with the gateway's `Decorated` in the
place of a `TypeDecorator`, with a UUID that any server of MySQL's kind takes, and with floats that are
floats. Columns of ordinary types, most of them, stay as they are.
"""

from copy import copy
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

Column = sa.Column[Any]
_MARK = "gateway"


class ServerUuid(sa.Uuid[Any]):
    """A UUID in MySQL or MariaDB: its digits as text, or MariaDB's own type, which takes these as well.

    Which of the two a table has, no model says. Those of the own type sort in an order of their own.
    """

    def __init__(self, as_uuid: bool = True) -> None:
        super().__init__(as_uuid=as_uuid, native_uuid=False)  # type: ignore[call-overload]


def variant_of(kind: TypeEngine[Any], dialect: sa.Dialect) -> TypeEngine[Any]:
    """The type itself, or its variant for a dialect."""
    found: TypeEngine[Any] = kind._variant_mapping.get(dialect.name, kind)  # there is no public way to ask
    return found


def own_type(kind: TypeEngine[Any], dialect: sa.Dialect) -> TypeEngine[Any]:
    """A plain type as the database of a dialect has it; a `TypeDecorator` stays one."""
    found = variant_of(kind, dialect)
    if (
        isinstance(found, sa.Uuid)
        and not isinstance(found, ServerUuid)
        and dialect.name in ("mysql", "mariadb")
    ):
        return ServerUuid(found.as_uuid) if found.native_uuid else found
    if isinstance(found, sa.Float) and found.asdecimal:
        made: sa.Float[Any] = copy(found)  # as a Decimal it would have ten digits after the point
        made.__dict__.pop("_static_cache_key", None)
        made.asdecimal = False
        return made
    return found


def typed(column: Column, kind: TypeEngine[Any]) -> Column:
    """A column with another type; it is equal to, and stands in SQL for, the one it was made of."""
    if kind is column.type:
        return column
    made = column._annotate({_MARK: True})
    made.__dict__["type"] = kind
    return made


def typed_alike(found: Column, column: Column) -> Column:
    """`found`, which is `column` under an alias, with the type of `column`."""
    return typed(found, column.type) if _MARK in column._annotations else found
