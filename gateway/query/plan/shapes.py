"""The shape of an answer: which columns of which nodes stand where in the nested objects and lists.

A shape goes with a plan: positions count in the rows of the plan's nodes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gateway.catalog.measures import Measure
from gateway.catalog.own import OwnField
from gateway.catalog.types import Entity, Field
from gateway.errors import GatewayError
from gateway.query.parameters import Parameter
from gateway.query.plan.types import KeyColumns, Sorted
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
    """A to-one relation: the row of `node` whose key, the columns `meets`, equals what is at `positions`."""

    key: str
    node: int
    positions: tuple[int, ...]
    shape: "ObjectShape"
    nullable: bool
    meets: KeyColumns


@dataclass(frozen=True, slots=True)
class JoinedShape:
    """A to-one relation in the parent's own row; there is none where `present` holds NULL."""

    key: str
    present: int
    shape: "ObjectShape"
    nullable: bool


@dataclass(frozen=True, slots=True)
class ManyShape:
    """A to-many relation: the rows of the connection's nodes whose key, the columns `meets`, equals what is
    at `positions`."""

    key: str
    positions: tuple[int, ...]
    connection: "ConnectionShape"
    meets: KeyColumns


@dataclass(frozen=True, slots=True, eq=False)
class OwnShape:
    """A field with a resolver of the app, which is given the values at `positions` of a row.

    One that is resolved before the answer is shaped is resolved once per key, which stands at `identity`.
    """

    key: str
    node: int
    entity: Entity
    field: OwnField
    positions: tuple[int, ...]
    identity: tuple[int, ...]
    arguments: Parameter | None
    nodes: tuple[Any, ...]


MemberShape = NameShape | RefusedShape | ValueShape | IdShape | OneShape | JoinedShape | ManyShape | OwnShape


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

    @property
    def only_counts(self) -> bool:
        """Whether nothing is shown but counts that stand in the parent's row."""
        return all(isinstance(member, NameShape | RowCountShape) for member in self.members)


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


@dataclass(frozen=True, slots=True, eq=False)
class OwnRootShape:
    """A root with a resolver of the app; it only keeps its place."""

    key: str
    nodes: tuple[Any, ...]


RootShape = (
    NameShape | RefusedShape | RootOneShape | RootManyShape | RootNodesShape | OtherShape | OwnRootShape
)


def objects_of(root: RootShape) -> Iterator[ObjectShape]:
    """Every object in a root, but those that stand in their parent's row."""
    match root:
        case RootOneShape(_, shape):
            yield from _objects(shape)
        case RootManyShape(_, connection):
            yield from _listed(connection)
        case RootNodesShape():
            for shape in root.shapes:
                yield from _objects(shape)


def _objects(shape: ObjectShape) -> Iterator[ObjectShape]:
    yield shape
    yield from _below(shape)


def _below(shape: ObjectShape) -> Iterator[ObjectShape]:
    for member in shape.members:
        if isinstance(member, OneShape):
            yield from _objects(member.shape)
        elif isinstance(member, JoinedShape):
            yield from _below(member.shape)
        elif isinstance(member, ManyShape):
            yield from _listed(member.connection)


def _listed(connection: ConnectionShape) -> Iterator[ObjectShape]:
    for member in connection.members:
        if isinstance(member, NodesShape):
            yield from _objects(member.shape)
        elif isinstance(member, EdgesShape):
            for part in member.members:
                if isinstance(part, EdgeNodeShape):
                    yield from _objects(part.shape)
