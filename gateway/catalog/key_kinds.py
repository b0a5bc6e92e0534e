"""What join keys hold, and the form in which those of different kinds are compared.

Databases compare values of different types loosely: for MariaDB '1abc' equals 1. Where the columns of a
relation differ in kind, keys therefore meet here, in a *shared form*, and each database is sent values of its
own column's kind, which an index finds. A text stands for a number, a UUID or a day only where it is spelled
as that is written: '007' stands for nothing.
"""

import re
from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from gateway.catalog.decorated import Decorated
from gateway.catalog.lacks import Use
from gateway.catalog.scalars import scalar_of
from gateway.catalog.types import Scalar

Column = sa.Column[Any]
Convert = Callable[[Any], Any]

_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,19}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DIGITS = re.compile(r"[0-9a-f]{32}")


class KeyKind(Enum):
    """What the values of a key column are; nothing else makes an exact key."""

    INTEGER = "Int"
    TEXT = "String"
    LABEL = "enum"
    UUID = "UUID"
    DECIMAL = "Decimal"
    DATE = "Date"
    TIME = "Time"
    MOMENT = "DateTime"
    ZONED = "DateTime with a time zone"


_MEETING = {
    frozenset({KeyKind.INTEGER, KeyKind.TEXT}): KeyKind.INTEGER,
    frozenset({KeyKind.UUID, KeyKind.TEXT}): KeyKind.UUID,
    frozenset({KeyKind.DATE, KeyKind.TEXT}): KeyKind.DATE,
    frozenset({KeyKind.LABEL, KeyKind.TEXT}): KeyKind.TEXT,
}


def key_kind(column: Column) -> KeyKind | None:
    """The kind of a column; None for what makes no exact key."""
    scalar = scalar_of(column)
    if scalar is None:
        return None
    if scalar.is_enum:
        return KeyKind.LABEL
    kind = column.type
    if isinstance(kind, Decorated) and Use.EQUAL in kind.lacks:
        return None
    if scalar.name == "DateTime" and isinstance(kind, Decorated):
        return KeyKind.ZONED if kind.form.samples[0].tzinfo is not None else KeyKind.MOMENT
    if scalar.name == "DateTime":
        return KeyKind.ZONED if getattr(column.type, "timezone", False) else KeyKind.MOMENT
    name = "Int" if scalar.name == "BigInt" else scalar.name
    return next((kind for kind in KeyKind if kind.value == name), None)


def shared_kind(one: Column, other: Column) -> KeyKind | None:
    """The kind in which keys of two columns are compared; None where they can never be, or not exactly."""
    kinds = {key_kind(one), key_kind(other)}
    if None in kinds:
        return None
    if len(kinds) == 1:
        (kind,) = kinds
        if kind is KeyKind.LABEL and one.type is not other.type:
            return _shared_labels(one, other)
        return kind
    if any(isinstance(column.type, sa.types.TypeDecorator) for column in (one, other)):
        return None  # what its values are in Python, only the app knows
    return _MEETING.get(frozenset(kind for kind in kinds if kind is not None))


def _shared_labels(one: Column, other: Column) -> KeyKind | None:
    labels = [frozenset(found.values) for column in (one, other) if (found := scalar_of(column))]
    return KeyKind.TEXT if len(set(labels)) == 1 else None


def same_kind(one: Column, other: Column) -> bool:
    """Whether a database compares two columns exactly, so that one statement can join them."""
    kind = key_kind(one)
    if kind is KeyKind.LABEL and one.type is not other.type:
        return False
    natives = {getattr(column.type, "native_uuid", None) for column in (one, other)}
    return kind is key_kind(other) and len(natives) == 1


def to_shared(column: Column, other: Column) -> Convert | None:
    """Python value of a column (not None) to the form it shares with another, None for what stands for
    nothing there. None where the value is that form."""
    kind, shared = key_kind(column), shared_kind(column, other)
    if kind is KeyKind.UUID and not getattr(column.type, "as_uuid", True):
        return UUID
    if kind is shared:
        return None
    if kind is KeyKind.LABEL:
        scalar = scalar_of(column)
        return _label(scalar) if scalar is not None else None
    if shared is KeyKind.INTEGER:
        return lambda value: int(value) if _NUMBER.fullmatch(value) else None
    if shared is KeyKind.UUID:
        spelling = _DIGITS if _holds_digits(column) else _UUID
        return lambda value: UUID(value) if spelling.fullmatch(value) else None
    return _day if shared is KeyKind.DATE else None


def from_shared(column: Column, other: Column) -> Convert | None:
    """The way back: shared form to what a column's type binds, None for what the column cannot hold."""
    kind, shared = key_kind(column), shared_kind(column, other)
    if kind is KeyKind.UUID and not getattr(column.type, "as_uuid", True):
        return str
    if kind is shared:
        return None
    if kind is KeyKind.LABEL:
        return _members(column).get
    if shared is KeyKind.UUID:
        return (lambda value: value.hex) if _holds_digits(column) else str
    return date.isoformat if shared is KeyKind.DATE else str


def _label(scalar: Scalar) -> Convert | None:
    """What makes the stored label of an enum's Python value."""
    serialize = scalar.serialize
    if serialize is None or not scalar.shown:
        return serialize
    return lambda value: scalar.stored(serialize(value))


def _members(column: Column) -> dict[str, Any]:
    """What an enum column binds, by label."""
    scalar = scalar_of(column)
    return {label: scalar.parse(label) for label in scalar.values} if scalar is not None else {}


def _holds_digits(column: Column) -> bool:
    """Whether a text column has room for a UUID's digits only, without hyphens."""
    return getattr(column.type, "length", None) == 32


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        return None
