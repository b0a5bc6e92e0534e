"""Random `groups` of a list: their arguments as a client writes them, and what is selected of them."""

from collections.abc import Callable
from dataclasses import dataclass

from gateway.catalog.groups import UNITS, dated_fields, groupable_fields
from gateway.catalog.types import Entity, Field
from tests.differential.arguments import COMPARING, EQUALITY, Arguments
from tests.differential.draws import Draws
from tests.differential.excluded import allowed
from tests.differential.groups import GroupKey, end_of
from tests.differential.measures import fields_of
from tests.differential.orders import DIRECTIONS
from tests.differential.spelling import Input, Items, Leaf, Members, Spelling

FURTHEST = 3
"""Most to-one relations in a row of one key."""


@dataclass(frozen=True)
class Groupings:
    """Draws `groups` over rows of an entity; `alias` gives names that are free."""

    arguments: Arguments
    spelling: Spelling
    alias: Callable[[], str]

    @property
    def draws(self) -> Draws:
        return self.arguments.draws

    def text(self, entity: Entity, aggregate: Callable[[], str]) -> str:
        """A selection of groups, under a name of its own."""
        keys = list(dict.fromkeys(self.key(entity) for _ in range(self.draws.choice((1, 1, 2, 2, 3)))))
        by = Items(f"[{entity.name}GroupBy!]", tuple(self.spelled(key, entity) for key in keys))
        written = [self.spelling.argument("by", by, non_null=True)]
        if self.draws.chance(0.35):
            written.append(self.spelling.argument("having", self.having(entity, 2)))
        if self.draws.chance(0.5):
            written.append(self.spelling.argument("orderBy", self.order_by(entity, keys)))
        if self.draws.chance(0.4):
            number = self.draws.choice((0, 1, 2, 3, 5, 100))
            written.append(self.spelling.argument("first", Leaf("Int", number, str(number))))
        shown = [key for key in keys if self.draws.chance(0.9)]
        if self.draws.chance(0.2):
            shown.append(self.key(entity))
        parts = [f"key {self.shown(shown)}"] if shown else []
        if not parts or self.draws.chance(0.8):
            parts.append(f"aggregate {aggregate()}")
        arguments = ", ".join(self.draws.sample(written, len(written)))
        return f"{self.alias()}: groups({arguments}) {{ {' '.join(parts)} }}"

    # Keys

    def key(self, entity: Entity) -> GroupKey:
        path: tuple[str, ...] = ()
        far = ""
        while len(path) < FURTHEST and self.draws.chance(0.45):
            ones = [relation for relation in entity.relations.values() if not relation.many]
            if not ones:
                break
            relation = self.draws.choice(ones)
            path, far = (*path, relation.name), far + ("r" if relation.remote else "l")
            entity = self.arguments.tables.catalog.entities[relation.target]
        dated = dated_fields(entity)
        if dated and self.draws.chance(0.35):
            self.draws.use(f"groups by date{' through ' + far if far else ''}")
            return GroupKey(path, self.draws.choice(dated).name, self.draws.choice(UNITS))
        self.draws.use(f"groups by field{' through ' + far if far else ''}")
        return GroupKey(path, self.draws.choice(groupable_fields(entity)).name)

    def spelled(self, key: GroupKey, entity: Entity) -> Members:
        owners = [
            end_of(key.path[:length], entity, self.arguments.tables.catalog)
            for length in range(len(key.path) + 1)
        ]
        end = owners.pop()
        if key.unit is None:
            made = Members(
                f"{end.name}GroupBy", {"field": _label(f"{end.name}FieldName", key.field)}, one_of=True
            )
        else:
            parts = {
                "field": _label(f"{end.name}DateFieldName", key.field),
                "unit": _label("DateUnit", key.unit),
            }
            made = Members(
                f"{end.name}GroupBy",
                {"date": Members(f"{end.name}DateGroup", parts, one_of=True)},
                one_of=True,
            )
        for owner, name in zip(reversed(owners), reversed(key.path), strict=True):
            made = Members(f"{owner.name}GroupBy", {name: made}, one_of=True)
        return made

    def shown(self, keys: list[GroupKey], depth: int = 0) -> str:
        """The selection of keys, each relation once."""
        parts: list[str] = []
        here = [key for key in keys if len(key.path) == depth]
        fields = dict.fromkeys(key.field for key in here if key.unit is None)
        dates = [key for key in here if key.unit is not None]
        if fields:
            parts.append(f"field {{ {' '.join(fields)} }}")
        if dates:
            texts = [f"{self.alias()}: {key.field}{self.unit(key)}" for key in dates]
            parts.append(f"date {{ {' '.join(texts)} }}")
        for name in dict.fromkeys(key.path[depth] for key in keys if len(key.path) > depth):
            below = [key for key in keys if key.path[depth : depth + 1] == (name,)]
            parts.append(f"{name} {self.shown(below, depth + 1)}")
        return f"{{ {' '.join(self.draws.sample(parts, len(parts)))} }}"

    def unit(self, key: GroupKey) -> str:
        return f"(unit: {key.unit})" if self.draws.chance(0.7) else ""

    # having

    def having(self, entity: Entity, depth: int) -> Members:
        ways = {"count": 3.0, "countDistinct": 1.5, "sum": 2, "min": 1, "max": 1}
        ways = {way: weight for way, weight in ways.items() if way == "count" or self._fields(way, entity)}
        if depth:
            ways |= {"and": 0.7, "or": 1, "not": 1}
        members: dict[str, Input] = {}
        for _ in range(self.draws.choice((1, 1, 2))):
            way = self.draws.weighted(ways)
            self.draws.use(f"having {way}")
            members[way] = self._having(way, entity, depth)
        return Members(f"{entity.name}Having", members)

    def _having(self, way: str, entity: Entity, depth: int) -> Input:
        if way in ("and", "or"):
            parts = tuple(self.having(entity, depth - 1) for _ in range(self.draws.choice((0, 1, 2))))
            return Items(f"[{entity.name}Having!]", parts)
        if way == "not":
            return self.having(entity, depth - 1)
        if way == "count":
            return self.arguments.count_filter(2)
        field = self.draws.choice(self._fields(way, entity))
        test = self.arguments.count_filter(1) if way == "countDistinct" else self._test(way, entity, field)
        return Members(f"{entity.name}{way[0].upper()}{way[1:]}Having", {field.name: test})

    def _fields(self, way: str, entity: Entity) -> list[Field]:
        return [field for field in fields_of(entity, way) if _comparable(way, field)]

    def _test(self, way: str, entity: Entity, field: Field) -> Members:
        name = "BigInt" if way == "sum" and field.scalar.name == "Int" else field.scalar.name
        operator = self.draws.choice((*EQUALITY, *COMPARING, "isNull"))
        if operator == "isNull":
            flag = self.draws.chance(0.5)
            return Members(f"{name}Filter", {operator: Leaf("Boolean", flag, str(flag).lower())})
        leaves = [self._operand(name, entity, field) for _ in range(2)]
        listed = Items(f"[{name}!]", tuple(leaves[: self.draws.choice((0, 1, 2))]))
        return Members(f"{name}Filter", {operator: listed if operator in ("in", "nin") else leaves[0]})

    def _operand(self, name: str, entity: Entity, field: Field) -> Leaf:
        leaf = self.arguments.operands.leaf(entity, field)
        return Leaf(name, leaf.value, leaf.text)

    # orderBy

    def order_by(self, entity: Entity, keys: list[GroupKey]) -> Items:
        steps = [self._step(entity, keys) for _ in range(self.draws.choice((1, 1, 2)))]
        return Items(f"[{entity.name}GroupOrderBy!]", tuple(steps))

    def _step(self, entity: Entity, keys: list[GroupKey]) -> Members:
        label = self.draws.choice(DIRECTIONS)
        direction = Leaf("SortOrder", label, label)
        way = self.draws.choice(("count", "key", "key", "sum", "min", "max"))
        fields = [
            field
            for field in (fields_of(entity, way) if way in ("sum", "min", "max") else ())
            if _comparable(way, field) and allowed(f"order by {way} of {field.scalar.name}")
        ]
        self.draws.use(f"groups ordered by {way}")
        if way == "key":
            by = self.spelled(self.draws.choice(keys), entity)
            made: Input = Members(
                f"{entity.name}GroupKeyOrderBy", {"by": by, "order": direction}, one_of=True
            )
        elif fields:
            inner = f"{entity.name}{way.capitalize()}OrderBy"
            made = Members(inner, {self.draws.choice(fields).name: direction}, one_of=True)
        else:
            way, made = "count", direction
        return Members(f"{entity.name}GroupOrderBy", {way: made}, one_of=True)


def _comparable(way: str, field: Field) -> bool:
    """Whether a measure may be compared and sorted by; sums of BigInt are not offered, of Float not exact."""
    return way != "sum" or field.scalar.name in ("Int", "Decimal")


def _label(kind: str, name: str) -> Leaf:
    return Leaf(kind, name, name)
