"""What of a list's arguments the caller may not use, and which rows relations in a condition may see.

A hidden field must not leak by filter or order, nor a hidden row by a condition on a relation.
"""

from collections.abc import Iterator
from dataclasses import replace

from gateway.access import Access
from gateway.catalog.measures import Measure
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
from gateway.query.having import measures_of
from gateway.query.selection import (
    Aggregate,
    AggregateFunction,
    AggregateValue,
    ConnectionSelection,
    Groups,
    OrderTerm,
)


def refusal(asked: ConnectionSelection, entity: Entity, access: Access) -> GatewayError | None:
    """The error for a list the caller may not read as asked; None when it may."""
    parts: list[Entity | Field | Relation] = [entity]
    for term in asked.order:
        parts.extend(_sorted_by(term, entity))
    for member in asked.members:
        if isinstance(member, Aggregate):
            parts.extend(_measured(member, entity))
        if isinstance(member, Groups):
            parts.extend(_grouped(member, entity))
    if asked.condition is not None:
        parts.extend(_used(asked.condition, entity))
    return next((access.error(part) for part in parts if access.refuses(part)), None)


def key_refusal(condition: Condition, entity: Entity, access: Access) -> GatewayError | None:
    """The error for looking up an entity by a unique key the caller may not read; None when it may."""
    parts = [part for part in _used(condition, entity) if part.name not in entity.key]
    return next((access.error(part) for part in (entity, *parts) if access.refuses(part)), None)


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


def _sorted_by(term: OrderTerm, entity: Entity) -> Iterator[Entity | Field | Relation]:
    for hop in term.path:
        yield hop.relation
        yield hop.target
    if term.field is not None and (term.path or term.field not in entity.key):
        yield term.end(entity).fields[term.field]


def _grouped(asked: Groups, entity: Entity) -> Iterator[Entity | Field | Relation]:
    grouping = asked.grouping
    for term in grouping.by:
        yield from _sorted_by(term, entity)
        if term.field is not None:
            yield term.end(entity).fields[term.field]
    measures = [term.value for term in grouping.order if isinstance(term.value, Measure)]
    if grouping.having is not None:
        measures += measures_of(grouping.having)
    yield from (entity.fields[each.field] for each in measures if each.field is not None)
    for member in asked.members:
        if isinstance(member, Aggregate):
            yield from _measured(member, entity)


def _measured(asked: Aggregate, entity: Entity) -> Iterator[Field]:
    for function in asked.members:
        if isinstance(function, AggregateFunction):
            for value in function.members:
                if isinstance(value, AggregateValue) and value.measure.field is not None:
                    yield entity.fields[value.measure.field]


def restrict_order(order: tuple[OrderTerm, ...], access: Access) -> tuple[OrderTerm, ...]:
    """The order, with the rows that the caller may see as a part of each relation in it."""
    return tuple(
        replace(term, path=tuple(replace(hop, rows=access.rows(hop.target)) for hop in term.path))
        for term in order
    )


def restrict(condition: Condition | None, access: Access) -> Condition | None:
    """The condition, with the rows that the caller may see as a part of each relation in it."""

    def leaf(part: Condition) -> Condition:
        if isinstance(part, Related):
            return replace(part, condition=rewrite(part.condition, leaf), rows=access.rows(part.target))
        if isinstance(part, RelatedCount):
            return replace(part, rows=access.rows(part.target))
        return part

    return None if condition is None else rewrite(condition, leaf)
