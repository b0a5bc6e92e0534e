"""Text comparisons that mean the same on every database, written per dialect.

`Like` is case-sensitive, or Unicode-insensitive when `fold`: then each letter counts as its simple lower case
(one letter for one letter: `İ` is `i`), and a final sigma as any other. `%`, `_` and the backslash escape
work the same everywhere. `Exact` compares text byte by byte whatever the column's collation.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler

from gateway.catalog.texts import collation, is_loose, is_padded, is_text
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
        return f"{_FOLDED_POSTGRESQL.format(column)} LIKE {_FOLDED_POSTGRESQL.format(pattern)}"
    kind = element.column.type
    if is_loose(kind, POSTGRESQL) or is_padded(kind):
        column = f'CAST({column} AS TEXT) COLLATE "C"'
    return f"{column} LIKE {pattern}"


def _letter(code: int) -> str:
    """A letter for PostgreSQL, `i` where the database's encoding may lack it: a literal is an error there."""
    return f"(SELECT chr(CASE current_setting('server_encoding') WHEN 'UTF8' THEN {code} ELSE 105 END))"


# Under the "C" collation lower() knows ASCII only; ICU's root locale knows Unicode.
_FOLDED_POSTGRESQL = (
    f"translate(lower(translate(CAST({{}} AS TEXT), {_letter(0x130)}, 'i') COLLATE \"und-x-icu\"),"
    f" {_letter(0x3C2)}, {_letter(0x3C3)})"
)


@compiles(Like, "mysql")
@compiles(Like, "mariadb")
def _like_mysql(element: Like, compiler: SQLCompiler, **kw: Any) -> str:
    column, pattern = compiler.process(element.column, **kw), compiler.process(element.pattern, **kw)
    if not element.fold and getattr(element.column.type, "collation", None) == "utf8mb4_bin":
        return f"{column} LIKE {pattern}"  # the index can serve a prefix
    column, pattern = f"CONVERT({column} USING utf8mb4)", f"CONVERT({pattern} USING utf8mb4)"
    if element.fold:
        column, pattern = _FOLDED_MYSQL.format(column), _FOLDED_MYSQL.format(pattern)
    return f"{column} COLLATE utf8mb4_bin LIKE {pattern} COLLATE utf8mb4_bin"


_FOLDED_MYSQL = (
    "REPLACE(LOWER(/*!80000 REPLACE(REPLACE( */ {} /*!80000 , 'Ⱥ', 'ⱥ'), 'Ⱦ', 'ⱦ')"
    " COLLATE utf8mb4_0900_as_cs *//*M!101001 COLLATE utf8mb4_uca1400_as_ci */), 'ς', 'σ')"
)
"""Lower case by the newest Unicode a server knows. MySQL would cut a text where a letter grows in UTF-8."""


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


class Unpadded(sa.ColumnElement[Any]):
    """A CHAR column as it is shown: without the blanks that PostgreSQL pads it with, and ignores."""

    inherit_cache = False

    def __init__(self, column: sa.ColumnElement[Any]) -> None:
        self.column = column
        self.type = column.type


@compiles(Unpadded)
def _unpadded(element: Unpadded, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.column, **kw)


@compiles(Unpadded, "postgresql")
def _unpadded_postgresql(element: Unpadded, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CAST({compiler.process(element.column, **kw)} AS TEXT)"


class Blanks(sa.types.UserDefinedType[str]):
    """CHAR of any length, under which PostgreSQL compares CHAR columns."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "BPCHAR"

    def __repr__(self) -> str:
        return "Blanks()"


def exact(column: sa.ColumnElement[Any], features: Features) -> sa.ColumnElement[Any]:
    """`column` itself, or its exact form when it holds text of which different ones may be equal."""
    return Exact(column) if is_loose(column.type, features) or pads(column, features) else column


def pads(column: sa.ColumnElement[Any], features: Features) -> bool:
    """Whether the database ignores blanks at the end of a column, which are not shown."""
    return features.exact_text and is_padded(column.type)


def collated_as(
    column: sa.ColumnElement[Any], other: sa.ColumnElement[Any], features: Features
) -> sa.ColumnElement[Any]:
    """`column` as it is compared with another one; but for SQLite, databases refuse two collations."""
    if features.name == "sqlite" or not (is_text(column.type) or is_text(other.type)):
        return column
    wanted, own = (collation(kind, features.name) for kind in (other.type, column.type))
    if wanted == own:
        return column
    if features.name == "postgresql":
        return sa.collate(column, wanted or "default")
    if wanted is None and own is not None:
        return sa.collate(column, own)
    if wanted is not None and wanted.startswith(_UTF8):
        return sa.collate(InUtf8(column), wanted)
    return sa.collate(InUtf8(column), "utf8mb4_bin")


_UTF8 = "utf8mb4_"
"""What the names of collations of MySQL's full Unicode begin with."""


class InUtf8(sa.ColumnElement[Any]):
    """A text of MySQL or MariaDB in full Unicode, whatever its column's character set."""

    inherit_cache = False

    def __init__(self, column: sa.ColumnElement[Any]) -> None:
        self.column = column
        self.type = column.type


@compiles(InUtf8)
def _in_utf8(element: InUtf8, compiler: SQLCompiler, **kw: Any) -> str:
    return f"CONVERT({compiler.process(element.column, **kw)} USING utf8mb4)"


def digest(column: sa.ColumnElement[Any]) -> sa.ColumnElement[int]:
    """A number for a text of MySQL or MariaDB: equal texts have equal ones, and few others do."""
    return sa.func.crc32(InUtf8(column), type_=sa.BigInteger())


def shipped_collation(kind: sa.types.TypeEngine[Any]) -> str:
    """The collation under which a text sent to MySQL meets a column: the column's own, if declared."""
    declared = collation(kind, "mysql")
    return declared if declared is not None and declared.startswith(_UTF8) else f"{_UTF8}bin"


def kept_collation(
    value: sa.ColumnElement[Any], column: sa.ColumnElement[Any], features: Features
) -> sa.ColumnElement[Any]:
    """A function of a column as the column itself is compared: SQLite forgets the collation."""
    declared = getattr(column.type, "collation", None)
    return value if features.keeps_collation or declared is None else sa.collate(value, declared)
