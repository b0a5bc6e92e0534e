"""Orders as SQL: what a statement sorts by, the joins that takes, and the rows beyond a cursor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.catalog.measures import Measure
from gateway.query.parameters import Parameter
from gateway.query.plan.types import Sorted
from gateway.query.selection import Cursor, Hop, OrderTerm, Page
from gateway.query.sql.compare import placed
from gateway.query.sql.condition import ConditionWriter
from gateway.query.sql.dates import PeriodStart
from gateway.query.sql.measure import sorted_measure
from gateway.query.sql.scope import Scope, meet
from gateway.query.sql.ship import found_by, meets, shipped
from gateway.query.sql.stored import sort_form
from gateway.query.sql.text import Label, exact, kept_collation
from gateway.sources.features import Features

Column = sa.ColumnElement[Any]
Test = sa.ColumnElement[bool]
_RANK = sa.Integer()


def node_ranks(node: int) -> str:
    """The name under which the executor gives the keys and ranks a node found."""
    return f"ranks_of_{node}"


@dataclass(frozen=True, slots=True)
class ZeroSide:
    """On which side of a cursor's count a row without any related row lies: -1, 0 or 1."""

    convert: Any

    def __call__(self, cursor: Any) -> int:
        count: int = self.convert(cursor)
        return (count < 0) - (count > 0)

    def __str__(self) -> str:
        return f"zero against {self.convert}"


@dataclass(frozen=True, slots=True)
class SortColumn:
    """One term in a statement: the value to sort by, and which side of a cursor's value it is on.

    `sides` are those of `after` and `before` where ranks were sent along; otherwise values are compared.
    """

    term: OrderTerm
    value: Column
    nullable: bool
    sides: tuple[Column | None, Column | None] = (None, None)
    own: bool = False
    key: Column | None = None
    found_by: tuple[Test, ...] = ()

    def ranked(self) -> Test:
        """The row has a rank; only for values that were ranked elsewhere."""
        assert self.key is not None
        return sa.and_(self.key.is_not(None), *self.found_by)


@dataclass(slots=True)
class Ordering:
    """The order of one statement: its columns, and the FROM clause with the joins they need."""

    columns: list[SortColumn]
    rows: sa.FromClause


class OrderWriter:
    """Writes orders for one plan on one kind of database."""

    def __init__(self, conditions: ConditionWriter, dialect: sa.Dialect) -> None:
        self.conditions = conditions
        self.binder = conditions.binder
        self.features = conditions.features
        self.dialect = dialect

    def ordering(
        self,
        order: Sequence[Sorted],
        page: Page | None,
        scope: Scope,
        rows: sa.FromClause,
        form: Callable[[Column, Features], Column] = sort_form,
    ) -> Ordering:
        """The sort columns of an order, or with another `form` the keys of groups, joined to `rows`."""
        found = Ordering([], rows)
        scopes: dict[tuple[Hop, ...], Scope] = {(): scope}
        for position, each in enumerate(order):
            end = self.follow(each.hops, found, scopes)
            if each.ranks is not None:
                found.columns.append(self.ranked(each, position, page, end, found))
            elif each.term.function is not None:
                found.columns.append(self.aggregated(each, end))
            else:
                assert each.term.field is not None
                column = form(end.column(end.entity.fields[each.term.field].attribute), self.features)
                if each.term.unit is not None:
                    column = PeriodStart(column, each.term.unit)
                nullable = each.term.nullable(scope.entity)
                found.columns.append(SortColumn(each.term, column, nullable, own=each.own))
        return found

    def may_look_different(self, value: Column) -> bool:
        """Whether equal values may have different bytes, as texts may under some collations."""
        return exact(value, self.features) is not value and not isinstance(value, Label)

    def follow(self, hops: tuple[Hop, ...], found: Ordering, scopes: dict[tuple[Hop, ...], Scope]) -> Scope:
        """The scope at the end of local to-one hops, joined once however many terms go through it."""
        for length in range(1, len(hops) + 1):
            if hops[:length] in scopes:
                continue
            owner, hop = scopes[hops[: length - 1]], hops[length - 1]
            target = owner.related(hop.target)
            meeting = meet(owner, hop.relation, target, self.features)
            condition = sa.and_(meeting.condition, *self.conditions.rows(hop.rows, target))
            found.rows = found.rows.outerjoin(meeting.rows, condition)
            scopes[hops[:length]] = target
        return scopes[hops]

    def ranked(
        self, each: Sorted, position: int, page: Page | None, end: Scope, found: Ordering
    ) -> SortColumn:
        """A term whose ranks another source gave: they are joined as a derived table."""
        assert each.ranks is not None
        width = len(each.key)
        own = end.columns(each.key)
        kinds = (*(key.type for key in own), _RANK, *(_RANK for side in each.sides if side))
        table = shipped(node_ranks(each.ranks), kinds, self.dialect, self.features).alias(f"ranks{position}")
        columns: list[Column] = [table.c[f"r{index}"] for index in range(len(kinds))]
        found.rows = found.rows.outerjoin(table, meets(table, own, self.features))
        rank, rest = columns[width], iter(columns[width + 1 :])
        sides: tuple[Column | None, ...] = tuple(next(rest) if side else None for side in each.sides)
        counted = each.term.function == "count"
        if counted:
            rank = sa.func.coalesce(rank, sa.literal_column("0"))
            cursors = (page.after, page.before) if page is not None else (None, None)
            sides = tuple(
                None if side is None or cursor is None else self._or_zero(side, cursor.values[position])
                for side, cursor in zip(sides, cursors, strict=True)
            )
        near = tuple(found_by(table, own, self.features))
        return SortColumn(each.term, rank, not counted, (sides[0], sides[1]), key=columns[0], found_by=near)

    def _or_zero(self, side: Column, cursor: Parameter) -> Column:
        zero = self.binder.value(Parameter(cursor.origin, ZeroSide(cursor.convert)), _RANK)
        return sa.func.coalesce(side, zero)

    def aggregated(self, each: Sorted, end: Scope) -> SortColumn:
        """A term over a local to-many relation: a subquery per row."""
        term = each.term
        hop = term.path[-1]
        target = end.related(hop.target)
        meeting = meet(end, hop.relation, target, self.features)
        assert term.function is not None
        measured = sorted_measure(Measure(term.function, term.field), target, self.features)
        inner: sa.Select[Any] = sa.select(measured).select_from(meeting.rows)
        inner = inner.where(meeting.condition, *self.conditions.rows(hop.rows, target))
        value = inner.scalar_subquery()
        if term.field is not None:
            column = hop.target.column(hop.target.fields[term.field].attribute)
            return SortColumn(term, kept_collation(value, column, self.features), nullable=True)
        return SortColumn(term, value, term.function != "count")

    def order_by(self, columns: Sequence[SortColumn], *, backward: bool = False) -> list[Column]:
        """ORDER BY terms; nulls are placed only where there can be any, so that indexes stay usable."""
        terms: list[Column] = []
        for each in columns:
            term = each.term.reversed() if backward else each.term
            directed = each.value.desc() if term.descending else each.value.asc()
            if not each.nullable:
                terms.append(directed)
            elif self.features.nulls_clause:
                terms.append(directed.nulls_first() if term.nulls_first else directed.nulls_last())
            else:
                terms.append(each.value.is_not(None) if term.nulls_first else each.value.is_(None))
                terms.append(directed)
        return terms

    def place(self, page: Page, columns: Sequence[SortColumn], *, ties: bool = False) -> list[Test]:
        """Conditions that keep the rows after `page.after` and before `page.before`, or tied with them."""
        tests = []
        if page.after is not None:
            tests.append(self.beyond(page.after, columns, 0, ties=ties))
        if page.before is not None:
            tests.append(self.beyond(page.before, columns, 1, ties=ties))
        return tests

    def beyond(
        self, cursor: Cursor, columns: Sequence[SortColumn], which: int, *, ties: bool = False
    ) -> Test:
        """Rows strictly after a cursor, or before it when `which` is 1: equal at first, then beyond.

        With `ties` also those that are equal in all terms.
        """
        ways: list[Test] = []
        equal: list[Test] = []
        floor: Test | None = None
        for each, parameter, null in zip(columns, cursor.values, cursor.nulls, strict=True):
            term = each.term.reversed() if which else each.term
            if null:
                if term.nulls_first:
                    ways.append(sa.and_(*equal, each.value.is_not(None)))
                equal.append(each.value.is_(None))
                continue
            left, value = self._sides(each, parameter, which)
            further = left < value if term.descending else left > value
            if each.nullable and not term.nulls_first:
                further = sa.or_(further, each.value.is_(None))
            elif each.own and not each.nullable and not equal:
                # Says nothing new, but lets the first column's index start at the cursor.
                floor = left <= value if term.descending else left >= value
            ways.append(sa.and_(*equal, further))
            equal.append(left == value)
        if ties:
            ways.append(sa.and_(sa.true(), *equal))
        found = sa.or_(sa.false(), *ways)
        return found if floor is None else sa.and_(floor, found)

    def _sides(self, each: SortColumn, parameter: Parameter, which: int) -> tuple[Column, Column]:
        side = each.sides[which]
        if side is not None:
            return side, sa.literal_column("0")
        return placed(each.value, parameter, self.binder, self.features)
