"""Rows that resolvers give: from ORM objects or keys to records, read through the pipeline in one batch."""

from collections.abc import Iterable, Sequence
from typing import Any

from graphql import FieldNode, NameNode, SelectionSetNode
from sqlalchemy.orm import object_mapper
from sqlalchemy.orm.exc import UnmappedInstanceError

from gateway.catalog.types import Entity
from gateway.errors import BadUserInput, GatewayError, ResolverError
from gateway.query.ids import OtherTenant, decode_id
from gateway.query.shape import Broken, Partial
from gateway.schema.own_types import Rows
from gateway.schema.place import Below
from gateway.schema.reentry import Entered, Key, Reentry
from gateway.sources.blended import BlendedSession


def keys_of(value: Any, rows: Rows) -> list[Key | None]:
    """The keys of what a resolver gave: a row or its key, or a list of them. Raises ResolverError."""
    if not rows.many:
        return [None if value is None else key_of(value, rows.entity)]
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        raise ResolverError(f"A list of {rows.entity.plural} was expected.")
    keys = [None if one is None else key_of(one, rows.entity) for one in value]
    if None in keys and not rows.gaps:
        raise ResolverError(f"There is a null in a list of {rows.entity.plural} that has none.")
    return keys


def key_of(value: Any, entity: Entity) -> Key:
    """The primary key of an ORM object, or the key itself: a value, or a tuple for a composite one."""
    if isinstance(value, entity.mapped):
        key = tuple(getattr(value, attribute) for attribute in entity.key_attributes)
        if None in key:
            raise ResolverError(f"A new {entity.name} has no key before it is added to a session.")
        return key
    key = value if isinstance(value, tuple) else (value,)
    if len(key) != len(entity.key) or any(_is_object(part) for part in key):
        raise ResolverError(f"{type(value).__name__} is neither a {entity.name} nor a key of one.")
    return key


def _is_object(value: Any) -> bool:
    try:
        object_mapper(value)
    except UnmappedInstanceError:
        return False
    return True


_TYPE_NAME = FieldNode(name=NameNode(value="__typename"))
_LOOK = FieldNode(name=NameNode(value="row"), selection_set=SelectionSetNode(selections=(_TYPE_NAME,)))
"""What is asked of a row to know whether the caller may see it."""


async def objects_of_ids(ids: Sequence[str], entity: Entity, reentry: Reentry) -> list[Any]:
    """The ORM objects that clients name as arguments, from the operation's session.

    Raises BadUserInput for an id of no row that the caller may see.
    """
    keys = [_named(text, entity) for text in ids]
    entered = await reentry.read(Below(entity.name, (_LOOK,), (-1,)), keys)
    if entered.errors:
        raise entered.errors[0].error
    seen = [key if record is not None else None for key, record in zip(keys, entered.records, strict=True)]

    def load(sessions: BlendedSession) -> list[Any]:
        session = sessions[entity.source]
        return [None if key is None else session.get(entity.mapped, key) for key in seen]

    found = await reentry.context.run(load)
    for text, one in zip(ids, found, strict=True):
        if one is None:
            raise BadUserInput(f"There is no {entity.name} with the id {text!r}.", hint="Look it up first.")
    return found


def _named(text: str, entity: Entity) -> Key | None:
    try:
        return decode_id(text, entity)
    except OtherTenant:
        return None


async def records_of(values: Sequence[Any], rows: Rows, below: Below, reentry: Reentry) -> list[Any]:
    """What stands in the answer for each value: records, None, a `Broken` or a `Partial`.

    Values are None, exceptions that are GatewayErrors, or what `keys_of` takes. Rows the caller may not see
    are left out of lists, unless those have gaps.
    """
    keys: list[Key | None] = []
    spans: list[tuple[int, int] | GatewayError | None] = []
    for value in values:
        found: list[Key | None] = []
        try:
            if isinstance(value, GatewayError):
                raise value
            if value is not None:
                found = keys_of(value, rows)
            spans.append(None if value is None else (len(keys), len(keys) + len(found)))
        except GatewayError as error:
            spans.append(error)
        keys += found
    try:
        entered = await reentry.read(below, keys) if keys else Entered([], [])
    except GatewayError as error:
        return [None if span is None else Broken(error) for span in spans]
    return [_record(span, rows, entered) for span in spans]


def _record(span: tuple[int, int] | GatewayError | None, rows: Rows, entered: Entered) -> Any:
    if span is None:
        return None
    if isinstance(span, GatewayError):
        return Broken(span)
    places = list(range(*span))
    if rows.many and not rows.gaps:
        places = [place for place in places if entered.records[place] is not None or place in entered.lost]
        broken = any(place in entered.lost for place in places)
    else:
        broken = False
    records = [entered.records[place] for place in places]
    shown = None if broken else records if rows.many else records[0]
    errors = []
    for error in entered.errors:
        place, *inside = error.path
        if place in places:
            path = (places.index(int(place)), *inside) if rows.many else tuple(inside)
            errors.append((path, error.error, error.affected))
    return Partial(shown, tuple(errors)) if errors else shown
