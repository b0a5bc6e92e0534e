"""Liveness and readiness, for orchestrators and people."""

import asyncio
from collections.abc import Mapping
from math import isinf
from time import perf_counter
from typing import Any

import orjson
from fastapi import APIRouter, Response

from gateway.errors import Code, GatewayError
from gateway.mutation.coordinator import Coordinator
from gateway.sources.database import Database
from gateway.sources.replicas import Replica, Replicated
from gateway.sources.tenants import Tenants

PING_SECONDS = 1.0
"""How long a source may take to answer before it counts as down."""


def health_router(databases: Mapping[str, Database], coordinator: Coordinator) -> APIRouter:
    """`/health/live`: the process runs. `/health/ready`: which sources answer, each asked just now.

    The gateway serves with a source down, so it is ready (200, `degraded`) while at least one answers,
    and 503 (`down`) when none does. `in_doubt` are the transactions that wait for their decision, and
    `in_doubt_unseen`, if any, the sources whose user may not see them.
    """
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live")
    async def live() -> Response:
        return _json(200, {"status": "live"})

    @router.get("/ready")
    async def ready() -> Response:
        states, found = await asyncio.gather(
            asyncio.gather(*map(_source_state, databases.values())), coordinator.doubts(PING_SECONDS)
        )
        up = sum(state["state"] == "up" for state in states)
        status = "ready" if up == len(states) else "degraded" if up else "down"
        sources = dict(zip(databases, states, strict=True))
        doubts = [{"source": one.source, "unit": one.unit, "age": round(one.age, 1)} for one in found.doubts]
        answer = {"status": status, "sources": sources, "in_doubt": doubts}
        if found.unseen:
            answer["in_doubt_unseen"] = found.unseen
        return _json(503 if status == "down" else 200, answer)

    return router


async def _source_state(database: Database) -> dict[str, Any]:
    if isinstance(database, Tenants):
        return await _tenants_state(database)
    if isinstance(database, Replicated):
        states = await asyncio.gather(_state(database), *map(_replica_state, database.replicas))
        return {**states[0], "replicas": states[1:]}
    return await _state(database)


async def _replica_state(replica: Replica) -> dict[str, Any]:
    """`{"state": "up"|"lagging"|"down", "lag": seconds}`; "down" is also one whose lag cannot be told."""
    await replica.measure()
    if isinf(replica.behind):
        return {"state": "down", "lag": None}
    fit = replica.behind <= replica.source.replica_lag_max
    return {"state": "up" if fit else "lagging", "lag": round(replica.behind, 2)}


async def _tenants_state(tenants: Tenants) -> dict[str, Any]:
    """Of the tenants in use, how many are `open` and how many of those `down`, never which.

    The source is down when all of them are.
    """
    started = perf_counter()
    states = await asyncio.gather(*map(_state, tenants.opened.values()))
    down = sum(state["state"] == "down" for state in states)
    answer: dict[str, Any] = {"state": "down" if states and down == len(states) else "up"}
    answer["tenants"] = {"open": len(states), "down": down}
    answer["ms"] = round((perf_counter() - started) * 1000, 2)
    return answer


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
