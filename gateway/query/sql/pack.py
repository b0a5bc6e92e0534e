"""All rows of a statement as one JSON text, where a driver gives up the interpreter's lock for every row.

Lists of keys are that on every database, whose drivers all make a tuple for each.
"""

from typing import Any

import sqlalchemy as sa

from gateway.sources.features import CONCATENATED, Features
from gateway.sources.statement import Packing

_EXACT = (sa.Integer, sa.String, sa.Uuid, sa.Boolean, sa.Date, sa.DateTime, sa.Time)
_DIGITS = 15
"""How many digits of a number with a fraction SQLite writes."""
_LONGEST = 21
"""How many characters a key comes to at most, as a whole number of 64 bits with its comma."""
_SEPARATED: sa.ColumnElement[str] = sa.literal_column("',' SEPARATOR ''")


def packed(select: sa.Select[Any]) -> sa.Select[Any] | None:
    """A statement with one row and column, a JSON array of all rows; None where JSON would lose something."""
    if not all(_is_exact(column.type) for column in select.selected_columns):
        return None
    rows = select.subquery("packed")
    return sa.select(sa.func.json_group_array(sa.func.json_array(*rows.c)))


def packed_keys(
    select: sa.Select[Any], most: int, features: Features
) -> tuple[sa.Select[Any] | None, Packing]:
    """A statement with one row and column, a JSON array of a statement's keys, of which there are `most` at
    most, and how it is to be read. None unless the keys are whole numbers of one column.
    """
    kinds = [column.type for column in select.selected_columns]
    if len(kinds) > 1 or not isinstance(kinds[0], sa.Integer):
        return None, Packing.ROWS
    (key,) = select.subquery("packed").c
    if features.name == "sqlite":
        return sa.select(sa.func.json_group_array(key)), Packing.KEYS
    if features.name == "postgresql":
        array = sa.cast(sa.func.json_agg(key), sa.Text())
        return sa.select(sa.func.coalesce(array, sa.literal_column("'[]'"))), Packing.KEYS
    if most * _LONGEST > CONCATENATED:
        return None, Packing.ROWS
    # With a comma behind each, a text that is cut short does not end in the number of keys before that.
    listed = sa.func.coalesce(sa.func.group_concat(key, _SEPARATED), sa.literal_column("''"))
    text = sa.func.concat(sa.literal_column("'['"), listed, sa.func.count(), sa.literal_column("']'"))
    return sa.select(text), Packing.COUNTED_KEYS


def _is_exact(kind: sa.types.TypeEngine[Any]) -> bool:
    if isinstance(kind, sa.types.TypeDecorator):
        return False
    if isinstance(kind, sa.Numeric) and not isinstance(kind, sa.Float):
        return kind.precision is not None and kind.precision <= _DIGITS
    return isinstance(kind, _EXACT)
