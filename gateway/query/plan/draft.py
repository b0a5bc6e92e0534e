"""Nodes while they are being planned: columns are added as selections ask for them.

Positions are handed out in order of asking and never change, so shapes can hold them at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from gateway.catalog.types import Entity
from gateway.query.conditions import Condition, CountTest
from gateway.query.parameters import Parameter
from gateway.query.plan.types import Count, Fetch, Join, Keys, Node
from gateway.query.selection import OrderTerm, Page


@dataclass(slots=True)
class FetchDraft:
    """A fetch to come. `children` finds the draft of a relation asked for again with equal arguments."""

    id: int
    entity: Entity
    condition: Condition | None = None
    order: tuple[OrderTerm, ...] = ()
    page: Page | None = None
    peek: bool = False
    join: Join | None = None
    ids: Parameter | None = None
    columns: dict[str, int] = field(default_factory=dict)
    children: dict[object, "FetchDraft | CountDraft"] = field(default_factory=dict)

    def position(self, attribute: str) -> int:
        """Position of a column in this node's rows; asking adds it."""
        return self.columns.setdefault(attribute, len(self.columns))

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
            join=self.join,
            key=key,
            ids=self.ids,
        )


@dataclass(slots=True)
class CountDraft:
    id: int
    entity: Entity
    condition: Condition | None
    join: Join | None

    def finish(self) -> Count:
        return Count(self.id, self.entity.source, self.entity, self.condition, join=self.join)


@dataclass(slots=True)
class KeysDraft:
    id: int
    entity: Entity
    key: tuple[str, ...]
    purpose: str
    limit: int
    unique: bool
    condition: Condition | None
    tests: tuple[CountTest, ...]
    flipped: Parameter | None

    def finish(self) -> Keys:
        return Keys(
            id=self.id,
            source=self.entity.source,
            entity=self.entity,
            key=self.key,
            purpose=self.purpose,
            limit=self.limit,
            unique=self.unique,
            condition=self.condition,
            tests=self.tests,
            flipped=self.flipped,
        )


@dataclass(slots=True)
class Drafts:
    """All drafts of a plan, numbered in the order they were first asked for."""

    nodes: list[FetchDraft | CountDraft | KeysDraft] = field(default_factory=list)
    shared: dict[object, KeysDraft] = field(default_factory=dict)

    def fetch(self, entity: Entity) -> FetchDraft:
        draft = FetchDraft(len(self.nodes), entity)
        self.nodes.append(draft)
        return draft

    def count(self, entity: Entity, condition: Condition | None, join: Join | None) -> CountDraft:
        draft = CountDraft(len(self.nodes), entity, condition, join)
        self.nodes.append(draft)
        return draft

    def keys(self, place: object, make: Callable[[int], KeysDraft]) -> KeysDraft:
        """The keys draft of a place; equal conditions share one."""
        draft = self.shared.get(place)
        if draft is None:
            draft = self.shared[place] = make(len(self.nodes))
            self.nodes.append(draft)
        return draft

    def finish(self) -> tuple[Node, ...]:
        return tuple(draft.finish() for draft in self.nodes)
