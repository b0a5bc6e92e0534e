"""The catalog: every entity and relation of the graph, immutable, known before any request.

A `Catalog` is made from mapped classes (`catalog/build.py`); all later stages read it and none of them
looks at models again. *Field* is a value as the graph shows it, *column* the one in the database.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from sqlalchemy import Column, ColumnElement, Table

from gateway.catalog.own import OwnField

RowsRule = Callable[[str], ColumnElement[bool] | None]
"""Role of the caller to the condition its rows must meet; None lets every row through."""


class Operators(Enum):
    """Which filter operators a scalar offers; one GraphQL filter input per scalar follows from it."""

    NONE = "none"  # only isNull: JSON, Bytes
    EQUALITY = "equality"  # eq neq in nin isNull: Boolean, UUID, enums
    ORDER = "order"  # and gt gte lt lte: numbers, dates
    TEXT = "text"  # and contains, startsWith, endsWith, like and their i forms


@dataclass(frozen=True, slots=True)
class Scalar:
    """A GraphQL leaf type.

    `serialize` turns the Python value that SQLAlchemy's column type yields into a JSON value and raises
    `ValueNotRepresentable`; `parse` turns a JSON value from a client (or a cursor) into the Python value
    that the column type binds and raises `BadUserInput`. `values` holds an enum's labels as stored,
    `shown` the names of those that GraphQL does not allow: `PG-13` is shown as `PG_13`.
    `serialize` is None where the Python value is its own JSON value (str, bool, float).
    """

    name: str
    operators: Operators
    parse: Callable[[Any], Any]
    serialize: Callable[[Any], Any] | None
    sortable: bool = True
    specified_by: str | None = None
    description: str | None = None
    values: tuple[str, ...] = ()
    shown: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def is_enum(self) -> bool:
        return bool(self.values)

    @property
    def names(self) -> tuple[str, ...]:
        """The labels of an enum as the graph shows them."""
        return tuple(self.shown.get(label, label) for label in self.values)

    def stored(self, name: str) -> str:
        """The label that a name stands for; a label stands for itself."""
        return next((label for label, shown in self.shown.items() if shown == name), name)


@dataclass(frozen=True, slots=True)
class Field:
    """A value of an entity that comes from one column.

    `name` is the GraphQL name (`createdAt`), `attribute` the key of the mapped attribute (`created_at`).
    `hidden_from` names the roles that may not select, filter or sort by it. `validate` raises ValueError for
    a value that must not be written. `lacks` says what it cannot be asked for, and why. `stored` is the same
    column without the type of the app's own that makes its values.
    """

    name: str
    attribute: str
    column: Column[Any]
    scalar: Scalar
    nullable: bool
    description: str | None = None
    read_only: bool = False
    hidden_from: frozenset[str] = frozenset()
    validate: Callable[[Any], object] | None = None
    lacks: Mapping[str, str] = field(default_factory=dict)
    stored: "Field | None" = None

    @property
    def sorted_as(self) -> "Field":
        """The field whose values orders and cursors have: what is stored, of a type of the app's own."""
        return self.stored or self


@dataclass(frozen=True, slots=True)
class Junction:
    """The table between the two ends of a many-to-many relation, in the source of both.

    `near` columns meet the owner's columns, `far` columns the target's, position by position. `unique` says
    that no two of its rows join the same pair, because of a primary or unique key.
    """

    table: Table
    near: tuple[Column[Any], ...]
    far: tuple[Column[Any], ...]
    unique: bool = True


@dataclass(frozen=True, slots=True)
class Relation:
    """An edge from one entity to another; `owner_key` meets `target_key`, position by position.

    Both hold attribute names. `many` relations are connections. `remote` ones cross into another source, or
    join columns of different kinds, and are followed by values of keys.
    `nullable` is False only for a local to-one with NOT NULL and an enforced foreign key of exact values.
    With a `through` junction, `owner_key` meets `through.near` and `target_key` meets `through.far`.
    `refers` says that the owner's columns point at the target, `checked` that mutations see to it that the
    target exists, because no foreign key does.
    """

    name: str
    owner: str
    target: str
    owner_key: tuple[str, ...]
    target_key: tuple[str, ...]
    many: bool
    remote: bool
    nullable: bool
    through: Junction | None = None
    description: str | None = None
    hidden_from: frozenset[str] = frozenset()
    refers: bool = False
    checked: bool = False


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """A primary key or unique constraint: at most one row has its values.

    `name` is the field of the `@oneOf` input (`rowId`, `email`, or `orderIdAndLine` for a composite one),
    `fields` the GraphQL names of its fields in the constraint's order.
    """

    name: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Entity:
    """One kind of node. `fields` and `relations` are keyed by GraphQL name, in declaration order.

    `key` holds the GraphQL names of the primary key's fields, in the table's order.
    `singular` and `plural` are the root field names; the connection types are named after `name`. A
    `read_only` one has no mutations; `version` is the field that counts the writes of a row.
    `own` are the fields that the app's own code makes. `typed` are the columns by attribute, where the
    source's database has another type than they are declared with. `tenanted`: its source is a database per
    tenant.
    """

    name: str
    singular: str
    plural: str
    source: str
    mapped: type[Any]
    table: Table
    fields: Mapping[str, Field]
    relations: Mapping[str, Relation]
    key: tuple[str, ...]
    unique_keys: tuple[UniqueKey, ...]
    description: str | None = None
    read_only: bool = False
    rows: RowsRule | None = None
    hidden_from: frozenset[str] = frozenset()
    by_attribute: Mapping[str, Field] = field(default_factory=dict)
    own: Mapping[str, OwnField] = field(default_factory=dict)
    tenanted: bool = False
    version: Field | None = None
    typed: Mapping[str, Column[Any]] = field(default_factory=dict)

    def column(self, attribute: str) -> Column[Any]:
        """The column behind a mapped attribute, hidden ones included (join keys may be hidden)."""
        found = self.typed.get(attribute)
        if found is not None:
            return found
        return self.mapped.__mapper__.columns[attribute]  # type: ignore[no-any-return]

    @property
    def key_attributes(self) -> tuple[str, ...]:
        return tuple(self.fields[name].attribute for name in self.key)


@dataclass(frozen=True, slots=True, eq=False)
class Catalog:
    """All entities by name, in a stable order, and the mapped class of each."""

    entities: Mapping[str, Entity]
    sources: Collection[str]

    def entity_of(self, mapped: type[Any]) -> Entity:
        """The entity made from a mapped class. Raises KeyError when the class is not in the graph."""
        for entity in self.entities.values():
            if entity.mapped is mapped:
                return entity
        raise KeyError(mapped)
