"""One database behind the gateway, as the app declares it: a name, a URL, its mapped classes, its limits."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypedDict, Unpack

from sqlalchemy import URL, MetaData, Table, make_url
from sqlalchemy import inspect as inspection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Mapper

from gateway.errors import ConfigurationError, Problem
from gateway.sources.declare import EntityOptions
from gateway.sources.features import BY_DRIVERNAME, unsupported


class Limits(TypedDict, total=False):
    """The numbers of a source; see `Source`."""

    deadline: float
    connect_timeout: float
    threads: int
    queue: int


class SourceOptions(Limits, total=False):
    """What `Source.from_models` takes besides the models."""

    entities: Mapping[Any, EntityOptions]
    mutations: bool
    migrations: Path | None


@dataclass(frozen=True, eq=False)
class Source:
    """A declared database. Nothing connects to it before the first operation that needs it.

    `deadline` is how many seconds one piece of work may take, waiting included; `connect_timeout` seconds
    bound making a connection. At most `threads` pieces of work run at once and `queue` more wait.
    `migrations` is the folder with `env.py` and `<name>/versions/`.
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

    @classmethod
    def from_models(
        cls,
        name: str,
        url: str | URL,
        *,
        models: type[DeclarativeBase] | Iterable[type[Any]],
        **options: Unpack[SourceOptions],
    ) -> "Source":
        """A source from SQLAlchemy models: a declarative base (all its classes) or the classes themselves.

        Raises ConfigurationError with all mistakes: a name that is no identifier, a URL that is wrong,
        unsupported or in memory, classes that are not mapped or do not share one MetaData, options for a
        class that is not a model, a limit that is not positive.
        """
        place = f"source {name!r}"
        location = _location(place, url)
        classes = _classes(models)
        problems = [
            *_name_problems(place, name),
            *([location] if isinstance(location, Problem) else ()),
            *_model_problems(place, classes),
            *_option_problems(place, classes, options.get("entities", {})),
            *_limit_problems(place, options),
        ]
        if problems or isinstance(location, Problem):
            raise ConfigurationError(problems)
        options["entities"] = MappingProxyType(dict(options.get("entities", {})))
        metadata = _mapper(classes[0]).registry.metadata  # type: ignore[union-attr]
        return cls(name=name, url=location, models=classes, metadata=metadata, **options)

    def at(self, url: str | URL | None = None, **limits: Unpack[Limits]) -> "Source":
        """The same source in another place or with other limits, as configuration says.

        Raises ConfigurationError as `from_models` does.
        """
        place = f"source {self.name!r}"
        location = self.url if url is None else _location(place, url)
        problems = list(_limit_problems(place, limits))
        if isinstance(location, Problem):
            raise ConfigurationError([location, *problems])
        if problems:
            raise ConfigurationError(problems)
        return replace(self, url=location, **limits)

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {self.url.render_as_string(hide_password=True)!r})"


def _location(place: str, url: str | URL) -> URL | Problem:
    """The URL with the driver the gateway uses, or what is wrong with it (never showing a password)."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        return Problem(place, "its URL cannot be read", "write dialect://user:password@host:port/database")
    features = BY_DRIVERNAME.get(parsed.drivername)
    if features is None:
        return replace(unsupported(parsed), place=place)
    if features.name == "sqlite":
        return _sqlite_problem(place, parsed) or parsed.set(drivername=features.drivername)
    if not parsed.database:
        return Problem(place, "its URL names no database", "end the URL with /database")
    return parsed.set(drivername=features.drivername)


def _sqlite_problem(place: str, url: URL) -> Problem | None:
    if url.host or url.username:
        return Problem(
            place,
            "its SQLite URL has a host",
            "write three slashes before a relative path, four before an absolute",
        )
    if not url.database or ":memory:" in url.database or url.query.get("mode") == "memory":
        hint = "use a file, sqlite:///name.sqlite3, since each thread has a connection of its own"
        return Problem(place, "an in-memory SQLite database cannot be shared by threads", hint)
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
    for limit in ("deadline", "connect_timeout", "threads", "queue"):
        if limit in limits and not limits[limit] > 0:
            yield Problem(place, f"{limit}={limits[limit]!r} is not positive", "give a number above zero")
