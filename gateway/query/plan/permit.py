"""What of a list's arguments the caller may not use: a hidden field must not leak by filter or order."""

from collections.abc import Iterator

from gateway.access import Access
from gateway.catalog.types import Entity
from gateway.errors import GatewayError
from gateway.query.selection import All, AnyOf, Compare, Condition, ConnectionSelection, In, Not


def refusal(asked: ConnectionSelection, entity: Entity, access: Access) -> GatewayError | None:
    """The error for a list the caller may not read as asked; None when it may."""
    if access.refuses(entity):
        return access.error(entity)
    used = [term.field for term in asked.order if term.field not in entity.key]
    if asked.condition is not None:
        used.extend(_fields(asked.condition))
    for name in used:
        field = entity.fields[name]
        if access.refuses(field):
            return access.error(field)
    return None


def _fields(condition: Condition) -> Iterator[str]:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _fields(part)
        case Not(part):
            yield from _fields(part)
        case In(fields):
            yield from fields
        case Compare(field):
            yield field
        case _:
            yield condition.field
