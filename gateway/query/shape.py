"""From rows to the answer: nested dicts and lists, ready to be encoded.

Each entity selection becomes one generated function from row to dict; each record is shaped once, however
many parents share it. A value that cannot be shown becomes a `Broken` in its place, and only then does
`settle` walk the answer once to let nulls bubble and to report errors.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from gateway.catalog.measures import Measure
from gateway.catalog.types import Field
from gateway.errors import GatewayError, NullInNonNull
from gateway.query.grouped import GroupShaper, group_shaper
from gateway.query.ids import encode_cursor, encode_id
from gateway.query.join import Failure, GroupLists, Measures, RankList, Result, Row, Rows, key_of
from gateway.query.plan.types import (
    Aggregate,
    AggregateShape,
    ConnectionMemberShape,
    ConnectionShape,
    CountShape,
    CursorShape,
    EdgeNodeShape,
    EdgesShape,
    FunctionShape,
    Groups,
    GroupsShape,
    IdShape,
    JoinedShape,
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
    RowCountShape,
    Sorted,
    SortSlot,
    ValueShape,
)
from gateway.query.selection import Page
from gateway.query.sql.measure import MeasureValues
from gateway.query.values import UNUSUAL, Shown

Leaf = Callable[[Any], Any]
RowsShaper = Callable[[Iterable[Row]], list[dict[str, Any]]]
RowShaper = Callable[[Row], dict[str, Any]]


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
    links: "list[tuple[str, OneShaper | ConnectionShaper | JoinedShaper]]"
    generate: Callable[..., tuple[RowsShaper, RowShaper]]
    members: Callable[..., list[tuple[str, Callable[[Row], Any]]]]

    def bind(self, answered: Answered) -> RowsShaper:
        """The function from rows to dicts for one answer: relations below are shaped first."""
        return self.functions(answered)[0]

    def functions(self, answered: Answered) -> tuple[RowsShaper, RowShaper]:
        """What shapes rows, and what shapes one row."""
        found: dict[str, Any] = {name: link.bind(answered) for name, link in self.links}
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
class JoinedShaper:
    """A to-one relation in the same row."""

    object: ObjectShaper

    def bind(self, answered: Answered) -> RowShaper:
        return self.object.functions(answered)[1]


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
        shaped = dict(zip(result.one, self.object.bind(answered)(result.one.values()), strict=True))
        if self.shape.nullable:
            return shaped.get
        return lambda key: shaped[key] if key in shaped else answered.broken(_missing(self.shape.key))


class _Pages(dict[Any, dict[str, Any]]):
    """Shaped pages by the key of their parent, each made when it is first asked for."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[Any], dict[str, Any]]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: Any) -> dict[str, Any]:
        page = self[key] = self._make(key)
        return page


_NO_ROWS: list[Row] = []


@dataclass(slots=True)
class ConnectionShaper:
    """Shapes the pages of one connection. `generate` makes the page function of its `parts`."""

    shape: ConnectionShape
    objects: dict[int, ObjectShaper]
    edges: dict[int, Callable[..., Callable[[list[Row]], list[Any]]]]
    aggregates: "dict[int, Callable[[Row | None], dict[str, Any]]]"
    groups: dict[int, GroupShaper]
    cursor: "CursorShaper"
    generate: Callable[..., Callable[..., dict[str, Any]]]

    def bind(self, answered: Answered) -> Callable[[Any], Any]:
        """From the parent's key to its shaped page."""
        page = self.page(answered)
        if isinstance(page, Broken):
            return lambda *_: page
        rows = answered.results[self.shape.node] if self.shape.node is not None else None
        if row_counts(self.shape):
            many, longer = (rows.many, rows.more) if isinstance(rows, Rows) else ({}, set())
            return lambda key, *counts: page(key, many.get(key, _NO_ROWS), key in longer, *counts)
        if not isinstance(rows, Rows):
            return _Pages(lambda key: page(key, _NO_ROWS, False)).__getitem__
        pages, more = rows.many, rows.more
        return _Pages(lambda key: page(key, pages.get(key, _NO_ROWS), key in more)).__getitem__

    def root(self, answered: Answered) -> Any:
        page = self.page(answered)
        if isinstance(page, Broken):
            return page
        rows = answered.results[self.shape.node] if self.shape.node is not None else Rows([])
        assert isinstance(rows, Rows)
        return page((), rows.rows, () in rows.more)

    def page(self, answered: Answered) -> "Broken | Callable[..., dict[str, Any]]":
        """The function that shapes one page of this connection."""
        if self.shape.node is not None:
            result = answered.results[self.shape.node]
            if isinstance(result, Failure):
                return answered.broken(result.error)
        return self.generate(*(self.part(member, answered) for member in self.shape.members))

    def part(self, member: ConnectionMemberShape, answered: Answered) -> Any:
        """What `page_text` calls for a member."""
        match member:
            case NodesShape():
                return self.objects[id(member)].bind(answered)
            case EdgesShape():
                return self.edges[id(member)](*(self.edge_part(part, answered) for part in member.members))
            case PageInfoShape():
                cursor = self.cursor.bind(answered)
                return lambda rows, more: self.page_info(member, rows, more, cursor)
            case CountShape(_, node, position):
                return _measure_part(
                    answered.results[node], answered, lambda row: 0 if row is None else row[position]
                )
            case AggregateShape():
                return _measure_part(answered.results[member.node], answered, self.aggregates[id(member)])
            case GroupsShape():
                return _groups_part(answered.results[member.node], answered, self.groups[id(member)])
        return None

    def edge_part(self, part: NameShape | CursorShape | EdgeNodeShape, answered: Answered) -> Any:
        """What `edges_text` calls for a member of an edge."""
        if isinstance(part, NameShape):
            return None
        if isinstance(part, CursorShape):
            return self.cursor.bind(answered)
        return self.objects[id(part)].bind(answered)

    def page_info(
        self, member: PageInfoShape, rows: list[Row], more: bool, cursor: Callable[[Row], str]
    ) -> dict[str, Any]:
        page = self.shape.page
        answer: dict[str, Any] = {}
        for part in member.members:
            if isinstance(part, NameShape):
                answer[part.key] = part.name
                continue
            key, name = part
            if name == "hasNextPage":
                answer[key] = _skips(page) if page.backward else more
            elif name == "hasPreviousPage":
                answer[key] = more if page.backward else _skips(page)
            elif not rows:
                answer[key] = None
            else:
                answer[key] = cursor(rows[0 if name == "startCursor" else -1])
        return answer


def _skips(page: Page) -> bool:
    """Whether the page does not begin where its list does, counted in the direction of paging."""
    near = page.before if page.backward else page.after
    return near is not None or page.offset is not None


def _measure_part(
    result: Result, answered: Answered, show: Callable[[Row | None], Any]
) -> Callable[[Any], Any]:
    """From a page's parent to what its measures show; without rows there are none."""
    if isinstance(result, Failure):
        failure = answered.broken(result.error)
        return lambda _: failure
    assert isinstance(result, Measures)
    rows = result.rows

    def at(key: Any) -> Any:
        try:
            return show(rows.get(key))
        except GatewayError as error:
            return answered.broken(error)

    return at


def _groups_part(result: Result, answered: Answered, shaper: GroupShaper) -> Callable[[Any], Any]:
    """The groups of a page's parent; a value that cannot be shown costs the whole list of them."""
    if isinstance(result, Failure):
        failure = answered.broken(result.error)
        return lambda _: failure
    assert isinstance(result, GroupLists)
    lists, show = result.lists, shaper(answered.results)

    def groups(key: Any) -> Any:
        try:
            return [show(row) for row in lists.get(key, ())]
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
    """Compiles shapes. `shown` says how a value at a position of a node's rows becomes JSON, `leaf` how a
    sort value does, `converts` what makes join keys of the driver's values.
    """

    plan: Plan
    shown: Callable[[int, int, Field], Shown]
    leaf: Callable[[int, Field], Leaf | None]
    converts: Callable[[int, tuple[int, ...]], list[Leaf | None]]
    measures: Callable[[int], MeasureValues]
    group_leaf: Callable[[int, Sorted], Leaf | None]

    def object(self, shape: ObjectShape) -> ObjectShaper:
        source = _Source(self)
        quick = source.body(shape, source.quick)
        careful = ", ".join(
            f"({member.key!r}, lambda r: {source.careful(member, shape)})" for member in shape.members
        )
        arguments = ", ".join([*(name for name, _ in source.links), "broken", "careful=None"])
        some = " and ".join(
            f"r[{member.position}] is not None"
            for member in shape.members
            if isinstance(member, ValueShape)
            and not member.field.nullable
            and not self.shown(shape.node, member.position, member.field).needs_value
        )
        shaped = f"{quick} if {some} else careful(r)" if some else quick
        code = (
            f"def generate({arguments}):\n"
            f"    def rows(given):\n"
            f"        try:\n"
            f"            return [{shaped} for r in given]\n"
            f"        except UNUSUAL:\n"
            f"            return [row(r) for r in given]\n"
            f"    def row(r):\n"
            f"        try:\n"
            f"            return {shaped}\n"
            f"        except UNUSUAL:\n"
            f"            return careful(r)\n"
            f"    return rows, row\n"
            f"def members({arguments}):\n"
            f"    return [{careful}]\n"
        )
        names = _compiled(code, shape.entity.name, source.names | {"UNUSUAL": UNUSUAL, "missing": _missing})
        return ObjectShaper(shape, source.links, names["generate"], names["members"])

    def connection(self, shape: ConnectionShape) -> ConnectionShaper:
        objects: dict[int, ObjectShaper] = {}
        edges: dict[int, Any] = {}
        for member in shape.members:
            if isinstance(member, NodesShape):
                objects[id(member)] = self.object(member.shape)
            elif isinstance(member, EdgesShape):
                edges[id(member)] = _compiled(edges_text(member), shape.entity.name, {})["generate"]
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
        generate = _compiled(page_text(shape), shape.entity.name, {})["generate"]
        return ConnectionShaper(shape, objects, edges, aggregates, groups, self.cursor(shape), generate)

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
        self.links: list[tuple[str, OneShaper | ConnectionShaper | JoinedShaper]] = []
        self.linked: dict[int, str] = {}

    def name(self, value: Any) -> str:
        name = f"f{len(self.names)}"
        self.names[name] = value
        return name

    def body(self, shape: ObjectShape, expression: Callable[[MemberShape, ObjectShape], str]) -> str:
        members = ", ".join(f"{member.key!r}: {expression(member, shape)}" for member in shape.members)
        return f"{{{members}}}"

    def quick(self, member: MemberShape, shape: ObjectShape) -> str:
        """For the values that rows usually have; raises one of `UNUSUAL` for others."""
        if not isinstance(member, ValueShape):
            return self.expression(member, shape)
        place = f"r[{member.position}]"
        shown = self.factory.shown(shape.node, member.position, member.field)
        names = [self.name(value) for value in shown.names]
        text = shown.quick.format(*names, v=place, full=self.name(shown.full))
        return f"(None if {place} is None else {text})" if member.field.nullable else f"({text})"

    def careful(self, member: MemberShape, shape: ObjectShape) -> str:
        """For any value; raises the error to report."""
        if not isinstance(member, ValueShape):
            return self.expression(member, shape)
        place = f"r[{member.position}]"
        shown = self.factory.shown(shape.node, member.position, member.field)
        text = place if shown.full is None else f"{self.name(shown.full)}({place})"
        none = "None" if member.field.nullable else f"broken(missing({member.key!r}))"
        return f"({none} if {place} is None else {text})"

    def expression(self, member: MemberShape, shape: ObjectShape) -> str:
        match member:
            case NameShape(_, name):
                return repr(name)
            case RefusedShape(_, error):
                return f"broken({self.name(error)})"
            case IdShape():
                return self.id_expression(member, shape)
            case JoinedShape(key, present):
                none = "None" if member.nullable else f"broken(missing({key!r}))"
                return f"({none} if r[{present}] is None else {self.link(member)}(r))"
            case ManyShape() if _only_counts(member.connection):
                return self.counts(member.connection)
            case ManyShape():
                counts = "".join(f", r[{position}]" for position in row_counts(member.connection))
                return f"{self.link(member)}({self.key(member.positions, shape)}{counts})"
            case OneShape():
                return f"{self.link(member)}({self.key(member.positions, shape)})"
        raise AssertionError(member)

    def counts(self, connection: ConnectionShape) -> str:
        """A page of which only the count in the parent's row is shown."""
        parts = {
            member.key: repr(member.name) if isinstance(member, NameShape) else f"r[{member.position}]"
            for member in connection.members
            if isinstance(member, NameShape | RowCountShape)
        }
        return f"{{{', '.join(f'{key!r}: {text}' for key, text in parts.items())}}}"

    def link(self, member: OneShape | JoinedShape | ManyShape) -> str:
        """The name of the function from a key to what the relation holds."""
        name = self.linked.get(id(member))
        if name is None:
            name = self.linked[id(member)] = f"m{len(self.links)}"
            made: OneShaper | ConnectionShaper | JoinedShaper
            if isinstance(member, OneShape):
                made = OneShaper(member, self.factory.object(member.shape))
            elif isinstance(member, JoinedShape):
                made = JoinedShaper(self.factory.object(member.shape))
            else:
                made = self.factory.connection(member.connection)
            self.links.append((name, made))
        return name

    def key(self, positions: tuple[int, ...], shape: ObjectShape) -> str:
        converts = self.factory.converts(shape.node, positions)
        if any(convert is not None for convert in converts):
            return f"{self.name(key_of(positions, converts))}(r)"
        parts = [f"r[{position}]" for position in positions]
        return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"

    def id_expression(self, member: IdShape, shape: ObjectShape) -> str:
        fields = [member.entity.fields[name] for name in member.entity.key]
        parts = []
        for key_field, position in zip(fields, member.positions, strict=True):
            leaf = self.factory.leaf(shape.node, key_field)
            parts.append(f"r[{position}]" if leaf is None else f"{self.name(leaf)}(r[{position}])")
        return f"{self.name(encode_id)}({member.entity.name!r}, ({', '.join(parts)},))"


def page_text(shape: ConnectionShape) -> str:
    """The function from a parent's key, its rows and whether there are more to its page."""
    parts = ", ".join(f"{member.key!r}: {_part(f'p{n}', member)}" for n, member in enumerate(shape.members))
    given = ", ".join(f"p{n}" for n in range(len(shape.members)))
    counts = "".join(f", c{position}" for position in row_counts(shape))
    return f"def generate({given}):\n    return lambda key, rows, more{counts}: {{{parts}}}\n"


def row_counts(shape: ConnectionShape) -> tuple[int, ...]:
    """Where the parent's row holds counts of this connection."""
    counts = [member.position for member in shape.members if isinstance(member, RowCountShape)]
    return tuple(dict.fromkeys(counts))


def _only_counts(shape: ConnectionShape) -> bool:
    return all(isinstance(member, NameShape | RowCountShape) for member in shape.members)


def _part(name: str, member: ConnectionMemberShape) -> str:
    match member:
        case NameShape():
            return repr(member.name)
        case NodesShape() | EdgesShape():
            return f"{name}(rows)"
        case PageInfoShape():
            return f"{name}(rows, more)"
        case RowCountShape():
            return f"c{member.position}"
    return f"{name}(key)"


def edges_text(member: EdgesShape) -> str:
    """The function from rows to edges; nodes are shaped for all rows at once."""
    parts, nodes = [], []
    for n, part in enumerate(member.members):
        if isinstance(part, NameShape):
            parts.append(f"{part.key!r}: {part.name!r}")
        elif isinstance(part, CursorShape):
            parts.append(f"{part.key!r}: p{n}(r)")
        else:
            parts.append(f"{part.key!r}: n{n}")
            nodes.append(n)
    each = "".join(f"n{n}, " for n in nodes)
    lists = "".join(f", p{n}(rows)" for n in nodes)
    given = ", ".join(f"p{n}" for n in range(len(member.members)))
    edge = f"{{{', '.join(parts)}}}"
    return f"def generate({given}):\n    return lambda rows: [{edge} for r, {each}in zip(rows{lists})]\n"


def _compiled(code: str, name: str, names: dict[str, Any]) -> dict[str, Any]:
    """The names after running generated code, which holds only names, keys and positions."""
    exec(compile(code, f"<shape of {name}>", "exec"), names)
    return names
