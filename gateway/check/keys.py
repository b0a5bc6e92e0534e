"""Columns that records meet by: indexes for looking rows up by them, collations that keep them exact."""

import re
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from gateway.catalog.types import Catalog, Entity, Relation
from gateway.check.findings import Finder, Finding
from gateway.sources.source import Source

Place = tuple[sa.Table, tuple[str, ...]]
"""A table and columns of it, by name."""


def key_findings(source: Source, catalog: Catalog, connection: sa.Connection) -> Iterator[Finding]:
    """Relations whose columns no index begins with, and keys that take different text for equal."""
    inspector = sa.inspect(connection)
    present = {(table, schema) for schema in _schemas(source) for table in inspector.get_table_names(schema)}
    find = Finder(source.name)
    for (table, columns), relations in _places(source, catalog).items():
        if (table.name, table.schema) not in present:
            continue
        if not _indexed(inspector, table, columns):
            through = ", ".join(sorted(relations))
            listed = ", ".join(columns)
            message = f"no index begins with ({listed}), by which {through} finds rows: each look-up scans"
            yield find.warning(table.name, message, f"Make an index on {table.name} ({listed}).")
    for table in source.metadata.sorted_tables:
        if (table.name, table.schema) in present:
            yield from _loose_keys(find, table, _exact(source, catalog, table), connection)


def _schemas(source: Source) -> set[str | None]:
    return {table.schema for table in source.metadata.tables.values()}


def _places(source: Source, catalog: Catalog) -> dict[Place, set[str]]:
    """Where rows of this source are looked up by a relation's key → the relations that do."""
    found: dict[Place, set[str]] = {}
    for entity in catalog.entities.values():
        for relation in entity.relations.values():
            for where, table, columns in _ends(entity, relation, catalog):
                if where == source.name:
                    found.setdefault((table, columns), set()).add(f"{entity.name}.{relation.name}")
    return found


def _ends(
    entity: Entity, relation: Relation, catalog: Catalog
) -> Iterator[tuple[str, sa.Table, tuple[str, ...]]]:
    """The sources, tables and columns a relation finds rows by, from either of its ends."""
    target = catalog.entities[relation.target]
    yield target.source, target.table, _columns(target, relation.target_key)
    if relation.remote or relation.many:
        yield entity.source, entity.table, _columns(entity, relation.owner_key)
    if relation.through is not None:
        yield entity.source, relation.through.table, tuple(column.name for column in relation.through.near)
        yield entity.source, relation.through.table, tuple(column.name for column in relation.through.far)


def _columns(entity: Entity, attributes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(entity.column(attribute).name for attribute in attributes)


def _indexed(inspector: sa.Inspector, table: sa.Table, columns: tuple[str, ...]) -> bool:
    """Whether an index or key begins with these columns, in any order."""
    names = (table.name, table.schema)
    beginnings: list[Sequence[str | None]] = [inspector.get_pk_constraint(*names)["constrained_columns"]]
    beginnings += [unique["column_names"] for unique in inspector.get_unique_constraints(*names)]
    beginnings += [index["column_names"] for index in inspector.get_indexes(*names)]
    return any(set(beginning[: len(columns)]) == set(columns) for beginning in beginnings)


def _exact(source: Source, catalog: Catalog, table: sa.Table) -> list[sa.Column[object]]:
    """The text columns of a table that are keys: primary, unique, or of a relation."""
    keyed = {name for (one, columns) in _places(source, catalog) if one is table for name in columns}
    keyed |= {column.name for column in table.primary_key}
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            keyed |= {column.name for column in constraint.columns}
    return [column for column in table.columns if column.name in keyed and _is_text(column)]


def _is_text(column: sa.Column[object]) -> bool:
    return isinstance(column.type, sa.String) and not isinstance(column.type, sa.Enum)


def _loose_keys(
    find: Finder, table: sa.Table, columns: list[sa.Column[object]], connection: sa.Connection
) -> Iterator[Finding]:
    if not columns:
        return
    collations = _COLLATIONS[connection.dialect.name](table, connection)
    for column in columns:
        if collation := collations.get(column.name):
            message = f"its collation {collation} takes different text for equal; the graph's keys are exact"
            hint = "Give it a binary or deterministic collation, or keep its values in one spelling."
            yield find.warning(f"{table.name}.{column.name}", message, hint)


def _loose_on_mysql(table: sa.Table, connection: sa.Connection) -> dict[str, str]:
    """Column → its collation, for those that are not binary."""
    rows = connection.execute(
        sa.text(
            "SELECT column_name, collation_name FROM information_schema.columns"
            " WHERE table_schema = COALESCE(:schema, DATABASE())"
            " AND table_name = IF(@@lower_case_table_names = 1, LOWER(:name), :name)"
            " AND collation_name IS NOT NULL"
        ),
        {"schema": table.schema, "name": table.name},
    )
    # `_bin` collations of MariaDB and of old MySQL still pad: 'x' = 'x '. Those keys are checked again here.
    return {name: collation for name, collation in rows if not collation.endswith("bin")}


def _loose_on_postgresql(table: sa.Table, connection: sa.Connection) -> dict[str, str]:
    rows = connection.execute(
        sa.text(
            "SELECT a.attname, CASE WHEN t.typname = 'citext' THEN 'of citext' ELSE c.collname END"
            " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
            " LEFT JOIN pg_collation c ON c.oid = a.attcollation"
            " WHERE a.attrelid = CAST(:name AS regclass) AND a.attnum > 0"
            " AND (t.typname = 'citext' OR NOT c.collisdeterministic)"
        ),
        {"name": connection.dialect.identifier_preparer.format_table(table)},
    )
    return {str(name): str(collation) for name, collation in rows}


_COLLATED = re.compile(r'^\s*[("`\[]?(\w+)["`\]]?\s[^,]*\bCOLLATE\s+["`\[]?(NOCASE|RTRIM)\b', re.I | re.M)


def collations_of_sqlite(table: sa.Table, connection: sa.Connection) -> dict[str, str]:
    """SQLite tells a column's collation only in the text of the table."""
    text = connection.scalar(
        sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": table.name}
    )
    lines = re.sub(r",(?![^(]*\))", ",\n", str(text or "").partition("(")[2])
    return {name: collation.upper() for name, collation in _COLLATED.findall(lines)}


_COLLATIONS = {
    "mysql": _loose_on_mysql,
    "mariadb": _loose_on_mysql,
    "postgresql": _loose_on_postgresql,
    "sqlite": collations_of_sqlite,
}
"""Dialect → what finds the columns whose equality is not that of bytes."""
