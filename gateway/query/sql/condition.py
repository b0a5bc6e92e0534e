"""Conditions as SQL."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gateway.catalog.decorated import plain_kind
from gateway.query.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    CountTest,
    In,
    IsNull,
    KeyIn,
    Not,
    NotTrue,
    Operator,
    Quantifier,
    Related,
    RelatedCount,
)
from gateway.query.parameters import Parameter
from gateway.query.sql.bind import Binder
from gateway.query.sql.compare import COMPARE, compared
from gateway.query.sql.scope import Scope, meet
from gateway.sources.features import Features

Column = sa.ColumnElement[Any]
Test = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class ConditionWriter:
    """Writes conditions for one plan on one kind of database."""

    binder: Binder
    features: Features

    def write(self, condition: Condition, scope: Scope, negated: bool = False) -> Test:
        """A condition on the rows of `scope`. `negated`: below a NOT, where NULL must not stand for false."""
        match condition:
            case All(parts):
                return sa.and_(sa.true(), *(self.write(part, scope, negated) for part in parts))
            case AnyOf(parts):
                return sa.or_(sa.false(), *(self.write(part, scope, negated) for part in parts))
            case Not(part):
                return sa.not_(sa.and_(sa.true(), self.write(part, scope, True)).self_group())
            case NotTrue(part):
                return sa.not_(sa.func.coalesce(self.write(part, scope, True), sa.false()))
            case Related():
                return self.related(condition, scope)
            case RelatedCount():
                return self.related_count(condition, scope)
            case KeyIn(attributes, node, flipped):
                found = self.binder.is_in(scope.columns(attributes), node_keys(node), self.features)
                if flipped is None and not negated:
                    return found
                return self.unless(flipped, sa.func.coalesce(found, sa.false()))
            case _:
                return self.own(condition, scope)

    def unless(self, flipped: Parameter | None, test: Test) -> Test:
        """The test, or its opposite where a parameter is true."""
        if flipped is None:
            return test
        flag = self.binder.value(flipped, sa.Boolean())
        return sa.or_(
            sa.and_(flag, sa.not_(test.self_group())), sa.and_(sa.not_(flag), test.self_group())
        ).self_group()

    def own(self, condition: Compare | In | IsNull, scope: Scope) -> Test:
        """A condition on the entity's own columns."""

        def column(name: str) -> Column:
            return scope.column(scope.entity.fields[name].attribute)

        match condition:
            case IsNull(field, negated):
                return _is_null(column(field), negated)
            case In(fields, values, negated):
                found = self.binder.is_in([column(name) for name in fields], values, self.features)
                return sa.not_(found) if negated else found
            case Compare(field, operator, value):
                return compared(column(field), operator, value, self.binder, self.features)

    def rows(self, rows: Test | None, scope: Scope) -> list[Test]:
        """The condition on the rows the caller may see."""
        return [] if rows is None else [self.binder.adopt(scope.adapt(rows))]

    def related(self, condition: Related, scope: Scope) -> Test:
        target = scope.related(condition.target)
        found = meet(scope, condition.relation, target, self.features, once=False)
        every = condition.quantifier is Quantifier.EVERY
        inner = self.write(NotTrue(condition.condition) if every else condition.condition, target)
        meeting: sa.Select[Any] = sa.select(sa.literal_column("1")).select_from(found.rows)
        exists = meeting.where(found.condition, inner, *self.rows(condition.rows, target)).exists()
        return exists if condition.quantifier is Quantifier.SOME else ~exists

    def related_count(self, condition: RelatedCount, scope: Scope) -> Test:
        target = scope.related(condition.target)
        found = meet(scope, condition.relation, target, self.features)
        counting = sa.select(sa.func.count()).select_from(found.rows)
        number = counting.where(found.condition, *self.rows(condition.rows, target)).scalar_subquery()
        return self.count_tests(condition.tests, number)

    def count_tests(self, tests: tuple[CountTest, ...], number: Column) -> Test:
        return sa.and_(*(self._count_test(test, number) for test in tests))

    def _count_test(self, test: CountTest, number: Column) -> Test:
        if test.operator in ("in", "nin"):
            found = self.binder.is_in([number], test.value, self.features)
            return sa.not_(found) if test.operator == "nin" else found
        given = self.binder.value(test.value, sa.BigInteger())
        passed: Test = COMPARE[Operator(test.operator)](number, given)
        return passed


def node_keys(node: int) -> str:
    """The name under which the executor gives the keys a node found."""
    return f"keys_of_{node}"


def _is_null(column: Column, negated: bool) -> Test:
    if isinstance(plain_kind(column.type), sa.JSON):
        # A JSON null reads as null, so it must count as one.
        null = sa.or_(column.is_(None), sa.func.trim(sa.cast(column, sa.Text)) == sa.literal_column("'null'"))
        return sa.not_(null) if negated else null
    return column.is_not(None) if negated else column.is_(None)


__all__ = ["ConditionWriter", "Parameter", "node_keys"]
