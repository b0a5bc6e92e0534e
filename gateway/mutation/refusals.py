"""What a database says against a write, as an expected error: the same for each database.

A driver's error is read into a `Report`: its kind, and the columns or the constraint if it names them. Where
it names nothing (foreign keys of SQLite) the keys are probed, while the transaction still can be asked.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from gateway.catalog.types import Entity
from gateway.mutation.errors import ErrorCode, MutationError, Path


@dataclass(frozen=True, slots=True)
class Attempt:
    """A write that was tried: the values by attribute, none where rows are deleted."""

    entity: Entity
    values: Mapping[str, Any]
    path: Path
    deletes: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A driver's error as far as it speaks: the names of columns, or of a constraint or index."""

    code: ErrorCode
    columns: tuple[str, ...] = ()
    constraint: str | None = None


def refusal(error: DBAPIError, attempt: Attempt, connection: sa.Connection) -> MutationError | None:
    """The expected error behind a driver's; None when it is about something else than what was written."""
    report = report_of(error.orig)
    if report is None:
        return None
    columns = _columns(report, attempt, connection)
    fields = _fields(attempt.entity, columns)
    constraint = report.constraint if report.code is ErrorCode.CHECK_VIOLATION else None
    path = (*attempt.path, *fields[:1])
    return MutationError(report.code, _message(report, attempt, fields), path, fields, constraint)


def report_of(original: object) -> Report | None:
    """Reads the error of any of the drivers."""
    return next((found for read in _READERS if (found := read(original)) is not None), None)


# Drivers -----------------------------------------------------------------------------------------------

_SQLITE: tuple[tuple[re.Pattern[str], ErrorCode], ...] = (
    (re.compile(r"UNIQUE constraint failed: (.+)"), ErrorCode.UNIQUE_VIOLATION),
    (re.compile(r"NOT NULL constraint failed: (.+)"), ErrorCode.NOT_NULL_VIOLATION),
    (re.compile(r"CHECK constraint failed: (.+)"), ErrorCode.CHECK_VIOLATION),
    (re.compile(r"FOREIGN KEY constraint failed"), ErrorCode.FOREIGN_KEY_VIOLATION),
)


def _sqlite(original: object) -> Report | None:
    if not type(original).__module__.startswith("sqlite3"):
        return None
    for pattern, code in _SQLITE:
        found = pattern.search(str(original))
        if found is None:
            continue
        named = found[1] if pattern.groups else ""
        if code is ErrorCode.CHECK_VIOLATION:
            return Report(code, constraint=named)
        return Report(code, tuple(name.rpartition(".")[2] for name in named.split(", ") if name))
    return None


_MYSQL: Mapping[int, tuple[ErrorCode, str]] = {
    1062: (ErrorCode.UNIQUE_VIOLATION, r"for key '(?:[^'.]*\.)?([^']+)'"),
    1586: (ErrorCode.UNIQUE_VIOLATION, r"for key '(?:[^'.]*\.)?([^']+)'"),
    1452: (ErrorCode.FOREIGN_KEY_VIOLATION, r"CONSTRAINT `([^`]+)` FOREIGN KEY"),
    1216: (ErrorCode.FOREIGN_KEY_VIOLATION, r"(?!)"),
    1451: (ErrorCode.FOREIGN_KEY_VIOLATION, r"(?!)"),
    1217: (ErrorCode.FOREIGN_KEY_VIOLATION, r"(?!)"),
    1048: (ErrorCode.NOT_NULL_VIOLATION, r"Column '([^']+)'"),
    1364: (ErrorCode.NOT_NULL_VIOLATION, r"Field '([^']+)'"),
    4025: (ErrorCode.CHECK_VIOLATION, r"CONSTRAINT `(?:[^`.]*\.)?([^`]+)` failed"),
    3819: (ErrorCode.CHECK_VIOLATION, r"Check constraint '([^']+)'"),
    1264: (ErrorCode.VALIDATION_ERROR, r"for column (?:`[^`]*`\.)*[`']([^`']+)[`']"),
    1265: (ErrorCode.VALIDATION_ERROR, r"for column (?:`[^`]*`\.)*[`']([^`']+)[`']"),
    1366: (ErrorCode.VALIDATION_ERROR, r"for column (?:`[^`]*`\.)*[`']([^`']+)[`']"),
    1292: (ErrorCode.VALIDATION_ERROR, r"for column (?:`[^`]*`\.)*[`']([^`']+)[`']"),
    1406: (ErrorCode.VALIDATION_ERROR, r"for column '([^']+)'"),
}
_OF_COLUMNS = frozenset({ErrorCode.NOT_NULL_VIOLATION, ErrorCode.VALIDATION_ERROR})


def _mysql(original: object) -> Report | None:
    found = _MYSQL.get(getattr(original, "errno", None) or 0)
    if found is None:
        return None
    code, pattern = found
    named = re.search(pattern, str(original))
    if named is None:
        return Report(code)
    return Report(code, (named[1],)) if code in _OF_COLUMNS else Report(code, constraint=named[1])


_POSTGRESQL: Mapping[str, ErrorCode] = {
    "23505": ErrorCode.UNIQUE_VIOLATION,
    "23503": ErrorCode.FOREIGN_KEY_VIOLATION,
    "23001": ErrorCode.FOREIGN_KEY_VIOLATION,
    "23502": ErrorCode.NOT_NULL_VIOLATION,
    "23514": ErrorCode.CHECK_VIOLATION,
}


def _postgresql(original: object) -> Report | None:
    state, said = getattr(original, "sqlstate", None), getattr(original, "diag", None)
    if not isinstance(state, str) or said is None:
        return None
    code = _POSTGRESQL.get(state) or (ErrorCode.VALIDATION_ERROR if state.startswith("22") else None)
    if code is None:
        return None
    columns = (said.column_name,) if said.column_name else ()
    return Report(code, columns, said.constraint_name)


_READERS: tuple[Callable[[object], Report | None], ...] = (_sqlite, _postgresql, _mysql)

# Columns -----------------------------------------------------------------------------------------------


def _columns(report: Report, attempt: Attempt, connection: sa.Connection) -> tuple[str, ...]:
    """The columns an error is about, by name."""
    if report.columns or report.code is ErrorCode.CHECK_VIOLATION or attempt.deletes:
        return report.columns
    table = attempt.entity.table
    if report.constraint is not None:
        for names, columns in _constraints(table):
            if report.constraint in names:
                return columns
    if report.code is ErrorCode.FOREIGN_KEY_VIOLATION and connection.dialect.name != "postgresql":
        return _dangling(attempt, connection)  # by a name of the database's own, or none
    return ()


def _constraints(table: sa.Table) -> Iterator[tuple[set[str], tuple[str, ...]]]:
    """The names that keys have or are given by a database, and their columns."""
    for constraint in table.constraints:
        if not isinstance(
            constraint, sa.PrimaryKeyConstraint | sa.UniqueConstraint | sa.ForeignKeyConstraint
        ):
            continue
        columns = tuple(column.name for column in constraint.columns)
        names = {f"{table.name}_{'_'.join(columns)}_{_ending(constraint)}"}
        if isinstance(constraint, sa.PrimaryKeyConstraint):
            names |= {"PRIMARY", f"{table.name}_pkey"}
        elif isinstance(constraint, sa.UniqueConstraint):
            names.add(columns[0])  # as MySQL calls a key without a name
        yield {*names, *([str(constraint.name)] if constraint.name else ())}, columns
    for index in table.indexes:
        if index.unique:
            yield {str(index.name)}, tuple(column.name for column in index.columns)


def _ending(constraint: sa.Constraint) -> str:
    return "fkey" if isinstance(constraint, sa.ForeignKeyConstraint) else "key"


def _dangling(attempt: Attempt, connection: sa.Connection) -> tuple[str, ...]:
    """The columns of the first foreign key that leads to no row."""
    entity = attempt.entity
    values = {entity.column(name).name: value for name, value in attempt.values.items()}
    constraints = sorted(
        entity.table.foreign_key_constraints, key=lambda each: [column.name for column in each.columns]
    )
    for constraint in constraints:
        names = [element.parent.name for element in constraint.elements]
        given = [values.get(name) for name in names]
        if None not in given and not _is_there(constraint, given, connection):
            return tuple(names)
    return ()


def _is_there(constraint: sa.ForeignKeyConstraint, values: Sequence[Any], connection: sa.Connection) -> bool:
    target = constraint.referred_table
    tests = [element.column == value for element, value in zip(constraint.elements, values, strict=True)]
    statement: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(target).where(*tests).limit(1)
    return connection.execute(statement).first() is not None


# Words -------------------------------------------------------------------------------------------------


def _fields(entity: Entity, columns: Sequence[str]) -> tuple[str, ...]:
    by_column = {field.column.name: field.name for field in entity.fields.values()}
    return tuple(by_column[name] for name in columns if name in by_column)


def _message(report: Report, attempt: Attempt, fields: tuple[str, ...]) -> str:
    entity, named = attempt.entity, " and ".join(fields)
    match report.code:
        case ErrorCode.UNIQUE_VIOLATION:
            return f"There is a {entity.name} with this {named or 'key'} already."
        case ErrorCode.FOREIGN_KEY_VIOLATION if attempt.deletes:
            return f"Other rows still refer to this {entity.name}."
        case ErrorCode.FOREIGN_KEY_VIOLATION:
            return f"There is no row that {named or 'a key'} could refer to."
        case ErrorCode.NOT_NULL_VIOLATION:
            return f"{named or 'A field'} must have a value."
        case ErrorCode.CHECK_VIOLATION:
            return f"The values break the rule {report.constraint}."
    return f"The database cannot hold this value of {named or entity.name}."
