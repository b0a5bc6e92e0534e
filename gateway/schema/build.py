"""The catalog as a Strawberry schema.

`types.py` and `inputs.py` describe the graph; here the description becomes Strawberry definitions, made
directly: first every type without fields, so that types can name each other, then the fields. No class
body is evaluated and no annotation is read. What no resolver of an app can change is made by `core_types.py`,
which is what makes a large catalog quick to build.
"""

import gc
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any, NoReturn

import strawberry
from graphql import GraphQLSchema
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.name_converter import NameConverter
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition
from strawberry.types.field import StrawberryField
from strawberry.types.scalar import ScalarDefinition

from gateway.catalog.scalars import SCALARS
from gateway.catalog.types import Catalog
from gateway.errors import ConfigurationError, GatewayError, Problem
from gateway.schema.core_types import CoreTypes, bare_definition
from gateway.schema.inputs import EnumType, InputType, InputValue
from gateway.schema.output import ObjectType, OutputField
from gateway.schema.own_types import (
    PYTHON_SCALARS,
    row_arguments,
    rows_of,
    shown_type,
    with_ids,
    with_type,
)
from gateway.schema.scalars import scalar_definition
from gateway.schema.types import Graph, describe_graph

BUILT_IN = {"Int": int, "Float": float, "String": str, "Boolean": bool, "ID": strawberry.ID}


NAMES = NameConverter()
"""How names in Python become names of the graph."""

RENAME_HINT = 'Name it otherwise: @strawberry.field(name="…").'


class GraphSchema(strawberry.Schema):
    """A Strawberry schema that shows fields of an app's own types as `shown` says; None: as they are.

    `add_types` puts types that are made already into the converter, before it converts anything.
    """

    def __init__(
        self,
        shown: Callable[[StrawberryField], StrawberryField] | None,
        add_types: Callable[[GraphQLCoreConverter], None],
        **options: Any,
    ) -> None:
        self._shown = shown
        self._add_types = add_types
        super().__init__(**options)

    @property
    def schema_converter(self) -> GraphQLCoreConverter:
        return self._converter

    @schema_converter.setter
    def schema_converter(self, converter: GraphQLCoreConverter) -> None:
        # Strawberry makes its converter and converts in one step; this is the moment between.
        self._add_types(converter)
        self._converter = converter

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        fields = super().get_fields(type_definition)
        return fields if self._shown is None else [self._shown(field) for field in fields]


@dataclass(frozen=True, slots=True)
class OwnRoots:
    """An app's own root types: Strawberry classes whose fields stand beside the generated ones."""

    query: type[Any] | None = None
    mutation: type[Any] | None = None


def build_schema(
    catalog: Catalog, schema_class: type[GraphSchema] = GraphSchema, roots: OwnRoots | None = None
) -> GraphSchema:
    """The schema of a catalog. Raises ConfigurationError when two types or fields would share a name.

    Its generated fields are answered by the pipeline; resolving one through Strawberry is an error.
    """
    with uncollected():
        return _built(catalog, schema_class, roots)


@contextmanager
def uncollected() -> Iterator[None]:
    """Without garbage collection, which would walk a growing graph again and again and find nothing."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _built(catalog: Catalog, schema_class: type[GraphSchema], roots: OwnRoots | None) -> GraphSchema:
    graph = describe_graph(catalog)
    made = StrawberryTypes(graph, {entity.name for entity in catalog.entities.values() if entity.own})
    has_own = made.add_own(catalog, roots or OwnRoots())
    try:
        schema = schema_class(
            partial(made.shown, catalog) if has_own else None,
            made.add_core,
            query=made.query,
            mutation=made.mutation,
            types=made.entities,
            config=StrawberryConfig(scalar_map=made.scalar_map),
        )
    except Exception as error:
        if has_own:
            raise ConfigurationError([own_types_problem(error)]) from error
        raise
    return schema


def own_types_problem(error: Exception) -> Problem:
    """What Strawberry says of an app's own types."""
    hint = "Look at the types, annotations and names of your own resolvers."
    return Problem("own resolvers", str(error).strip().partition("\n")[0], hint)


def graphql_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """The graphql-core schema inside a Strawberry schema; Strawberry has no public name for it."""
    return schema._schema


class PlannedField(StrawberryField):
    """A field of the generated graph: Strawberry knows its type and arguments, never its value."""

    def get_result(self, *_: Any, **__: Any) -> NoReturn:
        raise GatewayError(
            f"'{self.python_name}' is answered by the gateway's pipeline: execute through GatewaySchema"
        )


class StrawberryTypes:
    """The Strawberry types of a described graph.

    `query` and `mutation` are the root classes, `entities` the object classes that implement an interface,
    `scalar_map` what `StrawberryConfig` wants to know about custom scalars. All but the roots, interfaces and
    `open_` entities, which have own fields, are only declared here: `add_core` makes them. Most are not even
    that, since only these and entities name classes, and a class takes 2 kB.
    """

    def __init__(self, graph: Graph, open_: Collection[str]) -> None:
        # A scalar's own class is only a key of the scalar map; no value ever is an instance of it.
        scalars = {scalar.name: type(scalar.name, (), {}) for scalar in graph.scalars}
        self.scalar_map: dict[object, ScalarDefinition] = {
            scalars[scalar.name]: scalar_definition(scalar) for scalar in graph.scalars
        }
        self._named: dict[str, Any] = {**BUILT_IN, **scalars}
        self._named.update((described.name, enum_definition(described)) for described in graph.enums)
        self._annotations: dict[str, StrawberryAnnotation] = {}
        roots = (graph.query, *((graph.mutation,) if graph.mutation is not None else ()))
        described: tuple[ObjectType | InputType, ...] = (*graph.objects, *roots, *graph.inputs)
        self._described = {type_.name: type_ for type_ in described}
        self._core: list[ObjectType | InputType] = [*graph.inputs]
        for each in (*graph.objects, *roots):
            if each.interface or each in roots or each.name in open_:
                self._define(each)
            else:
                self._core.append(each)
        self.query: type[Any] = self._class(graph.query.name)
        self.mutation: type[Any] | None = self._class(graph.mutation.name) if graph.mutation else None
        self.entities = [self._class(type_.name) for type_ in graph.objects if type_.implements]

    def _class(self, name: str) -> Any:
        """What stands for a type in Python. Object types are declared when they are first asked for."""
        found = self._named.get(name)
        return self._declare(self._described[name]) if found is None else found

    def add_core(self, converter: GraphQLCoreConverter) -> None:
        """Add the types that need nothing of Strawberry."""
        CoreTypes(converter, self._named).add(self._core)

    def add_own(self, catalog: Catalog, roots: OwnRoots) -> bool:
        """Add the fields of an app's own resolvers; returns whether there are any."""
        own = [
            (self._named[entity.name], field.resolver.field)
            for entity in catalog.entities.values()
            for field in entity.own.values()
        ]
        if roots.query is not None:
            own += [(self.query, field) for field in definition_of(roots.query).fields]
        if roots.mutation is not None:
            if self.mutation is None:
                self._declare(ObjectType("Mutation", (), "What can be changed."))
                self.mutation = self._named["Mutation"]
            own += [(self.mutation, field) for field in definition_of(roots.mutation).fields]
        taken = {
            owner: {NAMES.from_field(known) for known in definition_of(owner).fields} for owner, _ in own
        }
        problems = [
            Problem(f"{owner.__name__}.{name}", "the graph has a field of this name already", RENAME_HINT)
            for owner, field in own
            if (name := NAMES.from_field(field)) in taken[owner]
        ]
        if problems:
            raise ConfigurationError(problems)
        for owner, field in own:
            definition_of(owner).fields.append(field)
        by_name = {scalar.name: scalar for scalar in self.scalar_map.values()}
        for python, name in PYTHON_SCALARS.items() if own else ():
            self.scalar_map[python] = by_name.get(name) or scalar_definition(SCALARS[name])
        return bool(own)

    def shown(self, catalog: Catalog, field: StrawberryField) -> StrawberryField:
        """A field as clients see it: where its annotation names a mapped class, they see the entity."""
        if isinstance(field, PlannedField) or getattr(field.origin, "__module__", None) == __name__:
            return field
        given = row_arguments(field, catalog)
        field = with_ids(field, given) if given else field
        rows = rows_of(field.type, catalog)
        return (
            field if rows is None else with_type(field, shown_type(rows, lambda one: self._named[one.name]))
        )

    def _declare(self, described: ObjectType | InputType) -> Any:
        """Make a type without fields, and before it the interfaces that it implements."""
        implements = described.implements if isinstance(described, ObjectType) else ()
        interfaces = tuple(self._class(name) for name in implements)
        made: Any = type(described.name, interfaces, {"__module__": __name__})
        made.__strawberry_definition__ = bare_definition(
            described, made, [interface.__strawberry_definition__ for interface in interfaces]
        )
        self._named[described.name] = made
        return made

    def _define(self, described: ObjectType) -> None:
        """Give a declared type its fields."""
        origin = self._class(described.name)
        fields = [self._field(field, origin) for field in described.fields]
        origin.__strawberry_definition__.fields.extend(fields)

    def _field(self, described: OutputField, origin: type[Any]) -> StrawberryField:
        field = PlannedField(
            python_name=described.name,
            graphql_name=described.name,
            type_annotation=self._annotation(described.type),
            origin=origin,
            description=described.description,
        )
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
        return self._class(nullable)


def definition_of(own: type[Any]) -> StrawberryObjectDefinition:
    definition: StrawberryObjectDefinition = own.__strawberry_definition__
    return definition


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
