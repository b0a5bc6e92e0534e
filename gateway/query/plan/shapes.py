"""The shape of an answer: which columns of which nodes stand where in the nested objects and lists.

A shape goes with a plan: positions count in the rows of the plan's nodes.
"""

from dataclasses import dataclass

from gateway.catalog.measures import Measure
from gateway.catalog.types import Entity, Field
from gateway.errors import GatewayError
from gateway.query.parameters import Parameter
from gateway.query.plan.types import Sorted
from gateway.query.selection import OrderTerm, Page

# The answer's shape ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NameShape:
    """A constant: `__typename`."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class RefusedShape:
    """A member the caller may not see; it becomes null and one error."""

    key: str
    error: GatewayError
    nullable: bool


@dataclass(frozen=True, slots=True)
class ValueShape:
    key: str
    position: int
    field: Field


@dataclass(frozen=True, slots=True)
class IdShape:
    key: str
    entity: Entity
    positions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OneShape:
    """A to-one relation: the row of `node` whose key equals the values at `positions`."""

    key: str
    node: int
    positions: tuple[int, ...]
    shape: "ObjectShape"
    nullable: bool


@dataclass(frozen=True, slots=True)
class JoinedShape:
    """A to-one relation in the parent's own row; there is none where `present` holds NULL."""

    key: str
    present: int
    shape: "ObjectShape"
    nullable: bool


@dataclass(frozen=True, slots=True)
class ManyShape:
    """A to-many relation: the rows of the connection's nodes whose key equals the values at `positions`."""

    key: str
    positions: tuple[int, ...]
    connection: "ConnectionShape"


MemberShape = NameShape | RefusedShape | ValueShape | IdShape | OneShape | JoinedShape | ManyShape


@dataclass(frozen=True, slots=True)
class ObjectShape:
    """An entity as selected. `node` is the fetch whose rows it prints."""

    node: int
    entity: Entity
    members: tuple[MemberShape, ...]


@dataclass(frozen=True, slots=True)
class CursorShape:
    key: str


@dataclass(frozen=True, slots=True)
class EdgeNodeShape:
    key: str
    shape: ObjectShape


@dataclass(frozen=True, slots=True)
class NodesShape:
    key: str
    shape: ObjectShape


@dataclass(frozen=True, slots=True)
class EdgesShape:
    key: str
    members: tuple[NameShape | CursorShape | EdgeNodeShape, ...]


@dataclass(frozen=True, slots=True)
class PageInfoShape:
    """`members` are constants or (response key, field of PageInfo)."""

    key: str
    members: tuple[NameShape | tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CountShape:
    """`totalCount`: the column at `position` of an aggregate node."""

    key: str
    node: int
    position: int


@dataclass(frozen=True, slots=True)
class RowCountShape:
    """`totalCount`: at `position` of the parent's row."""

    key: str
    position: int


@dataclass(frozen=True, slots=True)
class MeasureShape:
    """One value of an aggregate, from the column at `position` on; null over no value, but for counts."""

    key: str
    position: int
    measure: Measure


@dataclass(frozen=True, slots=True)
class FunctionShape:
    key: str
    members: tuple[NameShape | MeasureShape, ...]


@dataclass(frozen=True, slots=True)
class AggregateShape:
    """`aggregate`, from a node of its own."""

    key: str
    node: int
    entity: Entity
    members: tuple[NameShape | MeasureShape | FunctionShape, ...]


@dataclass(frozen=True, slots=True)
class GroupValueShape:
    """A value of a group's key: the one at `position` of a row, by `sorted`; null where that is None."""

    key: str
    position: int | None
    sorted: Sorted | None


@dataclass(frozen=True, slots=True)
class GroupKeyShape:
    """A group's key or an object inside; null where it is not `present`."""

    key: str
    members: tuple["NameShape | GroupValueShape | GroupKeyShape", ...]
    present: bool


@dataclass(frozen=True, slots=True)
class GroupsShape:
    """`groups`, from a node of its own."""

    key: str
    node: int
    entity: Entity
    members: tuple[NameShape | GroupKeyShape | AggregateShape, ...]


@dataclass(frozen=True, slots=True)
class SortSlot:
    """Where a row holds a sort value for its cursor: a column of `field`, a measure, or a rank of `ranks`."""

    position: int
    term: OrderTerm
    entity: Entity
    field: Field | None = None
    ranks: int | None = None


@dataclass(frozen=True, slots=True)
class ConnectionShape:
    """A page as selected. `node` is None when nothing of its rows is asked for.

    `cursor` says where the sort values are, `fingerprint` stands for the order.
    """

    entity: Entity
    node: int | None
    page: Page
    members: tuple["ConnectionMemberShape", ...]
    cursor: tuple[SortSlot, ...]
    fingerprint: str


ConnectionMemberShape = (
    NameShape
    | NodesShape
    | EdgesShape
    | PageInfoShape
    | CountShape
    | RowCountShape
    | AggregateShape
    | GroupsShape
)


@dataclass(frozen=True, slots=True)
class RootOneShape:
    key: str
    shape: ObjectShape


@dataclass(frozen=True, slots=True)
class RootManyShape:
    key: str
    connection: ConnectionShape


@dataclass(frozen=True, slots=True)
class RootNodesShape:
    """`node`, `nodes`: the given ids in order, and a shape per entity among them."""

    key: str
    ids: Parameter
    shapes: tuple[ObjectShape, ...]
    refused: tuple[tuple[str, GatewayError], ...]
    single: bool


@dataclass(frozen=True, slots=True)
class OtherShape:
    """A root that is answered elsewhere; it only keeps its place."""

    key: str


RootShape = NameShape | RefusedShape | RootOneShape | RootManyShape | RootNodesShape | OtherShape
