"""Scalars of the catalog as GraphQL scalars: how a literal or a variable becomes a Python value.

Both ways end in the catalog's own parsers. Columns may have variants of one scalar, while the graph has one
scalar of that name: it takes what any column takes and yields the form that loses nothing (a DateTime is
aware and in UTC), which the query makes fit the column. A value no column takes is a GraphQLError that
keeps the code and the hint of the gateway's error.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from graphql import (
    BooleanValueNode,
    FloatValueNode,
    GraphQLError,
    GraphQLScalarType,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    print_ast,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature
from graphql.execution.values import VariableValues, VariableValueSource
from strawberry.types.scalar import ScalarDefinition

from gateway.catalog import values
from gateway.catalog.scalars import SCALARS
from gateway.catalog.types import Scalar
from gateway.errors import BadUserInput, GatewayError


def scalar_definition(scalar: Scalar) -> ScalarDefinition:
    """A custom scalar of the catalog for Strawberry's `scalar_map`."""
    implementation = graphql_scalar(scalar)
    return ScalarDefinition(
        name=scalar.name,
        description=scalar.description,
        specified_by_url=scalar.specified_by,
        serialize=implementation.coerce_output_value,
        parse_value=implementation.coerce_input_value,
        parse_literal=None,
        origin=implementation,
        implementation=implementation,
    )


def graphql_scalar(scalar: Scalar) -> GraphQLScalarType:
    parse = parser_of(scalar)
    return GraphQLScalarType(
        scalar.name,
        coerce_output_value=scalar.serialize or (lambda value: value),
        coerce_input_value=lambda value: coerce(lambda: parse(value), None),
        coerce_input_literal=lambda node: coerce(lambda: parse(literal_value(node, scalar)), node),
        description=scalar.description,
        specified_by_url=scalar.specified_by,
    )


def parser_of(scalar: Scalar) -> Callable[[Any], Any]:
    """JSON value to Python value, for every column that has this scalar or a variant of it."""
    return any_big_int if scalar.name == "BigInt" else SCALARS.get(scalar.name, scalar).parse


def any_big_int(value: Any) -> int:
    """A signed or an unsigned 64-bit integer. Raises BadUserInput."""
    try:
        return values.parse_unsigned_big_int(value)
    except BadUserInput:
        return values.parse_big_int(value)


def coerce(parse: Callable[[], Any], node: ValueNode | None) -> Any:
    """What `parse` returns; its GatewayError as a GraphQLError at the literal, if there is one."""
    try:
        return parse()
    except GatewayError as error:
        raise GraphQLError(error.message, node, original_error=error, extensions=error.extensions) from error


def literal_value(node: ValueNode, scalar: Scalar) -> Any:
    """The JSON value a literal stands for. Raises BadUserInput for a bare word, which JSON does not have.

    A decimal number is its text, because a float would lose digits (`1.10`, `0.1234567890123456789`).
    """
    match node:
        case StringValueNode() | BooleanValueNode():
            return node.value
        case IntValueNode() | FloatValueNode() if scalar.name == "Decimal":
            return node.value
        case IntValueNode():
            return whole_number(node.value, scalar.name)
        case FloatValueNode():
            return float(node.value)
        case NullValueNode():
            return None
        case ListValueNode():
            return [literal_value(item, scalar) for item in node.values]
        case ObjectValueNode():
            return {member.name.value: literal_value(member.value, scalar) for member in node.fields}
    raise BadUserInput(
        f"{scalar.name} cannot represent {print_ast(node)}", hint="Write text in quotation marks."
    )


def variable_values(coerced: Mapping[str, Any]) -> VariableValues:
    """Coerced variables as graphql-core takes them, so that a literal of JSON may have them inside.

    It puts a literal in a variable's place first, of the value as it was sent, in which numbers, ids and
    enums are no longer what they were. Here the value itself stands in a node. Of a variable that was not
    given, the key of an object is left out, and an item of a list is null.
    """
    sources = {
        name: VariableValueSource(GraphQLVariableSignature(name, _AS_IT_IS, None), value)
        for name, value in coerced.items()
    }
    return VariableValues(sources, dict(coerced))


_AS_IT_IS = GraphQLScalarType("AsItIs", value_to_literal=lambda value: StringValueNode(value=as_json(value)))


def whole_number(text: str, type_name: str) -> int:
    """The number that digits stand for. Raises BadUserInput when Python would take too long to read them."""
    if len(text) > _DIGITS_MAX:
        raise values.refused(type_name, text, f"at most {_DIGITS_MAX} digits, or text")
    return int(text)


_DIGITS_MAX = 1000


def as_json(value: Any) -> Any:
    """A coerced value of a variable as the graph shows such values; numbers stay numbers."""
    if isinstance(value, dict):
        return {key: as_json(part) for key, part in value.items()}
    if isinstance(value, list):
        return [as_json(part) for part in value]
    if isinstance(value, Enum):
        return _label(value)
    show = _SHOWN.get(type(value))
    return value if show is None else show(value)


_SHOWN: Mapping[type, Callable[[Any], Any]] = {
    datetime: values.serialize_date_time,
    date: values.serialize_date,
    time: values.serialize_time,
    Decimal: values.decimal_serializer(None),
    UUID: str,
    bytes: values.serialize_bytes,
}


def _label(member: Enum) -> str:
    """The name of an enum's value in the graph."""
    definition = getattr(type(member), "__strawberry_definition__", None)
    if definition is None:  # made of a column, its members' values are the labels
        return str(member.value)
    return next((str(each.name) for each in definition.values if each.value == member.value), member.name)
