"""Which numbers can be made range by range of a key, and what each range is asked.

A range of a key holds the same rows here as there where both sides order the key alike. Within a range the
other source's keys are all there, so a condition means what it says below `not` as well; numbers about ranges
are then added up (`query/merge.py`).
"""

from collections.abc import Iterator
from dataclasses import replace

import sqlalchemy as sa

from gateway.catalog.decorated import Decorated
from gateway.catalog.kinds import ServerUuid
from gateway.catalog.measures import COUNT, Measure
from gateway.catalog.types import Entity
from gateway.query.conditions import KeyIn, leaves
from gateway.query.having import measures_of
from gateway.query.plan.plan import Plan
from gateway.query.plan.types import Aggregate, Groups, Keys, Ranks, Sorted, key_tests

Numbers = Aggregate | Groups


def slice_attributes(node: Numbers) -> tuple[str, ...]:
    """The attributes by which a root's rows meet keys or ranks of other sources, if its numbers add up."""
    if node.join is not None:
        return ()
    found = dict.fromkeys(name for _, name in (*_key_uses(node), *_rank_uses(node)))
    return tuple(name for name in found if _adds_up(node, name))


def sliceable(node: Numbers, attribute: str, plan: Plan) -> list[Keys | Ranks]:
    """The nodes whose keys or ranks, among those that meet `attribute`, can be had range by range."""
    everywhere = [test.node for test, _ in key_tests(node.condition, node.entity)]
    uses = list(_key_uses(node))
    numbers = [
        used
        for used, name in uses
        if name == attribute and everywhere.count(used) == uses.count((used, name))
    ]
    numbers += [used for used, name in _rank_uses(node) if name == attribute]
    found = []
    for number in dict.fromkeys(numbers):
        other = plan.nodes[number]
        assert isinstance(other, Keys | Ranks)
        if _is_plain(other) and _alike(node.entity, attribute, other):
            found.append(other)
    return found


def part_of(node: Numbers, attribute: str) -> Numbers:
    """The node that brings the numbers of one range: every group, with all that is tested and sorted by."""
    if isinstance(node, Aggregate):
        return replace(node, range=attribute)
    tested = measures_of(node.having) if node.having is not None else ()
    sorted_by = (term.value for term in node.order if isinstance(term.value, Measure))
    measures = tuple(dict.fromkeys((*node.measures, *tested, *sorted_by)))
    return replace(node, measures=measures or (COUNT,), having=None, order=(), size=None, range=attribute)


def _key_uses(node: Numbers) -> Iterator[tuple[int, str]]:
    """Each use of keys by the row itself, with the attribute that meets them."""
    for leaf in leaves(node.condition) if node.condition is not None else ():
        if isinstance(leaf, KeyIn) and len(leaf.attributes) == 1:
            yield leaf.node, leaf.attributes[0]


def _rank_uses(node: Numbers) -> Iterator[tuple[int, str]]:
    for term in node.by if isinstance(node, Groups) else ():
        if term.ranks is not None and not term.hops and len(term.key) == 1:
            yield term.ranks, term.key[0]


def _is_plain(other: Keys | Ranks) -> bool:
    if isinstance(other, Keys):
        return not other.candidates and not other.hops
    return other.measure is None and other.sorted.ranks is None


def _alike(entity: Entity, attribute: str, other: Keys | Ranks) -> bool:
    """Whether both sides order the key alike, as whole numbers and UUIDs are wherever they stand."""
    (key,) = other.key
    kinds = (entity.column(attribute).type, other.entity.column(key).type)
    if any(isinstance(kind, ServerUuid) for kind in kinds):
        return False  # MariaDB sorts its own type in another order
    return any(all(isinstance(kind, one) for kind in kinds) for one in (sa.Integer, sa.Uuid))


def _adds_up(node: Numbers, attribute: str) -> bool:
    measures = part_of(node, attribute).measures
    keys = node.by if isinstance(node, Groups) else ()
    return all(_is_additive(each, node.entity, attribute) for each in measures) and all(
        _is_comparable(each, node.entity) for each in keys
    )


def _is_additive(measure: Measure, entity: Entity, attribute: str) -> bool:
    """Whether a measure of two ranges follows from those of each. Only its own database compares text."""
    if measure.field is None or measure.function in ("sum", "avg"):
        return True
    field = entity.fields[measure.field]
    if measure.function == "countDistinct":
        return field.attribute == attribute
    return not isinstance(field.column.type, sa.String | Decorated)


def _is_comparable(key: Sorted, entity: Entity) -> bool:
    """Whether values of a group's key are equal and sorted here as in their database."""
    if key.ranks is not None or key.term.unit is not None:
        return True
    assert key.term.field is not None
    kind = key.term.end(entity).fields[key.term.field].column.type
    return isinstance(kind, sa.Enum) or not isinstance(kind, sa.String | sa.Float | Decorated)
