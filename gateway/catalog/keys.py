"""Unique keys: which columns tell rows apart, as constraints say and as the graph names them."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from gateway.catalog import naming
from gateway.catalog.draft import Draft
from gateway.catalog.types import UniqueKey

Columns = tuple[sa.Column[Any], ...]


def unique_columns(draft: Draft) -> list[Columns]:
    """The primary key, then every other unique constraint or index in the order of the table's columns."""
    return table_keys(draft.table, draft.mapper.primary_key)


def table_keys(table: sa.Table, primary: Iterable[Any] | None = None) -> list[Columns]:
    """The unique keys of a table, the primary one first: its own, or the one the mapper takes for it."""
    position = {column: number for number, column in enumerate(table.columns)}
    found = [tuple(item.columns) for item in table.constraints if isinstance(item, sa.UniqueConstraint)]
    found += [tuple(index.columns) for index in table.indexes if _is_whole(index)]
    found.sort(key=lambda columns: [position[column] for column in columns])
    keys = {frozenset(columns): columns for columns in reversed(found)}
    first: Columns = tuple(table.primary_key.columns if primary is None else primary)
    return [first, *(key for names, key in reversed(keys.items()) if names != frozenset(first))]


def unique_keys(draft: Draft) -> tuple[UniqueKey, ...]:
    """The unique keys that the graph can name: all fields visible, of types that can be compared."""
    fields = {field.column: field for field in draft.fields}
    keys = []
    for columns in unique_columns(draft):
        members = [fields[column] for column in columns if column in fields]
        incomparable = [field for field in members if field.scalar.name in ("JSON", "NetworkAddress")]
        if len(members) == len(columns) and not incomparable:
            names = tuple(field.name for field in members)
            keys.append(UniqueKey(naming.key_name(names), names))
    return tuple(keys)


def is_unique(draft: Draft, columns: Columns) -> bool:
    """Whether at most one row has given values in exactly these columns."""
    return any(set(key) == set(columns) for key in unique_columns(draft))


def has_key(keys: list[Columns], columns: Columns) -> bool:
    """Whether some key lies within these columns, so that at most one row has given values in them."""
    return any(key and set(key) <= set(columns) for key in keys)


def _is_whole(index: sa.Index) -> bool:
    """Unique over all rows and over columns as they are: no `where`, no expression."""
    partial = any(option.endswith("_where") for option in index.dialect_kwargs)
    return (
        bool(index.unique) and not partial and all(isinstance(part, sa.Column) for part in index.expressions)
    )
