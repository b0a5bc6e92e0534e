"""Whether servers bear the connections that the processes may open to them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gateway.check.findings import Finder, Finding
from gateway.sources.engines import most_connections, most_to_a_replica
from gateway.sources.source import Source

Server = tuple[str | None, int | None]
"""Host and port."""


@dataclass(frozen=True, slots=True)
class Load:
    """The most `connections` of one process to a database, on a server that takes `capacity` in all.

    Of databases of tenants, those of one `source`, a process has only some open at once.
    """

    source: str
    server: Server
    capacity: int
    connections: int
    of_tenant: bool = False

    @classmethod
    def of(cls, source: Source, capacity: int | None, is_replica: bool = False) -> "Load | None":
        """None where nothing limits connections."""
        if capacity is None:
            return None
        most = most_to_a_replica(source) if is_replica else most_connections(source)
        return cls(source.name, (source.url.host, source.url.port), capacity, most)


def crowded(loads: Iterable[Load], workers: int, tenants_open: int) -> Iterator[Finding]:
    """Servers that would have to bear more connections than they do; databases of one server add up."""
    servers: dict[Server, dict[str, list[Load]]] = {}
    for load in loads:
        servers.setdefault(load.server, {}).setdefault(load.source, []).append(load)
    for sources in servers.values():
        limit = min(load.capacity for together in sources.values() for load in together)
        most = workers * sum(_of_one_process(together, tenants_open) for together in sources.values())
        if most > limit:
            first = next(iter(sources))
            message = (
                f"{workers} processes may open {most} connections for {', '.join(sources)};"
                f" the server takes {limit}"
            )
            hint = "Lower `threads` of the source, `tenants_open` or --workers, or raise the server's limit."
            yield Finder(first).error(first, message, hint)


def _of_one_process(together: list[Load], tenants_open: int) -> int:
    """For one source on one server."""
    if together[0].of_tenant:
        together = together[:tenants_open]
    return sum(load.connections for load in together)
