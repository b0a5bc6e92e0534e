"""A plan with its SQL compiled and its shapers built: all that can be done before values are known."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from gateway.catalog.own import row_maker, row_reader
from gateway.catalog.types import Field
from gateway.query.alike import step_of
from gateway.query.drivers import Convert, own_from_driver
from gateway.query.join import key_of
from gateway.query.key_forms import read
from gateway.query.parameters import Parameter
from gateway.query.plan.plan import Plan
from gateway.query.plan.shapes import (
    EdgesShape,
    ObjectShape,
    OwnShape,
    RootManyShape,
    RootNodesShape,
    RootOneShape,
    objects_of,
)
from gateway.query.plan.types import (
    Fetch,
    KeyColumns,
    Sorted,
    inputs_of,
)
from gateway.query.shape import ConnectionShaper, ObjectShaper, OwnShaper
from gateway.query.shaping import Codes, ShaperFactory
from gateway.query.shared import ALONE, Shared
from gateway.query.sql.bind import Binder
from gateway.query.sql.compile import Dialects
from gateway.query.sql.measure import MeasureValues
from gateway.query.step import Step
from gateway.query.values import (
    Shown,
    date_to_json,
    group_to_json,
    shown,
    sort_to_json,
    to_json,
    travels_as_text,
)

BRIEF = 0.5
"""Ms. To wake another thread, and the event loop when it is done, costs about a third of this in CPU."""
FORGETTING = 0.1


@dataclass(frozen=True, slots=True)
class Prepared:
    """An operation ready to run with any values of its shape. `listed` nodes are shown as mere lists.

    `pace` is in ms per node: how long it took of late at its best, which is noted while it runs.
    """

    plan: Plan
    steps: tuple[Step, ...]
    inputs: tuple[tuple[int, ...], ...]
    children: tuple[tuple[int, ...], ...]
    first: tuple[int, ...]
    parameters: Mapping[str, Parameter]
    ids: Mapping[str, str]
    shapers: Mapping[str, ObjectShaper | ConnectionShaper | tuple[ObjectShaper, ...]]
    own: tuple[OwnShaper, ...] = ()
    listed: frozenset[int] = frozenset()
    pace: dict[int, float] = field(default_factory=dict)

    def note_pace(self, node: int, ms: float) -> None:
        """Note how long a node took. One slow run says little on a busy machine, several do."""
        known = self.pace.get(node, ms)
        self.pace[node] = ms if ms < known else known + (ms - known) * FORGETTING

    def is_brief(self, nodes: Iterable[int]) -> bool:
        """Whether reading these nodes takes less than what a thread costs that reads them meanwhile."""
        return sum(self.pace.get(node, inf) for node in nodes) < BRIEF


def prepare(plan: Plan, sources: Mapping[str, Dialects], shared: Shared = ALONE) -> Prepared:
    """Compile a plan for the databases it runs on; `shared` is what was made for others."""
    binder = Binder()
    alone = _alone(plan)
    steps = tuple(
        step_of(node, plan, binder, sources, alone.get(node.id), shared.moulds) for node in plan.nodes
    )
    inputs = tuple(inputs_of(node) for node in plan.nodes)
    children: list[list[int]] = [[] for _ in plan.nodes]
    for node in plan.nodes:
        for given in inputs[node.id]:
            children[given].append(node.id)
    ids = {
        root.key: binder.name(root.ids, sa.Text()) for root in plan.roots if isinstance(root, RootNodesShape)
    }
    bound = set(binder.parameters.values())
    for parameter in plan.checked:
        if parameter not in bound:
            binder.name(parameter, sa.Text())
    return Prepared(
        plan=plan,
        steps=steps,
        children=tuple(map(tuple, children)),
        inputs=inputs,
        first=tuple(
            node.id
            for node in plan.nodes
            if node.id not in plan.deferred and all(one in plan.deferred for one in inputs[node.id])
        ),
        parameters=binder.parameters,
        ids=ids,
        shapers=_shapers(plan, steps, sources, binder, shared.codes),
        own=tuple(_own(shape, plan, sources, binder) for shape in plan.own),
        listed=_listed(plan),
    )


def _alone(plan: Plan) -> dict[int, ObjectShape]:
    """The shape of each node whose rows become objects of one shape only."""
    found: dict[int, list[ObjectShape]] = {}
    for root in plan.roots:
        for shape in objects_of(root):
            found.setdefault(shape.node, []).append(shape)
    return {node: shapes[0] for node, shapes in found.items() if len(shapes) == 1}


def _listed(plan: Plan) -> frozenset[int]:
    """The nodes whose rows are shown one after another, and nowhere else."""
    return frozenset(
        root.connection.node
        for root in plan.roots
        if isinstance(root, RootManyShape) and root.connection.node is not None
        if not any(isinstance(member, EdgesShape) for member in root.connection.members)
    )


def _own(shape: OwnShape, plan: Plan, sources: Mapping[str, Dialects], binder: Binder) -> OwnShaper:
    """A field of the app: what makes its rows, and the name of its arguments."""
    arguments = None if shape.arguments is None else binder.name(shape.arguments, sa.Text())
    converts = _converts(plan, sources, shape.node, shape.positions)
    make = row_maker(shape.field.row, shape.field.needs)
    key = key_of(shape.identity, [None] * len(shape.identity)) if shape.identity else itemgetter(0)
    return OwnShaper(shape, row_reader(make, shape.positions, converts), key, arguments)


def _converts(
    plan: Plan, sources: Mapping[str, Dialects], node: int, positions: tuple[int, ...]
) -> list[Convert | None]:
    """What makes Python's values of the driver's, at positions of a node's rows."""
    fetch = plan.nodes[node]
    assert isinstance(fetch, Fetch)
    kinds = [fetch.column_at(position).type for position in positions]
    return [own_from_driver(kind, sources[fetch.source].dialect) for kind in kinds]


def _shapers(
    plan: Plan, steps: Sequence[Step], sources: Mapping[str, Dialects], binder: Binder, codes: Codes
) -> dict[str, ObjectShaper | ConnectionShaper | tuple[ObjectShaper, ...]]:
    values: dict[tuple[int, int, int], Shown] = {}

    def leaf(node: int, field: Field) -> Convert | None:
        return to_json(field, sources[plan.nodes[node].source].dialect)

    def value(node: int, position: int, field: Field) -> Shown:
        fetch = plan.nodes[node]
        assert isinstance(fetch, Fetch)
        source = sources[fetch.source]
        place = (node, position, id(field))
        if place not in values:
            text = position in fetch.shown and travels_as_text(field.column.type, source.features)
            values[place] = shown(field, source.dialect, text=text)
        return values[place]

    def converts(node: int, positions: tuple[int, ...], meets: KeyColumns) -> list[Convert | None]:
        fetch = plan.nodes[node]
        assert isinstance(fetch, Fetch)
        pairs = zip(map(fetch.column_at, positions), meets, strict=True)
        return [read(column, other, sources[fetch.source].dialect) for column, other in pairs]

    def own(shape: OwnShape) -> OwnShaper:
        return _own(shape, plan, sources, binder)

    def measures(node: int) -> MeasureValues:
        source = sources[plan.nodes[node].source]
        return MeasureValues(plan.nodes[node].entity, source.dialect, source.features)

    def group_leaf(node: int, sorted_: Sorted) -> Callable[[Any], Any] | None:
        dialect = sources[plan.nodes[node].source].dialect
        if sorted_.term.unit is not None:
            return date_to_json(dialect)
        assert sorted_.term.field is not None
        field = sorted_.term.end(plan.nodes[node].entity).fields[sorted_.term.field]
        return group_to_json(field, dialect)

    def sort_value(node: int, field: Field) -> Convert | None:
        return sort_to_json(field, sources[plan.nodes[node].source].dialect)

    texts = {step.node.id: step.written.position for step in steps if step.written is not None}
    factory = ShaperFactory(plan, value, leaf, sort_value, converts, measures, group_leaf, texts, own, codes)
    shapers: dict[str, ObjectShaper | ConnectionShaper | tuple[ObjectShaper, ...]] = {}
    for root in plan.roots:
        if isinstance(root, RootOneShape):
            shapers[root.key] = factory.object(root.shape)
        elif isinstance(root, RootManyShape):
            shapers[root.key] = factory.connection(root.connection)
        elif isinstance(root, RootNodesShape):
            shapers[root.key] = tuple(factory.object(shape) for shape in root.shapes)
    return shapers
