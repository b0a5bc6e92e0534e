"""The SELECT of each plan node."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from gateway.catalog.types import Junction
from gateway.query.drivers import is_decimal
from gateway.query.parameters import Chosen, Parameter
from gateway.query.plan.types import Aggregate, Counted, Fetch, Groups, Join, Joined, Keys, Node, Ranks
from gateway.query.plan.ways import SIZE
from gateway.query.selection import Cursor, Hop, Page
from gateway.query.sql.bind import CHOSEN, KEYS, Binder
from gateway.query.sql.compare import placed
from gateway.query.sql.condition import ConditionWriter
from gateway.query.sql.groups import Grouped, GroupWriter
from gateway.query.sql.measure import measure_sql, sorted_measure
from gateway.query.sql.order import Ordering, OrderWriter
from gateway.query.sql.page import TOP, offset_bind, size_bind
from gateway.query.sql.scope import Scope, joining, junction_columns, keys_equal, meet, root_scope
from gateway.query.sql.stored import group_form, named_form, read_form, read_measure
from gateway.query.sql.text import FirstText, exact
from gateway.query.values import travels_as_text
from gateway.sources.features import Features

AFTER, UNTIL = Parameter(Chosen("after")), Parameter(Chosen("until"))
"""Where a range of keys that is chosen while running begins, and its last key; None where it is open."""
CHOSEN_AFTER, CHOSEN_UNTIL = f"{CHOSEN}_after", f"{CHOSEN}_until"
"""Their names."""

_PLACE = "gateway_place"
Column = sa.ColumnElement[Any]
Select = sa.Select[Any]
Test = sa.ColumnElement[bool]
Scopes = dict[tuple[Hop, ...], Scope]


PAGE_KEYS = f"{KEYS}_of_page"
"""The primary keys of the rows among which a walking page looks for its own."""


def node_sql(node: Node, binder: Binder, features: Features, dialect: sa.Dialect) -> Select:
    """The statement of a node."""
    writer = _writer(node, binder, features, dialect)
    match node:
        case Fetch(tied=True):
            return writer.tied(node)
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


def heat_sql(fetch: Fetch, binder: Binder, features: Features, dialect: sa.Dialect) -> Select:
    """As `within_sql`, with the primary key behind the columns: for sorting ties."""
    keyed = replace(fetch, columns=(*fetch.columns, *fetch.entity.key_attributes))
    return within_sql(keyed, binder, features, dialect)


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
        self.junctions: dict[Junction, sa.FromClause] = {}

    def fetch(self, fetch: Fetch, *, only_ranked: bool = False) -> Select:
        """Rows laid out as `fetch.columns`, the junction's near columns, the other sort values."""
        if fetch.page is None:
            ordering = Ordering([], self.rows(fetch))
            columns = [*self.outputs(fetch, self.scope, ordering, {}), *self.near(fetch)]
            return sa.select(*columns).select_from(ordering.rows).where(*self.tests(fetch))
        ends, tests, ordering = self.page(fetch, fetch.page)
        if only_ranked:
            tests.append(ordering.columns[0].ranked())
        if fetch.join is not None and fetch.join.many and not self.is_lone(fetch, fetch.join):
            return self.page_per_parent(fetch, ends, tests, ordering)
        columns = [*self.outputs(fetch, self.scope, ordering, {}), *ends]
        order = self.orders.order_by(ordering.columns, backward=fetch.page.backward)
        statement = sa.select(*columns).select_from(ordering.rows).where(*tests).order_by(*order)
        return _locked(self.limited(statement, fetch.page, fetch.peek), fetch)

    def within(self, fetch: Fetch) -> Select:
        assert fetch.page is not None
        ends, tests, ordering = self.page(fetch, fetch.page)
        keys = self.scope.columns(fetch.entity.key_attributes)
        tests.append(self.binder.is_in(keys, PAGE_KEYS, self.features))
        order = self.orders.order_by(ordering.columns, backward=fetch.page.backward)
        columns = [*self.outputs(fetch, self.scope, ordering, {}), *ends]
        statement = sa.select(*columns).select_from(ordering.rows).where(*tests).order_by(*order)
        return _locked(statement.limit(self.binder.value(SIZE, TOP)), fetch)

    def tied(self, fetch: Fetch) -> Select:
        """The first rows of a page from a cursor on, and the number of each one's tie in their order."""
        assert fetch.page is not None
        backward = fetch.page.backward
        ordering = self.orders.ordering(fetch.order, fetch.page, self.scope, self.rows(fetch))
        tests = self.tests(fetch) + self.orders.place(fetch.page, ordering.columns, ties=True)
        columns = self.outputs(fetch, self.scope, ordering, {})
        values = [each.value.label(f"v{index}") for index, each in enumerate(ordering.columns)]
        statement = sa.select(*columns, *values).select_from(ordering.rows).where(*tests)
        order = self.orders.order_by(ordering.columns, backward=backward)
        batch = statement.order_by(*order).limit(self.binder.value(SIZE, TOP)).subquery("batch")
        sorted_by = [replace(each, value=batch.c[f"v{index}"]) for index, each in enumerate(ordering.columns)]
        tie: Column = sa.literal_column("1")
        if sorted_by:
            tie = sa.func.dense_rank().over(order_by=self.orders.order_by(sorted_by, backward=backward))
        return sa.select(*(batch.c[column.name] for column in columns), tie.label("tie"))

    def near(self, fetch: Fetch) -> list[sa.Label[Any]]:
        if fetch.join is None or fetch.join.through is None:
            return []
        return [near.label(f"n{index}") for index, near in enumerate(self.join_columns(fetch.join))]

    def page(self, fetch: Fetch, page: Page) -> tuple[list[sa.Label[Any]], list[Test], Ordering]:
        """What follows a page's columns in each row, and the conditions and the order of its rows."""
        ordering = self.orders.ordering(fetch.order, page, self.scope, self.rows(fetch))
        others = [
            read_measure(each.value, self.features)
            if each.term.function
            else read_form(each.value, self.features)
            for each in ordering.columns
            if fetch.sort_values and not each.own
        ]
        ends = self.near(fetch) + [value.label(f"s{index}") for index, value in enumerate(others)]
        return ends, self.tests(fetch) + self.orders.place(page, ordering.columns), ordering

    def outputs(
        self, fetch: Fetch, scope: Scope, found: Ordering, given: Mapping[int, Column]
    ) -> list[sa.Label[Any]]:
        """The columns of a fetch, seen from `scope`, with their joins in `found`; those `given` are there."""
        scopes: Scopes = {(): scope}
        columns = []
        for index, asked in enumerate(fetch.columns):
            column = given.get(index)
            if column is None:
                column = self.output(asked, found, scopes)
                if index in fetch.shown and travels_as_text(column.type, self.features):
                    column = sa.cast(column, sa.Text())
                elif index not in fetch.shown and self.features.packs_rows and is_decimal(column.type):
                    column = sa.type_coerce(column, sa.Float())  # a cursor has all its digits, JSON has not
                else:
                    column = read_form(column, self.features)
            columns.append(column.label(f"c{index}"))
        return columns

    def output(self, asked: str | Joined | Counted, found: Ordering, scopes: Scopes) -> Column:
        if isinstance(asked, str):
            return scopes[()].column(asked)
        end = self.orders.follow(asked.hops, found, scopes)
        if isinstance(asked, Joined):
            return end.column(asked.attribute)
        target = end.related(asked.counted.target)
        meeting = meet(end, asked.counted.relation, target, self.features)
        tests = self.conditions.rows(asked.counted.rows, target)
        if asked.condition is not None:
            tests.append(self.conditions.write(asked.condition, target))
        counting: Select = sa.select(sa.func.count()).select_from(meeting.rows)
        return counting.where(meeting.condition, *tests).scalar_subquery()

    def limited(self, statement: Select, page: Page, peek: bool) -> Select:
        limited = statement.limit(size_bind(page, peek, self.binder))
        offset = offset_bind(page, self.binder)
        return limited if offset is None else limited.offset(offset)

    def is_lone(self, fetch: Fetch, join: Join) -> bool:
        """Whether the rows that join are one parent's: texts may be equal to its key and not the same."""
        return fetch.lone and all(exact(key, self.features) is key for key in self.join_columns(join))

    def page_per_parent(
        self, fetch: Fetch, ends: Sequence[sa.Label[Any]], tests: Sequence[Test], ordering: Ordering
    ) -> Select:
        """The page of each parent, by each row's place among its parent's. What is folded comes after."""
        assert fetch.join is not None
        assert fetch.page is not None
        page = fetch.page
        partition = [exact(key, self.features) for key in self.join_columns(fetch.join)]
        order = self.orders.order_by(ordering.columns, backward=page.backward)
        place = sa.func.row_number().over(partition_by=partition, order_by=order).label(_PLACE)
        places = [index for index, column in enumerate(fetch.columns) if isinstance(column, str)]
        own = replace(
            fetch,
            columns=tuple(fetch.columns[index] for index in places),
            shown=frozenset(n for n, index in enumerate(places) if index in fetch.shown),
        )
        columns = self.outputs(own, self.scope, ordering, {})
        inner = sa.select(*columns, *ends, place).select_from(ordering.rows).where(*tests).subquery("page")
        given = {index: inner.c[f"c{n}"] for n, index in enumerate(places)}
        paged = Ordering([], inner)
        outputs = self.outputs(fetch, Scope(fetch.entity, inner, self.scope.aliases), paged, given)
        outer = sa.select(*outputs, *(inner.c[column.name] for column in ends)).select_from(paged.rows)
        last: sa.ColumnElement[int] = size_bind(page, fetch.peek, self.binder)
        offset = offset_bind(page, self.binder)
        if offset is not None:
            outer = outer.where(inner.c[_PLACE] > offset)
            last = offset + last
        return outer.where(inner.c[_PLACE] <= last).order_by(inner.c[_PLACE])

    def in_range(self, attribute: str) -> Test:
        """The value is in the range chosen while running; NULL is in the one without an end."""
        column = self.scope.column(attribute)
        after, until = self.chosen(AFTER, column), self.chosen(UNTIL, column)
        inside = sa.and_(sa.or_(after.is_(None), column > after), sa.or_(until.is_(None), column <= until))
        return sa.or_(inside, sa.and_(column.is_(None), until.is_(None)))

    def chosen(self, parameter: Parameter, column: Column) -> Column:
        """A key that is chosen while running. Another source's may lie beyond what the column holds."""
        return self.binder.value(
            parameter, sa.BigInteger() if isinstance(column.type, sa.Integer) else column.type
        )

    def aggregate(self, node: Aggregate) -> Select:
        """One row of measures, or a row per parent: the join key, then the measures."""
        measures = [
            read_measure(column, self.features)
            for measure in node.measures
            for column in measure_sql(measure, self.scope, self.features)
        ]
        statement = sa.select(*measures).select_from(self.rows(node)).where(*self.tests(node))
        if node.join is None:
            return statement
        shown, groups = _grouped(self.join_columns(node.join), self.features)
        return statement.with_only_columns(*shown, *measures).group_by(*groups)

    def groups(self, node: Groups) -> Select:
        """A row per group, or per parent and group: the join key, then the keys, then the measures."""
        shown, keys = (
            _grouped(self.join_columns(node.join), self.features) if node.join is not None else ([], [])
        )
        grouped = Grouped(self.rows(node), self.tests(node), shown, keys)
        return GroupWriter(self.orders, self.scope).write(node, grouped)

    def keys(self, node: Keys) -> Select:
        """The distinct keys of the rows that meet a condition, and one beyond the budget."""
        ordering = Ordering([], self.rows(node))
        end = self.orders.follow(node.hops, ordering, {(): self.scope})
        columns = end.columns(node.key)
        tests = [column.is_not(None) for column in columns] + self.tests(node)
        statement = sa.select(*columns).select_from(ordering.rows).where(*tests)
        shown, groups = _grouped(columns, self.features)
        if node.tests:
            passed = self.conditions.count_tests(node.tests, sa.func.count())
            having = self.conditions.unless(node.flipped, passed)
            statement = statement.with_only_columns(*shown).group_by(*groups).having(having)
        elif not node.unique and all(one is key for one, key in zip(shown, columns, strict=True)):
            statement = statement.distinct()
        elif not node.unique:
            statement = statement.with_only_columns(*shown).group_by(*groups)
        if node.ordered:
            return self.ordered(node, statement, columns)
        if node.size is not None:
            return statement.limit(self.binder.value(node.size, TOP))
        return statement.limit(self.binder.constant_size((node.attempt or node.limit) + 1))

    def ordered(self, node: Keys | Ranks, statement: Select, key: Sequence[Column]) -> Select:
        """The rows of a statement in the order of their key; with a size, as many, from a chosen key on."""
        statement = statement.order_by(*key)
        if node.size is None:
            return statement.limit(self.binder.constant_size(node.limit + 1))
        (column,) = key
        after = self.chosen(AFTER, column)
        statement = statement.where(sa.or_(after.is_(None), column > after))
        return statement.limit(self.binder.value(node.size, TOP))

    def ranks(self, node: Ranks) -> Select:
        """Rows of key, value, rank and sides, and one beyond the budget."""
        keys = self.scope.columns(node.key)
        tests = [key.is_not(None) for key in keys] + self.tests(node)
        if node.measure is not None:
            shown, groups = _grouped(keys, self.features)
            value = sorted_measure(node.measure, self.scope, self.features)
            rows = self.rows(node)
            statement = sa.select(*_named(shown), value.label("v")).select_from(rows)
            ranked = statement.where(*tests).group_by(*groups).subquery("ranked")
            return self.ranked(node, ranked)
        ordering = self.orders.ordering(
            (node.sorted,), _places(node), self.scope, self.rows(node), group_form
        )
        (column,) = ordering.columns
        statement = sa.select(*_named(keys), column.value.label("v"))
        if node.ordered:
            values = statement.select_from(ordering.rows).where(*tests, column.value.is_not(None))
            return self.classed(node, values.subquery("ranked"))
        if node.sorted.ranks is not None:
            sides = [
                side.label(f"side{index}") for index, side in enumerate(column.sides) if side is not None
            ]
            statement = statement.add_columns(column.value.label("rank"), *sides)
            statement = statement.select_from(ordering.rows).where(*tests, column.value.is_not(None))
            return statement.limit(self.binder.constant_size(node.limit + 1))
        ranked = statement.select_from(ordering.rows).where(*tests).subquery("ranked")
        return self.ranked(node, ranked)

    def classed(self, node: Ranks, values: sa.Subquery) -> Select:
        """Rows of key, value and rank in order of the key, ranks being those among all values there are."""
        own, others = values.alias("ranked"), values.alias("known")
        shown = FirstText(others.c.v) if self.orders.may_look_different(others.c.v) else others.c.v
        equal = sa.select(others.c.v.label("v"), shown.label("shown")).group_by(others.c.v).subquery("equal")
        place = sa.func.row_number().over(order_by=equal.c.v).label("place")
        ranked = sa.select(equal.c.v, equal.c.shown, place).subquery("placed")
        keys = [own.c[f"k{index}"] for index in range(len(node.key))]
        statement = sa.select(*keys, named_form(read_form, ranked.c.shown, self.features), ranked.c.place)
        # As they are read: joined as dates, MySQL takes 0000-00-00 and 2024-00-00 for equal.
        equally = read_form(own.c.v, self.features) == read_form(ranked.c.v, self.features)
        return self.ordered(node, statement.select_from(own.join(ranked, equally)), keys)

    def ranked(self, node: Ranks, values: sa.Subquery) -> Select:
        """Ranks and sides of values, computed by the database whose order they are."""
        if node.top is not None:
            values = self.first(node, node.top, values)
        else:
            # Before the window: beyond the budget nothing has to be sorted, only counted.
            some = sa.select(*values.c).where(values.c.v.is_not(None))
            values = some.limit(self.binder.constant_size(node.limit + 1)).subquery("some")
        value = values.c.v
        sides = []
        for cursor in node.cursors:
            if cursor is not None:
                left, given = placed(value, cursor, self.binder, self.features)
                sides.append(sa.case((left > given, 1), (left == given, 0), else_=-1))
        rank: Column = sa.func.dense_rank().over(order_by=value)
        if node.sorted.term.function == "count":
            rank = sa.case((value == 0, 0), else_=rank)  # as a row has that is not there to count for
        keys = [values.c[f"k{index}"] for index in range(len(node.key))]
        read = read_form if node.measure is None else read_measure
        return sa.select(*keys, named_form(read, value, self.features), rank, *sides)

    def first(self, node: Ranks, top: Parameter, values: sa.Subquery) -> sa.Subquery:
        """The first values in order, from the cursor on.

        Counts of 0 are not among them: rows that are not there to count for equal those, and have no rank.
        """
        value = values.c.v
        statement = sa.select(*values.c).where(value.is_not(None))
        if node.sorted.term.function == "count":
            statement = statement.where(value > 0)
        near = next((cursor for cursor in node.cursors if cursor is not None), None)
        if near is not None:
            left, given = placed(value, near, self.binder, self.features)
            statement = statement.where(left <= given if node.descending else left >= given)
        ordered = statement.order_by(value.desc() if node.descending else value)
        return ordered.limit(self.binder.value(top, TOP)).subquery("first")

    def tests(self, node: Node) -> list[Test]:
        """What a node's rows must meet: the parent's keys, the asked condition, the caller's rows."""
        tests: list[Test] = []
        if node.join is not None and (node.join.through is None or node.join.through.unique):
            tests.append(self.binder.is_in(self.join_columns(node.join), KEYS, self.features))
        if isinstance(node, Fetch) and node.ids is not None:
            keys = self.scope.columns(node.entity.key_attributes)
            tests.append(self.binder.is_in(keys, node.ids, self.features))
        if node.condition is not None:
            tests.append(self.conditions.write(node.condition, self.scope))
        if isinstance(node, Aggregate | Groups) and node.range is not None:
            tests.append(self.in_range(node.range))
        return tests + self.conditions.rows(node.rows, self.scope)

    def join_columns(self, join: Join) -> list[Column]:
        if join.through is None:
            return self.scope.columns(join.key)
        return junction_columns(self.junction(join.through), join.through.near)

    def junction(self, through: Junction) -> sa.FromClause:
        """A junction's rows, or the parents' pairs; one clause wherever the statement speaks of them."""
        found = self.junctions.get(through)
        if found is None:
            parents = [] if through.unique else [self.binder.is_in(through.near, KEYS, self.features)]
            found = self.junctions[through] = joining(through, self.features, *parents)
        return found

    def rows(self, node: Node) -> sa.FromClause:
        through = node.join.through if node.join is not None else None
        if through is None:
            return node.entity.table
        assert node.join is not None
        junction = self.junction(through)
        far = junction_columns(junction, through.far)
        meets = keys_equal(far, self.scope.columns(node.join.key), self.features)
        return junction.join(node.entity.table, meets)


def _locked(statement: Select, fetch: Fetch) -> Select:
    return statement.with_for_update(of=fetch.entity.table) if fetch.locks else statement


def _places(node: Ranks) -> Page:
    """The cursors of a node of ranks, as those of a list with this one term."""
    after, before = (None if each is None else Cursor((each,), (False,)) for each in node.cursors)
    return Page(0, after=after, before=before)


def _named(keys: Sequence[Column]) -> list[sa.Label[Any]]:
    return [key.label(f"k{index}") for index, key in enumerate(keys)]


def _grouped(keys: Sequence[Column], features: Features) -> tuple[list[Column], list[Column]]:
    """What to show of a key and what to group by: text is grouped byte by byte."""
    groups = [exact(key, features) for key in keys]
    shown = [sa.func.min(key) if group is not key else key for key, group in zip(keys, groups, strict=True)]
    return shown, groups
