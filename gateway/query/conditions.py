"""Conditions on rows: three-valued, as SQL is, and two-valued at the border of a relation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

import sqlalchemy as sa

from gateway.catalog.types import Entity, Relation
from gateway.query.parameters import Parameter


class Operator(StrEnum):
    """Comparisons of a field with one value, spelled as in the filter inputs."""

    EQ = "eq"
    NEQ = "neq"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    LIKE = "like"
    I_LIKE = "iLike"


class Quantifier(StrEnum):
    """How many related rows must meet a condition; `every` holds when there is none."""

    SOME = "some"
    EVERY = "every"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Compare:
    """`field operator value`. contains, startsWith and endsWith are LIKE with an escaped pattern."""

    field: str
    operator: Operator
    value: Parameter


@dataclass(frozen=True, slots=True)
class In:
    """The fields' values, as a tuple when several, are in a list (or not). The list is not empty."""

    fields: tuple[str, ...]
    values: Parameter
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsNull:
    field: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """True when every part is; with no part, always."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when some part is; with no part, never."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: "Condition"


@dataclass(frozen=True, slots=True)
class NotTrue:
    """The part is false or unknown; itself never unknown."""

    part: "Condition"


@dataclass(frozen=True, slots=True)
class Related:
    """Related rows meet a condition; a to-one relation asks for `some`. Never unknown.

    `rows` is the condition on the related rows that the caller may see; the planner adds it.
    """

    relation: Relation
    target: Entity
    quantifier: Quantifier
    condition: "Condition"
    rows: sa.ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class CountTest:
    """A comparison of a number of rows; `operator` is one of Operator, "in" or "nin"."""

    operator: str
    value: Parameter


@dataclass(frozen=True, slots=True)
class RelatedCount:
    """The number of related rows meets every test. `zero` is whether no row at all would meet them."""

    relation: Relation
    target: Entity
    tests: tuple[CountTest, ...]
    zero: Parameter
    rows: sa.ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class KeyIn:
    """The row's key is among those a node of the plan found; put there by the planner. Never unknown.

    Where `flipped` is true, the node found the keys that fail, and the row's key must not be among them.
    """

    attributes: tuple[str, ...]
    node: int
    flipped: Parameter | None = None


Condition = Compare | In | IsNull | All | AnyOf | Not | NotTrue | Related | RelatedCount | KeyIn


def rewrite(condition: Condition, leaf: Callable[[Condition], Condition]) -> Condition:
    """The condition with every part that is no connective replaced by `leaf` of it."""
    match condition:
        case All(parts):
            return All(tuple(rewrite(part, leaf) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(rewrite(part, leaf) for part in parts))
        case Not(part):
            return Not(rewrite(part, leaf))
        case NotTrue(part):
            return NotTrue(rewrite(part, leaf))
    return leaf(condition)


def leaves(condition: Condition) -> Iterator[Condition]:
    """The parts that are no connectives; conditions inside a relation are not entered."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part) | NotTrue(part):
            yield from leaves(part)
        case _:
            yield condition


def inside(condition: Related, change: Callable[[Condition], Condition]) -> Related:
    """A relation's condition with its inner condition changed."""
    return replace(condition, condition=change(condition.condition))
