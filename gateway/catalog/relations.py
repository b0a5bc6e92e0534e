"""Relations inside one source: from relationships, and from junctions that are mapped classes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import RelationshipProperty
from sqlalchemy.orm.interfaces import MANYTOONE
from sqlalchemy.sql import operators
from sqlalchemy.sql.elements import BinaryExpression, BooleanClauseList

from gateway.catalog import naming
from gateway.catalog.draft import Draft, Drafts, Pairs, Problems, foreign_keys, is_enforced, role_set
from gateway.catalog.key_kinds import same_kind
from gateway.catalog.keys import has_key, table_keys, unique_columns
from gateway.catalog.scalars import Place, own_column
from gateway.catalog.texts import meet_exactly
from gateway.catalog.types import Junction, Relation
from gateway.sources.features import dialect_of, features_of

HIDE = 'Hide it: EntityOptions(fields={{"{key}": FieldOptions(hide=True)}}).'

Columns = tuple[sa.Column[Any], ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation before its options. `key` is what options call it, `own` and `other` are its key columns.

    `refers` and `checked` are those of `Relation`.
    """

    key: str
    owner: Draft
    target: Draft
    own: Columns
    other: Columns
    many: bool
    through: Junction | None = None
    description: str | None = None
    refers: bool = False
    checked: bool = False


def add_relationships(drafts: Drafts, problems: Problems) -> None:
    """Every relationship whose ends are both in the graph; the others vanish with the hidden end."""
    for draft in drafts:
        for prop in draft.mapper.relationships:
            draft.names.add(prop.key)
            target = drafts.by_class.get(prop.mapper.class_)
            if target is None or draft.field_options(prop.key).hide:
                continue
            edge = _edge(draft, target, prop, problems)
            if edge is not None:
                add_edge(edge, problems)


def add_edge(edge: Edge, problems: Problems) -> None:
    """Put the relation on its owner, with what the owner's options say about it."""
    owner, target = edge.owner, edge.target
    owner.names.add(edge.key)
    options = owner.field_options(edge.key)
    if options.hide:
        return
    place = f"{owner.place}.{edge.key}"
    if options.read_only:
        problems.add(place, "a relation cannot be read_only", "Set read_only on its key columns.")
    if options.validate is not None:
        problems.add(place, "a relation has no value to validate", "Set validate on its key columns.")
    keys = _attributes(edge, problems)
    if keys is None:
        return
    relation = Relation(
        name=options.rename or naming.camel_case(edge.key),
        owner=owner.name,
        target=target.name,
        owner_key=keys[0],
        target_key=keys[1],
        many=edge.many,
        remote=_by_value(edge),
        nullable=not _always_there(edge),
        through=edge.through and _typed_junction(edge.through, owner.source.url),
        description=options.describe or edge.description,
        hidden_from=role_set(options.hide_from, place, problems),
        refers=edge.refers,
        checked=edge.checked,
    )
    owner.relations.append((edge.key, relation))


def _typed_junction(junction: Junction, url: sa.URL) -> Junction:
    """Its columns as their database has them."""
    dialect = dialect_of(url)
    near, far = (
        tuple(own_column(each, dialect, Place()) for each in columns)
        for columns in (junction.near, junction.far)
    )
    return replace(junction, near=near, far=far)


def _by_value(edge: Edge) -> bool:
    """Whether keys are compared here: between two sources, and where one would compare them loosely."""
    if edge.owner.source is not edge.target.source:
        return True
    own, other = map(edge.owner.typed, edge.own), map(edge.target.typed, edge.other)
    return edge.through is None and not all(map(same_kind, own, other))


def _always_there(edge: Edge) -> bool:
    """Whether each row has its one counterpart, and each caller sees it.

    A foreign key of texts may hold where they differ in case or blanks; the relation leads nowhere then.
    """
    if edge.many or edge.through or edge.owner.source is not edge.target.source or edge.target.restricted:
        return False
    features = features_of(edge.owner.source.url)
    pairs = list(zip(edge.own, edge.other, strict=True))
    return is_enforced(edge.owner.table, pairs) and all(
        meet_exactly(own.type, other.type, features) for own, other in pairs
    )


def _attributes(edge: Edge, problems: Problems) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    found: list[tuple[str, ...]] = []
    for draft, columns in ((edge.owner, edge.own), (edge.target, edge.other)):
        attributes = {column.name: draft.attribute(column) for column in columns}
        missing = [name for name, attribute in attributes.items() if attribute is None]
        if missing:
            place = f"{edge.owner.place}.{edge.key}"
            message = f"its key {', '.join(missing)} is not mapped by {draft.mapped.__name__}"
            problems.add(place, message, f"Map the column. {HIDE.format(key=edge.key)}")
            return None
        found.append(tuple(attribute for attribute in attributes.values() if attribute is not None))
    return found[0], found[1]


def _edge(owner: Draft, target: Draft, prop: RelationshipProperty[Any], problems: Problems) -> Edge | None:
    edge = _direct(owner, target, prop) if prop.secondary is None else _through(owner, target, prop)
    place = f"{owner.place}.{prop.key}"
    if edge is None:
        message = "its join is more than columns of two tables (and a secondary table) being equal"
        problems.add(place, message, HIDE.format(key=prop.key))
    elif not _leads_to_one(edge):
        names = ", ".join(column.name for column in (edge.through.near if edge.through else edge.other))
        table = edge.through.table.name if edge.through else target.table.name
        message = f"it is declared to-one, but {names} of {table} is no unique key, so there may be several"
        hint = f"Declare it unique (unique=True, UniqueConstraint), or make it a list. {HIDE}"
        problems.add(place, message, hint.format(key=prop.key))
    return edge


def _leads_to_one(edge: Edge) -> bool:
    """Whether a to-one relation finds one row at most; else it would multiply its owner's rows."""
    if edge.many:
        return True
    if edge.through is not None and not has_key(table_keys(edge.through.table), edge.through.near):
        return False
    return has_key(unique_columns(edge.target), edge.other)


def _direct(owner: Draft, target: Draft, prop: RelationshipProperty[Any]) -> Edge | None:
    pairs: list[tuple[Any, Any]] = list(prop.local_remote_pairs or ())
    # SQLAlchemy gives the pairs in no fixed order; that of the side that is referred to is the key's own.
    refers = prop.direction is MANYTOONE
    pairs.sort(key=lambda pair: _position(pair[1] if refers else pair[0]))
    own, other = _sides(pairs)
    if not _are_equalities(prop.primaryjoin, len(pairs)) or not _lie_in(own, owner.table):
        return None
    if not _lie_in(other, target.table):
        return None
    return Edge(prop.key, owner, target, own, other, bool(prop.uselist), None, _doc(prop), refers)


def _through(owner: Draft, target: Draft, prop: RelationshipProperty[Any]) -> Edge | None:
    table = prop.secondary
    own, near = _sides(sorted(prop.synchronize_pairs, key=lambda pair: _position(pair[0])))
    far_pairs = prop.secondary_synchronize_pairs or ()
    other, far = _sides(sorted(far_pairs, key=lambda pair: _position(pair[0])))
    if not isinstance(table, sa.Table) or owner.source is not target.source:
        return None
    if not (_lie_in(own, owner.table) and _lie_in(other, target.table) and _lie_in(near + far, table)):
        return None
    plain = _are_equalities(prop.primaryjoin, len(own)) and _are_equalities(prop.secondaryjoin, len(other))
    junction = _junction(table, near, far)
    return (
        Edge(prop.key, owner, target, own, other, bool(prop.uselist), junction, _doc(prop)) if plain else None
    )


def _junction(table: sa.Table, near: Columns, far: Columns) -> Junction:
    return Junction(table, near, far, unique=has_key(table_keys(table), near + far))


def _doc(prop: RelationshipProperty[Any]) -> str | None:
    return (prop.doc or "").strip() or None


def _sides(pairs: Iterable[tuple[Any, Any]]) -> tuple[Columns, Columns]:
    found = list(pairs)
    return tuple(left for left, _ in found), tuple(right for _, right in found)


def _position(column: Any) -> int:
    return list(column.table.columns).index(column)


def _lie_in(columns: Columns, table: sa.Table) -> bool:
    return bool(columns) and all(column.table is table for column in columns)


def _are_equalities(condition: Any, count: int) -> bool:
    """Whether a join condition is `count` times "column = column", and nothing else."""
    if isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        clauses = list(condition.clauses)
    else:
        clauses = [condition]
    return len(clauses) == count and all(
        isinstance(clause, BinaryExpression)
        and clause.operator is operators.eq
        and isinstance(clause.left, sa.Column)
        and isinstance(clause.right, sa.Column)
        for clause in clauses
    )


def add_junctions(drafts: Drafts, problems: Problems) -> None:
    """Many-to-many relations over mapped junctions that no relationship uses as `secondary`."""
    used = {prop.secondary for draft in drafts for prop in draft.mapper.relationships}
    for junction in drafts.junctions.values():
        if junction.table in used:
            continue
        (one, one_pairs), (two, two_pairs) = foreign_keys(junction.table)
        ends = {draft.table: draft for draft in drafts if draft.source is junction.source}
        first, second = (ends[one], one_pairs), (ends[two], two_pairs)
        for near, far in ((first, second), (second, first)):
            add_edge(_across(junction, near, far), problems)


def _across(junction: Draft, near: tuple[Draft, Pairs], far: tuple[Draft, Pairs]) -> Edge:
    (owner, near_pairs), (target, far_pairs) = near, far
    key = target.plural
    if owner is target:  # friend_id -> friends, since both plurals are the same
        key = naming.plural(naming.camel_case(far_pairs[0][0].name.removesuffix("_id")))
    near_columns, own = _sides(near_pairs)
    far_columns, other = _sides(far_pairs)
    through = _junction(junction.table, near_columns, far_columns)
    return Edge(key, owner, target, own, other, True, through)
