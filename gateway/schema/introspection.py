"""What clients ask about the schema itself: answered by graphql-core, once for each question.

The schema does not change while a gateway runs, so answers are kept like plans are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import DocumentNode, FieldNode, GraphQLError, GraphQLSchema, OperationDefinitionNode
from graphql.execution import ExecutionResult, execute_sync

from gateway.schema.cache import Cache, CacheState
from gateway.schema.document import Document
from gateway.schema.lane import Lane

ENTRIES = 64
BYTES = 32_000_000
_VARIABLES_MAX = 1_000
"""Bytes of variables up to which an answer is kept."""


@dataclass(frozen=True, slots=True)
class Question:
    """The introspection fields of one operation, and who asks."""

    document: Document
    operation: OperationDefinitionNode
    fields: tuple[FieldNode, ...]
    variables: Mapping[str, Any] | None
    role: str


@dataclass(frozen=True, slots=True)
class Told:
    """The answer by response key; it is shared, so leave it as it is."""

    data: Mapping[str, Any]
    errors: tuple[GraphQLError, ...]


class Introspection:
    """The answers of one schema; new ones are made in the `lane`."""

    def __init__(self, schema: GraphQLSchema, lane: Lane) -> None:
        self._schema = schema
        self._lane = lane
        self._kept: Cache[tuple[str, str | None, bytes, str], Told] = Cache(ENTRIES, BYTES)

    def state(self) -> CacheState:
        return self._kept.state()

    async def told(self, question: Question) -> Told:
        """The answer. Raises Overloaded when too much waits to be made."""
        variables = orjson.dumps(question.variables or {}, option=orjson.OPT_SORT_KEYS)
        name = question.operation.name.value if question.operation.name else None
        key = (question.document.text, name, variables, question.role)
        found = self._kept.get(key)
        if found is None:
            found = await self._lane.run(lambda: self._ask(question))
            if len(variables) <= _VARIABLES_MAX:
                self._kept.put(key, found, _size(found))
        return found

    def _ask(self, question: Question) -> Told:
        node = question.operation
        narrowed = OperationDefinitionNode(
            operation=node.operation,
            name=node.name,
            variable_definitions=node.variable_definitions,
            directives=node.directives,
            selection_set=type(node.selection_set)(selections=question.fields),
        )
        document = DocumentNode(definitions=(narrowed, *question.document.fragments.values()))
        result = execute_sync(self._schema, document, variable_values=dict(question.variables or {}))
        assert isinstance(result, ExecutionResult)
        return Told(result.data or {}, tuple(result.errors or ()))


def _size(told: Told) -> int:
    """About what an answer takes in memory: its objects are ten times its text."""
    return 10 * len(orjson.dumps(told.data))
