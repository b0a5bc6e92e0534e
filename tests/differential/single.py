"""The tables of several sources in one database, in which every relation, linked ones too, is local."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapper, RelationshipProperty, registry, relationship

from gateway.sources.declare import Link
from gateway.sources.source import Source
from tests.differential.data import Content

NAME = "one"
Bases = Mapping[str, type[DeclarativeBase]]


def models(bases: Bases) -> tuple[type[Any], ...]:
    """Classes like those of several sources, mapped to copies of their tables in one MetaData."""
    mapped = registry()
    sources = [Source.from_models(name, "sqlite:///unused", models=base) for name, base in bases.items()]
    originals = [model for source in sources for model in source.models]
    for source in sources:
        for table in source.metadata.sorted_tables:
            table.to_metadata(mapped.metadata)
    copies = {model: type(model.__name__, (), {"__doc__": model.__doc__}) for model in originals}
    for original, made in copies.items():
        mapper: Mapper[Any] = sa.inspect(original)
        properties = {each.key: _relationship(each, copies, mapped.metadata) for each in mapper.relationships}
        table = mapped.metadata.tables[_name(mapper.local_table)]
        mapped.map_imperatively(made, table, properties=properties)
    return tuple(copies.values())


def _relationship(
    original: RelationshipProperty[Any], copies: dict[type[Any], type[Any]], metadata: sa.MetaData
) -> Any:
    """The same relationship between the copies. Only to one's own class is the direction to be told."""
    options: dict[str, Any] = {"back_populates": original.back_populates}
    if original.secondary is not None:
        options["secondary"] = metadata.tables[_name(original.secondary)]
    elif original.mapper is original.parent:
        columns = (column for column in original.remote_side if isinstance(column, sa.Column))
        options["remote_side"] = [metadata.tables[_name(each.table)].c[each.name] for each in columns]
    return relationship(copies[original.mapper.class_], **options)


def _name(table: Any) -> str:
    return str(table.fullname)


def source(url: sa.URL, bases: Bases) -> Source:
    return Source.from_models(NAME, url, models=models(bases))


def links(given: Iterable[Link]) -> Iterator[Link]:
    """Links between the sources, inside the one source."""
    for link in given:
        yield replace(link, owner=_moved(link.owner), target=_moved(link.target))


def _moved(end: str | tuple[str, ...]) -> str | tuple[str, ...]:
    if isinstance(end, tuple):
        return tuple(f"{NAME}.{column.partition('.')[2]}" for column in end)
    return f"{NAME}.{end.partition('.')[2]}"


def together(content: Content) -> Content:
    """The rows of all sources as those of one."""
    return {NAME: {name: rows for tables in content.values() for name, rows in tables.items()}}
