"""Statements that write, and that look up what is written about. Every value is a bind."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from gateway.catalog.decorated import plain_kind
from gateway.catalog.texts import is_padded
from gateway.catalog.types import Entity, Junction
from gateway.query.claims import claim_in
from gateway.query.parameters import claim_of
from gateway.query.sql.text import Unpadded

Record = dict[str, Any]
"""Values of one row by attribute; what is known of it, its primary key at least."""
Test = sa.ColumnElement[bool]


def insert_row(entity: Entity, values: Mapping[str, Any]) -> sa.Insert:
    return sa.insert(entity.table).values(_columns(entity, values))


def insert_rows(entity: Entity, rows: Sequence[Mapping[str, Any]]) -> tuple[sa.Insert, list[dict[str, Any]]]:
    """Inserts several rows with the same columns, and brings their primary keys in the same order."""
    keys = [entity.column(name) for name in entity.key_attributes]
    given = all(name in rows[0] for name in entity.key_attributes)
    statement = sa.insert(entity.table).returning(*keys, sort_by_parameter_order=not given)
    return statement, [{entity.column(name).key: value for name, value in row.items()} for row in rows]


def can_be_together(entity: Entity, rows: Sequence[Mapping[str, Any]], dialect: sa.Dialect) -> bool:
    """Whether rows can be inserted by `insert_rows` with the same outcome as one after the other.

    Rows that refer to rows of their own table may do so before those are there, in some databases.
    """
    table = entity.table
    if not isinstance(table, sa.Table) or any(key.references(table) for key in table.foreign_keys):
        return False
    documents = [name for name in rows[0] if isinstance(plain_kind(entity.column(name).type), sa.JSON)]
    nulls = any(row[name] is None for row in rows for name in documents)
    return bool(dialect.insert_executemany_returning_sort_by_parameter_order) and not nulls


def update_rows(entity: Entity, values: Mapping[str, Any], tests: Sequence[Test]) -> sa.Update:
    """Changes rows and counts their versions up."""
    changed: dict[Any, Any] = _columns(entity, values)
    if entity.version is not None:
        column = entity.version.column
        changed[column] = column + 1
    return sa.update(entity.table).values(changed).where(*tests)


def delete_rows(entity: Entity, tests: Sequence[Test]) -> sa.Delete:
    return sa.delete(entity.table).where(*tests)


def select_rows(entity: Entity, attributes: Sequence[str], tests: Sequence[Test]) -> sa.Select[Any]:
    columns = [shown(entity.column(name)).label(f"c{index}") for index, name in enumerate(attributes)]
    return sa.select(*columns).select_from(entity.table).where(*tests)


def join_rows(junction: Junction, near: Sequence[Any], far: Sequence[Any]) -> sa.Insert:
    columns = (*junction.near, *junction.far)
    return sa.insert(junction.table).values(dict(zip(columns, (*near, *far), strict=True)))


def joined(junction: Junction, near: Sequence[Any], far: Sequence[Any]) -> list[Test]:
    """The test that finds the rows of a junction that join two others."""
    return equal((*junction.near, *junction.far), (*near, *far))


def part_rows(junction: Junction, near: Sequence[Any], far: Sequence[Any]) -> sa.Delete:
    return sa.delete(junction.table).where(*joined(junction, near, far))


def equal(columns: Sequence[sa.ColumnElement[Any]], values: Sequence[Any]) -> list[Test]:
    tests = [column == value for column, value in zip(columns, values, strict=True)]
    pairs = [(column, value) for column, value in zip(columns, values, strict=True) if is_padded(column.type)]
    return tests + [Unpadded(column) == value for column, value in pairs]


def shown(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """A column as its values are shown."""
    return Unpadded(column) if is_padded(column.type) else column


def stored(entity: Entity, values: Mapping[str, Any], dialect: sa.Dialect) -> Record:
    """Values as they are read back: but for SQLite, CHAR forgets blanks at the end."""
    if dialect.name == "sqlite":
        return dict(values)
    return {
        name: value.rstrip(" ") if isinstance(value, str) and is_padded(entity.column(name).type) else value
        for name, value in values.items()
    }


def attributes_equal(entity: Entity, attributes: Sequence[str], values: Sequence[Any]) -> list[Test]:
    return equal([entity.column(name) for name in attributes], values)


def is_row(entity: Entity, record: Record) -> list[Test]:
    """The test for one row by its primary key."""
    names = entity.key_attributes
    return attributes_equal(entity, names, [record[name] for name in names])


def is_one_of(entity: Entity, records: Sequence[Record]) -> list[Test]:
    """The test for several rows by their primary keys."""
    names = entity.key_attributes
    columns = [entity.column(name) for name in names]
    if len(columns) == 1:
        return [columns[0].in_([record[names[0]] for record in records])]
    return [sa.tuple_(*columns).in_([tuple(record[name] for name in names) for record in records])]


def visible(condition: Test | None, claims: Mapping[str, Any]) -> list[Test]:
    """The condition on the rows a caller may see, its claims filled in.

    Raises Forbidden for a claim it lacks, or that is not of its column's type.
    """
    if condition is None:
        return []

    def replace(element: Any, **_: Any) -> Any:
        if (claim := claim_in(element)) is None:
            return None
        value = claim(claim_of(claims, claim.name))
        return sa.bindparam(None, value, type_=element.type, expanding=element.expanding, unique=True)

    return [visitors.replacement_traverse(condition, {}, replace)]


def _columns(entity: Entity, values: Mapping[str, Any]) -> dict[Any, Any]:
    return {entity.column(name): _bound(entity.column(name), value) for name, value in values.items()}


def _bound(column: sa.Column[Any], value: Any) -> Any:
    """Null is SQL's NULL for JSON too, which has a null of its own."""
    return sa.null() if value is None and isinstance(plain_kind(column.type), sa.JSON) else value
