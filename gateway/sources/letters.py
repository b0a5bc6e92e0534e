"""Texts with letters that a column or a database cannot hold: no row has them, and databases refuse them.

MySQL and MariaDB refuse to compare such a text with a column of another character set, PostgreSQL to take it
where its encoding lacks a letter. The statement is then sent once more with a text instead that no row has.
Where rows are sorted against the text it is refused, since it has no place among them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from secrets import token_hex
from typing import Any

from gateway.errors import BadUserInput
from gateway.sources.source import Source
from gateway.sources.statement import Bind, Statement

REFUSED = frozenset({1267, 1270, 1271, 3854})
"""MySQL and MariaDB: an illegal mix of two, three or more collations; a string that cannot be converted."""
UNTRANSLATABLE = "22P05"
"""PostgreSQL: a character that the database's encoding lacks."""
WHOLE = frozenset({"utf8mb4", "utf16", "utf16le", "utf32", "binary", "gb18030"})
"""Character sets that have every letter."""
NOBODY = token_hex(16)
_BATCH = 200


def lack_letters(error: Exception) -> bool:
    """Whether a database refused a statement because of letters that it, or a column, does not have."""
    return is_beyond_charset(error) or getattr(error, "sqlstate", None) == UNTRANSLATABLE


def is_beyond_charset(error: object) -> bool:
    """Whether MySQL or MariaDB refused to compare a column with letters that it lacks."""
    return getattr(error, "errno", None) in REFUSED


def fitted(
    statement: Statement, values: Mapping[str, Any], source: Source, cursor: Any
) -> Mapping[str, Any] | None:
    """The values with such texts replaced; None when none of them is one. Asks the database."""
    if statement.named:
        known = [(bind, ["PostgreSQL"]) for bind in statement.binds]
        held: Callable[[str, Iterable[str], Any], set[str]] = _held_by_postgresql
    else:
        charsets = _charsets(source, cursor)
        known = [(bind, sorted(set().union(*_of(bind, charsets)))) for bind in statement.binds]
        held = _held_by_mysql
    changed: dict[str, Any] = {}
    for bind, names in known:
        if len(names) != 1 or names[0] in WHOLE:
            continue  # of two columns only one may lack a letter: then the refusal stands
        given = {text for text in _texts(values[bind.name]) if not text.isascii()}
        missing = given - held(names[0], given, cursor)
        if missing and any(getattr(kind, "ordered", False) for kind in bind.kinds):
            raise BadUserInput(
                f"A text to sort against has letters that a column of {source.name} lacks.",
                hint="Compare with letters of the column's character set.",
            )
        if missing:
            changed[bind.name] = _replaced(values[bind.name], missing)
    return {**values, **changed} if changed else None


def _of(bind: Bind, charsets: Mapping[int, set[str]]) -> Iterator[set[str]]:
    for kind in bind.kinds:
        yield charsets.get(id(getattr(kind, "kind", kind)), {"binary"})


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _replaced(value: Any, missing: set[str]) -> Any:
    if isinstance(value, str):
        return NOBODY if value in missing else value
    if isinstance(value, list | tuple):
        return type(value)(_replaced(part, missing) for part in value)
    return value


def _held_by_postgresql(_: str, texts: Iterable[str], cursor: Any) -> set[str]:
    cursor.execute("SHOW server_encoding", {})
    ((encoding,),) = cursor.fetchall()
    codec = str(encoding).replace("WIN", "cp").replace("KOI8", "koi8_")
    return {text for text in texts if _encodes(text, codec)}


def _encodes(text: str, codec: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    except LookupError:  # an encoding that Python does not know
        return True
    return True


def _held_by_mysql(charset: str, texts: Iterable[str], cursor: Any) -> set[str]:
    """The server says itself which texts survive its character set."""
    ordered, held = list(texts), set()
    for start in range(0, len(ordered), _BATCH):
        some = ordered[start : start + _BATCH]
        kept = f"CAST(CONVERT(CONVERT(%s USING {charset}) USING utf8mb4) AS BINARY) = CAST(%s AS BINARY)"
        cursor.execute(f"SELECT {', '.join([kept] * len(some))}", tuple(text for text in some for _ in "12"))
        (row,) = cursor.fetchall()
        held |= {text for text, survives in zip(some, row, strict=True) if survives}
    return held


def _charsets(source: Source, cursor: Any) -> Mapping[int, set[str]]:
    """The character sets of a source's columns, by the identity of the columns' types."""
    cursor.execute(
        "SELECT table_name, column_name, character_set_name FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND character_set_name IS NOT NULL",
        (),
    )
    rows: Sequence[tuple[Any, ...]] = cursor.fetchall()
    stored = {(str(table), str(column)): str(charset) for table, column, charset in rows}
    found: dict[int, set[str]] = {}
    for table in source.metadata.tables.values():
        for column in table.columns:
            charset = stored.get((table.name, column.name)) if table.schema is None else None
            for kind in (column.type, *column.type._variant_mapping.values()):
                found.setdefault(id(kind), set()).add(charset or "binary")
    return found
