"""Payloads of mutations: what was written, as it was read, or why it was not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode

from gateway.mutation.errors import MutationError
from gateway.query.settle import FieldError
from gateway.schema.mutation_types import Mutation
from gateway.schema.read import DocumentReader


@dataclass(slots=True)
class Outcome:
    """What became of one generated mutation.

    `records` holds the rows as read, by the response key of the field that shows them, `unread` what went
    wrong in reading. `errors` are why nothing was written.
    """

    records: dict[str, Any] = field(default_factory=dict)
    unread: list[FieldError] = field(default_factory=list)
    affected: int = 0
    deleted_id: str | None = None
    created: bool | None = None
    errors: Sequence[MutationError] = ()


@dataclass(frozen=True, slots=True)
class PayloadShape:
    """The fields that a document selects of a payload, by response key."""

    mutation: Mutation
    fields: Mapping[str, list[FieldNode]]
    reader: DocumentReader

    @property
    def places(self) -> tuple[str, ...]:
        """The response keys at which rows are shown."""
        return tuple(key for key, nodes in self.fields.items() if nodes[0].name.value == self.mutation.rows)

    def shape(self, outcome: Outcome) -> dict[str, Any]:
        return {key: self._member(key, nodes, outcome) for key, nodes in self.fields.items()}

    def _member(self, key: str, nodes: list[FieldNode], outcome: Outcome) -> Any:
        match nodes[0].name.value:
            case "__typename":
                return self.mutation.payload
            case "errors":
                return [self._error(error, nodes) for error in outcome.errors]
            case "affectedCount":
                return outcome.affected
            case "created":
                return outcome.created
            case self.mutation.rows:
                return outcome.records.get(key)
            case _:
                return outcome.deleted_id

    def _error(self, error: MutationError, nodes: list[FieldNode]) -> dict[str, Any]:
        found = {
            "__typename": error.code.type_name,
            "code": error.code.value,
            "message": error.message,
            "path": list(error.path),
            "fields": list(error.fields),
            "constraint": error.constraint,
        }
        below = self.reader.below(nodes, error.code.type_name)
        return {key: found[each[0].name.value] for key, each in below.items()}
