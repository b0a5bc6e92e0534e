"""Lists: filtered, in order, and one page of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Any, NamedTuple

from gateway.catalog.types import Entity
from tests.differential.data import Row
from tests.differential.inputs import as_list
from tests.differential.tables import Tables
from tests.differential.where import Conditions

PAGE_SIZE = 50


class Term(NamedTuple):
    """One step of an order. Terms through relations will be another kind of term."""

    field: str
    descending: bool
    nulls_first: bool


Order = tuple[Term, ...]


@dataclass(frozen=True)
class Place:
    """What a cursor stands for: a row of an entity in an order."""

    entity: str
    order: Order
    key: tuple[Any, ...]
    row: Row = field(compare=False, repr=False)


@dataclass(frozen=True)
class Page:
    """One page, and what `pageInfo` says about it."""

    rows: list[Row]
    order: Order
    has_previous: bool
    has_next: bool


@dataclass(frozen=True)
class Lists:
    """`cursors` maps the cursors seen so far to their places."""

    tables: Tables
    cursors: Mapping[str, Place]

    def matching(self, rows: list[Row], where: Mapping[str, Any] | None, entity: Entity) -> list[Row]:
        conditions = Conditions(self.tables)
        return [row for row in rows if conditions.holds(where, entity, row) is True]

    def page(self, rows: list[Row], arguments: Mapping[str, Any], entity: Entity) -> Page:
        """The page of filtered rows; an argument that is null was not given."""
        given = {name: value for name, value in arguments.items() if value is not None}
        order = order_of(given.get("orderBy"), entity)

        def compare(left: Row, right: Row) -> int:
            return self.compare(left, right, order, entity)

        window = sorted(rows, key=cmp_to_key(compare))
        if "after" in given:
            after = self.cursors[given["after"]].row
            window = [row for row in window if compare(row, after) > 0]
        if "before" in given:
            before = self.cursors[given["before"]].row
            window = [row for row in window if compare(row, before) < 0]
        offset = given.get("offset", 0)
        if "last" in given:
            # Backward the offset counts from the end, where the page starts.
            left = window[: max(0, len(window) - offset)]
            start = max(0, len(left) - given["last"])
            return Page(left[start:], order, start > 0, "before" in given or "offset" in given)
        left = window[offset:]
        size = given.get("first", PAGE_SIZE)
        return Page(left[:size], order, "after" in given or "offset" in given, len(left) > size)

    def compare(self, left: Row, right: Row, order: Order, entity: Entity) -> int:
        """Negative when `left` comes first; 0 only for a row and itself."""
        for term in order:
            attribute = entity.fields[term.field].attribute
            one, other = left[attribute], right[attribute]
            if one is None or other is None:
                if one is not other:
                    return -1 if (one is None) == term.nulls_first else 1
                continue
            comparable = self.tables.comparable(entity, term.field)
            one, other = comparable(one), comparable(other)
            if one != other:
                return -1 if (one < other) != term.descending else 1
        return 0


def order_of(order_by: Any, entity: Entity) -> Order:
    """The asked terms, each field once, then the primary key."""
    terms: dict[str, Term] = {}
    for step in [] if order_by is None else as_list(order_by):
        ((name, direction),) = step.items()
        terms.setdefault(name, Term(name, direction.startswith("DESC"), direction.endswith("_NULLS_FIRST")))
    for name in entity.key:
        terms.setdefault(name, Term(name, False, False))
    return tuple(terms.values())
