"""What a document asks of the graph: a tree that names entities and fields, and no SQL.

`schema/read.py` makes it from GraphQL; the planner reads it. Response keys are already merged and
fragments already spread, so each member of a selection appears once, in response order.
"""

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from gateway.catalog.measures import Measure, scalar_of_measure
from gateway.catalog.types import Entity, Relation, Scalar
from gateway.query.conditions import Condition
from gateway.query.having import Having
from gateway.query.parameters import Parameter

# Order and pages -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hop:
    """One relation on the way to a value. `rows` is what the caller may see there; the planner adds it."""

    relation: Relation
    target: Entity
    rows: sa.ColumnElement[bool] | None = None


@dataclass(frozen=True, slots=True)
class OrderTerm:
    """A value to sort by: a field at the end of `path`, or with `function` an aggregate of its last hop.

    All hops but an aggregate's are to-one. `field` is None for a count. With a `unit` the value is the first
    day of the period that the field falls into.
    """

    field: str | None
    descending: bool = False
    nulls_first: bool = False
    path: tuple[Hop, ...] = ()
    function: str | None = None
    unit: str | None = None

    @property
    def name(self) -> str:
        """`placedAt`, `customer.name`, `orders.sum.total`, `placedAt.month`."""
        unit = self.unit.lower() if self.unit is not None else None
        steps = (*(hop.relation.name for hop in self.path), self.function, self.field, unit)
        return ".".join(step for step in steps if step is not None)

    def __str__(self) -> str:
        direction = "desc" if self.descending else "asc"
        return f"{self.name} {direction}{' nulls first' if self.nulls_first else ''}"

    def reversed(self) -> "OrderTerm":
        return replace(self, descending=not self.descending, nulls_first=not self.nulls_first)

    def end(self, entity: Entity) -> Entity:
        """The entity whose field is meant, seen from the list's entity."""
        return self.path[-1].target if self.path else entity

    def nullable(self, entity: Entity) -> bool:
        """Whether a row of `entity` may have no such value."""
        if self.function == "count":
            return False
        return bool(self.path) or self.field is None or entity.fields[self.field].nullable

    def scalar(self, entity: Entity) -> Scalar:
        """The scalar of the value, in cursors."""
        end = self.end(entity)
        if self.function is not None:
            return scalar_of_measure(Measure(self.function, self.field), end, stored=True)
        assert self.field is not None
        return end.fields[self.field].sorted_as.scalar


@dataclass(frozen=True, slots=True)
class Cursor:
    """A row's place in an order: one parameter per order term, and which of them are NULL."""

    values: tuple[Parameter, ...]
    nulls: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A window over an ordered list: `size` rows from its start, or from its end when `backward`."""

    size: Parameter | int
    backward: bool = False
    after: Cursor | None = None
    before: Cursor | None = None
    offset: Parameter | None = None


# Selections ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeName:
    """`__typename`, whose answer is known already."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Value:
    key: str
    field: str


@dataclass(frozen=True, slots=True)
class GlobalId:
    key: str


@dataclass(frozen=True, slots=True)
class One:
    """A to-one relation."""

    key: str
    relation: str
    selection: "EntitySelection"


@dataclass(frozen=True, slots=True)
class Many:
    """A to-many relation, paged per parent."""

    key: str
    relation: str
    connection: "ConnectionSelection"


@dataclass(frozen=True, slots=True)
class Own:
    """A field with a resolver of the app. `nodes` say what is asked of its value, for who resolves it."""

    key: str
    field: str
    arguments: Parameter | None
    nodes: tuple[Any, ...] = ()


Member = TypeName | Value | GlobalId | One | Many | Own


@dataclass(frozen=True, slots=True)
class EntitySelection:
    entity: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Nodes:
    key: str
    selection: EntitySelection


@dataclass(frozen=True, slots=True)
class EdgeCursor:
    key: str


@dataclass(frozen=True, slots=True)
class EdgeNode:
    key: str
    selection: EntitySelection


EdgeMember = TypeName | EdgeCursor | EdgeNode


@dataclass(frozen=True, slots=True)
class Edges:
    key: str
    members: tuple[EdgeMember, ...]


@dataclass(frozen=True, slots=True)
class PageInfoField:
    """`name` is hasNextPage, hasPreviousPage, startCursor or endCursor."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class PageInfo:
    key: str
    members: tuple[TypeName | PageInfoField, ...]


@dataclass(frozen=True, slots=True)
class TotalCount:
    key: str


@dataclass(frozen=True, slots=True)
class AggregateValue:
    """One value of an aggregate: `count`, or a field below a function."""

    key: str
    measure: Measure


@dataclass(frozen=True, slots=True)
class AggregateFunction:
    """The object below `sum`, `avg` and the like."""

    key: str
    members: tuple[TypeName | AggregateValue, ...]


@dataclass(frozen=True, slots=True)
class Aggregate:
    key: str
    members: tuple[TypeName | AggregateValue | AggregateFunction, ...]


# Groups ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupTerm:
    """What groups are sorted by: a measure, or the key at a position of `by`."""

    value: Measure | int
    descending: bool = False
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class Grouping:
    """How rows are grouped, and which groups are asked for.

    `by` are the keys; their directions mean nothing. `order` is complete: every key is in it. Without a
    `size` all groups are wanted: more than `limit` of one list, or `total` of all, exceed the budget.
    """

    by: tuple[OrderTerm, ...]
    having: Having | None
    order: tuple[GroupTerm, ...]
    size: Parameter | None
    limit: int
    total: int


@dataclass(frozen=True, slots=True)
class GroupValue:
    """A value of a key: the one at position `by`, None where the rows are not grouped by it."""

    key: str
    by: int | None


@dataclass(frozen=True, slots=True)
class GroupKey:
    """`key`, or an object inside; not `present` where the rows are grouped by nothing below it."""

    key: str
    members: tuple["TypeName | GroupValue | GroupKey", ...]
    present: bool = True


@dataclass(frozen=True, slots=True)
class Groups:
    key: str
    grouping: Grouping
    members: tuple[TypeName | GroupKey | Aggregate, ...]


ConnectionMember = TypeName | Nodes | Edges | PageInfo | TotalCount | Aggregate | Groups


@dataclass(frozen=True, slots=True)
class ConnectionSelection:
    """A page of an entity's rows. `order` is complete: it ends with the primary key.

    With `locks` the rows are going to be written: no other transaction may change them meanwhile.
    """

    entity: str
    condition: Condition | None
    order: tuple[OrderTerm, ...]
    page: Page
    members: tuple[ConnectionMember, ...]
    locks: bool = False


# Roots -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RootOne:
    """One entity by a unique key; `condition` compares every field of it."""

    key: str
    condition: Condition
    selection: EntitySelection


@dataclass(frozen=True, slots=True)
class RootMany:
    key: str
    connection: ConnectionSelection


@dataclass(frozen=True, slots=True)
class RootNodes:
    """`node` and `nodes`: a selection per entity that the ids name. `ids` keeps the given ids in order."""

    key: str
    ids: Parameter
    selections: tuple[EntitySelection, ...]
    keys: tuple[Parameter, ...]
    single: bool


@dataclass(frozen=True, slots=True)
class RootTypeName:
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class RootOther:
    """A root that graphql-core answers: introspection."""

    key: str


@dataclass(frozen=True, slots=True)
class RootOwn:
    """A root with a resolver of the app; `nodes` are its fields in the document."""

    key: str
    nodes: tuple[Any, ...]


Root = RootOne | RootMany | RootNodes | RootTypeName | RootOther | RootOwn


@dataclass(frozen=True, slots=True)
class Selection:
    """One operation. `roots` are in response order."""

    kind: str
    roots: tuple[Root, ...]
