"""A `TypeDecorator` of the app as the gateway uses it.

SQL has what is stored, which sorts and is indexed; Python has what the type makes of it. `Decorated` stands
in the place of the app's type: every value goes through the type's own processing, whatever that raises
becomes an error with a code, and operators of the type's own have no say. What a type cannot do (an
encrypted text has no order) is found when the catalog is made, by binding a few values, and is in `lacks`.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from enum import Enum
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator, TypeEngine

from gateway.catalog.forms import Form
from gateway.catalog.integers import integer_range
from gateway.catalog.lacks import Use, lacking
from gateway.catalog.python_types import Process, stored_class
from gateway.catalog.types import Scalar
from gateway.catalog.values import shown
from gateway.errors import BadUserInput, GatewayError, ValueNotRepresentable

_LONG = 2**63


class Same:
    """The app's type, equal to itself only: what it binds, only it knows."""

    def __init__(self, inner: TypeDecorator[Any]) -> None:
        self.inner = inner


def processes(inner: TypeDecorator[Any], dialect: sa.Dialect) -> tuple[Process, Process]:
    """What the app's type does to a value to be stored, and to a stored value."""
    kind = type(inner)
    bind = read = _as_it_is
    if kind.process_bind_param is not TypeDecorator.process_bind_param:
        bind = lambda value: inner.process_bind_param(value, dialect)  # noqa: E731
    if kind.process_result_value is not TypeDecorator.process_result_value:
        read = lambda value: inner.process_result_value(value, dialect)  # noqa: E731
    return bind, read


def _as_it_is(value: Any) -> Any:
    return value


class Decorated(TypeDecorator[Any]):
    """See above. `stored` is the type underneath, `form` what the type's values are in the graph."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, same: Same, dialect: sa.Dialect, stored: TypeEngine[Any], form: Form) -> None:
        super().__init__()
        self.same = same
        self.impl_instance = self.stored = stored
        self.impl = stored  # type: ignore[assignment]
        self.bind, self.read = processes(same.inner, dialect)
        self.form = _fitted(form, self.bind, self.read)
        self.scalar = self._scalar(self.form.scalar)
        self.lacks: Mapping[str, str] = {}
        self.lacks = dict(lacking(self))

    @property
    def inner(self) -> TypeDecorator[Any]:
        """The app's own type."""
        return self.same.inner

    def __repr__(self) -> str:
        return f"Decorated({type(self.inner).__name__}, {id(self.inner)}, {self.stored!r})"

    @property
    def plain(self) -> TypeEngine[Any]:
        """What is stored, without any type of the app's own."""
        return plain_kind(self)

    def over(self, stored: TypeEngine[Any]) -> "Decorated":
        """The same, of another stored type."""
        made: Decorated = self.copy()
        made.impl_instance = made.stored = stored
        made.impl = stored  # type: ignore[assignment]
        return made

    # Values

    def bind_processor(self, dialect: sa.Dialect) -> Process:
        further = self.stored.dialect_impl(dialect).bind_processor(dialect)

        def process(value: Any) -> Any:
            kept = self.kept(value)
            return kept if kept is None or further is None else further(kept)

        return process

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Process:
        first = self.stored.dialect_impl(dialect).result_processor(dialect, coltype)

        def process(value: Any) -> Any:
            try:
                return self.made(value if first is None else first(value))
            except GatewayError:
                raise
            except Exception as error:
                raise self.unreadable(value) from error

        return process

    def kept(self, value: Any) -> Any:
        """What is stored for a value. Raises BadUserInput."""
        if value is None:
            return None
        try:
            kept = self.bind(value)
        except GatewayError:
            raise
        except Exception as error:
            raise self.refused(value) from error
        if isinstance(kept, str) and isinstance(self.stored, sa.String) and "\x00" in kept:
            raise self.refused(value)
        if isinstance(kept, int) and isinstance(self.stored, sa.Integer) and not _holds(self.stored, kept):
            raise self.refused(value)
        return kept

    def made(self, stored: Any) -> Any:
        """The Python value of what is stored. Raises ValueNotRepresentable."""
        if stored is None:
            return None
        try:
            value = self.read(stored)
        except Exception as error:
            raise self.unreadable(stored) from error
        if value is None or self.form.fits(value):
            return value
        return self._rescued(value, stored)

    def taken(self, value: Any) -> Any:
        """A value of the scalar, as it was parsed, as one that can be bound. Raises BadUserInput."""
        try:
            made = self.form.take(value)
        except GatewayError:
            raise
        except Exception as error:
            raise self.refused(value) from error
        self.kept(made)
        return made

    def refused(self, value: Any) -> BadUserInput:
        name = type(self.inner).__name__
        return BadUserInput(
            f"{shown(value)} is no value that {name} can store.", hint=f"Send what {name} takes."
        )

    def unreadable(self, stored: Any) -> ValueNotRepresentable:
        name = type(self.inner).__name__
        return ValueNotRepresentable(
            f"A stored value is not what {name} makes a {self.form.scalar.name} of.",
            hint=f"Correct the row, or what {name} does with {type(stored).__name__} values.",
        )

    def _rescued(self, value: Any, stored: Any) -> Any:
        """A text or number for an object of a class of the app's own: one that is bound to the same."""
        tried = [*_named(value), stored]
        for each in tried:
            if self.form.fits(each) and (Use.EQUAL in self.lacks or self._stores(each, stored)):
                return each
        raise self.unreadable(stored)

    def _stores(self, value: Any, stored: Any) -> bool:
        with suppress(Exception):
            return bool(self.bind(value) == stored)
        return False

    def _scalar(self, scalar: Scalar) -> Scalar:
        serialize, parse = scalar.serialize, scalar.parse

        def show(value: Any) -> Any:
            if not self.form.fits(value):
                value = next(filter(self.form.fits, _named(value)), value)
            try:
                if serialize is None and not self.form.fits(value):
                    raise self.unreadable(value)
                return value if serialize is None else serialize(value)
            except GatewayError:
                raise
            except Exception as error:
                raise self.unreadable(value) from error

        return replace(scalar, serialize=show, parse=lambda value: self.taken(parse(value)))

    def number(self, whole: int) -> Any:
        """A whole number as what is stored."""
        return (stored_class(plain_kind(self.stored)) or int)(whole)

    @property
    def unit(self) -> Any:
        """What a stored 1 is, of numbers."""
        return self.made(self.number(1))

    # Enums

    @cached_property
    def labels(self) -> dict[str, Any]:
        """What is stored for each label of an enum; those that cannot be stored are left out."""
        found: dict[str, Any] = {}
        for label in self.form.scalar.values:
            with suppress(Exception):
                found[label] = self.kept(self.form.scalar.parse(label))
        return found


class Labels(TypeDecorator[str]):
    """The labels of an enum, as `Decorated` reads them, in orders and cursors; an unknown one is empty."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: Decorated) -> None:
        super().__init__()
        self.kind = kind

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Process:
        read, show = self.kind.result_processor(dialect, coltype), self.kind.form.scalar.serialize
        assert show is not None

        def process(value: Any) -> Any:
            try:
                return show(read(value))
            except GatewayError:
                return ""

        return process


def _named(value: Any) -> Iterator[Any]:
    """What may stand for an object of a class of the app's own."""
    if isinstance(value, Enum):
        yield from (value.value, value.name)
    elif not isinstance(value, bytes | dict | list | tuple | set | frozenset):
        with suppress(Exception):
            yield str(value)
        with suppress(Exception):
            yield int(value)


def _holds(stored: TypeEngine[Any], number: int) -> bool:
    least, most = integer_range(stored)
    return least <= number <= most


def plain_kind(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """What a column's values are in SQL: the type underneath one of the app's own."""
    while isinstance(kind, Decorated):
        kind = kind.stored
    return kind


def _fitted(form: Form, bind: Process, read: Process) -> Form:
    """Moments with a time zone, unless the type takes or gives them without."""
    if form.scalar.name != "DateTime":
        return form
    first = form.samples[0]
    ways = (form.take, _naive)
    for exactly in (True, False):
        for take in ways:
            with suppress(Exception):
                kept = bind(take(first))
                if not exactly or read(kept) == take(first):
                    return replace(form, take=take, samples=tuple(map(take, form.samples)))
    return form


def _naive(value: datetime) -> datetime:
    return value.replace(tzinfo=None)
