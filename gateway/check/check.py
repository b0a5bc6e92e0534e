"""`gateway check`: a graph's models, links and settings against the databases that are there."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from gateway.catalog.types import Catalog
from gateway.check.findings import Finder, Finding
from gateway.check.keys import key_findings
from gateway.check.server import capacity, connections_of, driver_findings, engine_findings
from gateway.check.tables import table_findings
from gateway.sources.engines import Engines
from gateway.sources.source import Source

AT_ONCE = 16
"""How many databases are looked at at the same time."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One source looked at. `capacity` is what its server bears, None when unknown or unlimited."""

    source: Source
    findings: tuple[Finding, ...]
    capacity: int | None = None


def check(sources: Sequence[Source], catalog: Catalog, workers: int = 1) -> list[Finding]:
    """Everything found, source by source; a source that is down is a finding, and the others are checked.

    `workers` is the number of processes that will serve. Of a source with tenants, all that are known are
    looked at.
    """
    places = [(source, tenant) for source in sources for tenant in _tenants(source)]
    with ThreadPoolExecutor(max_workers=max(1, min(len(places), AT_ONCE))) as threads:
        checked = list(threads.map(lambda place: _looked_at(place[0], place[1], catalog), places))
    found = [finding for each in checked for finding in each.findings]
    return found + list(_crowded((each for each in checked if each.source.tenants is None), workers))


def _tenants(source: Source) -> Sequence[str | None]:
    """The tenants to look at; None stands for a source's only database, or for tenants nobody can list."""
    return source.tenant_names or (None,)


def _looked_at(source: Source, tenant: str | None, catalog: Catalog) -> Checked:
    if source.tenants is None:
        return _checked(source, catalog)
    if tenant is None:
        message = "only a function knows its tenants: none of their databases was looked at"
        return Checked(source, (Finder(source.name).note(source.name, message),))
    found = _checked(source.of_tenant(tenant), catalog).findings
    return Checked(source, tuple(replace(each, place=f"{each.place} of {tenant}") for each in found))


def _checked(source: Source, catalog: Catalog) -> Checked:
    engines = Engines(source)
    try:
        with engines.reads.connect() as connection:
            found = tuple(_findings(source, catalog, connection))
            return Checked(source, found, capacity(connection))
    except (SQLAlchemyError, OSError) as error:
        reason = getattr(error, "orig", None) or error
        finding = Finder(source.name).error(
            source.name,
            f"cannot be reached: {str(reason).strip().splitlines()[0]}",
            f"Is {source.url.render_as_string(hide_password=True)} right, and the server up?",
        )
        return Checked(source, (finding,))
    finally:
        engines.dispose()


def _findings(source: Source, catalog: Catalog, connection: sa.Connection) -> Iterator[Finding]:
    yield from driver_findings(source, connection)
    yield from table_findings(source, connection)
    yield from key_findings(source, catalog, connection)
    yield from engine_findings(source, connection)


def _crowded(checked: Iterable[Checked], workers: int) -> Iterator[Finding]:
    """Servers that would have to bear more connections than they do; sources of one server add up."""
    servers: dict[tuple[str | None, int | None], list[Checked]] = {}
    for each in checked:
        if each.capacity is not None:
            servers.setdefault((each.source.url.host, each.source.url.port), []).append(each)
    for together in servers.values():
        limit = min(each.capacity for each in together if each.capacity is not None)
        most = sum(connections_of(each.source, workers) for each in together)
        if most > limit:
            names = ", ".join(each.source.name for each in together)
            message = f"{workers} processes may open {most} connections for {names}; the server takes {limit}"
            hint = "Lower `threads` of the source or --workers, or raise the server's limit."
            yield Finder(together[0].source.name).error(together[0].source.name, message, hint)
