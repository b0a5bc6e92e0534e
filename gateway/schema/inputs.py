"""What a client may send: the description of every input type and argument of the graph.

Nothing here knows Strawberry: a description says which types exist, `build.py` makes them. Types are
written as GraphQL writes them, such as `[CustomerOrderBy!]`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.catalog.groups import is_groupable
from gateway.catalog.measures import measured_fields
from gateway.catalog.types import Catalog, Entity, Field, Operators, Relation, Scalar, UniqueKey


@dataclass(frozen=True, slots=True)
class InputValue:
    """An argument, or a field of an input type. `type` is in GraphQL's notation."""

    name: str
    type: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class InputType:
    """An input object. With `one_of`, a client sets exactly one of the fields."""

    name: str
    fields: tuple[InputValue, ...]
    description: str
    one_of: bool = False


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enum: labels in their order, each with its description or None."""

    name: str
    values: tuple[tuple[str, str | None], ...]
    description: str | None


SORT_ORDER = EnumType(
    "SortOrder",
    (
        ("ASC", "Smallest first; null last."),
        ("ASC_NULLS_FIRST", "Null first, then smallest first."),
        ("ASC_NULLS_LAST", "Smallest first; null last."),
        ("DESC", "Largest first; null last."),
        ("DESC_NULLS_FIRST", "Null first, then largest first."),
        ("DESC_NULLS_LAST", "Largest first; null last."),
    ),
    "Direction of an order and the place of null in it, the same on every database.",
)

ID_FILTER = InputType(
    "IDFilter",
    (
        InputValue("eq", "ID", "Is this node."),
        InputValue("neq", "ID", "Is not this node."),
        InputValue("in", "[ID!]", "Is one of these nodes; an empty list matches none."),
        InputValue("nin", "[ID!]", "Is none of these nodes."),
    ),
    "Conditions on the id of a node; all of them must hold.",
)


COUNT_FILTER = InputType(
    "CountFilter",
    (
        InputValue("eq", "Int", "Equal to this."),
        InputValue("neq", "Int", "Not equal to this."),
        InputValue("in", "[Int!]", "One of these; an empty list matches none."),
        InputValue("nin", "[Int!]", "None of these."),
        InputValue("gt", "Int", "Greater than this."),
        InputValue("gte", "Int", "Greater than or equal to this."),
        InputValue("lt", "Int", "Less than this."),
        InputValue("lte", "Int", "Less than or equal to this."),
    ),
    "Conditions on a number of rows; all of them must hold.",
)


def input_types(entity: Entity, catalog: Catalog) -> Iterator[InputType]:
    """The input types of one entity: where, orderBy and those of its unique keys, never an empty one."""
    yield where_type(entity)
    if any(each.many and each.target == entity.name for each in relations_of(catalog)):
        yield list_where_type(entity)
        yield aggregate_order_type(entity)
    if is_sortable(entity):
        yield order_by_type(entity, catalog)
    if any(each.many and each.target == entity.name for each in relations_of(catalog)) or is_groupable(
        entity
    ):
        yield from function_order_types(entity)
    yield unique_key_type(entity)
    yield from (composite_key_type(entity, key) for key in entity.unique_keys if len(key.fields) > 1)


def where_type(entity: Entity) -> InputType:
    name = f"{entity.name}Where"
    logic = (
        InputValue("and", f"[{name}!]", "All of these hold; an empty list matches every row."),
        InputValue("or", f"[{name}!]", "At least one of these holds; an empty list matches none."),
        InputValue("not", name, "This does not hold."),
        InputValue("id", ID_FILTER.name, "The node's id."),
    )
    own = tuple(InputValue(field.name, filter_name(field.scalar)) for field in entity.fields.values())
    related = tuple(related_condition(relation) for relation in entity.relations.values())
    return InputType(name, logic + own + related, f"Which {entity.plural}: everything given must hold.")


def related_condition(relation: Relation) -> InputValue:
    if relation.many:
        return InputValue(relation.name, f"{relation.target}ListWhere", "Conditions on the related rows.")
    return InputValue(relation.name, f"{relation.target}Where", "There is one, and this holds for it.")


def list_where_type(entity: Entity) -> InputType:
    where = f"{entity.name}Where"
    return InputType(
        f"{entity.name}ListWhere",
        (
            InputValue("some", where, "Holds for at least one of them."),
            InputValue("every", where, "Holds for all of them; so it does when there is none."),
            InputValue("none", where, "Holds for none of them."),
            InputValue("count", COUNT_FILTER.name, "How many there are."),
        ),
        f"Conditions on related {entity.plural}; all of them must hold.",
    )


def relations_of(catalog: Catalog) -> Iterator[Relation]:
    return (each for entity in catalog.entities.values() for each in entity.relations.values())


def order_by_type(entity: Entity, catalog: Catalog) -> InputType:
    own = tuple(InputValue(field.name, SORT_ORDER.name) for field in sortable_fields(entity))
    related = tuple(
        related_order(relation)
        for relation in entity.relations.values()
        if relation.many or is_sortable(catalog.entities[relation.target])
    )
    fields = own + related
    description = f"One step of sorting {entity.plural}: exactly one field."
    return InputType(f"{entity.name}OrderBy", fields, description, one_of=True)


def related_order(relation: Relation) -> InputValue:
    if relation.many:
        description = "By an aggregate of the related rows."
        return InputValue(relation.name, f"{relation.target}AggregateOrderBy", description)
    return InputValue(relation.name, f"{relation.target}OrderBy", "By a value of the related row.")


ORDER_FUNCTIONS = ("sum", "min", "max")
"""Aggregates one can sort by, besides the count. Averages are rounded, so they would not page exactly."""


def aggregate_order_type(entity: Entity) -> InputType:
    """How rows are sorted by an aggregate of related rows of this entity."""
    count = InputValue("count", SORT_ORDER.name, "By how many there are.")
    description = f"An aggregate of related {entity.plural} to sort by: exactly one."
    fields = (count, *function_orders(entity))
    return InputType(f"{entity.name}AggregateOrderBy", fields, description, one_of=True)


def function_orders(entity: Entity) -> tuple[InputValue, ...]:
    """The functions one can sort by, as fields of a `@oneOf`."""
    return tuple(
        InputValue(name, f"{entity.name}{name.capitalize()}OrderBy", f"By {_PHRASES[name]} a field.")
        for name in ORDER_FUNCTIONS
        if order_fields(entity, name)
    )


def function_order_types(entity: Entity) -> Iterator[InputType]:
    """Per function one can sort by, the fields it takes."""
    for name in ORDER_FUNCTIONS:
        members = tuple(InputValue(each.name, SORT_ORDER.name) for each in order_fields(entity, name))
        if members:
            yield InputType(
                f"{entity.name}{name.capitalize()}OrderBy",
                members,
                f"The field of {entity.plural} whose {name} to sort by: exactly one.",
                one_of=True,
            )


def order_fields(entity: Entity, function: str) -> tuple[Field, ...]:
    """Fields whose aggregate one can sort by.

    A sum of BigInt may be too large for a database to compare, and one of Float depends on the order of the
    rows, so equal sums would not page exactly.
    """
    fields = measured_fields(entity, function)
    return tuple(each for each in fields if function != "sum" or each.scalar.name in ("Int", "Decimal"))


_PHRASES = {"sum": "the sum of", "min": "the least value of", "max": "the greatest value of"}


def is_sortable(entity: Entity) -> bool:
    """Whether lists of the entity have an `orderBy`."""
    return bool(sortable_fields(entity)) or any(each.many for each in entity.relations.values())


def sortable_fields(entity: Entity) -> tuple[Field, ...]:
    return tuple(field for field in entity.fields.values() if field.scalar.sortable)


def unique_key_type(entity: Entity) -> InputType:
    fields = (
        InputValue("id", "ID", "The node's id."),
        *(InputValue(key.name, unique_value(entity, key)) for key in entity.unique_keys),
    )
    description = f"A key that at most one {entity.name} has: exactly one field."
    return InputType(f"{entity.name}UniqueKey", fields, description, one_of=True)


def unique_value(entity: Entity, key: UniqueKey) -> str:
    """The type of a key's value: the field's scalar, or the input type of a composite key."""
    if len(key.fields) == 1:
        return entity.fields[key.fields[0]].scalar.name
    return composite_key_name(entity, key)


def composite_key_name(entity: Entity, key: UniqueKey) -> str:
    return f"{entity.name}{key.name[0].upper()}{key.name[1:]}Key"


def composite_key_type(entity: Entity, key: UniqueKey) -> InputType:
    members = (entity.fields[name] for name in key.fields)
    fields = tuple(
        InputValue(member.name, f"{member.scalar.name}!", member.description) for member in members
    )
    return InputType(
        composite_key_name(entity, key), fields, f"All parts of one unique key of {entity.name}."
    )


def filter_name(scalar: Scalar) -> str:
    return f"{scalar.name}Filter"


def filter_type(scalar: Scalar) -> InputType:
    """The filter of a scalar: the operators it offers, all of which must hold together."""
    description = f"Conditions on a value of {scalar.name}; all of them must hold."
    return InputType(filter_name(scalar), tuple(operators_of(scalar)), description)


def operators_of(scalar: Scalar) -> Iterator[InputValue]:
    kind, name = scalar.operators, scalar.name
    if kind is not Operators.NONE:
        yield InputValue("eq", name, "Equal to this.")
        yield InputValue("neq", name, "Not equal to this; null does not count as different.")
        yield InputValue("in", f"[{name}!]", "One of these; an empty list matches none.")
        yield InputValue("nin", f"[{name}!]", "None of these; null does not count as different.")
    if kind in (Operators.ORDER, Operators.TEXT):
        yield InputValue("gt", name, "Greater than this.")
        yield InputValue("gte", name, "Greater than or equal to this.")
        yield InputValue("lt", name, "Less than this.")
        yield InputValue("lte", name, "Less than or equal to this.")
    yield InputValue("isNull", "Boolean", "True: is null. False: is not null.")
    if kind is Operators.TEXT:
        yield from TEXT_OPERATORS


TEXT_OPERATORS = (
    InputValue("contains", "String", "Contains this text; upper and lower case differ."),
    InputValue("iContains", "String", "Contains this text in any case."),
    InputValue("startsWith", "String", "Starts with this text; upper and lower case differ."),
    InputValue("iStartsWith", "String", "Starts with this text in any case."),
    InputValue("endsWith", "String", "Ends with this text; upper and lower case differ."),
    InputValue("iEndsWith", "String", "Ends with this text in any case."),
    InputValue("like", "String", "Pattern: % is any text, _ one character; upper and lower case differ."),
    InputValue("iLike", "String", "Pattern: % is any text, _ one character; in any case."),
)


def enum_type(scalar: Scalar) -> EnumType:
    return EnumType(scalar.name, tuple((name, None) for name in scalar.names), scalar.description)


def list_arguments(entity: Entity) -> tuple[InputValue, ...]:
    """The arguments of every list of an entity, at the root and in a relation alike."""
    where = InputValue("where", f"{entity.name}Where", "Only rows for which this holds.")
    if not is_sortable(entity):
        return (where, *PAGE_ARGUMENTS)
    order_by = InputValue(
        "orderBy",
        f"[{entity.name}OrderBy!]",
        "Sort by these, the first one first; the primary key decides between equals.",
    )
    return (where, order_by, *PAGE_ARGUMENTS)


PAGE_ARGUMENTS = (
    InputValue("first", "Int", "At most this many from the start; a default without first and last."),
    InputValue("after", "String", "Only what comes after this cursor."),
    InputValue("last", "Int", "At most this many from the end, in the same order."),
    InputValue("before", "String", "Only what comes before this cursor."),
    InputValue("offset", "Int", "Leave out this many; not together with after or before."),
)
