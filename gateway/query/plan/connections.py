"""How a connection is planned: rows, counts and groups are fetched only when something needs them."""

from typing import TYPE_CHECKING

from gateway.catalog.measures import COUNT
from gateway.catalog.types import Entity, Relation
from gateway.query.plan.draft import AggregateDraft, Draft, FetchDraft, GroupsDraft
from gateway.query.plan.fold import counted
from gateway.query.plan.groups import draft_groups, shape_groups
from gateway.query.plan.order import Listing
from gateway.query.plan.permit import restrict, restrict_order
from gateway.query.plan.shapes import (
    AggregateShape,
    ConnectionMemberShape,
    CountShape,
    CursorShape,
    EdgeNodeShape,
    EdgesShape,
    FunctionShape,
    MeasureShape,
    NameShape,
    NodesShape,
    PageInfoShape,
    RowCountShape,
    SortSlot,
)
from gateway.query.plan.types import Join
from gateway.query.selection import (
    Aggregate,
    AggregateFunction,
    AggregateValue,
    ConnectionMember,
    ConnectionSelection,
    EdgeCursor,
    EdgeMember,
    EdgeNode,
    Edges,
    Grouping,
    Groups,
    Hop,
    Nodes,
    PageInfo,
    TotalCount,
    TypeName,
)

if TYPE_CHECKING:
    from gateway.query.plan.fetches import Planner


class Listed:
    """One connection being planned: its rows and its count are fetched only when something needs them."""

    def __init__(
        self,
        planner: "Planner",
        asked: ConnectionSelection,
        entity: Entity,
        relation: Relation | None,
        parent: Draft | None,
    ) -> None:
        self.planner = planner
        self.asked = asked
        self.entity = entity
        self.relation = relation
        self.parent = parent
        self.condition = planner.localizer.localize(restrict(asked.condition, planner.access))
        self.draft: FetchDraft | None = None
        self.measured: AggregateDraft | None = None
        self.grouped: dict[Grouping, GroupsDraft] = {}
        self.order = restrict_order(asked.order, planner.access)
        self.cursor: tuple[SortSlot, ...] = ()

    def join(self) -> Join | None:
        if self.relation is None or self.parent is None:
            return None
        return self.planner.join(self.relation, self.parent)

    def rows(self) -> FetchDraft:
        if self.draft is None:
            name = self.relation.name if self.relation is not None else None
            place = (name, self.condition, self.order, self.asked.page)
            known = self.parent.children.get(place) if self.parent is not None else None
            self.draft = known if isinstance(known, FetchDraft) else self._new_rows()
            if self.parent is not None:
                self.parent.children[place] = self.draft
        return self.draft

    def _new_rows(self) -> FetchDraft:
        join = self.join()
        listing = Listing(self.entity, self.condition, join)
        order = self.planner.sorter.plan(self.order, self.asked.page, listing)
        draft = self.planner.drafts.fetch(self.entity)
        draft.condition, draft.order, draft.page = self.condition, order, self.asked.page
        draft.locks = self.asked.locks
        draft.join = join
        return draft

    def aggregate(self) -> AggregateDraft:
        join = self.join()
        place = ("aggregate", self.relation.name if self.relation is not None else None, self.condition)
        known = self.parent.children.get(place) if self.parent is not None else None
        if isinstance(known, AggregateDraft):
            return known
        if self.measured is not None:
            return self.measured
        draft = self.measured = self.planner.drafts.aggregate(self.entity, self.condition, join)
        if self.parent is not None:
            self.parent.children[place] = draft
        return draft

    def counted(self) -> int | None:
        """Where the parent's rows hold the count; None when an aggregate of its own has to find it."""
        measured = any(isinstance(member, Aggregate) for member in self.asked.members)
        if self.relation is None or self.parent is None or measured:
            return None
        hop = Hop(self.relation, self.entity, self.planner.access.rows(self.entity))
        return counted(self.parent, hop, self.condition)

    def groups(self, grouping: Grouping) -> GroupsDraft:
        name = self.relation.name if self.relation is not None else None
        place = ("groups", name, self.condition, grouping)
        known = self.parent.children.get(place) if self.parent is not None else self.grouped.get(grouping)
        if isinstance(known, GroupsDraft):
            return known
        listing = Listing(self.entity, self.condition, self.join(), "the groups")
        by = restrict_order(grouping.by, self.planner.access)
        draft = draft_groups(grouping, by, listing, self.planner.drafts, self.planner.sorter)
        self.grouped[grouping] = draft
        if self.parent is not None:
            self.parent.children[place] = draft
        return draft

    def need_cursor(self) -> None:
        draft = self.rows()
        extra = -sum(not each.own for each in draft.order)
        slots: list[SortSlot] = []
        for each in draft.order:
            end, name = each.term.end(self.entity), each.term.field
            value = end.fields[name] if name is not None and each.term.function is None else None
            if each.own and value is not None:
                slots.append(SortSlot(draft.position(value.attribute), each.term, self.entity, value))
                continue
            draft.sort_values = True
            slots.append(SortSlot(extra, each.term, self.entity, value, each.ranks))
            extra += 1
        self.cursor = tuple(slots)

    def member(self, member: ConnectionMember) -> ConnectionMemberShape:
        match member:
            case TypeName(key, name):
                return NameShape(key, name)
            case Nodes(key, selection):
                return NodesShape(key, self.planner.object(selection, self.rows()))
            case Edges(key, members):
                self.rows()
                return EdgesShape(key, tuple(self.edge_member(inner) for inner in members))
            case PageInfo():
                return self.page_info(member)
            case TotalCount(key):
                position = self.counted()
                if position is not None:
                    return RowCountShape(key, position)
                draft = self.aggregate()
                return CountShape(key, draft.id, draft.position(COUNT))
            case Aggregate():
                return self.aggregate_member(member, self.aggregate())
            case Groups():
                return shape_groups(member, self.groups(member.grouping), self.aggregate_member)

    def aggregate_member(self, asked: Aggregate, draft: AggregateDraft | GroupsDraft) -> AggregateShape:
        def value(member: TypeName | AggregateValue) -> NameShape | MeasureShape:
            if isinstance(member, TypeName):
                return NameShape(member.key, member.name)
            return MeasureShape(member.key, draft.position(member.measure), member.measure)

        members = tuple(
            FunctionShape(member.key, tuple(map(value, member.members)))
            if isinstance(member, AggregateFunction)
            else value(member)
            for member in asked.members
        )
        return AggregateShape(asked.key, draft.id, self.entity, members)

    def edge_member(self, member: EdgeMember) -> NameShape | CursorShape | EdgeNodeShape:
        match member:
            case TypeName(key, name):
                return NameShape(key, name)
            case EdgeCursor(key):
                self.need_cursor()
                return CursorShape(key)
            case EdgeNode(key, selection):
                return EdgeNodeShape(key, self.planner.object(selection, self.rows()))

    def page_info(self, asked: PageInfo) -> PageInfoShape:
        members: list[NameShape | tuple[str, str]] = []
        for member in asked.members:
            if isinstance(member, TypeName):
                members.append(NameShape(member.key, member.name))
                continue
            members.append((member.key, member.name))
            if member.name in ("startCursor", "endCursor"):
                self.need_cursor()
            elif member.name == ("hasPreviousPage" if self.asked.page.backward else "hasNextPage"):
                self.rows().peek = True
        return PageInfoShape(asked.key, tuple(members))
