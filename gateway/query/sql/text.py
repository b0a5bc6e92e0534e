"""Text comparisons that mean the same on every database, written per dialect.

`Like` is case-sensitive, or Unicode-insensitive when `fold`; `%`, `_` and the backslash escape work the
same everywhere. `Exact` compares text byte by byte whatever the column's collation.
"""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from gateway.catalog.decorated import plain_kind
from gateway.sources.features import POSTGRESQL, Features


class Like(sa.ColumnElement[bool]):
    """`column LIKE pattern`, case-sensitive; both sides lowered first when `fold`."""

    inherit_cache = False
    type = sa.Boolean()

    def __init__(self, column: sa.ColumnElement[Any], pattern: sa.ColumnElement[Any], fold: bool) -> None:
        self.column = column
        self.pattern = pattern
        self.fold = fold


@compiles(Like, "sqlite")
def _like_sqlite(element: Like, compiler: SQLCompiler, **kw: Any) -> str:
    column, pattern = compiler.process(element.column, **kw), compiler.process(element.pattern, **kw)
    if element.fold:
        column, pattern = f"gateway_lower({column})", f"gateway_lower({pattern})"
    return f"gateway_like({column}, {pattern})"


@compiles(Like, "postgresql")
def _like_postgresql(element: Like, compiler: SQLCompiler, **kw: Any) -> str:
    column, pattern = compiler.process(element.column, **kw), compiler.process(element.pattern, **kw)
    if element.fold:
        # Under the "C" collation lower() knows ASCII only; ICU's root locale knows Unicode.
        return f'lower({column} COLLATE "und-x-icu") LIKE lower({pattern} COLLATE "und-x-icu")'
    if _is_loose(element.column.type, POSTGRESQL):
        column = f'CAST({column} AS TEXT) COLLATE "C"'
    return f"{column} LIKE {pattern}"


@compiles(Like, "mysql")
@compiles(Like, "mariadb")
def _like_mysql(element: Like, compiler: SQLCompiler, **kw: Any) -> str:
    column, pattern = compiler.process(element.column, **kw), compiler.process(element.pattern, **kw)
    if not element.fold and getattr(element.column.type, "collation", None) == "utf8mb4_bin":
        return f"{column} LIKE {pattern}"  # the index can serve a prefix
    column, pattern = f"CONVERT({column} USING utf8mb4)", f"CONVERT({pattern} USING utf8mb4)"
    if element.fold:
        column, pattern = f"LOWER({column})", f"LOWER({pattern})"
    return f"{column} COLLATE utf8mb4_bin LIKE {pattern} COLLATE utf8mb4_bin"


class Exact(sa.ColumnElement[Any]):
    """A text column such that equal means equal bytes, for grouping by a join key."""

    inherit_cache = False

    def __init__(self, column: sa.ColumnElement[Any]) -> None:
        self.column = column
        self.type = column.type


@compiles(Exact)
def _exact(element: Exact, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.column, **kw)


@compiles(Exact, "postgresql")
def _exact_postgresql(element: Exact, compiler: SQLCompiler, **kw: Any) -> str:
    return f'CAST({compiler.process(element.column, **kw)} AS TEXT) COLLATE "C"'


@compiles(Exact, "sqlite")
def _exact_sqlite(element: Exact, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{compiler.process(element.column, **kw)} COLLATE BINARY"


@compiles(Exact, "mysql")
@compiles(Exact, "mariadb")
def _exact_mysql(element: Exact, compiler: SQLCompiler, **kw: Any) -> str:
    # Even utf8mb4_bin pads with spaces: 'x' = 'x '.
    return f"CAST(CONVERT({compiler.process(element.column, **kw)} USING utf8mb4) AS BINARY)"


class FirstText(sa.ColumnElement[Any]):
    """Of the texts of a group, which may be equal without having equal bytes, the first by its bytes."""

    inherit_cache = False

    def __init__(self, column: sa.ColumnElement[Any]) -> None:
        self.column = column
        self.type = column.type


@compiles(FirstText)
def _first(element: FirstText, compiler: SQLCompiler, **kw: Any) -> str:
    return f"min({compiler.process(element.column, **kw)})"


@compiles(FirstText, "postgresql")
def _first_postgresql(element: FirstText, compiler: SQLCompiler, **kw: Any) -> str:
    return f'min(CAST({compiler.process(element.column, **kw)} AS TEXT) COLLATE "C")'


@compiles(FirstText, "sqlite")
def _first_sqlite(element: FirstText, compiler: SQLCompiler, **kw: Any) -> str:
    return f"min({compiler.process(element.column, **kw)} COLLATE BINARY)"


@compiles(FirstText, "mysql")
@compiles(FirstText, "mariadb")
def _first_mysql(element: FirstText, compiler: SQLCompiler, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    return f"CONVERT(min(CAST(CONVERT({column} USING utf8mb4) AS BINARY)) USING utf8mb4)"


class Label(sa.ColumnElement[str]):
    """The label of an enum column as text, which sorts by code point and not by declaration."""

    inherit_cache = False

    def __init__(self, column: sa.ColumnElement[Any]) -> None:
        self.column = column
        self.type = sa.String()


@compiles(Label)
def _label(element: Label, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.column, **kw)


@compiles(Label, "postgresql")
def _label_postgresql(element: Label, compiler: SQLCompiler, **kw: Any) -> str:
    return f'CAST({compiler.process(element.column, **kw)} AS TEXT) COLLATE "C"'


@compiles(Label, "mysql")
@compiles(Label, "mariadb")
def _label_mysql(element: Label, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CONVERT({compiler.process(element.column, **kw)} USING utf8mb4) COLLATE utf8mb4_bin"


def exact(column: sa.ColumnElement[Any], features: Features) -> sa.ColumnElement[Any]:
    """`column` itself, or its exact form when it holds text of which different ones may be equal."""
    return Exact(column) if _is_loose(column.type, features) else column


def collated_as(column: sa.ColumnElement[Any], other: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """`column` as it is compared with another one of PostgreSQL, which refuses two collations."""
    wanted, own = _collation(other.type), _collation(column.type)
    return column if wanted == own else sa.collate(column, wanted or "default")


def kept_collation(
    value: sa.ColumnElement[Any], column: sa.ColumnElement[Any], features: Features
) -> sa.ColumnElement[Any]:
    """A function of a column as the column itself is compared: SQLite forgets the collation."""
    collation = getattr(column.type, "collation", None)
    return value if features.keeps_collation or collation is None else sa.collate(value, collation)


def _is_loose(kind: sa.types.TypeEngine[Any], features: Features) -> bool:
    kind = plain_kind(kind)
    if not isinstance(kind, sa.String) or isinstance(kind, sa.Enum):
        return False
    if not features.exact_text:
        return True
    collation = _collation(kind)
    case_insensitive = isinstance(kind.dialect_impl(_POSTGRESQL), postgresql.CITEXT)
    return case_insensitive or not (collation is None or _ORDINARY.fullmatch(collation))


def _collation(kind: sa.types.TypeEngine[Any]) -> str | None:
    found: str | None = getattr(kind.dialect_impl(_POSTGRESQL), "collation", None)
    return found


_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]
_ORDINARY = re.compile(r"C|POSIX|default|ucs_basic|unicode|pg_\w+|C\.[\w-]+|[a-z]{2,3}_[A-Z]{2}.*|.*-x-icu")
"""PostgreSQL's own collations, under which equal text has equal bytes. Others may ignore differences."""
