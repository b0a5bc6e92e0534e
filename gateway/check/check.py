"""`gateway check`: a graph's models, links and settings against the databases that are there."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from gateway.catalog.types import Catalog
from gateway.check.findings import Finder, Finding
from gateway.check.keys import key_findings
from gateway.check.load import Load, crowded
from gateway.check.server import capacity, driver_findings, engine_findings
from gateway.check.spelling import spell
from gateway.check.tables import table_findings
from gateway.check.texts import mixed_findings, text_findings
from gateway.check.types import type_findings
from gateway.sources.engines import Engines
from gateway.sources.replicas import replica_of
from gateway.sources.source import Source

AT_ONCE = 16
"""How many databases are looked at at the same time."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One database looked at, and what is known of the load on its server."""

    findings: tuple[Finding, ...]
    load: Load | None = None


def check(
    sources: Sequence[Source], catalog: Catalog, workers: int = 1, tenants_open: int = 32
) -> list[Finding]:
    """Everything found, source by source; a source that is down is a finding, and the others are checked.

    `workers` is the number of processes that will serve, and `tenants_open` how many tenants of a source each
    of them has open at most. Of a source with tenants, all that are known are looked at.
    """
    places = [(source, tenant) for source in sources for tenant in _tenants(source)]
    replicas = [
        replica_of(source, url, number) for source in sources for number, url in enumerate(source.replicas, 1)
    ]
    with ThreadPoolExecutor(max_workers=max(1, min(len(places) + len(replicas), AT_ONCE))) as threads:
        checked = list(threads.map(lambda place: _looked_at(place[0], place[1], catalog), places))
        copies = list(threads.map(_replica_load, replicas))
    found = [finding for each in checked for finding in each.findings]
    loads = [load for load in (*(each.load for each in checked), *copies) if load is not None]
    return found + list(crowded(loads, workers, tenants_open))


def _tenants(source: Source) -> Sequence[str | None]:
    """The tenants to look at; None stands for a source's only database, or for tenants nobody can list."""
    return source.tenant_names or (None,)


def _looked_at(source: Source, tenant: str | None, catalog: Catalog) -> Checked:
    if source.tenants is None:
        return _checked(source, catalog)
    if tenant is None:
        message = "only a function knows its tenants: none of their databases was looked at"
        return Checked((Finder(source.name).note(source.name, message),))
    found = _checked(source.of_tenant(tenant), catalog)
    named = tuple(replace(each, place=f"{each.place} of {tenant}") for each in found.findings)
    load = found.load and replace(found.load, source=source.name, of_tenant=True)
    return Checked(named, load)


def _checked(source: Source, catalog: Catalog) -> Checked:
    engines = Engines(source)
    try:
        with engines.reads.connect() as connection:
            found = tuple(_findings(source, catalog, connection))
            return Checked(found, Load.of(source, capacity(connection)))
    except (SQLAlchemyError, OSError) as error:
        reason = getattr(error, "orig", None) or error
        finding = Finder(source.name).error(
            source.name,
            f"cannot be reached: {str(reason).strip().splitlines()[0]}",
            f"Is {source.url.render_as_string(hide_password=True)} right, and the server up?",
        )
        return Checked((finding,))
    finally:
        engines.dispose()


def _replica_load(replica: Source) -> Load | None:
    """None when it cannot be reached: reads are the primary's then."""
    engines = Engines(replica)
    try:
        with engines.reads.connect() as connection:
            return Load.of(replica, capacity(connection), is_replica=True)
    except (SQLAlchemyError, OSError):
        return None
    finally:
        engines.dispose()


def _findings(source: Source, catalog: Catalog, connection: sa.Connection) -> Iterator[Finding]:
    spell(source.metadata, connection)
    yield from driver_findings(source, connection)
    yield from table_findings(source, connection)
    yield from type_findings(source, catalog, connection)
    yield from key_findings(source, catalog, connection)
    yield from text_findings(source, connection)
    yield from mixed_findings(source, catalog, connection)
    yield from engine_findings(source, connection)
