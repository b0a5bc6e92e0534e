"""The arguments of `groups` as a grouping of the selection."""

from dataclasses import dataclass
from typing import Any

from gateway.catalog.lacks import Use
from gateway.catalog.measures import COUNT, Measure
from gateway.catalog.types import Catalog, Entity
from gateway.errors import BadUserInput
from gateway.query.conditions import All, AnyOf, Compare, Condition, In, IsNull
from gateway.query.conversions import EachNumber, PageSize
from gateway.query.having import EachOf, Having, HavingAll, HavingAny, HavingNot, MeasureTest, ToSum
from gateway.query.parameters import Parameter
from gateway.query.selection import Grouping, GroupTerm, Hop, OrderTerm
from gateway.schema.arguments import (
    IS_NULL_HINT,
    Limits,
    directed,
    field_test,
    refuse_lacking,
    refuse_lacking_measure,
    refuse_null,
)
from gateway.schema.given import EMPTY, Fields, Given, Items, Leaf

_NOTHING: Given = Fields(())


@dataclass(frozen=True, slots=True)
class GroupReader:
    """Reads the arguments of `groups`."""

    catalog: Catalog
    limits: Limits

    def read(self, given: dict[str, Given], entity: Entity) -> Grouping:
        """The grouping that the arguments describe. Raises BadUserInput for one that can never work."""
        asked = given["by"]
        items = asked.items if isinstance(asked, Items) else ()
        by = tuple(dict.fromkeys(self._by(item, entity) for item in items))
        if not by:
            raise BadUserInput(
                "groups needs at least one key in `by`.", hint="For all rows together ask for `aggregate`."
            )
        first = given.get("first")
        size = None
        if isinstance(first, Leaf):
            size = Parameter(first.origin, PageSize("first", self.limits.page_max))
        return Grouping(
            by=by,
            having=self._having(given.get("having", _NOTHING), entity),
            order=self._order(given.get("orderBy", _NOTHING), entity, by),
            size=size,
            limit=self.limits.page_max,
            total=self.limits.rows_max,
        )

    def _by(self, given: Given, entity: Entity, path: tuple[Hop, ...] = ()) -> OrderTerm:
        """One key, after the hops of `path`."""
        assert isinstance(given, Fields)
        ((name, inner),) = given.fields
        refuse_null(inner, f"{entity.name}GroupBy.{name}")
        if name == "field":
            assert isinstance(inner, Leaf)
            refuse_lacking(entity.fields[str(inner.known)], Use.EQUAL)
            return OrderTerm(str(inner.known), path=path)
        if name == "date":
            assert isinstance(inner, Fields)
            field, unit = inner.get("field"), inner.get("unit")
            assert isinstance(field, Leaf)
            assert isinstance(unit, Leaf)
            refuse_lacking(entity.fields[str(field.known)], Use.PERIOD)
            return OrderTerm(str(field.known), path=path, unit=str(unit.known))
        relation = entity.relations[name]
        target = self.catalog.entities[relation.target]
        return self._by(inner, target, (*path, Hop(relation, target)))

    # orderBy

    def _order(self, given: Given, entity: Entity, by: tuple[OrderTerm, ...]) -> tuple[GroupTerm, ...]:
        """The complete order: the asked terms, each value once, then the keys that are left."""
        terms: dict[int | Measure, GroupTerm] = {}
        for item in given.items if isinstance(given, Items) else ():
            term = self._order_term(item, entity, by)
            terms.setdefault(term.value, term)
        for position in range(len(by)):
            terms.setdefault(position, GroupTerm(position))
        return tuple(terms.values())

    def _order_term(self, given: Given, entity: Entity, by: tuple[OrderTerm, ...]) -> GroupTerm:
        assert isinstance(given, Fields)
        ((name, inner),) = given.fields
        place = f"{entity.name}GroupOrderBy.{name}"
        refuse_null(inner, place)
        if name == "count":
            return _directed(inner, COUNT)
        assert isinstance(inner, Fields)
        if name == "key":
            key = self._by(inner.get("by"), entity)
            if key not in by:
                raise BadUserInput(
                    f"The groups are sorted by {key.name}, which is none of their keys.",
                    hint="Sort by a key as it stands in the argument `by`.",
                )
            return _directed(inner.get("order"), by.index(key))
        ((field, direction),) = inner.fields
        refuse_null(direction, f"{place}.{field}")
        refuse_lacking_measure(name, entity.fields[field])
        return _directed(direction, Measure(name, field))

    # having

    def _having(self, given: Given, entity: Entity) -> Having | None:
        if not isinstance(given, Fields) or not given.fields:
            return None
        return _all([self._having_part(name, value, entity) for name, value in given.fields])

    def _having_part(self, name: str, given: Given, entity: Entity) -> Having:
        place = f"{entity.name}Having.{name}"
        refuse_null(given, place)
        if name in ("and", "or"):
            assert isinstance(given, Items)
            parts = tuple(self._having(item, entity) or HavingAll(()) for item in given.items)
            return HavingAll(parts) if name == "and" else HavingAny(parts)
        if name == "not":
            return HavingNot(self._having(given, entity) or HavingAll(()))
        if name == "count":
            return self._tests(COUNT, given, entity, place)
        assert isinstance(given, Fields)
        if not given.fields:
            raise BadUserInput(f"The filter {place} is empty.", hint=IS_NULL_HINT)
        parts = tuple(
            self._tests(Measure(name, field), inner, entity, f"{place}.{field}")
            for field, inner in given.fields
        )
        return _all(list(parts))

    def _tests(self, measure: Measure, given: Given, entity: Entity, place: str) -> Having:
        refuse_null(given, place)
        assert isinstance(given, Fields)
        if not given.fields:
            raise BadUserInput(f"The filter {place} is empty.", hint=IS_NULL_HINT)
        if measure.field is not None:
            refuse_lacking_measure(measure.function, entity.fields[measure.field])
        tests = []
        for operator, value in given.fields:
            refuse_null(value, f"{place}.{operator}")
            assert isinstance(value, Leaf)
            tests.append(self._test(measure, operator, value, entity))
        return _all(tests)

    def _test(self, measure: Measure, operator: str, given: Leaf, entity: Entity) -> Having:
        if measure.function in ("min", "max"):
            assert measure.field is not None
            return _of_field(measure, field_test(operator, given, entity.fields[measure.field], self.limits))
        if operator == "isNull":
            test = MeasureTest(measure, operator)
            return HavingNot(test) if given.known is False else test
        listed = operator in ("in", "nin")
        if listed and given.known == EMPTY:
            return HavingAll(()) if operator == "nin" else HavingAny(())
        convert: Any = None
        if measure.function == "sum":
            convert = ToSum(measure.field or "")
            convert = EachOf(convert, self.limits.in_max) if listed else convert
        elif listed:
            convert = EachNumber(self.limits.in_max)
        return MeasureTest(measure, operator, Parameter(given.origin, convert))


def _of_field(measure: Measure, test: Condition) -> Having:
    """A least or greatest value is compared as its field is."""
    match test:
        case Compare(_, operator, value):
            return MeasureTest(measure, operator.value, value)
        case In(_, values, negated):
            return MeasureTest(measure, "nin" if negated else "in", values)
        case IsNull(_, negated):
            found = MeasureTest(measure, "isNull")
            return HavingNot(found) if negated else found
        case AnyOf():
            return HavingAny(())
    assert isinstance(test, All)
    return HavingAll(())


def _all(parts: list[Having]) -> Having:
    return parts[0] if len(parts) == 1 else HavingAll(tuple(parts))


def _directed(given: Given, value: int | Measure) -> GroupTerm:
    term = directed(given, OrderTerm(None))
    return GroupTerm(value, term.descending, term.nulls_first)
