"""First pass: a selection becomes keyed fetches and the shape of the answer.

Every relation is one fetch, however many rows its parents have, or is folded into its parent's statement. A
relation asked for twice below the same parent with equal arguments is one fetch with the columns of both.
"""

from dataclasses import dataclass, field

from gateway.access import Access
from gateway.catalog.types import Catalog, Entity, Relation
from gateway.query.ids import fingerprint
from gateway.query.parameters import Parameter
from gateway.query.plan.connections import Listed
from gateway.query.plan.draft import AggregateDraft, Draft, Drafts, FetchDraft, GroupsDraft, JoinedDraft
from gateway.query.plan.fold import joined
from gateway.query.plan.order import Sorter
from gateway.query.plan.permit import key_refusal, refusal
from gateway.query.plan.plan import Plan, page_parameters
from gateway.query.plan.remote import Localizer
from gateway.query.plan.shapes import (
    ConnectionShape,
    IdShape,
    JoinedShape,
    ManyShape,
    MemberShape,
    NameShape,
    ObjectShape,
    OneShape,
    OtherShape,
    OwnRootShape,
    OwnShape,
    RefusedShape,
    RootManyShape,
    RootNodesShape,
    RootOneShape,
    RootShape,
    ValueShape,
)
from gateway.query.plan.types import Join, met_columns
from gateway.query.selection import (
    ConnectionSelection,
    EntitySelection,
    GlobalId,
    Hop,
    Many,
    Member,
    One,
    Own,
    Root,
    RootMany,
    RootNodes,
    RootOne,
    RootOwn,
    RootTypeName,
    Selection,
    TypeName,
    Value,
)


def plan_fetches(selection: Selection, catalog: Catalog, access: Access, keys_max: int) -> Plan:
    """Plan of a selection, without the row conditions of access on its nodes."""
    drafts = Drafts()
    planner = Planner(catalog, access, drafts, Localizer(drafts, keys_max), Sorter(drafts, keys_max))
    roots = tuple(planner.root(root) for root in selection.roots)
    return Plan(planner.drafts.finish(), roots, tuple(planner.checked), own=tuple(planner.resolved))


@dataclass(slots=True)
class Planner:
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
        rows = Listed(self, asked, entity, relation, parent)
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
