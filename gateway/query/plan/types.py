"""The plan: which statements run on which source, what each gives the next, and how the answer is built.

Nodes form a DAG: each names the nodes whose results it needs (`inputs_of`). `Fetch` brings rows, `Count`
numbers, `Keys` the keys that a condition on another source comes down to.
Positions count in a node's row: its `columns`, then, with a junction, the junction's near columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from gateway.catalog.types import Entity, Field, Junction
from gateway.errors import GatewayError
from gateway.query.conditions import Condition, CountTest, KeyIn, Related, leaves
from gateway.query.parameters import Parameter
from gateway.query.selection import OrderTerm, Page

RowsCondition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Join:
    """How a node's rows meet the rows of its parent node.

    `parent_key` are positions in the parent's row, `parent_fields` the attributes they hold, `key` the
    attributes of this node's entity that must equal them. With a junction, its near columns must.
    """

    parent: int
    parent_key: tuple[int, ...]
    parent_entity: Entity
    parent_fields: tuple[str, ...]
    key: tuple[str, ...]
    many: bool
    through: Junction | None = None


@dataclass(frozen=True, slots=True)
class Fetch:
    """Rows of one entity: a page, or those a unique condition finds, or those that join the parent.

    `columns` are attribute names, `key` the positions of the join key in a row. `peek` asks for one row
    beyond the page, to know whether there are more. `ids` holds the keys of a root `nodes`.
    """

    id: int
    source: str
    entity: Entity
    columns: tuple[str, ...]
    condition: Condition | None = None
    rows: RowsCondition | None = None
    order: tuple[OrderTerm, ...] = ()
    page: Page | None = None
    peek: bool = False
    join: Join | None = None
    key: tuple[int, ...] = ()
    ids: Parameter | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows meet a condition: one number, or one per parent."""

    id: int
    source: str
    entity: Entity
    condition: Condition | None = None
    rows: RowsCondition | None = None
    join: Join | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """The distinct keys of the rows that meet a condition, for use in a condition on another source.

    `key` are attributes; `unique` says that no two rows share one. With `tests`, the keys of which the
    number of rows meets them, or does not where `flipped` is true. More than `limit` keys exceed the budget.
    `purpose` says in an error what the keys are for.
    """

    id: int
    source: str
    entity: Entity
    key: tuple[str, ...]
    purpose: str
    limit: int
    unique: bool
    condition: Condition | None = None
    rows: RowsCondition | None = None
    tests: tuple[CountTest, ...] = ()
    flipped: Parameter | None = None
    join: None = None


Node = Fetch | Count | Keys


def inputs_of(node: Node) -> tuple[int, ...]:
    """The nodes whose results a node's statement needs."""
    parent = (node.join.parent,) if node.join is not None else ()
    used = dict.fromkeys(keys_used(node.condition)) if node.condition is not None else ()
    return (*parent, *used)


def keys_used(condition: Condition) -> Iterator[int]:
    """The nodes whose keys a condition uses, also inside local relations."""
    for leaf in leaves(condition):
        if isinstance(leaf, KeyIn):
            yield leaf.node
        elif isinstance(leaf, Related):
            yield from keys_used(leaf.condition)


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
class ManyShape:
    """A to-many relation: the rows of the connection's nodes whose key equals the values at `positions`."""

    key: str
    positions: tuple[int, ...]
    connection: "ConnectionShape"


MemberShape = NameShape | RefusedShape | ValueShape | IdShape | OneShape | ManyShape


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
    """`totalCount`, from a node of its own."""

    key: str
    node: int


@dataclass(frozen=True, slots=True)
class ConnectionShape:
    """A page as selected. `node` is None when nothing of its rows is asked for.

    `cursor` holds the fields and positions of the sort values, `fingerprint` that of the order.
    """

    entity: Entity
    node: int | None
    page: Page
    members: tuple["NameShape | NodesShape | EdgesShape | PageInfoShape | CountShape", ...]
    cursor: tuple[tuple[Field, int], ...]
    fingerprint: str


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


@dataclass(frozen=True, slots=True)
class Plan:
    """What one operation will do. `nodes[i].id == i`, and a parent stands before its children."""

    nodes: tuple[Node, ...]
    roots: tuple[RootShape, ...]
