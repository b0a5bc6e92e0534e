"""Orders through relations: local ones are joined, and what lies in another source is ranked there.

`orderBy: {customer: {name: ASC}}` on orders turns into a `Ranks` node on the customers' source. Its keys and
ranks are sent along with the orders' statement, which sorts by rank as by a column of its own. So text sorts
as its own column's collation says, whichever database holds the rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.catalog.measures import Measure
from gateway.catalog.types import Entity
from gateway.query.conditions import Condition, KeyIn
from gateway.query.parameters import Parameter
from gateway.query.plan.draft import Drafts
from gateway.query.plan.types import Join, Keys, Ranks, Sorted
from gateway.query.selection import Cursor, Hop, OrderTerm, Page

Cursors = tuple[Parameter | None, Parameter | None]


@dataclass(frozen=True, slots=True)
class Listing:
    """The list being ordered: rows of `entity` that meet a condition or join a parent.

    `purpose` says in an error what the order is for.
    """

    entity: Entity
    condition: Condition | None = None
    join: Join | None = None
    purpose: str = "the order"

    @property
    def is_narrowed(self) -> bool:
        return self.condition is not None or self.join is not None


@dataclass(frozen=True, slots=True)
class Sorter:
    """Plans orders. `limit` bounds the keys that one order may bring from another source."""

    drafts: Drafts
    limit: int

    def plan(self, order: Sequence[OrderTerm], page: Page, listing: Listing) -> tuple[Sorted, ...]:
        return tuple(
            self.term(term, _cursors(page, position), listing) for position, term in enumerate(order)
        )

    def term(self, term: OrderTerm, cursors: Cursors, listing: Listing) -> Sorted:
        for position, hop in enumerate(term.path):
            if hop.relation.remote:
                return self.ranked(term, position, cursors, listing)
        hops = term.path[:-1] if term.function is not None else term.path
        return Sorted(term, hops)

    def ranked(self, term: OrderTerm, position: int, cursors: Cursors, listing: Listing) -> Sorted:
        """A term whose hop at `position` leaves the source."""
        hops, hop = term.path[:position], term.path[position]
        purpose = f"{listing.purpose} by {term.name}"
        relation, target = hop.relation, hop.target
        among = self.candidates(hops, relation.owner_key, listing, purpose)
        condition = None if among is None else KeyIn(relation.target_key, among)
        rest = replace(term, path=term.path[position + 1 :])
        measure = None
        if term.function is not None and not rest.path:
            measure = Measure(term.function, term.field)
            inner = Sorted(replace(rest, function=None))
        else:
            inner = self.term(rest, cursors, Listing(target, condition, purpose=listing.purpose))

        def make(number: int) -> Ranks:
            return Ranks(
                id=number,
                source=target.source,
                entity=target,
                key=relation.target_key,
                sorted=inner,
                purpose=purpose,
                limit=self.limit,
                measure=measure,
                condition=condition,
                rows=hop.rows,
                cursors=cursors,
            )

        sides = (cursors[0] is not None, cursors[1] is not None)
        return Sorted(term, hops, self.drafts.share(make), relation.owner_key, sides)

    def candidates(
        self, hops: tuple[Hop, ...], key: tuple[str, ...], listing: Listing, purpose: str
    ) -> int | None:
        """The keys that rows of a narrowed list have; None for a whole table: then all keys are asked for."""
        if not listing.is_narrowed:
            return None

        def make(number: int) -> Keys:
            return Keys(
                id=number,
                source=listing.entity.source,
                entity=listing.entity,
                key=key,
                purpose=purpose,
                limit=self.limit,
                unique=False,
                condition=listing.condition,
                hops=hops,
                candidates=True,
                join=listing.join,
            )

        return self.drafts.share(make)


def _cursors(page: Page, position: int) -> Cursors:
    return _value(page.after, position), _value(page.before, position)


def _value(cursor: Cursor | None, position: int) -> Parameter | None:
    if cursor is None or cursor.nulls[position]:
        return None
    return cursor.values[position]
