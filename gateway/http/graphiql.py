"""GraphiQL from files inside the package: the page asks no other host for anything."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from string import Template
from types import MappingProxyType

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_ASSETS = Path(__file__).parent / "static" / "graphiql"

PAGE_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        # Styles stay inline-able: CodeMirror and the dialogs write style elements of their own.
        "content-security-policy": (
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
            "font-src 'self' data:; img-src 'self' data:; connect-src 'self'; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        ),
        "cache-control": "no-cache",
        "referrer-policy": "no-referrer",
        # The same URL answers operations, so a cache must tell the page and an answer apart.
        "vary": "Accept",
        "x-content-type-options": "nosniff",
    }
)
"""Response headers to send with the page."""


def graphiql_page(endpoint: str, assets: str, sample: str) -> str:
    """Return the GraphiQL page as HTML.

    `endpoint` is the URL operations are posted to, `assets` the URL path where `graphiql_files()` is
    mounted, both relative to the page or absolute paths. `sample` is the GraphQL document in the editor
    on a reader's first visit. The page holds no inline script, see `PAGE_HEADERS`.
    """
    return _template().substitute(
        assets=html.escape(assets.rstrip("/")),
        version=_version(),
        config=_script_json({"endpoint": endpoint, "sample": sample}),
    )


def graphiql_assets() -> Path:
    """Return the directory with the page's scripts, styles and licence texts."""
    return _ASSETS


def graphiql_files() -> StaticFiles:
    """Return an ASGI app serving `graphiql_assets()`; versioned URLs are cached for a year."""
    return _VersionedFiles(directory=_ASSETS)


class _VersionedFiles(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        asked = scope.get("query_string", b"")
        if asked == f"v={_version()}".encode() and response.status_code in (200, 304):
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["cache-control"] = "no-cache"
        return response


def _script_json(value: object) -> str:
    """Return JSON that is safe inside a script element: no `<`, `>` or `&` survives."""
    text = json.dumps(value)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _template() -> Template:
    return Template((_ASSETS / "index.html").read_text(encoding="utf-8"))


@cache
def _version() -> str:
    """Return a digest of every served file, so that a new release is never served from a cache."""
    digest = sha256()
    for path in sorted(_ASSETS.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(_ASSETS).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]
