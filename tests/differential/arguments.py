"""Random arguments of lists: `where`, `orderBy` and pages."""

from dataclasses import dataclass

from gateway.catalog.types import Entity, Field, Operators, Relation, UniqueKey
from tests.differential.compare import Cursors
from tests.differential.data import Row
from tests.differential.draws import Draws
from tests.differential.excluded import allowed
from tests.differential.operands import Operands
from tests.differential.orders import Orders
from tests.differential.spelling import Input, Items, Leaf, Members, Spelling, text_leaf
from tests.differential.tables import Tables
from tests.differential.terms import Order
from tests.differential.where import Conditions

EQUALITY = ("eq", "neq", "in", "nin")
COMPARING = ("gt", "gte", "lt", "lte")
PARTS = ("contains", "startsWith", "endsWith", "iContains", "iStartsWith", "iEndsWith")
PATTERNS = ("like", "iLike")

PAGES: dict[tuple[str, ...], float] = {
    (): 20,
    ("first",): 30,
    ("first", "after"): 14,
    ("after",): 5,
    ("last",): 10,
    ("last", "before"): 8,
    ("first", "offset"): 8,
    ("offset",): 4,
    ("last", "offset"): 2,
    ("first", "before"): 3,
    ("last", "after"): 3,
    ("first", "after", "before"): 3,
    ("last", "after", "before"): 2,
}


@dataclass(frozen=True)
class Arguments:
    """Draws arguments for lists over the rows of `tables`."""

    draws: Draws
    tables: Tables
    cursors: Cursors

    @property
    def operands(self) -> Operands:
        return Operands(self.draws, self.tables)

    def order_by(self, entity: Entity) -> tuple[Items | None, Order]:
        """An `orderBy`, mostly one for which cursors are known, and the complete order it makes."""
        return Orders(self.draws, self.tables, self.cursors).order_by(entity)

    # where

    def where(self, entity: Entity, depth: int = 3) -> Members:
        """A condition that mostly holds for one row at least."""
        rows = self.tables.rows(entity)
        row = self.draws.choice(rows) if rows and self.draws.chance(0.85) else None
        return self._where(entity, depth, row)

    def _where(self, entity: Entity, depth: int, row: Row | None) -> Members:
        members: dict[str, Input] = {}
        if self.draws.chance(0.03):
            self.draws.use("where {}")
            return Members(f"{entity.name}Where", members, redraw=lambda: self.where(entity))
        ways = {"field": 10.0, "id": 0.7}
        if depth:
            ways |= {"and": 1.5, "or": 2, "not": 1.5} | ({"relation": 6} if entity.relations else {})
        for _ in range(self.draws.choice((1, 1, 1, 2, 3))):
            way = self.draws.weighted(ways)
            if way == "field":
                field = self.draws.choice(list(entity.fields.values()))
                members[field.name] = self._filter(entity, field, row)
            elif way == "id":
                members["id"] = self._id_filter(entity)
            elif way == "relation":
                relation = self.draws.choice(list(entity.relations.values()))
                members[relation.name] = self._related(relation, depth - 1, row)
            else:
                self.draws.use(f"where.{way}")
                members[way] = self._logic(way, entity, depth - 1, row)
        return Members(f"{entity.name}Where", members, redraw=lambda: self.where(entity))

    def _logic(self, way: str, entity: Entity, depth: int, row: Row | None) -> Input:
        if way == "not":
            return self._where(entity, depth, None)
        parts = [self._where(entity, depth, row) for _ in range(self.draws.choice((0, 1, 2, 2, 3)))]
        if not parts:
            self.draws.use(f"where.{way} []")
        return Items(f"[{entity.name}Where!]", tuple(parts))

    def _related(self, relation: Relation, depth: int, row: Row | None) -> Members:
        """A condition through a relation, mostly about a row that the given one is related to."""
        target = self.tables.catalog.entities[relation.target]
        related = self.tables.related(row, relation) if row is not None else []
        other = self.draws.choice(related) if related else None
        far = "remote" if relation.remote else "local"
        if not relation.many:
            self.draws.use(f"where through {far} to-one")
            return self._where(target, depth, other)
        members: dict[str, Input] = {}
        tests = self.draws.some(("some", "some", "every", "none", "count"), 1, self.draws.choice((1, 1, 2)))
        for test in tests:
            self.draws.use(f"where through {far} {test}")
            if test == "count":
                members[test] = self.count_filter(len(related))
            else:
                members[test] = self._where(target, depth, None if test == "none" else other)
        return Members(f"{target.name}ListWhere", members)

    def count_filter(self, near: int) -> Members:
        def number() -> Leaf:
            drawn = self.draws.choice((near, near, near + 1, near - 1, 0, 1, 2, -1, 5))
            return Leaf("Int", drawn, str(drawn), number)

        def numbers() -> Items:
            return Items("[Int!]", tuple(number() for _ in range(self.draws.choice((0, 1, 2, 3)))), numbers)

        made: dict[str, Input] = {}
        for operator in self.draws.some((*EQUALITY, *COMPARING), 1, self.draws.choice((1, 1, 2))):
            self.draws.use(f"where.{operator} count")
            made[operator] = numbers() if operator in ("in", "nin") else number()
        return Members("CountFilter", made)

    def _filter(self, entity: Entity, field: Field, row: Row | None) -> Members:
        """Tests of one field; mostly ones that hold for the row."""
        conditions = Conditions(self.tables)
        name = f"{field.scalar.name}Filter"
        for _ in range(self.draws.choice((1, 4, 4))):
            operators = self.draws.some(self.operators(entity, field), 1, 2)
            made = Members(name, {operator: self._test(entity, field, operator) for operator in operators})
            sent = Spelling(Draws(0)).json(made)
            if row is None or conditions.member(field.name, sent, entity, row) is True:
                break
        for operator in made.members:
            self.draws.use(f"where.{operator} {'enum' if field.scalar.is_enum else field.scalar.name}")
        return made

    def operators(self, entity: Entity, field: Field) -> list[str]:
        """The operators a field offers and that all databases answer alike."""
        kind = field.scalar.operators
        found = ["isNull"]
        if kind is not Operators.NONE:
            found += EQUALITY
        if kind in (Operators.ORDER, Operators.TEXT):
            found += COMPARING
        if kind is Operators.TEXT:
            texts = (*PARTS, *PATTERNS)
            found += texts if self.operands.folds(entity, field) else [o for o in texts if o[0] != "i"]
        return found

    def _test(self, entity: Entity, field: Field, operator: str) -> Input:
        def test() -> Input:
            if operator == "isNull":
                flag = self.draws.chance(0.5 if field.nullable else 0.1)
                return Leaf("Boolean", flag, str(flag).lower(), test)
            if operator in ("in", "nin"):
                count = self.draws.choice((0, 1, 1, 2, 3, 5, 9))
                found = tuple(self.operands.leaf(entity, field) for _ in range(count))
                return Items(f"[{field.scalar.name}!]", found, test)
            if operator in PARTS:
                made = self.operands.part(entity, field, operator)
            elif operator in PATTERNS:
                made = self.operands.pattern(entity, field, operator)
            else:
                made = self.operands.leaf(entity, field)
            return Leaf(made.type, made.value, made.text, test)

        return test()

    def _id_filter(self, entity: Entity) -> Members:
        operator = self.draws.choice(EQUALITY)
        self.draws.use(f"where.{operator} ID")
        if operator in ("eq", "neq"):
            return Members("IDFilter", {operator: self.operands.id(entity)})
        ids = tuple(self.operands.id(entity) for _ in range(self.draws.choice((0, 1, 2, 8, 20))))
        return Members("IDFilter", {operator: Items("[ID!]", ids)})

    def unique_key(self, entity: Entity, unique: UniqueKey) -> Input:
        """A value, or an object of several, that may tell a row apart."""
        leaves = {name: self.operands.leaf(entity, entity.fields[name]) for name in unique.fields}
        if len(leaves) == 1:
            return leaves[unique.fields[0]]
        kind = f"{entity.name}{unique.name[0].upper()}{unique.name[1:]}Key"
        return Members(kind, dict(leaves))

    # Pages

    def page(self, entity: Entity, order: Order, most: int) -> dict[str, Leaf]:
        """Arguments of a page of about `most` rows at most."""
        cursors = self.cursors.pool.get((entity.name, order), [])
        names = self.draws.weighted(PAGES)
        driven = Orders(self.draws, self.tables, self.cursors).is_driven(order, entity)
        if not cursors or (driven and not allowed("a cursor in a list driven by another source")):
            names = tuple(name for name in names if name not in ("after", "before"))
        if most < 20 and "first" not in names and "last" not in names:
            names = ("first", *names)
        self.draws.use(f"page: {' '.join(names) or 'default'}")
        return {name: self._page_argument(name, cursors, most) for name in names}

    def _page_argument(self, name: str, cursors: list[str], most: int) -> Leaf:
        def drawn() -> Leaf:
            if name in ("after", "before"):
                return text_leaf("String", self.draws.choice(cursors), drawn)
            if name == "offset":
                number = self.draws.choice((0, 1, 1, 1, 2, 2, 3, 7, 1000))
            else:
                number = self.draws.choice((0, 1, 1, 1, 2, 2, 2, 3, 3, 5, 10, 50, 1000))
                number = min(number, most) if most < 20 else number
            return Leaf("Int", number, str(number), drawn)

        return drawn()
