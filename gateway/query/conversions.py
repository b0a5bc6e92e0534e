"""What is made of a value before it is bound: frozen, callable records, so that plans compare and print."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import sqlalchemy as sa

from gateway.catalog.decorated import Decorated
from gateway.catalog.types import Entity, Field, Scalar
from gateway.errors import BadUserInput, GatewayError
from gateway.query.ids import (
    CURSOR_HINT,
    CursorForm,
    OtherTenant,
    decode_any_id,
    decode_cursor,
    decode_id,
    stored_value,
)


@dataclass(frozen=True, slots=True)
class ToColumn:
    """A GraphQL input value as the column's Python type, refused when no such column could hold it."""

    field: Field

    def __call__(self, value: Any) -> Any:
        if isinstance(value, Enum):
            value = value.value
        kind = self.field.column.type
        if self.field.scalar.is_enum:
            return self.field.scalar.parse(value)
        if isinstance(value, str):
            refuse_nul(value)
        if isinstance(kind, Decorated):
            return kind.taken(value)
        if isinstance(kind, sa.ARRAY):
            return self.field.scalar.parse(value)
        match value:
            case datetime():
                return fitted_time(value, aware=getattr(kind, "timezone", False))
            case Decimal():
                refuse_digits(value, kind, repr(self.field.name))
            case bool():
                return value
            case int() if self.field.scalar.name in ("Int", "BigInt"):
                self.field.scalar.parse(value)
                return fitted_integer(value, kind, repr(self.field.name))
        if isinstance(kind, sa.Uuid) and not kind.as_uuid:
            return str(value)
        return value

    def __str__(self) -> str:
        return self.field.name

    def __hash__(self) -> int:
        return id(self.field)


_SMALL = 2**15


_FLOAT_DIGITS = 15


_MOST_DIGITS = 38


def fitted_integer(value: int, kind: sa.types.TypeEngine[Any], place: str) -> int:
    """The number itself, refused when it is too large for a column of this type."""
    if isinstance(kind, sa.SmallInteger) and not -_SMALL <= value < _SMALL:
        raise BadUserInput(f"{value} is beyond the range of {place}.")
    return value


def refuse_digits(value: Decimal, kind: sa.types.TypeEngine[Any], place: str) -> None:
    """Longer numbers than any row has would be compared inexactly on some databases."""
    precision = max(_FLOAT_DIGITS, getattr(kind, "precision", None) or _MOST_DIGITS)
    digits = len(bytes(value.as_tuple().digits).rstrip(b"\0"))  # `normalize` would round to 28
    if digits > precision or abs(value.adjusted()) > _MOST_DIGITS:
        raise BadUserInput(
            f"The number given for {place} has more digits than are compared exactly.",
            hint=f"Give at most {precision} digits.",
        )


def refuse_nul(text: str) -> str:
    """No text that a database can hold has a NUL in it, and some cut text there."""
    if "\x00" in text:
        raise BadUserInput("Text must not contain U+0000.", hint="Remove the character.")
    return text


def fitted_time(value: datetime, *, aware: bool) -> datetime:
    """A moment as a column with or without a time zone holds it."""
    if aware or value.tzinfo is None:
        return value
    return value.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class EachToColumn:
    """A list of input values for one column, duplicates dropped, at most `limit` long."""

    field: Field
    limit: int

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        if len(values) > self.limit:
            raise BadUserInput(
                f"{len(values)} values were given for {self.field.name!r}; at most {self.limit} are taken.",
                hint="Split the list over several operations, or raise the setting in_max.",
            )
        convert = ToColumn(self.field)
        return list(dict.fromkeys(convert(value) for value in values))

    def __str__(self) -> str:
        return f"each {self.field.name}"

    def __hash__(self) -> int:
        return id(self.field)


@dataclass(frozen=True, slots=True)
class EachNumber:
    """A list of numbers, duplicates dropped, at most `limit` long."""

    limit: int

    def __call__(self, values: Sequence[int]) -> list[int]:
        if len(values) > self.limit:
            raise BadUserInput(f"{len(values)} values were given; at most {self.limit} are taken.")
        return list(dict.fromkeys(values))

    def __str__(self) -> str:
        return "each number"


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, given: value in given,
    "nin": lambda value, given: value not in given,
}
"""What each operator says of a value that is not null, in Python."""


@dataclass(frozen=True, slots=True)
class ZeroPasses:
    """Whether zero meets all tests of a number; the values come in the tests' order."""

    operators: tuple[str, ...]

    def __call__(self, values: Sequence[Any]) -> bool:
        return all(COMPARISONS[name](0, value) for name, value in zip(self.operators, values, strict=True))

    def __str__(self) -> str:
        return f"zero is {' and '.join(self.operators)}"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A user's text as a LIKE pattern, with `before` and `after` around its escaped form."""

    before: str
    after: str

    def __call__(self, value: str) -> str:
        escaped = refuse_nul(value).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return f"{self.before}{escaped}{self.after}"

    def __str__(self) -> str:
        return f"like {self.before}…{self.after}"


@dataclass(frozen=True, slots=True)
class LikePattern:
    """A user's own LIKE pattern; a backslash at its end, which escapes nothing, stands for itself."""

    def __call__(self, value: str) -> str:
        ending = len(refuse_nul(value)) - len(value.rstrip("\\"))
        return value + "\\" if ending % 2 else value

    def __str__(self) -> str:
        return "pattern"


@dataclass(frozen=True, slots=True)
class IdPart:
    """One key value of a global id; `part` counts in the entity's key order.

    Of another tenant's row it is NULL, which no key equals, unless `strict`: then it is refused.
    """

    entity: Entity
    part: int
    strict: bool = False

    def __call__(self, value: str) -> Any:
        try:
            return decode_id(value, self.entity)[self.part]
        except OtherTenant:
            if self.strict:
                raise
            return None

    def __str__(self) -> str:
        return f"key {self.part} of {self.entity.name} id"

    def __hash__(self) -> int:
        return hash((id(self.entity), self.part))


@dataclass(frozen=True, slots=True)
class IdKeys:
    """Keys of the ids that belong to one entity: scalars, or tuples for a composite key.

    With `strict` an id of another entity or tenant is refused (a filter), else passed over (`nodes`).
    """

    entity: Entity
    limit: int
    strict: bool = True

    def __call__(self, ids: str | Sequence[str]) -> list[Any]:
        given = [ids] if isinstance(ids, str) else ids
        if len(given) > self.limit:
            raise BadUserInput(
                f"{len(given)} ids were given; at most {self.limit} are taken.", hint="Ask for fewer at once."
            )
        keys = map(self._key, given)
        found = dict.fromkeys(key for key in keys if key)
        return [key[0] for key in found] if len(self.entity.key) == 1 else list(found)

    def _key(self, text: str) -> tuple[Any, ...]:
        try:
            return decode_id(text, self.entity, strict=self.strict)
        except OtherTenant:
            if self.strict:
                raise
            return ()

    def __str__(self) -> str:
        return f"{self.entity.name} ids"

    def __hash__(self) -> int:
        return hash((id(self.entity), self.strict))


@dataclass(frozen=True, slots=True)
class IdPlaces:
    """Every id of a root `node` or `nodes`, in order, as (entity, key)."""

    entities: Mapping[str, Entity]

    def __call__(self, ids: str | Sequence[str]) -> list[tuple[str, tuple[Any, ...]]]:
        return [decode_any_id(text, self.entities) for text in ([ids] if isinstance(ids, str) else ids)]

    def __str__(self) -> str:
        return "ids"

    def __hash__(self) -> int:
        return id(self.entities)


@dataclass(frozen=True, slots=True)
class KnownKeys:
    """The distinct keys among supplied ones, as tuples: scalars where the key is one field."""

    width: int

    def __call__(self, keys: Sequence[tuple[Any, ...] | None]) -> list[Any]:
        found = dict.fromkeys(key for key in keys if key is not None and None not in key)
        return [key[0] for key in found] if self.width == 1 else list(found)

    def __str__(self) -> str:
        return "each"


@dataclass(frozen=True, slots=True)
class KnownPlaces:
    """Supplied keys in order, as (entity, key); a null among them is a key that no row has."""

    entity: str

    def __call__(self, keys: Sequence[tuple[Any, ...] | None]) -> list[tuple[str, tuple[Any, ...]]]:
        return [(self.entity, key or ()) for key in keys]

    def __str__(self) -> str:
        return f"{self.entity} keys"


@dataclass(frozen=True, slots=True)
class CursorPart:
    """One sort value of a cursor, typed by its scalar; refuses a cursor made for another order.

    One that is not `SHOWN` is as its database has it, since the scalar has no such value.
    """

    entity: str
    fingerprint: str
    count: int
    part: int
    scalar: Scalar
    form: CursorForm = CursorForm.SHOWN

    def __call__(self, cursor: str) -> Any:
        value = decode_cursor(cursor, self.entity, self.fingerprint, self.count)[self.part]
        if value is None:
            return None
        if self.form is not CursorForm.SHOWN:
            return stored_value(value)
        if self.scalar.is_enum and isinstance(value, str):
            return self.scalar.stored(value)  # enums sort by label, known or not
        try:
            parsed = self.scalar.parse(value)
        except (GatewayError, ValueError, TypeError, ArithmeticError) as error:
            raise BadUserInput("The cursor is damaged.", hint=CURSOR_HINT) from error
        return parsed

    def __str__(self) -> str:
        return f"value {self.part}"


@dataclass(frozen=True, slots=True)
class PageSize:
    """`first`, `last` or `offset`: not negative, and at most `maximum` where there is one."""

    argument: str
    maximum: int | None = None

    def __call__(self, value: int) -> int:
        if value < 0:
            raise BadUserInput(f"{self.argument} must not be negative, got {value}.", hint="Give 0 or more.")
        if self.maximum is not None and value > self.maximum:
            raise BadUserInput(
                f"{self.argument}: {value} is above the maximum of {self.maximum}.",
                hint="Ask for less and page on with `after`, or raise the setting page_max.",
            )
        return value

    def __str__(self) -> str:
        return self.argument
