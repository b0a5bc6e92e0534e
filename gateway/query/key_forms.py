"""Join keys on their way from one database into another: read, compared in a shared form, and sent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.catalog.decorated import plain_kind
from gateway.catalog.integers import integer_range
from gateway.catalog.key_kinds import KeyKind, from_shared, key_kind, to_shared
from gateway.query.drivers import key_from_driver
from gateway.query.join import Row
from gateway.sources.features import Features

Column = sa.Column[Any]
Convert = Callable[[Any], Any]
_LONG = (-(2**63), 2**63 - 1)


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """One column of a key, and the kind of database it is in."""

    column: Column
    features: Features

    @property
    def range(self) -> tuple[int, int]:
        """The whole numbers it can hold. SQLite minds no declaration."""
        kind = plain_kind(self.column.type)
        if self.features.name == "sqlite":
            return _LONG
        return integer_range(kind)


def read(column: Column, other: Column, dialect: sa.Dialect) -> Convert | None:
    """Driver value (not None) of a key column to the form it shares with the column it meets."""
    return _chained(key_from_driver(column.type, dialect), to_shared(column, other))


def write(given: KeyColumn, taken: KeyColumn) -> Convert | None:
    """Shared form of a key to what `taken` binds; None for a value that it cannot hold."""
    return _chained(_fitting(given, taken), from_shared(taken.column, given.column))


def send(given: Sequence[KeyColumn], taken: Sequence[KeyColumn]) -> Convert | None:
    """A key, as its own columns have it in Python, to what other columns bind; see `whole`."""
    pairs = zip(given, taken, strict=True)
    return whole([_chained(to_shared(own.column, to.column), write(own, to)) for own, to in pairs])


def whole(converts: Sequence[Convert | None]) -> Convert | None:
    """One conversion of a key, which is a tuple when it has several columns; a key of which a part cannot be
    held becomes None. None where nothing has to be converted."""
    if len(converts) == 1:
        return converts[0]
    if all(convert is None for convert in converts):
        return None

    def key(parts: Row) -> Row | None:
        pairs = zip(parts, converts, strict=True)
        made = tuple(part if convert is None else convert(part) for part, convert in pairs)
        return None if None in made else made

    return key


def _fitting(given: KeyColumn, taken: KeyColumn) -> Convert | None:
    """Leaves out what would be an error, or another value, in the database it is sent to."""
    own, other = key_kind(given.column), key_kind(taken.column)
    if other is KeyKind.INTEGER:
        least, most = taken.range
        if own is KeyKind.INTEGER and least <= given.range[0] and given.range[1] <= most:
            return None
        return lambda value: value if least <= value <= most else None
    if own is other is KeyKind.TEXT and not taken.features.holds_nul and given.features.holds_nul:
        return lambda value: None if "\0" in value else value
    return None


def _chained(first: Convert | None, second: Convert | None) -> Convert | None:
    if first is None or second is None:
        return first or second

    def convert(value: Any) -> Any:
        made = first(value)
        return None if made is None else second(made)

    return convert
