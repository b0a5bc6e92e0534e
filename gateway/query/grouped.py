"""From rows of groups to the answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.errors import GatewayError
from gateway.query.join import GroupLists, RankList, Result, Row
from gateway.query.plan.shapes import AggregateShape, GroupKeyShape, GroupsShape, GroupValueShape, NameShape
from gateway.query.plan.types import Sorted
from gateway.query.values import SortValue

Leaf = Callable[[Any], Any]
Part = Callable[[Any], Any]
"""From a row, or None where there is none, to what it shows."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Shapes an object of the parts of a row. Raises GatewayError when one of them cannot be shown."""

    parts: Sequence[tuple[str, Part]]

    def __call__(self, row: Row | None) -> dict[str, Any]:
        return {key: part(row) for key, part in self.parts}

    def careful(self, row: Row | None, broken: Callable[[GatewayError], Any]) -> dict[str, Any]:
        """The object with what `broken` makes of an error in the places of such parts."""
        shaped: dict[str, Any] = {}
        for key, part in self.parts:
            try:
                shaped[key] = part.careful(row, broken) if isinstance(part, Parts) else part(row)
            except GatewayError as error:
                shaped[key] = broken(error)
        return shaped


GroupShaper = Callable[[Sequence[Result]], Parts]
"""From the results of all nodes to what shapes one group; values of ranks are among them."""
GroupLeaf = Callable[[int, Sorted], Leaf | None]


def group_shaper(
    shape: GroupsShape, leaf: GroupLeaf, aggregate: Callable[[AggregateShape], Parts]
) -> GroupShaper:
    """Shapes rows of (key…, measure…). `leaf` gives the conversion of a key, `aggregate` that of the rest."""
    makers = [
        (member.key, _constant(aggregate(member)))
        if isinstance(member, AggregateShape)
        else (member.key, _maker(member, shape.node, leaf))
        for member in shape.members
    ]
    return lambda results: Parts([(key, make(results)) for key, make in makers])


Maker = Callable[[Sequence[Result]], Part]


def _maker(member: NameShape | GroupValueShape | GroupKeyShape, node: int, leaf: GroupLeaf) -> Maker:
    match member:
        case NameShape(_, name):
            return _constant(lambda _: name)
        case GroupKeyShape(_, members, present):
            if not present:
                return _constant(_null)
            makers = [(inner.key, _maker(inner, node, leaf)) for inner in members]
            return lambda results: Parts([(key, make(results)) for key, make in makers])
        case GroupValueShape(_, position, sorted_):
            if position is None or sorted_ is None:
                return _constant(_null)
            if sorted_.ranks is not None:
                return _ranked(position, sorted_.ranks, node)
            return _constant(_own(position, leaf(node, sorted_)))


def _ranked(position: int, ranks: int, node: int) -> Maker:
    def make(results: Sequence[Result]) -> Part:
        groups, found = results[node], results[ranks]
        if isinstance(groups, GroupLists) and ranks in groups.values:
            values = groups.values[ranks]
        else:
            assert isinstance(found, RankList)
            values = found.values
        return lambda row: None if row[position] is None else _shown(values[row[position]])

    return make


def _own(position: int, leaf: Leaf | None) -> Part:
    if leaf is None:
        return lambda row: row[position]
    return lambda row: None if row[position] is None else leaf(row[position])


def _shown(value: Any) -> Any:
    if not isinstance(value, SortValue):
        return value
    if value.error is not None:
        raise value.error
    return value.shown


def _null(_: Row) -> None:
    return None


def _constant(part: Part) -> Maker:
    """A part that needs nothing of the results."""
    return lambda _: part
