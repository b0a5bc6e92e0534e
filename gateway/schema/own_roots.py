"""Running own resolvers through graphql-core: own root fields, and own types below own fields."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    execute,
    type_from_ast,
)

from gateway.errors import GatewayError, ResolverError
from gateway.query.settle import FieldError, Path
from gateway.query.shape import Broken, Partial
from gateway.schema.own_resolver import known_error
from gateway.schema.own_rows import records_of
from gateway.schema.own_schema import CURRENT, Given, OwnSchema
from gateway.schema.place import Below
from gateway.schema.reentry import Reentry

log = logging.getLogger("gateway.resolvers")


@dataclass(frozen=True, slots=True)
class Ran:
    """What graphql-core made of some fields: data by response key, None where an error went up to the top."""

    data: dict[str, Any] | None
    errors: list[FieldError]


@dataclass(frozen=True, slots=True)
class OwnRun:
    """The own resolvers of one operation."""

    schema: OwnSchema
    reentry: Reentry

    async def roots(self, kind: str, nodes: Sequence[FieldNode]) -> Ran:
        """Own root fields of a query, side by side, or of a mutation, one after the other."""
        return await self._run(OperationType(kind), nodes, None)

    async def objects(self, entity: str, nodes: Sequence[FieldNode], values: Sequence[Any]) -> list[Any]:
        """What stands in the answer for values of an own field whose type is the app's own.

        Values are None, GatewayErrors or the objects; the result has a `Broken` or a `Partial` where
        something is missing.
        """
        holder = self.schema.holders[entity]
        good = [(value,) for value in values if not isinstance(value, GatewayError)]
        selection = SelectionSetNode(selections=tuple(nodes))
        field = FieldNode(name=NameNode(value=holder), selection_set=selection)
        ran = await self._run(OperationType.QUERY, [field], {holder: good})
        held = iter(_by_position(ran, holder, nodes, len(good)))
        return [Broken(value) if isinstance(value, GatewayError) else next(held) for value in values]

    async def _run(self, kind: OperationType, nodes: Sequence[FieldNode], root: Any) -> Ran:
        document = self.reentry.schema.plans.document(self.reentry.text)
        operation = document.operation(self.reentry.operation_name).node
        known = [
            definition
            for definition in operation.variable_definitions or ()
            if type_from_ast(self.schema.core, definition.type) is not None
        ]
        narrowed = OperationDefinitionNode(
            operation=kind,
            name=operation.name,
            variable_definitions=tuple(known),
            selection_set=SelectionSetNode(selections=tuple(nodes)),
        )
        token = CURRENT.set(self.reentry)
        try:
            found: Any = execute(
                self.schema.core,
                DocumentNode(definitions=(narrowed, *document.fragments.values())),
                root_value=_Root(root) if root is not None else None,
                context_value=self.reentry.context,
                variable_values=dict(self.reentry.sent or {}),
                executor_class=self.schema.executor,
                operation_extensions={},
            )
            result = await found if isawaitable(found) else found
        finally:
            CURRENT.reset(token)
        errors = [FieldError(self._error(error), tuple(error.path or ())) for error in result.errors or ()]
        return Ran(result.data, errors + await self._rows(result.data))

    def _error(self, error: GraphQLError) -> GatewayError:
        """What clients learn of an error: of an unexpected one only that there was one."""
        original = error.original_error
        if original is None:
            return ResolverError(error.message, error.extensions)
        known = known_error(original)
        if known is not None:
            return known
        name = next((step for step in reversed(error.path or []) if isinstance(step, str)), "")
        log.error("the resolver of %s failed", name, exc_info=original)
        return ResolverError(f"The resolver of {name!r} failed.")

    # Rows

    async def _rows(self, data: Any) -> list[FieldError]:
        """Put records where resolvers gave rows, one batch for all rows at the same place of the document."""
        places: dict[Below, list[_Spot]] = {}
        _collect(data, (), places)
        errors: list[FieldError] = []
        for below, spots in places.items():
            rows = spots[0].given.rows
            values = [spot.given.value for spot in spots]
            records = await records_of(values, rows, below, self.reentry)
            for spot, record in zip(spots, records, strict=True):
                spot.put(record, errors)
        return errors


class _Root(dict[str, Any]):
    """The root value, read by Strawberry's default resolver as an object."""

    def __getattr__(self, name: str) -> Any:
        return self[name]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in a result rows are to stand."""

    holder: Any
    step: str | int
    path: Path
    given: Given

    def put(self, record: Any, errors: list[FieldError]) -> None:
        if isinstance(record, Broken):
            errors.append(FieldError(record.error, self.path))
            record = None
        elif isinstance(record, Partial):
            errors += [FieldError(error, (*self.path, *inside), n) for inside, error, n in record.errors]
            record = record.value
        self.holder[self.step] = record


def _collect(value: Any, path: Path, places: dict[Below, list[_Spot]]) -> None:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in steps:
        inside = (*path, step)
        if isinstance(part, Given):
            below = Below.of(part.rows.entity.name, part.info.field_nodes)
            places.setdefault(below, []).append(_Spot(value, step, inside, part))
        elif isinstance(part, dict | list):
            _collect(part, inside, places)


def _by_position(ran: Ran, holder: str, nodes: Sequence[FieldNode], count: int) -> list[Any]:
    """The value of each held object, with the errors inside it."""
    key = nodes[0].alias.value if nodes[0].alias else nodes[0].name.value
    held = (ran.data or {}).get(holder) or [None] * count
    errors: dict[int, list[tuple[Path, GatewayError, int]]] = {}
    for error in ran.errors:
        _, position, *_field = error.path
        assert isinstance(position, int)
        errors.setdefault(position, []).append((error.path[3:], error.error, error.affected))
    values = [None if each is None else each[key] for each in held]
    return [
        Partial(value, tuple(errors[position])) if position in errors else value
        for position, value in enumerate(values)
    ]
