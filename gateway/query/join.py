"""How records meet: distinct keys are collected, and fetched rows are indexed by them. Nothing here waits."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from gateway.errors import BudgetExceeded, GatewayError
from gateway.query.pieces import Pieces

Row = tuple[Any, ...]
KeyOf = Callable[[Row], Any]


@dataclass(slots=True)
class Rows:
    """What a fetch brought: all rows, in order, those of each key, and the keys that have more.

    `one` maps a key to its row, `many` to its page. A root page has neither; `more` then holds (). A page
    with ranks of its own, which no other list may use, has their sort values in `values`: by node and rank.
    `written` rows hold their object as JSON text in place of what is only shown. Where nothing else of
    them is needed, `pieces` are these texts, and there are no rows.
    """

    rows: list[Row]
    one: dict[Any, Row] = field(default_factory=dict)
    many: dict[Any, list[Row]] = field(default_factory=dict)
    more: set[Any] = field(default_factory=set)
    values: dict[int, dict[int, Any]] = field(default_factory=dict)
    written: bool = False
    pieces: Pieces | None = None


@dataclass(slots=True)
class Measures:
    """Rows of measures per key; those of a root stand at ()."""

    rows: dict[Any, Row]


@dataclass(slots=True)
class GroupLists:
    """Rows of groups per parent, in order; those of a root stand at ().

    Groups that were added up have the values of their ranks, by the node of these, in `values`.
    """

    lists: dict[Any, list[Row]]
    values: dict[int, dict[int, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class KeyList:
    """The keys a condition on another source came down to; tuples when `width` is above 1."""

    keys: list[Any]
    width: int


@dataclass(slots=True)
class RankList:
    """Keys with their ranks and sides, as rows to send along, and the sort value (in JSON) of each rank."""

    rows: list[Row]
    values: dict[int, Any]


@dataclass(slots=True)
class Over:
    """More keys than the budget allows; whoever needs them takes another direction, or fails.

    `rows` are the first ones, where they came in the order of their key.
    """

    error: BudgetExceeded
    rows: list[Row] = field(default_factory=list)


@dataclass(slots=True)
class Failure:
    """What did not come, and why."""

    error: GatewayError


Result = Rows | Measures | GroupLists | KeyList | RankList | Over | Failure


@dataclass(frozen=True, slots=True)
class PageCut:
    """How a page is cut: to `size` rows, after one more was read when `peek`, turned when `backward`."""

    size: int
    peek: bool
    backward: bool


def key_of(positions: Sequence[int], converts: Sequence[Callable[[Any], Any] | None]) -> KeyOf:
    """Reads the key out of a row: the value itself, or a tuple of several."""
    if all(convert is None for convert in converts):
        return itemgetter(*positions)
    if len(positions) == 1:
        position, only = positions[0], converts[0]
        assert only is not None
        return lambda row: None if row[position] is None else only(row[position])
    pairs = tuple(zip(positions, converts, strict=True))
    return lambda row: tuple(
        row[position] if convert is None or row[position] is None else convert(row[position])
        for position, convert in pairs
    )


def distinct_keys(rows: Iterable[Row], key: KeyOf, composite: bool) -> list[Any]:
    """The keys of rows, each once, in order of appearance; a key with a NULL in it meets nothing."""
    found = dict.fromkeys(map(key, rows))
    if composite:
        return [each for each in found if None not in each]
    found.pop(None, None)
    return list(found)


def cut_page(rows: list[Row], cut: PageCut) -> Rows:
    """A root page."""
    more = cut.peek and len(rows) > cut.size
    if more:
        rows = rows[: cut.size]
    if cut.backward:
        rows.reverse()
    return Rows(rows, more={()} if more else set())


def table_values(name: str, rows: Sequence[Row], width: int) -> dict[str, Any]:
    """Rows to send along: as one list, and column by column for databases that take arrays."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * width
    return {name: rows, **{f"{name}_{part}": list(column) for part, column in enumerate(columns)}}


def list_values(name: str, keys: Sequence[Any], width: int) -> dict[str, Any]:
    """A list of keys as values; composite keys also column by column, for databases that take arrays.

    A statement cannot hold an empty list; NULL, which equals nothing, stands in for one.
    """
    if width == 1:
        return {name: keys or [None]}
    return table_values(name, keys or [(None,) * width], width)


def index_one(rows: list[Row], key: KeyOf) -> Rows:
    return Rows(rows, one={key(row): row for row in rows})


def index_groups(rows: list[Row], key: KeyOf | None, width: int) -> GroupLists:
    """Groups by the key of their parent, which the first `width` columns are; without a key, of a root."""
    if key is None:
        return GroupLists({(): rows})
    lists: dict[Any, list[Row]] = {}
    for row in rows:
        lists.setdefault(key(row), []).append(row[width:])
    return GroupLists(lists)


def values_by_rank(rows: list[Row], value: int, rank: int) -> dict[int, Any]:
    """The value of each rank, from rows that hold both; of texts that are equal but differ, the first."""
    found: dict[int, Any] = {}
    for row in rows:
        known = found.get(row[rank])
        if known is None or (isinstance(known, str) and row[value] < known):
            found[row[rank]] = row[value]
    return found


def index_many(rows: list[Row], key: KeyOf, cut: PageCut) -> Rows:
    """Rows by key, each page cut to size. Rows of one key arrive in order."""
    pages: dict[Any, list[Row]] = {}
    for row in rows:
        at = key(row)
        page = pages.get(at)
        if page is None:
            pages[at] = [row]
        else:
            page.append(row)
    more: set[Any] = set()
    if cut.peek:
        for at, page in pages.items():
            if len(page) > cut.size:
                del page[cut.size :]
                more.add(at)
        rows = [row for page in pages.values() for row in page]
    if cut.backward:
        for page in pages.values():
            page.reverse()
    return Rows(rows, many=pages, more=more)
