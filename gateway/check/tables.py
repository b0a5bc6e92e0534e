"""Differences between a source's models and the tables its database has, as Alembic sees them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from gateway.check.findings import Finder, Finding
from gateway.sources.source import Source

MIGRATE = "Migrate the database (gateway migrate), or change the model."


def table_findings(source: Source, connection: sa.Connection) -> Iterator[Finding]:
    """What is missing in the database, has another type or nullability, or would refuse new rows."""
    tables = source.metadata.tables.keys()

    def include(_name: str | None, kind: str, parents: Any) -> bool:
        return kind != "table" or parents["schema_qualified_table_name"] in tables

    options = {"include_name": include, "compare_type": True, "compare_server_default": False}
    context = MigrationContext.configure(connection, opts=options)
    find = Finder(source.name)
    for found in compare_metadata(context, source.metadata):
        # Changes of one column come as a list, others as tuples that begin with their name.
        for change in found if isinstance(found, list) else [found]:
            if describe := _CHANGES.get(change[0]):
                yield from describe(find, source, change)


def _missing_table(find: Finder, _source: Source, change: tuple[Any, ...]) -> Iterator[Finding]:
    table = change[1].name
    yield find.error(table, "the database has no such table", MIGRATE)


def _missing_column(find: Finder, _source: Source, change: tuple[Any, ...]) -> Iterator[Finding]:
    table, column = change[2], change[3]
    yield find.error(f"{table}.{column.name}", "the table has no such column", MIGRATE)


def _unknown_column(find: Finder, source: Source, change: tuple[Any, ...]) -> Iterator[Finding]:
    table, column = change[2], change[3]
    filled = column.nullable or column.server_default is not None or column.identity or column.computed
    if source.mutations and not filled:
        message = "the model lacks this column, which is NOT NULL without a default: no row can be created"
        yield find.error(f"{table}.{column.name}", message, "Add it to the model, or give it a default.")


def _other_type(find: Finder, _source: Source, change: tuple[Any, ...]) -> Iterator[Finding]:
    _, _, table, column, _, stored, wanted = change
    if isinstance(wanted, sa.Uuid):
        yield from _other_uuid(find, f"{table}.{column}", stored)
        return
    message = f"the database has {_named(stored)}, the model {_named(wanted)}"
    yield find.warning(f"{table}.{column}", message, MIGRATE)


def _other_uuid(find: Finder, place: str, stored: Any) -> Iterator[Finding]:
    """Digits are what is bound, and what MariaDB's own type takes too; nothing else is found by them."""
    if isinstance(stored, sa.CHAR | sa.VARCHAR) and stored.length == 32:
        return
    message = f"the database has {_named(stored)}, where no value of a Uuid is found: it is sent as 32 digits"
    hint = "Write a TypeDecorator that binds and reads what is stored, or make the column a CHAR(32)."
    yield find.error(place, message, hint)


def _other_nullability(find: Finder, _source: Source, change: tuple[Any, ...]) -> Iterator[Finding]:
    _, _, table, column, _, stored, _ = change
    if stored:
        message = (
            "the model says NOT NULL, the database allows NULL: such a row is an error where it is asked for"
        )
        yield find.warning(f"{table}.{column}", message, MIGRATE)
    else:
        yield find.note(f"{table}.{column}", "the model allows NULL, the database does not")


def _missing_index(find: Finder, _source: Source, change: tuple[Any, ...]) -> Iterator[Finding]:
    index = change[1]
    columns = ", ".join(column.name for column in index.columns)
    message = f"the database lacks the {'unique ' if index.unique else ''}index on ({columns})"
    yield find.warning(index.table.name, message, MIGRATE)


def _missing_unique(find: Finder, _source: Source, change: tuple[Any, ...]) -> Iterator[Finding]:
    constraint = change[1]
    columns = ", ".join(column.name for column in constraint.columns)
    message = f"the database does not keep ({columns}) unique: a look-up by it may meet several rows"
    yield find.error(constraint.table.name, message, MIGRATE)


def _missing_reference(find: Finder, _source: Source, change: tuple[Any, ...]) -> Iterator[Finding]:
    constraint = change[1]
    columns = ", ".join(column.name for column in constraint.columns)
    message = f"the database has no foreign key on ({columns}): a row may point nowhere"
    yield find.warning(constraint.table.name, message, MIGRATE)


def _added_constraint(find: Finder, source: Source, change: tuple[Any, ...]) -> Iterator[Finding]:
    if isinstance(change[1], sa.UniqueConstraint):
        yield from _missing_unique(find, source, change)


_Describe = Callable[[Finder, Source, tuple[Any, ...]], Iterator[Finding]]
_CHANGES: Mapping[str, _Describe] = {
    "add_table": _missing_table,
    "add_column": _missing_column,
    "remove_column": _unknown_column,
    "modify_type": _other_type,
    "modify_nullable": _other_nullability,
    "add_index": _missing_index,
    "add_constraint": _added_constraint,
    "add_fk": _missing_reference,
}
"""What Alembic would do to make the database match → how that is a finding. Others are of no concern."""


def _named(type_: Any) -> str:
    return (
        str(type_) if not isinstance(type_, sa.Enum) else f"{type(type_).__name__}({', '.join(type_.enums)})"
    )
