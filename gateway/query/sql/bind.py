"""Binds: every value in a statement is a named parameter of the operation, never text.

A `Binder` serves one plan. Equal parameters share a name; `keys` is the list of join keys that the
executor gives to a keyed fetch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import BindParameter

from gateway.catalog.decorated import Decorated
from gateway.catalog.texts import is_padded
from gateway.query.claims import claim_in
from gateway.query.drivers import is_single
from gateway.query.parameters import Chosen, Claim, Literal, Parameter
from gateway.query.sql.compare import Single, UntypedList
from gateway.query.sql.stored import IsSingle, as_double, equal_form, with_fractions
from gateway.query.sql.text import Blanks, Exact, Unpadded, exact, pads
from gateway.sources.features import Features

KEYS = "keys"
"""The list of join keys of a fetch; lists of other nodes start with it too."""
CHOSEN = "chosen"
"""What the names of values begin with that the executor chooses."""
Values = Parameter | str
"""A list: a parameter of the operation, or the name of one that the executor gives."""
Type = sa.types.TypeEngine[Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One column of a list of composite keys."""

    convert: Callable[[Any], Any]
    index: int

    def __call__(self, value: Any) -> list[Any]:
        return [key[self.index] for key in self.convert(value)]

    def __str__(self) -> str:
        return f"{self.convert}[{self.index}]"


@dataclass(frozen=True, slots=True)
class Asked:
    """A name that a binder was asked for. `kind` is the type under which it was, None for a constant."""

    name: str
    parameter: Parameter
    kind: tuple[str, type[Any]] | None


@dataclass(slots=True)
class Binder:
    """Names for the parameters of one plan, on one kind of database at a time.

    `asked` is where it writes down what it is asked for, if anybody wants to know. `kinds` are the types
    under which each name was asked for.
    """

    parameters: dict[str, Parameter] = field(default_factory=dict)
    names: dict[object, str] = field(default_factory=dict)
    asked: list[Asked] | None = None
    kinds: dict[str, list[Type]] = field(default_factory=dict)

    def name(self, parameter: Parameter, kind: Type) -> str:
        if isinstance(parameter.origin, Chosen):
            return f"{CHOSEN}_{parameter.origin.name}"
        name = self.named(parameter, (repr(kind), type(kind)))
        kinds = self.kinds.setdefault(name, [])
        kinds += kind.kinds if isinstance(kind, _ListOf) else [kind]
        return name

    def named(self, parameter: Parameter, kind: tuple[str, type[Any]]) -> str:
        """The name of a parameter as a type, which is as it is written and its class."""
        place = (parameter, *kind)
        name = self.names.get(place)
        if name is None:
            name = self.names[place] = f"p{len(self.names)}"
            self.parameters[name] = parameter
        if self.asked is not None:
            self.asked.append(Asked(name, parameter, kind))
        return name

    def given(self, parameter: Parameter) -> str:
        """The name of a parameter's value for Python, whatever statements bind it as."""
        return self.name(parameter, sa.types.NullType())

    def value(self, parameter: Parameter, kind: Type) -> BindParameter[Any]:
        return sa.bindparam(self.name(parameter, kind), type_=kind)

    def constant_size(self, rows: int) -> BindParameter[int]:
        """A row limit that the plan fixes."""
        return self.value(Parameter(Literal(rows)), sa.BigInteger())

    def knows(self, name: str) -> bool:
        """Whether a bind of this name is a parameter of the plan."""
        return name in self.parameters

    def constant(self, value: Any) -> str:
        """A name for a constant that is no parameter of the plan."""
        name = f"constant{len(self.parameters)}"
        self.parameters[name] = Parameter(Literal(value))
        if self.asked is not None:
            self.asked.append(Asked(name, self.parameters[name], None))
        return name

    def is_in(
        self, columns: Sequence[sa.ColumnElement[Any]], values: Values, features: Features
    ) -> sa.ColumnElement[bool]:
        """`columns` (a tuple when several) are in a list: a parameter's, or one given by name at run time."""
        columns = [equal_form(column, features) for column in columns]
        found = self._found(columns, values, features)
        whole = [with_fractions(column, features) for column in columns]
        if any(each is not None for each in whole):
            spelled = [own if each is None else each for own, each in zip(columns, whole, strict=True)]
            found = sa.and_(found, self._found(spelled, values, features))
        if not isinstance(values, str):
            shown = [Unpadded(column) if pads(column, features) else column for column in columns]
            if any(one is not column for one, column in zip(shown, columns, strict=True)):
                found = sa.and_(found, self._found(shown, values, features))
            return self._or_singles(columns, values, found, features)
        exactly = [exact(column, features) for column in columns]
        if all(one is column for one, column in zip(exactly, columns, strict=True)):
            return found
        # Keys match byte by byte: what an index can find first, then the exact comparison.
        return sa.and_(found, self._found(exactly, values, features))

    def _or_singles(
        self,
        columns: Sequence[sa.ColumnElement[Any]],
        values: Parameter,
        found: sa.ColumnElement[bool],
        features: Features,
    ) -> sa.ColumnElement[bool]:
        """With those numbers of a FLOAT column that are shown as one of the list, and without all others."""
        column = columns[0]
        if features.name != "mysql" or len(columns) > 1 or not is_single(column.type):
            return found
        nearest = sa.bindparam(self.name(values, _ListOf([Single()])), expanding=True, type_=Single())
        found, is_a_float = self._found([as_double(column)], values, features), IsSingle(column)
        return sa.or_(
            sa.and_(sa.not_(is_a_float), found), sa.and_(is_a_float, as_double(column).in_(nearest))
        ).self_group()

    def _found(
        self, columns: Sequence[sa.ColumnElement[Any]], values: Values, features: Features
    ) -> sa.ColumnElement[bool]:
        kinds = [column.type for column in columns]
        strategy = features.key_list
        if strategy == "json" and not all(_travels_as_json(kind) for kind in kinds):
            strategy = "expand"
        if strategy == "expand":
            name = values if isinstance(values, str) else self.name(values, _ListOf(kinds))
            left: Any = columns[0] if len(columns) == 1 else sa.tuple_(*columns)
            kind: Any = kinds[0] if len(columns) == 1 else sa.types.TupleType(*kinds)
            result: sa.ColumnElement[bool] = left.in_(sa.bindparam(name, expanding=True, type_=kind))
            return result
        if strategy == "json":
            return self._in_json(columns, values, kinds)
        return self._in_array(columns, values, kinds)

    def _in_json(
        self, columns: Sequence[sa.ColumnElement[Any]], values: Values, kinds: list[Type]
    ) -> sa.ColumnElement[bool]:
        kind = JsonList(kinds)
        name = values if isinstance(values, str) else self.name(values, kind)
        rows = sa.func.json_each(sa.bindparam(name, type_=kind)).table_valued("value")
        if len(columns) == 1:
            return columns[0].in_(sa.select(rows.c.value))
        parts = [
            sa.func.json_extract(rows.c.value, sa.literal_column(f"'$[{i}]'")) for i in range(len(kinds))
        ]
        return sa.tuple_(*columns).in_(sa.select(*parts))

    def _in_array(
        self, columns: Sequence[sa.ColumnElement[Any]], values: Values, kinds: list[Type]
    ) -> sa.ColumnElement[bool]:
        arrays: list[Type] = [ARRAY(plain_type(kind)) for kind in kinds]
        if len(columns) == 1:
            if isinstance(kinds[0], sa.Float):
                arrays = [UntypedList()]
            name = values if isinstance(values, str) else self.name(values, arrays[0])
            keys: Any = sa.bindparam(name, type_=arrays[0])
            if _has_blanks(columns[0]):
                keys = sa.cast(keys, ARRAY(Blanks()))
            return columns[0] == sa.func.any(keys)
        binds = []
        for index, array in enumerate(arrays):
            if isinstance(values, str):
                name = f"{values}_{index}"
            else:
                assert values.convert is not None
                name = self.name(Parameter(values.origin, Part(values.convert, index)), array)
            binds.append(sa.bindparam(name, type_=array))
        names = [f"k{index}" for index in range(len(binds))]
        rows = sa.func.unnest(*binds).table_valued(*names).render_derived()
        found: list[Any] = [
            sa.cast(rows.c[name], Blanks()) if _has_blanks(column) else rows.c[name]
            for name, column in zip(names, columns, strict=True)
        ]
        return sa.tuple_(*columns).in_(sa.select(*found))

    def adopt(self, condition: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
        """An app's own condition with its claims and constants as parameters of this plan."""

        def replace(element: Any, **_: Any) -> Any:
            if not isinstance(element, BindParameter):
                return None
            if (claim := claim_in(element)) is not None:
                parameter = Parameter(Claim(claim.name), claim)
            else:
                value = element.effective_value
                parameter = Parameter(Literal(tuple(value) if isinstance(value, list) else value))
            name = self.name(parameter, element.type)
            return sa.bindparam(name, type_=element.type, expanding=element.expanding)

        adopted: sa.ColumnElement[bool] = visitors.replacement_traverse(condition, {}, replace)
        return adopted


def array_of_integers(values: Sequence[int | None]) -> Any:
    """A PostgreSQL array as text, which costs a tenth of what the driver takes to write a list."""
    try:
        return f"{{{orjson.dumps(values)[1:-1].decode()}}}"
    except TypeError:  # whole numbers that are no int, or too large for one
        return list(values)


class JsonList(sa.types.TypeDecorator[Any]):
    """A list of keys as one JSON text, each value in the form the database stores."""

    impl = sa.Text
    cache_ok = False

    def __init__(self, kinds: list[Type]) -> None:
        super().__init__()
        self.kinds = kinds

    def __repr__(self) -> str:
        return f"JsonList({self.kinds!r})"

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        processors = [kind.dialect_impl(dialect).bind_processor(dialect) for kind in self.kinds]
        if len(processors) == 1:
            processor = processors[0]
            items = value if processor is None else [processor(item) for item in value]
        else:
            items = [
                [
                    part if process is None else process(part)
                    for part, process in zip(item, processors, strict=True)
                ]
                for item in value
            ]
        return orjson.dumps(items, default=str).decode()  # a Decimal in all its digits


class _ListOf(sa.types.TypeDecorator[Any]):
    """Names an expanding list apart from a single value of the same parameter."""

    impl = sa.Text
    cache_ok = False

    def __init__(self, kinds: list[Type]) -> None:
        super().__init__()
        self.kinds = kinds

    def __repr__(self) -> str:
        return f"ListOf({self.kinds!r})"


def _has_blanks(column: sa.ColumnElement[Any]) -> bool:
    """Whether an index of PostgreSQL has the column with blanks behind it."""
    return is_padded(column.type) and not isinstance(column, Unpadded | Exact)


def _travels_as_json(kind: Type) -> bool:
    """JSON loses nothing of these on the way into SQLite; floats, decimals and bytes would change."""
    return isinstance(
        kind, sa.Integer | sa.String | sa.Uuid | sa.Date | sa.DateTime | sa.Time | sa.Boolean
    ) and not isinstance(kind, sa.types.TypeDecorator)


def plain_type(kind: Type) -> Type:
    """The element type of an array: text without length and collation, which no array type can carry."""
    if isinstance(kind, Decorated):
        return kind.over(plain_type(kind.stored))
    if isinstance(kind, sa.String) and not isinstance(kind, sa.Enum):
        return sa.Text()
    if isinstance(kind, sa.Numeric):
        return sa.Numeric()  # a precision would round what is looked for
    return kind
