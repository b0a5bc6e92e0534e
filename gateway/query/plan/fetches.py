"""First pass: a selection becomes keyed fetches and the shape of the answer.

Every relation is one fetch, however many rows its parents have, or is folded into its parent's statement. A
relation asked for twice below the same parent with equal arguments is one fetch with the columns of both.
"""

from dataclasses import dataclass, field

from gateway.access import Access
from gateway.catalog.measures import COUNT
from gateway.catalog.types import Catalog, Entity, Relation
from gateway.query.ids import fingerprint
from gateway.query.parameters import Parameter
from gateway.query.plan.draft import AggregateDraft, Draft, Drafts, FetchDraft, GroupsDraft, JoinedDraft
from gateway.query.plan.fold import counted, joined
from gateway.query.plan.groups import draft_groups, shape_groups
from gateway.query.plan.order import Listing, Sorter
from gateway.query.plan.permit import key_refusal, refusal, restrict, restrict_order
from gateway.query.plan.plan import Plan, page_parameters
from gateway.query.plan.remote import Localizer
from gateway.query.plan.shapes import (
    AggregateShape,
    ConnectionMemberShape,
    ConnectionShape,
    CountShape,
    CursorShape,
    EdgeNodeShape,
    EdgesShape,
    FunctionShape,
    IdShape,
    JoinedShape,
    ManyShape,
    MeasureShape,
    MemberShape,
    NameShape,
    NodesShape,
    ObjectShape,
    OneShape,
    OtherShape,
    OwnRootShape,
    OwnShape,
    PageInfoShape,
    RefusedShape,
    RootManyShape,
    RootNodesShape,
    RootOneShape,
    RootShape,
    RowCountShape,
    SortSlot,
    ValueShape,
)
from gateway.query.plan.types import Join, met_columns
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
    EntitySelection,
    GlobalId,
    Grouping,
    Groups,
    Hop,
    Many,
    Member,
    Nodes,
    One,
    Own,
    PageInfo,
    Root,
    RootMany,
    RootNodes,
    RootOne,
    RootOwn,
    RootTypeName,
    Selection,
    TotalCount,
    TypeName,
    Value,
)


def plan_fetches(selection: Selection, catalog: Catalog, access: Access, keys_max: int) -> Plan:
    """Plan of a selection, without the row conditions of access on its nodes."""
    drafts = Drafts()
    planner = _Planner(catalog, access, drafts, Localizer(drafts, keys_max), Sorter(drafts, keys_max))
    roots = tuple(planner.root(root) for root in selection.roots)
    return Plan(planner.drafts.finish(), roots, tuple(planner.checked), own=tuple(planner.resolved))


@dataclass(slots=True)
class _Planner:
    catalog: Catalog
    access: Access
    drafts: Drafts
    localizer: Localizer
    sorter: Sorter
    checked: list[Parameter] = field(default_factory=list)
    resolved: list[OwnShape] = field(default_factory=list)

    # Roots

    def root(self, root: Root) -> RootShape:
        match root:
            case RootTypeName(key, name):
                return NameShape(key, name)
            case RootOne():
                return self.root_one(root)
            case RootMany(key, connection):
                entity = self.catalog.entities[connection.entity]
                error = refusal(connection, entity, self.access)
                if error is not None:
                    return RefusedShape(key, error, nullable=True)
                return RootManyShape(key, self.connection(connection, entity, None, None))
            case RootNodes():
                return self.root_nodes(root)
            case RootOwn(key, nodes):
                return OwnRootShape(key, nodes)
            case _:
                return OtherShape(root.key)

    def root_one(self, root: RootOne) -> RootShape:
        entity = self.catalog.entities[root.selection.entity]
        error = key_refusal(root.condition, entity, self.access)
        if error is not None:
            return RefusedShape(root.key, error, nullable=True)
        draft = self.drafts.fetch(entity)
        draft.condition = root.condition
        return RootOneShape(root.key, self.object(root.selection, draft))

    def root_nodes(self, root: RootNodes) -> RootShape:
        shapes, refused = [], []
        for selection, keys in zip(root.selections, root.keys, strict=True):
            entity = self.catalog.entities[selection.entity]
            if self.access.refuses(entity):
                refused.append((entity.name, self.access.error(entity)))
                continue
            draft = self.drafts.fetch(entity)
            draft.ids = keys
            shapes.append(self.object(selection, draft))
        return RootNodesShape(root.key, root.ids, tuple(shapes), tuple(refused), root.single)

    # Entities

    def object(self, selection: EntitySelection, draft: Draft) -> ObjectShape:
        members = tuple(self.member(member, draft) for member in selection.members)
        return ObjectShape(draft.id, draft.entity, members)

    def member(self, member: Member, draft: Draft) -> MemberShape:
        entity = draft.entity
        match member:
            case TypeName(key, name):
                return NameShape(key, name)
            case GlobalId(key):
                return IdShape(key, entity, draft.positions(entity.key_attributes))
            case Value(key, name):
                value = entity.fields[name]
                if self.access.refuses(value):
                    return RefusedShape(key, self.access.error(value), value.nullable)
                return ValueShape(key, draft.shown_at(value.attribute), value)
            case One(key, name, selection):
                return self.one(key, entity.relations[name], selection, draft)
            case Many(key, name, connection):
                return self.many(key, entity.relations[name], connection, draft)
            case Own():
                return self.own(member, draft)

    def own(self, member: Own, draft: Draft) -> MemberShape:
        own = draft.entity.own[member.field]
        if self.access.refuses(own):
            return RefusedShape(member.key, self.access.error(own), own.nullable)
        shape = OwnShape(
            key=member.key,
            node=draft.id,
            entity=draft.entity,
            field=own,
            positions=draft.positions(own.needs),
            identity=() if own.pure is not None else draft.positions(draft.entity.key_attributes),
            arguments=member.arguments,
            nodes=member.nodes,
        )
        if own.pure is None:
            self.resolved.append(shape)
        return shape

    def one(self, key: str, relation: Relation, selection: EntitySelection, parent: Draft) -> MemberShape:
        target = self.catalog.entities[relation.target]
        for part in (relation, target):
            if self.access.refuses(part):
                return RefusedShape(key, self.access.error(part), relation.nullable)
        draft = parent.children.get(relation.name)
        if draft is None or isinstance(draft, AggregateDraft | GroupsDraft):
            hop = Hop(relation, target, self.access.rows(target))
            draft = parent.children[relation.name] = joined(parent, hop) or self.related(hop, parent)
        shape = self.object(selection, draft)
        if isinstance(draft, JoinedDraft):
            return JoinedShape(key, draft.position(relation.target_key[0]), shape, relation.nullable)
        positions = parent.positions(relation.owner_key)
        return OneShape(key, draft.id, positions, shape, relation.nullable, met_columns(relation, target))

    def related(self, hop: Hop, parent: Draft) -> FetchDraft:
        draft = self.drafts.fetch(hop.target)
        draft.join = self.join(hop.relation, parent)
        return draft

    def many(
        self, key: str, relation: Relation, connection: ConnectionSelection, parent: Draft
    ) -> MemberShape:
        target = self.catalog.entities[relation.target]
        error = refusal(connection, target, self.access)
        if error is None and self.access.refuses(relation):
            error = self.access.error(relation)
        if error is not None:
            return RefusedShape(key, error, nullable=True)
        shape = self.connection(connection, target, relation, parent)
        return ManyShape(key, parent.positions(relation.owner_key), shape, met_columns(relation, target))

    def join(self, relation: Relation, parent: Draft) -> Join:
        return Join(
            parent=parent.id,
            parent_key=parent.positions(relation.owner_key),
            parent_entity=parent.entity,
            parent_fields=relation.owner_key,
            key=relation.target_key,
            many=relation.many,
            through=relation.through,
        )

    # Connections

    def connection(
        self,
        asked: ConnectionSelection,
        entity: Entity,
        relation: Relation | None,
        parent: Draft | None,
    ) -> ConnectionShape:
        rows = _Rows(self, asked, entity, relation, parent)
        members = tuple(rows.member(member) for member in asked.members)
        self.checked.extend(page_parameters(asked.page))
        return ConnectionShape(
            entity=entity,
            node=rows.draft.id if rows.draft is not None else None,
            page=asked.page,
            members=members,
            cursor=rows.cursor,
            fingerprint=fingerprint(map(str, asked.order)),
        )


class _Rows:
    """One connection being planned: its rows and its count are fetched only when something needs them."""

    def __init__(
        self,
        planner: _Planner,
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
