"""The SELECT of each plan node."""

from typing import Any

import sqlalchemy as sa

from gateway.query.plan.types import Count, Fetch, Join, Keys, Node
from gateway.query.selection import Page
from gateway.query.sql.bind import KEYS, Binder
from gateway.query.sql.condition import ConditionWriter
from gateway.query.sql.page import offset_bind, order_sql, place_sql, size_bind
from gateway.query.sql.scope import Scope, keys_equal, root_scope
from gateway.query.sql.text import exact
from gateway.sources.features import Features

_PLACE = "gateway_place"
Select = sa.Select[Any]
Test = sa.ColumnElement[bool]


def node_sql(node: Node, binder: Binder, features: Features) -> Select:
    """The statement of a node."""
    writer = _Writer(ConditionWriter(binder, features), root_scope(node.entity))
    match node:
        case Fetch():
            return writer.fetch(node)
        case Count():
            return writer.count(node)
        case Keys():
            return writer.keys(node)


class _Writer:
    """Writes one statement."""

    def __init__(self, conditions: ConditionWriter, scope: Scope) -> None:
        self.conditions = conditions
        self.binder = conditions.binder
        self.features = conditions.features
        self.scope = scope

    def fetch(self, fetch: Fetch) -> Select:
        """Rows laid out as `fetch.columns`, then the junction's near columns if there is one."""
        entity = fetch.entity
        columns = [self.scope.column(name).label(f"c{index}") for index, name in enumerate(fetch.columns)]
        if fetch.join is not None and fetch.join.through is not None:
            columns += [near.label(f"n{index}") for index, near in enumerate(fetch.join.through.near)]
        tests = self.tests(fetch)
        if fetch.ids is not None:
            tests.append(
                self.binder.is_in(self.scope.columns(entity.key_attributes), fetch.ids, self.features)
            )
        if fetch.page is not None:
            tests += place_sql(fetch.page, fetch.order, entity, self.binder)
        if fetch.join is not None and fetch.join.many and fetch.page is not None:
            return self.page_per_parent(fetch, fetch.page, columns, tests)
        statement = sa.select(*columns).select_from(self.rows(fetch)).where(*tests)
        if fetch.page is None:
            return statement
        order = order_sql(fetch.order, entity, self.features, backward=fetch.page.backward)
        limited = statement.order_by(*order).limit(size_bind(fetch.page, fetch.peek, self.binder))
        offset = offset_bind(fetch.page, self.binder)
        return limited if offset is None else limited.offset(offset)

    def page_per_parent(
        self, fetch: Fetch, page: Page, columns: list[sa.Label[Any]], tests: list[Test]
    ) -> Select:
        assert fetch.join is not None
        partition = [exact(key) for key in self.join_columns(fetch.join)]
        order = order_sql(fetch.order, fetch.entity, self.features, backward=page.backward)
        place = sa.func.row_number().over(partition_by=partition, order_by=order).label(_PLACE)
        inner = sa.select(*columns, place).select_from(self.rows(fetch)).where(*tests).subquery("page")
        outer = sa.select(*(inner.c[column.name] for column in columns))
        last: sa.ColumnElement[int] = size_bind(page, fetch.peek, self.binder)
        offset = offset_bind(page, self.binder)
        if offset is not None:
            outer = outer.where(inner.c[_PLACE] > offset)
            last = offset + last
        return outer.where(inner.c[_PLACE] <= last).order_by(inner.c[_PLACE])

    def count(self, count: Count) -> Select:
        """One number, or rows of join key and number."""
        tests = self.tests(count)
        if count.join is None:
            return sa.select(sa.func.count()).select_from(count.entity.table).where(*tests)
        keys = self.join_columns(count.join)
        groups = [exact(key) for key in keys]
        shown = [
            sa.func.min(key) if group is not key else key for key, group in zip(keys, groups, strict=True)
        ]
        counted = sa.select(*shown, sa.func.count()).select_from(self.rows(count)).where(*tests)
        return counted.group_by(*groups)

    def keys(self, keys: Keys) -> Select:
        """The distinct keys of the rows that meet a condition, and one beyond the budget."""
        columns = self.scope.columns(keys.key)
        tests = [column.is_not(None) for column in columns] + self.tests(keys)
        statement = sa.select(*columns).select_from(keys.entity.table).where(*tests)
        if keys.tests:
            groups = [exact(column) for column in columns]
            shown = [
                sa.func.min(column) if group is not column else column
                for column, group in zip(columns, groups, strict=True)
            ]
            passed = self.conditions.count_tests(keys.tests, sa.func.count())
            having = self.conditions.unless(keys.flipped, passed)
            statement = statement.with_only_columns(*shown).group_by(*groups).having(having)
        elif not keys.unique:
            statement = statement.distinct()
        return statement.limit(self.binder.constant_size(keys.limit + 1))

    def tests(self, node: Node) -> list[Test]:
        """What a node's rows must meet: the parent's keys, the asked condition, the caller's rows."""
        tests: list[Test] = []
        if node.join is not None:
            tests.append(self.binder.is_in(self.join_columns(node.join), KEYS, self.features))
        if node.condition is not None:
            tests.append(self.conditions.write(node.condition, self.scope))
        return tests + self.conditions.rows(node.rows, self.scope)

    def join_columns(self, join: Join) -> list[sa.ColumnElement[Any]]:
        return list(join.through.near) if join.through is not None else self.scope.columns(join.key)

    def rows(self, node: Node) -> sa.FromClause:
        through = node.join.through if node.join is not None else None
        if through is None:
            return node.entity.table
        assert node.join is not None
        meets = keys_equal(through.far, self.scope.columns(node.join.key), self.features)
        return through.table.join(node.entity.table, meets)
