"""What is checked before anything is written: rights, values against the catalog, the app's validators.

Some databases take what does not fit (SQLite ignores lengths, PostgreSQL rounds decimals), so what a column
holds is checked here first, and every mistake of a change is told at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from gateway.access import Access
from gateway.catalog.decorated import Decorated, plain_kind
from gateway.catalog.integers import integer_range
from gateway.catalog.types import Entity, Field, Relation
from gateway.errors import BadUserInput
from gateway.mutation.change import Change, Delete, Ref, RowInput, ToMany, ToOne, Update, Upsert, rows_of
from gateway.mutation.errors import ErrorCode, MutationError, Path
from gateway.query.conversions import ToColumn
from gateway.sources.features import Features

_FLOAT_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Check:
    """Looks at changes for a role, without a look at any database; `features` are those of each source."""

    access: Access
    features: Mapping[str, Features]

    def errors(self, change: Change) -> list[MutationError]:
        """Everything that is wrong with a change as it stands."""
        found: list[MutationError] = []
        if isinstance(change, Update | Upsert | Delete):
            found += self.ref(change.ref)
        for row, new in rows_of(change):
            found += self.rights(row)
            found += self.values(row, new)
        return found

    def ref(self, ref: Ref) -> Iterator[MutationError]:
        parts: list[Entity | Field] = [ref.entity]
        parts += [ref.entity.fields[name] for name in ref.fields if name not in ref.entity.key]
        for part in parts:
            if self.access.refuses(part):
                yield forbidden(part, ref.path)

    def rights(self, row: RowInput) -> Iterator[MutationError]:
        if self.access.refuses(row.entity):
            yield forbidden(row.entity, row.path)
        for name in row.values:
            if self.access.refuses(row.entity.fields[name]):
                yield forbidden(row.entity.fields[name], (*row.path, name))
        for one in row.ones:
            if self.access.refuses(one.relation):
                yield forbidden(one.relation, one.path)
            if isinstance(one.target, Ref):
                yield from self.ref(one.target)
        for many in row.manies:
            if self.access.refuses(many.relation) or self.access.refuses(many.entity):
                yield forbidden(many.relation, many.path)
            for ref in (*many.connect, *many.disconnect, *many.delete):
                yield from self.ref(ref)

    def values(self, row: RowInput, new: bool) -> Iterator[MutationError]:
        for name, value in row.values.items():
            yield from self.value(row.entity, name, value, (*row.path, name))
        for one in row.ones:
            yield from _cut_off(row.entity, one)
        for many in row.manies:
            yield from _let_go(many)
        if new:
            given = {*row.values, *row.filled}
            given.update(name for one in row.ones for name in key_fields(row.entity, one.relation.owner_key))
            for field in row.entity.fields.values():
                if field.name not in given and is_required(field):
                    yield missing(field, (*row.path, field.name))

    def value(self, entity: Entity, name: str, value: Any, path: Path) -> Iterator[MutationError]:
        field = entity.fields[name]
        if value is None:
            if not field.nullable:
                yield missing(field, path)
            return
        try:
            fitted = ToColumn(field)(value)
        except BadUserInput as error:
            yield MutationError(ErrorCode.VALIDATION_ERROR, error.message, path, (field.name,))
            return
        fault = misfit(field, fitted, self.features[entity.source]) or _judged(field, fitted)
        if fault is not None:
            yield MutationError(ErrorCode.VALIDATION_ERROR, fault, path, (field.name,))


def forbidden(part: Entity | Field | Relation, path: Path) -> MutationError:
    fields = (part.name,) if isinstance(part, Field) else ()
    return MutationError(ErrorCode.FORBIDDEN, f"You may not write {part.name}.", path, fields)


def missing(field: Field, path: Path) -> MutationError:
    message = f"{field.name} must have a value."
    return MutationError(ErrorCode.NOT_NULL_VIOLATION, message, path, (field.name,))


def _cut_off(entity: Entity, one: ToOne) -> Iterator[MutationError]:
    """To connect a row with none needs columns that may be null."""
    if one.target is None and any(not entity.column(name).nullable for name in one.relation.owner_key):
        yield _needed(one.relation, one.path, key_fields(entity, one.relation.owner_key))


def _let_go(many: ToMany) -> Iterator[MutationError]:
    letting_go = bool(many.disconnect) or many.clear
    if letting_go and many.relation.through is None:
        key = many.relation.target_key
        if any(not many.entity.column(name).nullable for name in key):
            yield _needed(many.relation, many.path, key_fields(many.entity, key))


def _needed(relation: Relation, path: Path, fields: tuple[str, ...]) -> MutationError:
    message = f"{relation.name} cannot be disconnected, since {' and '.join(fields)} must have a value."
    return MutationError(ErrorCode.NOT_NULL_VIOLATION, message, path, fields)


def key_fields(entity: Entity, attributes: tuple[str, ...]) -> tuple[str, ...]:
    """The GraphQL names of the visible fields among attributes."""
    found = (entity.by_attribute.get(name) for name in attributes)
    return tuple(field.name for field in found if field is not None)


def is_required(field: Field) -> bool:
    """Whether a new row needs a value that neither a default nor the database makes."""
    column = field.column
    made = (column.default, column.server_default, column.identity, column.computed)
    return not field.nullable and all(each is None for each in made) and not _counts(column)


def _counts(column: sa.Column[Any]) -> bool:
    counter = column.table.autoincrement_column if isinstance(column.table, sa.Table) else None
    return counter is not None and counter.name == column.name


def _judged(field: Field, value: Any) -> str | None:
    """What the app's own validator says against a value."""
    if field.validate is None:
        return None
    try:
        field.validate(value)
    except ValueError as error:
        return str(error) or f"{field.name} is not valid."
    return None


def misfit(field: Field, value: Any, features: Features) -> str | None:
    """Why a column cannot hold a value as it is; None when it can."""
    kind = field.column.type
    if isinstance(kind, Decorated):
        value, kind = kind.kept(value), plain_kind(kind)
    if isinstance(value, str) and not isinstance(kind, sa.Enum | sa.Uuid):
        return _too_long(field, len(value), kind, "characters")
    if isinstance(value, bytes):
        return _too_long(field, len(value), kind, "bytes")
    if isinstance(value, int) and isinstance(kind, sa.Integer) and not isinstance(value, bool):
        lowest, highest = integer_range(kind)
        return None if lowest <= value <= highest else f"{field.name} must be between {lowest} and {highest}."
    if isinstance(value, Decimal) and isinstance(kind, sa.Numeric):
        return _digits(field, value, kind, features)
    return None


def _too_long(field: Field, length: int, kind: sa.types.TypeEngine[Any], unit: str) -> str | None:
    most = getattr(kind, "length", None)
    if most is None or length <= most:
        return None
    return f"{field.name} may have at most {most} {unit}; {length} were given."


def _digits(field: Field, value: Decimal, kind: sa.Numeric[Any], features: Features) -> str | None:
    """Databases round what has too many digits, each in its own way; so nothing is rounded."""
    number = value.normalize().as_tuple()
    assert isinstance(number.exponent, int)
    if kind.precision is not None:
        places = kind.scale or 0
        whole = kind.precision - places
        if -number.exponent > places:
            return f"{field.name} may have at most {places} digits after the point."
        if value and value.adjusted() >= whole:
            return f"{field.name} may have at most {whole} digits before the point."
    if not features.exact_decimals and len(number.digits) > _FLOAT_DIGITS:
        return f"{field.name} may have at most {_FLOAT_DIGITS} digits in this database."
    return None
