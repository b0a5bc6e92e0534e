"""Rows that the database writes as JSON: an object of the answer is one text and goes into it as it came.

Saves the gateway making values and dicts of long lists, and costs the database about as much as the gateway
saves. A row with a value that plain rows would have to judge (a missing one, an unknown label, a number or a
date out of range) has no text, and then the rows are read plain.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.catalog.scalars import SCALARS
from gateway.catalog.texts import is_padded
from gateway.catalog.types import Field
from gateway.query.drivers import is_decimal
from gateway.query.plan.shapes import (
    ConnectionShape,
    IdShape,
    JoinedShape,
    ManyShape,
    MemberShape,
    NameShape,
    ObjectShape,
    RowCountShape,
    ValueShape,
)
from gateway.query.plan.types import Fetch
from gateway.query.values import to_json

Column = sa.ColumnElement[Any]
Test = sa.ColumnElement[bool]
Piece = str | Column

_WORD = re.compile(r"\w+", re.ASCII)
_ARGUMENTS = 90
"""How many pieces one `concat` takes; PostgreSQL's functions have at most 100 arguments."""


@dataclass(frozen=True, slots=True)
class Text:
    """The pieces of a JSON text, constants and columns that are never NULL, where all `tests` hold."""

    pieces: tuple[Piece, ...]
    tests: tuple[Test, ...] = ()


def written(
    select: sa.Select[Any], fetch: Fetch, shape: ObjectShape, dialect: sa.Dialect
) -> tuple[sa.Select[Any], int] | None:
    """A fetch's statement with each row's object as JSON text, and the text's position in a row.

    Columns that are used for more than the answer stay where they are. None when a member of the shape is
    nothing that the database can write.
    """
    if not writable(shape):
        return None
    rows = select.subquery("shown")
    columns = list(rows.c)
    text = _Writer(fetch, columns, dialect).object(shape)
    if text is None:
        return None
    whole = _concat(text.pieces)
    if text.tests:
        whole = sa.case((sa.and_(*text.tests), whole))
    layout: list[Any] = [None if index in fetch.shown else column for index, column in enumerate(columns)]
    at = next((index for index, each in enumerate(layout) if each is None), len(layout))
    if at == len(layout) and fetch.sort_values:
        return None  # they are found from the end of a row
    layout[at : at + 1] = [whole.label("written")]
    while layout[-1] is None:
        layout.pop()
    return sa.select(*(sa.null() if each is None else each for each in layout)).select_from(rows), at


def writable(shape: ObjectShape) -> bool:
    """Whether a shape has members of kinds only that a database can write."""
    for member in shape.members:
        match member:
            case NameShape() | ValueShape() | IdShape():
                continue
            case JoinedShape(_, _, inner) if writable(inner):
                continue
            case ManyShape(_, _, connection) if connection.only_counts:
                continue
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Writer:
    fetch: Fetch
    columns: Sequence[Column]
    dialect: sa.Dialect

    def object(self, shape: ObjectShape) -> Text | None:
        pieces: list[Piece] = ["{"]
        tests: list[Test] = []
        for number, member in enumerate(shape.members):
            text = self.member(member)
            if text is None:
                return None
            pieces += [f'{"," if number else ""}"{member.key}":', *text.pieces]
            tests += text.tests
        return Text((*pieces, "}"), tuple(tests))

    def member(self, member: MemberShape) -> Text | None:
        match member:
            case NameShape(_, name):
                return Text((f'"{name}"',))
            case ValueShape(_, position, of):
                return self.value(self.columns[position], of)
            case IdShape():
                return self.identity(member)
            case JoinedShape(_, present, shape, nullable):
                inner = self.object(shape)
                return None if inner is None else _or_null(self.columns[present], inner, nullable)
            case ManyShape(_, _, connection) if connection.only_counts:
                return self.counts(connection)
        return None

    def counts(self, connection: ConnectionShape) -> Text:
        """A page of which only the count in the parent's row is shown."""
        pieces: list[Piece] = ["{"]
        for number, part in enumerate(connection.members):
            pieces.append(f'{"," if number else ""}"{part.key}":')
            if isinstance(part, RowCountShape):
                pieces.append(self.columns[part.position])
            elif isinstance(part, NameShape):
                pieces.append(f'"{part.name}"')
        return Text((*pieces, "}"))

    def value(self, column: Column, of: Field) -> Text | None:
        kind, scalar = of.column.type, of.scalar
        if isinstance(kind, sa.types.TypeDecorator):
            return None
        text: Text | None = None
        if scalar.is_enum and isinstance(kind, sa.Enum):
            text = self.label(column, of)
        elif scalar.name == "Decimal" and is_decimal(kind):
            text = _decimal(column, getattr(kind, "scale", 0))
        elif (standard := SCALARS.get(scalar.name)) is not None and scalar.serialize is standard.serialize:
            write = _KINDS.get(scalar.name)
            text = None if write is None else write(column)
        return None if text is None else _or_null(column, text, of.nullable)

    def label(self, column: Column, of: Field) -> Text | None:
        shown = to_json(of, self.dialect) or str
        labels = of.scalar.values
        if not all(_WORD.fullmatch(label) and shown(label) == label for label in labels):
            return None
        found = sa.cast(column, sa.Text())
        known: list[Column] = [sa.literal_column(f"'{label}'") for label in labels]
        return Text(('"', found, '"'), (found.in_(known),))

    def identity(self, member: IdShape) -> Text | None:
        """The id as `encode_id` makes it: base64url, without padding, of a JSON array.

        None for rows of tenants: who they are is no part of a statement.
        """
        if member.entity.tenanted:
            return None
        pieces: list[Piece] = [f'["{member.entity.name}"']
        tests: list[Test] = []
        for name, position in zip(member.entity.key, member.positions, strict=True):
            text = self.value(self.columns[position], member.entity.fields[name])
            if text is None:
                return None
            pieces += [",", *text.pieces]
            tests += text.tests
        octets = sa.func.convert_to(_concat((*pieces, "]")), sa.literal_column("'UTF8'"))
        coded = sa.func.encode(octets, sa.literal_column("'base64'"))
        url = sa.func.translate(coded, sa.literal_column("E'+/=\\n'"), sa.literal_column("'-_'"))
        return Text(('"', url, '"'), tuple(tests))


def _concat(pieces: Sequence[Piece]) -> Column:
    """The pieces as one text; neighbouring constants become one."""
    merged: list[Any] = []
    for piece in pieces:
        if isinstance(piece, str) and merged and isinstance(merged[-1], str):
            merged[-1] += piece
        else:
            merged.append(piece)
    # Constants are made of names of the graph and of JSON's signs only, so nothing in them needs escaping.
    given = [sa.literal_column(f"'{each}'") if isinstance(each, str) else each for each in merged]
    while len(given) > _ARGUMENTS:
        given = [sa.func.concat(*given[:_ARGUMENTS]), *given[_ARGUMENTS:]]
    return sa.func.concat(*given, type_=sa.Text())


def _or_null(column: Column, text: Text, nullable: bool) -> Text:
    """The text of what is there when a column is not NULL."""
    if not nullable:
        return Text(text.pieces, text.tests or (column.is_not(None),))
    shown = sa.case((column.is_(None), sa.literal_column("'null'")), else_=_concat(text.pieces))
    tests = (sa.or_(column.is_(None), sa.and_(*text.tests)),) if text.tests else ()
    return Text((shown,), tests)


def _int(column: Column) -> Text:
    return Text(
        (column,), (column.between(sa.literal_column("-2147483648"), sa.literal_column("2147483647")),)
    )


def _decimal(column: Column, places: int) -> Text:
    """As the database writes it, when it has as many places as the column is declared to have."""
    found = sa.cast(column, sa.Text())
    return Text(('"', found, '"'), (found.like(sa.literal_column(f"'%.{'_' * places}'")),))


def _moment(column: Column) -> Text:
    """With six digits of a second, or none; the text of a JSON moment ends its fraction where zeros begin."""
    moment = sa.cast(column, sa.DateTime())
    text = sa.func.left(sa.cast(sa.func.to_json(moment), sa.Text()), sa.literal_column("-1"))
    whole = sa.func.date_trunc(sa.literal_column("'second'"), moment) == moment
    padded = sa.func.rpad(text, sa.literal_column("27"), sa.literal_column("'0'"))
    return Text((sa.case((whole, text), else_=padded), 'Z"'), _in_range(moment, "TIMESTAMP"))


def _date(column: Column) -> Text:
    day = sa.cast(column, sa.Date())
    return Text((sa.func.to_json(day),), _in_range(day, "DATE"))


def _in_range(column: Column, kind: str) -> tuple[Test, ...]:
    """Within the years that Python knows."""
    first: Column = sa.literal_column(f"{kind} '0001-01-01'")
    beyond: Column = sa.literal_column(f"{kind} '10000-01-01'")
    return (column >= first, column < beyond)


def _json(column: Column) -> Text:
    return Text((sa.func.to_json(sa.cast(column, sa.Text()) if is_padded(column.type) else column),))


def _quoted(kind: sa.types.TypeEngine[Any]) -> Callable[[Column], Text]:
    return lambda column: Text(('"', sa.cast(column, kind), '"'))


_KINDS: dict[str, Callable[[Column], Text]] = {
    "Int": _int,
    "BigInt": _quoted(sa.BigInteger()),
    "String": _json,
    "Boolean": _json,
    "DateTime": _moment,
    "Date": _date,
    "UUID": _quoted(sa.Uuid()),
}
"""How values of a scalar are written; those of others are not."""
