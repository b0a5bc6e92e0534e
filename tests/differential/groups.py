"""Groups in plain Python: their keys, which of them a client wants, and in which order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cmp_to_key
from typing import Any, NamedTuple

from gateway.catalog.types import Catalog, Entity
from tests.differential.data import Row
from tests.differential.inputs import as_list, operand
from tests.differential.measures import OneOf, measured
from tests.differential.tables import Tables
from tests.differential.where import COMPARISONS, Truth, all_of, any_of, negated


class GroupKey(NamedTuple):
    """One key: a field, or a period of a date, at the end of to-one relations."""

    path: tuple[str, ...]
    field: str
    unit: str | None = None


@dataclass(frozen=True)
class Group:
    """Rows with equal keys; `values` are these, as they compare in Python."""

    values: tuple[Any, ...]
    rows: list[Row]


def end_of(path: tuple[str, ...], entity: Entity, catalog: Catalog) -> Entity:
    for name in path:
        entity = catalog.entities[entity.relations[name].target]
    return entity


def key_of(step: Mapping[str, Any], path: tuple[str, ...] = ()) -> GroupKey:
    """A key as a client writes it."""
    ((name, inner),) = step.items()
    if name == "field":
        return GroupKey(path, inner)
    if name == "date":
        return GroupKey(path, inner["field"], inner["unit"])
    return key_of(inner, (*path, name))


def period(value: date, unit: str) -> date:
    """The first day of the period that a date or a moment falls into."""
    day = value.date() if isinstance(value, datetime) else value
    match unit:
        case "WEEK":
            return day - timedelta(days=day.weekday())
        case "MONTH":
            return day.replace(day=1)
        case "QUARTER":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "YEAR":
            return day.replace(month=1, day=1)
    return day


@dataclass(frozen=True)
class Grouped:
    """The groups of a list's rows by some keys."""

    tables: Tables
    entity: Entity
    keys: tuple[GroupKey, ...]

    def groups(self, rows: list[Row], arguments: Mapping[str, Any]) -> list[Group]:
        """The groups that a client asked for, in order."""
        found: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows:
            found.setdefault(tuple(self.compared(key, row) for key in self.keys), []).append(row)
        groups = [Group(values, members) for values, members in found.items()]
        having = arguments.get("having")
        if having is not None:
            groups = [group for group in groups if self.passes(having, group.rows) is True]
        terms = [self.term(step) for step in as_list(arguments.get("orderBy") or [])]
        terms += [("ASC", lambda group, at=at: group.values[at]) for at in range(len(self.keys))]
        for direction, value in reversed(terms):
            groups.sort(key=cmp_to_key(lambda one, other: _compare(value(one), value(other), direction)))  # noqa: B023
        first = arguments.get("first")
        return groups if first is None else groups[:first]

    def stored(self, key: GroupKey, row: Row) -> Any:
        """What a row holds at a key; None without a related row."""
        entity = self.entity
        for name in key.path:
            found = self.tables.related(row, entity.relations[name])
            if not found:
                return None
            row, entity = found[0], self.tables.catalog.entities[entity.relations[name].target]
        return row[entity.fields[key.field].attribute]

    def compared(self, key: GroupKey, row: Row) -> Any:
        stored = self.stored(key, row)
        if stored is None or key.unit is not None:
            return None if stored is None else period(stored, key.unit or "DAY")
        return self.tables.comparable(end_of(key.path, self.entity, self.tables.catalog), key.field)(stored)

    def shown(self, key: GroupKey, group: Group) -> Any:
        """A key as the answer has it: of equal texts the first, or any where another source has them."""
        if key.unit is not None:
            value = group.values[self.keys.index(key)]
            return None if value is None else value.isoformat()
        stored = [self.stored(key, row) for row in group.rows]
        if stored[0] is None:
            return None
        end = end_of(key.path, self.entity, self.tables.catalog)
        serialize = end.fields[key.field].scalar.serialize
        if not isinstance(stored[0], str):
            return stored[0] if serialize is None else serialize(stored[0])
        if not self.is_remote(key):
            return min(stored)
        compared, everywhere = self.tables.comparable(end, key.field), self.tables.rows(end)
        texts = {row[end.fields[key.field].attribute] for row in everywhere} - {None}
        return OneOf(tuple(text for text in texts if compared(text) == compared(stored[0])))

    def is_remote(self, key: GroupKey) -> bool:
        entity = self.entity
        for name in key.path:
            if entity.relations[name].remote:
                return True
            entity = self.tables.catalog.entities[entity.relations[name].target]
        return False

    # having

    def passes(self, having: Mapping[str, Any], rows: list[Row]) -> Truth:
        return all_of(self.test(name, value, rows) for name, value in having.items())

    def test(self, name: str, value: Any, rows: list[Row]) -> Truth:
        match name:
            case "and":
                return all_of(self.passes(part, rows) for part in as_list(value))
            case "or":
                return any_of(self.passes(part, rows) for part in as_list(value))
            case "not":
                return negated(self.passes(value, rows))
            case "count":
                return all_of(_compared(operator, len(rows), number) for operator, number in value.items())
        return all_of(
            self.measure_test(name, field, operator, given, rows)
            for field, tests in value.items()
            for operator, given in tests.items()
        )

    def measure_test(self, function: str, name: str, operator: str, given: Any, rows: list[Row]) -> Truth:
        field = self.entity.fields[name]
        value = measured(function, field, self.entity, rows, self.tables)
        if operator == "isNull":
            return (value is None) is given
        if operator in ("in", "nin") and not as_list(given):
            return operator == "nin"
        if value is None:
            return None
        convert: Callable[[Any], Any] = lambda each: each  # noqa: E731
        if function == "sum":
            convert = lambda each: Decimal(str(each))  # noqa: E731
        elif function != "countDistinct":
            compared = self.tables.comparable(self.entity, name)
            convert = lambda each: compared(operand(field, each))  # noqa: E731
        return COMPARISONS[operator](value, [convert(each) for each in as_list(given)])

    # order

    def term(self, step: Mapping[str, Any]) -> tuple[str, Callable[[Group], Any]]:
        ((name, inner),) = step.items()
        if name == "count":
            return inner, lambda group: len(group.rows)
        if name == "key":
            at = self.keys.index(key_of(inner["by"]))
            return inner["order"], lambda group: group.values[at]
        ((field, direction),) = inner.items()
        return direction, lambda group: measured(
            name, self.entity.fields[field], self.entity, group.rows, self.tables
        )


def _compared(operator: str, value: Any, given: Any) -> bool:
    return COMPARISONS[operator](value, as_list(given))


def _compare(one: Any, other: Any, direction: str) -> int:
    if one is None or other is None:
        if one is other:
            return 0
        return -1 if (one is None) == direction.endswith("NULLS_FIRST") else 1
    if one == other:
        return 0
    return -1 if (one < other) != direction.startswith("DESC") else 1
