"""The work of one hop: statements run one after another on a thread of their source.

Pure but for the reader it is given; results of earlier hops are only read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.errors import BudgetExceeded, GatewayError
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
    values_by_rank,
)
from gateway.query.plan.types import Aggregate, Groups, Keys, Ranks
from gateway.query.prepare import Prepared, Step
from gateway.query.sql.bind import KEYS
from gateway.sources.statement import Reader

Values = Mapping[str, Any]


@dataclass(slots=True)
class Visit:
    """Runs nodes of one source, and then those of their children that need nothing else."""

    prepared: Prepared
    values: Values
    before: Mapping[int, Result]
    source: str
    done: dict[int, Result] = field(default_factory=dict)
    begun: list[int] = field(default_factory=list)

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
                self.done[node] = self.run(reader, self.prepared.steps[node], {})
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
        return all(result is not None and not isinstance(result, Failure | Over) for result in found)

    def run(self, reader: Reader, step: Step, extra: Values) -> Result:
        """The result of one node; `extra` values win over what other nodes found."""
        values = (
            {**self.values, **self.lists(step, extra), **extra} if step.lists or step.ranks else self.values
        )
        if step.keys is None:
            if step.ids is not None and not values[step.ids]:
                return self.index(step, [])
            return self.index(step, reader.rows(step.statement, values))
        keys = self.keys(step)
        rows: list[Row] = []
        for start in range(0, len(keys), step.chunk):
            chunk = keys[start : start + step.chunk]
            rows += reader.rows(step.statement, {**values, **list_values(KEYS, chunk, step.width)})
        return self.index(step, rows)

    def result(self, node: int) -> Result | None:
        found = self.done.get(node)
        return found if found is not None else self.before.get(node)

    def keys(self, step: Step) -> list[Any]:
        """The distinct join keys of the parent's rows."""
        assert step.keys is not None
        assert step.node.join is not None
        parent = self.result(step.node.join.parent)
        rows = parent.rows if isinstance(parent, Rows) else []
        return distinct_keys(rows, step.keys, step.width > 1)

    def lists(self, step: Step, extra: Values) -> dict[str, Any]:
        """What other nodes found, under the names this step's statement knows it by."""
        values: dict[str, Any] = {}
        for node, name in step.ranks:
            if name not in extra:
                ranked = self.result(node)
                assert isinstance(ranked, RankList)
                values |= table_values(name, ranked.rows, step.width_of(node))
        for node, name in step.lists:
            if name not in extra:
                found = self.result(node)
                assert isinstance(found, KeyList)
                values |= list_values(name, found.keys, found.width)
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
            return Over(over_keys(node))
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
        raise BudgetExceeded(
            f"The groups of all lists of {node.entity.plural} are more than {node.total}; "
            "that is the budget rows_max.",
            hint="Ask for fewer with `first` or for smaller pages around, or raise the setting rows_max.",
            source=node.source,
        )
    return found


def _key_list(step: Step, node: Keys, rows: list[Row]) -> Result:
    if len(rows) > node.limit:
        return Over(over_keys(node))
    assert step.key is not None
    keys = [step.key(row) for row in rows]
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
