"""What rows can be grouped by: fields whose values compare, and the periods that moments fall into."""

from gateway.catalog.types import Entity, Field, Operators

UNITS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
"""Periods a date or a moment can be cut down to, in UTC; a week begins on Monday."""

_RESERVED = frozenset({"true", "false", "null"})
"""No enum of GraphQL may have these labels, and fields to group by are labels."""


def groupable_fields(entity: Entity) -> tuple[Field, ...]:
    """The fields whose values rows can be grouped by."""
    return tuple(
        field
        for field in entity.fields.values()
        if field.scalar.operators is not Operators.NONE
        and field.scalar.sortable
        and field.name not in _RESERVED
    )


def dated_fields(entity: Entity) -> tuple[Field, ...]:
    """The fields that can be cut down to a period."""
    return tuple(field for field in groupable_fields(entity) if field.scalar.name in ("Date", "DateTime"))


def is_groupable(entity: Entity) -> bool:
    """Whether rows of the entity, or rows that lead to one, can be grouped by its fields."""
    return bool(groupable_fields(entity))
