"""From rows to the answer: nested dicts and lists, ready to be encoded.

Each entity selection becomes one generated function from row to dict; each record is shaped once, however
many parents share it. A value that cannot be shown becomes a `Broken` in its place, and only then does
`settle` walk the answer once to let nulls bubble and to report errors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.catalog.measures import Measure
from gateway.errors import GatewayError, NullInNonNull
from gateway.query.grouped import GroupShaper, group_shaper
from gateway.query.ids import encode_cursor, encode_id
from gateway.query.join import Failure, GroupLists, Measures, RankList, Result, Row, Rows
from gateway.query.plan.types import (
    Aggregate,
    AggregateShape,
    ConnectionMemberShape,
    ConnectionShape,
    CountShape,
    CursorShape,
    EdgesShape,
    FunctionShape,
    Groups,
    GroupsShape,
    IdShape,
    ManyShape,
    MeasureShape,
    MemberShape,
    NameShape,
    NodesShape,
    ObjectShape,
    OneShape,
    PageInfoShape,
    Plan,
    RefusedShape,
    Sorted,
    SortSlot,
    ValueShape,
)
from gateway.query.selection import Page
from gateway.query.sql.measure import MeasureValues

Leaf = Callable[[Any], Any]
Leaves = Callable[[ValueShape, int], Leaf | None]
RowShaper = Callable[[Row], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PageRows:
    """The rows of one page, the key of its parent, and whether the list goes on."""

    key: Any
    rows: list[Row]
    more: bool


PagePart = Callable[[PageRows], Any]


class Broken:
    """Stands where a value should be, until `settle` turns it into null and an error."""

    __slots__ = ("error",)

    def __init__(self, error: GatewayError) -> None:
        self.error = error


@dataclass(slots=True)
class Answered:
    """What one operation brought, while it is being shaped. `troubled` says that a `Broken` was placed."""

    results: list[Result]
    troubled: bool = False

    def broken(self, error: GatewayError) -> Broken:
        self.troubled = True
        return Broken(error)


@dataclass(slots=True)
class ObjectShaper:
    """Shapes the rows of one entity selection. Made once per prepared operation, bound once per answer."""

    shape: ObjectShape
    names: dict[str, Any]
    links: "list[tuple[str, OneShaper | ConnectionShaper]]"
    generate: Callable[..., RowShaper]
    members: Callable[..., list[tuple[str, Callable[[Row], Any]]]]

    def bind(self, answered: Answered) -> RowShaper:
        """The row function for one answer: relations below are shaped first."""
        found = {name: link.bind(answered) for name, link in self.links}
        found["broken"] = answered.broken
        careful_members: list[tuple[str, Callable[[Row], Any]]] = []

        def careful(row: Row) -> dict[str, Any]:
            if not careful_members:
                careful_members.extend(self.members(**found))
            shaped: dict[str, Any] = {}
            for key, member in careful_members:
                try:
                    shaped[key] = member(row)
                except GatewayError as error:
                    shaped[key] = answered.broken(error)
            return shaped

        return self.generate(careful=careful, **found)


@dataclass(slots=True)
class OneShaper:
    shape: OneShape
    object: ObjectShaper

    def bind(self, answered: Answered) -> Callable[[Any], Any]:
        """From the parent's key to the shaped record, None, or a `Broken`."""
        result = answered.results[self.shape.node]
        if isinstance(result, Failure):
            failure = answered.broken(result.error)
            return lambda key: None if _absent(key) else failure
        assert isinstance(result, Rows)
        shape_row = self.object.bind(answered)
        shaped = {key: shape_row(row) for key, row in result.one.items()}
        if self.shape.nullable:
            return shaped.get
        return lambda key: shaped[key] if key in shaped else answered.broken(_missing(self.shape.key))


@dataclass(slots=True)
class ConnectionShaper:
    shape: ConnectionShape
    objects: dict[int, ObjectShaper]
    aggregates: "dict[int, Callable[[Row | None], dict[str, Any]]]"
    groups: dict[int, GroupShaper]
    cursor: "CursorShaper"

    def bind(self, answered: Answered) -> Callable[[Any], Any]:
        """From the parent's key to its shaped page."""
        page = self.page(answered)
        if isinstance(page, Broken):
            return lambda _: page
        rows = answered.results[self.shape.node] if self.shape.node is not None else None
        pages = rows.many if isinstance(rows, Rows) else {}
        more = rows.more if isinstance(rows, Rows) else set()
        shaped: dict[Any, dict[str, Any]] = {}

        def at(key: Any) -> dict[str, Any]:
            found = shaped.get(key)
            if found is None:
                found = shaped[key] = page(key, pages.get(key, []), key in more)
            return found

        return at

    def root(self, answered: Answered) -> Any:
        page = self.page(answered)
        if isinstance(page, Broken):
            return page
        rows = answered.results[self.shape.node] if self.shape.node is not None else Rows([])
        assert isinstance(rows, Rows)
        return page((), rows.rows, () in rows.more)

    def page(self, answered: Answered) -> "Broken | Callable[[Any, list[Row], bool], dict[str, Any]]":
        """The function that shapes one page of this connection."""
        if self.shape.node is not None:
            result = answered.results[self.shape.node]
            if isinstance(result, Failure):
                return answered.broken(result.error)
        parts = [(member.key, self.part(member, answered)) for member in self.shape.members]

        def shape_page(key: Any, rows: list[Row], more: bool) -> dict[str, Any]:
            page = PageRows(key, rows, more)
            return {name: part(page) for name, part in parts}

        return shape_page

    def part(self, member: ConnectionMemberShape, answered: Answered) -> PagePart:
        match member:
            case NameShape(_, name):
                return lambda _: name
            case NodesShape():
                shape_row = self.objects[id(member)].bind(answered)
                return lambda page: [shape_row(row) for row in page.rows]
            case EdgesShape():
                edge = self.edge(member, answered)
                return lambda page: [edge(row) for row in page.rows]
            case PageInfoShape():
                cursor = self.cursor.bind(answered)
                return lambda page: self.page_info(member, page, cursor)
            case CountShape(_, node, position):
                return _measure_part(
                    answered.results[node], answered, lambda row: 0 if row is None else row[position]
                )
            case AggregateShape():
                return _measure_part(answered.results[member.node], answered, self.aggregates[id(member)])
            case GroupsShape():
                return _groups_part(answered.results[member.node], answered, self.groups[id(member)])

    def edge(self, member: EdgesShape, answered: Answered) -> Callable[[Row], dict[str, Any]]:
        parts: list[tuple[str, Callable[[Row], Any]]] = []
        for part in member.members:
            if isinstance(part, NameShape):
                parts.append((part.key, _always(part.name)))
            elif isinstance(part, CursorShape):
                parts.append((part.key, self.cursor.bind(answered)))
            else:
                parts.append((part.key, self.objects[id(part)].bind(answered)))
        return lambda row: {key: part(row) for key, part in parts}

    def page_info(
        self, member: PageInfoShape, rows: PageRows, cursor: Callable[[Row], str]
    ) -> dict[str, Any]:
        page = self.shape.page
        answer: dict[str, Any] = {}
        for part in member.members:
            if isinstance(part, NameShape):
                answer[part.key] = part.name
                continue
            key, name = part
            if name == "hasNextPage":
                answer[key] = _skips(page) if page.backward else rows.more
            elif name == "hasPreviousPage":
                answer[key] = rows.more if page.backward else _skips(page)
            elif not rows.rows:
                answer[key] = None
            else:
                answer[key] = cursor(rows.rows[0 if name == "startCursor" else -1])
        return answer


def _skips(page: Page) -> bool:
    """Whether the page does not begin where its list does, counted in the direction of paging."""
    near = page.before if page.backward else page.after
    return near is not None or page.offset is not None


def _measure_part(result: Result, answered: Answered, show: Callable[[Row | None], Any]) -> PagePart:
    """A part made of the measures of a page's parent; without rows there is none."""
    if isinstance(result, Failure):
        failure = answered.broken(result.error)
        return lambda _: failure
    assert isinstance(result, Measures)
    rows = result.rows
    return lambda page: show(rows.get(page.key))


def _groups_part(result: Result, answered: Answered, shaper: GroupShaper) -> PagePart:
    """The groups of a page's parent; a value that cannot be shown costs the whole list of them."""
    if isinstance(result, Failure):
        failure = answered.broken(result.error)
        return lambda _: failure
    assert isinstance(result, GroupLists)
    lists, show = result.lists, shaper(answered.results)

    def groups(page: PageRows) -> Any:
        try:
            return [show(row) for row in lists.get(page.key, ())]
        except GatewayError as error:
            return answered.broken(error)

    return groups


@dataclass(frozen=True, slots=True)
class CursorShaper:
    """Cursors of one list. A sort value that another source ranked is looked up by its rank."""

    entity: str
    order: str
    slots: tuple[SortSlot, ...]
    leaves: tuple[Leaf | None, ...]

    def bind(self, answered: Answered) -> Callable[[Row], str]:
        parts = [self.part(slot, leaf, answered) for slot, leaf in zip(self.slots, self.leaves, strict=True)]
        return lambda row: encode_cursor(self.entity, self.order, [part(row) for part in parts])

    def part(self, slot: SortSlot, leaf: Leaf | None, answered: Answered) -> Callable[[Row], Any]:
        position = slot.position
        if slot.ranks is not None:
            ranked = answered.results[slot.ranks]
            values = {0: 0, **ranked.values} if isinstance(ranked, RankList) else {}
            return lambda row: values.get(row[position])
        if leaf is None:
            return lambda row: row[position]
        return lambda row: None if row[position] is None else leaf(row[position])


def _always(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


def _absent(key: Any) -> bool:
    return key is None or (isinstance(key, tuple) and None in key)


def _missing(name: str) -> NullInNonNull:
    return NullInNonNull(
        f"{name!r} is declared non-null, but the database holds no value for it.",
        hint="Declare the column or relation nullable, or mend the row.",
    )


# Making shapers ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class ShaperFactory:
    """Compiles shapes. `leaf` gives the conversion of a column in a node's rows, `key` that of a join key."""

    plan: Plan
    leaf: Callable[[int, Any], Leaf | None]
    key: Callable[[int, tuple[int, ...]], Callable[[Row], Any]]
    measures: Callable[[int], MeasureValues]
    group_leaf: Callable[[int, Sorted], Leaf | None]

    def object(self, shape: ObjectShape) -> ObjectShaper:
        source = _Source(self)
        expressions = [(member, source.expression(member, shape)) for member in shape.members]
        arguments = ", ".join([*(name for name, _ in source.links), "broken", "careful=None"])
        nulls = " or ".join(
            f"r[{member.position}] is None"
            for member in shape.members
            if isinstance(member, ValueShape) and not member.field.nullable
        )
        body = ", ".join(f"{member.key!r}: {text}" for member, text in expressions)
        careful = ", ".join(
            f"({member.key!r}, lambda r: {_guarded(member, text)})" for member, text in expressions
        )
        code = (
            f"def generate({arguments}):\n"
            f"    def row(r):\n"
            f"        try:\n"
            f"            if {nulls or 'False'}: return careful(r)\n"
            f"            return {{{body}}}\n"
            f"        except GatewayError:\n"
            f"            return careful(r)\n"
            f"    return row\n"
            f"def members({arguments}):\n"
            f"    return [{careful}]\n"
        )
        names = source.names | {"GatewayError": GatewayError, "missing": _missing}
        exec(compile(code, f"<shape of {shape.entity.name}>", "exec"), names)  # only names and positions
        return ObjectShaper(shape, names, source.links, names["generate"], names["members"])

    def connection(self, shape: ConnectionShape) -> ConnectionShaper:
        objects: dict[int, ObjectShaper] = {}
        for member in shape.members:
            if isinstance(member, NodesShape):
                objects[id(member)] = self.object(member.shape)
            elif isinstance(member, EdgesShape):
                for part in member.members:
                    if not isinstance(part, NameShape | CursorShape):
                        objects[id(part)] = self.object(part.shape)
        aggregates = {
            id(member): self.aggregate(member)
            for member in shape.members
            if isinstance(member, AggregateShape)
        }
        groups = {
            id(member): group_shaper(member, self.group_leaf, self.aggregate)
            for member in shape.members
            if isinstance(member, GroupsShape)
        }
        return ConnectionShaper(shape, objects, aggregates, groups, self.cursor(shape))

    def cursor(self, shape: ConnectionShape) -> CursorShaper:
        leaves = tuple(self.sort_leaf(shape, slot) for slot in shape.cursor)
        return CursorShaper(shape.entity.name, shape.fingerprint, shape.cursor, leaves)

    def sort_leaf(self, shape: ConnectionShape, slot: SortSlot) -> Leaf | None:
        if slot.ranks is not None or shape.node is None:
            return None
        if slot.field is not None:
            # Only an entity's own enum is read as its column has it; elsewhere the label is selected.
            label = slot.field.scalar.is_enum and bool(slot.term.path)
            return None if label else self.leaf(shape.node, slot.field)
        assert slot.term.function is not None
        return (
            self.measures(shape.node)
            .of(slot.term.end(slot.entity))
            .leaf(Measure(slot.term.function, slot.term.field))
        )

    def aggregate(self, shape: AggregateShape) -> Callable[[Row | None], dict[str, Any]]:
        """From a row of measures, None when there is no row at all, to the object."""
        node = self.plan.nodes[shape.node]
        assert isinstance(node, Aggregate | Groups)
        values = self.measures(shape.node)

        def show(member: NameShape | MeasureShape) -> Callable[[Row | None], Any]:
            if isinstance(member, NameShape):
                return _always(member.name)
            return _measure(member.measure, member.position, values)

        parts = [
            (member.key, _object([(inner.key, show(inner)) for inner in member.members]))
            if isinstance(member, FunctionShape)
            else (member.key, show(member))
            for member in shape.members
        ]
        return _object(parts)


def _object(parts: list[tuple[str, Callable[[Row | None], Any]]]) -> Callable[[Row | None], dict[str, Any]]:
    return lambda row: {key: part(row) for key, part in parts}


def _measure(measure: Measure, start: int, values: MeasureValues) -> Callable[[Row | None], Any]:
    """Reads one measure; over no rows counts are 0 and everything else is null."""
    if measure.function in ("count", "countDistinct"):
        return lambda row: 0 if row is None else int(row[start])
    if measure.function == "avg":
        mean = values.average(measure)
        return lambda row: None if row is None or row[start] is None else mean(row[start], row[start + 1])
    leaf = values.leaf(measure)
    if leaf is None:
        return lambda row: None if row is None else row[start]
    return lambda row: None if row is None or row[start] is None else leaf(row[start])


class _Source:
    """The text of one row function and the objects its names stand for."""

    def __init__(self, factory: ShaperFactory) -> None:
        self.factory = factory
        self.names: dict[str, Any] = {}
        self.links: list[tuple[str, OneShaper | ConnectionShaper]] = []

    def name(self, value: Any) -> str:
        name = f"f{len(self.names)}"
        self.names[name] = value
        return name

    def expression(self, member: MemberShape, shape: ObjectShape) -> str:
        match member:
            case NameShape(_, name):
                return repr(name)
            case RefusedShape(_, error):
                return f"broken({self.name(error)})"
            case ValueShape(_, position, field):
                leaf = self.factory.leaf(shape.node, field)
                if leaf is None:
                    return f"r[{position}]"
                called = f"{self.name(leaf)}(r[{position}])"
                return f"(None if r[{position}] is None else {called})" if field.nullable else called
            case IdShape():
                return self.id_expression(member, shape)
            case OneShape():
                return self.link(OneShaper(member, self.factory.object(member.shape)), member, shape)
            case ManyShape():
                return self.link(self.factory.connection(member.connection), member, shape)

    def link(
        self, link: "OneShaper | ConnectionShaper", member: OneShape | ManyShape, shape: ObjectShape
    ) -> str:
        name = f"m{len(self.links)}"
        self.links.append((name, link))
        key = self.factory.key(shape.node, member.positions)
        return f"{name}({self.name(key)}(r))"

    def id_expression(self, member: IdShape, shape: ObjectShape) -> str:
        fields = [member.entity.fields[name] for name in member.entity.key]
        parts = []
        for key_field, position in zip(fields, member.positions, strict=True):
            leaf = self.factory.leaf(shape.node, key_field)
            parts.append(f"r[{position}]" if leaf is None else f"{self.name(leaf)}(r[{position}])")
        return f"{self.name(encode_id)}({member.entity.name!r}, ({', '.join(parts)},))"


def _guarded(member: MemberShape, text: str) -> str:
    if isinstance(member, ValueShape) and not member.field.nullable:
        return f"broken(missing({member.key!r})) if r[{member.position}] is None else {text}"
    return text
