"""Arguments and variables as the reader sees them: their structure, and for leaves only where the value is.

What may change a statement's shape (null, absent, an enum, a Boolean, the entity in an id, NULLs inside a
cursor) is part of a `Given`; other values are not. So the `Given`s of an operation's variables are both
the material of the reader and the key of the plan cache.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
    value_from_ast,
)

from gateway.query.ids import cursor_forms, entity_of_id
from gateway.query.parameters import ListOf, Literal, Origin, Variable


@dataclass(frozen=True, slots=True)
class Absent:
    """Not sent. `variable` names the variable that should have been, when the document uses one here."""

    variable: str | None = None


@dataclass(frozen=True, slots=True)
class Null:
    pass


@dataclass(frozen=True, slots=True)
class Leaf:
    """A scalar, or a list of scalars. `known` is what the shape depends on, None for most.

    For a list `known` is "empty", "null inside" or the entities of its ids.
    """

    origin: Origin
    known: Hashable = None


@dataclass(frozen=True, slots=True)
class Items:
    """A list of input objects."""

    items: "tuple[Given, ...]"


@dataclass(frozen=True, slots=True)
class Fields:
    """An input object: only the fields that were written or sent."""

    fields: "tuple[tuple[str, Given], ...]"

    def get(self, name: str) -> "Given":
        return dict(self.fields).get(name, ABSENT)


Given = Absent | Null | Leaf | Items | Fields
ABSENT: Final = Absent()
NULL: Final = Null()
EMPTY: Final = "empty"
NULL_INSIDE: Final = "null inside"


def given_value(value: Any, kind: GraphQLInputType, path: tuple[str | int, ...], cursor: bool) -> Given:
    """A coerced variable's value, or a part of it at `path`."""
    if value is None:
        return NULL
    kind = _nullable(kind)
    if isinstance(kind, GraphQLList):
        inner = _nullable(kind.of_type)
        if isinstance(inner, GraphQLInputObjectType):
            return Items(
                tuple(
                    given_value(item, inner, (*path, position), cursor) for position, item in enumerate(value)
                )
            )
        return Leaf(Variable(path), _known_list(value, inner))
    if isinstance(kind, GraphQLInputObjectType):
        given = (
            (name, given_value(value[name], field.type, (*path, name), cursor))
            for name, field in kind.fields.items()
            if name in value
        )
        return Fields(tuple(given))
    return Leaf(Variable(path), _known(value, kind, cursor))


def given_ast(
    node: ValueNode | None, kind: GraphQLInputType, variables: Mapping[str, Given], cursor: bool = False
) -> Given:
    """A value written in the document, with variables filled in."""
    if node is None:
        return ABSENT
    if isinstance(node, VariableNode):
        found = variables.get(node.name.value, ABSENT)
        return Absent(node.name.value) if isinstance(found, Absent) else found
    if isinstance(node, NullValueNode):
        return NULL
    kind = _nullable(kind)
    if isinstance(kind, GraphQLList):
        return _given_list(node, kind, variables)
    if isinstance(kind, GraphQLInputObjectType):
        assert isinstance(node, ObjectValueNode)
        written = {field.name.value: field.value for field in node.fields}
        given = (
            (name, given_ast(written[name], field.type, variables, cursor))
            for name, field in kind.fields.items()
            if name in written
        )
        return Fields(tuple(given))
    value = value_from_ast(node, kind)
    return Leaf(Literal(value), _known(value, kind, cursor))


def _given_list(node: ValueNode, kind: GraphQLList[Any], variables: Mapping[str, Given]) -> Given:
    inner = _nullable(kind.of_type)
    items = node.values if isinstance(node, ListValueNode) else (node,)
    if isinstance(inner, GraphQLInputObjectType):
        return Items(tuple(given_ast(item, inner, variables) for item in items))
    parts = [given_ast(item, inner, variables) for item in items]
    if any(isinstance(part, Null | Absent) for part in parts):
        return Leaf(Literal(()), NULL_INSIDE)
    origins = [part.origin for part in parts if isinstance(part, Leaf)]
    if all(isinstance(origin, Literal) for origin in origins):
        values = tuple(origin.value for origin in origins if isinstance(origin, Literal))
        return Leaf(Literal(values), _known_list(values, inner))
    if not _is_id(inner):
        return Leaf(ListOf(tuple(origins)))
    named: list[Any] = [part.known for part in parts if isinstance(part, Leaf)]
    return Leaf(ListOf(tuple(origins)), tuple(dict.fromkeys(name for (name,) in named)))


def _nullable(kind: Any) -> Any:
    return kind.of_type if isinstance(kind, GraphQLNonNull) else kind


def _is_id(kind: Any) -> bool:
    return getattr(kind, "name", None) == "ID"


def _known(value: Any, kind: Any, cursor: bool) -> Hashable:
    if isinstance(kind, GraphQLEnumType):
        return value.value if isinstance(value, Enum) else str(value)
    if isinstance(value, bool):
        return value
    if _is_id(kind):
        return (entity_of_id(value),)
    return cursor_forms(value) if cursor and isinstance(value, str) else None


def _known_list(values: Any, kind: Any) -> Hashable:
    if not values:
        return EMPTY
    if any(value is None for value in values):
        return NULL_INSIDE
    return tuple(dict.fromkeys(entity_of_id(value) for value in values)) if _is_id(kind) else None
