"""Text columns whose database compares or keeps them in a way that the model does not declare."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from gateway.catalog.texts import collation, is_loose, is_padded, is_text
from gateway.catalog.types import Catalog
from gateway.check.findings import Finder, Finding
from gateway.check.keys import collations_of_sqlite
from gateway.sources.features import MYSQL, POSTGRESQL
from gateway.sources.source import Source

Column = sa.Column[Any]
Differences = Iterator[tuple[Column, str, str]]
"""A column, what differs, and what to declare."""

_ENUM = "the database has {0}, the model text: filters may fail, and lists sorted by it lose rows"


def text_findings(source: Source, connection: sa.Connection) -> Iterator[Finding]:
    """Columns about which the model says less than the statements need to know."""
    inspector = sa.inspect(connection)
    find = Finder(source.name)
    for table in source.metadata.sorted_tables:
        if not inspector.has_table(table.name, schema=table.schema):
            continue
        for column, message, hint in _DIFFERENCES[connection.dialect.name](table, connection):
            yield find.error(f"{table.name}.{column.name}", message, hint)


def _texts(table: sa.Table) -> dict[str, Column]:
    return {column.name: column for column in table.columns if is_text(column.type)}


def _on_postgresql(table: sa.Table, connection: sa.Connection) -> Differences:
    rows = connection.execute(
        sa.text(
            "SELECT a.attname, b.typname, b.typtype::text, c.collname, c.collisdeterministic"
            " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
            " JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END"
            " LEFT JOIN pg_collation c ON c.oid = a.attcollation"
            " WHERE a.attrelid = CAST(:name AS regclass) AND a.attnum > 0 AND NOT a.attisdropped"
        ),
        {"name": connection.dialect.identifier_preparer.format_table(table)},
    )
    columns = _texts(table)
    for name, kind, sort, named, deterministic in rows:
        column = columns.get(name)
        if column is None:
            continue
        loose = is_loose(column.type, POSTGRESQL)
        if sort == "e":
            yield column, _ENUM.format(f"the enum {kind}"), f'Declare it: sa.Enum(…, name="{kind}").'
        elif (kind == "bpchar") != is_padded(column.type):
            yield column, *(_UNDECLARED_CHAR if kind == "bpchar" else _DECLARED_CHAR)
        elif kind == "citext" and not loose:
            yield column, _same("it is citext"), "Declare it: sqlalchemy.dialects.postgresql.CITEXT."
        elif deterministic is False and not loose:
            yield column, _same(f"its collation {named}"), f'Declare it: sa.String(collation="{named}").'


_UNDECLARED_CHAR = (
    "the database has CHAR, which it pads with blanks, and the model has not: what is shown is not found",
    "Declare it: sa.CHAR(n).",
)
_DECLARED_CHAR = (
    "the model has CHAR, the database has not: blanks at the end of its values are not shown",
    "Declare it: sa.String(n).",
)


def _same(what: str) -> str:
    return f"{what} takes different text for equal, and the model does not say so"


def _on_mysql(table: sa.Table, connection: sa.Connection) -> Differences:
    rows = connection.execute(
        sa.text(
            "SELECT column_name, data_type, collation_name FROM information_schema.columns"
            " WHERE table_schema = COALESCE(:schema, DATABASE()) AND table_name = :name"
        ),
        {"schema": table.schema, "name": table.name},
    )
    columns = _texts(table)
    for name, kind, stored in rows:
        column = columns.get(name)
        if column is None:
            continue
        kind = (kind.decode() if isinstance(kind, bytes) else kind).lower()
        if kind == "enum":
            yield column, _ENUM.format("an ENUM"), "Declare it: sa.Enum(…) with its labels."
        elif kind == "set":
            yield column, _ENUM.format("a SET"), "Make it text, or hide the field."
        elif kind.endswith(("binary", "blob")):
            message = f"the database has {kind.upper()}, the model text: its bytes cannot be shown"
            yield column, message, "Declare it: sa.LargeBinary."
        elif not is_loose(column.type, MYSQL) and stored != collation(column.type, "mysql"):
            declared = collation(column.type, "mysql")
            message = _same(f"its collation {stored}, where the model has {declared},")
            yield column, message, f'Declare it: sa.String(collation="{stored}"), or alter the column.'


def _on_sqlite(table: sa.Table, connection: sa.Connection) -> Differences:
    columns = _texts(table)
    for name, stored in collations_of_sqlite(table, connection).items():
        column = columns.get(name)
        if column is not None and (collation(column.type, "sqlite") or "BINARY").upper() != stored:
            yield column, _same(f"its collation {stored}"), f'Declare it: sa.String(collation="{stored}").'


def mixed_findings(source: Source, catalog: Catalog, connection: sa.Connection) -> Iterator[Finding]:
    """Relations inside a database of MySQL or MariaDB that compare two collations which no model declares."""
    if connection.dialect.name not in ("mysql", "mariadb"):
        return
    stored = {
        (table, column): str(name)
        for table, column, name in connection.execute(
            sa.text(
                "SELECT table_name, column_name, collation_name FROM information_schema.columns"
                " WHERE table_schema = DATABASE() AND collation_name IS NOT NULL"
            )
        )
    }
    find = Finder(source.name)
    for own, other in _compared(source, catalog):
        one, two = (stored.get((column.table.name, column.name), "") for column in (own, other))
        declared = [collation(column.type, "mysql") for column in (own, other)]
        if declared == [None, None] and _clash(one, two):
            message = f"the database refuses to compare its collation {one} with {two} of {other.table.name}"
            hint = f'Declare both: sa.String(collation="{one}") and sa.String(collation="{two}").'
            yield find.error(f"{own.table.name}.{own.name}", message, hint)


def _clash(one: str, two: str) -> bool:
    """Whether two collations of one character set are an error, as all are but a binary one and another."""
    same = one.partition("_")[0] == two.partition("_")[0]
    return same and one != two and one.endswith("_bin") == two.endswith("_bin")


def _compared(source: Source, catalog: Catalog) -> Iterator[tuple[Column, Column]]:
    """The text columns that relations inside a source compare, from the side that refers."""
    for entity in catalog.entities.values():
        for relation in entity.relations.values():
            if entity.source != source.name or relation.remote or relation.through or not relation.refers:
                continue
            target = catalog.entities[relation.target]
            for own, other in zip(relation.owner_key, relation.target_key, strict=True):
                if is_text(entity.column(own).type) and is_text(target.column(other).type):
                    yield entity.column(own), target.column(other)


_DIFFERENCES: Mapping[str, Callable[[sa.Table, sa.Connection], Differences]] = {
    "mysql": _on_mysql,
    "mariadb": _on_mysql,
    "postgresql": _on_postgresql,
    "sqlite": _on_sqlite,
}
