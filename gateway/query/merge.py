"""Numbers about ranges of rows, added up: what a database does for the rows of one statement.

Rows are those of a part (`plan/slices.py`): keys, then measures, all that is tested and sorted by among them.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context
from typing import Any

from gateway.catalog.measures import Measure, parts_of
from gateway.query.conversions import COMPARISONS
from gateway.query.having import Having, HavingAll, HavingAny, HavingNot, MeasureTest
from gateway.query.join import Row
from gateway.query.plan.types import Aggregate, Groups
from gateway.query.selection import GroupTerm
from gateway.query.sql.bind import Binder
from gateway.query.sql.measure import MeasureValues

Values = Mapping[str, Any]
Fold = Callable[[Any, Any], Any]
Test = Callable[[Row, Values], bool | None]
"""Whether a group is kept: three-valued, as SQL is."""

_WIDE = Context(prec=200)


@dataclass(frozen=True, slots=True)
class Merge:
    """How rows of parts become the rows of a node.

    The first `keys` columns are what rows are merged by, `folds` belong to the others, and the node's own
    rows have `width` columns. `order` is (position, term).
    """

    keys: int
    folds: tuple[Fold, ...]
    width: int
    test: Test | None = None
    order: tuple[tuple[int, GroupTerm], ...] = ()

    def add(self, found: dict[Row, list[Any]], rows: Sequence[Row]) -> None:
        """Add the rows of another part."""
        for row in rows:
            measures = found.get(row[: self.keys])
            if measures is None:
                found[row[: self.keys]] = list(row[self.keys :])
                continue
            for position, fold in enumerate(self.folds):
                measures[position] = fold(measures[position], row[self.keys + position])

    def finish(self, rows: list[Row], values: Values) -> list[Row]:
        """The rows that pass, in order, as the node's own."""
        if self.test is not None:
            rows = [row for row in rows if self.test(row, values)]
        for position, term in reversed(self.order):
            rows = _sorted(rows, position, term)
        return [row[: self.width] for row in rows]


def merge_of(
    node: Aggregate | Groups, part: Aggregate | Groups, measured: MeasureValues, binder: Binder
) -> Merge:
    """The merge of a node from the rows that `part` brings."""
    folds = tuple(fold for measure in part.measures for fold in _folds(measure))
    width = sum(map(parts_of, node.measures))
    if isinstance(node, Aggregate):
        return Merge(0, folds, width)
    keys = len(node.by)
    positions = {
        measure: keys + sum(map(parts_of, part.measures[:place]))
        for place, measure in enumerate(part.measures)
    }
    order = tuple(
        (term.value if isinstance(term.value, int) else positions[term.value], term) for term in node.order
    )
    test = None if node.having is None else _Tests(positions, measured, binder).test(node.having)
    return Merge(keys, folds, keys + width, test, order)


def _folds(measure: Measure) -> tuple[Fold, ...]:
    match measure.function:
        case "avg":
            return (_add, _add)
        case "min":
            return (_least,)
        case "max":
            return (_greatest,)
    return (_add,)


def _add(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, float):
        return one + other
    if isinstance(one, str):  # a whole number too long for the database's own
        return str(int(one) + int(other))
    return one + other if isinstance(one, int) and isinstance(other, int) else _WIDE.add(one, other)


def _least(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def _greatest(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def _sorted(rows: list[Row], position: int, term: GroupTerm) -> list[Row]:
    """Rows by one column, nulls where the term places them; equal ones stay in order."""
    some = [row for row in rows if row[position] is not None]
    none = [row for row in rows if row[position] is None]
    some.sort(key=operator.itemgetter(position), reverse=term.descending)
    return [*none, *some] if term.nulls_first else [*some, *none]


@dataclass(frozen=True, slots=True)
class _Tests:
    """Makes tests of conditions on groups. `positions` says where a measure stands in a row."""

    positions: Mapping[Measure, int]
    measured: MeasureValues
    binder: Binder

    def test(self, having: Having) -> Test:
        match having:
            case HavingAll(parts):
                return _all([self.test(part) for part in parts])
            case HavingAny(parts):
                return _any([self.test(part) for part in parts])
            case HavingNot(part):
                return _not(self.test(part))
            case MeasureTest():
                return self.comparison(having)

    def comparison(self, test: MeasureTest) -> Test:
        position = self.positions[test.measure]
        if test.value is None:
            return lambda row, _: row[position] is None
        compare, convert = COMPARISONS[test.operator], self.measured.python(test.measure)
        name = self.binder.given(test.value)

        def compared(row: Row, values: Values) -> bool | None:
            value = row[position]
            if value is None:
                return None
            return compare(value if convert is None else convert(value), values[name])

        return compared


def _all(tests: list[Test]) -> Test:
    def test(row: Row, values: Values) -> bool | None:
        found = [each(row, values) for each in tests]
        return False if False in found else None if None in found else True

    return test


def _any(tests: list[Test]) -> Test:
    def test(row: Row, values: Values) -> bool | None:
        found = [each(row, values) for each in tests]
        return True if True in found else None if None in found else False

    return test


def _not(inner: Test) -> Test:
    def test(row: Row, values: Values) -> bool | None:
        found = inner(row, values)
        return None if found is None else not found

    return test
