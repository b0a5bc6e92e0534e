"""What `groups` takes and gives: the description of its types.

A group's `key` mirrors `by`: what was asked for as `by: {customer: {field: country}}` is found at
`key { customer { field { country } } }`, and `by: {date: {field: placedAt, unit: MONTH}}` at
`key { date { placedAt } }`, as the first day of the period.
"""

from collections.abc import Iterator

from gateway.catalog.groups import UNITS, dated_fields, groupable_fields, is_groupable
from gateway.catalog.measures import Measure, scalar_of_measure
from gateway.catalog.types import Catalog, Entity, Relation
from gateway.schema.inputs import (
    COUNT_FILTER,
    SORT_ORDER,
    EnumType,
    InputType,
    InputValue,
    filter_name,
    function_orders,
    order_fields,
)
from gateway.schema.output import ObjectType, OutputField

DATE_UNIT = EnumType(
    "DateUnit",
    tuple(
        zip(
            UNITS,
            (
                "A day.",
                "A week from Monday to Sunday, named by its Monday.",
                "A month, named by its first day.",
                "A quarter of a year, named by its first day.",
                "A year, named by its first day.",
            ),
            strict=True,
        )
    ),
    "The period that a date or a moment falls into, in UTC.",
)

HAVING_FUNCTIONS = ("countDistinct", "sum", "min", "max")
"""What groups are kept by, besides the count. An average is rounded, so it would not compare exactly."""


def group_enums(entity: Entity) -> Iterator[EnumType]:
    """The names of the fields that rows of an entity are grouped by."""
    fields, dated = groupable_fields(entity), dated_fields(entity)
    if fields:
        values = tuple((field.name, field.description) for field in fields)
        yield EnumType(f"{entity.name}FieldName", values, f"The fields that {entity.plural} are grouped by.")
    if dated:
        values = tuple((field.name, field.description) for field in dated)
        description = f"The fields of {entity.plural} that fall into periods."
        yield EnumType(f"{entity.name}DateFieldName", values, description)


def groups_field(entity: Entity) -> OutputField:
    """`groups` of a connection."""
    name = entity.name
    arguments = (
        InputValue("by", f"[{name}GroupBy!]!", "Rows with equal values of all of these are one group."),
        InputValue("having", f"{name}Having", "Only groups for which this holds."),
        InputValue(
            "orderBy",
            f"[{name}GroupOrderBy!]",
            "Sort by these, the first one first; the keys in the order of `by` decide between equals.",
        ),
        InputValue("first", "Int", "At most this many; without it all, and too many are an error."),
    )
    description = "Numbers about the whole list per group of its rows, whatever the page."
    return OutputField("groups", f"[{name}AggregateGroup!]", arguments, description)


def group_types(entity: Entity, catalog: Catalog) -> Iterator[ObjectType]:
    """The object types of an entity's groups."""
    if not is_groupable(entity):
        return
    name = entity.name
    yield ObjectType(
        f"{name}AggregateGroup",
        (
            OutputField("key", f"{name}GroupKey!", description="What the rows of the group have in common."),
            OutputField("aggregate", f"{name}Aggregate!", description="Numbers about the rows of the group."),
        ),
        f"A group of {entity.plural}.",
    )
    parts = [OutputField("field", f"{name}FieldKey", description="Values of fields.")]
    if dated_fields(entity):
        parts.append(OutputField("date", f"{name}DateKey", description="Periods."))
    parts += [
        OutputField(each.name, f"{each.target}GroupKey", description="Values of the related row.")
        for each in _related(entity, catalog)
    ]
    text = (
        f"What a group of {entity.plural} has in common, laid out as `by`; null where it is not grouped by."
    )
    yield ObjectType(f"{name}GroupKey", tuple(parts), text)
    yield from _key_types(entity)


def _key_types(entity: Entity) -> Iterator[ObjectType]:
    values = tuple(
        OutputField(field.name, field.scalar.name, description=field.description)
        for field in groupable_fields(entity)
    )
    text = "null where it is not grouped by, and of the group without a value."
    yield ObjectType(f"{entity.name}FieldKey", values, f"Values that a group has in common; {text}")
    unit = InputValue(
        "unit", DATE_UNIT.name, "Which one, where a field is grouped by several; else the first."
    )
    dates = tuple(
        OutputField(
            field.name, "Date", (unit,), f"First day of the period. {field.description or ''}".strip()
        )
        for field in dated_fields(entity)
    )
    if dates:
        yield ObjectType(f"{entity.name}DateKey", dates, f"Periods that a group has in common; {text}")


def group_input_types(entity: Entity, catalog: Catalog) -> Iterator[InputType]:
    """The input types of an entity's groups."""
    if not is_groupable(entity):
        return
    name = entity.name
    yield _by_type(entity, catalog)
    if dated_fields(entity):
        yield InputType(
            f"{name}DateGroup",
            (
                InputValue("field", f"{name}DateFieldName!", "Which field."),
                InputValue("unit", f"{DATE_UNIT.name}!", "How long the periods are."),
            ),
            f"A period that a field of {entity.plural} falls into.",
        )
    yield from _having_types(entity)
    key = InputValue("key", f"{name}GroupKeyOrderBy", "By one of the keys.")
    count = InputValue("count", SORT_ORDER.name, "By the number of rows.")
    yield InputType(
        f"{name}GroupOrderBy",
        (count, *function_orders(entity), key),
        f"One step of sorting groups of {entity.plural}: exactly one field.",
        one_of=True,
    )
    yield InputType(
        f"{name}GroupKeyOrderBy",
        (
            InputValue("by", f"{name}GroupBy!", "The key, as it stands in the argument `by` of the groups."),
            InputValue("order", f"{SORT_ORDER.name}!", "Its direction."),
        ),
        f"A key of groups of {entity.plural} to sort by.",
    )


def _by_type(entity: Entity, catalog: Catalog) -> InputType:
    fields = [InputValue("field", f"{entity.name}FieldName", "The value of a field.")]
    if dated_fields(entity):
        fields.append(InputValue("date", f"{entity.name}DateGroup", "The period that a date falls into."))
    fields += [
        InputValue(
            each.name, f"{each.target}GroupBy", "A value of the related row; null where there is none."
        )
        for each in _related(entity, catalog)
    ]
    description = f"A key to group {entity.plural} by: exactly one field."
    return InputType(f"{entity.name}GroupBy", tuple(fields), description, one_of=True)


def _having_types(entity: Entity) -> Iterator[InputType]:
    name = f"{entity.name}Having"
    functions = [each for each in HAVING_FUNCTIONS if order_fields(entity, each)]
    yield InputType(
        name,
        (
            InputValue("and", f"[{name}!]", "All of these hold; an empty list matches every group."),
            InputValue("or", f"[{name}!]", "At least one of these holds; an empty list matches none."),
            InputValue("not", name, "This does not hold."),
            InputValue("count", COUNT_FILTER.name, "The number of rows."),
            *(InputValue(each, _having_name(entity, each), _PHRASES[each]) for each in functions),
        ),
        f"Which groups of {entity.plural}: everything given must hold.",
    )
    for function in functions:
        members = tuple(
            InputValue(field.name, _measure_filter(entity, Measure(function, field.name)))
            for field in order_fields(entity, function)
        )
        yield InputType(_having_name(entity, function), members, f"{_PHRASES[function]} All must hold.")


_PHRASES = {
    "countDistinct": "Conditions on numbers of different values.",
    "sum": "Conditions on sums.",
    "min": "Conditions on least values.",
    "max": "Conditions on greatest values.",
}


def _having_name(entity: Entity, function: str) -> str:
    return f"{entity.name}{function[0].upper()}{function[1:]}Having"


def _measure_filter(entity: Entity, measure: Measure) -> str:
    if measure.function == "countDistinct":
        return COUNT_FILTER.name
    return filter_name(scalar_of_measure(measure, entity))


def _related(entity: Entity, catalog: Catalog) -> list[Relation]:
    return [
        each
        for each in entity.relations.values()
        if not each.many and is_groupable(catalog.entities[each.target])
    ]
