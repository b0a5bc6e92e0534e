"""Generated types as graphql-core's own, made without Strawberry, which takes several times as long.

Strawberry has a part only in what an app's own resolvers may change: the roots, entities with own fields,
scalars and enums. Everything else stands in its converter's map of types before it looks there.
"""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.schema.types import ConcreteType
from strawberry.schema_directives import OneOf
from strawberry.types.base import StrawberryObjectDefinition

from gateway.schema.inputs import InputType, InputValue
from gateway.schema.output import ObjectType, OutputField


class CoreTypes:
    """Types made from their descriptions; `named` are Strawberry's types by name, for those it makes.

    Fields are made when somebody looks at them, so types may name each other.
    """

    def __init__(self, converter: GraphQLCoreConverter, named: Mapping[str, Any]) -> None:
        self._converter = converter
        self._named = named
        self._types: dict[str, Any] = {}

    def add(self, described: Iterable[ObjectType | InputType]) -> None:
        """Put the types where the converter finds them."""
        for each in described:
            definition = self._definition(each)
            made = self._input(each, definition) if isinstance(each, InputType) else self._object(each)
            self._converter.type_map[each.name] = ConcreteType(definition=definition, implementation=made)
            self._types[each.name] = made

    def _definition(self, described: ObjectType | InputType) -> StrawberryObjectDefinition:
        """Strawberry's own, of a type that it knows; of others only what somebody looks at."""
        known = self._named.get(described.name)
        if known is not None:
            definition: StrawberryObjectDefinition = known.__strawberry_definition__
            return definition
        one_of = isinstance(described, InputType) and described.one_of
        return bare_definition(described, object, []) if one_of else _UNKNOWN

    def _input(self, described: InputType, definition: StrawberryObjectDefinition) -> GraphQLNamedType:
        made = GraphQLInputObjectType(
            described.name, partial(self._input_fields, described.fields), description=described.description
        )
        if described.one_of:
            # graphql-core validates by its own mark, Strawberry's introspection looks at the definition.
            made.is_one_of = True
            made.extensions = {GraphQLCoreConverter.DEFINITION_BACKREF: definition}
        return made

    def _object(self, described: ObjectType) -> GraphQLNamedType:
        return GraphQLObjectType(
            described.name,
            partial(self._fields, described.fields),
            interfaces=lambda: [self._type(name) for name in described.implements],
            description=described.description,
        )

    def _input_fields(self, fields: tuple[InputValue, ...]) -> dict[str, GraphQLInputField]:
        return {
            each.name: GraphQLInputField(self._type(each.type), description=each.description)
            for each in fields
        }

    def _fields(self, fields: tuple[OutputField, ...]) -> dict[str, GraphQLField]:
        return {
            each.name: GraphQLField(
                self._type(each.type),
                {
                    argument.name: GraphQLArgument(
                        self._type(argument.type), description=argument.description
                    )
                    for argument in each.arguments
                },
                description=each.description,
            )
            for each in fields
        }

    def _type(self, notation: str) -> Any:
        """The type in GraphQL's notation; one object however often it is used."""
        found = self._types.get(notation)
        if found is None:
            found = self._types[notation] = self._made(notation)
        return found

    def _made(self, notation: str) -> Any:
        if notation.endswith("!"):
            return GraphQLNonNull(self._type(notation[:-1]))
        if notation.startswith("["):
            return GraphQLList(self._type(notation[1:-1]))
        return get_named_type(self._converter.from_type(self._named[notation]))


def bare_definition(
    described: ObjectType | InputType, origin: type[Any], interfaces: list[StrawberryObjectDefinition]
) -> StrawberryObjectDefinition:
    """Strawberry's definition of a type, without fields."""
    return StrawberryObjectDefinition(
        name=described.name,
        is_input=isinstance(described, InputType),
        is_interface=isinstance(described, ObjectType) and described.interface,
        origin=origin,
        description=described.description,
        interfaces=interfaces,
        extend=False,
        directives=[OneOf()] if isinstance(described, InputType) and described.one_of else [],
        is_type_of=None,
        resolve_type=None,
        fields=[],
    )


_UNKNOWN = bare_definition(ObjectType("", (), None), object, [])
"""Stands for the definitions of types that Strawberry never meets."""
