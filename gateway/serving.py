"""From a graph's name to a running server; what `gateway serve` and `gateway demo` stand on."""

import gc
import importlib
import os
import socket
import sys
from contextlib import suppress
from typing import Any

import uvicorn
from fastapi import FastAPI

from gateway.app import Gateway
from gateway.config import APP
from gateway.errors import ConfigurationError, Problem
from gateway.http.access_log import configure_logging
from gateway.http.telemetry import counting_together

DEMO = "gateway.demo.graph:gateway"
"""The graph that is served when none is named."""

ANSWERING = 0.5
"""Seconds, after the grace, for answering those who wait that the server stops."""

COLLECT_AFTER = 10_000
"""New containers between two collections; an answer of 1,000 rows has some 3,000."""

SERVER: dict[str, Any] = {
    "log_config": None,
    "access_log": False,  # the gateway logs each operation itself
    "server_header": False,
}


def load(app: str) -> Gateway:
    """The gateway at `package.module:attribute`, or what a callable there returns.

    Raises ConfigurationError when there is none.
    """
    module_name, _, attribute = app.partition(":")
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found = getattr(importlib.import_module(module_name), attribute or "gateway")
    except ModuleNotFoundError as error:
        if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
            raise  # the module is there, and misses one of its own imports
        raise _wrong_app(app, f"there is no module {error.name!r}") from None
    except (AttributeError, ValueError):
        raise _wrong_app(app, f"{module_name} has no {attribute or 'gateway'!r}") from None
    graph = found() if callable(found) and not isinstance(found, Gateway) else found
    if not isinstance(graph, Gateway):
        raise _wrong_app(app, f"it is a {type(graph).__name__}, not a Gateway")
    return graph


def listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address, before any slower work is done. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, accepted connections get TCP_NODELAY from asyncio; without it answers wait 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def address(listener: socket.socket) -> str:
    """The URL a browser on this machine opens."""
    host, port = listener.getsockname()[:2]
    local = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{local}:{port}"


def run(graph: Gateway, listener: socket.socket) -> None:
    """Serve on `listener` until told to stop."""
    configure_logging(graph.settings)
    app = graph.app()
    collect_less()
    with suppress(KeyboardInterrupt):  # Ctrl-C is how a person stops it
        config = uvicorn.Config(app, timeout_graceful_shutdown=_patience(graph.settings.grace), **SERVER)
        uvicorn.Server(config).run(sockets=[listener])


def _patience(grace: float) -> Any:
    """Seconds until the server cuts off what is not answered even then; it takes fractions too."""
    return grace + ANSWERING


def run_processes(app: str, listener: socket.socket, workers: int, reload: bool, grace: float) -> None:
    """Serve the graph named `app` in processes of their own, on the address of `listener`."""
    os.environ[APP] = app
    host, port = listener.getsockname()[:2]
    listener.close()
    with counting_together():
        uvicorn.run(
            "gateway.serving:application",
            factory=True,
            host=host,
            port=port,
            reload=reload,
            workers=None if reload else workers,
            timeout_graceful_shutdown=_patience(grace),
            **SERVER,
        )


def application() -> FastAPI:
    """The app named in GATEWAY_APP: what each of those processes runs."""
    try:
        graph = load(os.environ.get(APP) or DEMO)
    except ConfigurationError as error:
        sys.exit(str(error))
    configure_logging(graph.settings)
    app = graph.app()
    collect_less()
    return app


def collect_less() -> None:
    """Keep the garbage collector from walking the schema, and from running often for one large answer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def _wrong_app(app: str, message: str) -> ConfigurationError:
    hint = "Write package.module:attribute, naming a Gateway or a function that returns one."
    return ConfigurationError([Problem(f"--app {app}", message, hint)])
