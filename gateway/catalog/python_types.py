"""Which Python type a `TypeDecorator` speaks: what the model or the type says, else what the type takes.

SQLAlchemy does not need to know, so most types never say it. What is written is believed in this order: the
attribute's `Mapped[…]`, `python_type`, and the annotation of `process_result_value`; what stands in
`TypeDecorator[…]` is for type checkers, SQLAlchemy does not keep it. Where nothing is written, the type is
given one value of each kind, to bind it and to read it back.
"""

import sys
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import is_dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

PLAIN: tuple[type[Any], ...] = (bool, int, float, Decimal, datetime, date, time, UUID, bytes, str)
"""Types with a scalar of their own, each before those that it is also an instance of."""
DOCUMENTS: tuple[type[Any], ...] = (dict, list, tuple, set, frozenset, Mapping, Sequence, Set)
"""Types whose values are JSON, whatever they hold."""

Process = Callable[[Any], Any]


def written_type(inner: TypeDecorator[Any], annotated: Any, owner: type[Any] | None) -> Any:
    """The Python type that the model or the type itself names and that has a place in the graph, or None."""
    return next((found for each in _written(inner, annotated, owner) if (found := _known(each))), None)


def _written(inner: TypeDecorator[Any], annotated: Any, owner: type[Any] | None) -> Iterator[Any]:
    if annotated is not None:
        yield _mapped(annotated, owner)
    with suppress(Exception):  # a property of the app's own
        yield inner.python_type
    process = type(inner).process_result_value
    if process is not TypeDecorator.process_result_value:
        with suppress(Exception):  # names that are known to type checkers only
            yield typing.get_type_hints(process).get("return")


def _mapped(annotated: Any, owner: type[Any] | None) -> Any:
    """T of `Mapped[T]`, which may be written as text."""
    found = _evaluated(annotated, owner)
    arguments = get_args(found)
    return _evaluated(arguments[0], owner) if arguments and get_origin(found) is not None else None


def _evaluated(written: Any, owner: type[Any] | None) -> Any:
    text = written.__forward_arg__ if isinstance(written, typing.ForwardRef) else written
    if not isinstance(text, str):
        return written
    names = (
        vars(sys.modules[owner.__module__]) if owner is not None and owner.__module__ in sys.modules else {}
    )
    with suppress(Exception):  # a name of a function's own, or of `if TYPE_CHECKING`
        return eval(text, dict(names))  # as SQLAlchemy does with the same text
    return None


def _known(kind: Any) -> Any:
    """The type without None and `Annotated`; None where it has no place in the graph."""
    kind = getattr(kind, "__value__", kind)  # of a `type` statement
    kind = getattr(kind, "__supertype__", kind)  # of a NewType
    origin = get_origin(kind)
    if origin is Annotated:
        return _known(get_args(kind)[0])
    if origin in (Union, UnionType):
        rest = [each for each in get_args(kind) if each is not NoneType]
        return _known(rest[0]) if len(rest) == 1 else None
    if isinstance(kind, TypeVar) or kind in (None, Any, object):
        return None
    made = origin or kind
    return kind if isinstance(made, type) and _has_a_place(made) else None


def _has_a_place(kind: type[Any]) -> bool:
    return issubclass(kind, (*PLAIN, *DOCUMENTS, Enum)) or is_document(kind)


def is_document(kind: Any) -> bool:
    """Whether values are JSON: containers, pydantic's models and dataclasses."""
    made = get_origin(kind) or kind
    if not isinstance(made, type) or issubclass(made, str | bytes | Enum):
        return False
    return issubclass(made, DOCUMENTS) or hasattr(made, "model_validate") or is_dataclass(made)


# Asking the type ---------------------------------------------------------------------------------------

_MOMENT = datetime(2024, 5, 1, 10, 30)
_ASKED: tuple[Any, ...] = (
    {"a": 1},
    ["a"],
    {"a"},
    True,
    Decimal("1.5"),
    UUID("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
    _MOMENT.replace(tzinfo=UTC),
    _MOMENT,
    date(2024, 5, 1),
    time(10, 30),
)
"""One value of each kind, each before those that a type may take it for."""
_SMALL = range(10)


def guessed_type(bind: Process, read: Process, stored: TypeEngine[Any]) -> Any:
    """The Python type of which a value can be bound to what is stored, and comes back; None for no other
    one than the stored type has itself."""
    own = stored_class(stored)
    if own is None:
        return None
    for value in _ASKED:
        if type(value) is own:
            return None
        with suppress(Exception):
            kept = bind(value)
            back = read(kept) if type(kept) is own else None
            if type(back) is type(value) and back == value:
                return type(value)
    if own is int:
        for number in _SMALL:
            with suppress(Exception):
                member = read(number)
                if isinstance(member, Enum) and bind(member) == number:
                    return type(member)
    return None


def stored_class(stored: TypeEngine[Any]) -> type[Any] | None:
    """The Python class of what a plain column type takes; None for types whose values are not looked into."""
    return next((made for types, made in _CLASSES if isinstance(stored, types)), None)


_CLASSES: tuple[tuple[Any, type[Any]], ...] = (
    (TypeDecorator, NoneType),
    (sa.Enum, NoneType),
    (sa.String, str),
    (sa.Integer, int),
    (sa.Float, float),
    (sa.Numeric, Decimal),
    (sa.DateTime, datetime),
    (sa.Date, date),
    (sa.Time, time),
    (sa.LargeBinary | sa.BINARY | sa.VARBINARY, bytes),
)
