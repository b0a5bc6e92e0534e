"""Global ids and cursors: opaque to clients, base64url of a small JSON array inside.

An id is `[entity, key…]`; a cursor is `[entity, fingerprint of the order, sort value…]`. Values stand in
the JSON form of their scalars, so 64-bit integers and decimals survive. A sort value that has no such form
and cannot be shown stands in a list of its own, as its database has it: the page goes on behind it.

Entities of a source with a database per tenant have the tenant in their ids, `[entity, tenant, key…]`, and
all cursors of an operation of a tenant have it behind the fingerprint: what one tenant was given leads
another one nowhere.
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import timedelta
from enum import Enum
from functools import lru_cache
from math import isfinite
from typing import Any

import orjson

from gateway.catalog.types import Entity
from gateway.errors import BadUserInput, GatewayError, UnknownTenant
from gateway.sources.moments import OddText

TENANT: ContextVar[str | None] = ContextVar("tenant", default=None)
"""The tenant of the operation that is being answered. Plans know none: one serves all tenants."""

ID_HINT = "Send back an id exactly as the graph gave it."
CURSOR_HINT = "Send back a cursor exactly as the graph gave it, with the same orderBy."

_LONG = 2**63

_SHORT = 200
"""Characters of ids and cursors whose parts are remembered."""


class OtherTenant(BadUserInput):
    """An id of another tenant: in a filter it can never work, of a root it finds nothing."""


def _encode(parts: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(parts)).rstrip(b"=").decode()


def _decode(text: str) -> tuple[Any, ...] | None:
    return _known(text) if len(text) <= _SHORT else _read(text)


def _read(text: str) -> tuple[Any, ...] | None:
    try:
        parts = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error):
        return None
    return tuple(parts) if isinstance(parts, list) and parts else None


_known = lru_cache(maxsize=1024)(_read)
"""The parts of short texts; an id is read twice on its way, for the plan and for its key."""


def encode_id(entity: Entity, key: Iterable[Any]) -> str:
    """Global id of the row whose serialized primary key values are `key`."""
    return _encode([entity.name, _tenant(), *key] if entity.tenanted else [entity.name, *key])


def _tenant() -> str:
    tenant = TENANT.get()
    if tenant is None:
        raise UnknownTenant(None, "Ids of tenants' rows are made and read for one tenant.")
    return tenant


def entity_of_id(text: str) -> str | None:
    """Name of the entity an id claims to belong to; None when the text is no id."""
    parts = _decode(text)
    return parts[0] if parts and isinstance(parts[0], str) else None


def decode_id(text: str, entity: Entity, *, strict: bool = True) -> tuple[Any, ...]:
    """Key values of an id of `entity`, typed for its columns.

    Raises BadUserInput for a malformed id and, if `strict`, for another entity's id; () otherwise. Raises
    OtherTenant for an id that another tenant was given.
    """
    parts = _decode(text)
    if parts is None or not isinstance(parts[0], str):
        raise BadUserInput(f"{_shown(text)} is not an id of this graph.", hint=ID_HINT)
    if parts[0] != entity.name:
        if not strict:
            return ()
        raise BadUserInput(f"{_shown(text)} is not an id of {entity.name}.", hint=ID_HINT)
    fields = [entity.fields[name] for name in entity.key]
    before = 2 if entity.tenanted else 1
    if len(parts) != len(fields) + before:
        raise BadUserInput(f"{_shown(text)} is not an id of this graph.", hint=ID_HINT)
    if entity.tenanted and parts[1] != _tenant():
        raise OtherTenant(f"{_shown(text)} is not an id of this tenant.", hint=ID_HINT)
    try:
        return tuple(field.scalar.parse(part) for field, part in zip(fields, parts[before:], strict=True))
    except (GatewayError, ValueError, TypeError) as error:
        raise BadUserInput(f"{_shown(text)} is not an id of this graph.", hint=ID_HINT) from error


def decode_any_id(text: str, entities: Mapping[str, Entity]) -> tuple[str, tuple[Any, ...]]:
    """Entity name and typed key of an id of any entity, () for the row of another tenant.

    Raises BadUserInput for a malformed id.
    """
    entity = entities.get(entity_of_id(text) or "")
    if entity is None:
        raise BadUserInput(f"{_shown(text)} is not an id of this graph.", hint=ID_HINT)
    try:
        return entity.name, decode_id(text, entity)
    except OtherTenant:
        return entity.name, ()


def fingerprint(terms: Iterable[str]) -> str:
    """Eight characters that stand for an order: field names, directions and null places."""
    return hashlib.sha256("\n".join(terms).encode()).hexdigest()[:8]


def order_mark(order: str) -> str:
    """The fingerprint of an order as cursors of this operation have it."""
    tenant = TENANT.get()
    return order if tenant is None else f"{order}@{tenant}"


def encode_cursor(entity: str, order: str, values: Iterable[Any]) -> str:
    """Cursor of a row whose serialized sort values are `values`; `order` is an `order_mark`."""
    return _encode([entity, order, *values])


class CursorForm(Enum):
    """How a sort value stands in a cursor, which changes the SQL."""

    NULL = "null"
    SHOWN = "shown"
    STORED = "stored"
    """As its database has it: the scalar has no such value."""
    ODD_TEXT = "odd text"
    """As the bytes of a text that is not in UTF-8."""


def cursor_forms(text: str) -> tuple[CursorForm, ...] | None:
    """The forms of a cursor's sort values; None when it is no cursor."""
    parts = _decode(text)
    if parts is None or len(parts) < 3:
        return None
    return tuple(map(_form, parts[2:]))


def _form(part: Any) -> CursorForm:
    if part is None:
        return CursorForm.NULL
    if not isinstance(part, list):
        return CursorForm.SHOWN
    return CursorForm.ODD_TEXT if part[1:] == ["text"] else CursorForm.STORED


def store_value(value: Any) -> list[Any]:
    """The sort value of a row as a driver gave it, for the row's cursor."""
    match value:
        case bytes():
            return [base64.b64encode(value).decode(), "text" if isinstance(value, OddText) else "bytes"]
        case bool() | str():
            return [value]
        case int() if abs(value) < _LONG:
            return [value]
        case float():
            return [value] if isfinite(value) else [str(value), "float"]
        case timedelta():
            return [_clock(value)]
    return [str(value)]


def _clock(value: timedelta) -> str:
    """As MySQL writes a time, which may be below zero or beyond a day."""
    seconds, fraction = divmod(abs(value) // timedelta(microseconds=1), 1_000_000)
    sign = "-" if value < timedelta() else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}"


def stored_value(part: Any) -> Any:
    """The value that `store_value` was given, as a database takes it. Raises BadUserInput."""
    match part:
        case [str(text), "bytes" | "text" | "float" as kind]:
            with suppress(ValueError):
                return float(text) if kind == "float" else base64.b64decode(text, validate=True)
        case [str() | int() | float() as value]:
            return value
    raise BadUserInput("The cursor is damaged.", hint=CURSOR_HINT)


def decode_cursor(text: str, entity: str, order: str, count: int) -> list[Any]:
    """Sort values of a cursor, still in JSON form. Raises BadUserInput for another list's or tenant's."""
    parts = _decode(text)
    if parts is None or len(parts) != count + 2 or parts[0] != entity or parts[1] != order_mark(order):
        raise BadUserInput(f"{_shown(text)} is not a cursor of this list in this order.", hint=CURSOR_HINT)
    return list(parts[2:])


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "…")
