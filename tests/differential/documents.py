"""Random documents over a catalog: operations, fragments, selections at every depth."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from gateway.catalog.types import Catalog, Entity, Relation
from tests.differential.arguments import Arguments
from tests.differential.compare import Cursors
from tests.differential.draws import Draws
from tests.differential.excluded import allowed
from tests.differential.grouped import Groupings
from tests.differential.measures import FUNCTIONS, fields_of
from tests.differential.scopes import Asked, Fragment, Scope
from tests.differential.spelling import Items, Leaf, Members, Spelling
from tests.differential.tables import Tables

WIDEST = 120
"""Rows expected in one list over all parents from which on nothing more is nested."""
CHILDREN = 3
"""Rows expected in a relation of one row."""


@dataclass(frozen=True)
class Written:
    """A document, the operation to run, and one or more sets of variables to run it with."""

    text: str
    operation: str | None
    variables: tuple[Mapping[str, Any], ...]


def write_document(draws: Draws, tables: Tables, cursors: Cursors) -> Written:
    """A random document. It may still be invalid where fragments select conflicting fields."""
    names = count()
    operations = [
        _Operation(draws, Arguments(draws, tables, cursors), names)
        for _ in range(draws.choice((1, 1, 1, 1, 1, 1, 1, 2, 3)))
    ]
    several = len(operations) > 1
    texts = []
    for number, operation in enumerate(operations):
        shorthand = not several and draws.chance(0.5)
        texts.append(operation.text(None if shorthand else f"Operation{number}"))
    chosen = draws.randrange(len(operations))
    operation = operations[chosen]
    variables = [operation.spelling.values()]
    if operation.spelling.variables and draws.chance(0.4):
        draws.use("document with other variables")
        variables += [operation.spelling.other_values() for _ in range(2)]
    named = several or draws.chance(0.3)
    if several:
        draws.use("several operations")
    name = f"Operation{chosen}" if named and operation.named else None
    return Written("\n".join(draws.sample(texts, len(texts))), name, tuple(variables))


@dataclass
class _Operation:
    """One operation being written, with the fragments it uses."""

    draws: Draws
    arguments: Arguments
    names: "count[int]"
    spelling: Spelling = field(init=False)
    fragments: list[Fragment] = field(default_factory=list)
    named: bool = False

    def __post_init__(self) -> None:
        self.spelling = Spelling(self.draws)

    @property
    def catalog(self) -> Catalog:
        return self.arguments.tables.catalog

    def text(self, name: str | None) -> str:
        scope = Scope("Query")
        roots = [self.root(scope) for _ in range(self.draws.choice((1, 1, 1, 1, 2, 3)))]
        if self.draws.chance(0.1):
            roots.append(self.leaf("__typename", scope))
        body = f"{{ {' '.join(roots)} }}"
        definitions = self.spelling.definitions()
        if name is not None or definitions:
            self.named = True
            body = f"query {name or 'Operation0'}{definitions} {body}"
        return "\n".join([body, *(fragment.definition for fragment in self.fragments)])

    def alias(self) -> str:
        return f"x{next(self.names)}"

    # Roots

    def entity(self) -> Entity:
        """Seldom one without rows."""
        entities = list(self.catalog.entities.values())
        filled = [entity for entity in entities if self.arguments.tables.rows(entity)]
        return self.draws.choice(filled if self.draws.chance(0.97) else entities)

    def root(self, scope: Scope) -> str:
        entity = self.entity()
        way = self.draws.weighted({"many": 10, "one": 1, "by": 1.5, "node": 1, "nodes": 1.5, "again": 1})
        again = scope.again(self.draws) if way == "again" else None
        if again is not None:
            return self.repeated(again)
        self.draws.use(f"root: {way if way != 'again' else 'many'}")
        if way == "one":
            arguments = self.spelling.argument("id", self.arguments.operands.id(entity), non_null=True)
            return self.object_field(Asked(entity.singular, f"({arguments})", entity), scope, 3, 1)
        if way == "by":
            return self.by(entity, scope)
        if way in ("node", "nodes"):
            return self.nodes(way, scope)
        return self.connection_field(entity.plural, entity, scope, 3, 1)

    def by(self, entity: Entity, scope: Scope) -> str:
        unique = self.draws.choice(entity.unique_keys)
        value = self.arguments.unique_key(entity, unique)
        self.draws.use(f"root: by {'several columns' if len(unique.fields) > 1 else value.type}")
        key = Members(f"{entity.name}UniqueKey", {unique.name: value}, one_of=True)
        arguments = self.spelling.argument("key", key, non_null=True)
        return self.object_field(Asked(f"{entity.singular}By", f"({arguments})", entity), scope, 3, 1)

    def nodes(self, way: str, scope: Scope) -> str:
        entities = list({entity.name: entity for entity in (self.entity() for _ in range(2))}.values())
        count_of_ids = 1 if way == "node" else self.draws.choice((0, 1, 2, 4, 9))
        ids = [self.arguments.operands.id(self.draws.choice(entities)) for _ in range(count_of_ids)]
        if len(ids) > 2:
            ids.append(ids[0])
        given = ids[0] if way == "node" else Items("[ID!]", tuple(ids))
        argument = self.spelling.argument("id" if way == "node" else "ids", given, non_null=True)
        parts = ["id", *(["__typename"] if self.draws.chance(0.6) else [])]
        for entity in entities:
            # Entities may have fields of one name and different types, so each gets names of its own.
            inner = self.selection(entity, Scope(entity.name, aliased=True), 2, 3)
            parts.append(f"... on {entity.name}{self.directives()} {inner}")
        key = self.alias()
        return f"{key}: {way}({argument}) {{ {' '.join(self.draws.sample(parts, len(parts)))} }}"

    # Entities

    def selection(self, entity: Entity, scope: Scope, depth: int, width: float) -> str:
        """A selection set of an entity of which about `width` rows are expected."""
        parts = [self.leaf(name, scope) for name in self.leaf_names(entity)]
        if depth and width <= WIDEST:
            relations = self.draws.choice((0, 0, 1, 1, 1, 2))
            parts += [self.relation(entity, scope, depth - 1, width) for _ in range(relations)]
        fragments = self.draws.choice((0, 0, 0, 0, 0, 1, 2))
        parts += [self.fragment(entity, scope, depth, width) for _ in range(fragments)]
        return f"{{ {' '.join(self.draws.sample(parts, len(parts)))} }}"

    def leaf_names(self, entity: Entity) -> list[str]:
        return self.draws.some([*entity.fields, "id", "__typename"], 1, 4)

    def leaf(self, name: str, scope: Scope) -> str:
        aliased = name not in ("id", "__typename") and scope.aliased
        alias = f"{self.alias()}: " if aliased or self.draws.chance(0.12) else ""
        if not alias:
            scope.take(name, Asked(name))
        return f"{alias}{name}{self.directives()}"

    def directives(self) -> str:
        if not self.draws.chance(0.05):
            return ""
        written = []
        for name in self.draws.choice((("skip",), ("include",), ("include", "skip"))):
            flag = self.draws.chance(0.5)

            def drawn() -> Leaf:
                other = self.draws.chance(0.5)
                return Leaf("Boolean", other, str(other).lower(), drawn)

            leaf = Leaf("Boolean", flag, str(flag).lower(), drawn)
            self.draws.use(f"@{name}")
            by_variable = self.draws.chance(0.6)
            text = self.spelling.variable(leaf, non_null=True) if by_variable else leaf.text
            written.append(f" @{name}(if: {text})")
        return "".join(written)

    def relation(self, entity: Entity, scope: Scope, depth: int, width: float) -> str:
        again = scope.again(self.draws) if self.draws.chance(0.15) else None
        if again is not None:
            return self.repeated(again)
        relation = self.draws.choice(list(entity.relations.values())) if entity.relations else None
        if relation is None:
            return self.leaf("id", scope)
        self.draws.use(f"relation: {_kind(relation)}")
        target = self.catalog.entities[relation.target]
        if relation.many:
            return self.connection_field(relation.name, target, scope, depth, width * CHILDREN)
        return self.object_field(Asked(relation.name, "", target), scope, depth, width)

    def object_field(self, asked: Asked, scope: Scope, depth: int, width: float) -> str:
        asked = Asked(asked.name, asked.arguments, asked.entity, False, depth, width)
        return self.field(asked, scope)

    def connection_field(self, name: str, entity: Entity, scope: Scope, depth: int, width: float) -> str:
        arguments, rows = self.list_arguments(entity, width)
        return self.field(Asked(name, arguments, entity, True, depth, rows), scope)

    def field(self, asked: Asked, scope: Scope) -> str:
        """A field with a selection set, under its own name where that is free."""
        key = asked.name
        if scope.aliased or self.draws.chance(0.3) or not scope.free(key, asked):
            key = self.alias()
            self.draws.use("alias of an object")
        kept = scope.take(key, asked)
        prefix = "" if key == asked.name else f"{key}: "
        return f"{prefix}{asked.name}{asked.arguments}{self.directives()} {self.body(asked, kept)}"

    def repeated(self, again: tuple[str, Asked, Scope]) -> str:
        """A field that stands in the same selection set already, to be merged with it."""
        key, asked, inner = again
        self.draws.use("merged field")
        prefix = "" if key == asked.name else f"{key}: "
        return f"{prefix}{asked.name}{asked.arguments} {self.body(asked, inner)}"

    def body(self, asked: Asked, scope: Scope) -> str:
        assert asked.entity is not None
        if asked.many:
            return self.connection(asked.entity, scope, asked.depth, asked.width)
        return self.selection(asked.entity, scope, asked.depth, asked.width)

    # Fragments

    def fragment(self, entity: Entity, scope: Scope, depth: int, width: float) -> str:
        usable = [
            fragment
            for fragment in self.fragments
            if fragment.type == entity.name and not scope.aliased and scope.admits(fragment.scope)
        ]
        if usable and self.draws.chance(0.4):
            self.draws.use("fragment used again")
            used = self.draws.choice(usable)
            scope.absorb(used.scope)
            return f"...{used.name}{self.directives()}"
        way = self.draws.weighted({"inline": 3, "bare": 2, "node": 1, "node inside": 0.7, "named": 3})
        self.draws.use(f"fragment: {way}")
        if way == "node":
            return f"... on Node{self.directives()} {{ {self.leaf('id', scope)} __typename }}"
        inner_depth = max(0, depth - 1)
        if way == "node inside":
            inner = self.selection(entity, scope, inner_depth, width)
            other = self.draws.choice(list(self.catalog.entities))
            elsewhere = f"... on {other} {{ {self.alias()}: id }}"
            return f"... on Node {{ {elsewhere} ... on {entity.name} {inner} }}"
        if way == "named" and not scope.aliased:
            return self.named_fragment(entity, scope, inner_depth, width)
        condition = "" if way == "bare" else f" on {entity.name}"
        return f"...{condition}{self.directives()} {self.selection(entity, scope, inner_depth, width)}"

    def named_fragment(self, entity: Entity, scope: Scope, depth: int, width: float) -> str:
        own = Scope(entity.name)
        body = self.selection(entity, own, depth, width)
        fragment = Fragment(f"F{next(self.names)}", entity.name, body, own)
        self.fragments.append(fragment)
        if not scope.admits(own):
            # The document still defines it, so it must be used: below an inline fragment of its own.
            self.draws.use("fragment with a conflict")
        scope.absorb(own)
        return f"...{fragment.name}{self.directives()}"

    # Connections

    def list_arguments(self, entity: Entity, width: float) -> tuple[str, float]:
        """Arguments of a list and how many rows to expect of it."""
        most = 1000 if width <= WIDEST / CHILDREN else 2
        order_by, order = self.arguments.order_by(entity)
        written: list[str] = []
        if self.draws.chance(0.45 if width == 1 else 0.3):
            where = self.arguments.where(entity)
            whole = self.draws.chance(0.15)
            text = self.spelling.variable(where) if whole else self.spelling.spell(where)
            written.append(f"where: {text}")
        elif self.draws.chance(0.05):
            written.append(f"where: {self.spelling.missing(f'{entity.name}Where')}")
        if order_by is not None:
            whole = self.draws.chance(0.15)
            text = self.spelling.variable(order_by) if whole else self.spelling.spell(order_by)
            written.append(f"orderBy: {text}")
        page = self.arguments.page(entity, order, most)
        written += [self.spelling.argument(name, value) for name, value in page.items()]
        for name in ("first", "after", "last", "before", "offset"):
            if name not in page and self.draws.chance(0.02):
                kind = "String" if name in ("after", "before") else "Int"
                written.append(f"{name}: {self.spelling.missing(kind)}")
        size = page.get("first", page.get("last"))
        rows = min(size.value if size is not None else 50, 25 if width == 1 else CHILDREN)
        text = ", ".join(self.draws.sample(written, len(written)))
        return (f"({text})" if text else "", max(1.0, rows * (width / CHILDREN if width > 1 else 1)))

    def connection(self, entity: Entity, scope: Scope, depth: int, width: float) -> str:
        parts: list[str] = []
        ways: dict[str, float] = {
            "nodes": 6,
            "edges": 4,
            "pageInfo": 4,
            "totalCount": 3,
            "aggregate": 3,
            "groups": 3,
            "__typename": 0.5,
        }
        for _ in range(self.draws.choice((1, 1, 1, 2, 2, 3))):
            way = self.draws.weighted(ways)
            self.draws.use(f"connection: {way}")
            parts.append(self.connection_part(way, entity, scope, (depth, width)))
        return f"{{ {' '.join(parts)} }}"

    def connection_part(self, way: str, entity: Entity, scope: Scope, size: tuple[int, float]) -> str:
        if way in ("totalCount", "__typename"):
            return self.leaf(way, scope)
        if way == "groups":
            groupings = Groupings(self.arguments, self.spelling, self.alias)
            return groupings.text(entity, lambda: self.aggregate(entity, Scope(f"{entity.name}Aggregate")))
        body: Callable[[Scope], str]
        if way == "nodes":
            body = lambda inner: self.selection(entity, inner, *size)  # noqa: E731
        elif way == "edges":
            body = lambda inner: self.edges(entity, inner, size)  # noqa: E731
        elif way == "aggregate":
            body = lambda inner: self.aggregate(entity, inner)  # noqa: E731
        else:
            body = self.page_info
        key = self.alias() if self.draws.chance(0.15) else way
        inner = scope.inner(key, way)
        prefix = "" if key == way else f"{key}: "
        return f"{prefix}{way}{self.directives()} {body(inner)}"

    def edges(self, entity: Entity, scope: Scope, size: tuple[int, float]) -> str:
        parts = []
        if self.draws.chance(0.7):
            parts.append(self.leaf("cursor", scope))
        if not parts or self.draws.chance(0.8):
            parts.append(f"node {self.selection(entity, scope.inner('node', 'node'), *size)}")
        if self.draws.chance(0.1):
            parts.append(self.leaf("__typename", scope))
        return f"{{ {' '.join(self.draws.sample(parts, len(parts)))} }}"

    def aggregate(self, entity: Entity, scope: Scope) -> str:
        """A selection of aggregates, of a list or of its groups."""
        parts = []
        functions = [name for name in FUNCTIONS if allowed(f"aggregate: {name}")]
        for function in self.draws.some((*functions, "count", "count", "__typename"), 1, 3):
            fields = fields_of(entity, function) if function in FUNCTIONS else []
            if not fields:
                parts.append(self.leaf(function if function not in FUNCTIONS else "count", scope))
                continue
            key = self.alias() if self.draws.chance(0.15) else function
            inner = scope.inner(key, function)
            names = self.draws.some([*(each.name for each in fields), "__typename"], 1, 3)
            self.draws.use(f"aggregate: {function}")
            prefix = "" if key == function else f"{key}: "
            leaves = " ".join(self.leaf(name, inner) for name in names)
            parts.append(f"{prefix}{function}{self.directives()} {{ {leaves} }}")
        return f"{{ {' '.join(parts)} }}"

    def page_info(self, scope: Scope) -> str:
        names = ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor", "__typename")
        return f"{{ {' '.join(self.leaf(name, scope) for name in self.draws.some(names, 1, 4))} }}"


def _kind(relation: Relation) -> str:
    ends = "to-many" if relation.many else "to-one"
    if relation.through is not None:
        ends = "many-to-many"
    elif relation.owner == relation.target:
        ends = f"self {ends}"
    return f"{'remote' if relation.remote else 'local'} {ends}"
