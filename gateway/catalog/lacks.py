"""What a type of the app's own cannot do: it binds a few values, and what is stored for them tells."""

from collections.abc import Iterator
from contextlib import suppress
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from gateway.catalog.python_types import stored_class

if TYPE_CHECKING:
    from gateway.catalog.decorated import Decorated


class Use(StrEnum):
    """What a field may be asked for besides being shown."""

    EQUAL = "conditions"
    TEXT = "text conditions"
    ORDER = "orders"
    SUM = "sums"
    PERIOD = "periods"


def lacking(kind: "Decorated") -> Iterator[tuple[Use, str]]:
    """What the type cannot be asked for, and why."""
    scalar = kind.form.scalar
    pairs = list(_stored_samples(kind))
    if scalar.is_enum:
        kept = list(kind.labels.values())
        if len(kept) < len(scalar.values) or len(set(map(repr, kept))) < len(kept):
            yield Use.EQUAL, "not every one of its values can be stored"
            yield Use.ORDER, "not every one of its values can be stored"
        return
    if not _repeats(kind, pairs):
        reason = "it stores the same value in different ways, or gives another one back"
        yield from ((each, reason) for each in (Use.EQUAL, Use.TEXT, Use.ORDER, Use.SUM, Use.PERIOD))
        return
    if not _ascends(kind, pairs):
        yield Use.ORDER, "what it stores sorts in another order"
    if scalar.name == "String" and not _stores_text(kind):
        yield Use.TEXT, "it stores other text than it shows"
    if scalar.name in ("Int", "BigInt", "Decimal", "Float") and not _adds_up(kind):
        yield Use.SUM, "what it stores does not add up"
    if scalar.name in ("DateTime", "Date") and not isinstance(kind.plain, sa.DateTime | sa.Date):
        yield Use.PERIOD, "the database does not know its dates"


def _stored_samples(kind: "Decorated") -> Iterator[tuple[Any, Any]]:
    for sample in kind.form.samples:
        with suppress(Exception):
            yield sample, kind.bind(sample)


def _repeats(kind: "Decorated", pairs: list[tuple[Any, Any]]) -> bool:
    """Whether equal values are stored alike, and are shown again as they were in most cases."""
    shown: list[bool] = []
    for sample, kept in pairs:
        with suppress(Exception):
            if kind.bind(sample) != kept:
                return False
            again = kind.made(kept)  # raises for what a type of few values does not know
            show: Any = kind.scalar.serialize
            shown.append(bool(again == sample) or show(again) == show(sample))
    return 2 * sum(shown) >= len(shown)


def _ascends(kind: "Decorated", pairs: list[tuple[Any, Any]]) -> bool:
    """Whether what is stored sorts as what is shown does."""
    if len(pairs) < 2:
        return (
            stored_class(kind.stored) is str if kind.form.scalar.name == "String" else not kind.form.samples
        )
    kept = [each for _, each in pairs]
    with suppress(Exception):
        return all(bool(one < other) for one, other in pairwise(kept))
    return False


def _stores_text(kind: "Decorated") -> bool:
    """Whether parts of what is shown are parts of what is stored, but for the case of letters."""
    if not isinstance(kind.plain, sa.String):
        return False
    for text in ("abc", "ABC", "abC1"):
        with suppress(Exception):
            if kind.bind(text) == text and kind.read(text) == text:
                return True
    return not list(_stored_samples(kind))


def _adds_up(kind: "Decorated") -> bool:
    """Whether the sum of what is stored is what is stored for the sum."""
    stored = kind.plain
    if not isinstance(stored, sa.Integer | sa.Numeric) or isinstance(kind.stored, TypeDecorator):
        return False
    with suppress(Exception):
        one, other, both = (kind.read(kind.number(each)) for each in (300, 500, 800))
        return bool(one + other == both == 800 * kind.unit and kind.unit > 0)
    return False
