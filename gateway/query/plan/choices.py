"""Last pass: other directions, for when a condition or an order needs more keys than the budget allows.

Every use of another source's keys gets a second way: the keys that the list's own rows have are taken first,
and only those are asked for there. A root page gets a third one, walking its rows in order, and a page sorted
by another source may be driven from there: the first rows there in that order, and what belongs to them.

These nodes are deferred: they run only when sizes, measured while running, ask for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from gateway.query.conditions import All, AnyOf, Condition, KeyIn, Not, NotTrue, leaves
from gateway.query.parameters import Literal, Parameter
from gateway.query.plan.plan import Plan
from gateway.query.plan.types import Drive, Fetch, Keys, Narrowing, Node, Ranks, Walk
from gateway.query.selection import Page

_FIRST_BATCH = Parameter(Literal(2_000))
_FIRST_TOP = Parameter(Literal(1_000))


def add_choices(plan: Plan) -> Plan:
    """The plan with its deferred nodes."""
    choices = _Choices(plan, list(plan.nodes))
    for node in plan.nodes:
        choices.consider(node)
    return replace(plan, nodes=tuple(choices.nodes), deferred=frozenset(choices.deferred))


@dataclass(slots=True)
class _Choices:
    plan: Plan
    nodes: list[Node]
    deferred: set[int] = field(default_factory=set)

    def consider(self, node: Node) -> None:
        narrowings = self.narrowings(node)
        if isinstance(node, Fetch):
            walk = self.walk(node, narrowings) if narrowings and _is_root_page(node) else None
            self.nodes[node.id] = replace(node, narrowings=narrowings, walk=walk, drive=self.drive(node))
        elif narrowings and not isinstance(node, Ranks):
            self.nodes[node.id] = replace(node, narrowings=narrowings)

    def add(self, node: Node) -> int:
        number = len(self.nodes)
        self.nodes.append(replace(node, id=number))
        self.deferred.add(number)
        return number

    def narrowings(self, node: Node) -> tuple[Narrowing, ...]:
        """For each list of keys a node's condition uses: the node's own keys, and those of them that pass."""
        if isinstance(node, Ranks) or node.condition is None:
            return ()
        found: dict[int, Narrowing] = {}
        for used in _own_keys(node.condition):
            keys = self.plan.nodes[used.node]
            if used.node in found or not isinstance(keys, Keys) or keys.candidates:
                continue
            own = self.add(
                Keys(
                    id=-1,
                    source=node.source,
                    entity=node.entity,
                    key=used.attributes,
                    purpose=keys.purpose,
                    limit=keys.limit,
                    unique=False,
                    condition=_relaxed(node.condition),
                    rows=node.rows,
                    candidates=True,
                    join=node.join,
                )
            )
            passing = KeyIn(keys.key, own)
            condition = passing if keys.condition is None else All((keys.condition, passing))
            found[used.node] = Narrowing(
                used.node, used.attributes, own, self.add(replace(keys, condition=condition))
            )
        return tuple(found.values())

    def walk(self, fetch: Fetch, narrowings: tuple[Narrowing, ...]) -> Walk:
        """The rows of a page in order, with the keys that conditions on other sources are about."""
        assert fetch.page is not None
        attributes = [name for each in narrowings for name in each.attributes]
        columns = tuple(dict.fromkeys((*fetch.entity.key_attributes, *attributes)))
        batch = self.add(
            Fetch(
                id=-1,
                source=fetch.source,
                entity=fetch.entity,
                columns=columns,
                condition=None if fetch.condition is None else _relaxed(fetch.condition),
                rows=fetch.rows,
                order=fetch.order,
                page=Page(_FIRST_BATCH, fetch.page.backward, fetch.page.after, fetch.page.before),
            )
        )
        positions = tuple(tuple(columns.index(name) for name in each.attributes) for each in narrowings)
        return Walk(batch, positions)

    def drive(self, fetch: Fetch) -> Drive | None:
        """A page whose first term is ranked elsewhere, with nulls last: its first rows come from there."""
        page = fetch.page
        if page is None or fetch.join is not None or page.backward or page.before is not None:
            return None
        first = fetch.order[0]
        if first.ranks is None or any(term.ranks is not None for term in fetch.order[1:]):
            return None
        ranks = self.plan.nodes[first.ranks]
        zero_first = first.term.function == "count" and not first.term.descending
        past_values = page.after is not None and page.after.nulls[0]
        if not isinstance(ranks, Ranks) or ranks.sorted.ranks is not None:
            return None
        if first.term.nulls_first or zero_first or past_values:
            return None
        top = replace(ranks, condition=None, top=_FIRST_TOP, descending=first.term.descending)
        self.deferred.update(self.behind(ranks))
        return Drive(self.add(top), ranks.id, narrowed=ranks.condition is not None)

    def behind(self, ranks: Ranks) -> Iterator[int]:
        """A node of ranks and the keys it is narrowed by, none of which is needed while driving."""
        yield ranks.id
        if isinstance(ranks.condition, KeyIn):
            yield ranks.condition.node


def _is_root_page(fetch: Fetch) -> bool:
    return fetch.page is not None and fetch.join is None and not any(term.ranks for term in fetch.order)


def _own_keys(condition: Condition) -> Iterator[KeyIn]:
    """The uses of keys that are about the row itself, not about related rows of it."""
    return (leaf for leaf in leaves(condition) if isinstance(leaf, KeyIn))


def _relaxed(condition: Condition, wanted: bool = True) -> Condition:
    """A condition that all rows meet which meet the given one, and that uses no keys."""
    match condition:
        case All(parts):
            return All(tuple(_relaxed(part, wanted) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_relaxed(part, wanted) for part in parts))
        case Not(part):
            return Not(_relaxed(part, not wanted))
        case NotTrue(part):
            return NotTrue(_relaxed(part, not wanted))
        case KeyIn():
            return All(()) if wanted else AnyOf(())
    return condition
