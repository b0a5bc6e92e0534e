"""The Strawberry seam, and the one function that names every stage of an operation.

    document → variables → (read → plan → prepare, once per shape) → values → execute → shape

`GatewaySchema` is a Strawberry schema whose operations go through that function; graphql-core completes
only what it alone knows, introspection.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSchema
from strawberry.types.graphql import OperationType

from gateway.catalog.types import Catalog
from gateway.config import Settings
from gateway.context import ANONYMOUS, Context
from gateway.errors import BudgetExceeded, Code, Forbidden, GatewayError
from gateway.query.execute import Outcome, Surroundings, check_rows, execute
from gateway.query.parameters import resolve
from gateway.query.plan.plan import Plan
from gateway.query.plan.shapes import OtherShape, OwnRootShape
from gateway.query.plan.show import show_plan
from gateway.query.prepare import Prepared
from gateway.query.present import NOTHING, shape
from gateway.schema.answer import ALL_KINDS, Answer, Asked, explained, field_error, too_slow
from gateway.schema.arguments import Limits
from gateway.schema.build import GraphSchema, OwnRoots, build_schema, graphql_schema
from gateway.schema.cache import CacheState
from gateway.schema.document import Document, Operation, RequestError, formatted
from gateway.schema.extent import check_values
from gateway.schema.given import Given
from gateway.schema.introspection import Introspection, Question
from gateway.schema.lane import TooLong
from gateway.schema.mutate import Mutating
from gateway.schema.mutation_types import mutations_of
from gateway.schema.own_fields import bind_own
from gateway.schema.own_roots import OwnRun, Ran
from gateway.schema.own_run import Found, resolve_own
from gateway.schema.own_schema import OwnSchema
from gateway.schema.plans import PlanKey, Plans
from gateway.schema.read import Graph, other_fields
from gateway.schema.reentry import Reentry
from gateway.schema.show_mutation import show_mutation
from gateway.schema.tenancy import for_tenant
from gateway.sources.databases import Databases
from gateway.timers import Alarm, Timers

VARIABLES_BRIEF = 16_000
"""Bytes of variables that are coerced on the event loop, in some milliseconds."""


def _too_deep() -> BudgetExceeded:
    return BudgetExceeded(
        "The operation is nested more deeply than can be read.",
        hint="Put fewer filters, objects and lists inside each other.",
    )


@dataclass(frozen=True, slots=True)
class Received:
    """An operation that is valid. `variables` are coerced, `given` is their shape."""

    operation: Operation
    document: Document
    variables: Mapping[str, Any]
    given: tuple[tuple[str, Given], ...]


@dataclass(frozen=True, slots=True)
class Ready:
    """An operation on its way to execution. `variables` are as sent, `given` is their shape."""

    operation: Operation
    document: Document
    variables: Mapping[str, Any] | None
    coerced: Mapping[str, Any]
    given: tuple[tuple[str, Given], ...]
    prepared: Prepared
    values: dict[str, Any]


class GatewaySchema(GraphSchema):
    """The graph's Strawberry schema. `attach` gives it the catalog and databases it answers from."""

    catalog: Catalog
    databases: Databases
    settings: Settings

    def attach(self, catalog: Catalog, databases: Databases, settings: Settings, roots: OwnRoots) -> None:
        self.catalog, self.databases, self.settings = catalog, databases, settings
        self._lasting = Timers(settings.time_max)
        limits = Limits(
            settings.page_size,
            settings.page_max,
            settings.in_max,
            settings.rows_max,
            settings.conditions_max,
            settings.relations_max,
        )
        self.graph = Graph(catalog, self.core, limits)
        self.plans = Plans(self.graph, databases, settings)
        self.introspection = Introspection(self.core, self.plans.lane)
        self.mutations = {
            mutation.name: mutation
            for entity in catalog.entities.values()
            for mutation in mutations_of(entity, catalog)
        }
        bind_own(catalog, self)
        self._own = None if self._shown is None else OwnSchema(catalog, roots, self.config.scalar_map)

    @property
    def core(self) -> GraphQLSchema:
        return graphql_schema(self)

    @property
    def own(self) -> OwnSchema:
        """The schema of the app's own resolvers, where there are any."""
        assert self._own is not None
        return self._own

    def caches(self) -> dict[str, CacheState]:
        """How each cache is filled and has served: `document`, `plan`, `introspection`."""
        return {**self.plans.state(), "introspection": self.introspection.state()}

    # The stages

    @for_tenant
    async def answer(self, asked: Asked, context: Context) -> Answer:
        """The answer to one operation. Every failure is in the answer, but Overloaded is raised."""
        limit = Alarm(self._lasting)
        try:
            with limit:
                return await self._answer(asked, context)
        except TimeoutError:
            if not limit.rang:
                raise
            context.trace.errors = 1
            return Answer(None, [too_slow(context.trace.kind, self.settings.time_max)])

    async def _answer(self, asked: Asked, context: Context) -> Answer:
        trace = context.trace
        try:
            try:
                ready = await self._ready(asked, context)
                if isinstance(ready, Received):
                    return await self._mutated(asked, ready, context)
            except RecursionError:
                raise RequestError.of(_too_deep()) from None
        except RequestError as error:
            trace.errors = len(error.errors)
            return Answer(None, error.errors, executed=False)
        roots = own_roots(ready.prepared.plan)
        with trace.stage("execute"):
            if roots:
                outcome, ran = await self._execute_beside(roots, ready, context)
            else:
                outcome = await execute(ready.prepared, ready.values, self.around(context))
        own = NOTHING
        if ready.prepared.own:
            with trace.stage("resolve"):
                own = await self.resolve_own(
                    ready.prepared, outcome, ready.values, self.reentry(ready, context)
                )
        with trace.stage("shape"):
            presented = shape(ready.prepared, outcome, ready.values, own)
            answer = Answer(presented.data, [field_error(error) for error in presented.errors])
            if roots:
                answer.add(ran)
        if _others(ready.prepared):
            with trace.stage("introspect"):
                await self._introspect(answer, ready, context.caller.role)
        if asked.explain and self.settings.explain:
            answer.extensions = {"plan": explained(show_plan(ready.prepared.plan), trace, self.settings)}
        trace.errors = len(answer.errors)
        return answer

    def around(self, context: Context, *, sessions: bool = True) -> Surroundings:
        """What reads of an operation run in."""
        return Surroundings(
            databases=context.databases,
            sessions=context.begun if sessions or context.unit is not None else None,
            trace=context.trace,
            walk_max=self.settings.walk_max,
            statements_max=self.settings.statements_max,
        )

    async def _execute_beside(
        self, roots: Sequence[OwnRootShape], ready: Ready, context: Context
    ) -> tuple[Outcome, Ran]:
        """Execute, and run own roots at the same time. Sessions that these open are theirs alone."""
        nodes = [node for root in roots for node in root.nodes]
        own = OwnRun(self.own, self.reentry(ready, context))
        around = self.around(context, sessions=context.begun is not None and bool(context.begun.opened))
        return await asyncio.gather(execute(ready.prepared, ready.values, around), own.roots("query", nodes))

    async def _ready(self, asked: Asked, context: Context) -> Ready | Received:
        """As `ready`, in the lane when something has to be made first that may take long.

        Of a mutation only what was received: it is planned root by root.
        """
        with suppress(TooLong):
            return self._begun(asked, context, briefly=True)
        if await self.plans.lane.after(asked.query):  # many send a new document at once: one of them makes it
            with suppress(TooLong):
                return self._begun(asked, context, briefly=True)
        return await self.plans.lane.run(lambda: self._begun(asked, context, briefly=False), asked.query)

    def _begun(self, asked: Asked, context: Context, *, briefly: bool) -> Ready | Received:
        received = self.received(asked, context, briefly=briefly)
        if received.operation.kind == "mutation":
            return received
        return self.planned(asked, received, context, briefly=briefly)

    def ready(self, asked: Asked, context: Context) -> Ready:
        """Everything before a query's execution; waits for nothing. Raises RequestError."""
        return self.planned(asked, self.received(asked, context), context)

    def received(self, asked: Asked, context: Context, *, briefly: bool = False) -> Received:
        """The operation that was sent, valid and with its variables. Raises RequestError.

        `briefly` makes nothing that is in no cache and coerces no long variables: it raises TooLong.
        """
        trace = context.trace
        long = asked.size > VARIABLES_BRIEF + len(asked.query)
        if briefly and long:
            raise TooLong
        with trace.stage("document"):
            document = self.plans.document(asked.query, briefly)
            operation = document.operation(asked.operation_name)
            trace.kind = operation.kind
            trace.operation_name = operation.node.name.value if operation.node.name else None
            _refuse_kind(operation, asked.kinds)
            document.refuse_invalid()
            if document.introspects:
                _check_introspection(context.caller.role, self.settings.introspection)
        if long:
            _check_values(asked, self.settings.values_max)
        with trace.stage("variables"):
            variables = operation.variables(asked.variables)
            given = document.given(operation, variables)
        return Received(operation, document, variables, given)

    def planned(self, asked: Asked, received: Received, context: Context, *, briefly: bool = False) -> Ready:
        """The operation with its plan and the values of its parameters. Raises RequestError, and TooLong."""
        trace, document = context.trace, received.document
        variables, given = received.variables, received.given
        try:
            with trace.stage("plan"):
                key = PlanKey(document.text, trace.operation_name, given, context.caller.role)
                prepared = self.plans.prepared(key, document, briefly)
            with trace.stage("values"):
                values = resolve(prepared.parameters, variables, context.caller.claims)
                check_rows(prepared, values, self.settings.rows_max)
        except GatewayError as error:
            raise RequestError.of(error) from error
        return Ready(received.operation, document, asked.variables, variables, given, prepared, values)

    async def _mutated(self, asked: Asked, received: Received, context: Context) -> Answer:
        """The answer to a mutation. Raises RequestError."""
        trace = context.trace
        mutating = self.mutating(asked, received, context)
        try:
            with trace.stage("plan"):
                roots = mutating.roots()
        except GatewayError as error:
            raise RequestError.of(error) from error
        with trace.stage("execute"):
            data, errors = await mutating.answer(roots)
        answer = Answer(data, [field_error(error) for error in errors])
        if asked.explain and self.settings.explain:
            answer.extensions = {"plan": explained(show_mutation(mutating, roots), trace, self.settings)}
        trace.errors = len(answer.errors)
        return answer

    def mutating(self, asked: Asked, received: Received, context: Context) -> Mutating:
        """A mutation operation that was received."""
        given = dict(received.given)
        operation, document = received.operation, received.document
        return Mutating(self, document, operation, received.variables, given, context, asked.variables)

    async def resolve_own(
        self, prepared: Prepared, outcome: Outcome, values: Mapping[str, Any], reentry: Reentry
    ) -> Found:
        """What the resolvers of the app give for the own fields of a plan."""
        return await resolve_own(prepared, outcome, values, reentry)

    def reentry(self, ready: Ready, context: Context) -> Reentry:
        """The operation, for fields that re-enter the pipeline."""
        name = context.trace.operation_name
        return Reentry(self, ready.document.text, name, ready.coerced, ready.given, context, ready.variables)

    async def _introspect(self, answer: Answer, ready: Ready, role: str) -> None:
        """Add the roots that are not entities to an answer, as graphql-core answers them."""
        node, fragments = ready.operation.node, ready.document.fragments
        fields = other_fields(node, fragments, dict(ready.given), self.graph)
        question = Question(ready.document, node, tuple(fields), ready.variables, role)
        told = await self.introspection.told(question)
        assert answer.shaped is not None
        answer.shaped |= {key: told.data.get(key) for key in _others(ready.prepared)}
        answer.errors += [formatted(error, Code.INTERNAL_SERVER_ERROR) for error in told.errors]

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


def make_schema(
    catalog: Catalog, databases: Databases, settings: Settings, roots: OwnRoots | None = None
) -> GatewaySchema:
    """The schema of a catalog, ready to answer."""
    schema = build_schema(catalog, GatewaySchema, roots)
    assert isinstance(schema, GatewaySchema)
    schema.attach(catalog, databases, settings, roots or OwnRoots())
    return schema


def _check_values(asked: Asked, limit: int) -> None:
    try:
        check_values(asked.variables, limit)
    except BudgetExceeded as error:
        raise RequestError.of(error) from None


def own_roots(plan: Plan) -> list[OwnRootShape]:
    """The roots that resolvers of the app answer."""
    return [root for root in plan.roots if isinstance(root, OwnRootShape)]


def _check_introspection(role: str, allowed: str) -> None:
    if allowed == "everybody" or (allowed == "known" and role != ANONYMOUS.role):
        return
    hint = "Sign in, or take the exported schema.graphql." if allowed == "known" else "Take schema.graphql."
    raise RequestError.of(Forbidden(f"The role {role!r} may not ask for the schema.", hint=hint))


def _others(prepared: Prepared) -> list[str]:
    """The response keys of roots that the pipeline leaves to graphql-core."""
    return [root.key for root in prepared.plan.roots if isinstance(root, OtherShape)]


def _refuse_kind(operation: Operation, kinds: frozenset[str]) -> None:
    if operation.kind not in kinds:
        error = GraphQLError(f"A {operation.kind} is not allowed over this transport.")
        raise RequestError([formatted(error, Code.BAD_USER_INPUT)])
