"""Last pass: other directions, for when a condition or an order needs more keys than the budget allows.

Every use of another source's keys gets a second way: the keys that the list's own rows have are taken first,
and only those are asked for there. A root page gets a third one, walking its rows in order, and a page sorted
by another source may be driven from there: the first rows there in that order, and what belongs to them.

These nodes are deferred: they run only when sizes, measured while running, ask for them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import takewhile

from gateway.query.conditions import All, KeyIn
from gateway.query.plan.plan import Plan
from gateway.query.plan.relaxed import may_push, may_walk, only_own, own_keys, parts_of, relaxed
from gateway.query.plan.slices import part_of, slice_attributes, sliceable
from gateway.query.plan.types import (
    Aggregate,
    Fetch,
    Groups,
    Joined,
    Keys,
    Node,
    Ranks,
    Selected,
    inputs_of,
    ranks_used,
)
from gateway.query.plan.ways import SIZE, Drive, Narrowing, RanksAmong, Slicing, Ties, Walk
from gateway.query.selection import Cursor, Hop, Page


def add_choices(plan: Plan) -> Plan:
    """The plan with its deferred nodes."""
    choices = _Choices(plan, list(plan.nodes))
    for node in plan.nodes:
        choices.consider(node)
    choices.attempt()
    deferred = choices.deferred - _needed(choices.nodes, choices.deferred)
    return replace(plan, nodes=tuple(choices.nodes), deferred=frozenset(deferred))


def _needed(nodes: list[Node], deferred: set[int]) -> set[int]:
    """What one list can do without while it is driven, but nodes that run at once need."""
    found: set[int] = set()
    waiting = [node for node in nodes if node.id not in deferred]
    while waiting:
        node = waiting.pop()
        drive = node.drive if isinstance(node, Fetch) else None
        for one in inputs_of(node):
            if one in deferred - found and not (drive is not None and drive.ranks == one):
                found.add(one)
                waiting.append(nodes[one])
    return found


@dataclass(slots=True)
class _Choices:
    plan: Plan
    nodes: list[Node]
    deferred: set[int] = field(default_factory=set)

    def consider(self, node: Node) -> None:
        narrowings = self.narrowings(node)
        if isinstance(node, Fetch):
            walk = self.walk(node, narrowings) if narrowings and _is_root_page(node) else None
            drive = self.drive(node)
            ties = self.ties(node, narrowings) if drive is None and _is_sorted_elsewhere(node) else None
            self.nodes[node.id] = replace(node, narrowings=narrowings, walk=walk, ties=ties, drive=drive)
        elif isinstance(node, Aggregate | Groups):
            slicings = self.slicings(node)
            self.nodes[node.id] = replace(node, narrowings=narrowings, slicings=slicings)
        elif narrowings:
            self.nodes[node.id] = replace(node, narrowings=narrowings)

    def attempt(self) -> None:
        """Keys that only pages need which may be walked or driven without are not all asked for at once."""
        users: dict[int, list[Node]] = {}
        deferred = self.deferred - _needed(self.nodes, self.deferred)
        for node in self.nodes[: len(self.plan.nodes)]:
            if node.id in deferred:
                continue
            for used in inputs_of(node):
                users.setdefault(used, []).append(node)
        for keys in self.nodes[: len(self.plan.nodes)]:
            pages = users.get(keys.id, [])
            if not isinstance(keys, Keys) or keys.candidates or not pages:
                continue
            attempt = max(keys.limit // _ATTEMPTS, _SMALLEST)
            if attempt < keys.limit and all(
                may_walk(page, keys.id) or may_push(page, keys.id) for page in pages
            ):
                self.nodes[keys.id] = replace(keys, attempt=attempt)
                whole = self.add(replace(keys, size=SIZE))
                for page in pages:
                    self.nodes[page.id] = _with_whole(self.nodes[page.id], keys.id, whole)

    def add(self, node: Node) -> int:
        number = len(self.nodes)
        self.nodes.append(replace(node, id=number))
        self.deferred.add(number)
        return number

    def narrowings(self, node: Node, kept: frozenset[int] = frozenset()) -> tuple[Narrowing, ...]:
        """For each list of keys a node's condition uses: the node's own keys, and those of them that pass.

        What passes may in turn need the keys of a third source. `kept` are lists that are surely there.
        """
        if isinstance(node, Ranks) or node.condition is None:
            return ()
        found: dict[int, Narrowing] = {}
        for used in own_keys(node.condition):
            keys = self.nodes[used.node]
            if used.node in found or used.node in kept or not isinstance(keys, Keys) or keys.candidates:
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
                    condition=relaxed(node.condition, kept),
                    rows=node.rows,
                    candidates=True,
                    join=node.join,
                )
            )
            among = KeyIn(keys.key, own)
            condition = among if keys.condition is None else All((keys.condition, among))
            passing = replace(keys, condition=condition, ordered=False)
            passing = replace(passing, narrowings=self.narrowings(passing, frozenset((own,))))
            found[used.node] = Narrowing(used.node, used.attributes, own, self.add(passing))
        return tuple(found.values())

    def slicings(self, node: Aggregate | Groups) -> tuple[Slicing, ...]:
        """For each attribute by which a node's rows meet keys or ranks: its ranges, one after another."""
        found = []
        for attribute in slice_attributes(node):
            lists = sliceable(node, attribute, self.plan)
            if not lists:
                continue
            pieces = []
            for each in lists:
                known = self.nodes[each.id]
                assert isinstance(known, Keys | Ranks)
                piece = replace(known, ordered=True, size=SIZE, narrowings=())
                if isinstance(piece, Keys) or piece.condition is None:
                    self.nodes[each.id] = replace(known, ordered=True)
                else:
                    piece = replace(piece, condition=None)
                pieces.append((each.id, self.add(piece)))
            found.append(Slicing(attribute, self.add(part_of(node, attribute)), tuple(pieces)))
        return tuple(found)

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
                condition=None if fetch.condition is None else relaxed(fetch.condition),
                rows=fetch.rows,
                order=fetch.order,
                page=Page(SIZE, fetch.page.backward, fetch.page.after, fetch.page.before),
            )
        )
        positions = tuple(tuple(columns.index(name) for name in each.attributes) for each in narrowings)
        return Walk(batch, positions)

    def ties(self, fetch: Fetch, narrowings: tuple[Narrowing, ...]) -> Ties:
        """The rows of a page in the order of its first terms, as far as these are no other source's."""
        page = fetch.page
        assert page is not None
        own = tuple(takewhile(lambda term: term.ranks is None, fetch.order))
        columns: dict[Selected, int] = {}

        def positions(attributes: tuple[str, ...], hops: tuple[Hop, ...] = ()) -> tuple[int, ...]:
            asked = [Joined(hops, name) if hops else name for name in attributes]
            return tuple(columns.setdefault(column, len(columns)) for column in asked)

        positions(fetch.entity.key_attributes)
        narrowed = tuple(positions(each.attributes) for each in narrowings)
        ranks = []
        for term in fetch.order:
            if term.ranks is not None:
                known = self.nodes[term.ranks]
                assert isinstance(known, Ranks)
                keys = self.add(_candidates(fetch, term.key, term.hops, known))
                ranks.append(
                    RanksAmong(known.id, keys, self.among(known, keys), positions(term.key, term.hops))
                )
        batch = Fetch(
            id=-1,
            source=fetch.source,
            entity=fetch.entity,
            columns=tuple(columns),
            condition=None if fetch.condition is None else relaxed(fetch.condition),
            rows=fetch.rows,
            order=own,
            page=Page(SIZE, page.backward, _begun(page.after, len(own)), _begun(page.before, len(own))),
            tied=True,
        )
        return Ties(self.add(batch), narrowed, tuple(ranks))

    def among(self, ranks: Ranks, keys: int) -> int:
        """A node that ranks no keys but those of another node, through further sources where they lead."""
        among = replace(ranks, condition=KeyIn(ranks.key, keys))
        further = ranks.sorted.ranks
        if further is not None:
            known = self.nodes[further]
            assert isinstance(known, Ranks)
            own = replace(
                _candidates(ranks, ranks.sorted.key, ranks.sorted.hops, known), condition=among.condition
            )
            among = replace(among, sorted=replace(ranks.sorted, ranks=self.among(known, self.add(own))))
        return self.add(among)

    def drive(self, fetch: Fetch) -> Drive | None:
        """A page whose first term is ranked elsewhere, and may be begun there, with rows that have a rank.

        Rows without a value come last, or lie before the cursor; seen in the direction of reading.
        """
        page = fetch.page
        if page is None or fetch.join is not None:
            return None
        near, far = (page.before, page.after) if page.backward else (page.after, page.before)
        first = fetch.order[0]
        if far is not None or first.ranks is None or any(term.ranks is not None for term in fetch.order[1:]):
            return None
        ranks = self.plan.nodes[first.ranks]
        term = first.term.reversed() if page.backward else first.term
        counted = term.function == "count"
        past_values = near is not None and near.nulls[0]
        past_nulls = near is not None and term.nulls_first and not counted
        if not isinstance(ranks, Ranks) or ranks.sorted.ranks is not None or past_values:
            return None
        if (not term.descending) if counted else (term.nulls_first and not past_nulls):
            return None
        top = replace(ranks, condition=None, top=SIZE, descending=term.descending)
        self.deferred.update(self.behind(ranks))
        drive = Drive(self.add(top), ranks.id, ranks.condition is not None, past_nulls)
        pushed = _pushed(fetch, ranks, self.nodes)
        if not pushed:
            return drive
        conditions = tuple(each.condition for each in pushed if each.condition is not None)
        chosen = replace(top, condition=conditions[0] if len(conditions) == 1 else All(conditions))
        return replace(
            drive,
            pushed=tuple(each.id for each in pushed),
            chosen=self.add(chosen),
            complete=not ranks.sorted.term.nullable(ranks.entity),
        )

    def behind(self, ranks: Ranks) -> Iterator[int]:
        """A node of ranks and the keys it is narrowed by, none of which is needed while driving."""
        yield ranks.id
        if isinstance(ranks.condition, KeyIn):
            yield ranks.condition.node


def _pushed(fetch: Fetch, ranks: Ranks, nodes: list[Node]) -> list[Keys]:
    """The keys for conditions that a page's rows must meet, on the very rows they are sorted by."""
    first, condition = fetch.order[0], fetch.condition
    if condition is None or first.hops or ranks.measure is not None:
        return []
    found: dict[int, Keys] = {}
    for part in parts_of(condition):
        keys = nodes[part.node] if isinstance(part, KeyIn) else None
        if isinstance(part, KeyIn) and isinstance(keys, Keys) and part.attributes == first.key:
            same = keys.entity is ranks.entity and keys.key == ranks.key and keys.unique
            if same and not (keys.tests or keys.hops or keys.candidates or part.flipped):
                found[keys.id] = keys
    # Inside a local relation other rows would be looked for among the keys of the first ones alone.
    return [keys for keys in found.values() if only_own(fetch, keys.id)]


_SMALLEST = 10
_ATTEMPTS = 50
"""What part of the budget of keys is asked for at first."""


def _with_whole(node: Node, keys: int, whole: int) -> Node:
    ways = tuple(replace(each, whole=whole) if each.keys == keys else each for each in node.narrowings)
    return replace(node, narrowings=ways)


def _is_root_page(fetch: Fetch) -> bool:
    return fetch.page is not None and fetch.join is None and not ranks_used(fetch)


def _is_sorted_elsewhere(fetch: Fetch) -> bool:
    return fetch.page is not None and fetch.join is None and ranks_used(fetch) != ()


def _begun(cursor: Cursor | None, terms: int) -> Cursor | None:
    """A cursor's place in the order of the first terms alone."""
    return None if cursor is None else Cursor(cursor.values[:terms], cursor.nulls[:terms])


def _candidates(node: Fetch | Ranks, key: tuple[str, ...], hops: tuple[Hop, ...], ranks: Ranks) -> Keys:
    """The keys that rows of a node have for ranks."""
    return Keys(
        id=-1,
        source=node.source,
        entity=node.entity,
        key=key,
        purpose=ranks.purpose,
        limit=ranks.limit,
        unique=False,
        rows=node.rows,
        hops=hops,
        candidates=True,
    )
