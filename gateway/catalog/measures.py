"""Aggregate functions: which fields of an entity each takes, and the scalar it yields.

Sums and averages are exact where the field is: a sum of Int is a BigInt, a sum of BigInt a Decimal.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

from gateway.catalog.scalars import SCALARS
from gateway.catalog.types import Entity, Field, Operators, Scalar

FUNCTIONS = ("countDistinct", "sum", "avg", "min", "max")
"""In the order the graph shows them; `count` takes no field."""

_NUMBERS = frozenset({"Int", "BigInt", "Decimal", "Float"})
DEFAULT_SCALE = 6
"""Digits that are summed of a Decimal column that declares no scale, where the database has only floats."""
_EXTRA_PLACES = 6
"""Digits an average has beyond the scale of its field, trailing zeros left out."""
_WIDE = Context(prec=200)


@dataclass(frozen=True, slots=True)
class Measure:
    """One aggregate function over one field; `count` has none. `field` is a GraphQL name."""

    function: str
    field: str | None = None

    def __str__(self) -> str:
        return self.function if self.field is None else f"{self.function} of {self.field}"


COUNT = Measure("count")


def parts_of(measure: Measure) -> int:
    """How many columns a measure takes: an average is made of a sum and a count."""
    return 2 if measure.function == "avg" else 1


def takes(function: str, field: Field) -> bool:
    """Whether a function has a meaning for a field."""
    scalar = field.scalar
    if function == "countDistinct":
        return scalar.operators is not Operators.NONE
    if function in ("sum", "avg"):
        return scalar.name in _NUMBERS
    return scalar.operators in (Operators.ORDER, Operators.TEXT) and scalar.sortable


def measured_fields(entity: Entity, function: str) -> tuple[Field, ...]:
    return tuple(field for field in entity.fields.values() if takes(function, field))


def scalar_of_measure(measure: Measure, entity: Entity, stored: bool = False) -> Scalar:
    """The GraphQL scalar of a measure's value; it parses what it serializes. `stored`: of what is stored."""
    if measure.field is None or measure.function == "countDistinct":
        return SCALARS["Int"]
    field = entity.fields[measure.field]
    scalar = field.sorted_as.scalar if stored else field.scalar
    match measure.function:
        case "sum":
            return _SUMS.get(scalar.name, scalar)
        case "avg":
            return scalar if scalar.name == "Float" else _AVERAGE
    return scalar


def _plain(value: Any) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_BIG_SUM = replace(SCALARS["BigInt"], serialize=str, parse=lambda value: int(value))
_WHOLE_SUM = replace(SCALARS["Decimal"], serialize=lambda value: str(int(value)))
_AVERAGE = replace(SCALARS["Decimal"], serialize=_plain)
_SUMS = {"Int": _BIG_SUM, "BigInt": _WHOLE_SUM}


def average(field: Field) -> Callable[[Any, int], Any]:
    """Mean from an exact sum and a count: the same digits whatever database summed."""
    if field.scalar.name == "Float":
        return lambda total, count: total / count
    places = (getattr(field.column.type, "scale", None) or 0) + _EXTRA_PLACES
    # Exact until it is rounded, half to even: decimal's own division would round twice.
    return lambda total, count: Decimal(round(Fraction(total) * 10**places / count)).scaleb(-places, _WIDE)
