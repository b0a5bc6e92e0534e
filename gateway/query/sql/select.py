"""The SELECT of each plan node."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from gateway.query.parameters import Parameter
from gateway.query.plan.types import Aggregate, Fetch, Groups, Join, Keys, Node, Ranks
from gateway.query.selection import Page
from gateway.query.sql.bind import KEYS, Binder
from gateway.query.sql.condition import ConditionWriter
from gateway.query.sql.groups import Grouped, GroupWriter
from gateway.query.sql.measure import measure_sql
from gateway.query.sql.order import Ordering, OrderWriter
from gateway.query.sql.page import TOP, offset_bind, size_bind
from gateway.query.sql.scope import Scope, keys_equal, root_scope
from gateway.query.sql.text import exact
from gateway.sources.features import Features

_PLACE = "gateway_place"
Column = sa.ColumnElement[Any]
Select = sa.Select[Any]
Test = sa.ColumnElement[bool]


PAGE_KEYS = f"{KEYS}_of_page"
"""The primary keys of the rows among which a walking page looks for its own."""


def node_sql(node: Node, binder: Binder, features: Features, dialect: sa.Dialect) -> Select:
    """The statement of a node."""
    writer = _writer(node, binder, features, dialect)
    match node:
        case Fetch():
            return writer.fetch(node)
        case Aggregate():
            return writer.aggregate(node)
        case Keys():
            return writer.keys(node)
        case Ranks():
            return writer.ranks(node)
        case Groups():
            return writer.groups(node)


def within_sql(fetch: Fetch, binder: Binder, features: Features, dialect: sa.Dialect) -> Select:
    """A page's rows among given ones, in order and uncut: for walking."""
    return _writer(fetch, binder, features, dialect).within(fetch)


def ranked_sql(fetch: Fetch, binder: Binder, features: Features, dialect: sa.Dialect) -> Select:
    """A page of those rows only that the first term ranks: for driving."""
    return _writer(fetch, binder, features, dialect).fetch(fetch, only_ranked=True)


def _writer(node: Node, binder: Binder, features: Features, dialect: sa.Dialect) -> "_Writer":
    return _Writer(OrderWriter(ConditionWriter(binder, features), dialect), root_scope(node.entity))


class _Writer:
    """Writes one statement."""

    def __init__(self, orders: OrderWriter, scope: Scope) -> None:
        self.orders = orders
        self.conditions = orders.conditions
        self.binder = orders.binder
        self.features = orders.features
        self.scope = scope

    def fetch(self, fetch: Fetch, *, only_ranked: bool = False) -> Select:
        """Rows laid out as `fetch.columns`, the junction's near columns, the other sort values."""
        if fetch.page is None:
            return sa.select(*self.columns(fetch)).select_from(self.rows(fetch)).where(*self.tests(fetch))
        columns, tests, ordering = self.page(fetch, fetch.page)
        if only_ranked:
            tests.append(ordering.columns[0].ranked())
        if fetch.join is not None and fetch.join.many:
            return self.page_per_parent(fetch, columns, tests, ordering)
        order = self.orders.order_by(ordering.columns, backward=fetch.page.backward)
        statement = sa.select(*columns).select_from(ordering.rows).where(*tests).order_by(*order)
        return self.limited(statement, fetch.page, fetch.peek)

    def within(self, fetch: Fetch) -> Select:
        assert fetch.page is not None
        columns, tests, ordering = self.page(fetch, fetch.page)
        keys = self.scope.columns(fetch.entity.key_attributes)
        tests.append(self.binder.is_in(keys, PAGE_KEYS, self.features))
        order = self.orders.order_by(ordering.columns, backward=fetch.page.backward)
        statement = sa.select(*columns).select_from(ordering.rows).where(*tests).order_by(*order)
        return statement.limit(size_bind(fetch.page, False, self.binder))

    def columns(self, fetch: Fetch) -> list[sa.Label[Any]]:
        columns = [self.scope.column(name).label(f"c{index}") for index, name in enumerate(fetch.columns)]
        if fetch.join is not None and fetch.join.through is not None:
            columns += [near.label(f"n{index}") for index, near in enumerate(fetch.join.through.near)]
        return columns

    def page(self, fetch: Fetch, page: Page) -> tuple[list[sa.Label[Any]], list[Test], Ordering]:
        """Columns, conditions and order of a page's rows."""
        columns = self.columns(fetch)
        ordering = self.orders.ordering(fetch.order, page, self.scope, self.rows(fetch))
        if fetch.sort_values:
            others = [each.value for each in ordering.columns if not each.own]
            columns += [value.label(f"s{index}") for index, value in enumerate(others)]
        return columns, self.tests(fetch) + self.orders.place(page, ordering.columns), ordering

    def limited(self, statement: Select, page: Page, peek: bool) -> Select:
        limited = statement.limit(size_bind(page, peek, self.binder))
        offset = offset_bind(page, self.binder)
        return limited if offset is None else limited.offset(offset)

    def page_per_parent(
        self, fetch: Fetch, columns: Sequence[sa.Label[Any]], tests: Sequence[Test], ordering: Ordering
    ) -> Select:
        """The page of each parent, by the place of each row among its parent's."""
        assert fetch.join is not None
        assert fetch.page is not None
        page = fetch.page
        partition = [exact(key) for key in self.join_columns(fetch.join)]
        order = self.orders.order_by(ordering.columns, backward=page.backward)
        place = sa.func.row_number().over(partition_by=partition, order_by=order).label(_PLACE)
        inner = sa.select(*columns, place).select_from(ordering.rows).where(*tests).subquery("page")
        outer = sa.select(*(inner.c[column.name] for column in columns))
        last: sa.ColumnElement[int] = size_bind(page, fetch.peek, self.binder)
        offset = offset_bind(page, self.binder)
        if offset is not None:
            outer = outer.where(inner.c[_PLACE] > offset)
            last = offset + last
        return outer.where(inner.c[_PLACE] <= last).order_by(inner.c[_PLACE])

    def aggregate(self, node: Aggregate) -> Select:
        """One row of measures, or a row per parent: the join key, then the measures."""
        measures = [
            column for measure in node.measures for column in measure_sql(measure, self.scope, self.features)
        ]
        statement = sa.select(*measures).select_from(self.rows(node)).where(*self.tests(node))
        if node.join is None:
            return statement
        shown, groups = _grouped(self.join_columns(node.join))
        return statement.with_only_columns(*shown, *measures).group_by(*groups)

    def groups(self, node: Groups) -> Select:
        """A row per group, or per parent and group: the join key, then the keys, then the measures."""
        shown, keys = _grouped(self.join_columns(node.join)) if node.join is not None else ([], [])
        grouped = Grouped(self.rows(node), self.tests(node), shown, keys)
        return GroupWriter(self.orders, self.scope).write(node, grouped)

    def keys(self, node: Keys) -> Select:
        """The distinct keys of the rows that meet a condition, and one beyond the budget."""
        ordering = Ordering([], self.rows(node))
        end = self.orders.follow(node.hops, ordering, {(): self.scope})
        columns = end.columns(node.key)
        tests = [column.is_not(None) for column in columns] + self.tests(node)
        statement = sa.select(*columns).select_from(ordering.rows).where(*tests)
        if node.tests:
            shown, groups = _grouped(columns)
            passed = self.conditions.count_tests(node.tests, sa.func.count())
            having = self.conditions.unless(node.flipped, passed)
            statement = statement.with_only_columns(*shown).group_by(*groups).having(having)
        elif not node.unique:
            statement = statement.distinct()
        return statement.limit(self.binder.constant_size(node.limit + 1))

    def ranks(self, node: Ranks) -> Select:
        """Rows of key, value, rank and sides, and one beyond the budget."""
        keys = self.scope.columns(node.key)
        tests = [key.is_not(None) for key in keys] + self.tests(node)
        if node.measure is not None:
            shown, groups = _grouped(keys)
            (value,) = measure_sql(node.measure, self.scope, self.features)
            rows = self.rows(node)
            statement = sa.select(*_named(shown), value.label("v")).select_from(rows)
            ranked = statement.where(*tests).group_by(*groups).subquery("ranked")
            return self.ranked(node, ranked, value.type)
        ordering = self.orders.ordering((node.sorted,), None, self.scope, self.rows(node))
        (column,) = ordering.columns
        statement = sa.select(*_named(keys), column.value.label("v"))
        if node.sorted.ranks is not None:
            sides = [
                side.label(f"side{index}") for index, side in enumerate(column.sides) if side is not None
            ]
            statement = statement.add_columns(column.value.label("rank"), *sides)
            statement = statement.select_from(ordering.rows).where(*tests, column.value.is_not(None))
            return statement.limit(self.binder.constant_size(node.limit + 1))
        ranked = statement.select_from(ordering.rows).where(*tests).subquery("ranked")
        return self.ranked(node, ranked, column.value.type)

    def ranked(self, node: Ranks, values: sa.Subquery, kind: sa.types.TypeEngine[Any]) -> Select:
        """Ranks and sides of values, computed by the database whose order they are."""
        if node.top is not None:
            values = self.first(node, node.top, values, kind)
        else:
            # Before the window: beyond the budget nothing has to be sorted, only counted.
            some = sa.select(*values.c).where(values.c.v.is_not(None))
            values = some.limit(self.binder.constant_size(node.limit + 1)).subquery("some")
        value = values.c.v
        sides = []
        for cursor in node.cursors:
            if cursor is not None:
                given = self.binder.value(cursor, kind)
                sides.append(sa.case((value > given, 1), (value == given, 0), else_=-1))
        rank: Column = sa.func.dense_rank().over(order_by=value)
        if node.sorted.term.function == "count":
            rank = sa.case((value == 0, 0), else_=rank)  # as a row has that is not there to count for
        keys = [values.c[f"k{index}"] for index in range(len(node.key))]
        return sa.select(*keys, value, rank, *sides)

    def first(
        self, node: Ranks, top: Parameter, values: sa.Subquery, kind: sa.types.TypeEngine[Any]
    ) -> sa.Subquery:
        """The first values in order, from the cursor on."""
        value = values.c.v
        statement = sa.select(*values.c).where(value.is_not(None))
        after = node.cursors[0]
        if after is not None:
            given = self.binder.value(after, kind)
            statement = statement.where(value <= given if node.descending else value >= given)
        ordered = statement.order_by(value.desc() if node.descending else value)
        return ordered.limit(self.binder.value(top, TOP)).subquery("first")

    def tests(self, node: Node) -> list[Test]:
        """What a node's rows must meet: the parent's keys, the asked condition, the caller's rows."""
        tests: list[Test] = []
        if node.join is not None:
            tests.append(self.binder.is_in(self.join_columns(node.join), KEYS, self.features))
        if isinstance(node, Fetch) and node.ids is not None:
            keys = self.scope.columns(node.entity.key_attributes)
            tests.append(self.binder.is_in(keys, node.ids, self.features))
        if node.condition is not None:
            tests.append(self.conditions.write(node.condition, self.scope))
        return tests + self.conditions.rows(node.rows, self.scope)

    def join_columns(self, join: Join) -> list[Column]:
        return list(join.through.near) if join.through is not None else self.scope.columns(join.key)

    def rows(self, node: Node) -> sa.FromClause:
        through = node.join.through if node.join is not None else None
        if through is None:
            return node.entity.table
        assert node.join is not None
        meets = keys_equal(through.far, self.scope.columns(node.join.key), self.features)
        return through.table.join(node.entity.table, meets)


def _named(keys: Sequence[Column]) -> list[sa.Label[Any]]:
    return [key.label(f"k{index}") for index, key in enumerate(keys)]


def _grouped(keys: Sequence[Column]) -> tuple[list[Column], list[Column]]:
    """What to show of a key and what to group by: text is grouped byte by byte."""
    groups = [exact(key) for key in keys]
    shown = [sa.func.min(key) if group is not key else key for key, group in zip(keys, groups, strict=True)]
    return shown, groups
