"""Lists: filtered, in order, and one page of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import Any

from gateway.catalog.types import Entity
from tests.differential.data import Row
from tests.differential.tables import Tables
from tests.differential.terms import Order, Sorting, compare, order_of
from tests.differential.where import Conditions

PAGE_SIZE = 50


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
        order = order_of(given.get("orderBy"), entity, self.tables.catalog)
        sorting = Sorting(self.tables)
        window = [(sorting.values(order, entity, row), row) for row in rows]

        def by_order(left: tuple[Any, Row], right: tuple[Any, Row]) -> int:
            return compare(left[0], right[0], order)

        window.sort(key=cmp_to_key(by_order))
        if "after" in given:
            after = sorting.values(order, entity, self.cursors[given["after"]].row)
            window = [each for each in window if compare(each[0], after, order) > 0]
        if "before" in given:
            before = sorting.values(order, entity, self.cursors[given["before"]].row)
            window = [each for each in window if compare(each[0], before, order) < 0]
        return _cut([row for _, row in window], order, given)


def _cut(window: list[Row], order: Order, given: Mapping[str, Any]) -> Page:
    """The page of the rows between the cursors."""
    offset = given.get("offset", 0)
    if "last" in given:
        # Backward the offset counts from the end, where the page starts.
        left = window[: max(0, len(window) - offset)]
        start = max(0, len(left) - given["last"])
        return Page(left[start:], order, start > 0, "before" in given or "offset" in given)
    left = window[offset:]
    size = given.get("first", PAGE_SIZE)
    return Page(left[:size], order, "after" in given or "offset" in given, len(left) > size)
