"""`Gateway`: several databases in, one GraphQL graph and its FastAPI app out."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.catalog.build import build_catalog
from gateway.catalog.types import Catalog
from gateway.config import Settings
from gateway.context import Caller, Context
from gateway.http.access_log import configure_logging
from gateway.http.graphiql import graphiql_files, graphiql_page
from gateway.http.graphql import GraphQLEndpoint
from gateway.http.health import health_router
from gateway.schema.answer import Answer, Asked, GatewaySchema, make_schema
from gateway.sources.database import Database
from gateway.sources.declare import Link
from gateway.sources.source import Source

CallerOf = Callable[[Request], Caller | Awaitable[Caller]]
"""Who sends a request. May raise `Forbidden` (403), or FastAPI's `HTTPException` for another status."""

PATH = "/graphql"
_PREFLIGHT_SECONDS = 600
_SAMPLE_FIELDS = 3


class Gateway:
    """One graph over several sources. Building it connects to nothing, so every source may be down.

    Raises `ConfigurationError` with all mistakes in the sources and links at once. Without `caller`,
    everybody is the anonymous `Caller()`. `sample` is the document GraphiQL shows on a first visit.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        links: Sequence[Link] = (),
        *,
        caller: CallerOf | None = None,
        settings: Settings | None = None,
        sample: str | None = None,
    ) -> None:
        self.settings = settings if settings is not None else Settings()
        self.catalog: Catalog = build_catalog(sources, links)
        self.databases: Mapping[str, Database] = {source.name: Database(source) for source in sources}
        self.schema: GatewaySchema = make_schema(self.catalog, self.databases, self.settings)
        self.sample = sample if sample is not None else _sample(self.catalog)
        self._caller = caller

    def app(self, **options: Any) -> FastAPI:
        """A FastAPI app with `/graphql`, `/health/live` and `/health/ready`; add routes of your own to it.

        `options` go to `FastAPI(...)`; its documentation pages are off unless `openapi_url` is given.
        """
        if not structlog.is_configured():
            configure_logging(self.settings)
        options = {"title": "Gateway", "openapi_url": None, **options}
        endpoint = self._endpoint()
        app = _App(endpoint, **{**options, "lifespan": self._lifespan(options.get("lifespan"))})
        app.router.routes.append(Route(PATH, endpoint, include_in_schema=False))
        if self.settings.graphiql:
            app.router.routes.append(Mount(f"{PATH}/static", graphiql_files(), name="graphiql"))
        app.include_router(health_router(self.databases))
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

        Raises what `caller` raises.
        """
        return self._context(request, await self._caller_of(request))

    async def opened(self, request: Request) -> AsyncIterator[Context]:
        """A FastAPI dependency: `context: Annotated[Context, Depends(gateway.opened)]`, closed for you."""
        context = await self.context(request)
        try:
            yield context
        finally:
            await context.close()

    async def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        operation_name: str | None = None,
        caller: Caller | None = None,
    ) -> Answer:
        """Answer one operation without HTTP. Errors of the document or of sources are in the answer."""
        context = self._context(None, caller if caller is not None else Caller())
        try:
            return await self.schema.answer(Asked(query, variables, operation_name), context)
        finally:
            await context.close()

    async def close(self) -> None:
        """Close every source's connections and threads. The app does so when it stops."""
        for database in self.databases.values():
            await database.close()

    def _context(self, request: Request | None, caller: Caller) -> Context:
        return Context(request=request, caller=caller, databases=self.databases)

    async def _caller_of(self, request: Request) -> Caller:
        if self._caller is None:
            return Caller()
        caller = self._caller(request)
        return await caller if inspect.isawaitable(caller) else caller

    def _endpoint(self) -> GraphQLEndpoint:
        # Relative to the page's own URL, so that it works below any path an app is mounted at.
        name = PATH.rpartition("/")[2]
        page = graphiql_page(name, f"{name}/static", self.sample) if self.settings.graphiql else None
        return GraphQLEndpoint(self.schema, self.context, body_max=self.settings.body_max, page=page)

    def _lifespan(self, inner: Any) -> Any:
        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[Any]:
            try:
                if inner is None:
                    yield
                else:
                    async with inner(app) as state:
                        yield state
            finally:
                await self.close()

        return lifespan


class _App(FastAPI):
    """A FastAPI app that hands the graph's requests straight to its endpoint, unless it has middleware.

    On its way through FastAPI's own layers a request costs a tenth of a millisecond; the endpoint, which
    answers whatever happens and limits bodies itself, needs none of them.
    """

    def __init__(self, endpoint: ASGIApp, **options: Any) -> None:
        super().__init__(**options)
        self._endpoint = endpoint

    def build_middleware_stack(self) -> ASGIApp:
        endpoint, layers = self._endpoint, super().build_middleware_stack()
        if self.user_middleware:
            return layers

        async def shortest(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"] == PATH:
                await endpoint(scope, receive, send)
            else:
                await layers(scope, receive, send)

        return shortest


def _sample(catalog: Catalog) -> str:
    """A document that works on any graph: the first rows of its first entity."""
    entity = next(iter(catalog.entities.values()), None)
    if entity is None:
        return "{ __typename }"
    fields = "\n      ".join(["id", *list(entity.fields)[:_SAMPLE_FIELDS]])
    return f"query First {{\n  {entity.plural}(first: 5) {{\n    nodes {{\n      {fields}\n    }}\n  }}\n}}\n"
