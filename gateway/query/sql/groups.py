"""Groups as SQL: one statement groups, tests, sorts and cuts, whichever source a key comes from."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from gateway.catalog.decorated import Decorated
from gateway.catalog.measures import Measure, parts_of
from gateway.catalog.types import Field
from gateway.query.conditions import CountTest, Operator
from gateway.query.having import Having, HavingAll, HavingAny, HavingNot, MeasureTest
from gateway.query.plan.types import Groups
from gateway.query.selection import OrderTerm
from gateway.query.sql.compare import compared
from gateway.query.sql.measure import ScaledInteger, measure_sql, sum_type
from gateway.query.sql.order import Ordering, OrderWriter, SortColumn
from gateway.query.sql.scope import Scope
from gateway.query.sql.stored import group_form, named_form, read_form, read_measure
from gateway.query.sql.text import FirstText, exact
from gateway.sources.features import Features

Column = sa.ColumnElement[Any]
Select = sa.Select[Any]
Test = sa.ColumnElement[bool]
_PLACE = "gateway_place"


class SumOperand(sa.types.TypeDecorator[Any]):
    """What a sum is compared with where sums are whole numbers of a field's smallest units.

    What lies between two units stands for all of its kind: no sum equals it, and all are on the right side.
    """

    impl = sa.BigInteger
    cache_ok = True

    def __init__(self, scale: int) -> None:
        super().__init__()
        self.scale = scale

    def __repr__(self) -> str:
        return f"SumOperand({self.scale})"

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        units = Decimal(value).scaleb(self.scale)
        whole = int(units.to_integral_value(ROUND_FLOOR))
        if abs(whole) >= _LONG:
            return float(units)
        return whole if units == whole else whole + 0.5


class Units(sa.types.TypeDecorator[Any]):
    """What a sum is compared with where a type of the app's own stores units of another size."""

    impl = sa.Numeric
    cache_ok = True

    def __init__(self, unit: Any, operand: sa.types.TypeEngine[Any]) -> None:
        super().__init__()
        self.unit = unit
        self.impl_instance = self.operand = operand
        self.impl = operand  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Units({self.unit!r}, {self.operand!r})"

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> Any:  # noqa: ARG002
        found = Fraction(value) / Fraction(self.unit)
        if isinstance(value, float):
            return float(found)
        return _WIDE.divide(Decimal(found.numerator), Decimal(found.denominator))


_WIDE = Context(prec=100)
_LONG = 2**63


@dataclass(frozen=True, slots=True)
class Grouped:
    """The rows to group: a FROM clause, what they must meet, and the parent's key as shown and as grouped."""

    rows: sa.FromClause
    tests: Sequence[Test]
    shown: Sequence[Column]
    parent: Sequence[Column]


@dataclass(frozen=True, slots=True)
class GroupWriter:
    """Writes the statement of groups."""

    orders: OrderWriter
    scope: Scope

    @property
    def features(self) -> Features:
        return self.orders.features

    def write(self, node: Groups, rows: Grouped) -> Select:
        """Rows of (join key…, key…, measure…), in order."""
        ordering = self.orders.ordering(node.by, None, self.scope, rows.rows, group_form)
        found = self.grouped(node, rows, ordering).subquery("grouped")
        parent = [found.c[f"j{index}"] for index in range(len(rows.shown))]
        width = sum(map(parts_of, node.measures))
        keys = [f"{'v' if self.is_text(key) else 'k'}{at}" for at, key in enumerate(ordering.columns)]
        wanted: list[Any] = [
            *parent,
            *(named_form(read_form, found.c[name], self.features) for name in keys),
            *(named_form(read_measure, found.c[f"m{index}"], self.features) for index in range(width)),
        ]
        if node.range is not None:
            return sa.select(*wanted).limit(self.orders.binder.constant_size(node.total + 1))
        columns = [self.sort_column(node, position, ordering, found) for position in range(len(node.order))]
        order = self.orders.order_by(columns)
        size = self.size(node)
        if not parent:
            return sa.select(*wanted).order_by(*order).limit(size)
        partition = [exact(key, self.features) for key in parent]
        place = sa.func.row_number().over(partition_by=partition, order_by=order).label(_PLACE)
        placed = sa.select(*wanted, place).subquery("placed")
        outer = sa.select(*(placed.c[column.key] for column in wanted))
        outer = outer.where(placed.c[_PLACE] <= size).order_by(placed.c[_PLACE])
        return outer.limit(self.orders.binder.constant_size(node.total + 1))

    def grouped(self, node: Groups, rows: Grouped, ordering: Ordering) -> Select:
        """Every group: j… the join key, k… keys, v… what is shown of texts, m… measures, s… sort values."""
        keys = [each.value for each in ordering.columns]
        columns = [
            *(key.label(f"j{index}") for index, key in enumerate(rows.shown)),
            *(key.label(f"k{index}") for index, key in enumerate(keys)),
            *(
                FirstText(each.value).label(f"v{index}")
                for index, each in enumerate(ordering.columns)
                if self.is_text(each)
            ),
        ]
        measures = [column for each in node.measures for column in self.measure(each)]
        columns += [column.label(f"m{index}") for index, column in enumerate(measures)]
        for position, term in enumerate(node.order):
            if isinstance(term.value, Measure) and term.value not in node.measures:
                columns.append(self.measure(term.value)[0].label(f"s{position}"))
        statement = sa.select(*columns).select_from(ordering.rows).where(*rows.tests)
        statement = statement.group_by(*rows.parent, *keys)
        return statement if node.having is None else statement.having(self.having(node.having))

    def measure(self, measure: Measure) -> list[Column]:
        return measure_sql(measure, self.scope, self.features)

    def is_text(self, key: SortColumn) -> bool:
        return self.orders.may_look_different(key.value)

    def sort_column(self, node: Groups, position: int, ordering: Ordering, found: sa.Subquery) -> SortColumn:
        term = node.order[position]
        directed = OrderTerm(None, term.descending, term.nulls_first)
        if isinstance(term.value, int):
            key = ordering.columns[term.value]
            return SortColumn(directed, found.c[f"k{term.value}"], key.nullable)
        counted = term.value.function in ("count", "countDistinct")
        name = f"s{position}"
        if term.value in node.measures:
            before = node.measures[: node.measures.index(term.value)]
            name = f"m{sum(map(parts_of, before))}"
        return SortColumn(directed, found.c[name], not counted)

    def size(self, node: Groups) -> sa.ColumnElement[int]:
        """How many groups to read; all of them are one more than may be."""
        if node.size is None:
            return self.orders.binder.constant_size(node.limit + 1)
        return self.orders.binder.value(node.size, sa.BigInteger())

    # having

    def having(self, having: Having) -> Test:
        match having:
            case HavingAll(parts):
                return sa.and_(sa.true(), *map(self.having, parts))
            case HavingAny(parts):
                return sa.or_(sa.false(), *map(self.having, parts))
            case HavingNot(part):
                return sa.not_(sa.and_(sa.true(), self.having(part)).self_group())
            case MeasureTest():
                return self.test(having)

    def test(self, test: MeasureTest) -> Test:
        (value,) = self.measure(test.measure)
        if test.value is None:
            return value.is_(None)
        if test.measure.function in ("count", "countDistinct"):
            return self.orders.conditions.count_tests((CountTest(test.operator, test.value),), value)
        if test.measure.function == "sum":
            assert test.measure.field is not None
            kind = operand_type(self.scope.entity.fields[test.measure.field], self.features)
            value = sa.type_coerce(value, kind)
        if test.operator in ("in", "nin"):
            found = self.orders.binder.is_in([value], test.value, self.features)
            return sa.not_(found) if test.operator == "nin" else found
        return compared(value, Operator(test.operator), test.value, self.orders.binder, self.features)


def operand_type(field: Field, features: Features) -> sa.types.TypeEngine[Any]:
    """The type of what a field's sum is compared with."""
    if field.stored is not None:
        assert isinstance(field.column.type, Decorated)
        return Units(field.column.type.unit, operand_type(field.stored, features))
    if field.scalar.name == "Float":
        return field.column.type
    if features.exact_decimals:
        return sa.Numeric()
    summed = sum_type(field, features)
    return SumOperand(summed.scale if isinstance(summed, ScaledInteger) else 0)
