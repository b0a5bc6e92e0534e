"""From rows of groups to the answer."""

from collections.abc import Callable, Sequence
from typing import Any

from gateway.query.join import GroupLists, RankList, Result, Row
from gateway.query.plan.shapes import AggregateShape, GroupKeyShape, GroupsShape, GroupValueShape, NameShape
from gateway.query.plan.types import Sorted

Leaf = Callable[[Any], Any]
Part = Callable[[Row], Any]
RowShaper = Callable[[Row], dict[str, Any]]
GroupShaper = Callable[[Sequence[Result]], RowShaper]
"""From the results of all nodes to the function that shapes one group; values of ranks are among them."""
GroupLeaf = Callable[[int, Sorted], Leaf | None]


def group_shaper(
    shape: GroupsShape, leaf: GroupLeaf, aggregate: Callable[[AggregateShape], Part]
) -> GroupShaper:
    """Shapes rows of (key…, measure…). `leaf` gives the conversion of a key, `aggregate` that of the rest."""
    makers = [
        (member.key, _constant(aggregate(member)))
        if isinstance(member, AggregateShape)
        else (member.key, _maker(member, shape.node, leaf))
        for member in shape.members
    ]
    return lambda results: _object([(key, make(results)) for key, make in makers])


Maker = Callable[[Sequence[Result]], Part]


def _maker(member: NameShape | GroupValueShape | GroupKeyShape, node: int, leaf: GroupLeaf) -> Maker:
    match member:
        case NameShape(_, name):
            return _constant(lambda _: name)
        case GroupKeyShape(_, members, present):
            if not present:
                return _constant(_null)
            makers = [(inner.key, _maker(inner, node, leaf)) for inner in members]
            return lambda results: _object([(key, make(results)) for key, make in makers])
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
        return lambda row: None if row[position] is None else values[row[position]]

    return make


def _own(position: int, leaf: Leaf | None) -> Part:
    if leaf is None:
        return lambda row: row[position]
    return lambda row: None if row[position] is None else leaf(row[position])


def _null(_: Row) -> None:
    return None


def _constant(part: Part) -> Maker:
    """A part that needs nothing of the results."""
    return lambda _: part


def _object(parts: list[tuple[str, Part]]) -> RowShaper:
    return lambda row: {key: part(row) for key, part in parts}
