"""The plan: which statements run on which source, what each gives the next, and how the answer is built.

Nodes form a DAG: each names the nodes whose results it needs (`inputs_of`). `Fetch` brings rows, `Aggregate`
numbers, `Groups` numbers per group, `Keys` the keys that a condition on another source comes down to, `Ranks`
an order of another source.
Positions count in a node's row: its `columns`, then, with a junction, the junction's near columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.catalog.measures import Measure
from gateway.catalog.types import Entity, Field, Junction
from gateway.errors import GatewayError
from gateway.query.conditions import Condition, CountTest, KeyIn, Related, leaves
from gateway.query.having import Having
from gateway.query.parameters import Parameter
from gateway.query.selection import GroupTerm, Hop, OrderTerm, Page

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
class Sorted:
    """One term of an order, as a statement of its source can sort by it.

    `hops` are local to-one relations joined in the statement. With `ranks`, what lies beyond them is in
    another source, which that node ranks by key; `key` are the attributes at the last hop that meet it.
    """

    term: OrderTerm
    hops: tuple[Hop, ...] = ()
    ranks: int | None = None
    key: tuple[str, ...] = ()
    kinds: tuple[sa.types.TypeEngine[Any], ...] = ()
    sides: tuple[bool, bool] = (False, False)

    @property
    def own(self) -> bool:
        """Whether the value is a column of the entity itself."""
        return self.ranks is None and not self.term.path


@dataclass(frozen=True, slots=True)
class Joined:
    """A column of a statement: an attribute at the end of local to-one relations, which it joins."""

    hops: tuple[Hop, ...]
    attribute: str

    def __str__(self) -> str:
        return ".".join([*(hop.relation.name for hop in self.hops), self.attribute])


@dataclass(frozen=True, slots=True)
class Counted:
    """A column of a statement: how many rows of a local relation meet a condition, at the end of `hops`."""

    hops: tuple[Hop, ...]
    counted: Hop
    condition: Condition | None

    def __str__(self) -> str:
        return ".".join([*(hop.relation.name for hop in self.hops), self.counted.relation.name, "count"])


Selected = str | Joined | Counted
"""A column of a fetch: the name of an attribute of its own entity, or what is folded into its statement."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A second way to the keys that node `keys` finds for this node, when they exceed the budget.

    `own` finds the keys at `attributes` that this node's rows have, `passing` those of them that `keys`
    would have found.
    """

    keys: int
    attributes: tuple[str, ...]
    own: int
    passing: int


@dataclass(frozen=True, slots=True)
class Walk:
    """A third way, for a page: `batch` brings its rows' keys in order, without the other sources' conditions.

    A batch's row begins with the primary key; `positions` are those of each narrowing's attributes.
    """

    batch: int
    positions: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Drive:
    """A page sorted by another source, begun there: `top` ranks the first rows in that order.

    `ranks` ranks all of them, of the rows that the page's list has when `narrowed`.
    """

    top: int
    ranks: int
    narrowed: bool


@dataclass(frozen=True, slots=True)
class Fetch:
    """Rows of one entity: a page, or those a unique condition finds, or those that join the parent.

    `key` are the positions of the join key in a row. `peek` asks for one row
    beyond the page, to know whether there are more. `ids` holds the keys of a root `nodes`. A row ends with
    the sort values that are no columns of the entity, one per such term, when `sort_values` is set.
    The columns at `shown` are used for nothing but the answer.
    """

    id: int
    source: str
    entity: Entity
    columns: tuple[Selected, ...]
    condition: Condition | None = None
    rows: RowsCondition | None = None
    order: tuple[Sorted, ...] = ()
    page: Page | None = None
    peek: bool = False
    sort_values: bool = False
    join: Join | None = None
    key: tuple[int, ...] = ()
    ids: Parameter | None = None
    shown: frozenset[int] = frozenset()
    narrowings: tuple[Narrowing, ...] = ()
    walk: Walk | None = None
    drive: Drive | None = None

    def column_at(self, position: int) -> sa.Column[Any]:
        """The column whose values stand at a position."""
        column = self.columns[position]
        assert not isinstance(column, Counted)
        if isinstance(column, str):
            return self.entity.column(column)
        return column.hops[-1].target.column(column.attribute)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Measures of the rows that meet a condition: of all of them, or per parent."""

    id: int
    source: str
    entity: Entity
    measures: tuple[Measure, ...]
    condition: Condition | None = None
    rows: RowsCondition | None = None
    join: Join | None = None
    narrowings: tuple[Narrowing, ...] = ()


@dataclass(frozen=True, slots=True)
class Keys:
    """The distinct keys of the rows that meet a condition, for use in a condition on another source.

    `key` are attributes; `unique` says that no two rows share one. With `tests`, the keys of which the
    number of rows meets them, or does not where `flipped` is true. More than `limit` keys exceed the budget.
    `purpose` says in an error what the keys are for. `hops` lead from the entity to where `key` is.
    `candidates` are the keys that a list's rows have, and not what a condition comes down to.
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
    hops: tuple[Hop, ...] = ()
    candidates: bool = False
    join: Join | None = None
    narrowings: tuple[Narrowing, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranks:
    """Where the rows of an entity stand in an order, by key, for sorting rows of another source.

    Rows of (key…, value, rank, side…): `rank` counts the distinct values from 1 in the order of this source,
    and a side is -1, 0 or 1, the value being less than, equal to or greater than a cursor's. With a function
    in `sorted`, the values are aggregates per key. Keys without a value have no row. With `top`, only so many
    rows are ranked: the first in order from the cursor on, `descending` or not.
    """

    id: int
    source: str
    entity: Entity
    key: tuple[str, ...]
    sorted: Sorted
    purpose: str
    limit: int
    measure: Measure | None = None
    condition: Condition | None = None
    rows: RowsCondition | None = None
    cursors: tuple[Parameter | None, Parameter | None] = (None, None)
    top: Parameter | None = None
    descending: bool = False
    join: None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """Measures of the rows that meet a condition, per group: of all of them, or per parent.

    Rows of (join key…, key…, measure…), in order. Of each parent the first `size` groups that meet `having`;
    without a `size` all of them, and then more than `limit` of one parent, or `total`, exceed the budget.
    """

    id: int
    source: str
    entity: Entity
    by: tuple[Sorted, ...]
    measures: tuple[Measure, ...]
    order: tuple[GroupTerm, ...]
    size: Parameter | None
    limit: int
    total: int
    having: Having | None = None
    condition: Condition | None = None
    rows: RowsCondition | None = None
    join: Join | None = None
    narrowings: tuple[Narrowing, ...] = ()


Node = Fetch | Aggregate | Keys | Ranks | Groups


def inputs_of(node: Node) -> tuple[int, ...]:
    """The nodes whose results a node's statement needs."""
    parent = (node.join.parent,) if node.join is not None else ()
    used = keys_used(node.condition) if node.condition is not None else ()
    return tuple(dict.fromkeys((*parent, *used, *ranks_used(node))))


def ranks_used(node: Node) -> tuple[int, ...]:
    """The nodes whose ranks a node sorts by."""
    return tuple(term.ranks for term in sorted_terms(node) if term.ranks is not None)


def sorted_terms(node: Node) -> tuple[Sorted, ...]:
    """The values that a node sorts or groups by."""
    match node:
        case Fetch():
            return node.order
        case Ranks():
            return (node.sorted,)
        case Groups():
            return node.by
    return ()


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


@dataclass(frozen=True, slots=True)
class Plan:
    """What one operation will do. `nodes[i].id == i`, and what a node needs stands before it.

    `checked` are parameters to be held against their limits even where no statement uses them. `deferred`
    nodes run only when a size, measured while running, asks for them; they stand last.
    """

    nodes: tuple[Node, ...]
    roots: tuple[RootShape, ...]
    checked: tuple[Parameter, ...] = ()
    deferred: frozenset[int] = frozenset()


def page_parameters(page: Page) -> Iterator[Parameter]:
    """What a client gave for a page."""
    if isinstance(page.size, Parameter):
        yield page.size
    if page.offset is not None:
        yield page.offset
    for cursor in (page.after, page.before):
        if cursor is not None:
            yield from cursor.values
