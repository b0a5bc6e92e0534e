"""Steps of an order: own fields, fields of related rows, and aggregates of related rows."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from gateway.catalog.types import Catalog, Entity
from tests.differential.data import Row
from tests.differential.inputs import as_list
from tests.differential.measures import measured
from tests.differential.spelling import Leaf, Members
from tests.differential.tables import Tables


class Term(NamedTuple):
    """One step of an order. `path` names relations; with a function the last of them is to-many."""

    field: str | None
    descending: bool = False
    nulls_first: bool = False
    path: tuple[str, ...] = ()
    function: str | None = None

    @property
    def value(self) -> tuple[Any, ...]:
        """What is sorted by, whatever the direction."""
        return self.path, self.function, self.field


Order = tuple[Term, ...]


def order_of(order_by: Any, entity: Entity, catalog: Catalog) -> Order:
    """The asked terms, each value once, then the primary key."""
    terms: dict[tuple[Any, ...], Term] = {}
    for step in [] if order_by is None else as_list(order_by):
        term = _term(step, entity, catalog, ())
        terms.setdefault(term.value, term)
    for name in entity.key:
        terms.setdefault(Term(name).value, Term(name))
    return tuple(terms.values())


def _term(step: Mapping[str, Any], entity: Entity, catalog: Catalog, path: tuple[str, ...]) -> Term:
    ((name, inner),) = step.items()
    relation = entity.relations.get(name)
    if relation is None:
        return _directed(Term(name, path=path), inner)
    path = (*path, name)
    if not relation.many:
        return _term(inner, catalog.entities[relation.target], catalog, path)
    ((function, inner),) = inner.items()
    if function == "count":
        return _directed(Term(None, path=path, function=function), inner)
    ((field, direction),) = inner.items()
    return _directed(Term(field, path=path, function=function), direction)


def _directed(term: Term, direction: str) -> Term:
    first = direction.endswith("_NULLS_FIRST")
    return term._replace(descending=direction.startswith("DESC"), nulls_first=first)


def spelled(term: Term, direction: str, entity: Entity, catalog: Catalog) -> Members:
    """A term as a client writes it."""
    end = end_of(term, entity, catalog)
    made: Leaf | Members = Leaf("SortOrder", direction, direction)
    if term.function is not None:
        if term.field is not None:
            inner = f"{end.name}{term.function.capitalize()}OrderBy"
            made = Members(inner, {term.field: made}, one_of=True)
        made = Members(f"{end.name}AggregateOrderBy", {term.function: made}, one_of=True)
    elif term.field is not None:
        made = Members(f"{end.name}OrderBy", {term.field: made}, one_of=True)
    for length in range(len(term.path) - 1, -1, -1):
        owner = end_of(term._replace(path=term.path[:length]), entity, catalog)
        made = Members(f"{owner.name}OrderBy", {term.path[length]: made}, one_of=True)
    assert isinstance(made, Members)
    return made


def end_of(term: Term, entity: Entity, catalog: Catalog) -> Entity:
    """The entity at the end of a term's path."""
    for name in term.path:
        entity = catalog.entities[entity.relations[name].target]
    return entity


@dataclass(frozen=True)
class Sorting:
    """Compares rows by orders."""

    tables: Tables

    def values(self, order: Order, entity: Entity, row: Row) -> tuple[Any, ...]:
        return tuple(self.value(term, entity, row) for term in order)

    def value(self, term: Term, entity: Entity, row: Row) -> Any:
        """What a row is sorted by, comparable in Python; None for null and for no related row."""
        catalog = self.tables.catalog
        to_one = term.path if term.function is None else term.path[:-1]
        for name in to_one:
            found = self.tables.related(row, entity.relations[name])
            if not found:
                return 0 if term.function == "count" else None
            row, entity = found[0], catalog.entities[entity.relations[name].target]
        if term.function is None:
            assert term.field is not None
            stored = row[entity.fields[term.field].attribute]
            return None if stored is None else self.tables.comparable(entity, term.field)(stored)
        relation = entity.relations[term.path[-1]]
        rows, entity = self.tables.related(row, relation), catalog.entities[relation.target]
        if term.field is None:
            return len(rows)
        return measured(term.function, entity.fields[term.field], entity, rows, self.tables)


def compare(left: tuple[Any, ...], right: tuple[Any, ...], order: Order) -> int:
    """Negative when the row with the values `left` comes first; 0 only for a row and itself."""
    for term, one, other in zip(order, left, right, strict=True):
        if one is None or other is None:
            if one is not other:
                return -1 if (one is None) == term.nulls_first else 1
        elif one != other:
            return -1 if (one < other) != term.descending else 1
    return 0
