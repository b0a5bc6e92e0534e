"""First pass: a selection becomes keyed fetches and the shape of the answer.

Every relation is one fetch, however many rows its parents have. A relation asked for twice below the same
parent with equal arguments is one fetch with the columns of both.
"""

from dataclasses import dataclass

from gateway.access import Access
from gateway.catalog.types import Catalog, Entity, Field, Relation
from gateway.query.ids import fingerprint
from gateway.query.plan.draft import CountDraft, Drafts, FetchDraft
from gateway.query.plan.permit import refusal, restrict
from gateway.query.plan.remote import Localizer
from gateway.query.plan.types import (
    ConnectionShape,
    CountShape,
    CursorShape,
    EdgeNodeShape,
    EdgesShape,
    IdShape,
    Join,
    ManyShape,
    MemberShape,
    NameShape,
    NodesShape,
    ObjectShape,
    OneShape,
    OtherShape,
    PageInfoShape,
    Plan,
    RefusedShape,
    RootManyShape,
    RootNodesShape,
    RootOneShape,
    RootShape,
    ValueShape,
)
from gateway.query.selection import (
    ConnectionSelection,
    EdgeCursor,
    Edges,
    EntitySelection,
    GlobalId,
    Many,
    Member,
    Nodes,
    One,
    PageInfo,
    Root,
    RootMany,
    RootNodes,
    RootOne,
    RootTypeName,
    Selection,
    TypeName,
    Value,
)


def plan_fetches(selection: Selection, catalog: Catalog, access: Access, keys_max: int) -> Plan:
    """Plan of a selection, without the row conditions of access on its nodes."""
    drafts = Drafts()
    planner = _Planner(catalog, access, drafts, Localizer(drafts, keys_max))
    roots = tuple(planner.root(root) for root in selection.roots)
    return Plan(planner.drafts.finish(), roots)


@dataclass(slots=True)
class _Planner:
    catalog: Catalog
    access: Access
    drafts: Drafts
    localizer: Localizer

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
            case _:
                return OtherShape(root.key)

    def root_one(self, root: RootOne) -> RootShape:
        entity = self.catalog.entities[root.selection.entity]
        if self.access.refuses(entity):
            return RefusedShape(root.key, self.access.error(entity), nullable=True)
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

    def object(self, selection: EntitySelection, draft: FetchDraft) -> ObjectShape:
        members = tuple(self.member(member, draft) for member in selection.members)
        return ObjectShape(draft.id, draft.entity, members)

    def member(self, member: Member, draft: FetchDraft) -> MemberShape:
        entity = draft.entity
        match member:
            case TypeName(key, name):
                return NameShape(key, name)
            case GlobalId(key):
                return IdShape(key, entity, draft.positions(entity.key_attributes))
            case Value(key, name):
                field = entity.fields[name]
                if self.access.refuses(field):
                    return RefusedShape(key, self.access.error(field), field.nullable)
                return ValueShape(key, draft.position(field.attribute), field)
            case One(key, name, selection):
                return self.one(key, entity.relations[name], selection, draft)
            case Many(key, name, connection):
                return self.many(key, entity.relations[name], connection, draft)

    def one(
        self, key: str, relation: Relation, selection: EntitySelection, parent: FetchDraft
    ) -> MemberShape:
        target = self.catalog.entities[relation.target]
        for part in (relation, target):
            if self.access.refuses(part):
                return RefusedShape(key, self.access.error(part), relation.nullable)
        draft = parent.children.get(relation.name)
        if not isinstance(draft, FetchDraft):
            draft = self.drafts.fetch(target)
            draft.join = self.join(relation, parent)
            parent.children[relation.name] = draft
        positions = parent.positions(relation.owner_key)
        return OneShape(key, draft.id, positions, self.object(selection, draft), relation.nullable)

    def many(
        self, key: str, relation: Relation, connection: ConnectionSelection, parent: FetchDraft
    ) -> MemberShape:
        target = self.catalog.entities[relation.target]
        error = refusal(connection, target, self.access)
        if error is None and self.access.refuses(relation):
            error = self.access.error(relation)
        if error is not None:
            return RefusedShape(key, error, nullable=True)
        shape = self.connection(connection, target, relation, parent)
        return ManyShape(key, parent.positions(relation.owner_key), shape)

    def join(self, relation: Relation, parent: FetchDraft) -> Join:
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
        parent: FetchDraft | None,
    ) -> ConnectionShape:
        rows = _Rows(self, asked, entity, relation, parent)
        members = tuple(rows.member(member) for member in asked.members)
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
        parent: FetchDraft | None,
    ) -> None:
        self.planner = planner
        self.asked = asked
        self.entity = entity
        self.relation = relation
        self.parent = parent
        self.condition = planner.localizer.localize(restrict(asked.condition, planner.access))
        self.draft: FetchDraft | None = None
        self.cursor: tuple[tuple[Field, int], ...] = ()

    def join(self) -> Join | None:
        if self.relation is None or self.parent is None:
            return None
        return self.planner.join(self.relation, self.parent)

    def rows(self) -> FetchDraft:
        if self.draft is None:
            name = self.relation.name if self.relation is not None else None
            place = (name, self.condition, self.asked.order, self.asked.page)
            known = self.parent.children.get(place) if self.parent is not None else None
            self.draft = known if isinstance(known, FetchDraft) else self._new_rows()
            if self.parent is not None:
                self.parent.children[place] = self.draft
        return self.draft

    def _new_rows(self) -> FetchDraft:
        draft = self.planner.drafts.fetch(self.entity)
        draft.condition, draft.order, draft.page = self.condition, self.asked.order, self.asked.page
        draft.join = self.join()
        return draft

    def count(self) -> CountDraft:
        join = self.join()
        place = ("count", self.relation.name if self.relation is not None else None, self.condition)
        known = self.parent.children.get(place) if self.parent is not None else None
        if isinstance(known, CountDraft):
            return known
        draft = self.planner.drafts.count(self.entity, self.condition, join)
        if self.parent is not None:
            self.parent.children[place] = draft
        return draft

    def need_cursor(self) -> None:
        draft = self.rows()
        fields = [self.entity.fields[term.field] for term in self.asked.order]
        self.cursor = tuple((field, draft.position(field.attribute)) for field in fields)

    def member(self, member: object) -> NameShape | NodesShape | EdgesShape | PageInfoShape | CountShape:
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
            case _:
                return CountShape(member.key, self.count().id)  # type: ignore[attr-defined]

    def edge_member(self, member: object) -> NameShape | CursorShape | EdgeNodeShape:
        match member:
            case TypeName(key, name):
                return NameShape(key, name)
            case EdgeCursor(key):
                self.need_cursor()
                return CursorShape(key)
            case _:
                shape = self.planner.object(member.selection, self.rows())  # type: ignore[attr-defined]
                return EdgeNodeShape(member.key, shape)  # type: ignore[attr-defined]

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
