"""`Gateway`: several databases in, one GraphQL graph and its FastAPI app out."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Annotated, Any

import structlog
from fastapi import Depends, FastAPI
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.catalog.build import build_catalog
from gateway.catalog.types import Catalog
from gateway.config import Settings
from gateway.context import ANONYMOUS, Caller, Context
from gateway.errors import ConfigurationError, GatewayError, UnknownTenant
from gateway.http.access_log import configure_logging, write_lines
from gateway.http.graphiql import graphiql_files, graphiql_page
from gateway.http.graphql import GraphQLEndpoint
from gateway.http.health import health_router
from gateway.http.reply import answer_route_error
from gateway.http.running import Running
from gateway.http.telemetry import telemetry_of
from gateway.http.tenant import PATH_PARAMETER, TenantOf, TenantPath, tenant_of, tenant_problems
from gateway.mutation.coordinator import Coordinator
from gateway.observe import Observer
from gateway.schema.answer import Answer, Asked
from gateway.schema.build import OwnRoots, uncollected
from gateway.schema.own import read_own
from gateway.schema.pipeline import GatewaySchema, make_schema
from gateway.sources.blended import BlendedSession
from gateway.sources.databases import Databases, make_databases
from gateway.sources.declare import Link
from gateway.sources.source import Source
from gateway.sources.tenants import TenantLimits
from gateway.worker import Workers

CallerOf = Callable[[Request], Caller | Awaitable[Caller]]
"""Who sends a request. May raise `Forbidden` (403), or FastAPI's `HTTPException` for another status."""

PATH = "/graphql"
_PREFLIGHT_SECONDS = 600
_SAMPLE_FIELDS = 3


class Gateway:
    """One graph over several sources. Building it connects to nothing, so every source may be down.

    Raises `ConfigurationError` with all mistakes in the sources and links at once. Without `caller`,
    everybody is the anonymous `Caller()`. `tenant` says whose databases a request gets, where a source has
    one per tenant. `sample` is the document GraphiQL shows on a first visit; `observers` are called with
    each operation when it is over. `extensions` are classes that `extend` entities; `query` and `mutation`
    are Strawberry types whose fields stand beside the generated ones.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        links: Sequence[Link] = (),
        *,
        caller: CallerOf | None = None,
        tenant: TenantOf | None = None,
        settings: Settings | None = None,
        sample: str | None = None,
        observers: Sequence[Observer] = (),
        extensions: Sequence[type[Any]] = (),
        query: type[Any] | None = None,
        mutation: type[Any] | None = None,
    ) -> None:
        self.settings = settings if settings is not None else Settings()
        with uncollected():
            own = read_own(_built(sources, links, tenant), extensions, OwnRoots(query, mutation))
            self.catalog: Catalog = own.catalog
            self.databases = make_databases(
                sources, TenantLimits(self.settings.tenants_open, self.settings.tenant_idle)
            )
            self.schema: GatewaySchema = make_schema(self.catalog, self.databases, self.settings, own.roots)
        self.coordinator = Coordinator(
            self.databases,
            self.settings.decision_log,
            best_effort=self.settings.best_effort,
            writes=mutation is not None or any(source.mutations for source in sources),
            writers=[one.name for one in sources if one.mutations] if mutation is None else None,
        )
        self.sample = sample if sample is not None else _sample(self.catalog)
        self._caller = caller
        self._tenant = tenant
        self._workers = Workers(self.settings.resolver_threads, self.settings.resolver_deadline)
        self._observers = tuple(observers)

    def app(self, **options: Any) -> FastAPI:
        """A FastAPI app with `/graphql`, `/health/live` and `/health/ready`; add routes of your own to it.

        `options` go to `FastAPI(...)`; its documentation pages are off unless `openapi_url` is given.
        """
        if not structlog.is_configured():
            configure_logging(self.settings)
        options = {"title": "Gateway", "openapi_url": None, **options}
        telemetry = telemetry_of(self.settings, self.databases, self.schema.caches)
        endpoint = self._endpoint((*telemetry.observers, *self._observers))
        lifespan = self._lifespan(options.get("lifespan"), endpoint.running, telemetry.close)
        app = _App(endpoint, **{**options, "lifespan": lifespan})
        by_path = isinstance(self._tenant, TenantPath)
        for path in (PATH, f"/{{{PATH_PARAMETER}}}{PATH}") if by_path else (PATH,):
            app.router.routes.append(Route(path, endpoint, include_in_schema=False))
            if self.settings.graphiql:
                app.router.routes.append(Mount(f"{path}/static", graphiql_files(), name="graphiql"))
        app.router.routes.extend(telemetry.routes)
        app.include_router(health_router(self.databases, self.coordinator))
        app.add_exception_handler(GatewayError, answer_route_error)
        if self.settings.cors_origins:
            app.add_middleware(
                CORSMiddleware,
                allow_origins=self.settings.cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["*"],
                max_age=_PREFLIGHT_SECONDS,
            )
        return app

    async def context(self, request: Request) -> Context:
        """The context of one operation of this request. Whoever asks for it closes it.

        Raises what `caller` raises; UnknownTenant, and SourceBusy when too many tenants are at work.
        """
        caller = await self._caller_of(request)
        if not self.databases.tenanted:
            return self._context(self.databases, request, caller)
        assert self._tenant is not None
        databases = await self.databases.hold(await tenant_of(self._tenant, request, caller))
        return self._context(databases, request, caller)

    async def context_of(self, caller: Caller | None = None, tenant: str | None = None) -> Context:
        """The context of an operation without HTTP. Whoever asks for it closes it.

        Raises UnknownTenant, and SourceBusy when too many tenants are at work.
        """
        databases = self.databases
        if databases.tenanted:
            if tenant is None:
                raise UnknownTenant(None, "Say which one: tenant=….")
            databases = await databases.hold(tenant)
        return self._context(databases, None, caller if caller is not None else ANONYMOUS)

    async def opened(self, request: Request) -> AsyncIterator[Context]:
        """A FastAPI dependency: `context: Annotated[Context, Depends(gateway.opened)]`, closed for you.

        When a database error ends the route after some sources were committed and others were not,
        PartiallyCommitted is raised in its place.
        """
        context = await self.context(request)
        try:
            yield context
        except Exception as error:
            partly = context.sessions.partly_committed()
            if partly is None or not isinstance(error, self._failures):
                raise
            raise partly from error
        finally:
            await context.close()

    @cached_property
    def sessions(self) -> Callable[..., Awaitable[BlendedSession]]:
        """A FastAPI dependency: one session over all sources, `Depends(gateway.sessions)`.

        As with `session`, the route commits.
        """

        async def sessions(context: Annotated[Context, Depends(self.opened)]) -> BlendedSession:
            return context.sessions

        return sessions

    def session(self, source: str) -> Callable[..., Awaitable[Session]]:
        """A FastAPI dependency: the session of one source, `Depends(gateway.session("crm"))`.

        It connects when first used. The route commits, and what it did not commit is rolled back. All
        dependencies of one request share its sessions. Raises KeyError when there is no such source.
        """
        if source not in self.databases:
            raise KeyError(f"no source {source!r}; there are: {', '.join(self.databases)}")

        async def session(context: Annotated[Context, Depends(self.opened)]) -> Session:
            return context.sessions[source]

        return session

    async def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        operation_name: str | None = None,
        caller: Caller | None = None,
        tenant: str | None = None,
    ) -> Answer:
        """Answer one operation without HTTP. Errors of the document or of sources are in the answer.

        Raises UnknownTenant, and SourceBusy when too many tenants are at work.
        """
        context = await self.context_of(caller, tenant)
        try:
            return await self.schema.answer(Asked(query, variables, operation_name), context)
        finally:
            await context.close()

    @property
    def _failures(self) -> tuple[type[Exception], ...]:
        """What databases raise; not every driver's error is one of SQLAlchemy's."""
        drivers = (failure for database in self.databases.values() for failure in database.failures)
        return (SQLAlchemyError, *drivers)

    async def close(self) -> None:
        """Close every source's connections and threads. The app does so when it stops."""
        self.schema.plans.lane.close()
        await self.coordinator.close()
        await self.databases.close()
        self._workers.close()

    def _context(self, databases: Databases, request: Request | None, caller: Caller) -> Context:
        return Context(
            databases, request=request, caller=caller, workers=self._workers, coordinator=self.coordinator
        )

    async def _caller_of(self, request: Request) -> Caller:
        if self._caller is None:
            return ANONYMOUS
        caller = self._caller(request)
        return await caller if inspect.isawaitable(caller) else caller

    def _endpoint(self, observers: Sequence[Observer]) -> GraphQLEndpoint:
        # Relative to the page's own URL, so that it works below any path an app is mounted at.
        name = PATH.rpartition("/")[2]
        page = graphiql_page(name, f"{name}/static", self.sample) if self.settings.graphiql else None
        return GraphQLEndpoint(self.schema, self.context, page=page, observers=observers)

    def _lifespan(self, inner: Any, running: Running, stop_telling: Callable[[], None]) -> Any:
        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
            await self.coordinator.start()
            try:
                with running.until_told(self.settings.grace):
                    if inner is None:
                        yield
                    else:
                        async with inner(app) as state:
                            yield state
            finally:
                await self.close()
                await asyncio.to_thread(stop_telling)
                write_lines()

        return lifespan


class _App(FastAPI):
    """A FastAPI app that hands the graph's requests straight to its endpoint, unless it has middleware.

    On its way through FastAPI's own layers a request costs a tenth of a millisecond; the endpoint, which
    answers whatever happens and limits bodies itself, needs none of them. Neither does it need FastAPI to
    report to OpenTelemetry, unless the process is set up for that when the app starts.
    """

    def __init__(self, endpoint: ASGIApp, **options: Any) -> None:
        super().__init__(**options)
        self._endpoint = endpoint
        self._is_direct = False

    def build_middleware_stack(self) -> ASGIApp:
        telemetry = getattr(self, "_native_telemetry", None)  # of recent FastAPI; nothing public tells
        reports = telemetry is not None and telemetry.enabled()
        self._is_direct = not (self.user_middleware or self.root_path or reports)
        return super().build_middleware_stack()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._is_direct and scope["type"] == "http" and scope["path"] == PATH:
            scope["app"] = self
            await self._endpoint(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _built(sources: Sequence[Source], links: Sequence[Link], tenant: TenantOf | None) -> Catalog:
    """The catalog. Raises ConfigurationError with its mistakes and those about tenants."""
    problems = list(tenant_problems(sources, tenant))
    try:
        catalog = build_catalog(sources, links)
    except ConfigurationError as error:
        raise ConfigurationError([*error.problems, *problems]) from None
    if problems:
        raise ConfigurationError(problems)
    return catalog


def _sample(catalog: Catalog) -> str:
    """A document that works on any graph: the first rows of its first entity."""
    entity = next(iter(catalog.entities.values()), None)
    if entity is None:
        return "{ __typename }"
    fields = "\n      ".join(["id", *list(entity.fields)[:_SAMPLE_FIELDS]])
    return f"query First {{\n  {entity.plural}(first: 5) {{\n    nodes {{\n      {fields}\n    }}\n  }}\n}}\n"
