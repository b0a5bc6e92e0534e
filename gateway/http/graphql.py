"""The GraphQL endpoint: one ASGI app for GET and POST, after the GraphQL-over-HTTP specification.

A request is refused as HTTP before its document is looked at (4xx whatever the media type), or its
document is answered: 200, except that `application/graphql-response+json` says 400 for a request error.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, NamedTuple

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message, Receive, Scope, Send

from gateway.context import Context
from gateway.errors import Code, Forbidden, GatewayError
from gateway.http.access_log import log_operation, log_refusal
from gateway.http.body import CLOSE, asked_by_get, asked_by_post, check_content_type, parameters_of, read_body
from gateway.http.departure import Departure
from gateway.http.graphiql import PAGE_HEADERS
from gateway.http.negotiate import ANSWERS, Media, negotiate
from gateway.http.reply import (
    RETRY_AFTER,
    ClientGone,
    Refused,
    Reply,
    masked,
    refuse,
    refused,
    replied,
)
from gateway.http.running import Running, stopping
from gateway.observe import Finished, Observer
from gateway.schema.answer import Answer, Asked
from gateway.schema.pipeline import GatewaySchema
from gateway.timers import Alarm, Timers

OpenContext = Callable[[Request], Awaitable[Context]]

_NAME = "gateway.http"
_LOG = structlog.get_logger(_NAME)
_EXPLAIN = b"x-gateway-explain"
_PREFLIGHT = (b"graphql-require-preflight", b"apollo-require-preflight", b"x-apollo-operation-name")
"""Headers that no page of another site can send without asking first; any value will do."""
_IDS = (b"x-request-id", b"traceparent", b"tracestate")
_READ_HEADERS = frozenset(
    {b"accept", b"content-type", b"content-encoding", b"content-length", _EXPLAIN, *_IDS, *_PREFLIGHT}
)
_ALLOW_POST = ((b"allow", b"POST"),)
_ALLOW_BOTH = ((b"allow", b"GET, POST"),)
_PAGE_OFFERS = (*ANSWERS, Media.HTML)


class GraphQLEndpoint:
    """The ASGI app. `page` is the HTML a browser gets, None for none; `running` are its requests."""

    def __init__(
        self,
        schema: GatewaySchema,
        open_context: OpenContext,
        *,
        page: str | None = None,
        observers: Sequence[Observer] = (),
    ) -> None:
        self._schema = schema
        self._open_context = open_context
        self._settings = schema.settings
        self._arriving = Timers(schema.settings.body_deadline)
        self.running = Running(schema.settings.operations_max)
        self._observers = (log_operation, *observers)
        self._page = None if page is None else _page_reply(page)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        media = negotiate(headers.get(b"accept", ""))
        task = None
        try:
            task = self.running.enter()
            answer = await self._respond(_Incoming(scope, receive, headers, media, task))
        except Refused as refusal:
            log_refusal(refusal.status, refusal.error.message)
            answer = refusal.reply(media or Media.JSON)
        except ClientGone:
            return
        except asyncio.CancelledError:
            if task is None or not self.running.over:
                raise
            task.uncancel()
            answer = stopping().reply(media or Media.JSON)
        finally:
            if task is not None:
                self.running.leave(task)
        await answer.send(send)

    async def _respond(self, incoming: "_Incoming") -> Reply:
        """Answer, or raise Refused when the request is none that a document could be read from."""
        scope, receive, headers, media, task = incoming
        if scope["method"] == "POST":
            media = _acceptable(media)
            check_content_type(headers.get(b"content-type", ""), headers.get(b"content-encoding", ""))
            body = await self._body(receive, headers.get(b"content-length", ""), task)
            asked = _explaining(asked_by_post(body), headers)
            return await self._operate(Request(scope, _replay(body, receive)), asked, incoming)
        if scope["method"] == "GET":
            parameters = parameters_of(scope["query_string"])
            if self._page is not None and "query" not in parameters and _wants_page(headers):
                return self._page
            media = _acceptable(media)
            if self._settings.preflight:
                _check_preflight(headers)
            asked = _explaining(asked_by_get(parameters), headers)
            return await self._operate(Request(scope, receive), asked, incoming)
        raise refuse(405, f"The method {scope['method']} is not supported.", headers=_ALLOW_BOTH)

    async def _body(self, receive: Receive, length: str, task: "asyncio.Task[Any]") -> bytes:
        try:
            with Alarm(self._arriving, task):
                return await read_body(receive, length, self._settings.body_max)
        except TimeoutError:
            message = f"The body did not arrive within {self._arriving.seconds:g} s."
            raise refuse(408, message, "Send it at once.", CLOSE) from None

    async def _operate(self, request: Request, asked: Asked, incoming: "_Incoming") -> Reply:
        """Run the operation in a context of its own; observers, the access log first, learn of it once."""
        started = perf_counter()
        media = _acceptable(incoming.media)
        context: Context | None = None
        status = 499
        try:
            with Departure(request.receive, incoming.task):
                context = await self._open_context(request)
                answer = await self._schema.answer(asked, context)
            allowed = context.trace.kind in asked.kinds
            outcome = _reply_to(answer, media) if allowed else _not_by_get(answer, media)
            status = outcome.status
            return outcome
        except ClientGone:
            raise
        except asyncio.CancelledError:
            status = 503 if self.running.over else status
            raise
        except Exception as error:
            refusal = _refusal_of(error)
            status = refusal.status
            return refusal.reply(media)
        finally:
            if context is not None:
                await _close(context)
            trace = None if context is None else context.trace
            ids = {name.decode(): incoming.headers[name] for name in _IDS if name in incoming.headers}
            self._tell(Finished(trace, status, started, (perf_counter() - started) * 1000, ids))

    def _tell(self, done: Finished) -> None:
        for observe in self._observers:
            try:
                observe(done)
            except Exception:  # the answer is complete already
                _LOG.exception("an observer failed", logger=_NAME)


class _Incoming(NamedTuple):
    scope: Scope
    receive: Receive
    headers: dict[bytes, str]
    media: Media | None
    task: "asyncio.Task[Any]"


def _headers(scope: Scope) -> dict[bytes, str]:
    """The headers the endpoint reads; repeated ones joined by commas, as HTTP has it."""
    found: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name in _READ_HEADERS:
            text = value.decode("latin-1")
            found[name] = f"{found[name]},{text}" if name in found else text
    return found


def _check_preflight(headers: Mapping[bytes, str]) -> None:
    """Refuse what a page of another site could have a browser send without asking."""
    if headers.get(b"content-type", "").partition(";")[0].strip().lower() == "application/json":
        return
    if not any(name in headers for name in _PREFLIGHT):
        hint = "Send the header GraphQL-Require-Preflight: 1, or use POST."
        raise refuse(400, "A GET without a header that browsers ask for first is not answered.", hint)


def _explaining(asked: Asked, headers: dict[bytes, str]) -> Asked:
    """What is asked, with its plan when a header says so."""
    return replace(asked, explain=True) if headers.get(_EXPLAIN) == "1" else asked


def _acceptable(media: Media | None) -> Media:
    if media is None:
        raise refuse(406, "No acceptable media type.", f"Accept {' or '.join(ANSWERS)}.")
    return media


def _replay(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives the body once more, for an app's `caller` that reads it."""
    left = [body]

    async def again() -> Message:
        if left:
            return {"type": "http.request", "body": left.pop(), "more_body": False}
        return await receive()

    return again


def _reply_to(answer: Answer, media: Media) -> Reply:
    if answer.errors and _is_busy(answer):
        return replied(503, answer.encode(), media, RETRY_AFTER)
    failed = not answer.executed and media is Media.GRAPHQL
    return replied(400 if failed else 200, answer.encode(), media)


def _is_busy(answer: Answer) -> bool:
    """Whether nothing could be answered because queues are full."""
    if not answer.executed or any(value is not None for value in (answer.shaped or {}).values()):
        return False
    return all(error["extensions"]["code"] == Code.SOURCE_BUSY for error in answer.errors)


def _not_by_get(answer: Answer, media: Media) -> Reply:
    return replied(405, answer.encode(), media, _ALLOW_POST)


def _wants_page(headers: Mapping[bytes, str]) -> bool:
    return negotiate(headers.get(b"accept", ""), _PAGE_OFFERS) is Media.HTML


def _refusal_of(error: Exception) -> Refused:
    """What the client learns of an exception: all of the expected ones, of others only that it happened."""
    if isinstance(error, GatewayError):
        return refused(error)
    if isinstance(error, HTTPException):
        return _refused_by_app(error)
    _LOG.error("internal error", logger=_NAME, exc_info=error)
    return masked()


def _refused_by_app(error: HTTPException) -> Refused:
    """FastAPI's way for an app's `caller` to ask for a status, such as 401 with `WWW-Authenticate`."""
    given = (error.headers or {}).items()
    headers = tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given)
    message = str(error.detail)
    if error.status_code in (401, 403):
        return Refused(error.status_code, Forbidden(message), headers)
    if error.status_code < 500:
        return refuse(error.status_code, message, headers=headers)
    return Refused(error.status_code, GatewayError(message), headers)


async def _close(context: Context) -> None:
    try:
        await context.close()
    except Exception:  # the answer is complete already
        _LOG.exception("closing the context failed", logger=_NAME)


def _page_reply(page: str) -> Reply:
    headers = {"content-type": f"{Media.HTML}; charset=utf-8", **PAGE_HEADERS}
    return Reply(200, tuple((n.encode(), v.encode()) for n, v in headers.items()), [page.encode()])
