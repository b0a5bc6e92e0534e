"""The Strawberry seam, and the one function that names every stage of an operation.

    document → variables → (read → plan → prepare, once per shape) → values → execute → shape

`GatewaySchema` is a Strawberry schema whose operations go through that function; graphql-core completes
only what it alone knows, introspection.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import strawberry
from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, OperationDefinitionNode
from graphql.execution import execute_sync
from strawberry.types.graphql import OperationType

from gateway.access import Access
from gateway.catalog.types import Catalog
from gateway.config import Settings
from gateway.context import Context
from gateway.errors import Code, GatewayError
from gateway.observe import Trace
from gateway.query.execute import Surroundings, check_rows, execute
from gateway.query.parameters import resolve
from gateway.query.plan.make import make_plan
from gateway.query.plan.shapes import OtherShape
from gateway.query.plan.show import show_plan
from gateway.query.prepare import Prepared, prepare
from gateway.query.present import Presented, shape
from gateway.query.settle import FieldError
from gateway.query.values import plain
from gateway.schema.arguments import Limits
from gateway.schema.build import build_schema, graphql_schema
from gateway.schema.document import Document, Operation, RequestError, formatted, read_text
from gateway.schema.given import Given
from gateway.schema.read import Graph, other_fields, read_document
from gateway.sources.database import Database

ALL_KINDS = frozenset({"query", "mutation"})
ENCODING = orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z
"""Datetimes are encoded as the scalar DateTime writes them."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation as a client sent it. `kinds` are the operation kinds its transport allows.

    `explain` asks for the plan and what it cost in the answer's extensions, where the settings allow it.
    """

    query: str
    variables: Mapping[str, Any] | None = None
    operation_name: str | None = None
    kinds: frozenset[str] = ALL_KINDS
    explain: bool = False


@dataclass(slots=True)
class Answer:
    """The response of one operation. `executed` is False for a request error, which has no data at all.

    `shaped` is the data as the encoder takes it: dates and UUIDs still stand in it as Python's objects.
    """

    shaped: dict[str, Any] | None
    errors: list[dict[str, Any]]
    executed: bool = True
    extensions: dict[str, Any] | None = None

    @property
    def data(self) -> dict[str, Any] | None:
        """The data, made of JSON's own types."""
        found: dict[str, Any] | None = plain(self.shaped)
        return found

    def payload(self) -> dict[str, Any]:
        """The response as a JSON object."""
        return self._payload(self.data)

    def encode(self) -> bytes:
        """The response as JSON text. Raises TypeError (orjson's) when a value in it has no JSON form."""
        return orjson.dumps(self._payload(self.shaped), option=ENCODING)

    def _payload(self, data: dict[str, Any] | None) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        if self.errors:
            shown["errors"] = self.errors
        if self.executed:
            shown["data"] = data
        if self.extensions:
            shown["extensions"] = self.extensions
        return shown


@dataclass(frozen=True, slots=True)
class Ready:
    """An operation on its way to execution. `variables` are as sent, `given` is their shape."""

    operation: Operation
    document: Document
    variables: Mapping[str, Any] | None
    given: tuple[tuple[str, Given], ...]
    prepared: Prepared
    values: dict[str, Any]


class GatewaySchema(strawberry.Schema):
    """The graph's Strawberry schema. `attach` gives it the catalog and databases it answers from."""

    catalog: Catalog
    databases: Mapping[str, Database]
    settings: Settings

    def attach(self, catalog: Catalog, databases: Mapping[str, Database], settings: Settings) -> None:
        self.catalog, self.databases, self.settings = catalog, databases, settings
        limits = Limits(settings.page_size, settings.page_max, settings.in_max, settings.rows_max)
        self.graph = Graph(catalog, self.core, limits)
        self.document = lru_cache(settings.document_cache)(self._document)
        self.prepared = lru_cache(settings.plan_cache)(self._prepared)

    @property
    def core(self) -> GraphQLSchema:
        return graphql_schema(self)

    # The stages

    async def answer(self, asked: Asked, context: Context) -> Answer:
        """The answer to one operation. Every failure is in the answer; nothing expected is raised."""
        trace = context.trace
        try:
            ready = self.ready(asked, context)
        except RequestError as error:
            trace.errors = len(error.errors)
            return Answer(None, error.errors, executed=False)
        around = Surroundings(self.databases, context.sessions, trace, self.settings.walk_max)
        with trace.stage("execute"):
            outcome = await execute(ready.prepared, ready.values, around)
        with trace.stage("shape"):
            presented = shape(ready.prepared, outcome, ready.values)
            answer = self._answer(presented, ready)
        if asked.explain and self.settings.explain:
            answer.extensions = {"plan": explained(ready.prepared, trace)}
        trace.errors = len(answer.errors)
        return answer

    def ready(self, asked: Asked, context: Context) -> Ready:
        """Everything before execution; waits for nothing. Raises RequestError."""
        trace = context.trace
        with trace.stage("document"):
            document = self.document(asked.query)
            operation = document.operation(asked.operation_name)
            trace.kind = operation.kind
            trace.operation_name = operation.node.name.value if operation.node.name else None
            _refuse_kind(operation, asked.kinds)
            document.refuse_invalid()
        with trace.stage("variables"):
            variables = operation.variables(asked.variables)
            given = document.given(operation, variables)
        try:
            with trace.stage("plan"):
                prepared = self.prepared(asked.query, trace.operation_name, given, context.caller.role)
            with trace.stage("values"):
                values = resolve(prepared.parameters, variables, context.caller.claims)
                check_rows(prepared, values, self.settings.rows_max)
        except GatewayError as error:
            shown = {"message": error.message, "extensions": error.extensions}
            raise RequestError([shown]) from error
        return Ready(operation, document, asked.variables, given, prepared, values)

    def _document(self, text: str) -> Document:
        return read_text(text, self.core, introspection=self.settings.introspection)

    def _prepared(
        self, text: str, name: str | None, given: tuple[tuple[str, Given], ...], role: str
    ) -> Prepared:
        document = self.document(text)
        operation = document.operation(name)
        selection = read_document(operation.node, document.fragments, dict(given), self.graph)
        plan = make_plan(selection, self.catalog, Access(role), self.settings.keys_max)
        return prepare(plan, self.databases)

    def _answer(self, presented: Presented, ready: Ready) -> Answer:
        data, errors = presented.data, [_field_error(error) for error in presented.errors]
        others = [root for root in ready.prepared.plan.roots if isinstance(root, OtherShape)]
        if others:
            result = self._introspect(ready)
            data |= {root.key: (result.data or {}).get(root.key) for root in others}
            errors += [formatted(error, Code.INTERNAL_SERVER_ERROR) for error in result.errors or ()]
        return Answer(data, errors)

    def _introspect(self, ready: Ready) -> ExecutionResult:
        """Let graphql-core answer the roots that are not entities, and only those."""
        node = ready.operation.node
        fields = other_fields(node, ready.document.fragments, dict(ready.given), self.graph)
        narrowed = OperationDefinitionNode(
            operation=node.operation,
            name=node.name,
            variable_definitions=node.variable_definitions,
            directives=node.directives,
            selection_set=type(node.selection_set)(selections=tuple(fields)),
        )
        document = DocumentNode(definitions=(narrowed, *ready.document.fragments.values()))
        result = execute_sync(self.core, document, variable_values=dict(ready.variables or {}))
        assert isinstance(result, ExecutionResult)
        return result

    # Strawberry's own ways in: its routers and test clients call these

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,  # noqa: ARG002
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """Answer through the pipeline, in the form Strawberry's integrations expect."""
        context = context_value if isinstance(context_value, Context) else Context(self.databases)
        kinds = (
            ALL_KINDS
            if allowed_operation_types is None
            else frozenset(kind.value for kind in allowed_operation_types)
        )
        try:
            answer = await self.answer(Asked(query or "", variable_values, operation_name, kinds), context)
        finally:
            if context is not context_value:
                await context.close()
        errors = [
            GraphQLError(error["message"], path=error.get("path"), extensions=error["extensions"])
            for error in answer.errors
        ]
        return strawberry.types.ExecutionResult(data=answer.data, errors=errors or None)


def explained(prepared: Prepared, trace: Trace) -> dict[str, Any]:
    """The plan of an operation that ran, which directions it took, and what each statement cost."""
    return {
        "tree": show_plan(prepared.plan).splitlines(),
        "directions": list(trace.notes),
        "statements": [
            {
                "source": event.source,
                "sql": event.sql,
                "rows": event.rows,
                "ms": round(event.ms, 3),
                "error": event.error,
            }
            for event in tuple(trace.statements)
        ],
        "sources": trace.summary(),
        "stages": {name: round(ms, 3) for name, ms in trace.stages.items()},
    }


def make_schema(catalog: Catalog, databases: Mapping[str, Database], settings: Settings) -> GatewaySchema:
    """The schema of a catalog, ready to answer."""
    schema = build_schema(catalog, GatewaySchema)
    assert isinstance(schema, GatewaySchema)
    schema.attach(catalog, databases, settings)
    return schema


def _refuse_kind(operation: Operation, kinds: frozenset[str]) -> None:
    if operation.kind not in kinds:
        error = GraphQLError(f"A {operation.kind} is not allowed over this transport.")
        raise RequestError([formatted(error, Code.BAD_USER_INPUT)])


def _field_error(error: FieldError) -> dict[str, Any]:
    extensions = error.error.extensions
    if error.affected > 1:
        extensions["affected"] = error.affected
    return {"message": error.error.message, "path": list(error.path), "extensions": extensions}
