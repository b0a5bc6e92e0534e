"""Nulls bubble here: a shaped answer with `Broken` places becomes data that keeps every non-null promise.

Runs only for an answer in trouble. The tree is copied, since shaped records are shared between parents.
One error is reported per selection, at the first place it met; `affected` counts the places.
"""

from dataclasses import dataclass, field
from typing import Any

from orjson import Fragment

from gateway.errors import GatewayError
from gateway.query.pieces import Pieces
from gateway.query.plan.shapes import (
    AggregateShape,
    ConnectionShape,
    CursorShape,
    EdgesShape,
    GroupsShape,
    JoinedShape,
    ManyShape,
    NameShape,
    NodesShape,
    ObjectShape,
    OneShape,
    OwnShape,
    RefusedShape,
    RootManyShape,
    RootNodesShape,
    RootOneShape,
    RootShape,
    ValueShape,
)
from gateway.query.shape import Broken, Partial

Path = tuple[str | int, ...]
_BUBBLE = object()


@dataclass(slots=True)
class FieldError:
    """One failed selection: its error, the path of the first place, and how many places it has."""

    error: GatewayError
    path: Path
    affected: int = 1


@dataclass(slots=True)
class Settlement:
    """Collects errors while an answer is settled."""

    found: dict[tuple[int, int | str], FieldError] = field(default_factory=dict)

    @property
    def errors(self) -> list[FieldError]:
        return list(self.found.values())

    def root(self, shape: RootShape, value: Any) -> Any:
        """The settled value of one root field; every root is nullable."""
        path: Path = (shape.key,)
        if isinstance(value, Broken):
            self.report(shape, value, path)
            return None
        match shape:
            case RootOneShape(_, inner) if value is not None:
                return self._or_null(self.object(inner, value, path))
            case RootManyShape(_, connection):
                return self._or_null(self.connection(connection, value, path))
            case RootNodesShape():
                return self.nodes(shape, value, path)
        return value

    def report(self, shape: object, broken: Broken, path: Path) -> None:
        """Note an error. Errors of one selection with one cause are one error."""
        self.note((id(shape), broken.error.code.value), FieldError(broken.error, path))

    def note(self, place: tuple[int, int | str], error: FieldError) -> None:
        """Note an error, or more places of one that is known."""
        known = self.found.setdefault(place, error)
        if known is not error:
            known.affected += error.affected

    def _or_null(self, value: Any) -> Any:
        return None if value is _BUBBLE else value

    def nodes(self, shape: RootNodesShape, value: Any, path: Path) -> Any:
        shapes = {inner.entity.name: inner for inner in shape.shapes}
        if shape.single:
            return self._node(shape, shapes, value, path)
        return [self._node(shape, shapes, item, (*path, position)) for position, item in enumerate(value)]

    def _node(self, shape: RootNodesShape, shapes: dict[str, ObjectShape], item: Any, path: Path) -> Any:
        """`item` is None, a `Broken`, or (entity name, shaped record)."""
        if item is None:
            return None
        if isinstance(item, Broken):
            self.report(shape, item, path)
            return None
        name, record = item
        return self._or_null(self.object(shapes[name], record, path))

    def object(self, shape: ObjectShape, record: Any, path: Path) -> Any:
        if isinstance(record, Fragment):  # what a database wrote has no trouble in it
            return record
        settled: dict[str, Any] = {}
        for member in shape.members:
            value = record[member.key]
            inside = (*path, member.key)
            if isinstance(value, Broken):
                self.report(member, value, inside)
                value = _BUBBLE
            elif isinstance(member, OneShape | JoinedShape) and value is not None:
                value = self.object(member.shape, value, inside)
            elif isinstance(member, ManyShape):
                value = self.connection(member.connection, value, inside)
            elif isinstance(member, OwnShape) and isinstance(value, Partial):
                value = self.partial(member, value, inside)
            if value is _BUBBLE:
                if not _nullable(member):
                    return _BUBBLE
                value = None
            settled[member.key] = value
        return settled

    def partial(self, shape: OwnShape, given: Partial, path: Path) -> Any:
        for inside, error, affected in given.errors:
            place = (id(shape), f"{'.'.join(step for step in inside if isinstance(step, str))} {error.code}")
            self.note(place, FieldError(error, (*path, *inside), affected))
        return _BUBBLE if given.value is None else given.value

    def connection(self, shape: ConnectionShape, page: dict[str, Any], path: Path) -> Any:
        settled: dict[str, Any] = {}
        for member in shape.members:
            value = page[member.key]
            inside = (*path, member.key)
            if isinstance(value, Broken):
                self.report(member, value, inside)
                value = None  # totalCount is nullable
            elif isinstance(member, NodesShape):
                value = self._each(member.shape, value, inside)
            elif isinstance(member, EdgesShape):
                value = self._edges(member, value, inside)
            elif isinstance(member, AggregateShape | GroupsShape):
                value = self.numbers(member, value, inside)
            if value is _BUBBLE:
                return _BUBBLE
            settled[member.key] = value
        return settled

    def numbers(self, member: AggregateShape | GroupsShape, value: Any, path: Path) -> Any:
        """What an aggregate or groups show. All in them is nullable, but for counts, which are there."""
        if isinstance(value, dict):
            return {key: self.numbers(member, part, (*path, key)) for key, part in value.items()}
        if isinstance(value, list):
            return [self.numbers(member, part, (*path, place)) for place, part in enumerate(value)]
        if not isinstance(value, Broken):
            return value
        names = ".".join(step for step in path if isinstance(step, str))
        self.note((id(member), f"{names} {value.error.code}"), FieldError(value.error, path))
        return None

    def _each(self, shape: ObjectShape, records: Any, path: Path) -> Any:
        if isinstance(records, Fragment | Pieces):
            return records
        settled = [self.object(shape, record, (*path, position)) for position, record in enumerate(records)]
        return _BUBBLE if any(record is _BUBBLE for record in settled) else settled

    def _edges(self, member: EdgesShape, edges: list[Any], path: Path) -> Any:
        settled = []
        for position, edge in enumerate(edges):
            copy: dict[str, Any] = {}
            for part in member.members:
                value = edge[part.key]
                if not isinstance(part, NameShape | CursorShape):
                    value = self.object(part.shape, value, (*path, position, part.key))
                    if value is _BUBBLE:
                        return _BUBBLE
                copy[part.key] = value
            settled.append(copy)
        return settled


def _nullable(member: object) -> bool:
    match member:
        case ValueShape():
            return member.field.nullable
        case OwnShape():
            return member.field.nullable
        case RefusedShape() | OneShape() | JoinedShape():
            return member.nullable
        case ManyShape():
            return True
    return False
