"""The gateway under test: `gateway serve --app bench.servers.gateway:graph`."""

import os

from fastapi import FastAPI
from starlette.requests import Request

from bench.models import LINKS, MODELS
from bench.places import url_of
from bench.servers.count import COUNTING, count_route
from gateway import Context, Gateway, Settings, Source

THREADS = int(os.environ.get("BENCH_THREADS", "4"))


class CountedGateway(Gateway):
    """A gateway that adds up the statements of its operations, for the run that counts them."""

    statements = 0
    _last: Context | None = None

    async def context(self, request: Request) -> Context:
        self._note()
        self._last = await super().context(request)
        return self._last

    def _note(self) -> None:
        if self._last is not None:
            self.statements += len(self._last.trace.statements)
            self._last = None

    def app(self, **options: object) -> FastAPI:
        app = super().app(**options)
        count_route(app, self.total)
        return app

    def total(self) -> int:
        self._note()
        return self.statements


def graph() -> Gateway:
    """The graph over the three databases; pages of 10,000 rows are allowed for Q3 and Q9."""
    sources = [
        Source.from_models(name, url_of(name), models=base, threads=THREADS) for name, base in MODELS.items()
    ]
    made = CountedGateway if COUNTING else Gateway
    return made(sources, LINKS, settings=Settings(page_max=10_000, graphiql=False, log_format="json"))
