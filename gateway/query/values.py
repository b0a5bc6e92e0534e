"""From what a driver returns to what JSON holds, chosen per column and database when a plan is prepared.

Shaped answers may hold datetimes, dates and UUIDs: the encoder writes them as their scalars would, for a
tenth of the price. They may also hold parts that are JSON text already. `plain` replaces both.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.types import NumericCommon

from gateway.catalog.scalars import SCALARS
from gateway.catalog.texts import is_padded
from gateway.catalog.types import Field
from gateway.errors import GatewayError
from gateway.query.pieces import Pieces, load
from gateway.sources.features import Features

Convert = Callable[[Any], Any]

_POSTGRESQL_NUMERIC, _POSTGRESQL_FLOAT = 1700, 701
"""Type codes that SQLAlchemy's psycopg dialect wants to see before it hands out a processor."""

UNUSUAL = (GatewayError, LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What a quick expression may raise for a value that `Shown.full` has to judge."""


def from_driver(kind: sa.types.TypeEngine[Any], dialect: sa.Dialect) -> Convert | None:
    """Driver value to the Python value of a column type; None when they are the same."""
    code = None
    if dialect.name == "postgresql" and isinstance(kind, NumericCommon):
        code = _POSTGRESQL_FLOAT if isinstance(kind, sa.Float) else _POSTGRESQL_NUMERIC
    process: Convert | None = kind.dialect_impl(dialect).result_processor(dialect, code)
    if dialect.name == "postgresql" and is_padded(kind):
        return _unpadded if process is None else lambda value: process(_unpadded(value))
    return process


def _unpadded(value: Any) -> Any:
    return value.rstrip(" ") if isinstance(value, str) else value


def to_json(field: Field, dialect: sa.Dialect) -> Convert | None:
    """Driver value (not None) to JSON value for a field; None when the driver's value is one."""
    process, serialize = from_driver(field.column.type, dialect), field.scalar.serialize
    if process is None:
        return serialize
    if serialize is None:
        return process

    def convert(value: Any) -> Any:
        try:
            processed = process(value)
        except LookupError:  # a label that an enum does not have, which `serialize` refuses with a hint
            processed = value
        return None if processed is None else serialize(processed)

    return convert


def sort_to_json(field: Field, dialect: sa.Dialect) -> Convert | None:
    """As `to_json`, for the value a column sorts by: an enum's label is as it is stored."""
    if not field.scalar.is_enum:
        return to_json(field, dialect)
    shown = field.scalar.shown
    return (lambda label: shown.get(label, label)) if shown else None


def date_to_json(dialect: sa.Dialect) -> Convert:
    """Driver value (not None) of a date that is no column to JSON."""
    process, serialize = from_driver(sa.Date(), dialect), SCALARS["Date"].serialize
    assert serialize is not None
    return serialize if process is None else lambda value: serialize(process(value))


def travels_as_text(kind: sa.types.TypeEngine[Any], features: Features) -> bool:
    """Whether a column that is only shown is better selected as text: decimals, where text is exact."""
    return features.decimals_as_text and is_decimal(kind)


def is_decimal(kind: sa.types.TypeEngine[Any]) -> bool:
    """Whether values are decimals with a fixed number of places."""
    return (
        isinstance(kind, NumericCommon)
        and not isinstance(kind, sa.Float)
        and bool(kind.asdecimal)
        and (kind.scale or 0) > 0
    )


# Quick ways ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """How a column's values become JSON. `full` takes every value but None; None: they are JSON already.

    `quick` is the text of an expression for the values a column usually holds: `{v}` is the value, `{full}`
    names `full`, and `{0}`, `{1}` … name `names`. For others it calls `full` or raises one of `UNUSUAL`;
    for None it surely raises when it `needs_value`.
    """

    full: Convert | None
    quick: str
    names: tuple[Any, ...] = ()

    @property
    def needs_value(self) -> bool:
        return any(sign in self.quick for sign in (".__class__ is", "[", "<="))


def shown(field: Field, dialect: sa.Dialect, *, text: bool = False) -> Shown:
    """How a field's values are shown; with `text` they were selected as text."""
    full = _text_to_json(field) if text else to_json(field, dialect)
    if full is None:
        return Shown(None, "{v}")
    if isinstance(field.column.type, sa.types.TypeDecorator):
        return Shown(full, "{full}({v})")
    quick, *names = _text(field) if text else _quick(field, dialect, full)
    return Shown(full, quick, tuple(names))


def _text_to_json(field: Field) -> Convert:
    serialize = field.scalar.serialize
    assert serialize is not None
    return lambda value: serialize(Decimal(value))


def _text(field: Field) -> tuple[Any, ...]:
    return (f'{{v}} if {{v}}[-{_places(field) + 1}] == "." else {{full}}({{v}})',)


def _places(field: Field) -> int:
    return getattr(field.column.type, "scale", None) or 0


def _quick(field: Field, dialect: sa.Dialect, full: Convert) -> tuple[Any, ...]:
    """The expression and the objects it names."""
    kind, name = field.column.type, field.scalar.name
    process = from_driver(kind, dialect)
    if field.scalar.is_enum and isinstance(kind, sa.Enum):
        return "{0}[{v}]", _labels(field, full)
    standard = SCALARS.get(name)
    if standard is None or (field.scalar.serialize is not standard.serialize and name != "Decimal"):
        return ("{full}({v})",)
    if name == "Decimal" and is_decimal(kind):
        return _quick_decimal(field, own=process is None)
    if name in ("DateTime", "Date"):
        made = datetime if name == "DateTime" else date
        if process is not None:
            return "{0}({v})", process
        naive = " and {v}.tzinfo is None" if made is datetime else ""
        return f"{{v}} if {{v}}.__class__ is {{0}}{naive} else {{full}}({{v}})", made
    return (_AS_IT_IS[name], UUID) if process is None and name in _AS_IT_IS else ("{full}({v})",)


_AS_IT_IS = {
    "Int": "{v} if {v}.__class__ is int and -2147483648 <= {v} <= 2147483647 else {full}({v})",
    "BigInt": "str({v}) if {v}.__class__ is int else {full}({v})",
    "Float": "{v} if {v}.__class__ is float and {v} - {v} == 0.0 else {full}({v})",
    "UUID": "{v} if {v}.__class__ is {0} else {full}({v})",
}


def _quick_decimal(field: Field, *, own: bool) -> tuple[Any, ...]:
    """From a Decimal when the driver gives `own` ones, else from a number of SQLite's."""
    places = _places(field)
    if own:
        plain = f'(t := str({{v}}))[-{places + 1}] == "." and t[0] != "-"'
        return (f"t if {plain} else {{full}}({{v}})",)
    return (f'"%.{places}f" % {{v}} if 0 <= {{v}} < 1e15 else {{full}}({{v}})',)


def _labels(field: Field, full: Convert) -> dict[str, str]:
    return {label: full(label) for label in field.scalar.values}


def plain(value: Any) -> Any:
    """A shaped answer in which every value is one of JSON's own types."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, orjson.Fragment):
        return orjson.loads(orjson.dumps(value))
    if isinstance(value, Pieces):
        return load(value)
    serialize = _ENCODED.get(type(value))
    return value if serialize is None else serialize(value)


_ENCODED: dict[type, Convert] = {
    datetime: SCALARS["DateTime"].serialize,  # type: ignore[dict-item]
    date: SCALARS["Date"].serialize,  # type: ignore[dict-item]
    UUID: str,
}
