"""How values of a Python type stand in the graph, for columns whose `TypeDecorator` makes them."""

from collections.abc import Callable, Mapping, Set
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any, get_origin
from uuid import UUID

import sqlalchemy as sa

from gateway.catalog import values
from gateway.catalog.python_types import PLAIN, is_document
from gateway.catalog.types import Operators, Scalar

Process = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Form:
    """A scalar for the values of a Python type.

    `fits`: a value is of the type. `take` makes one of what the scalar parses; it raises for what the type
    refuses. `samples` are values in ascending order, to see what a column keeps of them.
    """

    scalar: Scalar
    fits: Callable[[Any], bool]
    take: Process = lambda value: value
    samples: tuple[Any, ...] = ()


def form_of(kind: Any, own: Scalar, scalars: Mapping[str, Scalar], stored: Any) -> Form:
    """The form of a Python type, or of a column of the stored type where that is not known; `own` is the
    scalar of the latter."""
    if kind is None:
        return _own(own, stored)
    made = get_origin(kind) or kind
    if issubclass(made, Enum):
        return _labels(made)
    if is_document(kind):
        return Form(replace(scalars["JSON"], serialize=plain_json), lambda _: True, _document(made))
    plain = next(each for each in PLAIN if issubclass(made, each))
    name = _NAMES[plain]
    if plain is int and own.name != "Int":
        name = "BigInt"
    if plain is bytes:
        return Form(scalars[name], lambda value: isinstance(value, bytes | bytearray | memoryview))
    scalar = own if own.name == name == "Decimal" else scalars[name]
    return Form(scalar, _instance(plain), samples=_SAMPLES[name])


def _own(own: Scalar, stored: Any) -> Form:
    """The form of the stored type itself."""
    if own.is_enum or own.name in ("NetworkAddress", "Bytes", "UUID"):
        return Form(own, lambda value: _is_shown(own, value))
    if own.name == "JSON":
        return Form(replace(own, serialize=plain_json), lambda _: True)
    plain = next(
        each for each, name in _NAMES.items() if name == own.name or (own.name == "BigInt" and each is int)
    )
    if plain is bool and not isinstance(stored, sa.Boolean):
        return Form(own, lambda value: value in (0, 1))
    return Form(own, _instance(plain), samples=_SAMPLES[own.name])


def _is_shown(scalar: Scalar, value: Any) -> bool:
    try:
        return scalar.serialize is None or scalar.serialize(value) is not None
    except Exception:
        return False


def _instance(plain: type[Any]) -> Callable[[Any], bool]:
    """Whether a value is of a type, and of no type that only passes for it."""
    if plain is int:
        return lambda value: isinstance(value, int) and not isinstance(value, bool)
    if plain is float:
        return lambda value: isinstance(value, float | int | Decimal) and not isinstance(value, bool)
    if plain is Decimal:
        return lambda value: isinstance(value, Decimal | int | float) and not isinstance(value, bool)
    if plain is str:
        return lambda value: isinstance(value, str) and not isinstance(value, Enum)
    if plain is date:
        return lambda value: isinstance(value, date) and not isinstance(value, datetime)
    return lambda value: isinstance(value, plain)


_NAMES: Mapping[type[Any], str] = {
    bool: "Boolean",
    int: "Int",
    float: "Float",
    Decimal: "Decimal",
    datetime: "DateTime",
    date: "Date",
    time: "Time",
    UUID: "UUID",
    bytes: "Bytes",
    str: "String",
}
_DAYS = tuple(date(2023, 12, 30) + timedelta(days=31 * each) for each in range(13))
_SAMPLES: Mapping[str, tuple[Any, ...]] = {
    "Boolean": (False, True),
    "Int": (-20, -3, 0, 2, 3, 10, 100, 1200),
    "BigInt": (-20, -3, 0, 2, 3, 10, 100, 1200),
    "Float": (-20.5, -3.0, 0.0, 0.5, 2.0, 10.0, 100.25),
    "Decimal": tuple(map(Decimal, ("-20.50", "-3.00", "0.00", "0.50", "2.00", "10.00", "100.25"))),
    "DateTime": tuple(datetime(each.year, each.month, each.day, 9, 5, tzinfo=UTC) for each in _DAYS),
    "Date": _DAYS,
    "Time": (time(0), time(1, 5), time(9, 59), time(10), time(23, 0, 1)),
    "UUID": tuple(UUID(f"{digit}{'7' * 7}-9dad-41d1-80b4-00c04fd430c8") for digit in "0179af"),
    "String": ("abc", "abd", "b", "c1", "zz"),
}


# Enums -------------------------------------------------------------------------------------------------


def _labels(choices: type[Enum]) -> Form:
    """An enum by the names of its members, as SQLAlchemy's own Enum has them."""
    members = {member.name: member for member in choices}
    name = choices.__name__
    description = choices.__dict__.get("__doc__") or None

    def serialize(value: Any) -> str:
        if isinstance(value, choices) and value.name in members:
            return str(value.name)
        raise values.unfit(name, value, f"Add the value to {name}, or correct the row.")

    def parse(value: Any) -> Any:
        if isinstance(value, str) and value in members:
            return members[value]
        raise values.refused(name, value, f"one of {', '.join(members)}")

    scalar = Scalar(
        name, Operators.EQUALITY, parse, serialize, description=description, values=tuple(members)
    )
    return Form(scalar, lambda value: isinstance(value, choices))


# Documents ---------------------------------------------------------------------------------------------


def _document(made: type[Any]) -> Process:
    """From JSON to a value of a type of documents."""
    validate = getattr(made, "model_validate", None)
    if validate is not None:
        return lambda value: validate(value)
    if is_dataclass(made):
        return lambda value: made(**value)
    if made in (set, frozenset, tuple):
        return lambda value: made(value) if isinstance(value, list) else _no(value)
    return lambda value: value


def _no(value: Any) -> Any:
    raise TypeError(value)


def plain_json(value: Any) -> Any:
    """A document of any of Python's types as JSON has it; sets in order. Raises ValueNotRepresentable."""
    if value is None or (isinstance(value, bool | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return plain_json(value.value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and isfinite(value):
        return value
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: plain_json(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain_json(part) for part in value]
    if isinstance(value, Set):
        return sorted(map(plain_json, value), key=lambda part: (str(type(part)), str(part)))
    if hasattr(value, "model_dump"):
        return plain_json(value.model_dump(mode="json"))
    if is_dataclass(value) and not isinstance(value, type):
        return plain_json(asdict(value))
    for kind, show in _SHOWN:
        if isinstance(value, kind):
            return show(value)
    raise values.unfit("JSON", value, "The column's type yields what JSON has not; hide the field.")


_SHOWN: tuple[tuple[type[Any], Process], ...] = (
    (datetime, values.serialize_date_time),
    (date, values.serialize_date),
    (time, values.serialize_time),
    (Decimal, values.decimal_serializer(None)),
    (UUID, str),
    (bytes, values.serialize_bytes),
)
