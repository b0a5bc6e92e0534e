"""Statements a server has sent so far, at `/bench/statements`; never in a timed run."""

import os
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.requests import Request
from starlette.routing import Route

COUNTING = bool(os.environ.get("BENCH_COUNTING"))


def count_route(app: FastAPI, total: Callable[[], int]) -> None:
    async def statements(_request: Request) -> JSONResponse:
        return JSONResponse(total())

    app.router.routes.append(Route("/bench/statements", statements))


def count_statements(app: FastAPI, engines: Iterable[sa.Engine]) -> None:
    """Count what the engines send, when this run counts."""
    if not COUNTING:
        return
    sent = [0]

    def add(*_: Any) -> None:
        sent[0] += 1

    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", add)
    count_route(app, lambda: sent[0])
