"""Random arguments of lists: `where`, `orderBy` and pages."""

from dataclasses import dataclass

from gateway.catalog.types import Entity, Field, Operators
from tests.differential.compare import Cursors
from tests.differential.data import Row
from tests.differential.draws import Draws
from tests.differential.lists import Order, Term, order_of
from tests.differential.operands import Operands
from tests.differential.spelling import Input, Items, Leaf, Members, Spelling, text_leaf
from tests.differential.tables import Tables
from tests.differential.where import Conditions

EQUALITY = ("eq", "neq", "in", "nin")
COMPARING = ("gt", "gte", "lt", "lte")
PARTS = ("contains", "startsWith", "endsWith", "iContains", "iStartsWith", "iEndsWith")
PATTERNS = ("like", "iLike")

DIRECTIONS = ("ASC", "DESC", "ASC_NULLS_FIRST", "ASC_NULLS_LAST", "DESC_NULLS_FIRST", "DESC_NULLS_LAST")

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

    # where

    def where(self, entity: Entity, depth: int = 2) -> Members:
        """A condition that mostly holds for one row at least."""
        rows = self.tables.rows(entity)
        row = self.draws.choice(rows) if rows and self.draws.chance(0.85) else None
        return self._where(entity, depth, row)

    def _where(self, entity: Entity, depth: int, row: Row | None) -> Members:
        members: dict[str, Input] = {}
        if self.draws.chance(0.03):
            self.draws.use("where {}")
            return Members(f"{entity.name}Where", members, redraw=lambda: self.where(entity))
        ways = {"field": 10.0, "id": 0.7} | ({"and": 1.5, "or": 2, "not": 1.5} if depth else {})
        for _ in range(self.draws.choice((1, 1, 1, 2, 3))):
            way = self.draws.weighted(ways)
            if way == "field":
                field = self.draws.choice(list(entity.fields.values()))
                members[field.name] = self._filter(entity, field, row)
            elif way == "id":
                members["id"] = self._id_filter(entity)
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

    # orderBy

    def order_by(self, entity: Entity) -> tuple[Items | None, Order]:
        """An `orderBy`, mostly one for which cursors are known, and the complete order it makes."""
        known = [order for name, order in self.cursors.pool if name == entity.name]
        if known and self.draws.chance(0.6):
            steps = [(term.field, self._direction(term)) for term in self.draws.choice(known)]
        else:
            sortable = [name for name, field in entity.fields.items() if field.scalar.sortable]
            nullable = [name for name in sortable if entity.fields[name].nullable]
            names = self.draws.choices(sortable, k=self.draws.choice((0, 1, 1, 1, 2, 2, 3)))
            if nullable and self.draws.chance(0.4):
                names = [self.draws.choice(nullable), *names[1:]]
            steps = [(name, self.draws.choice(DIRECTIONS)) for name in names]
        order = order_of([{name: direction} for name, direction in steps], entity)
        if not steps and self.draws.chance(0.7):
            return None, order
        for name, direction in steps:
            scalar = entity.fields[name].scalar
            self.draws.use(f"order.{direction}{' over nulls' if entity.fields[name].nullable else ''}")
            self.draws.use(f"order by {'enum' if scalar.is_enum else scalar.name}")
        items = tuple(
            Members(f"{entity.name}OrderBy", {name: Leaf("SortOrder", direction, direction)}, one_of=True)
            for name, direction in steps
        )
        return Items(f"[{entity.name}OrderBy!]", items), order

    def _direction(self, term: Term) -> str:
        bare = "DESC" if term.descending else "ASC"
        if term.nulls_first:
            return f"{bare}_NULLS_FIRST"
        return bare if self.draws.chance(0.8) else f"{bare}_NULLS_LAST"

    # Pages

    def page(self, entity: Entity, order: Order, most: int) -> dict[str, Leaf]:
        """Arguments of a page of about `most` rows at most."""
        cursors = self.cursors.pool.get((entity.name, order), [])
        names = self.draws.weighted(PAGES)
        if not cursors:
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
