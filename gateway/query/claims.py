"""Claims of the caller held against the types of what they are compared with, before they are bound.

A value of another kind is refused as Forbidden, since databases find the oddest ways to compare it.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import HSTORE
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeDecorator, TypeEngine

from gateway.catalog.scalars import scalar_of_type
from gateway.catalog.types import Scalar
from gateway.errors import Forbidden, GatewayError
from gateway.query.conversions import fitted_integer, fitted_time, refuse_digits, refuse_nul
from gateway.sources.declare import CLAIM_PREFIX

Kind = TypeEngine[Any]

ELEMENTS_MAX = 10_000
"""Most elements of a claim that is a list; databases take so many values in one statement."""
_HINT = "Ask whoever signs callers in to send the claim as the column holds it."


class _Unfit(ValueError):
    """What is wrong with a claim, for the end of a sentence."""


@dataclass(frozen=True, slots=True)
class ToClaim:
    """A claim's value as what its bind takes: one value of a type, or a list of such.

    None is NULL. Raises Forbidden for a value of another kind, which a message never shows.
    """

    name: str
    kind: Kind = field(compare=False)
    listed: bool
    written: tuple[str, type[Any]]

    def __call__(self, value: Any) -> Any:
        try:
            return _list(value, self.kind) if self.listed else _one(value, self.kind)
        except _Unfit as error:
            message = f"The claim {self.name!r} cannot be compared: {error}."
        except (GatewayError, ValueError, TypeError, ArithmeticError):
            message = f"The claim {self.name!r} cannot be compared with a column of its type."
        raise Forbidden(message, hint=_HINT)

    def __str__(self) -> str:
        return f"each {self.kind!r}" if self.listed else repr(self.kind)


def claim_in(element: Any) -> ToClaim | None:
    """What is made of the claim that an element of a condition stands for; None when it is no claim."""
    if not isinstance(element, BindParameter) or not element.key.startswith(CLAIM_PREFIX):
        return None
    name, kind = element.key.removeprefix(CLAIM_PREFIX), element.type
    return ToClaim(name, kind, element.expanding, (repr(kind), type(kind)))


def _list(value: Any, kind: Kind) -> list[Any]:
    if not isinstance(value, list | tuple | set | frozenset):
        raise _Unfit("it is no list")
    if len(value) > ELEMENTS_MAX:
        raise _Unfit(f"it has {len(value)} elements, and at most {ELEMENTS_MAX} are taken")
    found = [_element(each, kind) for each in value]
    return list(dict.fromkeys(found)) if not isinstance(kind, sa.JSON) else found


def _element(value: Any, kind: Kind) -> Any:
    if not isinstance(kind, sa.types.TupleType):
        if value is None:
            raise _Unfit("it has a null among its elements")
        return _one(value, kind)
    if not isinstance(value, list | tuple) or len(value) != len(kind.types):
        raise _Unfit(f"its elements are not lists of {len(kind.types)} values")
    return tuple([_element(part, each) for part, each in zip(value, kind.types, strict=True)])


def _one(value: Any, kind: Kind) -> Any:
    if isinstance(kind, TypeDecorator):
        return _decorated(value, kind)
    scalar = scalar_of_type(kind)
    if value is None:
        if scalar is not None and scalar.name == "JSON":
            raise _Unfit("it is null")
        return None
    if isinstance(kind, sa.Enum):
        return _label(value, kind)
    if isinstance(kind, sa.ARRAY):
        return _list(value, kind.item_type)
    if isinstance(value, Enum):
        value = value.value
    if scalar is None:
        return _other(value, kind)
    return _BY_SCALAR[scalar.name](value, kind, scalar)


def _decorated(value: Any, kind: TypeDecorator[Any]) -> Any:
    """A decorator makes of its values what its column holds; that has to fit."""
    if type(kind).process_bind_param is TypeDecorator.process_bind_param:
        return _one(value, kind.impl_instance)
    if value is not None:
        try:
            made = kind.process_bind_param(value, _DIALECT)
        except Exception as error:
            raise _Unfit("its type does not take it") from error
        _one(made, kind.impl_instance)
    return value


_DIALECT = DefaultDialect()


def _label(value: Any, kind: sa.Enum) -> Any:
    """A member of a Python enum, or a label as it is stored."""
    members: Iterable[Any] = kind.enum_class or ()
    for member in members:
        if value is member or (isinstance(value, str) and member == value):
            return member
    if isinstance(value, str) and value in kind.enums:
        return value
    raise _Unfit(f"it is none of {', '.join(kind.enums)}")


def _other(value: Any, kind: Kind) -> Any:
    """Of a type that the graph does not know."""
    try:
        expected: Any = kind.python_type
    except NotImplementedError:
        expected = str | bytes
    if isinstance(value, bool) or not isinstance(value, expected):
        raise _Unfit("its column takes other values")
    return value


def _text(value: Any, _: Kind, scalar: Scalar) -> str:
    if not isinstance(value, str):
        raise _Unfit("it is compared with text and is none")
    return refuse_nul(str(scalar.parse(value)))


_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,19}")


def _integer(value: Any, kind: Kind, scalar: Scalar) -> int:
    """A whole number, also as text without anything around it, as tokens often carry numbers."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if isinstance(value, float | Decimal) and value == int(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Unfit("it is compared with a whole number and is none")
    return fitted_integer(int(scalar.parse(int(value))), kind, "the column")


def _float(value: Any, _: Kind, scalar: Scalar) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _Unfit("it is compared with a number and is none")
    return float(scalar.parse(float(value)))


def _decimal(value: Any, kind: Kind, scalar: Scalar) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise _Unfit("it is compared with a number and is none")
    number: Decimal = scalar.parse(format(value, "f") if isinstance(value, Decimal) else value)
    refuse_digits(number, kind, "the column")
    return number


def _boolean(value: Any, _: Kind, __: Scalar) -> bool:
    if not isinstance(value, bool):
        raise _Unfit("it is compared with true or false and is neither")
    return value


def _moment(value: Any, kind: Kind, scalar: Scalar) -> datetime:
    if not isinstance(value, datetime):
        value = scalar.parse(value)
    elif value.tzinfo is None:
        value = value.replace(tzinfo=UTC)
    return fitted_time(value, aware=getattr(kind, "timezone", False))


def _date(value: Any, _: Kind, scalar: Scalar) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return scalar.parse(value)  # type: ignore[no-any-return]


def _time(value: Any, _: Kind, scalar: Scalar) -> time:
    if isinstance(value, time) and value.tzinfo is None:
        return value
    return scalar.parse(value)  # type: ignore[no-any-return]


def _uuid(value: Any, _: Kind, scalar: Scalar) -> Any:
    return scalar.parse(str(value) if isinstance(value, UUID) else value)


def _json(value: Any, kind: Kind, _: Scalar) -> Any:
    if isinstance(kind, HSTORE):
        texts = isinstance(value, Mapping) and all(
            isinstance(each, str) for pair in value.items() for each in pair
        )
        if not texts:
            raise _Unfit("it is compared with texts by their names and is no such thing")
    json.dumps(value, allow_nan=False)
    return value


def _bytes(value: Any, _: Kind, scalar: Scalar) -> bytes:
    return bytes(value) if isinstance(value, bytes | bytearray | memoryview) else scalar.parse(value)


def _address(value: Any, _: Kind, scalar: Scalar) -> str:
    return str(scalar.parse(str(value) if isinstance(value, _ADDRESSES) else value))


_ADDRESSES = (IPv4Address, IPv4Interface, IPv4Network, IPv6Address, IPv6Interface, IPv6Network)
_BY_SCALAR: Mapping[str, Callable[[Any, Kind, Scalar], Any]] = {
    "String": _text,
    "Int": _integer,
    "BigInt": _integer,
    "Float": _float,
    "Decimal": _decimal,
    "Boolean": _boolean,
    "DateTime": _moment,
    "Date": _date,
    "Time": _time,
    "UUID": _uuid,
    "JSON": _json,
    "Bytes": _bytes,
    "NetworkAddress": _address,
}
