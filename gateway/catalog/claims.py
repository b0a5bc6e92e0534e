"""The types of claims in a `rows` condition: SQLAlchemy's where it says one, else that of what they meet.

A value of another kind than its column is compared in ways nobody meant: for MySQL, 0 equals every text that
is no number. So every claim has a type, and no claim is compared across the line of text and numbers.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import (
    AsBoolean,
    BinaryExpression,
    BindParameter,
    BooleanClauseList,
    Cast,
    CollectionAggregate,
    ExpressionClauseList,
    Grouping,
    Tuple,
    UnaryExpression,
)
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeEngine

from gateway.catalog.scalars import scalar_of_type
from gateway.sources.declare import CLAIM_PREFIX

Kind = TypeEngine[Any]
Test = sa.ColumnElement[bool]

_NUMBERS = frozenset({"Int", "BigInt", "Float", "Decimal", "Boolean"})
_TEXT = {"concat", "concat_ws", "lower", "ltrim", "replace", "reverse", "rtrim", "translate", "trim", "upper"}
_TEXT_FIRST = {"left", "lpad", "repeat", "right", "rpad", "substr", "substring", "substring_index"}
"""Functions that make text of text, of all arguments or of the first; SQLAlchemy knows no type of theirs."""
_LENGTH = {"bit_length", "char_length", "character_length", "instr", "length", "locate", "octet_length"}
"""Functions that make a number of texts."""
_AS_GIVEN = {"abs", "coalesce", "greatest", "ifnull", "isnull", "least", "max", "min", "nullif", "nvl"}
"""Functions whose result has the type of an argument."""
_PATTERNS = frozenset(
    {
        operators.like_op,
        operators.not_like_op,
        operators.ilike_op,
        operators.not_ilike_op,
        operators.regexp_match_op,
        operators.not_regexp_match_op,
    }
)


def is_claim(element: Any) -> bool:
    """Whether an element of a condition stands for a claim of the caller."""
    return isinstance(element, BindParameter) and element.key.startswith(CLAIM_PREFIX)


def with_types(condition: Test) -> Test:
    """The condition with a type for each of its claims. Raises ValueError, which says what is wrong."""
    kinds: dict[int, Kind] = {}
    for claim, kind in [(condition, sa.Boolean()), *_met(condition)]:
        if not is_claim(claim) or kind is claim.type or _unknown(kind):
            continue
        known = kinds.setdefault(id(claim), kind)
        if repr(known) != repr(kind):
            raise ValueError(f"the claim {_name(claim)!r} is compared with values of different types")

    def replace(element: Any, **_: Any) -> Any:
        if not is_claim(element) or not (kind := kinds.get(id(element))):
            return None
        return sa.bindparam(element.key, type_=kind, required=True, expanding=element.expanding)

    typed: Test = visitors.replacement_traverse(condition, {}, replace) if kinds else condition
    _check(typed)
    return typed


def _check(condition: Test) -> None:
    for element in visitors.iterate(condition):
        if is_claim(element) and _unknown(element.type):  # type: ignore[attr-defined]
            raise ValueError(
                f"nothing says the type of the claim {_name(element)!r}; "
                f"give it one, as in claim({_name(element)!r}, sa.String)"
            )
        if isinstance(element, BinaryExpression) and operators.is_comparison(element.operator):
            _check_comparison(element)


def _check_comparison(element: BinaryExpression[Any]) -> None:
    left, right = _bare(element.left), _bare(element.right)
    if element.operator in _PATTERNS or not (is_claim(left) or is_claim(right)):
        return
    names = [getattr(scalar_of_type(_kind(side)), "name", None) for side in (left, right)]
    if None not in names and (names[0] in _NUMBERS) != (names[1] in _NUMBERS):
        own, other = names if is_claim(left) else reversed(names)
        raise ValueError(f"a claim of type {own} is compared with a value of type {other}")


def _met(condition: Test) -> Iterator[tuple[Any, Kind]]:
    """Elements that may be claims without a type, each with the type of what it meets."""
    for element in visitors.iterate(condition):
        match element:
            case BinaryExpression():
                yield from _compared(element)
            case FunctionElement():
                yield from _arguments(element)
            case Cast():
                yield from _untyped([element.clause], element.type)
            case BooleanClauseList():
                yield from _untyped(element.clauses, sa.Boolean())
            case AsBoolean():
                yield from _untyped([element.element], sa.Boolean())
            case UnaryExpression(operator=operators.inv):
                yield from _untyped([element.element], sa.Boolean())


def _compared(element: BinaryExpression[Any]) -> Iterator[tuple[Any, Kind]]:
    left, right = _bare(element.left), _bare(element.right)
    if element.operator in _PATTERNS:
        yield from ((side, sa.String()) for side in (left, right) if not _is_text(side))
        return
    if element.operator is operators.concat_op:
        yield from _untyped((left, right), sa.String())
        return
    for claim, other in ((left, right), (right, left)):
        kind = _kind(other)
        if not operators.is_comparison(element.operator):
            # What SQLAlchemy took for numbers stays so: text is not added.
            scalar = scalar_of_type(kind)
            kind = kind if scalar is not None and scalar.name in _NUMBERS else NullType()
        if isinstance(other, CollectionAggregate):
            yield claim, kind  # SQLAlchemy says Boolean
        elif isinstance(other, Tuple) and is_claim(claim):
            parts = [_kind(part) for part in other.clauses]
            if any(_unknown(part) for part in getattr(claim.type, "types", ())):
                yield claim, sa.types.TupleType(*parts)
        elif isinstance(claim, CollectionAggregate):
            item = sa.String() if isinstance(kind, sa.String) and not isinstance(kind, sa.Enum) else kind
            yield from _untyped([claim.element], NullType() if _unknown(kind) else sa.ARRAY(item))
        else:
            several = claim.clauses if isinstance(claim, ExpressionClauseList) else [claim]
            yield from _untyped(several, kind)


def _arguments(element: FunctionElement[Any]) -> Iterator[tuple[Any, Kind]]:
    given, name = list(element.clauses), getattr(element, "name", "").lower()
    if name in _TEXT | _LENGTH:
        yield from _untyped(given, sa.String())
    elif name in _TEXT_FIRST:
        yield from _untyped(given[:1], sa.String())
    elif name in _AS_GIVEN:
        yield from _untyped(given, _first_kind(given))


def _untyped(elements: Sequence[Any], kind: Kind) -> Iterator[tuple[Any, Kind]]:
    bare = map(_bare, elements)
    return ((each, kind) for each in bare if is_claim(each) and _unknown(each.type))


def _kind(element: Any) -> Kind:
    """The type of an element's values; NullType when nobody knows."""
    element = _bare(element)
    if isinstance(element, CollectionAggregate):
        inner = _kind(element.element)
        return inner.item_type if isinstance(inner, sa.ARRAY) else NullType()
    kind = getattr(element, "type", None) or NullType()
    if not _unknown(kind) or not isinstance(element, FunctionElement):
        return kind
    name = getattr(element, "name", "").lower()
    if name in _LENGTH:
        return sa.Integer()
    if name in _AS_GIVEN:
        return _first_kind(list(element.clauses))
    return sa.String() if name in _TEXT | _TEXT_FIRST else NullType()


def _first_kind(elements: Sequence[Any]) -> Kind:
    kinds = map(_kind, elements)
    return next((kind for kind in kinds if not _unknown(kind)), NullType())


def _bare(element: Any) -> Any:
    while isinstance(element, Grouping):
        element = element.element
    return element


def _is_text(element: Any) -> bool:
    """Whether nothing has to be said of a side of LIKE."""
    text = isinstance(element.type, sa.String) and not isinstance(element.type, sa.Enum)
    return text or not is_claim(element)


def _unknown(kind: Any) -> bool:
    return isinstance(kind, NullType) or any(map(_unknown, getattr(kind, "types", ())))


def _name(claim: Any) -> str:
    return str(claim.key).removeprefix(CLAIM_PREFIX)
