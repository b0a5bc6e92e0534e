"""The work of one hop: statements run one after another on a thread of their source.

Pure but for the reader it is given; results of earlier hops are only read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from time import perf_counter
from typing import Any

from gateway.errors import BudgetExceeded, GatewayError, SourceError
from gateway.query.exchange import sendable
from gateway.query.join import (
    Failure,
    KeyList,
    Measures,
    Over,
    PageCut,
    RankList,
    Result,
    Row,
    Rows,
    cut_page,
    distinct_keys,
    index_groups,
    index_many,
    index_one,
    list_values,
    values_by_rank,
)
from gateway.query.pieces import Joining
from gateway.query.plan.types import Aggregate, Groups, Keys, Ranks
from gateway.query.prepare import Prepared
from gateway.query.sql.bind import KEYS
from gateway.query.step import WRITTEN_FROM, Step, Written
from gateway.sources.statement import Reader, Statement

Values = Mapping[str, Any]


LOST = (Failure, Over)
"""Results that nothing can be made from; a tuple, since a union would be made each time one is asked for."""


@dataclass(slots=True)
class Visit:
    """Runs nodes of one source, and then those of their children that need nothing else."""

    prepared: Prepared
    values: Values
    before: Mapping[int, Result]
    source: str
    done: dict[int, Result] = field(default_factory=dict)
    begun: list[int] = field(default_factory=list)
    asked: dict[int, list[Any]] = field(default_factory=dict)

    def has_work(self, nodes: Sequence[int]) -> bool:
        """Whether any node needs its database: without keys there is nothing to ask."""
        for node in nodes:
            step = self.prepared.steps[node]
            if step.keys is None:
                if step.ids is None or self.values[step.ids]:
                    return True
            elif self.keys(step):
                return True
        return False

    def skip(self, nodes: Sequence[int]) -> None:
        for node in nodes:
            self.done[node] = self.index(self.prepared.steps[node], [])

    def work(self, reader: Reader, nodes: Sequence[int]) -> None:
        waiting = list(nodes)
        gone: GatewayError | None = None
        while waiting:
            node = waiting.pop(0)
            self.begun.append(node)
            try:
                if gone is not None:
                    raise gone
                started = perf_counter()
                self.done[node] = self.run(reader, self.prepared.steps[node], {})
                self.prepared.note_pace(node, (perf_counter() - started) * 1000)
            except GatewayError as error:
                self.done[node] = Failure(error)
                gone = error if error.retryable else gone
            else:
                waiting += [child for child in self.prepared.children[node] if self.can_run(child)]

    def can_run(self, node: int) -> bool:
        """Whether a node of this source has all its inputs, so that it can run in this visit."""
        step = self.prepared.steps[node]
        if step.node.source != self.source or node in self.prepared.plan.deferred or step.only_ranked:
            return False
        found = [self.result(one) for one in self.prepared.inputs[node]]
        return all(result is not None and not isinstance(result, LOST) for result in found)

    def run(self, reader: Reader, step: Step, extra: Values) -> Result:
        """The result of one node; `extra` values win over what other nodes found."""
        values = (
            {**self.values, **self.lists(step, extra), **extra} if step.lists or step.ranks else self.values
        )
        if step.keys is None:
            if step.ids is not None and not values[step.ids]:
                return self.index(step, [])
            if step.written is not None and reader.autocommit and self.is_listed(step):
                found = self.joined(reader, step, step.written, values) if self.is_long(step, 1) else None
                return self.index(step, reader.rows(step.statement, values)) if found is None else found
            return self.read(step, reader.autocommit, lambda statement: reader.rows(statement, values))
        keys = self.keys(step)

        def rows(statement: Statement) -> list[Row]:
            found: list[Row] = []
            for start in range(0, len(keys), step.chunk):
                chunk = sendable(keys[start : start + step.chunk], step.write)
                found += reader.rows(statement, {**values, **list_values(KEYS, chunk, step.width)})
            return found

        return self.read(step, reader.autocommit and len(keys), rows)

    def read(self, step: Step, parents: int, rows: Callable[[Statement], list[Row]]) -> Result:
        """The result of a step; long lists are written by their database, if nothing in them is unusual.

        `parents` is 0 in a transaction, which a statement that fails would spoil.
        """
        if step.written is not None and self.is_long(step, parents):
            found = written_rows(step.written, rows)
            if found is not None:
                result = self.index(step, found)
                assert isinstance(result, Rows)
                result.written = True
                return result
        return self.index(step, rows(step.statement))

    def is_listed(self, step: Step) -> bool:
        """Whether nothing of a step's rows is needed but the texts of their objects."""
        return step.written is not None and step.written.alone and step.node.id in self.prepared.listed

    def is_long(self, step: Step, parents: int) -> bool:
        """Whether so many rows may come that their database should write them."""
        return parents * (self.values[step.size] if step.size else 1) >= WRITTEN_FROM

    def joined(self, reader: Reader, step: Step, written: Written, values: Values) -> Rows | None:
        """A root page that its database writes; None when a row, or the database, refuses."""
        assert step.size is not None
        joining = Joining(self.values[step.size], step.backward)
        try:
            reader.texts(written.statement, values, joining.take)
        except SourceError as error:
            if error.retryable:
                raise
            return None
        if joining.missing:
            return None
        return Rows([], more={()} if joining.more else set(), written=True, pieces=joining.pieces())

    def result(self, node: int) -> Result | None:
        found = self.done.get(node)
        return found if found is not None else self.before.get(node)

    def brought(self, node: int) -> Result | None:
        """What another node brought. Raises BudgetExceeded where that was too much."""
        found = self.result(node)
        if isinstance(found, Over):
            raise found.error
        return found

    def keys(self, step: Step) -> list[Any]:
        """The distinct join keys of the parent's rows."""
        assert step.keys is not None
        assert step.node.join is not None
        found = self.asked.get(step.node.id)
        if found is None:
            parent = self.result(step.node.join.parent)
            rows = parent.rows if isinstance(parent, Rows) else []
            found = self.asked[step.node.id] = distinct_keys(rows, step.keys, step.width > 1)
        return found

    def lists(self, step: Step, extra: Values) -> dict[str, Any]:
        """What other nodes found, under the names this step's statement knows it by."""
        values: dict[str, Any] = {}
        for node, sent in step.ranks.items():
            if sent.name not in extra:
                ranked = self.brought(node)
                assert isinstance(ranked, RankList)
                values |= sent.table(ranked.rows)
        for node, sent in step.lists.items():
            if sent.name not in extra:
                found = self.brought(node)
                assert isinstance(found, KeyList)
                values |= sent.list(found.keys)
        return values

    def index(self, step: Step, rows: list[Row]) -> Result:
        """Rows as the result their node has."""
        node = step.node
        if isinstance(node, Keys):
            return _key_list(step, node, rows)
        if isinstance(node, Ranks):
            return self.ranked(step, node, rows)
        if isinstance(node, Aggregate):
            if step.key is None:
                return Measures({(): rows[0]} if rows else {})
            return Measures({step.key(row): row[step.width :] for row in rows})
        if isinstance(node, Groups):
            return _groups(step, node, rows)
        cut = PageCut(self.values[step.size] if step.size else 0, step.peek, step.backward)
        if step.key is None:
            return cut_page(rows, cut) if step.size else Rows(rows)
        if node.join is not None and node.join.many:
            return index_many(rows, step.key, cut)
        return index_one(rows, step.key)

    def ranked(self, step: Step, node: Ranks, rows: list[Row]) -> Result:
        if len(rows) > node.limit:
            return Over(over_keys(node), rows if node.ordered else [])
        assert step.key is not None
        width = len(node.key)
        key = step.key if width > 1 else lambda row, one=step.key: (one(row),)
        sent = [(*key(row), *row[width + 1 :]) for row in rows]
        if node.sorted.ranks is not None:
            found = self.result(node.sorted.ranks)
            assert isinstance(found, RankList)
            return RankList(sent, found.values)
        values, leaf = values_by_rank(rows, width, width + 1), step.leaf
        if leaf is None:
            return RankList(sent, values)
        return RankList(sent, {rank: leaf(value) for rank, value in values.items()})


def written_rows(written: Written, rows: Callable[[Statement], list[Row]]) -> list[Row] | None:
    """Rows as their database writes them; None when one of them, or the database, refuses."""
    try:
        found = rows(written.statement)
    except SourceError as error:
        if error.retryable:
            raise
        return None
    return found if all(map(itemgetter(written.position), found)) else None  # a text is never empty


def _groups(step: Step, node: Groups, rows: list[Row]) -> Result:
    """The groups of each parent; without a size there are as many as there may be, or it is an error."""
    found = index_groups(rows, step.key, step.width)
    if node.size is None and any(len(each) > node.limit for each in found.lists.values()):
        raise BudgetExceeded(
            f"There are more than {node.limit} groups of {node.entity.plural}; that is the budget page_max.",
            hint="Ask for some of them with `first`, group by less, or raise the setting page_max.",
            source=node.source,
        )
    if len(rows) > node.total:
        raise over_rows(node)
    return found


def over_rows(node: Groups) -> BudgetExceeded:
    """The error for groups beyond the budget."""
    return BudgetExceeded(
        f"The groups of all lists of {node.entity.plural} are more than {node.total}; "
        "that is the budget rows_max.",
        hint="Ask for fewer with `first` or for smaller pages around, or raise the setting rows_max.",
        source=node.source,
    )


def _key_list(step: Step, node: Keys, rows: list[Row]) -> Result:
    if len(rows) > (node.attempt or node.limit):
        return Over(over_keys(node), rows if node.ordered else [])
    assert step.key is not None
    keys: list[Any] = rows if step.statement.brings_keys else [step.key(row) for row in rows]
    if node.join is not None:
        keys = list(dict.fromkeys(keys))  # parents may have come in several chunks
    return KeyList(keys, len(node.key))


def over_keys(node: Keys | Ranks) -> BudgetExceeded:
    """The error for a list of keys beyond the budget."""
    return BudgetExceeded(
        f"For {node.purpose}, more than {node.limit} keys of {node.source!r} are needed; "
        "that is the budget keys_max.",
        hint="Narrow the condition or the list, or raise the setting keys_max.",
        source=node.source,
    )
