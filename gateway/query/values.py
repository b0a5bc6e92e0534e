"""From what a driver returns to what JSON holds, chosen per column and database when a plan is prepared.

Shaped answers may hold datetimes, dates and UUIDs: the encoder writes them as their scalars would, for a
tenth of the price. They may also hold parts that are JSON text already. `plain` replaces both.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from gateway.catalog.decorated import Decorated
from gateway.catalog.scalars import SCALARS
from gateway.catalog.types import Field
from gateway.catalog.values import unfit
from gateway.errors import GatewayError
from gateway.query.drivers import (
    MYSQLS,
    OTHER,
    Convert,
    exact_single,
    from_driver,
    is_decimal,
    is_single,
    reader_of,
)
from gateway.query.ids import store_value
from gateway.query.pieces import Pieces, load, load_exactly
from gateway.sources.features import Features


@dataclass(frozen=True, slots=True)
class SortValue:
    """A value as it is shown, or the error to show in its place, and as it stands in a cursor."""

    shown: Any
    in_cursor: Any
    error: GatewayError | None = None


def in_cursor(leaf: Convert, value: Any) -> Any:
    """A driver's value in a cursor: the JSON that `leaf` makes of it, or else as it is stored."""
    try:
        return leaf(value)
    except GatewayError:
        return store_value(value)


def sort_value(leaf: Convert, cursor_leaf: Convert, value: Any) -> Any:
    """A driver's value for both uses; the JSON alone where it serves both."""
    stored = in_cursor(cursor_leaf, value)
    try:
        shown = leaf(value)
    except GatewayError as error:
        return SortValue(None, stored, error)
    return shown if shown == stored else SortValue(shown, stored)


def to_json(field: Field, dialect: sa.Dialect) -> Convert | None:
    """Driver value (not None) to JSON value for a field; None when the driver's value is one.

    Raises ValueNotRepresentable for a value that the field's type does not have.
    """
    kind, serialize = field.column.type, field.scalar.serialize
    if isinstance(kind, sa.JSON):
        return _json_text if dialect.name == "postgresql" else _checked_json_text
    process = from_driver(kind, dialect)
    if process is None:
        if serialize is None and isinstance(kind, sa.String) and dialect.name != "postgresql":
            return _string
        return serialize
    name = field.scalar.name

    def convert(value: Any) -> Any:
        try:
            processed = process(value)
        except GatewayError:
            raise
        except LookupError:  # a label that an enum does not have, which `serialize` refuses with a hint
            processed = value
        except Exception as error:
            raise unfit(name, value, OTHER) from error
        if processed is None and not field.nullable:
            raise unfit(name, value, "The column's type makes null of it; correct the row.")
        return processed if processed is None or serialize is None else serialize(processed)

    return convert


def _string(value: Any) -> str:
    if value.__class__ is str:
        return value
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return str(value)
    raise unfit("String", value, OTHER)


def _json_text(value: Any) -> Any:
    """JSON that its database has checked goes into the answer as it is: no number loses a digit."""
    return None if value == "null" else orjson.Fragment(value)


def _checked_json_text(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = repr(value)  # SQLite makes numbers of texts that look like them
    try:
        orjson.loads(value)
    except (ValueError, TypeError):  # more than orjson takes may still be JSON, such as 1e400
        _check_json(value)
    text = value.strip(_BLANKS)
    return None if text in ("null", b"null") else orjson.Fragment(text)


_BLANKS = " \t\n\r"


def _check_json(value: Any) -> None:
    if not isinstance(value, str):
        raise unfit("JSON", value, OTHER)
    try:
        json.loads(value, parse_constant=_no_constant, parse_int=str, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise unfit("JSON", value, "The column holds text that is no JSON; correct the row.") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def sort_to_json(field: Field, dialect: sa.Dialect) -> Convert | None:
    """As `to_json`, for the value a column sorts by: an enum's label is as it is stored."""
    if field.scalar.is_enum:
        if field.stored is not None:
            return to_json(field.sorted_as, dialect)
        names = field.scalar.shown
        return (lambda label: names.get(label, label)) if names else None
    field = field.sorted_as
    if dialect.name in MYSQLS and is_single(field.column.type):
        return exact_single
    if dialect.name == "sqlite" and is_decimal(field.column.type):
        return _unrounded(_places(field))
    return to_json(field, dialect)


def _unrounded(places: int) -> Convert:
    """Decimals that SQLite keeps as floats: the whole of them, since rounded ones do not sort alike."""

    def convert(value: Any) -> str:
        if not isinstance(value, int | float):
            raise unfit("Decimal", value, OTHER)
        number, rounded = Decimal(repr(value)), f"{value:.{places}f}"
        if not number.is_finite():
            raise unfit("Decimal", value, "Decimal has no NaN and no Infinity; store NULL instead.")
        return rounded if Decimal(rounded) == number else format(number, "f")

    return convert


def group_to_json(field: Field, dialect: sa.Dialect) -> Convert | None:
    """As `to_json`, for the value rows are grouped by: of an enum that is stored otherwise, its label."""
    scalar = field.scalar
    if not scalar.is_enum or not isinstance(field.column.type, Decorated):
        return to_json(field, dialect)

    def label(value: Any) -> Any:
        if value in scalar.values:
            return value
        raise unfit(scalar.name, value, f"Add the value to {scalar.name}, or correct the row.")

    return label


def date_to_json(dialect: sa.Dialect) -> Convert:
    """Driver value (not None) of a date that is no column to JSON."""
    process, serialize = from_driver(sa.Date(), dialect), SCALARS["Date"].serialize
    assert serialize is not None
    return serialize if process is None else lambda value: serialize(process(value))


def travels_as_text(kind: sa.types.TypeEngine[Any], features: Features) -> bool:
    """Whether a column that is only shown is better selected as text: decimals, where text is exact."""
    return features.decimals_as_text and is_decimal(kind)


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
            return "{0}({v})", reader_of(kind, dialect.name) or process
        naive = " and {v}.tzinfo is None" if made is datetime else ""
        return f"{{v}} if {{v}}.__class__ is {{0}}{naive} else {{full}}({{v}})", made
    if name == "String" and full is _string:
        return "{v} if {v}.__class__ is {0} else {full}({v})", str
    return (_AS_IT_IS[name], UUID) if process is None and name in _AS_IT_IS else ("{full}({v})",)


_AS_IT_IS = {
    "Int": "{v} if {v}.__class__ is int and -2147483648 <= {v} <= 2147483647 else {full}({v})",
    "BigInt": "str({v}) if {v}.__class__ is int and -9223372036854775808 <= {v} <= 9223372036854775807"
    " else {full}({v})",
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
        return load_exactly(orjson.dumps(value))
    if isinstance(value, Pieces):
        return load(value)
    serialize = _ENCODED.get(type(value))
    return value if serialize is None else serialize(value)


_ENCODED: dict[type, Convert] = {
    datetime: SCALARS["DateTime"].serialize,  # type: ignore[dict-item]
    date: SCALARS["Date"].serialize,  # type: ignore[dict-item]
    UUID: str,
}
