"""Rows sent into a database as a derived table: keys with the rank another source gave them."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from gateway.catalog.decorated import plain_kind
from gateway.catalog.texts import is_text
from gateway.query.sql.bind import JsonList, plain_type
from gateway.query.sql.scope import keys_equal
from gateway.query.sql.text import Exact, Label, digest, shipped_collation
from gateway.sources.features import Features

Type = sa.types.TypeEngine[Any]
_LONGEST = 16_000
"""Characters of a VARCHAR of MySQL, for texts that declare no length."""


def shipped(name: str, kinds: Sequence[Type], dialect: sa.Dialect, features: Features) -> sa.FromClause:
    """A derived table with columns r0, r1 … of the given types, from the parameter `name`.

    Where arrays travel, each column is a parameter of its own: `name_0`, `name_1` …
    """
    names = [f"r{index}" for index in range(len(kinds))]
    if features.key_list == "array":
        arrays = [
            sa.bindparam(f"{name}_{index}", type_=ARRAY(plain_type(kind))) for index, kind in enumerate(kinds)
        ]
        return sa.func.unnest(*arrays).table_valued(*_typed(names, kinds)).render_derived()
    document = sa.bindparam(name, type_=JsonList(list(kinds)))
    if features.key_list == "json":
        rows = sa.func.json_each(document).table_valued("value")
        labels = [
            sa.cast(
                sa.func.json_extract(rows.c.value, sa.literal_column(f"'$[{index}]'")), _stored_as(kind)
            ).label(label)
            for index, (label, kind) in enumerate(zip(names, kinds, strict=True))
        ]
        # SQLite indexes it for the join only when it is materialized, has the affinity of the key it meets,
        # and is grouped: without GROUP BY, a LIMIT that is a parameter makes SQLite scan it for each row.
        return sa.select(*labels).group_by(*labels).cte(name).prefix_with("MATERIALIZED")
    columns = ", ".join(
        f"{label} {_json_table_type(kind, dialect)} PATH '$[{index}]'"
        for index, (label, kind) in enumerate(zip(names, kinds, strict=True))
    )
    table = sa.func.json_table(document, sa.literal_column(f"'$[*]' COLUMNS (n FOR ORDINALITY, {columns})"))
    found = table.table_valued("n", *_typed(names, kinds))
    # DISTINCT makes it a derived table of its own, which gets a key for the join; the number keeps it from
    # taking texts for equal that differ in the spaces at their end. Texts are too long for such a key.
    digests = [digest(found.c[label]).label(f"d{label}") for label in _texts(names, kinds)]
    return sa.select(found.c.n, *(found.c[label] for label in names), *digests).distinct().subquery()


def meets(
    table: sa.FromClause, own: Sequence[sa.ColumnElement[Any]], features: Features
) -> sa.ColumnElement[bool]:
    """The condition under which the key at the beginning of a shipped table is that of a row."""
    tests: list[sa.ColumnElement[bool]] = []
    for index, column in enumerate(own):
        sent = table.c[f"r{index}"]
        if features.key_list == "expand" and isinstance(plain_kind(column.type), sa.Enum):
            tests.append(Label(column) == sent)  # which no collation of the column stands against
            continue
        if features.key_list != "expand" or not is_text(column.type):
            tests.append(keys_equal([sent], [column], features))
            continue
        tests += [digest(column) == table.c[f"dr{index}"], Exact(column) == Exact(sent)]
    return sa.and_(*tests)


def found_by(
    table: sa.FromClause, own: Sequence[sa.ColumnElement[Any]], features: Features
) -> list[sa.ColumnElement[bool]]:
    """What says nothing new of rows that meet a shipped key, but lets an index find them by it."""
    if features.key_list != "expand":
        return []
    # Said explicitly, no collation of the column is an error.
    return [
        column == sa.collate(table.c[f"r{index}"], shipped_collation(column.type))
        for index, column in enumerate(own)
        if is_text(column.type)
    ]


def _texts(names: list[str], kinds: Sequence[Type]) -> list[str]:
    return [name for name, kind in zip(names, kinds, strict=True) if is_text(kind)]


def _typed(names: list[str], kinds: Sequence[Type]) -> list[Any]:
    return [sa.column(name, kind) for name, kind in zip(names, kinds, strict=True)]


def _stored_as(kind: Type) -> Type:
    """The type under which SQLite keeps a value as it stands in JSON: it would make a number of a DATE."""
    kind = plain_kind(kind)
    return sa.Text() if isinstance(kind, sa.Date | sa.DateTime | sa.Time | sa.Uuid) else plain_type(kind)


def _json_table_type(kind: Type, dialect: sa.Dialect) -> str:
    kind = plain_kind(kind)
    if isinstance(kind, sa.String):
        length = max(kind.length or _LONGEST, 255)
        return f"VARCHAR({length}) CHARACTER SET utf8mb4 COLLATE {shipped_collation(kind)}"
    if isinstance(kind, sa.Uuid):
        return "CHAR(36) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
    return kind.compile(dialect=dialect)
