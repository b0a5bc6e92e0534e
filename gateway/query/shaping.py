"""Compiles shapes: each entity selection becomes the text of one function from rows to dicts.

The texts hold only names and positions; values and conversions reach them as arguments.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter
from types import CodeType
from typing import Any, Protocol

from gateway.catalog.measures import Measure
from gateway.catalog.types import Field
from gateway.query.drivers import UNUSUAL
from gateway.query.grouped import Parts, group_shaper
from gateway.query.ids import encode_id
from gateway.query.join import Row, key_of
from gateway.query.plan.plan import Plan
from gateway.query.plan.shapes import (
    AggregateShape,
    ConnectionMemberShape,
    ConnectionShape,
    CursorShape,
    EdgesShape,
    FunctionShape,
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
    OwnShape,
    PageInfoShape,
    RefusedShape,
    RowCountShape,
    SortSlot,
    ValueShape,
)
from gateway.query.plan.types import Aggregate, Groups, KeyColumns, Sorted
from gateway.query.shape import (
    ConnectionShaper,
    CursorShaper,
    JoinedShaper,
    Leaf,
    ObjectShaper,
    OneShaper,
    OwnShaper,
    _always,
    _missing,
    row_counts,
)
from gateway.query.sql.measure import MeasureValues
from gateway.query.values import Shown

_BYTES_A_CHARACTER = 10
"""About what compiled code takes in memory for each character of its text."""


class Codes(Protocol):
    """A cache of compiled code, by its text; the size is about its memory in bytes."""

    def get(self, key: str, /) -> CodeType | None: ...
    def put(self, key: str, value: CodeType, size: int, /) -> None: ...


# Making shapers ----------------------------------------------------------------------------------------


@dataclass(slots=True)
class ShaperFactory:
    """Compiles shapes. `shown` says how a value at a position of a node's rows becomes JSON, `leaf` how that
    of an id does and `sort_value` that of a cursor, `converts` what makes join keys of values, in the form
    shared with the columns they meet. `written` says where rows of a node have their object as text, when
    their database writes it. `codes` keeps what was compiled for other operations.
    """

    plan: Plan
    shown: Callable[[int, int, Field], Shown]
    leaf: Callable[[int, Field], Leaf | None]
    sort_value: Callable[[int, Field], Leaf | None]
    converts: Callable[[int, tuple[int, ...], KeyColumns], list[Leaf | None]]
    measures: Callable[[int], MeasureValues]
    group_leaf: Callable[[int, Sorted], Leaf | None]
    written: Mapping[int, int]
    own: Callable[[OwnShape], OwnShaper]
    codes: Codes

    def object(self, shape: ObjectShape) -> ObjectShaper:
        source = _Source(self)
        quick = source.body(shape, source.quick)
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
        )
        names = self.run(code, shape.entity.name, source.names | {"UNUSUAL": UNUSUAL, "missing": _missing})
        text = itemgetter(self.written[shape.node]) if shape.node in self.written else None
        members = _Members(self, source, shape, arguments)
        return ObjectShaper(shape, source.links, names["generate"], members, text)

    def run(self, code: str, name: str, names: dict[str, Any]) -> dict[str, Any]:
        """The names after running generated code, which holds only names, keys and positions.

        So selections that are alike have the same code, and it is compiled once for all of them.
        """
        found = self.codes.get(code)
        if found is None:
            found = compile(code, f"<shape of {name}>", "exec")
            self.codes.put(code, found, len(code) * _BYTES_A_CHARACTER)
        exec(found, names)
        return names

    def connection(self, shape: ConnectionShape) -> ConnectionShaper:
        objects: dict[int, ObjectShaper] = {}
        edges: dict[int, Any] = {}
        for member in shape.members:
            if isinstance(member, NodesShape):
                objects[id(member)] = self.object(member.shape)
            elif isinstance(member, EdgesShape):
                edges[id(member)] = self.run(edges_text(member), shape.entity.name, {})["generate"]
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
        generate = self.run(page_text(shape), shape.entity.name, {})["generate"]
        text = pages_text(shape)
        all_of_them = None if text is None else self.run(text, shape.entity.name, {})["generate"]
        cursor = self.cursor(shape)
        return ConnectionShaper(shape, objects, edges, aggregates, groups, cursor, generate, all_of_them)

    def cursor(self, shape: ConnectionShape) -> CursorShaper:
        leaves = tuple(self.sort_leaf(shape, slot) for slot in shape.cursor)
        return CursorShaper(shape.entity.name, shape.fingerprint, shape.cursor, leaves, shape.node)

    def sort_leaf(self, shape: ConnectionShape, slot: SortSlot) -> Leaf | None:
        if slot.ranks is not None or shape.node is None:
            return None
        if slot.field is not None:
            if slot.field.scalar.is_enum and slot.term.path:
                return (
                    None  # Only an entity's own enum is read as its column has it; elsewhere it is the label.
                )
            return self.sort_value(shape.node, slot.field)
        assert slot.term.function is not None
        values = replace(self.measures(shape.node), entity=slot.term.end(slot.entity))
        return values.sort_leaf(Measure(slot.term.function, slot.term.field))

    def aggregate(self, shape: AggregateShape) -> Parts:
        """From a row of measures, None when there is no row at all, to the object."""
        node = self.plan.nodes[shape.node]
        assert isinstance(node, Aggregate | Groups)
        values = self.measures(shape.node)

        def show(member: NameShape | MeasureShape) -> Callable[[Row | None], Any]:
            if isinstance(member, NameShape):
                return _always(member.name)
            return _measure(member.measure, member.position, values)

        parts = [
            (member.key, Parts([(inner.key, show(inner)) for inner in member.members]))
            if isinstance(member, FunctionShape)
            else (member.key, show(member))
            for member in shape.members
        ]
        return Parts(parts)


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
        self.links: list[tuple[str, OneShaper | ConnectionShaper | JoinedShaper | OwnShaper]] = []
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
            case ManyShape() if member.connection.only_counts:
                return self.counts(member.connection)
            case ManyShape():
                counts = "".join(f", r[{position}]" for position in row_counts(member.connection))
                return f"{self.link(member)}({self.key(member, shape)}{counts})"
            case OneShape():
                return f"{self.link(member)}({self.key(member, shape)})"
            case OwnShape():
                return f"{self.link(member)}(r)"
        raise AssertionError(member)

    def counts(self, connection: ConnectionShape) -> str:
        """A page of which only the count in the parent's row is shown."""
        parts = {
            member.key: repr(member.name) if isinstance(member, NameShape) else f"r[{member.position}]"
            for member in connection.members
            if isinstance(member, NameShape | RowCountShape)
        }
        return f"{{{', '.join(f'{key!r}: {text}' for key, text in parts.items())}}}"

    def link(self, member: OneShape | JoinedShape | ManyShape | OwnShape) -> str:
        """The name of the function from a key, or a row, to what the member holds."""
        name = self.linked.get(id(member))
        if name is None:
            name = self.linked[id(member)] = f"m{len(self.links)}"
            made: OneShaper | ConnectionShaper | JoinedShaper | OwnShaper
            if isinstance(member, OwnShape):
                made = self.factory.own(member)
            elif isinstance(member, OneShape):
                made = OneShaper(member, self.factory.object(member.shape))
            elif isinstance(member, JoinedShape):
                made = JoinedShaper(self.factory.object(member.shape))
            else:
                made = self.factory.connection(member.connection)
            self.links.append((name, made))
        return name

    def key(self, member: OneShape | ManyShape, shape: ObjectShape) -> str:
        positions = member.positions
        converts = self.factory.converts(shape.node, positions, member.meets)
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
        return f"{self.name(encode_id)}({self.name(member.entity)}, ({', '.join(parts)},))"


@dataclass(slots=True)
class _Members:
    """The members of an object one by one, for rows with a value that is not as usual: few operations ever
    meet one, so the function is made when it is first called."""

    factory: ShaperFactory
    source: _Source
    shape: ObjectShape
    arguments: str
    made: Callable[..., list[tuple[str, Callable[[Row], Any]]]] | None = None

    def __call__(self, **given: Any) -> list[tuple[str, Callable[[Row], Any]]]:
        if self.made is None:
            source, shape = _Source(self.factory), self.shape
            source.names, source.links = dict(self.source.names), self.source.links
            source.linked = self.source.linked
            careful = ", ".join(
                f"({member.key!r}, lambda r: {source.careful(member, shape)})" for member in shape.members
            )
            code = f"def members({self.arguments}):\n    return [{careful}]\n"
            names = self.factory.run(code, shape.entity.name, source.names | {"missing": _missing})
            self.made = names["members"]
        return self.made(**given)


def page_text(shape: ConnectionShape) -> str:
    """The function from a parent's key, its rows and whether there are more to its page."""
    parts = ", ".join(f"{member.key!r}: {_part(f'p{n}', member)}" for n, member in enumerate(shape.members))
    given = ", ".join(f"p{n}" for n in range(len(shape.members)))
    counts = "".join(f", c{position}" for position in row_counts(shape))
    return f"def generate({given}):\n    return lambda key, rows, more{counts}: {{{parts}}}\n"


def pages_text(shape: ConnectionShape) -> str | None:
    """The function from the keys of parents, and the nodes of each, to pages by key; None where more is shown
    of a page."""
    parts, nodes = [], []
    for n, member in enumerate(shape.members):
        if isinstance(member, NameShape):
            parts.append(f"{member.key!r}: {member.name!r}")
        elif isinstance(member, NodesShape):
            parts.append(f"{member.key!r}: n{n}")
            nodes.append(n)
        else:
            return None
    if not nodes:
        return None
    given = "".join(f", p{n}" for n in nodes)
    each = "".join(f", n{n}" for n in nodes)
    return (
        f"def generate(keys{given}):\n"
        f"    return {{key: {{{', '.join(parts)}}} for key{each} in zip(keys{given})}}\n"
    )


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
