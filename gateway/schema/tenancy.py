"""An operation's tenant, where the stages find it that make and read ids and cursors."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, TypeVar

from gateway.context import Context
from gateway.query.ids import TENANT

Schema = TypeVar("Schema")
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")
Answering = Callable[[Schema, Asked, Context], Coroutine[Any, Any, Answer]]


def for_tenant(answer: Answering[Schema, Asked, Answer]) -> Answering[Schema, Asked, Answer]:
    """The same function, working for the tenant of its context; nothing more where there are no tenants."""

    @wraps(answer)
    def answering(schema: Schema, asked: Asked, context: Context) -> Coroutine[Any, Any, Answer]:
        tenant = context.databases.tenant
        return (
            answer(schema, asked, context)
            if tenant is None
            else answering_for(tenant, schema, asked, context)
        )

    async def answering_for(tenant: str, schema: Schema, asked: Asked, context: Context) -> Answer:
        token = TENANT.set(tenant)
        try:
            return await answer(schema, asked, context)
        finally:
            TENANT.reset(token)

    return answering
