"""What the settings ask to be told about operations, beyond the access log: metrics and traces."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from starlette.routing import BaseRoute, Route

from gateway.config import Settings
from gateway.errors import ConfigurationError, Problem
from gateway.observe import Observer
from gateway.schema.cache import CacheState
from gateway.sources.database import Database

Caches = Callable[[], Mapping[str, CacheState]]
"""Cache name → what it holds and how it has served."""
SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""Environment variable with the folder in which the processes of one server keep what they counted."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """Observers of operations, routes they answer on, and how to stop them."""

    observers: Sequence[Observer] = ()
    routes: Sequence[BaseRoute] = ()
    close: Callable[[], None] = lambda: None


def telemetry_of(settings: Settings, databases: Mapping[str, Database], caches: Caches) -> Telemetry:
    """The telemetry the settings turn on. Raises ConfigurationError when its packages are not installed."""
    if not (settings.metrics or settings.tracing):
        return Telemetry()
    try:
        from gateway.http import metrics, tracing
    except ModuleNotFoundError as error:
        raise _missing(error) from None
    observers: list[Observer] = []
    routes: list[BaseRoute] = []
    close: Callable[[], None] = Telemetry().close
    if settings.metrics:
        counted = metrics.Metrics(databases, caches)
        observers.append(counted.observe)
        routes.append(Route(metrics.PATH, counted.respond, include_in_schema=False))
    if settings.tracing:
        provider = tracing.exporting()
        observers.append(tracing.Tracing(databases, provider).observe)
        close = provider.shutdown
    return Telemetry(observers, routes, close)


@contextmanager
def counting_together() -> Iterator[None]:
    """Processes started in here count as one, so that a scrape of any of them tells of all."""
    with TemporaryDirectory(prefix="gateway-metrics-") as folder:
        os.environ.setdefault(SHARED, folder)
        yield


def _missing(error: ModuleNotFoundError) -> ConfigurationError:
    hint = 'Install them: pip install "graph-gateway[telemetry]".'
    message = f"they need packages that are not installed ({error.name})"
    return ConfigurationError([Problem("metrics, tracing", message, hint)])
