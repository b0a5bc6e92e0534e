"""Liveness and readiness, for orchestrators and people."""

import asyncio
from collections.abc import Mapping
from time import perf_counter
from typing import Any

import orjson
from fastapi import APIRouter, Response

from gateway.errors import Code, GatewayError
from gateway.sources.database import Database

PING_SECONDS = 1.0
"""How long a source may take to answer before it counts as down."""


def health_router(databases: Mapping[str, Database]) -> APIRouter:
    """`/health/live`: the process runs. `/health/ready`: which sources answer, each asked just now.

    The gateway serves with a source down, so it is ready (200, `degraded`) while at least one answers,
    and 503 (`down`) when none does.
    """
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live")
    async def live() -> Response:
        return _json(200, {"status": "live"})

    @router.get("/ready")
    async def ready() -> Response:
        states = await asyncio.gather(*map(_state, databases.values()))
        up = sum(state["state"] == "up" for state in states)
        status = "ready" if up == len(states) else "degraded" if up else "down"
        sources = dict(zip(databases, states, strict=True))
        return _json(503 if status == "down" else 200, {"status": status, "sources": sources})

    return router


async def _state(database: Database) -> dict[str, Any]:
    """`{"state": "up"|"down", "ms": …}` and, when down, the error's code; never the driver's words."""
    if database.state()["status"] == "down":  # operations are refused and probes go on already
        return {"state": "down", "code": Code.SOURCE_UNAVAILABLE.value, "ms": 0.0}
    started = perf_counter()
    answer: dict[str, Any] = {"state": "up"}
    try:
        await database.ping(PING_SECONDS)
    except GatewayError as error:
        answer = {"state": "down", "code": error.code.value}
    answer["ms"] = round((perf_counter() - started) * 1000, 2)
    return answer


def _json(status: int, content: Mapping[str, Any]) -> Response:
    body = orjson.dumps(content)
    return Response(body, status, {"cache-control": "no-store"}, media_type="application/json")
