"""The schema in which graphql-core runs an app's own resolvers: own roots, and own types below own fields.

It has the types of the graph that belong to the app, and nothing of the entities: where a resolver gives rows
it has a leaf, whose value is replaced by what the pipeline reads for it.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextvars import ContextVar
from typing import Any

import strawberry
from graphql import GraphQLField, GraphQLObjectType, GraphQLScalarType, GraphQLSchema, get_named_type
from graphql.execution.values import VariableValues
from strawberry.permission import PermissionExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.types.base import StrawberryList, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import INFO_PARAMSPEC, StrawberryResolver
from strawberry.types.scalar import ScalarDefinition

from gateway.catalog.own import OwnField
from gateway.catalog.types import Catalog, Entity
from gateway.schema.build import OwnRoots, definition_of, graphql_schema
from gateway.schema.own_resolver import FORBIDDEN
from gateway.schema.own_rows import objects_of_ids
from gateway.schema.own_types import Rows, row_arguments, rows_of, with_ids, with_type
from gateway.schema.reentry import Reentry
from gateway.schema.scalars import variable_values

ROOTS = frozenset({"Query", "Mutation"})
CURRENT: ContextVar[Reentry] = ContextVar("operation")
"""The operation whose resolvers are running."""


class Given:
    """Stands for rows in a result until they are read: what a resolver gave for the field in `info`."""

    __slots__ = ("info", "rows", "value")

    def __init__(self, value: Any, rows: Rows, info: Any) -> None:
        self.value, self.rows, self.info = value, rows, info


class _RowsMark:
    """In annotations, the leaf that stands for rows."""


_ROWS = GraphQLScalarType("OwnRows", coerce_output_value=lambda value: value)
_ROWS_DEFINITION = ScalarDefinition(
    name=_ROWS.name,
    description=None,
    specified_by_url=None,
    serialize=lambda value: value,
    parse_value=None,
    parse_literal=None,
    origin=_ROWS,
    implementation=_ROWS,
)


class OwnSchema(strawberry.Schema):
    """Own resolvers as graphql-core runs them. `holders` are the root fields for values of own fields."""

    def __init__(
        self, catalog: Catalog, roots: OwnRoots, scalar_map: Mapping[object, ScalarDefinition]
    ) -> None:
        self._catalog = catalog
        self._rows: dict[tuple[str, str], Rows] = {}
        query = list(definition_of(roots.query).fields) if roots.query is not None else []
        self.holders: dict[str, str] = {}
        for entity in catalog.entities.values():
            own = [field for field in entity.own.values() if field.resolver.has_objects]
            if own:
                query.append(self._holder(entity, own))
        query.append(StrawberryField(python_name="none", type_annotation=_annotation(bool)))
        super().__init__(
            query=_object_type("Query", query),
            mutation=_object_type("Mutation", definition_of(roots.mutation).fields)
            if roots.mutation
            else None,
            config=StrawberryConfig(scalar_map={**scalar_map, _RowsMark: _ROWS_DEFINITION}),
        )
        self.executor = _executor(self.execution_context_class)
        for (type_name, field_name), rows in self._rows.items():
            field = self._field(type_name, field_name)
            field.resolve = _giving(field, rows)
        for entity in catalog.entities.values():
            for own_field in entity.own.values():
                if own_field.resolver.has_objects:
                    self._field(entity.name, own_field.name).resolve = _held

    @property
    def core(self) -> GraphQLSchema:
        return graphql_schema(self)

    def get_fields(self, type_definition: StrawberryObjectDefinition) -> list[StrawberryField]:
        return [self._run(field, type_definition) for field in super().get_fields(type_definition)]

    def _run(self, field: StrawberryField, owner: StrawberryObjectDefinition) -> StrawberryField:
        """A field as it is run here: blocking resolvers in the operation's thread, rows as a leaf."""
        if owner.is_input:
            return field
        rows = rows_of(field.type, self._catalog)
        made = field if rows is None else with_type(field, StrawberryOptional(_RowsMark))
        if rows is not None:
            name = self.config.name_converter.from_field(field)
            self._rows[owner.name, name] = rows
        for extension in field.extensions:
            if isinstance(extension, PermissionExtension):
                for permission in extension.permissions:
                    permission.error_extensions = {**FORBIDDEN, **(permission.error_extensions or {})}
        resolver = field.base_resolver
        if resolver is None:
            return made
        given = row_arguments(field, self._catalog)
        takes_info = resolver.reserved_parameters.get(INFO_PARAMSPEC) is not None
        blocks = not resolver.is_async and (owner.name in ROOTS or takes_info)
        if given or blocks:
            made = with_ids(made, given)
            made.base_resolver = Aside(resolver, given, blocks=blocks)
        return made

    def _holder(self, entity: Entity, own: Iterable[OwnField]) -> StrawberryField:
        """A root field with values of an entity's own fields, which were resolved before."""
        fields = [
            StrawberryField(
                python_name=field.resolver.field.python_name,
                graphql_name=field.name,
                type_annotation=_annotation(field.resolver.field.type),
            )
            for field in own
        ]
        held = _object_type(entity.name, fields)
        self.holders[entity.name] = f"held{entity.name}"
        of_type = StrawberryList(StrawberryOptional(held))
        return StrawberryField(
            python_name=self.holders[entity.name],
            graphql_name=self.holders[entity.name],
            type_annotation=_annotation(of_type),
        )

    def _field(self, type_name: str, field_name: str) -> GraphQLField:
        type_ = self.core.type_map[type_name]
        assert isinstance(type_, GraphQLObjectType)
        found: GraphQLField = type_.fields[field_name]
        return found


class Aside(StrawberryResolver[Any]):
    """A resolver that something is done for: rows it is `given` are loaded by their ids, and one that
    `blocks` is called in the thread of the operation.
    """

    def __init__(self, inner: StrawberryResolver[Any], given: Mapping[str, Rows], *, blocks: bool) -> None:
        self.__dict__.update(inner.__dict__)
        self.__dict__["is_async"] = True
        self._inner, self._given, self._blocks = inner, given, blocks

    async def __call__(self, *args: Any, **kwargs: Any) -> Any:
        operation = CURRENT.get()
        for name, rows in self._given.items():
            if kwargs.get(name) is not None:
                ids = kwargs[name] if rows.many else [kwargs[name]]
                found = await objects_of_ids(ids, rows.entity, operation)
                kwargs[name] = found if rows.many else found[0]
        if self._blocks:
            value = await operation.context.worker.run(lambda: self._inner(*args, **kwargs))
        else:
            value = self._inner(*args, **kwargs)
        return await value if inspect.isawaitable(value) else value


def _giving(field: GraphQLField, rows: Rows) -> Callable[..., Awaitable[Any]]:
    """The resolver of a field that gives rows."""
    inner = field.resolve
    assert inner is not None
    assert get_named_type(field.type) is _ROWS

    async def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        value = inner(source, info, **arguments)
        if inspect.isawaitable(value):
            value = await value
        return None if value is None else Given(value, rows, info)

    return resolve


def _held(source: Any, _info: Any, **_: Any) -> Any:
    """The resolver of an own field whose value is there already."""
    return source[0]


def _annotation(type_: Any) -> strawberry.annotation.StrawberryAnnotation:
    return strawberry.annotation.StrawberryAnnotation(type_)


def _object_type(name: str, fields: Iterable[StrawberryField]) -> type[Any]:
    made: Any = type(name, (), {"__module__": __name__})
    made.__strawberry_definition__ = StrawberryObjectDefinition(
        name=name,
        is_input=False,
        is_interface=False,
        origin=made,
        description=None,
        interfaces=[],
        extend=False,
        directives=[],
        is_type_of=None,
        resolve_type=None,
        fields=list(fields),
    )
    found: type[Any] = made
    return found


def _executor(usual: type[Any]) -> type[Any]:
    """The usual executor, which knows all variables of the operation inside literals of JSON."""

    class Knowing(usual):  # type: ignore[misc]
        def __init__(self, *args: Any, **more: Any) -> None:
            super().__init__(*args, **more)
            sources = variable_values(CURRENT.get().variables).sources
            values: VariableValues = self.variable_values  # type: ignore[has-type]
            self.variable_values = values._replace(sources=sources)

    return Knowing
