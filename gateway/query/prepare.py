"""A plan with its SQL compiled and its shapers built: all that can be done before values are known."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import BindParameter

from gateway.catalog.measures import Measure
from gateway.catalog.types import Field
from gateway.query.join import KeyOf, key_of
from gateway.query.parameters import Parameter
from gateway.query.plan.plan import Plan
from gateway.query.plan.shapes import RootManyShape, RootNodesShape, RootOneShape
from gateway.query.plan.types import (
    Aggregate,
    Fetch,
    Groups,
    Keys,
    Node,
    Ranks,
    Sorted,
    inputs_of,
    keys_used,
    ranks_used,
    sorted_terms,
)
from gateway.query.shape import ConnectionShaper, ObjectShaper
from gateway.query.shaping import ShaperFactory
from gateway.query.sql.bind import KEYS, Binder, array_of_integers
from gateway.query.sql.condition import node_keys
from gateway.query.sql.measure import MeasureValues
from gateway.query.sql.order import node_ranks
from gateway.query.sql.pack import packed
from gateway.query.sql.page import TOP, page_size
from gateway.query.sql.select import node_sql, ranked_sql, within_sql
from gateway.query.values import (
    Convert,
    Shown,
    date_to_json,
    from_driver,
    shown,
    sort_to_json,
    to_json,
    travels_as_text,
)
from gateway.sources.features import Features
from gateway.sources.statement import Bind, Statement


class Dialects(Protocol):
    """What preparing needs to know of a source; no connection is made."""

    @property
    def dialect(self) -> sa.Dialect: ...
    @property
    def features(self) -> Features: ...


@dataclass(frozen=True, slots=True)
class Step:
    """One node made ready.

    `lists` are the nodes whose keys its condition uses, with the names the statement has for them. `keys`
    are read from the parent's rows, `key` from this node's own. `size` names the parameter of the page
    size. `chunk` is how many keys one statement takes. `within`, `only_ranked` and `limit` serve walking and
    driving: other statements of the node, and the name of a row limit that may be raised.
    """

    node: Node
    statement: Statement
    chunk: int
    keys: KeyOf | None = None
    key: KeyOf | None = None
    size: str | None = None
    width: int = 1
    ids: str | None = None
    lists: tuple[tuple[int, str], ...] = ()
    ranks: tuple[tuple[int, str], ...] = ()
    offset: str | None = None
    within: Statement | None = None
    only_ranked: Statement | None = None
    limit: str | None = None
    leaf: Callable[[Any], Any] | None = None
    walk_keys: tuple[KeyOf, ...] = ()
    page_key: KeyOf = itemgetter(0)

    def width_of(self, ranks: int) -> int:
        """How many columns the ranks of a node have, when they are sent along here."""
        term = next(term for term in sorted_terms(self.node) if term.ranks == ranks)
        return len(term.key) + 1 + sum(term.sides)

    @property
    def peek(self) -> bool:
        return isinstance(self.node, Fetch) and self.node.peek

    @property
    def backward(self) -> bool:
        return isinstance(self.node, Fetch) and self.node.page is not None and self.node.page.backward


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation ready to run with any values of its shape."""

    plan: Plan
    steps: tuple[Step, ...]
    inputs: tuple[tuple[int, ...], ...]
    children: tuple[tuple[int, ...], ...]
    first: tuple[int, ...]
    parameters: Mapping[str, Parameter]
    ids: Mapping[str, str]
    shapers: Mapping[str, ObjectShaper | ConnectionShaper | tuple[ObjectShaper, ...]]


RANKS = "ranks_of_"


def prepare(plan: Plan, sources: Mapping[str, Dialects]) -> Prepared:
    """Compile a plan for the databases it runs on."""
    binder = Binder()
    steps = tuple(_step(node, plan, binder, sources) for node in plan.nodes)
    inputs = tuple(inputs_of(node) for node in plan.nodes)
    children: list[list[int]] = [[] for _ in plan.nodes]
    for node in plan.nodes:
        for given in inputs[node.id]:
            children[given].append(node.id)
    ids = {
        root.key: binder.name(root.ids, sa.Text()) for root in plan.roots if isinstance(root, RootNodesShape)
    }
    bound = set(binder.parameters.values())
    for parameter in plan.checked:
        if parameter not in bound:
            binder.name(parameter, sa.Text())
    return Prepared(
        plan=plan,
        steps=steps,
        children=tuple(map(tuple, children)),
        inputs=inputs,
        first=tuple(
            node.id
            for node in plan.nodes
            if node.id not in plan.deferred and all(one in plan.deferred for one in inputs[node.id])
        ),
        parameters=binder.parameters,
        ids=ids,
        shapers=_shapers(plan, sources),
    )


def _step(node: Node, plan: Plan, binder: Binder, sources: Mapping[str, Dialects]) -> Step:
    source = sources[node.source]
    select = node_sql(node, binder, source.features, source.dialect)
    statement = compile_statement(select, source, binder)
    if source.features.packs_rows and isinstance(node, Fetch) and (node.page or node.join):
        together = packed(select)
        if together is not None:
            statement = replace(compile_statement(together, source, binder), plain=statement)
    keys = None
    if node.join is not None:
        parent = plan.nodes[node.join.parent]
        parent_kinds = [node.join.parent_entity.column(name).type for name in node.join.parent_fields]
        dialect = sources[parent.source].dialect
        keys = key_of(node.join.parent_key, [from_driver(kind, dialect) for kind in parent_kinds])
    used_lists = keys_used(node.condition) if node.condition is not None else ()
    size = ids = None
    if isinstance(node, Fetch):
        if node.page is not None:
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
        key=_own_key(node, source.dialect),
        size=size,
        width=_key_width(node),
        ids=ids,
        lists=tuple((used, node_keys(used)) for used in dict.fromkeys(used_lists)),
        ranks=tuple((used, node_ranks(used)) for used in dict.fromkeys(ranks_used(node))),
        within=_other(within_sql, node, binder, source) if _walks(node) else None,
        only_ranked=_other(ranked_sql, node, binder, source) if _drives(node) else None,
        limit=_limit(node, binder),
        offset=_offset(node, binder),
        walk_keys=_walk_keys(node, source.dialect),
        page_key=_page_key(node, source.dialect),
        leaf=_rank_leaf(node, source) if isinstance(node, Ranks) else None,
    )


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
    if not isinstance(node, Fetch) or node.walk is None:
        return ()
    return tuple(
        key_of(positions, [from_driver(node.entity.column(name).type, dialect) for name in each.attributes])
        for each, positions in zip(node.narrowings, node.walk.positions, strict=True)
    )


def _page_key(node: Node, dialect: sa.Dialect) -> KeyOf:
    """Reads the primary key out of a row of a walk's batch."""
    kinds = [node.entity.column(name).type for name in node.entity.key_attributes]
    return key_of(range(len(kinds)), [from_driver(kind, dialect) for kind in kinds])


def _walks(node: Node) -> bool:
    return isinstance(node, Fetch) and node.walk is not None


def _drives(node: Node) -> bool:
    return isinstance(node, Fetch) and node.drive is not None


def _other(make: Callable[..., sa.Select[Any]], node: Node, binder: Binder, source: Dialects) -> Statement:
    """Another statement of a node, for another direction."""
    return compile_statement(make(node, binder, source.features, source.dialect), source, binder)


def _limit(node: Node, binder: Binder) -> str | None:
    """The bind of a row limit that the executor may raise: of a walk's batch, or of the top of an order."""
    if isinstance(node, Ranks) and node.top is not None:
        return binder.name(node.top, TOP)
    if isinstance(node, Fetch) and node.page is not None:
        return binder.name(page_size(node.page), TOP)
    return None


def _rank_leaf(node: Ranks, source: Dialects) -> Callable[[Any], Any] | None:
    """From the value that a rank stands for to its JSON, for cursors."""
    term = node.sorted.term
    if node.measure is not None:
        return MeasureValues(node.entity, source.dialect, source.features).leaf(node.measure)
    end = term.end(node.entity)
    if term.function is not None:
        measure = Measure(term.function, term.field)
        return MeasureValues(end, source.dialect, source.features).leaf(measure)
    if term.unit is not None:
        return date_to_json(source.dialect)
    return sort_to_json(end.fields[term.field], source.dialect) if term.field is not None else None


def _own_key(node: Node, dialect: sa.Dialect) -> KeyOf | None:
    """Reads a node's join key out of its own rows, in the Python form both sides share."""
    if (
        isinstance(node, Fetch | Aggregate | Groups)
        and node.join is not None
        and node.join.through is not None
    ):
        kinds = [near.type for near in node.join.through.near]
    elif isinstance(node, Fetch | Aggregate | Groups) and node.join is not None:
        kinds = [node.entity.column(name).type for name in node.join.key]
    elif isinstance(node, Keys):
        end = node.hops[-1].target if node.hops else node.entity
        kinds = [end.column(name).type for name in node.key]
    elif isinstance(node, Ranks):
        kinds = [node.entity.column(name).type for name in node.key]
    elif isinstance(node, Fetch) and node.ids is not None:
        kinds = [node.entity.column(name).type for name in node.entity.key_attributes]
    else:
        return None
    positions = node.key if isinstance(node, Fetch) else tuple(range(len(kinds)))
    return key_of(positions, [from_driver(kind, dialect) for kind in kinds])


def compile_statement(select: sa.Select[Any], source: Dialects, binder: Binder) -> Statement:
    """SQL text and binds of a SELECT, so that running it needs no SQLAlchemy execution."""
    dialect, mark = source.dialect, source.features.placeholder
    compiled = select.compile(dialect=dialect)
    named, text = mark is None, str(compiled)
    names = list(compiled.params) if named else list(compiled.positiontup or ())
    binds = []
    for name in names:
        parameter, own = compiled.binds[name], name
        if not binder.knows(name) and not name.startswith((KEYS, RANKS)):
            # SQLAlchemy adds constants of its own, such as SQLite's OFFSET 0; it names them anew in each
            # statement, while the values of a plan are one mapping.
            own = binder.constant(parameter.effective_value)
            text = text.replace(f"%({name})s", f"%({own})s")
        binds.append(_bind(own, parameter, dialect))
    return Statement(text, tuple(binds), named, mark or "?")


def _bind(name: str, parameter: BindParameter[Any], dialect: sa.Dialect) -> Bind:
    kind = parameter.type
    if isinstance(kind, ARRAY) and isinstance(kind.item_type, sa.Integer):
        return Bind(name, array_of_integers)
    if not parameter.expanding:
        return Bind(name, kind.dialect_impl(dialect).bind_processor(dialect))
    if isinstance(kind, sa.types.TupleType):
        processors = tuple(part.dialect_impl(dialect).bind_processor(dialect) for part in kind.types)
        return Bind(name, processors, arity=len(processors))
    return Bind(name, kind.dialect_impl(dialect).bind_processor(dialect), arity=1)


def _shapers(
    plan: Plan, sources: Mapping[str, Dialects]
) -> dict[str, ObjectShaper | ConnectionShaper | tuple[ObjectShaper, ...]]:
    def leaf(node: int, field: Field) -> Convert | None:
        return to_json(field, sources[plan.nodes[node].source].dialect)

    def value(node: int, position: int, field: Field) -> Shown:
        fetch = plan.nodes[node]
        assert isinstance(fetch, Fetch)
        source = sources[fetch.source]
        text = position in fetch.shown and travels_as_text(field.column.type, source.features)
        return shown(field, source.dialect, text=text)

    def converts(node: int, positions: tuple[int, ...]) -> list[Convert | None]:
        fetch = plan.nodes[node]
        assert isinstance(fetch, Fetch)
        kinds = [fetch.column_at(position).type for position in positions]
        return [from_driver(kind, sources[fetch.source].dialect) for kind in kinds]

    def measures(node: int) -> MeasureValues:
        source = sources[plan.nodes[node].source]
        return MeasureValues(plan.nodes[node].entity, source.dialect, source.features)

    def group_leaf(node: int, sorted_: Sorted) -> Callable[[Any], Any] | None:
        dialect = sources[plan.nodes[node].source].dialect
        if sorted_.term.unit is not None:
            return date_to_json(dialect)
        assert sorted_.term.field is not None
        return to_json(sorted_.term.end(plan.nodes[node].entity).fields[sorted_.term.field], dialect)

    factory = ShaperFactory(plan, value, leaf, converts, measures, group_leaf)
    shapers: dict[str, ObjectShaper | ConnectionShaper | tuple[ObjectShaper, ...]] = {}
    for root in plan.roots:
        if isinstance(root, RootOneShape):
            shapers[root.key] = factory.object(root.shape)
        elif isinstance(root, RootManyShape):
            shapers[root.key] = factory.connection(root.connection)
        elif isinstance(root, RootNodesShape):
            shapers[root.key] = tuple(factory.object(shape) for shape in root.shapes)
    return shapers
