"""One database behind the gateway, as the app declares it: a name, a URL, its mapped classes, its limits."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypedDict, Unpack

from sqlalchemy import URL, MetaData, Table
from sqlalchemy import inspect as inspection
from sqlalchemy.orm import DeclarativeBase, Mapper

from gateway.errors import ConfigurationError, Problem, UnknownTenant
from gateway.sources.declare import EntityOptions
from gateway.sources.features import BY_DRIVERNAME
from gateway.sources.lag import LAGS, LagOf
from gateway.sources.urls import kind, location, nowhere

TenantUrls = Mapping[str, str | URL] | Callable[[str], str | URL | None]
"""Where each tenant's database is: by name, or a function that returns None for who is no tenant."""
TENANT_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""What a function that makes URLs of names is asked for."""


class Limits(TypedDict, total=False):
    """The numbers of a source; see `Source`."""

    deadline: float
    connect_timeout: float
    threads: int
    queue: int
    replica_lag_max: float


class SourceOptions(Limits, total=False):
    """What `Source.from_models` takes besides the models."""

    entities: Mapping[Any, EntityOptions]
    mutations: bool
    migrations: Path | None
    tenants: TenantUrls | None
    replicas: str | URL | Iterable[str | URL]
    replica_lag: LagOf | None


@dataclass(frozen=True, eq=False)
class Source:
    """A declared database. Nothing connects to it before the first operation that needs it.

    `deadline` is how many seconds one piece of work may take, waiting included; `connect_timeout` seconds
    bound making a connection. At most `threads` pieces of work run at once and `queue` more wait.
    `migrations` is the folder with `env.py` and `<name>/versions/`. With `tenants` it is a database per
    tenant, and `url` leads to none of them.
    """

    name: str
    url: URL
    models: tuple[type[Any], ...]
    metadata: MetaData
    entities: Mapping[type[Any], EntityOptions] = field(default_factory=dict)
    mutations: bool = False
    deadline: float = 10.0
    connect_timeout: float = 2.0
    threads: int = 4
    queue: int = 128
    migrations: Path | None = None
    tenants: TenantUrls | None = None
    replicas: tuple[URL, ...] = ()
    replica_lag: LagOf | None = None
    replica_lag_max: float = 5.0

    @classmethod
    def from_models(
        cls,
        name: str,
        url: str | URL | None = None,
        *,
        models: type[DeclarativeBase] | Iterable[type[Any]],
        **options: Unpack[SourceOptions],
    ) -> "Source":
        """A source from SQLAlchemy models: a declarative base (all its classes) or the classes themselves.

        `tenants` maps names to URLs, all of one kind of database. It may be a function instead; then `url`
        says of which kind its URLs are, as "postgresql://". `replicas` are read by queries while they are at
        most `replica_lag_max` seconds behind, as they tell themselves or `replica_lag` does.

        Raises ConfigurationError with all mistakes: a name that is no identifier, a URL that is wrong,
        unsupported or in memory, classes that are not mapped or do not share one MetaData, options for a
        class that is not a model, a limit that is not positive.
        """
        place = f"source {name!r}"
        found, wrong = _places(place, url, options.get("tenants"))
        replicas = _replica_places(place, found, options)
        classes = _classes(models)
        problems = [
            *_name_problems(place, name),
            *wrong,
            *(each for each in replicas if isinstance(each, Problem)),
            *_model_problems(place, classes),
            *_option_problems(place, classes, options.get("entities", {})),
            *_limit_problems(place, options),
        ]
        if problems or found is None:
            raise ConfigurationError(problems)
        options["replicas"] = tuple(each for each in replicas if isinstance(each, URL))
        options["entities"] = MappingProxyType(dict(options.get("entities", {})))
        metadata = _mapper(classes[0]).registry.metadata  # type: ignore[union-attr]
        return cls(name=name, url=found, models=classes, metadata=metadata, **options)  # type: ignore[arg-type]

    def at(self, url: str | URL | None = None, **limits: Unpack[Limits]) -> "Source":
        """The same source in another place or with other limits, as configuration says.

        Raises ConfigurationError as `from_models` does.
        """
        place = f"source {self.name!r}"
        found = self.url if url is None else location(place, url)
        problems = list(_limit_problems(place, limits))
        if isinstance(found, Problem):
            raise ConfigurationError([found, *problems])
        if problems:
            raise ConfigurationError(problems)
        return replace(self, url=found, **limits)

    @property
    def tenant_names(self) -> tuple[str, ...] | None:
        """All tenants there are now; None when only a function knows."""
        return tuple(self.tenants) if isinstance(self.tenants, Mapping) else None

    def of_tenant(self, tenant: str) -> "Source":
        """The source of one tenant. Raises UnknownTenant, ConfigurationError for a wrong URL."""
        found = None if self.tenants is None else _url_of(self.tenants, tenant)
        if found is None:
            raise UnknownTenant(tenant)
        place = tenant_place(f"source {self.name!r}", tenant)
        url = location(place, found)
        problem = url if isinstance(url, Problem) else _other_kind(place, url, self.url)
        if problem is not None:
            raise ConfigurationError([problem])
        assert isinstance(url, URL)
        return replace(self, url=url, tenants=None)

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {self.url.render_as_string(hide_password=True)!r})"


def _places(
    place: str, url: str | URL | None, tenants: TenantUrls | None
) -> tuple[URL | None, list[Problem]]:
    """Where the database is or, with tenants, of which kind theirs are; and what is wrong with the URLs."""
    if isinstance(tenants, Mapping):
        return _tenant_places(place, url, tenants)
    if url is None:
        hint = 'Source.from_models("crm", "postgresql://…", models=…)'
        if tenants is not None:
            hint = (
                'say of which kind its tenants\' are: Source.from_models("crm", "postgresql://", tenants=…)'
            )
        return None, [Problem(place, "it has no URL", hint)]
    found = location(place, url) if tenants is None else kind(place, url)
    return (None, [found]) if isinstance(found, Problem) else (found, [])


def _tenant_places(
    place: str, url: str | URL | None, tenants: Mapping[str, str | URL]
) -> tuple[URL | None, list[Problem]]:
    if url is not None:
        return None, [
            Problem(place, "it has a URL and tenants", "give each tenant its URL, and no other one")
        ]
    if not tenants:
        return None, [Problem(place, "it has no tenants", "name at least one: tenants={'acme': url}")]
    found = {name: location(tenant_place(place, name), each) for name, each in tenants.items()}
    problems = [each for each in found.values() if isinstance(each, Problem)]
    urls = {name: each for name, each in found.items() if isinstance(each, URL)}
    first = next(iter(urls.values()), None)
    if first is not None:
        others = (_other_kind(tenant_place(place, name), each, first) for name, each in urls.items())
        problems += [problem for problem in others if problem is not None]
    return None if first is None else nowhere(BY_DRIVERNAME[first.drivername]), problems


def _replica_places(place: str, url: URL | None, options: SourceOptions) -> list[URL | Problem]:
    """Where the replicas are; and what is wrong with them."""
    given = options.get("replicas", ())
    urls = [given] if isinstance(given, str | URL) else list(given)
    found = [location(f"{place}, replica {number}", each) for number, each in enumerate(urls, 1)]
    if not found:
        return []
    if options.get("tenants") is not None:
        return [Problem(place, "it has tenants and replicas", "replicas are of one database: leave them out")]
    problems: list[Problem | None] = []
    if url is not None:
        problems = [
            _other_kind(f"{place}, replica {number}", each, url)
            for number, each in enumerate(found, 1)
            if isinstance(each, URL)
        ]
        if BY_DRIVERNAME[url.drivername].name not in LAGS and options.get("replica_lag") is None:
            hint = "say how far it is behind: replica_lag=lambda connection: seconds"
            problems.append(Problem(place, "replicas of SQLite cannot tell their lag", hint))
    return [*found, *(problem for problem in problems if problem is not None)]


def tenant_place(place: str, tenant: str) -> str:
    """How problems name a tenant of a source."""
    return f"{place}, tenant {tenant!r}"


def _other_kind(place: str, url: URL, expected: URL) -> Problem | None:
    if BY_DRIVERNAME[url.drivername].name == BY_DRIVERNAME[expected.drivername].name:
        return None
    hint = "all tenants of a source are in databases of one kind"
    return Problem(place, f"its database is {url.drivername}, another one's {expected.drivername}", hint)


def _url_of(tenants: TenantUrls, tenant: str) -> str | URL | None:
    """Where a tenant's database is, None for an unknown tenant."""
    try:
        if isinstance(tenants, Mapping):
            return tenants[tenant]
        return tenants(tenant) if TENANT_NAME.fullmatch(tenant) else None
    except LookupError:
        return None


def _classes(models: type[DeclarativeBase] | Iterable[type[Any]]) -> tuple[type[Any], ...]:
    """The mapped classes in the order their tables were declared."""
    if not isinstance(models, type):
        return tuple(models)
    mappers = models.registry.mappers
    order = {table: place for place, table in enumerate(models.metadata.tables.values())}

    def declared(mapper: Mapper[Any]) -> tuple[int, str]:
        table = mapper.local_table
        return (
            order.get(table, len(order)) if isinstance(table, Table) else len(order),
            mapper.class_.__name__,
        )

    return tuple(mapper.class_ for mapper in sorted(mappers, key=declared))


def _mapper(model: type[Any]) -> Mapper[Any] | None:
    found = inspection(model, raiseerr=False)
    return found if isinstance(found, Mapper) else None


def _name_problems(place: str, name: str) -> Iterator[Problem]:
    if not name.isidentifier():
        yield Problem(
            place, "its name is not an identifier", "use letters, digits and _, as in Link('crm.…')"
        )


def _model_problems(place: str, classes: tuple[type[Any], ...]) -> Iterator[Problem]:
    if not classes:
        yield Problem(place, "it has no models", "import the modules of its models before making the source")
    registries = set()
    for model in classes:
        mapper = _mapper(model)
        if mapper is None:
            yield Problem(place, f"{model!r} is not a mapped class", "pass declarative models or their base")
        else:
            registries.add(mapper.registry.metadata)
    if len(registries) > 1:
        hint = "derive them from one DeclarativeBase, or make one source per base"
        yield Problem(place, "its models do not share one MetaData", hint)


def _option_problems(
    place: str, classes: tuple[type[Any], ...], entities: Mapping[Any, EntityOptions]
) -> Iterator[Problem]:
    for model in entities:
        if model not in classes:
            name = getattr(model, "__name__", repr(model))
            yield Problem(
                place, f"entities= has {name}, which is not one of its models", "pass it in models= too"
            )


def _limit_problems(place: str, limits: Mapping[str, Any]) -> Iterator[Problem]:
    for limit in ("deadline", "connect_timeout", "threads", "queue", "replica_lag_max"):
        if limit in limits and not limits[limit] > 0:
            yield Problem(place, f"{limit}={limits[limit]!r} is not positive", "give a number above zero")
