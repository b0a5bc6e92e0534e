"""Aggregates of rows in plain Python, and how the answer shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from gateway.catalog.types import Entity, Field, Operators
from tests.differential.data import Row
from tests.differential.tables import Tables

FUNCTIONS = ("countDistinct", "sum", "avg", "min", "max")
NUMBERS = ("Int", "BigInt", "Decimal", "Float")
AVERAGE_PLACES = 6
"""Digits an average has beyond those of its field."""


@dataclass(frozen=True)
class Near:
    """A float that depends on the order in which rows are added."""

    value: float


@dataclass(frozen=True)
class OneOf:
    """Values that are equal for the database, which may show any of them."""

    values: tuple[Any, ...]


def takes(function: str, field: Field) -> bool:
    """Whether the graph offers a function for a field."""
    kind = field.scalar.operators
    if function == "countDistinct":
        return kind is not Operators.NONE
    if function in ("sum", "avg"):
        return field.scalar.name in NUMBERS
    return kind in (Operators.ORDER, Operators.TEXT)


def fields_of(entity: Entity, function: str) -> list[Field]:
    return [field for field in entity.fields.values() if takes(function, field)]


def measured(function: str, field: Field, entity: Entity, rows: Sequence[Row], tables: Tables) -> Any:
    """The value of sum, min, max or countDistinct to compare by; None over nothing."""
    comparable = tables.comparable(entity, field.name)
    stored = [row[field.attribute] for row in rows if row[field.attribute] is not None]
    if function == "countDistinct":
        return len(set(map(comparable, stored)))
    if not stored:
        return None
    if function == "sum":
        return sum(stored)
    return (min if function == "min" else max)(map(comparable, stored))


def shown(function: str, field: Field, entity: Entity, rows: Sequence[Row], tables: Tables) -> Any:
    """The value of a function as the answer has it."""
    if function == "avg":
        return _average(field, rows)
    value = measured(function, field, entity, rows, tables)
    if value is None or function == "countDistinct":
        return value
    name, serialize = field.scalar.name, field.scalar.serialize
    if function == "sum":
        if name == "Float":
            return Near(value)
        return str(value) if name in ("Int", "BigInt") or serialize is None else serialize(value)
    comparable = tables.comparable(entity, field.name)
    equal = {row[field.attribute] for row in rows if row[field.attribute] is not None}
    values = [each for each in equal if comparable(each) == value]
    return OneOf(tuple(each if serialize is None else serialize(each) for each in values))


def _average(field: Field, rows: Sequence[Row]) -> Any:
    stored = [row[field.attribute] for row in rows if row[field.attribute] is not None]
    if not stored:
        return None
    if field.scalar.name == "Float":
        return Near(sum(stored) / len(stored))
    places = (getattr(field.column.type, "scale", None) or 0) + AVERAGE_PLACES
    # A Fraction is exact, and rounds half to even.
    units = round(sum(map(Fraction, stored), Fraction(0)) / len(stored) * 10**places)
    digits = str(abs(units)).rjust(places + 1, "0")
    text = f"{digits[:-places]}.{digits[-places:]}".rstrip("0").rstrip(".")
    return f"-{text}" if units < 0 else text
