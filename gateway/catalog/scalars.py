"""The GraphQL scalars, and which of them a column's type becomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from inspect import get_annotations
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.types import NumericCommon, TypeDecorator, TypeEngine

from gateway.catalog import naming, values
from gateway.catalog.decorated import Decorated, Same, plain_kind, processes
from gateway.catalog.forms import form_of
from gateway.catalog.kinds import own_type, typed
from gateway.catalog.python_types import guessed_type, written_type
from gateway.catalog.types import Operators, Scalar

_RFC = "https://www.rfc-editor.org/rfc/"

_ALL = (
    Scalar("String", Operators.TEXT, values.parse_string, None),
    Scalar("Int", Operators.ORDER, values.parse_int, values.serialize_int),
    Scalar("Float", Operators.ORDER, values.parse_float, values.serialize_float),
    Scalar("Boolean", Operators.EQUALITY, values.parse_boolean, None),
    Scalar("ID", Operators.EQUALITY, values.parse_id, None, sortable=False),
    Scalar(
        "BigInt",
        Operators.ORDER,
        values.parse_big_int,
        values.serialize_big_int,
        specified_by=f"{_RFC}rfc8259#section-6",
        description='A 64-bit integer as a string, such as "9007199254740993".',
    ),
    Scalar(
        "Decimal",
        Operators.ORDER,
        values.parse_decimal,
        values.decimal_serializer(None),
        specified_by=f"{_RFC}rfc8259#section-6",
        description='An exact decimal number as a string without an exponent, such as "12.50".',
    ),
    Scalar(
        "DateTime",
        Operators.ORDER,
        values.parse_date_time,
        values.serialize_date_time,
        specified_by=f"{_RFC}rfc3339#section-5.6",
        description="A moment in UTC, such as `2024-05-01T10:00:00Z`. Any offset is understood in arguments.",
    ),
    Scalar(
        "Date",
        Operators.ORDER,
        values.parse_date,
        values.serialize_date,
        specified_by=f"{_RFC}rfc3339#section-5.6",
        description="A day of the calendar, such as `2024-05-01`.",
    ),
    Scalar(
        "Time",
        Operators.ORDER,
        values.parse_time,
        values.serialize_time,
        specified_by=f"{_RFC}rfc3339#section-5.6",
        description="A time of day, such as `10:00:00`.",
    ),
    Scalar(
        "UUID",
        Operators.EQUALITY,
        values.parse_uuid,
        str,
        specified_by=f"{_RFC}rfc9562#section-4",
        description="A universally unique identifier, such as `f81d4fae-7dec-11d0-a765-00a0c91e6bf6`.",
    ),
    Scalar(
        "JSON",
        Operators.NONE,
        values.parse_json,
        None,
        sortable=False,
        specified_by=f"{_RFC}rfc8259",
        description="Any JSON value.",
    ),
    Scalar(
        "Bytes",
        Operators.NONE,
        values.parse_bytes,
        values.serialize_bytes,
        sortable=False,
        specified_by=f"{_RFC}rfc4648#section-4",
        description="Bytes in base64.",
    ),
    # No String: LIKE on an address is an error of the database.
    Scalar(
        "NetworkAddress",
        Operators.NONE,
        values.parse_string,
        str,
        sortable=False,
        specified_by=f"{_RFC}rfc4291#section-2.2",
        description="An IP address, a network or a MAC address as text.",
    ),
)

SCALARS: Mapping[str, Scalar] = {scalar.name: scalar for scalar in _ALL}
"""The standard scalars by name. Columns may have variants of one: same name, another parse or scale."""

_UNSIGNED_BIG_INT = replace(
    SCALARS["BigInt"], parse=values.parse_unsigned_big_int, serialize=values.serialize_unsigned_big_int
)
_NAIVE_DATE_TIME = replace(SCALARS["DateTime"], parse=values.parse_naive_date_time)
_UUID_TEXT = replace(SCALARS["UUID"], parse=values.parse_uuid_text)
_NUMBER_BOOLEAN = replace(SCALARS["Boolean"], serialize=bool)


def scalar_of(column: sa.Column[Any], enum_name: str = "") -> Scalar | None:
    """The scalar of a column; None when its type has no place in the graph.

    `enum_name` names the GraphQL enum of an `Enum` column that has no Python enum. Its `values` are the
    labels as stored, of which GraphQL may not allow some as names: these are shown under others.
    """
    return _of_type(column.type, enum_name)


def scalar_of_type(kind: TypeEngine[Any]) -> Scalar | None:
    """The scalar that a column of this type would have, an enum's without a name."""
    return _of_type(kind, "")


def _of_type(type_: TypeEngine[Any], enum_name: str) -> Scalar | None:
    if isinstance(type_, Decorated):
        return type_.scalar
    if isinstance(type_, TypeDecorator):
        made = decorated(type_, DefaultDialect(), enum_name=enum_name)
        return None if made is None else _of_type(made, enum_name)
    if isinstance(type_, postgresql.DOMAIN):
        return _of_type(type_.data_type, enum_name)
    if isinstance(type_, sa.ARRAY):
        return _array(type_, enum_name)
    if isinstance(type_, sa.Enum):
        return _enum(type_, enum_name)
    for types, choose in _BY_TYPE:
        if isinstance(type_, types):
            return choose(type_)
    return None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a column is mapped: the class, the attribute, and the name of an enum of its own."""

    owner: type[Any] | None = None
    attribute: str = ""
    enum_name: str = ""

    def annotation(self) -> tuple[Any, type[Any] | None]:
        """What is written behind the attribute's colon, and the class that it is written in."""
        for kind in self.owner.__mro__ if self.owner is not None else ():
            written = get_annotations(kind)
            if self.attribute in written:
                return written[self.attribute], kind
        return None, None


def own_column(column: sa.Column[Any], dialect: sa.Dialect, place: Place) -> sa.Column[Any]:
    """The column, typed for the database it is in; see `catalog/kinds.py`."""
    kind = own_type(column.type, dialect)
    if isinstance(kind, TypeDecorator):
        annotation, owner = place.annotation()
        kind = decorated(kind, dialect, annotation, owner, place.enum_name) or kind
    return typed(column, kind)


def decorated(
    inner: TypeDecorator[Any],
    dialect: sa.Dialect,
    annotation: Any = None,
    owner: type[Any] | None = None,
    enum_name: str = "",
) -> TypeEngine[Any] | None:
    """What stands in the place of an app's type: `Decorated`, or the type underneath of one that changes no
    value. None for one that has no place in the graph."""
    if isinstance(inner, sa.Interval | sa.PickleType | Decorated) or refusal(inner) is not None:
        return None
    stored: TypeEngine[Any] | None = own_type(inner.load_dialect_impl(dialect), dialect)
    if isinstance(stored, TypeDecorator):
        stored = decorated(stored, dialect, enum_name=enum_name)
    if stored is None or (own := _of_type(stored, enum_name)) is None:
        return None
    bind, read = processes(inner, dialect)
    if bind is read:
        return stored
    python = written_type(inner, annotation, owner) or guessed_type(bind, read, plain_kind(stored))
    form = form_of(python, own, SCALARS, plain_kind(stored))
    return Decorated(Same(inner), dialect, stored, form)


def refusal(kind: TypeEngine[Any]) -> str | None:
    """Why an app's own type is none that values can be read and bound by."""
    if not isinstance(kind, TypeDecorator) or isinstance(kind, sa.Interval | sa.PickleType):
        return None
    for name in ("bind_expression", "column_expression", "bind_processor", "result_processor"):
        if getattr(type(kind), name) is not getattr(TypeDecorator, name):
            return f"columns of type {type(kind).__name__}, which has a {name} of its own, are not supported"
    return None


def _integer(type_: TypeEngine[Any]) -> Scalar:
    unsigned = bool(getattr(type_, "unsigned", False))
    if isinstance(type_, sa.BigInteger):
        return _UNSIGNED_BIG_INT if unsigned else SCALARS["BigInt"]
    if isinstance(type_, mysql.TINYINT) and type_.display_width == 1:
        return _NUMBER_BOOLEAN
    small = isinstance(type_, sa.SmallInteger | mysql.TINYINT | mysql.MEDIUMINT)
    return SCALARS["BigInt"] if unsigned and not small else SCALARS["Int"]


def _bits(type_: TypeEngine[Any]) -> Scalar:
    length = getattr(type_, "length", None) or 1
    return SCALARS["Int"] if length < 32 else _UNSIGNED_BIG_INT


def _numeric(type_: TypeEngine[Any]) -> Scalar:
    assert isinstance(type_, NumericCommon)
    exact = type_.asdecimal and not isinstance(type_, sa.Float)
    return _decimal(type_.scale) if exact else SCALARS["Float"]


@lru_cache(maxsize=128)
def _decimal(scale: int | None) -> Scalar:
    if scale is None:
        return SCALARS["Decimal"]
    return replace(SCALARS["Decimal"], serialize=values.decimal_serializer(scale))


def _array(type_: sa.ARRAY[Any], enum_name: str) -> Scalar | None:
    item = _of_type(type_.item_type, enum_name)
    if item is None:
        return None
    serialize, documents = item.serialize, item.name == "JSON"

    def serialize_items(value: Any) -> Any:
        if isinstance(value, list | tuple) and not documents:
            return [serialize_items(element) for element in value]
        return value if value is None or serialize is None else serialize(value)

    def serialize_array(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise values.unfit(
                "JSON", value, "The column holds something else than an array; correct the row."
            )
        return [serialize_items(element) for element in value]

    def parse_items(value: Any) -> Any:
        if isinstance(value, list) and not documents:
            return [parse_items(element) for element in value]
        return None if value is None else item.parse(value)

    def parse_array(value: Any) -> Any:
        if not isinstance(value, list) or not _is_even(value):
            raise values.refused("JSON", value, "an array; those inside of one array are of one length")
        if documents and any(isinstance(each, list) for each in value):
            raise values.refused(
                "JSON", value, "objects or plain values; a list in an array of JSON gets lost"
            )
        return [parse_items(element) for element in value]

    return replace(SCALARS["JSON"], serialize=serialize_array, parse=parse_array)


def _is_even(array: list[Any]) -> bool:
    """Whether a database takes it: arrays inside are as long as each other, with nothing beside them."""
    inside = [each for each in array if isinstance(each, list)]
    if not inside:
        return True
    lengths = {len(each) for each in inside}
    return len(inside) == len(array) and len(lengths) == 1 and all(map(_is_even, inside))


def _enum(type_: sa.Enum, enum_name: str) -> Scalar:
    choices = type_.enum_class
    name = choices.__name__ if choices is not None else enum_name
    description = (choices.__dict__.get("__doc__") if choices is not None else None) or None
    # The type's own processor knows names, values_callable and aliases; undoing it needs no private API.
    member_of = type_.result_processor(DefaultDialect(), None)  # type: ignore[no-untyped-call]
    members = {label: member_of(label) if member_of else label for label in type_.enums}
    labels = {member: label for label, member in reversed(members.items())}
    hint = f"Add the value to {name}, or correct the row."
    shown = {label: _enum_value(label, member) for label, member in members.items()}
    named = {name: members[label] for label, name in shown.items()} | members

    def serialize(value: Any) -> str:
        try:
            return shown[labels[value]]
        except (KeyError, TypeError):
            if isinstance(value, str) and value in members:
                return shown[value]
            raise values.unfit(name, value, hint) from None

    def parse(value: Any) -> Any:
        if isinstance(value, str) and value in named:
            return named[value]
        raise values.refused(name, value, f"one of {', '.join(shown.values())}")

    return Scalar(
        name,
        Operators.EQUALITY,
        parse,
        serialize,
        description=description,
        values=tuple(type_.enums),
        shown={label: name for label, name in shown.items() if label != name},
    )


def _enum_value(label: str, member: Any) -> str:
    """How a label is shown: as it is, else by the name of its Python enum's member, or one made of it."""
    if naming.is_enum_value(label):
        return label
    name = member.name if isinstance(member, Enum) else ""
    return name if naming.is_enum_value(name) else naming.enum_value(label)


def _always(scalar: Scalar | None) -> Callable[[TypeEngine[Any]], Scalar | None]:
    return lambda _: scalar


def _if_zoned(aware: Scalar | None, naive: Scalar) -> Callable[[TypeEngine[Any]], Scalar | None]:
    return lambda type_: aware if getattr(type_, "timezone", False) else naive


def _if_objects(objects: Scalar, texts: Scalar) -> Callable[[TypeEngine[Any]], Scalar | None]:
    return lambda type_: objects if getattr(type_, "as_uuid", True) else texts


_Types = tuple[type[Any], ...]
_NETWORK: _Types = (
    postgresql.INET,
    postgresql.CIDR,
    postgresql.MACADDR,
    postgresql.MACADDR8,
    mysql.INET4,
    mysql.INET6,
)

# The first row that fits decides: MySQL's SET is a String for SQLAlchemy, so it stands above it.
_BY_TYPE: tuple[tuple[_Types, Callable[[TypeEngine[Any]], Scalar | None]], ...] = (
    ((mysql.SET, sa.types.NullType), _always(None)),
    ((sa.Boolean,), _always(SCALARS["Boolean"])),
    ((sa.Integer,), _integer),
    ((mysql.BIT,), _bits),
    ((mysql.YEAR,), _always(SCALARS["Int"])),
    ((NumericCommon,), _numeric),
    ((sa.Uuid,), _if_objects(SCALARS["UUID"], _UUID_TEXT)),
    ((sa.String,), _always(SCALARS["String"])),
    ((sa.DateTime,), _if_zoned(SCALARS["DateTime"], _NAIVE_DATE_TIME)),
    ((sa.Date,), _always(SCALARS["Date"])),
    ((sa.Time,), _if_zoned(None, SCALARS["Time"])),  # an offset without a day means nothing
    ((sa.JSON, postgresql.HSTORE), _always(SCALARS["JSON"])),
    ((sa.LargeBinary, sa.BINARY, sa.VARBINARY), _always(SCALARS["Bytes"])),
    (_NETWORK, _always(SCALARS["NetworkAddress"])),
)
