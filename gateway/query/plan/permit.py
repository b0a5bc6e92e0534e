"""What of a list's arguments the caller may not use, and which rows relations in a condition may see.

A hidden field must not leak by filter or order, nor a hidden row by a condition on a relation.
"""

from collections.abc import Iterator
from dataclasses import replace

from gateway.access import Access
from gateway.catalog.types import Entity, Field, Relation
from gateway.errors import GatewayError
from gateway.query.conditions import (
    Compare,
    Condition,
    In,
    IsNull,
    Related,
    RelatedCount,
    leaves,
    rewrite,
)
from gateway.query.selection import ConnectionSelection


def refusal(asked: ConnectionSelection, entity: Entity, access: Access) -> GatewayError | None:
    """The error for a list the caller may not read as asked; None when it may."""
    parts: list[Entity | Field | Relation] = [entity]
    parts += [entity.fields[term.field] for term in asked.order if term.field not in entity.key]
    if asked.condition is not None:
        parts.extend(_used(asked.condition, entity))
    return next((access.error(part) for part in parts if access.refuses(part)), None)


def _used(condition: Condition, entity: Entity) -> Iterator[Entity | Field | Relation]:
    for leaf in leaves(condition):
        match leaf:
            case Related() | RelatedCount():
                yield leaf.relation
                yield leaf.target
                if isinstance(leaf, Related):
                    yield from _used(leaf.condition, leaf.target)
            case In(fields):
                yield from (entity.fields[name] for name in fields)
            case Compare(field) | IsNull(field):
                yield entity.fields[field]


def restrict(condition: Condition | None, access: Access) -> Condition | None:
    """The condition, with the rows that the caller may see as a part of each relation in it."""

    def leaf(part: Condition) -> Condition:
        if isinstance(part, Related):
            return replace(part, condition=rewrite(part.condition, leaf), rows=access.rows(part.target))
        if isinstance(part, RelatedCount):
            return replace(part, rows=access.rows(part.target))
        return part

    return None if condition is None else rewrite(condition, leaf)
