"""The catalog as a Strawberry schema.

`types.py` and `inputs.py` describe the graph; here the description becomes Strawberry definitions, made
directly: first every type without fields, so that types can name each other, then the fields. No class
body is evaluated and no annotation is read, which is what makes a large catalog quick to build.
"""

from enum import Enum
from typing import Any, NoReturn

import strawberry
from graphql import GraphQLInputObjectType, GraphQLSchema
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig
from strawberry.schema_directives import OneOf
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.scalar import ScalarDefinition

from gateway.catalog.types import Catalog
from gateway.errors import GatewayError
from gateway.schema.inputs import EnumType, InputType, InputValue
from gateway.schema.output import ObjectType, OutputField
from gateway.schema.scalars import scalar_definition
from gateway.schema.types import Graph, describe_graph

BUILT_IN = {"Int": int, "Float": float, "String": str, "Boolean": bool, "ID": strawberry.ID}


def build_schema(
    catalog: Catalog, schema_class: type[strawberry.Schema] = strawberry.Schema
) -> strawberry.Schema:
    """The schema of a catalog. Raises ConfigurationError when two types or fields would share a name.

    Its generated fields are answered by the pipeline; resolving one through Strawberry is an error.
    """
    graph = describe_graph(catalog)
    made = StrawberryTypes(graph)
    schema = schema_class(
        query=made.query,
        types=made.entities,
        config=StrawberryConfig(auto_camel_case=False, scalar_map=made.scalar_map),
    )
    mark_one_of(schema, graph)
    return schema


def graphql_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """The graphql-core schema inside a Strawberry schema; Strawberry has no public name for it."""
    return schema._schema


def mark_one_of(schema: strawberry.Schema, graph: Graph) -> None:
    """Tell graphql-core which inputs are `@oneOf`.

    Strawberry keeps it to itself and checks it by a rule and a hook of its own; with the mark
    graphql-core validates literals and variables and prints the directive.
    """
    type_map = graphql_schema(schema).type_map
    for described in graph.inputs:
        made = type_map.get(described.name)
        if described.one_of and isinstance(made, GraphQLInputObjectType):
            made.is_one_of = True


class PlannedField(StrawberryField):
    """A field of the generated graph: Strawberry knows its type and arguments, never its value."""

    def get_result(self, *_: Any, **__: Any) -> NoReturn:
        raise GatewayError(
            f"'{self.python_name}' is answered by the gateway's pipeline: execute through GatewaySchema"
        )


class StrawberryTypes:
    """The Strawberry types of a described graph.

    `query` is the root class, `entities` the object classes that implement Node, `scalar_map` what
    `StrawberryConfig` wants to know about custom scalars.
    """

    def __init__(self, graph: Graph) -> None:
        # A scalar's own class is only a key of the scalar map; no value ever is an instance of it.
        scalars = {scalar.name: type(scalar.name, (), {}) for scalar in graph.scalars}
        self.scalar_map: dict[object, ScalarDefinition] = {
            scalars[scalar.name]: scalar_definition(scalar) for scalar in graph.scalars
        }
        self._named: dict[str, Any] = {**BUILT_IN, **scalars}
        self._named.update((described.name, enum_definition(described)) for described in graph.enums)
        self._annotations: dict[str, StrawberryAnnotation] = {}
        described: tuple[ObjectType | InputType, ...] = (*graph.objects, graph.query, *graph.inputs)
        for type_ in described:
            self._declare(type_)
        for type_ in described:
            self._define(type_)
        self.query: type[Any] = self._named[graph.query.name]
        self.entities = [self._named[type_.name] for type_ in graph.objects if type_.implements]

    def _declare(self, described: ObjectType | InputType) -> None:
        """Make a type without fields. Interfaces come before the types that implement them."""
        is_input = isinstance(described, InputType)
        implements = described.implements if isinstance(described, ObjectType) else ()
        interfaces = tuple(self._named[name] for name in implements)
        made: Any = type(described.name, interfaces, {"__module__": __name__})
        made.__strawberry_definition__ = StrawberryObjectDefinition(
            name=described.name,
            is_input=is_input,
            is_interface=isinstance(described, ObjectType) and described.interface,
            origin=made,
            description=described.description,
            interfaces=[interface.__strawberry_definition__ for interface in interfaces],
            extend=False,
            directives=[OneOf()] if isinstance(described, InputType) and described.one_of else [],
            is_type_of=None,
            resolve_type=None,
            fields=[],
        )
        self._named[described.name] = made

    def _define(self, described: ObjectType | InputType) -> None:
        """Give a declared type its fields."""
        origin = self._named[described.name]
        fields = [self._field(field, origin) for field in described.fields]
        origin.__strawberry_definition__.fields.extend(fields)

    def _field(self, described: OutputField | InputValue, origin: type[Any]) -> StrawberryField:
        field_class = PlannedField if isinstance(described, OutputField) else StrawberryField
        field = field_class(
            python_name=described.name,
            graphql_name=described.name,
            type_annotation=self._annotation(described.type),
            origin=origin,
            description=described.description,
        )
        if isinstance(described, OutputField):
            field.arguments = [self._argument(argument) for argument in described.arguments]
        return field

    def _argument(self, described: InputValue) -> StrawberryArgument:
        return StrawberryArgument(
            python_name=described.name,
            graphql_name=described.name,
            type_annotation=self._annotation(described.type),
            description=described.description,
        )

    def _annotation(self, notation: str) -> StrawberryAnnotation:
        """Strawberry's annotation for a type in GraphQL's notation; one object however often it is used."""
        annotation = self._annotations.get(notation)
        if annotation is None:
            annotation = self._annotations[notation] = StrawberryAnnotation(self._type(notation))
        return annotation

    def _type(self, notation: str) -> Any:
        if not notation.endswith("!"):
            return StrawberryOptional(self._type(notation + "!"))
        nullable = notation[:-1]
        if nullable.startswith("["):
            return StrawberryList(self._type(nullable[1:-1]))
        return self._named[nullable]


def enum_definition(described: EnumType) -> StrawberryEnumDefinition:
    """A described enum; a value from a client becomes a member whose `value` is the label."""
    # The prefix keeps labels such as `mro` or `_x_` clear of the names Python's Enum reserves.
    members = Enum(described.name, {f"label_{label}": label for label, _ in described.values})  # type: ignore[misc]
    return StrawberryEnumDefinition(
        wrapped_cls=members,
        name=described.name,
        values=[EnumValue(label, label, description=text) for label, text in described.values],
        description=described.description,
    )
