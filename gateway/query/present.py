"""The answer of one operation: every root shaped in response order, nulls bubbled, errors collected."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.query.execute import Outcome
from gateway.query.join import Failure, Rows
from gateway.query.plan.shapes import (
    NameShape,
    OwnShape,
    RefusedShape,
    RootManyShape,
    RootNodesShape,
    RootOneShape,
    RootShape,
)
from gateway.query.prepare import Prepared
from gateway.query.settle import FieldError, Settlement
from gateway.query.shape import Answered, Broken, ConnectionShaper, ObjectShaper


@dataclass(frozen=True, slots=True)
class Presented:
    """Data by root key, in order, and the errors in it. Roots answered elsewhere hold None."""

    data: dict[str, Any]
    errors: list[FieldError]


NOTHING: Mapping[OwnShape, Mapping[Any, Any]] = {}


def shape(
    prepared: Prepared,
    outcome: Outcome,
    values: Mapping[str, Any],
    own: Mapping[OwnShape, Mapping[Any, Any]] = NOTHING,
) -> Presented:
    """The data and errors of an outcome. `own` are the values of the plan's own fields, by key."""
    answered = Answered(outcome.results, values, own)
    data = {root.key: _root(root, prepared, answered, values) for root in prepared.plan.roots}
    settlement = Settlement()
    for root in prepared.plan.roots:
        if answered.troubled:
            data[root.key] = settlement.root(root, data[root.key])
        elif isinstance(root, RootNodesShape):
            data[root.key] = _unpaired(root, data[root.key])
    return Presented(data, settlement.errors)


def _root(root: RootShape, prepared: Prepared, answered: Answered, values: Mapping[str, Any]) -> Any:
    match root:
        case NameShape(_, name):
            return name
        case RefusedShape(_, error):
            return answered.broken(error)
        case RootOneShape(key, inner):
            shaper = prepared.shapers[key]
            assert isinstance(shaper, ObjectShaper)
            result = answered.results[inner.node]
            if isinstance(result, Failure):
                return answered.broken(result.error)
            assert isinstance(result, Rows)
            return shaper.bind(answered)(result.rows[:1])[0] if result.rows else None
        case RootManyShape(key):
            connection = prepared.shapers[key]
            assert isinstance(connection, ConnectionShaper)
            return connection.root(answered)
        case RootNodesShape():
            return _nodes(root, prepared, answered, values)
    return None


def _nodes(root: RootNodesShape, prepared: Prepared, answered: Answered, values: Mapping[str, Any]) -> Any:
    """Per id: None, a `Broken`, or (entity name, record), the name telling `settle` which shape it has."""
    shapers = prepared.shapers[root.key]
    assert isinstance(shapers, tuple)
    found: dict[str, Any] = {name: answered.broken(error) for name, error in root.refused}
    for inner, shaper in zip(root.shapes, shapers, strict=True):
        result = answered.results[inner.node]
        if isinstance(result, Failure):
            found[inner.entity.name] = answered.broken(result.error)
        elif isinstance(result, Rows):
            records = shaper.bind(answered)(result.one.values())
            found[inner.entity.name] = dict(zip(result.one, records, strict=True))
    items = [_node(found[name], name, key) for name, key in values[prepared.ids[root.key]]]
    return items[0] if root.single else items


def _node(found: Any, name: str, key: tuple[Any, ...]) -> Any:
    if isinstance(found, Broken):
        return found
    record = found.get(key[0] if len(key) == 1 else key)
    return None if record is None else (name, record)


def _unpaired(root: RootNodesShape, value: Any) -> Any:
    if root.single:
        return None if value is None else value[1]
    return [None if item is None else item[1] for item in value]
