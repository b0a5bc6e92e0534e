"""One node of a plan made ready: its statements, and how its rows are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from gateway.catalog.measures import Measure
from gateway.query.drivers import Convert, key_from_driver
from gateway.query.exchange import Sent, join_keys, lists_sent, own_key, ranks_sent
from gateway.query.join import KeyOf, key_of
from gateway.query.merge import Merge, merge_of
from gateway.query.plan.plan import Plan
from gateway.query.plan.shapes import ObjectShape
from gateway.query.plan.types import (
    Aggregate,
    Fetch,
    Groups,
    Keys,
    Node,
    Ranks,
)
from gateway.query.plan.ways import SIZE
from gateway.query.selection import Page
from gateway.query.sql.bind import Binder
from gateway.query.sql.compile import Dialects, compile_statement
from gateway.query.sql.measure import MeasureValues
from gateway.query.sql.pack import packed, packed_keys
from gateway.query.sql.page import TOP, page_size
from gateway.query.sql.select import heat_sql, node_sql, ranked_sql, within_sql
from gateway.query.sql.written import written
from gateway.query.values import date_to_json, sort_to_json, sort_value, to_json
from gateway.sources.statement import Packing, Statement

WRITTEN_FROM = 100
"""How many rows there must be, at least, for their database to write them."""


@dataclass(frozen=True, slots=True)
class Written:
    """Another statement for a node's rows, which hold their object as JSON text at `position`.

    `alone`: there is nothing else in the rows.
    """

    statement: Statement
    position: int
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One node made ready.

    `lists` are the nodes whose keys its condition uses, `ranks` those it sorts by. `keys` are read from the
    parent's rows, `key` from this node's own, both in the form they share; `write` is the way from there to
    what the statement binds. `size` names the parameter of the page size. `chunk` is how many keys one
    statement takes. `within`, `heat` and `only_ranked`, other statements of the node, serve walking, sorting
    ties and driving, and `merge` adding up its ranges. `walk_keys` and `rank_keys` are read from rows of a
    batch. Keys or ranks of `helped` nodes that are beyond the budget may be had in another way. `written` is
    for long lists.
    """

    node: Node
    statement: Statement
    chunk: int
    keys: KeyOf | None = None
    key: KeyOf | None = None
    size: str | None = None
    width: int = 1
    ids: str | None = None
    write: Convert | None = None
    lists: Mapping[int, Sent] = field(default_factory=dict)
    ranks: Mapping[int, Sent] = field(default_factory=dict)
    offset: str | None = None
    within: Statement | None = None
    only_ranked: Statement | None = None
    leaf: Callable[[Any], Any] | None = None
    heat: Statement | None = None
    walk_keys: tuple[KeyOf, ...] = ()
    rank_keys: tuple[KeyOf, ...] = ()
    page_key: KeyOf = itemgetter(0)
    merge: Merge | None = None
    helped: frozenset[int] = frozenset()
    written: Written | None = None

    @property
    def peek(self) -> bool:
        return isinstance(self.node, Fetch) and self.node.peek

    @property
    def backward(self) -> bool:
        return isinstance(self.node, Fetch) and self.node.page is not None and self.node.page.backward


def make_step(
    node: Node, plan: Plan, binder: Binder, sources: Mapping[str, Dialects], shape: ObjectShape | None
) -> Step:
    """A node of a plan made ready; `shape` is that of its rows, where they all have one."""
    source = sources[node.source]
    select = node_sql(node, binder, source.features, source.dialect)
    statement = _packed(node, select, source, binder)
    keys = given = None
    if node.join is not None:
        parent = sources[plan.nodes[node.join.parent].source]
        keys, given = join_keys(node.join, node.entity, parent, source)
    size = ids = None
    if isinstance(node, Fetch):
        if node.page is not None and node.page.size != SIZE:
            size = binder.name(page_size(node.page), TOP)
        if node.ids is not None:
            ids = binder.name(node.ids, sa.Text())
    elif isinstance(node, Groups) and node.size is not None:
        size = binder.name(node.size, sa.BigInteger())
    return Step(
        node=node,
        statement=statement,
        chunk=source.features.max_list,
        keys=keys,
        write=given,
        key=own_key(node, source.dialect),
        size=size,
        width=_key_width(node),
        ids=ids,
        lists=lists_sent(node, plan, sources),
        ranks=ranks_sent(node, plan, sources),
        within=_other(within_sql, node, binder, source) if _walks(node) else None,
        only_ranked=_other(ranked_sql, node, binder, source) if _drives(node) else None,
        offset=_offset(node, binder),
        heat=_other(heat_sql, node, binder, source) if isinstance(node, Fetch) and node.ties else None,
        walk_keys=_walk_keys(node, source.dialect),
        rank_keys=_rank_keys(node, plan, source.dialect),
        page_key=_page_key(node, source.dialect),
        leaf=_rank_leaf(node, source) if isinstance(node, Ranks) else None,
        merge=_merge(node, plan, binder, source),
        helped=_helped(node),
        written=None if shape is None else _written(node, select, shape, source, binder),
    )


def _packed(node: Node, select: sa.Select[Any], source: Dialects, binder: Binder) -> Statement:
    """A node's statement, which brings its rows as one text where they come cheaper so."""
    plain = compile_statement(select, source, binder)
    together, packing = None, Packing.ROWS
    if isinstance(node, Fetch) and source.features.packs_rows and (node.page or node.join):
        together = packed(select)
    elif isinstance(node, Keys) and node.size is None and not node.ordered:
        together, packing = packed_keys(select, (node.attempt or node.limit) + 1, source.features)
    if together is None:
        return plain
    return replace(compile_statement(together, source, binder), plain=plain, packing=packing)


def _written(
    node: Node, select: sa.Select[Any], shape: ObjectShape, source: Dialects, binder: Binder
) -> Written | None:
    """A node's rows as its database writes them, where it can and there may be many."""
    if not source.features.writes_json or not isinstance(node, Fetch) or not (node.page or node.join):
        return None
    if node.join is None and node.page is not None and _size(node.page) < WRITTEN_FROM:
        return None
    found = written(select, node, shape, source.dialect)
    if found is None:
        return None
    alone = len(found[0].selected_columns) == 1
    return Written(compile_statement(found[0], source, binder), found[1], alone)


def _size(page: Page) -> float:
    """The size of a page; endless when a variable says it."""
    return page.size if isinstance(page.size, int) else inf


def _key_width(node: Node) -> int:
    """How many columns a node's join key has."""
    if node.join is None:
        return 1
    return len(node.join.through.near) if node.join.through is not None else len(node.join.key)


def _offset(node: Node, binder: Binder) -> str | None:
    if not isinstance(node, Fetch) or node.page is None or node.page.offset is None:
        return None
    return binder.name(node.page.offset, TOP)


def _walk_keys(node: Node, dialect: sa.Dialect) -> tuple[KeyOf, ...]:
    """Read each narrowing's keys out of a row of a walk's batch."""
    way = (node.walk or node.ties) if isinstance(node, Fetch) else None
    if way is None:
        return ()
    return tuple(
        key_of(
            positions, [key_from_driver(node.entity.column(name).type, dialect) for name in each.attributes]
        )
        for each, positions in zip(node.narrowings, way.positions, strict=True)
    )


def _rank_keys(node: Node, plan: Plan, dialect: sa.Dialect) -> tuple[KeyOf, ...]:
    """Read the keys for each of the other sources' ranks out of a row of a batch."""
    if not isinstance(node, Fetch) or node.ties is None:
        return ()
    batch = plan.nodes[node.ties.batch]
    assert isinstance(batch, Fetch)
    kinds = [[batch.column_at(one).type for one in each.positions] for each in node.ties.ranks]
    return tuple(
        key_of(each.positions, [key_from_driver(kind, dialect) for kind in of])
        for each, of in zip(node.ties.ranks, kinds, strict=True)
    )


def _page_key(node: Node, dialect: sa.Dialect) -> KeyOf:
    """Reads the primary key out of a row of a walk's batch."""
    kinds = [node.entity.column(name).type for name in node.entity.key_attributes]
    return key_of(range(len(kinds)), [key_from_driver(kind, dialect) for kind in kinds])


def _walks(node: Node) -> bool:
    return isinstance(node, Fetch) and node.walk is not None


def _drives(node: Node) -> bool:
    return isinstance(node, Fetch) and node.drive is not None


def _other(make: Callable[..., sa.Select[Any]], node: Node, binder: Binder, source: Dialects) -> Statement:
    """Another statement of a node, for another direction."""
    return compile_statement(make(node, binder, source.features, source.dialect), source, binder)


def _helped(node: Node) -> frozenset[int]:
    slicings = node.slicings if isinstance(node, Aggregate | Groups) else ()
    sliced = [whole for each in slicings for whole, _ in each.lists]
    ties = node.ties if isinstance(node, Fetch) else None
    ranks = [each.ranks for each in ties.ranks] if ties is not None else []
    return frozenset((*(each.keys for each in node.narrowings), *sliced, *ranks))


def _merge(node: Node, plan: Plan, binder: Binder, source: Dialects) -> Merge | None:
    if not isinstance(node, Aggregate | Groups) or not node.slicings:
        return None
    part = plan.nodes[node.slicings[0].part]
    assert isinstance(part, Aggregate | Groups)
    return merge_of(node, part, MeasureValues(node.entity, source.dialect, source.features), binder)


def _rank_leaf(node: Ranks, source: Dialects) -> Convert | None:
    """From the value that a rank stands for to its JSON, or to a `SortValue` where cursors need another."""
    term = node.sorted.term
    end = node.entity if node.measure is not None else term.end(node.entity)
    measure = node.measure
    if measure is None and term.function is not None:
        measure = Measure(term.function, term.field)
    if measure is not None:
        measures = MeasureValues(end, source.dialect, source.features)
        return _both(measures.leaf(measure), measures.sort_leaf(measure))
    if term.unit is not None:
        return _both(*[date_to_json(source.dialect)] * 2)
    if term.field is None:
        return None
    field = end.fields[term.field]
    if field.scalar.is_enum:  # the label is selected, however it is stored
        names = field.scalar.shown
        return (lambda label: names.get(label, label)) if names else None
    return _both(to_json(field, source.dialect), sort_to_json(field, source.dialect))


def _both(leaf: Convert | None, cursor_leaf: Convert | None) -> Convert | None:
    if leaf is None or cursor_leaf is None:
        return leaf
    return lambda value: sort_value(leaf, cursor_leaf, value)
