"""Scalars of the catalog as GraphQL scalars: how a literal or a variable becomes a Python value.

Both ways end in the catalog's own parsers. Columns may have variants of one scalar, while the graph has one
scalar of that name: it takes what any column takes and yields the form that loses nothing (a DateTime is
aware and in UTC), which the query makes fit the column. A value no column takes is a GraphQLError that
keeps the code and the hint of the gateway's error.
"""

from collections.abc import Callable
from typing import Any

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
            return int(node.value)
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
