"""What a statement can bring along: local to-one relations as joins, counts of local ones as subqueries.

Both are statements saved. They are folded only where the database finds the related rows by an index and no
more rows are looked at than the page has: a sort would make some databases join or count before they cut.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from gateway.catalog.types import Entity, Relation
from gateway.query.conditions import Condition
from gateway.query.plan.draft import Draft, FetchDraft, JoinedDraft
from gateway.query.plan.types import Counted, key_tests
from gateway.query.selection import Hop

JOINS_MAX = 8
"""Most relations folded into one statement; databases take some sixty."""


def joined(parent: Draft, hop: Hop) -> JoinedDraft | None:
    """The draft of a to-one relation as a part of its parent's statement; None where it needs its own."""
    relation, root = hop.relation, parent.root
    if relation.remote or relation.through is not None or len(root.joins) >= JOINS_MAX:
        return None
    if not _by_index(hop.target, relation.target_key) or not _cuts_first(root):
        return None
    parent.positions(relation.owner_key)
    path = (*parent.hops, hop)
    root.joins.append(path)
    return JoinedDraft(root, hop.target, path)


def counted(parent: Draft, hop: Hop, condition: Condition | None) -> int | None:
    """Where the parent's rows hold a relation's count; None where it needs a statement of its own."""
    relation, root = hop.relation, parent.root
    if relation.remote or not _cuts_first(root) or not _found_by_index(hop.target, relation):
        return None
    if any(key_tests(condition, hop.target)):
        return None
    parent.positions(relation.owner_key)
    return root.place(Counted(parent.hops, hop, condition))


def _cuts_first(root: FetchDraft) -> bool:
    """Whether the rows are cut to the page before anything else is looked up for them."""
    if root.page is None or (root.join is not None and root.join.many):
        return True
    first = root.order[0]
    if not first.own or first.term.field is None:
        return False
    return _by_index(root.entity, (root.entity.fields[first.term.field].attribute,))


def _found_by_index(target: Entity, relation: Relation) -> bool:
    if relation.through is None:
        return _by_index(target, relation.target_key)
    near = relation.through.unique and _leads_index(relation.through.table, relation.through.near)
    return near and _by_index(target, relation.target_key)


def _by_index(entity: Entity, attributes: Sequence[str]) -> bool:
    columns = [entity.column(name) for name in attributes]
    table = columns[0].table
    return isinstance(table, sa.Table) and _leads_index(table, columns)


def _leads_index(table: sa.Table, columns: Sequence[sa.Column[object]]) -> bool:
    """Whether some index that the models declare begins with these columns, in any order."""
    wanted = {column.name for column in columns}
    return any(set(names[: len(wanted)]) == wanted for names in _indexes(table))


def _indexes(table: sa.Table) -> list[list[str]]:
    found = [[column.name for column in table.primary_key.columns]]
    found += [
        [getattr(expression, "name", "") for expression in index.expressions]
        for index in table.indexes
        if not any(options.get("where") is not None for options in index.dialect_options.values())
    ]
    found += [
        [column.name for column in constraint.columns]
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    ]
    return found
