"""From the bytes of a request to what it asks: whatever they are, the outcome is `Asked` or `Refused`."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive

from gateway.http.reply import ClientGone, refuse
from gateway.schema.answer import Asked

QUERY_ONLY = frozenset({"query"})

CLOSE = ((b"connection", b"close"),)
_DRAIN = 16
"""How many times the limit is read and thrown away, so that a client still sending sees the refusal."""
_UTF8 = ("utf-8", "utf8")
_FIELDS_MAX = 100
_SHAPE = 'Send a JSON object such as {"query": "{ __typename }", "variables": {}}.'


def check_content_type(content_type: str, encoding: str) -> None:
    """Raise Refused (415) unless the body is uncompressed JSON in UTF-8.

    Requiring `application/json` also keeps forms of other sites out: a browser asks for permission
    (a CORS preflight) before it sends that type across origins.
    """
    if encoding not in ("", "identity"):
        raise refuse(
            415, f"The content encoding {encoding[:40]!r} is not supported.", "Send it uncompressed."
        )
    if content_type == "application/json":
        return
    media, *parameters = (part.strip() for part in content_type.lower().split(";"))
    if media != "application/json":
        message = f"The content type {media[:80]!r} is not supported." if media else "No content type."
        raise refuse(415, message, "Send the header content-type: application/json.")
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "charset" and value.strip(' "') not in _UTF8:
            raise refuse(415, "The body has to be in UTF-8.")


async def read_body(receive: Receive, length: str, limit: int) -> bytes:
    """Read the whole body. Raises Refused (413) above `limit` bytes, ClientGone when it breaks off.

    `length` is the content-length header, empty when there is none.
    """
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body"):
        body: bytes = message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        return body
    too_large = length.isdecimal() and len(length) < 20 and int(length) > limit
    chunks: list[bytes] = []
    size = 0
    while True:
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk = message.get("body", b"")
        size += len(chunk)
        too_large = too_large or size > limit
        if too_large:
            chunks.clear()
        else:
            chunks.append(chunk)
        if not message.get("more_body") or size > limit * _DRAIN:
            break
        message = await receive()
    if too_large:
        raise _too_large(limit)
    return b"".join(chunks)


def _too_large(limit: int) -> Exception:
    return refuse(413, f"The body is larger than {limit} bytes.", "Send values as variables.", CLOSE)


def asked_by_post(body: bytes) -> Asked:
    """Read a POST's JSON object. Raises Refused (400)."""
    if not body:
        raise refuse(400, "The body is empty.", _SHAPE)
    parameters = _json(body, "The body")
    if isinstance(parameters, list):
        hint = "Send one operation a request; an operation may select many root fields."
        raise refuse(400, "Batches are not supported.", hint)
    if not isinstance(parameters, dict):
        raise refuse(400, "The body is JSON but not an object.", _SHAPE)
    return Asked(
        query=_query(parameters),
        variables=_object(parameters, "variables"),
        operation_name=_operation_name(parameters),
        size=len(body),
    )


def parameters_of(query_string: bytes) -> dict[str, str]:
    """Decode a URL's query. Raises Refused (400) for bytes that are no text and for repeated names."""
    try:
        pairs = parse_qsl(
            query_string.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_FIELDS_MAX
        )
    except UnicodeDecodeError:
        raise refuse(400, "The URL's query is not in UTF-8.") from None
    except ValueError:
        raise refuse(400, f"The URL's query has more than {_FIELDS_MAX} fields.") from None
    parameters = dict(pairs)
    if len(parameters) != len(pairs):
        raise refuse(400, "The URL's query names a field twice.")
    return parameters


def asked_by_get(parameters: Mapping[str, str]) -> Asked:
    """Read a GET's decoded URL query; empty fields count as not sent. Raises Refused (400).

    Only queries may come this way, so that no link and no image of another site can change anything.
    """
    decoded: dict[str, Any] = dict(parameters)
    for name in ("variables", "extensions"):
        if text := parameters.get(name):
            decoded[name] = _json(text.encode(), f"`{name}`")
        else:
            decoded.pop(name, None)
    return Asked(
        query=_query(decoded),
        variables=_object(decoded, "variables"),
        operation_name=_operation_name(decoded) or None,
        kinds=QUERY_ONLY,
        size=sum(map(len, parameters.values())),
    )


def _json(text: bytes, what: str) -> Any:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise refuse(400, f"{what} is not JSON: {error}.") from None
    if _LONG.search(text) is None:
        return found
    try:
        return json.loads(text)  # which does not round what has more than 64 bits
    except (ValueError, RecursionError):
        return found


_LONG = re.compile(rb"[0-9]{19}")


def _query(parameters: Mapping[str, Any]) -> str:
    query = parameters.get("query")
    if query is None:
        raise refuse(400, "There is no `query`.", _SHAPE)
    if not isinstance(query, str):
        raise refuse(400, "`query` has to be a string.", _SHAPE)
    _object(parameters, "extensions")
    return query


def _operation_name(parameters: Mapping[str, Any]) -> str | None:
    name = parameters.get("operationName")
    if name is not None and not isinstance(name, str):
        raise refuse(400, "`operationName` has to be a string or null.")
    return name


def _object(parameters: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    value = parameters.get(name)
    if value is not None and not isinstance(value, dict):
        raise refuse(400, f"`{name}` has to be an object or null.")
    return value
