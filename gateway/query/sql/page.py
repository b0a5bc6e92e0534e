"""Order, place in an order, and page size as SQL."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from gateway.catalog.types import Entity
from gateway.query.parameters import Literal, Parameter
from gateway.query.selection import Cursor, OrderTerm, Page
from gateway.query.sql.bind import Binder
from gateway.query.sql.text import sort_value
from gateway.sources.features import Features


class Plus:
    """A page size and one more row, to see whether there are more."""

    def __init__(self, convert: Any) -> None:
        self.convert = convert

    def __call__(self, value: int) -> int:
        return int(value if self.convert is None else self.convert(value)) + 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plus) and self.convert == other.convert

    def __hash__(self) -> int:
        return hash((Plus, self.convert))

    def __str__(self) -> str:
        return f"1 + {self.convert}"


def order_sql(
    order: Sequence[OrderTerm], entity: Entity, features: Features, *, backward: bool = False
) -> list[sa.ColumnElement[Any]]:
    """ORDER BY terms; nulls are placed only where there can be any, so that indexes stay usable."""
    terms: list[sa.ColumnElement[Any]] = []
    for asked in order:
        term = asked.reversed() if backward else asked
        field = entity.fields[term.field]
        column = entity.column(field.attribute)
        value = sort_value(column)
        directed = value.desc() if term.descending else value.asc()
        if not field.nullable:
            terms.append(directed)
        elif features.nulls_clause:
            terms.append(directed.nulls_first() if term.nulls_first else directed.nulls_last())
        else:
            terms.append(column.is_not(None) if term.nulls_first else column.is_(None))
            terms.append(directed)
    return terms


def place_sql(page: Page, order: Sequence[OrderTerm], entity: Entity, binder: Binder) -> list[Any]:
    """Conditions that keep the rows after `page.after` and before `page.before`."""
    conditions = []
    if page.after is not None:
        conditions.append(_after(page.after, order, entity, binder))
    if page.before is not None:
        conditions.append(_after(page.before, [term.reversed() for term in order], entity, binder))
    return conditions


def _after(
    cursor: Cursor, order: Sequence[OrderTerm], entity: Entity, binder: Binder
) -> sa.ColumnElement[bool]:
    """Rows strictly after a cursor: equal in the first terms and beyond in the next one."""
    ways: list[sa.ColumnElement[bool]] = []
    equal: list[sa.ColumnElement[bool]] = []
    floor: sa.ColumnElement[bool] | None = None
    for term, parameter, null in zip(order, cursor.values, cursor.nulls, strict=True):
        field = entity.fields[term.field]
        column = sort_value(entity.column(field.attribute))
        value = binder.value(parameter, column.type)
        if null:
            if term.nulls_first:
                ways.append(sa.and_(*equal, column.is_not(None)))
            equal.append(column.is_(None))
            continue
        beyond = column < value if term.descending else column > value
        if field.nullable and not term.nulls_first:
            beyond = sa.or_(beyond, column.is_(None))
        elif not field.nullable and not equal:
            # Says nothing new, but lets the first column's index start at the cursor.
            floor = column <= value if term.descending else column >= value
        ways.append(sa.and_(*equal, beyond))
        equal.append(column == value)
    found = sa.or_(sa.false(), *ways)
    return found if floor is None else sa.and_(floor, found)


def size_bind(page: Page, peek: bool, binder: Binder) -> sa.ColumnElement[int]:
    """How many rows to read: the page's size, and one more to see whether there are more."""
    size = page.size if isinstance(page.size, Parameter) else Parameter(Literal(page.size))
    wanted = Parameter(size.origin, Plus(size.convert)) if peek else size
    return binder.value(wanted, sa.Integer())


def offset_bind(page: Page, binder: Binder) -> sa.ColumnElement[int] | None:
    return None if page.offset is None else binder.value(page.offset, sa.Integer())
