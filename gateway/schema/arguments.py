"""Arguments of a list (`where`, `orderBy`, pages) as conditions, orders and pages of the selection.

Mistakes that validation lets pass are refused here with a hint: a null or forgotten operator, an empty
filter, `first` with `last`.
"""

from dataclasses import dataclass, replace
from typing import Any

from gateway.catalog.lacks import Use
from gateway.catalog.types import Catalog, Entity, Field, Relation
from gateway.errors import BadUserInput, BudgetExceeded
from gateway.query.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    CountTest,
    In,
    IsNull,
    Not,
    Operator,
    Quantifier,
    Related,
    RelatedCount,
)
from gateway.query.conversions import (
    CursorPart,
    EachNumber,
    EachToColumn,
    IdKeys,
    IdPart,
    LikePattern,
    PageSize,
    Pattern,
    ToColumn,
    ZeroPasses,
)
from gateway.query.ids import CURSOR_HINT, CursorForm, fingerprint
from gateway.query.parameters import ListOf, Parameter
from gateway.query.selection import Cursor, Hop, OrderTerm, Page
from gateway.schema.given import EMPTY, NULL_INSIDE, Absent, Fields, Given, Items, Leaf, Null

IS_NULL_HINT = "To ask for null use isNull; to leave a condition out, leave its field out."

_PATTERNS = {
    "contains": (Operator.LIKE, "%", "%"),
    "iContains": (Operator.I_LIKE, "%", "%"),
    "startsWith": (Operator.LIKE, "", "%"),
    "iStartsWith": (Operator.I_LIKE, "", "%"),
    "endsWith": (Operator.LIKE, "%", ""),
    "iEndsWith": (Operator.I_LIKE, "%", ""),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Settings that arguments are held against."""

    page_size: int
    page_max: int
    in_max: int
    rows_max: int
    conditions_max: int
    relations_max: int

    def check_nesting(self, relations: int) -> None:
        """Raises BudgetExceeded for so many relations inside each other."""
        if relations > self.relations_max:
            raise BudgetExceeded(
                "A filter or an order has too many relations inside each other; "
                f"the budget relations_max is {self.relations_max}.",
                hint="Nest fewer relations, or ask in several requests.",
            )


# where -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """Counts the conditions of one operation, so that no list of filters is planned for seconds."""

    most: int
    count: int = 0

    def add(self) -> None:
        """One more. Raises BudgetExceeded."""
        self.count += 1
        if self.count > self.most:
            message = f"The filters have too many conditions; the budget conditions_max is {self.most}."
            raise BudgetExceeded(message, hint="Use `in` for many values of one field.")


@dataclass(frozen=True, slots=True)
class WhereReader:
    """Reads `where` arguments, through relations as deep as they go."""

    catalog: Catalog
    limits: Limits
    tally: Tally
    within: int = 0
    """How many relations the conditions are inside of."""

    def read(self, given: Given, entity: Entity) -> Condition | None:
        """The condition of a `where` argument; None lets every row through."""
        if not isinstance(given, Fields):
            return None
        parts = [self._field(name, value, entity) for name, value in given.fields]
        return _both(parts) if parts else None

    def _inner(self, given: Given, entity: Entity) -> Condition:
        return self.read(given, entity) or All(())

    def _field(self, name: str, given: Given, entity: Entity) -> Condition:
        self.tally.add()
        place = f"{entity.name}Where.{name}"
        refuse_null(given, place)
        if name in ("and", "or"):
            assert isinstance(given, Items)
            parts = tuple(self._inner(item, entity) for item in given.items)
            return All(parts) if name == "and" else AnyOf(parts)
        if name == "not":
            return Not(self._inner(given, entity))
        assert isinstance(given, Fields)
        relation = entity.relations.get(name)
        if relation is not None and not relation.many:
            return self._related(relation, Quantifier.SOME, given)
        if not given.fields:
            raise BadUserInput(f"The filter {place} is empty.", hint=IS_NULL_HINT)
        for operator, value in given.fields:
            refuse_null(value, f"{place}.{operator}")
        if relation is not None:
            return _both([self._list_test(relation, operator, value) for operator, value in given.fields])
        if name == "id":
            return _both([_id_test(operator, value, entity, self.limits) for operator, value in given.fields])
        field = entity.fields[name]
        return _both([field_test(operator, value, field, self.limits) for operator, value in given.fields])

    def _list_test(self, relation: Relation, operator: str, given: Given) -> Condition:
        if operator != "count":
            return self._related(relation, Quantifier(operator), given)
        assert isinstance(given, Fields)
        place = f"{relation.owner}Where.{relation.name}.count"
        if not given.fields:
            raise BadUserInput(f"The filter {place} is empty.", hint=IS_NULL_HINT)
        return self._count(relation, given, place)

    def _related(self, relation: Relation, quantifier: Quantifier, given: Given) -> Condition:
        target = self.catalog.entities[relation.target]
        self.limits.check_nesting(self.within + 1)
        inner = replace(self, within=self.within + 1)
        return Related(relation, target, quantifier, inner._inner(given, target))

    def _count(self, relation: Relation, given: Fields, place: str) -> Condition:
        tests: list[CountTest] = []
        for operator, value in given.fields:
            refuse_null(value, f"{place}.{operator}")
            assert isinstance(value, Leaf)
            if value.known == EMPTY and operator == "nin":
                continue  # every number is none of these
            if value.known == EMPTY:
                return AnyOf(())
            convert = EachNumber(self.limits.in_max) if operator in ("in", "nin") else None
            tests.append(CountTest(operator, Parameter(value.origin, convert)))
        if not tests:
            return All(())
        origins = tuple(test.value.origin for test in tests)
        zero = Parameter(ListOf(origins), ZeroPasses(tuple(test.operator for test in tests)))
        return RelatedCount(relation, self.catalog.entities[relation.target], tuple(tests), zero)


def _both(parts: list[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def refuse_null(given: Given, place: str) -> None:
    """Raise BadUserInput for a null, or for a variable that was not sent."""
    if isinstance(given, Null):
        raise BadUserInput(f"{place} is null.", hint=IS_NULL_HINT)
    if isinstance(given, Absent):
        raise BadUserInput(f"{place} uses ${given.variable}, which was not sent.", hint=IS_NULL_HINT)
    if isinstance(given, Leaf) and given.known == NULL_INSIDE:
        raise BadUserInput(f"{place} has null in its list.", hint="Use or: [{…}, {… isNull: true}].")


def refuse_lacking(field: Field, use: Use) -> None:
    """Raise BadUserInput for what the field's own type makes impossible."""
    if use in field.lacks:
        raise BadUserInput(
            f"There are no {use} of {field.name!r}: its type is of the app's own, and {field.lacks[use]}.",
            hint="Ask for the values and compare them yourself, or by another field.",
        )


def refuse_lacking_measure(function: str, field: Field) -> None:
    """The same for an aggregate function of the field."""
    refuse_lacking(field, _MEASURED[function])


_MEASURED = {
    "countDistinct": Use.EQUAL,
    "sum": Use.SUM,
    "avg": Use.SUM,
    "min": Use.ORDER,
    "max": Use.ORDER,
}


def field_test(operator: str, given: Given, field: Field, limits: Limits) -> Condition:
    """One operator of a field's filter."""
    assert isinstance(given, Leaf)
    if operator == "isNull":
        return IsNull(field.name, negated=given.known is False)
    texts = operator in _PATTERNS or operator in (Operator.LIKE, Operator.I_LIKE)
    refuse_lacking(field, Use.TEXT if texts else Use.EQUAL)
    if operator in (Operator.GT, Operator.GTE, Operator.LT, Operator.LTE):
        refuse_lacking(field, Use.ORDER)
    if operator in ("in", "nin"):
        if given.known == EMPTY:
            return All(()) if operator == "nin" else AnyOf(())
        values = Parameter(given.origin, EachToColumn(field, limits.in_max))
        return In((field.name,), values, negated=operator == "nin")
    if operator in _PATTERNS:
        like, before, after = _PATTERNS[operator]
        return Compare(field.name, like, Parameter(given.origin, Pattern(before, after)))
    convert = LikePattern() if operator in (Operator.LIKE, Operator.I_LIKE) else ToColumn(field)
    return Compare(field.name, Operator(operator), Parameter(given.origin, convert))


def _id_test(operator: str, given: Given, entity: Entity, limits: Limits) -> Condition:
    assert isinstance(given, Leaf)
    if operator in ("in", "nin"):
        if given.known == EMPTY:
            return All(()) if operator == "nin" else AnyOf(())
        keys = Parameter(given.origin, IdKeys(entity, limits.in_max))
        return In(entity.key, keys, negated=operator == "nin")
    same = id_condition(given, entity, strict=True)
    return same if operator == "eq" else Not(same)


def id_condition(given: Leaf, entity: Entity, *, strict: bool = False) -> Condition:
    """The row with a global id; with `strict`, another tenant's id is refused rather than not found."""
    tests = tuple(
        Compare(name, Operator.EQ, Parameter(given.origin, IdPart(entity, part, strict)))
        for part, name in enumerate(entity.key)
    )
    return tests[0] if len(tests) == 1 else All(tests)


def key_condition(given: Fields, entity: Entity) -> Condition:
    """The row with a unique key, from the `@oneOf` argument `key`."""
    ((name, value),) = given.fields
    if name == "id":
        assert isinstance(value, Leaf)
        return id_condition(value, entity)
    unique = next(key for key in entity.unique_keys if key.name == name)
    if len(unique.fields) == 1:
        parts = [(unique.fields[0], value)]
    else:
        assert isinstance(value, Fields)
        parts = [(field, value.get(field)) for field in unique.fields]
    tests = []
    for field, part in parts:
        assert isinstance(part, Leaf)
        refuse_lacking(entity.fields[field], Use.EQUAL)
        convert = ToColumn(entity.fields[field])
        tests.append(Compare(field, Operator.EQ, Parameter(part.origin, convert)))
    return tests[0] if len(tests) == 1 else All(tuple(tests))


# orderBy -----------------------------------------------------------------------------------------------


def read_order(given: Given, entity: Entity, catalog: Catalog, limits: Limits) -> tuple[OrderTerm, ...]:
    """The complete order: the asked terms, each value once, then the rest of the primary key."""
    terms: dict[str, OrderTerm] = {}
    if isinstance(given, Items):
        for item in given.items:
            term = _order_term(item, entity, catalog, OrderTerm(None))
            limits.check_nesting(len(term.path))
            terms.setdefault(term.name, term)
    for name in entity.key:
        terms.setdefault(name, OrderTerm(name))
    return tuple(terms.values())


def _order_term(given: Given, entity: Entity, catalog: Catalog, before: OrderTerm) -> OrderTerm:
    """One item of an order, after the hops of `before`."""
    assert isinstance(given, Fields)
    ((name, inner),) = given.fields
    refuse_null(inner, f"{entity.name}OrderBy.{name}")
    relation = entity.relations.get(name)
    if relation is None:
        refuse_lacking(entity.fields[name], Use.ORDER)
        return directed(inner, replace(before, field=name))
    target = catalog.entities[relation.target]
    further = replace(before, path=(*before.path, Hop(relation, target)))
    if not relation.many:
        return _order_term(inner, target, catalog, further)
    assert isinstance(inner, Fields)
    ((function, value),) = inner.fields
    refuse_null(value, f"{entity.name}OrderBy.{name}.{function}")
    if function == "count":
        return directed(value, replace(further, function=function))
    assert isinstance(value, Fields)
    ((field, direction),) = value.fields
    refuse_null(direction, f"{entity.name}OrderBy.{name}.{function}.{field}")
    refuse_lacking_measure(function, target.fields[field])
    return directed(direction, replace(further, function=function, field=field))


def directed(given: Given, term: OrderTerm) -> OrderTerm:
    """The term in the direction of a SortOrder."""
    assert isinstance(given, Leaf)
    asked = str(given.known)
    return replace(term, descending=asked.startswith("DESC"), nulls_first=asked.endswith("_NULLS_FIRST"))


# Pages -------------------------------------------------------------------------------------------------


def read_page(given: dict[str, Given], order: tuple[OrderTerm, ...], entity: Entity, limits: Limits) -> Page:
    """The page of a list's arguments. `first` omitted is the setting page_size."""
    first, last = _leaf(given, "first"), _leaf(given, "last")
    after, before, offset = _leaf(given, "after"), _leaf(given, "before"), _leaf(given, "offset")
    if first is not None and last is not None:
        raise BadUserInput("first and last exclude each other.", hint="Page forward or backward.")
    if offset is not None and (after is not None or before is not None):
        raise BadUserInput("offset and a cursor exclude each other.", hint="Use one way of paging.")
    size: Parameter | int = limits.page_size
    for name, leaf in (("first", first), ("last", last)):
        if leaf is not None:
            size = Parameter(leaf.origin, PageSize(name, limits.page_max))
    return Page(
        size=size,
        backward=last is not None,
        after=None if after is None else _cursor(after, order, entity),
        before=None if before is None else _cursor(before, order, entity),
        offset=None if offset is None else Parameter(offset.origin, PageSize("offset")),
    )


def _leaf(given: dict[str, Given], name: str) -> Leaf | None:
    found = given.get(name)
    return found if isinstance(found, Leaf) else None


def _cursor(given: Leaf, order: tuple[OrderTerm, ...], entity: Entity) -> Cursor:
    forms: Any = given.known
    if not isinstance(forms, tuple) or len(forms) != len(order):
        raise BadUserInput("The cursor does not belong to this list in this order.", hint=CURSOR_HINT)
    mark = fingerprint(map(str, order))
    values = tuple(
        Parameter(
            given.origin,
            CursorPart(entity.name, mark, len(order), part, term.scalar(entity), form),
        )
        for part, (term, form) in enumerate(zip(order, forms, strict=True))
    )
    return Cursor(values, tuple(form is CursorForm.NULL for form in forms))
