"""The databases of one graph, by the names of their sources."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

from gateway.sources.database import Database
from gateway.sources.replicas import Replicated
from gateway.sources.routes import Routes
from gateway.sources.source import Source
from gateway.sources.tenants import TenantLimits, Tenants


class Databases(Mapping[str, Database]):
    """Every source at work; `routes` tells which one a mapped class belongs to.

    Where some are `tenanted`, an operation works with those of its `tenant`, which it holds and releases.
    """

    def __init__(self, databases: Iterable[Database], tenant: str | None = None) -> None:
        self._by_name = {database.name: database for database in databases}
        self.tenant = tenant
        self._tenants = [each for each in self._by_name.values() if isinstance(each, Tenants)]
        self.tenanted = bool(self._tenants)

    def __getitem__(self, name: str) -> Database:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    @cached_property
    def routes(self) -> Routes:
        return Routes(database.source for database in self._by_name.values())

    async def hold(self, tenant: str) -> "Databases":
        """Those of one tenant and the shared ones, kept open until `release`.

        Raises UnknownTenant when one of the sources does not know it, SourceBusy when too many are in use.
        """
        held: dict[str, Database] = {}
        try:
            for each in self._tenants:
                held[each.name] = await each.hold(tenant)
        except BaseException:
            self.let_go(tenant, held)
            raise
        return HeldDatabases(self, (held.get(name, each) for name, each in self.items()), tenant)

    def let_go(self, tenant: str, sources: Collection[str]) -> None:
        """Give back what `hold` held of a tenant in these sources."""
        for each in self._tenants:
            if each.name in sources:
                each.let_go(tenant)

    def release(self) -> None:
        """The operation is over."""

    async def close(self) -> None:
        """Close every source's connections and threads."""
        await asyncio.gather(*(database.close() for database in self._by_name.values()))


class HeldDatabases(Databases):
    """What one operation of a tenant works with."""

    def __init__(self, all_of_them: Databases, databases: Iterable[Database], tenant: str) -> None:
        super().__init__(databases, tenant)
        self._all = all_of_them
        self._released = False

    @property
    def routes(self) -> Routes:
        return self._all.routes

    def release(self) -> None:
        if not self._released:
            self._released = True
            assert self.tenant is not None
            self._all.let_go(self.tenant, self)


def make_databases(sources: Iterable[Source], limits: TenantLimits) -> Databases:
    """The sources at work. Connects to nothing."""
    return Databases(_database(source, limits) for source in sources)


def _database(source: Source, limits: TenantLimits) -> Database:
    if source.tenants is not None:
        return Tenants(source, limits)
    return Replicated(source) if source.replicas else Database(source)
