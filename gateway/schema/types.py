"""What a client may ask for: the description of every object type of the graph.

`describe_graph` is a pure function of the catalog; `build.py` turns its answer into Strawberry types.
Everything about one entity comes from `entity_types`, so that a later version can make types on demand.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.catalog.groups import dated_fields, is_groupable
from gateway.catalog.measures import FUNCTIONS, Measure, measured_fields, scalar_of_measure
from gateway.catalog.scalars import SCALARS
from gateway.catalog.types import Catalog, Entity, Field, Relation, Scalar
from gateway.errors import ConfigurationError, Problem
from gateway.schema.group_types import (
    DATE_UNIT,
    group_enums,
    group_input_types,
    group_types,
    groups_field,
)
from gateway.schema.inputs import (
    COUNT_FILTER,
    ID_FILTER,
    SORT_ORDER,
    EnumType,
    InputType,
    InputValue,
    enum_type,
    filter_type,
    input_types,
    is_sortable,
    list_arguments,
    relations_of,
)
from gateway.schema.mutation_types import (
    ERROR_CODE,
    error_types,
    mutation_inputs,
    mutation_type,
    payload_types,
)
from gateway.schema.output import ObjectType, OutputField

BUILT_IN_SCALARS = frozenset({"Int", "Float", "String", "Boolean", "ID"})


@dataclass(frozen=True, slots=True)
class Graph:
    """Every type of the graph. `query` and `mutation` are the root objects; `scalars` are the custom ones."""

    query: ObjectType
    mutation: ObjectType | None
    objects: tuple[ObjectType, ...]
    inputs: tuple[InputType, ...]
    enums: tuple[EnumType, ...]
    scalars: tuple[Scalar, ...]


NODE = ObjectType(
    "Node",
    (OutputField("id", "ID!", description="Identifies this node among all nodes of the graph; opaque."),),
    "Anything that can be fetched again by its id.",
    interface=True,
)

ID = InputValue("id", "ID!", "As the field id gives it.")

PAGE_INFO = ObjectType(
    "PageInfo",
    (
        OutputField("hasNextPage", "Boolean!", description="Whether more follows this page."),
        OutputField("hasPreviousPage", "Boolean!", description="Whether something comes before this page."),
        OutputField("startCursor", "String", description="Cursor of the first edge; null on an empty page."),
        OutputField("endCursor", "String", description="Cursor of the last edge; null on an empty page."),
    ),
    "Where a page lies in its list.",
)


def describe_graph(catalog: Catalog) -> Graph:
    """All types of the graph, in a stable order. Raises ConfigurationError when a name is taken twice."""
    entities = tuple(catalog.entities.values())
    scalars = scalars_of(entities)
    mutation = mutation_type(catalog)
    graph = Graph(
        query=query_type(entities),
        mutation=mutation,
        objects=(
            NODE,
            PAGE_INFO,
            *(made for entity in entities for made in entity_types(entity, catalog)),
            *(error_types() if mutation is not None else ()),
            *(made for entity in entities for made in payload_types(entity, catalog)),
        ),
        inputs=(
            *(filters_of(scalars) if entities else ()),
            *((COUNT_FILTER,) if counts_rows(catalog) else ()),
            *(made for entity in entities for made in input_types(entity, catalog)),
            *(made for entity in entities for made in group_input_types(entity, catalog)),
            *mutation_inputs(catalog),
        ),
        enums=(*enums_of(entities, scalars), *((ERROR_CODE,) if mutation is not None else ())),
        scalars=tuple(
            scalar for scalar in scalars if scalar.name not in BUILT_IN_SCALARS and not scalar.is_enum
        ),
    )
    refuse_clashes(graph)
    return graph


def scalars_of(entities: Iterable[Entity]) -> tuple[Scalar, ...]:
    """The scalars and enums in use, each once: of the variants columns have of one, the first."""
    used: dict[tuple[str, tuple[str, ...]], Scalar] = {}
    for entity in entities:
        for field in entity.fields.values():
            used.setdefault((field.scalar.name, field.scalar.values), field.scalar)
    for entity in entities:
        for name in FUNCTIONS:
            for field in measured_fields(entity, name):
                scalar = scalar_of_measure(Measure(name, field.name), entity)
                used.setdefault((scalar.name, scalar.values), SCALARS.get(scalar.name, scalar))
        if dated_fields(entity):
            used.setdefault(("Date", ()), SCALARS["Date"])
    return tuple(used.values())


def counts_rows(catalog: Catalog) -> bool:
    """Whether any condition is on a number of rows."""
    related = any(relation.many for relation in relations_of(catalog))
    return related or any(is_groupable(entity) for entity in catalog.entities.values())


def filters_of(scalars: Iterable[Scalar]) -> Iterator[InputType]:
    yield ID_FILTER
    yield from (filter_type(scalar) for scalar in scalars if scalar.name != "ID")


def enums_of(entities: Iterable[Entity], scalars: Iterable[Scalar]) -> Iterator[EnumType]:
    if any(is_sortable(entity) for entity in entities):
        yield SORT_ORDER
    if any(dated_fields(entity) for entity in entities):
        yield DATE_UNIT
    yield from (enum_type(scalar) for scalar in scalars if scalar.is_enum)
    for entity in entities:
        yield from group_enums(entity)


def query_type(entities: Iterable[Entity]) -> ObjectType:
    identity = (
        OutputField("node", "Node", (ID,), "Any node by its id; null when there is none."),
        OutputField(
            "nodes",
            "[Node]!",
            (InputValue("ids", "[ID!]!", "As the field id gives them."),),
            "Nodes by their ids, in the order of the ids; null in the place of one that does not exist.",
        ),
    )
    roots = tuple(root for entity in entities for root in root_fields(entity))
    return ObjectType("Query", identity + roots, "Where every query begins.")


def root_fields(entity: Entity) -> Iterator[OutputField]:
    """The roots of one entity; nullable, so that a dead source costs only its own branch."""
    name = entity.name
    yield OutputField(entity.singular, name, (ID,), f"The {name} with this id; null when there is none.")
    by_key = (InputValue("key", f"{name}UniqueKey!", "Exactly one of the keys."),)
    description = f"The {name} with this unique key; null when there is none."
    yield OutputField(f"{entity.singular}By", name, by_key, description)
    yield OutputField(
        entity.plural, f"{name}Connection", list_arguments(entity), f"A page of all {entity.plural}."
    )


def entity_types(entity: Entity, catalog: Catalog) -> Iterator[ObjectType]:
    """The object types of one entity: itself, its connection and its edge."""
    fields = (
        *NODE.fields,
        *(value_field(field) for field in entity.fields.values()),
        *(relation_field(relation, catalog) for relation in entity.relations.values()),
    )
    yield ObjectType(entity.name, fields, entity.description, implements=(NODE.name,))
    yield connection_type(entity)
    yield from aggregate_types(entity)
    yield from group_types(entity, catalog)
    yield edge_type(entity)


def value_field(field: Field) -> OutputField:
    nullability = "" if field.nullable else "!"
    return OutputField(field.name, field.scalar.name + nullability, description=field.description)


def relation_field(relation: Relation, catalog: Catalog) -> OutputField:
    """A relation; a connection is nullable even in the same source, as its page may exceed a budget."""
    target = catalog.entities[relation.target]
    if not relation.many:
        nullability = "" if relation.nullable else "!"
        return OutputField(relation.name, target.name + nullability, description=relation.description)
    description = relation.description or f"A page of the {target.plural} related to this {relation.owner}."
    return OutputField(relation.name, f"{target.name}Connection", list_arguments(target), description)


def connection_type(entity: Entity) -> ObjectType:
    """A page of an entity, and what else is known about the list it is a part of."""
    fields = (
        OutputField(
            "edges", f"[{entity.name}Edge!]!", description="The rows of the page with their cursors."
        ),
        OutputField("nodes", f"[{entity.name}!]!", description="The rows of the page without cursors."),
        OutputField("pageInfo", "PageInfo!", description="Where the page lies in the list."),
        OutputField("totalCount", "Int", description="Rows of the whole list; counted only when selected."),
        OutputField(
            "aggregate",
            f"{entity.name}Aggregate",
            description="Numbers about the whole list, whatever the page; computed only when selected.",
        ),
        *((groups_field(entity),) if is_groupable(entity) else ()),
    )
    return ObjectType(f"{entity.name}Connection", fields, f"A page of {entity.plural}.")


def aggregate_types(entity: Entity) -> Iterator[ObjectType]:
    """The numbers about a list of an entity, and an object per function with the fields it takes."""
    functions = [name for name in FUNCTIONS if measured_fields(entity, name)]
    fields = (
        OutputField("count", "Int!", description="How many rows there are."),
        *(
            OutputField(name, f"{function_type_name(entity, name)}!", description=_FUNCTION_PHRASES[name])
            for name in functions
        ),
    )
    yield ObjectType(f"{entity.name}Aggregate", fields, f"Numbers about a list of {entity.plural}.")
    for name in functions:
        members = tuple(
            OutputField(
                each.name,
                scalar_of_measure(Measure(name, each.name), entity).name,
                description=each.description,
            )
            for each in measured_fields(entity, name)
        )
        yield ObjectType(function_type_name(entity, name), members, _FUNCTION_PHRASES[name])


def function_type_name(entity: Entity, function: str) -> str:
    return f"{entity.name}{function[0].upper()}{function[1:]}"


_FUNCTION_PHRASES = {
    "countDistinct": "How many different values there are; null does not count.",
    "sum": "Sums; null over no value.",
    "avg": "Averages; null over no value.",
    "min": "Least values; null over no value.",
    "max": "Greatest values; null over no value.",
}


def edge_type(entity: Entity) -> ObjectType:
    fields = (
        OutputField("cursor", "String!", description="Where a next page can begin; opaque."),
        OutputField("node", f"{entity.name}!", description="The row itself."),
    )
    return ObjectType(f"{entity.name}Edge", fields, f"One row in a page of {entity.plural}.")


def refuse_clashes(graph: Graph) -> None:
    """Raises ConfigurationError with every type and field that stands twice."""
    objects = (graph.query, *((graph.mutation,) if graph.mutation is not None else ()), *graph.objects)
    names = (
        *sorted(BUILT_IN_SCALARS),
        *(type_.name for type_ in objects),
        *(type_.name for type_ in graph.inputs),
        *(type_.name for type_ in graph.enums),
        *(scalar.name for scalar in graph.scalars),
    )
    fields = (
        *((type_.name, [field.name for field in type_.fields]) for type_ in objects),
        *((type_.name, [field.name for field in type_.fields]) for type_ in graph.inputs),
    )
    problems = [
        *(
            Problem(name, "two types of the graph have this name", "rename an entity or an enum")
            for name in repeated(names)
        ),
        *(
            Problem(f"{type_}.{name}", "two fields have this name", "rename a field, a relation or an entity")
            for type_, members in fields
            for name in repeated(members)
        ),
    ]
    if problems:
        raise ConfigurationError(problems)


def repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]
