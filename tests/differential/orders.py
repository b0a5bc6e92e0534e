"""Random `orderBy` arguments: own fields, fields of related rows, aggregates of related rows."""

from dataclasses import dataclass

from gateway.catalog.types import Entity
from tests.differential.compare import Cursors
from tests.differential.draws import Draws
from tests.differential.excluded import allowed
from tests.differential.measures import fields_of
from tests.differential.spelling import Items
from tests.differential.tables import Tables
from tests.differential.terms import Order, Term, end_of, order_of, spelled

DIRECTIONS = ("ASC", "DESC", "ASC_NULLS_FIRST", "ASC_NULLS_LAST", "DESC_NULLS_FIRST", "DESC_NULLS_LAST")
FURTHEST = 3
"""Most to-one relations in a row of one term."""


@dataclass(frozen=True)
class Orders:
    """Draws orders for lists over the rows of `tables`."""

    draws: Draws
    tables: Tables
    cursors: Cursors

    def order_by(self, entity: Entity) -> tuple[Items | None, Order]:
        """An `orderBy`, mostly one for which cursors are known, and the complete order it makes."""
        catalog = self.tables.catalog
        known = [order for name, order in self.cursors.pool if name == entity.name]
        if known and self.draws.chance(0.6):
            steps = [(term, self._direction(term)) for term in self.draws.choice(known)]
        else:
            steps = [(term, self.draws.choice(DIRECTIONS)) for term in self.terms(entity)]
        items = tuple(spelled(term, direction, entity, catalog) for term, direction in steps)
        order = order_of([_json(item) for item in items], entity, catalog)
        if not steps and self.draws.chance(0.7):
            return None, order
        for term, direction in steps:
            self._use(term, direction, entity)
        return Items(f"[{entity.name}OrderBy!]", items), order

    def terms(self, entity: Entity) -> list[Term]:
        """What to sort by, the first one first; nothing that is left out for now."""
        while True:
            terms = [self.term(entity) for _ in range(self.draws.choice((0, 1, 1, 1, 2, 2, 3)))]
            counts = any(term.function == "count" and "r" in self._far(term, entity) for term in terms)
            if not counts or allowed("order by a remote count"):
                return terms

    def is_driven(self, order: Order, entity: Entity) -> bool:
        """Whether another source, and only one, says what comes first."""
        first, *rest = (self._far(term, entity) for term in order)
        return first.startswith("r") and not any("r" in far for far in rest)

    def _far(self, term: Term, entity: Entity) -> str:
        """A letter per relation of a term: local or remote."""
        found = ""
        for name in term.path:
            found += "r" if entity.relations[name].remote else "l"
            entity = self.tables.catalog.entities[entity.relations[name].target]
        return found

    def term(self, entity: Entity) -> Term:
        """Something to sort by, without a direction."""
        path: tuple[str, ...] = ()
        while entity.relations and len(path) < FURTHEST and self.draws.chance(0.4):
            relation = self.draws.choice(list(entity.relations.values()))
            entity = self.tables.catalog.entities[relation.target]
            path = (*path, relation.name)
            if relation.many:
                return self._aggregate(path, entity)
        sortable = [field for field in entity.fields.values() if field.scalar.sortable]
        nullable = [field for field in sortable if field.nullable]
        found = self.draws.choice(nullable if nullable and self.draws.chance(0.3) else sortable)
        return Term(found.name, path=path)

    def _aggregate(self, path: tuple[str, ...], entity: Entity) -> Term:
        ways = [
            (function, field) for function in ("sum", "min", "max") for field in fields_of(entity, function)
        ]
        usable = [
            (function, field.name)
            for function, field in ways
            if allowed(f"order by {function} of {field.scalar.name}")
            and not (function == "sum" and field.scalar.name == "BigInt")  # not offered
        ]
        if not usable or self.draws.chance(0.35):
            return Term(None, path=path, function="count")
        function, name = self.draws.choice(usable)
        return Term(name, path=path, function=function)

    def _direction(self, term: Term) -> str:
        bare = "DESC" if term.descending else "ASC"
        if term.nulls_first:
            return f"{bare}_NULLS_FIRST"
        return bare if self.draws.chance(0.8) else f"{bare}_NULLS_LAST"

    def _use(self, term: Term, direction: str, entity: Entity) -> None:
        far, end = self._far(term, entity), end_of(term, entity, self.tables.catalog)
        nullable = bool(term.path) or (term.field is not None and end.fields[term.field].nullable)
        self.draws.use(f"order.{direction}{' over nulls' if nullable else ''}")
        if term.function is not None:
            self.draws.use(f"order by {term.function}")
        elif term.field is not None:
            scalar = end.fields[term.field].scalar
            self.draws.use(f"order by {'enum' if scalar.is_enum else scalar.name}")
        if far:
            self.draws.use(f"order through {far}")


def _json(value: object) -> object:
    """An input as JSON, with nothing drawn."""
    members = getattr(value, "members", None)
    if members is None:
        return value.value  # type: ignore[attr-defined]
    return {name: _json(member) for name, member in members.items()}
