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
from gateway.catalog.types import Entity, Junction, Relation
from gateway.query.conditions import Condition, CountTest, KeyIn, Related, leaves
from gateway.query.having import Having
from gateway.query.parameters import Parameter
from gateway.query.plan.ways import Drive, Narrowing, Slicing, Ties, Walk
from gateway.query.selection import GroupTerm, Hop, OrderTerm, Page

RowsCondition = sa.ColumnElement[bool]
KeyColumns = tuple[sa.Column[Any], ...]
"""The columns of a join key, position by position."""


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

    @property
    def parent_columns(self) -> KeyColumns:
        return tuple(self.parent_entity.column(name) for name in self.parent_fields)

    def columns(self, entity: Entity) -> KeyColumns:
        """The columns of the node's own statement, on `entity`, that meet the parent's."""
        if self.through is not None:
            return self.through.near
        return tuple(entity.column(name) for name in self.key)


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
    sides: tuple[bool, bool] = (False, False)

    def columns(self, entity: Entity) -> KeyColumns:
        """The columns at `key`, in an order of rows of an entity."""
        end = self.hops[-1].target if self.hops else entity
        return tuple(end.column(name) for name in self.key)

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
class Fetch:
    """Rows of one entity: a page, or those a unique condition finds, or those that join the parent.

    `key` are the positions of the join key in a row. `peek` asks for one row
    beyond the page, to know whether there are more. `ids` holds the keys of a root `nodes`. A row ends with
    the sort values that are no columns of the entity, one per such term, when `sort_values` is set.
    The columns at `shown` are used for nothing but the answer. With `locks` other writers have to wait until
    the transaction ends. A `tied` batch begins with all rows that its cursor ties with, and its rows end with
    the number of their tie. The one page of a `lone` parent is no page per parent.
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
    ties: Ties | None = None
    drive: Drive | None = None
    locks: bool = False
    tied: bool = False
    lone: bool = False

    def column_at(self, position: int) -> sa.Column[Any]:
        """The column whose values stand at a position."""
        column = self.columns[position]
        assert not isinstance(column, Counted)
        if isinstance(column, str):
            return self.entity.column(column)
        return column.hops[-1].target.column(column.attribute)


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Measures of the rows that meet a condition: of all of them, or per parent.

    With a `range`, of those only whose value of this attribute is in a range that is chosen while running;
    NULL lies in the last range.
    """

    id: int
    source: str
    entity: Entity
    measures: tuple[Measure, ...]
    condition: Condition | None = None
    rows: RowsCondition | None = None
    join: Join | None = None
    narrowings: tuple[Narrowing, ...] = ()
    slicings: tuple[Slicing, ...] = ()
    range: str | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """The distinct keys of the rows that meet a condition, for use in a condition on another source.

    `key` are attributes; `unique` says that no two rows share one. With `tests`, the keys of which the
    number of rows meets them, or does not where `flipped` is true. More than `limit` keys exceed the budget.
    `purpose` says in an error what the keys are for. `hops` lead from the entity to where `key` is.
    `candidates` are the keys that a list's rows have, and not what a condition comes down to. `ordered` ones
    come in their order, with `size` as many as are chosen while running, from a chosen key on. Where a page
    may be had in another way, no more than `attempt` keys are asked for at first.
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
    ordered: bool = False
    size: Parameter | None = None
    attempt: int | None = None
    join: Join | None = None
    narrowings: tuple[Narrowing, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranks:
    """Where the rows of an entity stand in an order, by key, for sorting rows of another source.

    Rows of (key…, value, rank, side…): `rank` counts the distinct values from 1 in the order of this source,
    and a side is -1, 0 or 1, the value being less than, equal to or greater than a cursor's. With a function
    in `sorted`, the values are aggregates per key. Keys without a value have no row. With `top`, only so many
    rows are ranked: the first in order from the cursor on, `descending` or not.

    `ordered` ranks are those of the whole table, in order of the key; equal values have one value. With
    `size`, as many come as are chosen while running, from a chosen key on.
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
    ordered: bool = False
    size: Parameter | None = None
    join: None = None
    narrowings: tuple[Narrowing, ...] = ()


@dataclass(frozen=True, slots=True)
class Groups:
    """Measures of the rows that meet a condition, per group: of all of them, or per parent.

    Rows of (join key…, key…, measure…), in order. Of each parent the first `size` groups that meet `having`;
    without a `size` all of them, and then more than `limit` of one parent, or `total`, exceed the budget.
    With a `range`, of those rows only whose value of this attribute is in a range that is chosen while
    running, and then all groups in no order.
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
    slicings: tuple[Slicing, ...] = ()
    range: str | None = None


Node = Fetch | Aggregate | Keys | Ranks | Groups


def inputs_of(node: Node) -> tuple[int, ...]:
    """The nodes whose results a node's statement needs."""
    parent = (node.join.parent,) if node.join is not None else ()
    used = (test.node for test, _ in key_tests(node.condition, node.entity))
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


def key_tests(condition: Condition | None, entity: Entity) -> Iterator[tuple[KeyIn, Entity]]:
    """The uses of other nodes' keys in a condition on an entity, also inside local relations, each with the
    entity whose keys they meet."""
    if condition is None:
        return
    for leaf in leaves(condition):
        if isinstance(leaf, KeyIn):
            yield leaf, entity
        elif isinstance(leaf, Related):
            yield from key_tests(leaf.condition, leaf.target)


def met_columns(relation: Relation, target: Entity) -> KeyColumns:
    """The columns that the owner's key of a relation meets."""
    if relation.through is not None:
        return relation.through.near
    return tuple(target.column(name) for name in relation.target_key)


def key_columns(node: Keys | Ranks) -> KeyColumns:
    """The columns that the keys of a node come from."""
    end = node.hops[-1].target if isinstance(node, Keys) and node.hops else node.entity
    return tuple(end.column(name) for name in node.key)
