"""All rows of a statement as one JSON text, where a driver gives up the interpreter's lock for every row."""

from typing import Any

import sqlalchemy as sa

_EXACT = (sa.Integer, sa.String, sa.Uuid, sa.Boolean, sa.Date, sa.DateTime, sa.Time)
_DIGITS = 15
"""How many digits of a number with a fraction SQLite writes."""


def packed(select: sa.Select[Any]) -> sa.Select[Any] | None:
    """A statement with one row and column, a JSON array of all rows; None where JSON would lose something."""
    if not all(_is_exact(column.type) for column in select.selected_columns):
        return None
    rows = select.subquery("packed")
    return sa.select(sa.func.json_group_array(sa.func.json_array(*rows.c)))


def _is_exact(kind: sa.types.TypeEngine[Any]) -> bool:
    if isinstance(kind, sa.types.TypeDecorator):
        return False
    if isinstance(kind, sa.Numeric) and not isinstance(kind, sa.Float):
        return kind.precision is not None and kind.precision <= _DIGITS
    return isinstance(kind, _EXACT)
