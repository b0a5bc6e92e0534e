"""From rows to the answer: nested dicts and lists, ready to be encoded.

Each entity selection becomes one generated function from row to dict; each record is shaped once, however
many parents share it. A value that cannot be shown becomes a `Broken` in its place, and only then does
`settle` walk the answer once to let nulls bubble and to report errors.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from orjson import Fragment

from gateway.errors import GatewayError, NullInNonNull
from gateway.query.grouped import GroupShaper, Parts
from gateway.query.ids import encode_cursor, order_mark
from gateway.query.join import Failure, GroupLists, Measures, RankList, Result, Row, Rows
from gateway.query.pieces import PORTION, encode, in_pieces
from gateway.query.plan.shapes import (
    AggregateShape,
    ConnectionMemberShape,
    ConnectionShape,
    CountShape,
    CursorShape,
    EdgeNodeShape,
    EdgesShape,
    GroupsShape,
    NameShape,
    NodesShape,
    ObjectShape,
    OneShape,
    OwnShape,
    PageInfoShape,
    RowCountShape,
    SortSlot,
)
from gateway.query.selection import Page
from gateway.query.values import SortValue, in_cursor

Leaf = Callable[[Any], Any]
RowsShaper = Callable[[Iterable[Row]], list[Any]]
RowShaper = Callable[[Row], dict[str, Any]]


class _Unusual(Exception):
    """A list holds something that cannot be encoded before it is settled."""


class Broken:
    """Stands where a value should be, until `settle` turns it into null and an error."""

    __slots__ = ("error",)

    def __init__(self, error: GatewayError) -> None:
        self.error = error


@dataclass(frozen=True, slots=True)
class Partial:
    """Stands where a value should be of which a part is missing.

    `errors` are the paths inside the value, the errors, and how many places each has.
    """

    value: Any
    errors: tuple[tuple[tuple[str | int, ...], GatewayError, int], ...]


@dataclass(slots=True)
class Answered:
    """What one operation brought, while it is being shaped. `troubled` says that a `Broken` was placed.

    `own` holds what the app's resolvers gave, by the fields of the plan and the keys of their rows.
    """

    results: list[Result]
    values: Mapping[str, Any] = field(default_factory=dict)
    own: "Mapping[OwnShape, Mapping[Any, Any]]" = field(default_factory=dict)
    troubled: bool = False

    def broken(self, error: GatewayError) -> Broken:
        self.troubled = True
        return Broken(error)


@dataclass(slots=True)
class ObjectShaper:
    """Shapes the rows of one entity selection. Made once per prepared operation, bound once per answer."""

    shape: ObjectShape
    links: "list[tuple[str, OneShaper | ConnectionShaper | JoinedShaper | OwnShaper]]"
    generate: Callable[..., tuple[RowsShaper, RowShaper]]
    members: Callable[..., list[tuple[str, Callable[[Row], Any]]]]
    text: Callable[[Row], str] | None = None
    """Reads the object as JSON out of a row that was written by its database."""

    def page(self, answered: Answered) -> Callable[[list[Row]], Any]:
        """The function from rows to their objects as one list, for one answer."""
        result = answered.results[self.shape.node]
        if isinstance(result, Rows) and (pieces := result.pieces) is not None:
            return lambda _: pieces
        text = self.written(answered)
        if text is None:
            return _in_portions(self.bind(answered), answered)
        return partial(_as_written, text)

    def pages(self, answered: Answered, lists: Collection[list[Row]]) -> Iterable[Any]:
        """The objects of each list of rows. Unless one is long, all lists are shaped at once."""
        if self.written(answered) is not None or max(map(len, lists), default=0) > PORTION:
            return map(self.page(answered), lists)
        objects = iter(self.bind(answered)([row for rows in lists for row in rows]))
        return [list(islice(objects, length)) for length in map(len, lists)]

    def written(self, answered: Answered) -> Callable[[Row], str] | None:
        """`text`, when the rows of this answer have one."""
        if self.text is None:
            return None
        result = answered.results[self.shape.node]
        return self.text if isinstance(result, Rows) and result.written else None

    def bind(self, answered: Answered) -> RowsShaper:
        """The function from rows to objects for one answer: relations below are shaped first."""
        text = self.written(answered)
        if text is not None:
            return lambda rows: list(map(Fragment, map(text, rows)))
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


def _as_written(text: Callable[[Row], str], rows: list[Row]) -> Any:
    """The list of objects that a database wrote."""
    if len(rows) <= PORTION:
        return Fragment(f"[{','.join(map(text, rows))}]")
    return in_pieces(rows, lambda portion: ",".join(("", *map(text, portion))).encode())


def _in_portions(shape: RowsShaper, answered: Answered) -> Callable[[list[Row]], Any]:
    """Shapes and encodes long lists a portion at a time, unless a value in them cannot be shown."""

    def write(portion: Sequence[Row]) -> bytes:
        text = b"".join(encode(shape(portion)))
        if answered.troubled:
            raise _Unusual
        return b"".join((b",", memoryview(text)[1:-1]))

    def objects(rows: list[Row]) -> Any:
        if len(rows) > PORTION and not answered.troubled:
            with suppress(_Unusual, TypeError):
                return in_pieces(rows, write)
        return shape(rows)

    return objects


@dataclass(slots=True)
class JoinedShaper:
    """A to-one relation in the same row."""

    object: ObjectShaper

    def bind(self, answered: Answered) -> RowShaper:
        return self.object.functions(answered)[1]


@dataclass(slots=True)
class OwnShaper:
    """A field of the app. `row` makes what its resolver is given, `key` finds what it gave before.

    `arguments` is the name of the field's arguments among the operation's values.
    """

    shape: OwnShape
    row: Callable[[Row], Any]
    key: Callable[[Row], Any]
    arguments: str | None

    def bind(self, answered: Answered) -> Callable[[Row], Any]:
        pure = self.shape.field.pure
        if pure is None:
            found, key = answered.own[self.shape], self.key
            answered.troubled |= any(isinstance(value, Broken | Partial) for value in found.values())
            return lambda row: found[key(row)]
        show, make, broken = pure(self.given(answered.values)), self.row, answered.broken

        def value(row: Row) -> Any:
            try:
                return show(make(row))
            except GatewayError as error:
                return broken(error)

        return value

    def given(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The arguments of the field."""
        return values[self.arguments] if self.arguments is not None else {}


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
    """Shapes the pages of one connection. `generate` makes the page function of its `parts`.

    `generate_all` makes pages of which only nodes are shown: of their keys, and the nodes of each.
    """

    shape: ConnectionShape
    objects: dict[int, ObjectShaper]
    edges: dict[int, Callable[..., Callable[[list[Row]], list[Any]]]]
    aggregates: dict[int, Parts]
    groups: dict[int, GroupShaper]
    cursor: "CursorShaper"
    generate: Callable[..., Callable[..., dict[str, Any]]]
    generate_all: Callable[..., dict[Any, dict[str, Any]]] | None

    def bind(self, answered: Answered) -> Callable[[Any], Any]:
        """From the parent's key to its shaped page."""
        if self.generate_all is not None:
            return self.all(answered, self.generate_all)
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

    def all(
        self, answered: Answered, generate: Callable[..., dict[Any, dict[str, Any]]]
    ) -> Callable[[Any], Any]:
        """From the parent's key to its page of mere nodes."""
        assert self.shape.node is not None
        result = answered.results[self.shape.node]
        if isinstance(result, Failure):
            failure = answered.broken(result.error)
            return lambda _: failure
        assert isinstance(result, Rows)
        many, objects = result.many, self.objects.values()
        pages = _Pages(lambda key: generate((key,), *([[]] for _ in objects))[key])
        pages.update(generate(many, *(each.pages(answered, many.values()) for each in objects)))
        return pages.__getitem__

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
                return self.objects[id(member)].page(answered)
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
        row = rows.get(key)
        try:
            return show(row)
        except GatewayError as error:
            return show.careful(row, answered.broken) if isinstance(show, Parts) else answered.broken(error)

    return at


def _groups_part(result: Result, answered: Answered, shaper: GroupShaper) -> Callable[[Any], Any]:
    """The groups of a page's parent."""
    if isinstance(result, Failure):
        failure = answered.broken(result.error)
        return lambda _: failure
    assert isinstance(result, GroupLists)
    lists, show = result.lists, shaper(answered.results)

    def groups(key: Any) -> Any:
        rows = lists.get(key, ())
        try:
            return [show(row) for row in rows]
        except GatewayError:
            return [show.careful(row, answered.broken) for row in rows]

    return groups


@dataclass(frozen=True, slots=True)
class CursorShaper:
    """Cursors of one list. A sort value that another source ranked is looked up by its rank."""

    entity: str
    order: str
    slots: tuple[SortSlot, ...]
    leaves: tuple[Leaf | None, ...]
    node: int | None

    def bind(self, answered: Answered) -> Callable[[Row], str]:
        parts = [self.part(slot, leaf, answered) for slot, leaf in zip(self.slots, self.leaves, strict=True)]
        mark = order_mark(self.order)
        return lambda row: encode_cursor(self.entity, mark, [part(row) for part in parts])

    def part(self, slot: SortSlot, leaf: Leaf | None, answered: Answered) -> Callable[[Row], Any]:
        position = slot.position
        if slot.ranks is not None:
            values = {0: 0, **self.values(slot.ranks, answered)}
            return lambda row: _placed(values.get(row[position]))
        if leaf is None:
            return lambda row: row[position]
        return lambda row: None if row[position] is None else in_cursor(leaf, row[position])

    def values(self, ranks: int, answered: Answered) -> dict[int, Any]:
        """The sort values of ranks: the page's own ones, or those that were sent along."""
        own = answered.results[self.node] if self.node is not None else None
        if isinstance(own, Rows) and ranks in own.values:
            return own.values[ranks]
        ranked = answered.results[ranks]
        return ranked.values if isinstance(ranked, RankList) else {}


def _placed(value: Any) -> Any:
    return value.in_cursor if isinstance(value, SortValue) else value


def _always(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


def _absent(key: Any) -> bool:
    return key is None or (isinstance(key, tuple) and None in key)


def _missing(name: str) -> NullInNonNull:
    return NullInNonNull(
        f"{name!r} is declared non-null, but the database holds no value for it.",
        hint="Declare the column or relation nullable, or mend the row.",
    )


def row_counts(shape: ConnectionShape) -> tuple[int, ...]:
    """Where the parent's row holds counts of this connection."""
    counts = [member.position for member in shape.members if isinstance(member, RowCountShape)]
    return tuple(dict.fromkeys(counts))
