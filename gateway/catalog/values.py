"""Leaf values on their way out (`serialize_*`, to JSON) and in (`parse_*`, from JSON), exact both ways.

Serializers never meet None and raise `ValueNotRepresentable`; parsers raise `BadUserInput`. For every
value a column can hold, `parse(serialize(value)) == value`.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any
from uuid import UUID

from gateway.errors import BadUserInput, ValueNotRepresentable

INT_MIN, INT_MAX = -(2**31), 2**31 - 1
LONG_MIN, LONG_MAX = -(2**63), 2**63 - 1
UNSIGNED_MAX = 2**64 - 1
DECIMAL_DIGITS = 1000
"""Most digits a Decimal from a client may have on either side of its point."""

_INTEGER = re.compile(r"-?[0-9]{1,20}")
_DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,5})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?")
_OFFSET = re.compile(r"[Zz]|[+-][0-9]{2}:[0-9]{2}")
_DATE_TIME = re.compile(rf"{_DATE.pattern}[Tt ][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(\.[0-9]{{1,6}})?")
_UUID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def shown(value: Any) -> str:
    """The value for a message, cut to 60 characters."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to print integers of more than 4,300 digits
        return "a number of too many digits"
    return text if len(text) <= 60 else f"{text[:57]}..."


def refused(type_name: str, value: Any, expected: str) -> BadUserInput:
    return BadUserInput(f"{type_name} cannot be {shown(value)}.", hint=f"Send {expected}.")


def unfit(type_name: str, value: Any, hint: str) -> ValueNotRepresentable:
    return ValueNotRepresentable(f"The stored value {shown(value)} is not a {type_name}.", hint=hint)


def parse_string(value: Any) -> str:
    if not isinstance(value, str):
        raise refused("String", value, "a string")
    _check_characters("String", value)
    return value


def _check_characters(type_name: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise refused(type_name, text, "text without lone surrogates") from error


def serialize_int(value: Any) -> int:
    if type(value) is int and INT_MIN <= value <= INT_MAX:
        return value
    number = _integral(value, "Int")
    if not INT_MIN <= number <= INT_MAX:
        raise unfit("32-bit Int", value, "Declare the column as BigInteger; its field is then a BigInt.")
    return number


def parse_int(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not INT_MIN <= value <= INT_MAX:
        raise refused("Int", value, "an integer between -2147483648 and 2147483647")
    return value


def serialize_big_int(value: Any) -> str:
    return _serialize_big_int(value, LONG_MIN, LONG_MAX)


def serialize_unsigned_big_int(value: Any) -> str:
    return _serialize_big_int(value, 0, UNSIGNED_MAX)


def _serialize_big_int(value: Any, smallest: int, largest: int) -> str:
    number = value if type(value) is int else _integral(value, "BigInt")
    if not smallest <= number <= largest:
        raise unfit("BigInt", value, "Declare the column as it is, unsigned or Numeric, or correct the row.")
    return str(number)


def parse_big_int(value: Any) -> int:
    return _parse_big_int(value, LONG_MIN, LONG_MAX)


def parse_unsigned_big_int(value: Any) -> int:
    return _parse_big_int(value, 0, UNSIGNED_MAX)


def _parse_big_int(value: Any, smallest: int, largest: int) -> int:
    expected = f"an integer between {smallest} and {largest}, as a string"
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not smallest <= value <= largest:
        raise refused("BigInt", value, expected)
    return value


def _integral(value: Any, type_name: str) -> int:
    """Sums come as Decimal from some drivers, booleans as int; anything with a fraction is refused."""
    if isinstance(value, int | Decimal | float):
        try:
            number = int(value)
        except (ValueError, OverflowError):
            number = None
        if number is not None and number == value:
            return number
    raise unfit(type_name, value, "The column holds something else than its type says; correct the row.")


def serialize_float(value: Any) -> float:
    if type(value) is float and isfinite(value):
        return value
    if isinstance(value, int | float | Decimal) and isfinite(value):
        return float(value)
    raise unfit("Float", value, "JSON has no NaN and no Infinity; store NULL instead.")


def parse_float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refused("Float", value, "a number")
    try:
        number = float(value)
    except OverflowError:
        number = float("inf")
    if not isfinite(number):
        raise refused("Float", value, "a finite number")
    return number


def parse_boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise refused("Boolean", value, "true or false")
    return value


def decimal_serializer(scale: int | None) -> Callable[[Any], str]:
    """To a plain number with at least `scale` digits after the point, never in exponent notation."""
    places = scale if scale is not None and scale > 0 else 0

    def serialize(value: Any) -> str:
        text = str(value)
        if places and text[-places - 1 : -places] == "." and "E" not in text and text[0] != "-":
            return text
        return _plain_decimal(value, places)

    return serialize


def _plain_decimal(value: Any, places: int) -> str:
    if isinstance(value, bool) or not isinstance(value, Decimal | int | float):
        raise unfit("Decimal", value, "The column holds something else than a number; correct the row.")
    number = value if isinstance(value, Decimal) else Decimal(str(value))
    if not number.is_finite():
        raise unfit("Decimal", value, "Decimal has no NaN and no Infinity; store NULL instead.")
    if not number:
        number = number.copy_abs()
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # only NaN and Infinity have a letter there
    return format(number, f".{places}f") if exponent > -places else format(number, "f")


def parse_decimal(value: Any) -> Decimal:
    if isinstance(value, int | float) and not isinstance(value, bool):
        # GraphQL literals such as 1.5 arrive as float; str() is the shortest text that reads back as it.
        value = str(value) if not isinstance(value, int) or abs(value) < 10**DECIMAL_DIGITS else None
    if not isinstance(value, str) or len(value) > 2 * DECIMAL_DIGITS or not _DECIMAL.fullmatch(value):
        raise refused("Decimal", value, 'a number as a string, such as "12.50"')
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if number.adjusted() >= DECIMAL_DIGITS or not isinstance(exponent, int) or exponent < -DECIMAL_DIGITS:
        raise refused("Decimal", value, f"at most {DECIMAL_DIGITS} digits on either side of the point")
    return number


def serialize_date_time(value: Any) -> str:
    if not isinstance(value, datetime):
        raise unfit("DateTime", value, "The column holds something else than a date and time; correct it.")
    if value.tzinfo is not None:
        try:
            value = value.astimezone(UTC).replace(tzinfo=None)
        except OverflowError as error:
            raise unfit("DateTime", value, "In UTC it lies outside the years 1 to 9999.") from error
    return f"{value.isoformat()}Z"


def parse_naive_date_time(value: Any) -> datetime:
    """To a moment in UTC without tzinfo, as columns without a time zone hold it."""
    return parse_date_time(value).replace(tzinfo=None)


def parse_date_time(value: Any) -> datetime:
    """To an aware moment in UTC."""
    expected = 'a date and time with an offset, such as "2024-05-01T10:00:00Z"'
    if not isinstance(value, str):
        raise refused("DateTime", value, expected)
    moment = _DATE_TIME.match(value)
    if moment is None or not _OFFSET.fullmatch(value[moment.end() :]):
        raise refused("DateTime", value, expected)
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise refused("DateTime", value, expected) from error


def serialize_date(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        raise unfit("Date", value, "The column holds something else than a date; correct the row.")
    return value.isoformat()


def parse_date(value: Any) -> date:
    expected = 'a date such as "2024-05-01"'
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise refused("Date", value, expected)
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise refused("Date", value, expected) from error


def serialize_time(value: Any) -> str:
    if not isinstance(value, time):
        raise unfit("Time", value, "The column holds something else than a time of day; correct the row.")
    return value.isoformat()


def parse_time(value: Any) -> time:
    """To a time of day without an offset."""
    expected = 'a time of day without an offset, such as "10:00:00"'
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise refused("Time", value, expected)
    try:
        return time.fromisoformat(value)
    except ValueError as error:
        raise refused("Time", value, expected) from error


def parse_uuid(value: Any) -> UUID:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        raise refused("UUID", value, "32 hexadecimal digits in groups of 8, 4, 4, 4 and 12")
    return UUID(value)


def parse_uuid_text(value: Any) -> str:
    """For columns that hold UUIDs as text in Python, `Uuid(as_uuid=False)`."""
    return str(parse_uuid(value))


def serialize_bytes(value: Any) -> str:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise unfit("Bytes", value, "The column holds text; correct the row.")
    return b64encode(value).decode("ascii")


def parse_bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise refused("Bytes", value, "base64 text")
    try:
        return b64decode(value.encode(), validate=True)
    except (Base64Error, UnicodeEncodeError) as error:
        raise refused("Bytes", value, "base64 text") from error


def parse_json(value: Any) -> Any:
    """Any JSON that every database keeps as it is: no number beyond 64 bits or doubles, no half character.

    A whole number that is all of it has one bit less: SQLite keeps it as a number.
    """
    if isinstance(value, int) and value > LONG_MAX:
        raise refused("JSON", value, _LONGER)
    try:
        _check_json(value)
    except RecursionError:
        raise BadUserInput("The JSON is nested too deeply.", hint="Nest it less deeply.") from None
    return value


_LONGER = "longer whole numbers as strings: databases round them"


def _check_json(value: Any) -> None:
    if isinstance(value, dict):
        for name, part in value.items():
            _check_characters("JSON", name)
            _check_json(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _check_json(part)
    elif isinstance(value, float) and not isfinite(value):
        raise refused("JSON", value, "numbers below 1.8e308")
    elif isinstance(value, int) and not LONG_MIN <= value <= UNSIGNED_MAX:
        raise refused("JSON", value, _LONGER)
    elif isinstance(value, str):
        _check_characters("JSON", value)


def parse_id(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise refused("ID", value, "the id of an entity as the gateway gave it")
    return str(value)


def decorated_text(value: Any) -> str:
    """Text of what a `TypeDecorator` over a string column made of it."""
    if isinstance(value, Enum):
        value = value.value if isinstance(value.value, str) else value.name
    if isinstance(value, str):
        return value
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | dict | list | tuple | set):
        raise unfit("String", value, "The column's TypeDecorator yields no text; hide the field.")
    return str(value)


def decorated_number(serialize: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The number behind what a `TypeDecorator` over a number column made of it."""
    return lambda value: serialize(value.value if isinstance(value, Enum) else value)
