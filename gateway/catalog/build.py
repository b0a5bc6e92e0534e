"""From sources and links to the catalog, or to the list of everything that is wrong with them."""

import logging
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Column

from gateway.catalog.check import check_names, check_options, check_sources
from gateway.catalog.draft import Draft, Drafts, Problems
from gateway.catalog.entities import draft_entities, entity_description
from gateway.catalog.keys import unique_keys
from gateway.catalog.links import Links
from gateway.catalog.relations import add_junctions, add_relationships
from gateway.catalog.types import Catalog, Entity
from gateway.errors import ConfigurationError
from gateway.sources.declare import Link
from gateway.sources.source import Source

log = logging.getLogger(__name__)


def build_catalog(sources: Sequence[Source], links: Sequence[Link] = ()) -> Catalog:
    """The catalog of all sources: entities in the order of the sources, by name within one.

    Connects to no database. Raises ConfigurationError with every problem at once.
    """
    problems = Problems()
    check_sources(sources, problems)
    drafts = draft_entities(sources, problems)
    add_relationships(drafts, problems)
    add_junctions(drafts, problems)
    ends = Links(sources, drafts, problems)
    for link in links:
        ends.add(link)
    check_options(drafts, problems)
    check_names(drafts, problems)
    if problems:
        raise ConfigurationError(problems)
    _tell_lacks(drafts)
    order = {source.name: position for position, source in enumerate(sources)}
    ordered = sorted(drafts, key=lambda draft: (order[draft.source.name], draft.name))
    return Catalog({draft.name: _entity(draft) for draft in ordered}, tuple(order))


def _entity(draft: Draft) -> Entity:
    names: dict[object, str] = {field.column: field.name for field in draft.fields}
    options = draft.options
    return Entity(
        name=draft.name,
        singular=draft.singular,
        plural=draft.plural,
        source=draft.source.name,
        mapped=draft.mapped,
        table=draft.table,
        fields={field.name: field for field in draft.fields},
        relations={relation.name: relation for _, relation in draft.relations},
        key=tuple(names[column] for column in draft.mapper.primary_key),
        unique_keys=unique_keys(draft),
        description=entity_description(draft),
        read_only=options.read_only or not draft.source.mutations,
        rows=draft.rows,
        hidden_from=frozenset(options.hide_from),
        by_attribute={field.attribute: field for field in draft.fields},
        tenanted=draft.source.tenants is not None,
        typed=dict(_typed(draft)),
        version=next((field for field in draft.fields if field.attribute == options.version), None),
    )


def _tell_lacks(drafts: Drafts) -> None:
    """A line for each field that cannot be asked for everything that its scalar offers."""
    for draft in drafts:
        for field in draft.fields:
            for use, reason in field.lacks.items():
                log.warning("%s.%s has no %s: %s", draft.place, field.attribute, use, reason)


def _typed(draft: Draft) -> Iterator[tuple[str, Column[Any]]]:
    for key, column in draft.mapper.columns.items():
        if isinstance(column, Column) and column.table is draft.table:
            own = draft.typed(column)
            if own.type is not column.type:
                yield key, own
