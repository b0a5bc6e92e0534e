"""The only place that runs SQL: a compiled text with its values, sent over a raw DBAPI connection."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import lru_cache
from time import perf_counter
from typing import Any, Protocol, TypeVar

import orjson

from gateway.errors import SourceError
from gateway.observe import StatementEvent, Trace

Parameters = tuple[Any, ...] | dict[str, Any]
Process = Callable[[Any], Any]
Take = Callable[[list[tuple[Any, ...]]], int]
"""Is given the rows of one portion, and says how many the next one may have; 0 for no more."""
T = TypeVar("T")

EXPANDING = re.compile(r"__\[POSTCOMPILE_([^\]~]+)\]")
"""Where SQLAlchemy leaves the place of a list; it puts parentheses around it."""
_UNPACKED = 1000
"""How many rows are lists and tuples at a time."""
LARGEST_DOUBLING = 1024
"""Lists grow by doubling up to this length, then by this many elements."""


@dataclass(frozen=True, slots=True)
class Bind:
    """One parameter. `process` makes what the driver takes of a Python value, None: nothing to do.

    `arity` 0 is one value; 1 a list of values; n a list of n-tuples, for which `process` is None or a
    tuple with one element per column. `cast` stands behind each placeholder of a list, as "::INTEGER",
    `empty` in place of the elements when there are none. `kinds` are the types of the columns it is compared
    with.
    """

    name: str
    process: Process | tuple[Process | None, ...] | None = None
    arity: int = 0
    cast: str = ""
    empty: str = ""
    kinds: tuple[Any, ...] = field(default=(), compare=False, repr=False)


class Packing(Enum):
    """What the one JSON text of a packed statement is a list of."""

    ROWS = auto()
    KEYS = auto()
    """The values of the only column."""
    COUNTED_KEYS = auto()
    """These and then their number, since the database may cut the text short."""


class _Cut(Exception):
    """A list is not whole."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement as SQLAlchemy compiled it, with `__[POSTCOMPILE_name]` where a list expands.

    `named`: parameters are `%(name)s`, and `binds` has each once. Otherwise they are positional, written
    as `mark` ("?" or "%s"), and `binds` are in the order of the text, repeated where the text repeats.
    With `plain`, the result is one JSON text of what `plain` would bring, as `packing` says; that one is sent
    instead when a value cannot stand in JSON, or the text is not whole.
    """

    text: str
    binds: tuple[Bind, ...] = ()
    named: bool = False
    mark: str = "?"
    plain: "Statement | None" = None
    packing: Packing = Packing.ROWS
    _expands: bool = field(init=False, repr=False, compare=False, default=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_expands", any(bind.arity for bind in self.binds))

    @property
    def brings_keys(self) -> bool:
        """Whether a reader gives the values of the only column instead of rows."""
        return self.packing is not Packing.ROWS

    def render(self, values: Mapping[str, Any]) -> tuple[str, Parameters]:
        """The text and the parameters for a driver's `execute`.

        Lists are padded with their last element to a few lengths, so that servers see few distinct texts.
        """
        if self._expands:
            return self._render_lists(values)
        if self.named:
            return self.text, {bind.name: _processed(bind, values[bind.name]) for bind in self.binds}
        return self.text, tuple([_processed(bind, values[bind.name]) for bind in self.binds])

    def _render_lists(self, values: Mapping[str, Any]) -> tuple[str, Parameters]:
        named: dict[str, Any] = {}
        positional: list[Any] = []
        lists: dict[str, str] = {}
        for bind in self.binds:
            if not bind.arity:
                value = _processed(bind, values[bind.name])
                named[bind.name] = value
                positional.append(value)
                continue
            if not values[bind.name]:
                lists[bind.name] = bind.empty
                continue
            if bind.arity == 1 and not self.named:
                elements = _elements(bind, values[bind.name])
                positional += elements
                lists[bind.name] = _marks(self.mark + bind.cast, len(elements))
                continue
            rows = _rows(bind, values[bind.name])
            flat = [element for row in rows for element in row]
            names = [f"{bind.name}__{number}" for number in range(len(flat))] if self.named else None
            lists[bind.name] = self._list(bind, len(rows), names)
            positional += flat
            named.update(zip(names or (), flat, strict=False))
        text = EXPANDING.sub(lambda place: lists[place[1]], self.text)
        return text, named if self.named else tuple(positional)

    def _list(self, bind: Bind, length: int, names: list[str] | None) -> str:
        """The text of a list of `length` elements. SQLite takes tuples only as VALUES."""
        if names is None:
            several = _marks(f"({', '.join([self.mark + bind.cast] * bind.arity)})", length)
        else:
            marks = [f"%({name})s{bind.cast}" for name in names]
            if bind.arity > 1:
                step = bind.arity
                marks = [f"({', '.join(marks[at : at + step])})" for at in range(0, len(marks), step)]
            several = ", ".join(marks)
        return f"VALUES {several}" if bind.arity > 1 and self.mark == "?" and not self.named else several


def _unpacked(rows: list[tuple[Any, ...]], packing: Packing) -> list[Any]:
    """What is in the one text of a packed statement, which is let go first, and rows' lists on the way."""
    found: list[Any] = orjson.loads(rows.pop()[0])
    if packing is Packing.COUNTED_KEYS and found.pop() != len(found):
        raise _Cut
    if packing is not Packing.ROWS:
        return found
    for begin in range(0, len(found), _UNPACKED):
        found[begin : begin + _UNPACKED] = map(tuple, found[begin : begin + _UNPACKED])
    return found


@lru_cache(maxsize=256)
def _marks(one: str, length: int) -> str:
    """So many placeholders of a list; lists have few lengths."""
    return ", ".join([one] * length)


def _elements(bind: Bind, elements: Any) -> list[Any]:
    """The elements of a list of single values, processed and padded."""
    process: Any = bind.process
    found = list(elements) if process is None else [process(element) for element in elements]
    return found + found[-1:] * (padded_length(len(found)) - len(found))


def _processed(bind: Bind, value: Any) -> Any:
    return value if bind.process is None else bind.process(value)  # type: ignore[operator]


def _rows(bind: Bind, elements: Any) -> list[tuple[Any, ...]]:
    """The elements as tuples, processed and padded."""
    process = bind.process
    if bind.arity == 1:
        return [(element,) for element in _elements(bind, elements)]
    if process is None:
        rows = [tuple(element) for element in elements]
    else:
        columns = tuple(process)  # type: ignore[arg-type]
        rows = [
            tuple([value if one is None else one(value) for one, value in zip(columns, element, strict=True)])
            for element in elements
        ]
    return rows + rows[-1:] * (padded_length(len(rows)) - len(rows))


def padded_length(length: int) -> int:
    """1, 2, 4 … 1024, then multiples of 1024."""
    if length > LARGEST_DOUBLING:
        return -(-length // LARGEST_DOUBLING) * LARGEST_DOUBLING
    return 1 << (length - 1).bit_length()


class Lease(Protocol):
    """A connection a reader may use, taken when first needed."""

    def cursor(self) -> Any:
        """A DBAPI cursor. Raises SourceError when there is no connection to be had."""

    def renew(self, error: Exception, /) -> bool:
        """After a driver's error: whether the connection was lost and the statement may be sent again."""

    def explain(self, error: Exception, /) -> SourceError:
        """The error to raise for a driver's error."""

    def fit(
        self, error: Exception, statement: Statement, values: Mapping[str, Any], /
    ) -> Mapping[str, Any] | None:
        """Values to try instead of such as the database refuses for their letters; None for other errors."""

    def note(self, error: SourceError, /) -> None:
        """A statement failed for good: the log should say why."""

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """The exceptions the driver reports failures with."""

    @property
    def autocommit(self) -> bool:
        """Whether a statement that fails costs nothing but itself."""


class Reader:
    """Runs statements one after another on one connection, in a thread of the source."""

    __slots__ = ("_lease", "_source", "_trace")

    def __init__(self, source: str, lease: Lease, trace: Trace | None) -> None:
        self._source = source
        self._lease = lease
        self._trace = trace

    @property
    def autocommit(self) -> bool:
        """Whether a statement that fails costs nothing but itself, as it would in a transaction."""
        return self._lease.autocommit

    def rows(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """All rows, as the driver gives them, or keys. A read that met a dead connection is sent once more.

        Raises SourceUnavailable, SourceTimeout, or SourceError when the database refused the statement;
        the driver's own error is the cause and never part of the message.
        """
        sql, parameters = statement.render(values)
        started = perf_counter()
        try:
            try:
                rows = self._execute(sql, parameters)
            except self._lease.failures as error:
                if (fitting := self._lease.fit(error, statement, values)) is not None:
                    sql, parameters = statement.render(fitting)
                rows = self._again(error, lambda: self._execute(sql, parameters), fitting is not None)
            if statement.plain is not None:
                rows = _unpacked(rows, statement.packing)
        except SourceError as error:
            self._record(sql, started, 0, error.code.value)
            if statement.plain is None or error.retryable:
                self._lease.note(error)
                raise
            return self._plain_rows(statement, values)
        except (orjson.JSONDecodeError, _Cut):
            return self._plain_rows(statement, values)
        self._record(sql, started, len(rows), None)
        return rows

    def _plain_rows(self, statement: Statement, values: Mapping[str, Any]) -> list[Any]:
        """The same as a packed statement brings, when that one will not do."""
        assert statement.plain is not None
        rows = self.rows(statement.plain, values)
        return [row[0] for row in rows] if statement.brings_keys else rows

    def texts(self, statement: Statement, values: Mapping[str, Any], take: Take) -> None:
        """Give the rows of a statement with one column of text, as UTF-8, to `take` a portion at a time.

        For a database that writes JSON. Raises as `rows` does, before anything was given.
        """
        sql, parameters = statement.render(values)
        started = perf_counter()
        try:
            try:
                count = self._taken(sql, parameters, take)
            except self._lease.failures as error:
                if (fitting := self._lease.fit(error, statement, values)) is not None:
                    sql, parameters = statement.render(fitting)
                count = self._again(error, lambda: self._taken(sql, parameters, take), fitting is not None)
        except SourceError as error:
            self._record(sql, started, 0, error.code.value)
            if error.retryable:  # or the same is read in another way
                self._lease.note(error)
            raise
        self._record(sql, started, count, None)

    def _again(self, error: Exception, attempt: Callable[[], T], fits: bool) -> T:
        """Once more: over another connection if only the connection failed, or with values that fit."""
        lease = self._lease
        if not fits and not lease.renew(error):
            raise lease.explain(error) from error
        try:
            return attempt()
        except lease.failures as again:
            raise lease.explain(again) from again

    def _taken(self, sql: str, parameters: Parameters, take: Take) -> int:
        count: int = self._lease.cursor().texts(sql, parameters, take)
        return count

    def _execute(self, sql: str, parameters: Parameters) -> list[tuple[Any, ...]]:
        cursor = self._lease.cursor()
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _record(self, sql: str, started: float, rows: int, error: str | None) -> None:
        if self._trace is not None:
            spent = (perf_counter() - started) * 1000
            self._trace.statements.append(StatementEvent(self._source, sql, spent, rows, error, started))
