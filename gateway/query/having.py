"""Conditions on groups: comparisons of their measures, three-valued as SQL is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gateway.catalog.measures import Measure
from gateway.errors import BadUserInput
from gateway.query.parameters import Parameter


@dataclass(frozen=True, slots=True)
class MeasureTest:
    """A comparison of a measure; `operator` is one of Operator, "in", "nin", or "isNull" without a value."""

    measure: Measure
    operator: str
    value: Parameter | None = None

    def __str__(self) -> str:
        return f"{self.measure} {self.operator}" + ("" if self.value is None else f" {self.value}")


@dataclass(frozen=True, slots=True)
class HavingAll:
    """True when every part is; with no part, always."""

    parts: tuple["Having", ...]

    def __str__(self) -> str:
        return f"({' and '.join(map(str, self.parts))})" if self.parts else "true"


@dataclass(frozen=True, slots=True)
class HavingAny:
    """True when some part is; with no part, never."""

    parts: tuple["Having", ...]

    def __str__(self) -> str:
        return f"({' or '.join(map(str, self.parts))})" if self.parts else "false"


@dataclass(frozen=True, slots=True)
class HavingNot:
    part: "Having"

    def __str__(self) -> str:
        return f"not {self.part}"


Having = MeasureTest | HavingAll | HavingAny | HavingNot


def measures_of(having: Having) -> Iterator[Measure]:
    """The measures a condition compares."""
    match having:
        case MeasureTest(measure):
            yield measure
        case HavingAll(parts) | HavingAny(parts):
            for part in parts:
                yield from measures_of(part)
        case HavingNot(part):
            yield from measures_of(part)


_MOST_DIGITS = 38


@dataclass(frozen=True, slots=True)
class ToSum:
    """What a sum is compared with; refused with more digits than are compared exactly."""

    name: str

    def __call__(self, value: Any) -> Any:
        if isinstance(value, Decimal):
            digits = len(value.normalize().as_tuple().digits)
            if digits > _MOST_DIGITS or abs(value.adjusted()) > _MOST_DIGITS:
                raise BadUserInput(
                    f"The number given for the sum of {self.name!r} has more digits than are compared.",
                    hint=f"Give at most {_MOST_DIGITS} digits.",
                )
        return value

    def __str__(self) -> str:
        return f"sum of {self.name}"


@dataclass(frozen=True, slots=True)
class EachOf:
    """A list of values of one kind, duplicates dropped, at most `limit` long."""

    convert: Callable[[Any], Any]
    limit: int

    def __call__(self, values: Sequence[Any]) -> list[Any]:
        if len(values) > self.limit:
            raise BadUserInput(
                f"{len(values)} values were given; at most {self.limit} are taken.",
                hint="Give fewer, or raise the setting in_max.",
            )
        return list(dict.fromkeys(self.convert(value) for value in values))

    def __str__(self) -> str:
        return f"each {self.convert}"
