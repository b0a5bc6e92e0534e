"""`where` in SQL's three-valued logic: a condition is true, false, or None for unknown."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gateway.catalog.types import Entity, Relation
from tests.differential.data import Row
from tests.differential.inputs import as_list, named_by, operand
from tests.differential.tables import Tables

Truth = bool | None


def all_of(truths: Iterable[Truth]) -> Truth:
    found = list(truths)
    return False if False in found else None if None in found else True


def any_of(truths: Iterable[Truth]) -> Truth:
    return negated(all_of(map(negated, truths)))


def negated(truth: Truth) -> Truth:
    return None if truth is None else not truth


@dataclass(frozen=True)
class Conditions:
    """Evaluates conditions on rows, through relations as deep as they go."""

    tables: Tables

    def holds(self, where: Mapping[str, Any] | None, entity: Entity, row: Row) -> Truth:
        """Whether a `where` holds for a row; null and {} hold for every row."""
        return all_of(self.member(name, value, entity, row) for name, value in (where or {}).items())

    def member(self, name: str, value: Any, entity: Entity, row: Row) -> Truth:
        match name:
            case "and":
                return all_of(self.holds(part, entity, row) for part in as_list(value))
            case "or":
                return any_of(self.holds(part, entity, row) for part in as_list(value))
            case "not":
                return negated(self.holds(value, entity, row))
            case "id":
                return all_of(self.id_test(operator, ids, entity, row) for operator, ids in value.items())
        if name in entity.relations:
            return self.related(entity.relations[name], value, row)
        stored = row[entity.fields[name].attribute]
        return all_of(self.test(operator, given, entity, name, stored) for operator, given in value.items())

    def related(self, relation: Relation, value: Mapping[str, Any], row: Row) -> bool:
        """A condition through a relation: true or false, whatever is unknown inside."""
        target = self.tables.catalog.entities[relation.target]
        rows = self.tables.related(row, relation)
        if not relation.many:
            return any(self.holds(value, target, other) is True for other in rows)
        return all(self.list_test(test, given, target, rows) for test, given in value.items())

    def list_test(self, test: str, given: Any, target: Entity, rows: list[Row]) -> bool:
        if test == "count":
            return all(
                COMPARISONS[operator](len(rows), as_list(number)) for operator, number in given.items()
            )
        met = [self.holds(given, target, row) is True for row in rows]
        return all(met) if test == "every" else any(met) is (test == "some")

    def id_test(self, operator: str, ids: Any, entity: Entity, row: Row) -> Truth:
        key = self.tables.primary_key(entity, row)
        found = False
        for text in as_list(ids):
            _, parts = named_by(text)
            fields = [entity.fields[name] for name in entity.key]
            found |= key == tuple(operand(field, part) for field, part in zip(fields, parts, strict=True))
        return found if operator in ("eq", "in") else not found

    def test(self, operator: str, given: Any, entity: Entity, name: str, stored: Any) -> Truth:
        if operator == "isNull":
            return (stored is None) is given
        if operator in ("in", "nin") and not as_list(given):
            return operator == "nin"  # an empty list is decided without looking at the value
        if stored is None:
            return None
        if operator in TEXT_TESTS:
            return TEXT_TESTS[operator](stored, given)
        field = entity.fields[name]
        comparable = self.tables.comparable(entity, name)
        value = comparable(stored)
        operands = [comparable(operand(field, each)) for each in as_list(given)]
        return COMPARISONS[operator](value, operands)


COMPARISONS: Mapping[str, Callable[[Any, list[Any]], bool]] = {
    "eq": lambda value, others: bool(value == others[0]),
    "neq": lambda value, others: bool(value != others[0]),
    "gt": lambda value, others: bool(value > others[0]),
    "gte": lambda value, others: bool(value >= others[0]),
    "lt": lambda value, others: bool(value < others[0]),
    "lte": lambda value, others: bool(value <= others[0]),
    "in": lambda value, others: value in others,
    "nin": lambda value, others: value not in others,
}


@lru_cache(maxsize=100_000)
def like(value: str, pattern: str) -> bool:
    """Whether a text meets a pattern: % is any text, _ one character, a backslash takes the next as it is."""
    if not pattern:
        return not value
    first, rest = pattern[0], pattern[1:]
    if first == "%":
        return any(like(value[start:], rest) for start in range(len(value) + 1))
    if first == "\\" and rest:
        first, rest = rest[0], rest[1:]
    elif first == "_":
        return bool(value) and like(value[1:], rest)
    return value[:1] == first and like(value[1:], rest)


TEXT_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda value, part: part in value,
    "iContains": lambda value, part: part.lower() in value.lower(),
    "startsWith": lambda value, part: value.startswith(part),
    "iStartsWith": lambda value, part: value.lower().startswith(part.lower()),
    "endsWith": lambda value, part: value.endswith(part),
    "iEndsWith": lambda value, part: value.lower().endswith(part.lower()),
    "like": like,
    "iLike": lambda value, pattern: like(value.lower(), pattern.lower()),
}
