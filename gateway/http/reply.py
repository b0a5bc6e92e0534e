"""What goes back over HTTP: a finished reply, and refusals that become one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Send

from gateway.errors import BadUserInput, Code, GatewayError
from gateway.http.negotiate import Media

HeaderList = tuple[tuple[bytes, bytes], ...]

_COMMON: HeaderList = (
    # One URL answers in several types, and an answer depends on who asks.
    (b"vary", b"accept"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
_HEADERS: Mapping[Media, HeaderList] = {
    media: ((b"content-type", f"{media.value}; charset=utf-8".encode()), *_COMMON) for media in Media
}
_STATUS: Mapping[Code, int] = {
    Code.GRAPHQL_PARSE_FAILED: 400,
    Code.GRAPHQL_VALIDATION_FAILED: 400,
    Code.BAD_USER_INPUT: 400,
    Code.BUDGET_EXCEEDED: 400,
    Code.FORBIDDEN: 403,
    Code.UNKNOWN_TENANT: 404,
    Code.OVERLOADED: 503,
    Code.SHUTTING_DOWN: 503,
    Code.SOURCE_UNAVAILABLE: 503,
    Code.SOURCE_BUSY: 503,
    Code.SOURCE_TIMEOUT: 504,
}
"""Status of a request that an error ended before its operation began; other codes are 500."""


@dataclass(slots=True)
class Reply:
    """A whole response. `headers` are complete but for the content's length; `body` is one text in pieces."""

    status: int
    headers: HeaderList
    body: list[bytes]

    async def send(self, send: Send) -> None:
        """Each piece but the last is let go when it is sent, so that a longer body is sent once."""
        body = self.body
        length = (b"content-length", str(sum(map(len, body))).encode())
        await send({"type": "http.response.start", "status": self.status, "headers": [*self.headers, length]})
        body.reverse()
        while len(body) > 1:
            await send({"type": "http.response.body", "body": body.pop(), "more_body": True})
        await send({"type": "http.response.body", "body": body[0]})


RETRY_AFTER: HeaderList = ((b"retry-after", b"1"),)
"""Seconds after which a client of a full or stopping gateway may try again."""


class ClientGone(Exception):
    """The client closed the connection; nobody is left to answer."""


class Refused(Exception):
    """A request answered with one GraphQL error instead of running an operation.

    `status` is sent whatever the answer's media type, because the request failed as HTTP already.
    """

    def __init__(self, status: int, error: GatewayError, headers: HeaderList = ()) -> None:
        super().__init__(error.message)
        self.status = status
        self.error = error
        self.headers = headers

    def reply(self, media: Media) -> Reply:
        error = {"message": self.error.message, "extensions": self.error.extensions}
        return reply(self.status, {"errors": [error]}, media, self.headers)


def reply(status: int, payload: Mapping[str, Any], media: Media, headers: HeaderList = ()) -> Reply:
    """Encode a payload. Raises TypeError (orjson's) when a value in it has no JSON form."""
    return replied(status, [orjson.dumps(payload)], media, headers)


def replied(status: int, body: list[bytes], media: Media, headers: HeaderList = ()) -> Reply:
    """A reply with a body that is encoded already."""
    return Reply(status, (*_HEADERS[media], *headers) if headers else _HEADERS[media], body)


def refuse(status: int, message: str, hint: str | None = None, headers: HeaderList = ()) -> Refused:
    """The refusal of a request its sender must change, code BAD_USER_INPUT."""
    return Refused(status, BadUserInput(message, hint=hint), headers)


def refused(error: GatewayError) -> Refused:
    """The refusal for an error raised before the operation began, such as by the app's `caller`."""
    status = _STATUS.get(error.code, 500)
    return Refused(status, error, RETRY_AFTER if status == 503 else ())


def masked() -> Refused:
    """What a client learns about an unexpected exception; the log has the rest."""
    return Refused(500, GatewayError("Something went wrong in the gateway."))


async def answer_route_error(_request: Request, error: Exception) -> Response:
    """What a client gets of a `GatewayError` that leaves an app's own route: its code, as in the graph."""
    assert isinstance(error, GatewayError)
    refusal = refused(error).reply(Media.JSON)
    return Response(
        b"".join(refusal.body), refusal.status, {n.decode(): v.decode() for n, v in refusal.headers}
    )
