"""Nodes while they are being planned: columns are added as selections ask for them.

Positions are handed out in order of asking and never change, so shapes can hold them at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.catalog.measures import COUNT, Measure, parts_of
from gateway.catalog.types import Entity
from gateway.query.conditions import Condition
from gateway.query.parameters import Parameter
from gateway.query.plan.types import (
    Aggregate,
    Fetch,
    Groups,
    Join,
    Joined,
    Keys,
    Node,
    Ranks,
    Selected,
    Sorted,
)
from gateway.query.selection import Grouping, Hop, Page


@dataclass(slots=True)
class FetchDraft:
    """A fetch to come. `children` finds the draft of a relation asked for again with equal arguments."""

    id: int
    entity: Entity
    condition: Condition | None = None
    order: tuple[Sorted, ...] = ()
    page: Page | None = None
    peek: bool = False
    sort_values: bool = False
    join: Join | None = None
    ids: Parameter | None = None
    locks: bool = False
    columns: dict[Selected, int] = field(default_factory=dict)
    children: "dict[object, Draft | AggregateDraft | GroupsDraft]" = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    joins: list[tuple[Hop, ...]] = field(default_factory=list)

    @property
    def root(self) -> "FetchDraft":
        """The draft whose statement this is."""
        return self

    @property
    def hops(self) -> tuple[Hop, ...]:
        """The way from that draft's entity to this one's."""
        return ()

    def place(self, column: Selected) -> int:
        """Position of a column that is only shown; asking adds it."""
        return self.columns.setdefault(column, len(self.columns))

    def use(self, column: Selected) -> int:
        """Position of a column that more is made of than the answer."""
        position = self.place(column)
        self.used.add(position)
        return position

    def position(self, attribute: str) -> int:
        """Position of a column in this node's rows; asking adds it."""
        return self.use(attribute)

    def shown_at(self, attribute: str) -> int:
        """As `position`, for a column that is only shown."""
        return self.place(attribute)

    def positions(self, attributes: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(self.position(attribute) for attribute in attributes)

    def finish(self) -> Fetch:
        key: tuple[int, ...] = ()
        if self.join is not None and self.join.through is None:
            key = self.positions(self.join.key)
        elif self.ids is not None:
            key = self.positions(self.entity.key_attributes)
        elif not self.columns:
            self.positions(self.entity.key_attributes)
        if self.join is not None and self.join.through is not None:
            width = len(self.columns) or len(self.positions(self.entity.key_attributes))
            key = tuple(range(width, width + len(self.join.through.near)))
        return Fetch(
            id=self.id,
            source=self.entity.source,
            entity=self.entity,
            columns=tuple(self.columns),
            condition=self.condition,
            order=self.order,
            page=self.page,
            peek=self.peek,
            sort_values=self.sort_values,
            join=self.join,
            key=key,
            ids=self.ids,
            locks=self.locks,
            shown=frozenset(self.columns.values()) - self.used,
        )


@dataclass(slots=True)
class JoinedDraft:
    """An entity that the statement of `root` joins: its columns stand in the rows of that draft."""

    root: FetchDraft
    entity: Entity
    hops: tuple[Hop, ...]
    children: "dict[object, Draft | AggregateDraft | GroupsDraft]" = field(default_factory=dict)

    @property
    def id(self) -> int:
        return self.root.id

    def position(self, attribute: str) -> int:
        return self.root.use(Joined(self.hops, attribute))

    def shown_at(self, attribute: str) -> int:
        return self.root.place(Joined(self.hops, attribute))

    def positions(self, attributes: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(self.position(attribute) for attribute in attributes)


Draft = FetchDraft | JoinedDraft


@dataclass(slots=True)
class AggregateDraft:
    """An aggregate to come; measures are added as selections ask for them, with the column each begins at."""

    id: int
    entity: Entity
    condition: Condition | None
    join: Join | None
    measures: dict[Measure, int] = field(default_factory=dict)

    def position(self, measure: Measure) -> int:
        width = sum(parts_of(known) for known in self.measures)
        return self.measures.setdefault(measure, width)

    def finish(self) -> Aggregate:
        return Aggregate(
            id=self.id,
            source=self.entity.source,
            entity=self.entity,
            measures=tuple(self.measures) or (COUNT,),
            condition=self.condition,
            join=self.join,
        )


@dataclass(slots=True)
class GroupsDraft:
    """Groups to come; measures are added as for an aggregate. A row begins with the keys."""

    id: int
    entity: Entity
    condition: Condition | None
    join: Join | None
    by: tuple[Sorted, ...]
    grouping: Grouping
    measures: dict[Measure, int] = field(default_factory=dict)

    def position(self, measure: Measure) -> int:
        width = sum(parts_of(known) for known in self.measures)
        return self.measures.setdefault(measure, len(self.by) + width)

    def finish(self) -> Groups:
        return Groups(
            id=self.id,
            source=self.entity.source,
            entity=self.entity,
            by=self.by,
            measures=tuple(self.measures),
            order=self.grouping.order,
            size=self.grouping.size,
            limit=self.grouping.limit,
            total=self.grouping.total,
            having=self.grouping.having,
            condition=self.condition,
            join=self.join,
        )


@dataclass(slots=True)
class Made:
    """A node that is complete from the start."""

    node: Keys | Ranks

    @property
    def id(self) -> int:
        return self.node.id

    def finish(self) -> Keys | Ranks:
        return self.node


@dataclass(slots=True)
class Drafts:
    """All drafts of a plan, numbered in the order they were first asked for."""

    nodes: list[FetchDraft | AggregateDraft | GroupsDraft | Made] = field(default_factory=list)
    shared: dict[object, int] = field(default_factory=dict)

    def fetch(self, entity: Entity) -> FetchDraft:
        draft = FetchDraft(len(self.nodes), entity)
        self.nodes.append(draft)
        return draft

    def aggregate(self, entity: Entity, condition: Condition | None, join: Join | None) -> AggregateDraft:
        draft = AggregateDraft(len(self.nodes), entity, condition, join)
        self.nodes.append(draft)
        return draft

    def groups(
        self,
        entity: Entity,
        condition: Condition | None,
        join: Join | None,
        grouped: tuple[tuple[Sorted, ...], Grouping],
    ) -> GroupsDraft:
        draft = GroupsDraft(len(self.nodes), entity, condition, join, *grouped)
        self.nodes.append(draft)
        return draft

    def share(self, make: Callable[[int], Keys | Ranks]) -> int:
        """The number of the node that `make` gives; equal nodes are one."""
        place = make(-1)
        known = self.shared.get(place)
        if known is None:
            known = self.shared[place] = len(self.nodes)
            self.nodes.append(Made(make(known)))
        return known

    def finish(self) -> tuple[Node, ...]:
        return tuple(draft.finish() for draft in self.nodes)
